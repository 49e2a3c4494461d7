using AgentLint.Model;
using Microsoft.CodeAnalysis;

namespace AgentLint.Analysis.Summaries;

/// <summary>
/// The names of a program's functions that may lead to some places: by name over the text, from the places outwards, each name once. Nothing is bound;
/// two functions of one name are one, so that more is found than leads there, never less.
/// </summary>
internal static class LeadingNames
{
    /// <summary>The names of the functions around some places, of those around the uses of these names, and so on.</summary>
    /// <param name="program">The program.</param>
    /// <param name="placesIn">Where one file begins: names that are used in it, and positions.</param>
    /// <param name="cancellation">Ends the search with an exception.</param>
    public static HashSet<string> From(Compilation program, Func<SyntaxTree, (IEnumerable<string> Names, IEnumerable<int> Positions)> placesIn, CancellationToken cancellation)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        var open = new Queue<string>();
        var files = program.SyntaxTrees.Select(tree => (Tree: tree, Names: NameIndex.Of(tree, cancellation), Functions: FunctionNames.Of(tree, cancellation))).ToList();
        foreach (var (tree, names, functions) in files)
        {
            var start = placesIn(tree);
            foreach (var name in start.Names)
                Add(name, names, functions);
            foreach (var position in start.Positions)
                AddAround(position, functions);
        }

        while (open.Count > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            var name = open.Dequeue();
            foreach (var (_, names, functions) in files)
                Add(name, names, functions);
        }

        return found;

        void Add(string name, NameIndex names, FunctionNames functions)
        {
            foreach (var position in names.PositionsOf(name))
                AddAround(position, functions);
        }

        void AddAround(int position, FunctionNames functions)
        {
            foreach (var function in functions.Around(position))
                if (found.Add(function))
                    open.Enqueue(function);
        }
    }
}
