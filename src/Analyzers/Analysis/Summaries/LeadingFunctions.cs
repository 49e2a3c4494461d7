using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Analysis.Summaries;

/// <summary>
/// The functions of a program that may lead to some places: by the text, from the places outwards. Nothing is bound; a name may mean all functions that are
/// called so with that many arguments and that can be called from there, so that more is found than leads there, never less.
/// </summary>
internal sealed class LeadingFunctions
{
    private readonly Dictionary<string, List<FunctionShape>> found = new(StringComparer.Ordinal);

    private LeadingFunctions(Compilation program, Func<SyntaxTree, (IEnumerable<string> Names, IEnumerable<int> Positions)> placesIn, CancellationToken cancellation)
    {
        var mentions = new Dictionary<string, List<FileFunctions>>(StringComparer.Ordinal);
        var seen = new HashSet<FunctionText>();
        var shapes = new HashSet<FunctionShape>();
        var open = new Queue<FunctionShape>();
        foreach (var tree in program.SyntaxTrees)
        {
            cancellation.ThrowIfCancellationRequested();
            var file = FileFunctions.Of(tree, cancellation);
            foreach (var name in file.Names)
            {
                if (!mentions.TryGetValue(name, out var files))
                    mentions.Add(name, files = []);
                files.Add(file);
            }

            var (names, positions) = placesIn(tree);
            foreach (var name in names)
                foreach (var (function, _) in file.UsesOf(name))
                    Add(function);
            foreach (var position in positions)
                Add(file.Around(position));
        }

        while (open.Count > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            var leading = open.Dequeue();
            if (mentions.TryGetValue(leading.Name!, out var files))
                foreach (var file in files)
                    foreach (var (function, use) in file.UsesOf(leading.Name!))
                        if (leading.CanBeMeantBy(use))
                            Add(function);
        }

        // With all that it stands in.
        void Add(FunctionText? function)
        {
            for (; function != null && seen.Add(function); function = function.Outer)
                if (function.Shape is { Name: { } name } shape && shapes.Add(shape))
                {
                    if (!found.TryGetValue(name, out var same))
                        found.Add(name, same = []);
                    same.Add(shape);
                    open.Enqueue(shape);
                }
        }
    }

    /// <summary>The names of the functions.</summary>
    public IReadOnlyCollection<string> Names => found.Keys;

    /// <summary>The functions around some places, those that may call these functions, and so on.</summary>
    /// <param name="program">The program.</param>
    /// <param name="placesIn">Where one file begins: names that are used in it, and positions.</param>
    /// <param name="cancellation">Ends the search with an exception.</param>
    public static LeadingFunctions From(Compilation program, Func<SyntaxTree, (IEnumerable<string> Names, IEnumerable<int> Positions)> placesIn, CancellationToken cancellation) =>
        new(program, placesIn, cancellation);

    /// <summary>Whether a name may mean one of the functions.</summary>
    public bool MayBeMeantBy(SimpleNameSyntax name)
    {
        if (!found.TryGetValue(name.Identifier.ValueText, out var functions))
            return false;
        var use = NameUse.Of(name);
        return functions.Any(function => function.CanBeMeantBy(use));
    }
}
