using System.Collections.Immutable;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Analysis;

/// <summary>
/// Where a project asks models and agents, itself or through methods of its own. Found once, from the calls of models outwards, so that a
/// program without any pays nothing; which path a call takes is for <see cref="EffectSummaries"/> to say.
/// </summary>
internal sealed class RemoteWork
{
    private readonly Dictionary<SyntaxTree, ImmutableArray<SimpleNameSyntax>> names;

    private RemoteWork(Dictionary<SyntaxTree, ImmutableArray<SimpleNameSyntax>> names) => this.names = names;

    public static RemoteWork Of(AgentModel model, CancellationToken cancellation) =>
        model.Shared(_ => new Once<RemoteWork>()).Get(() => new RemoteWork(Find(model, cancellation)));

    /// <summary>Whether a call asks a model or an agent, or schedules a step of a workflow that may.</summary>
    public static bool Asks(CatalogueEntry entry) =>
        entry.AsksModelOrAgent() || (entry.Role == CatalogueRole.ActivityCall && !entry.Has("blocking"));

    /// <summary>
    /// The names in one file that stand for such calls, or that may stand for methods that may lead to them, in the order of the text. Found
    /// without binding what lies between: a name that stands for something else is the asker's to find out.
    /// </summary>
    public ImmutableArray<SimpleNameSyntax> NamesIn(SyntaxTree tree) => names.TryGetValue(tree, out var found) ? found : [];

    private static Dictionary<SyntaxTree, ImmutableArray<SimpleNameSyntax>> Find(AgentModel model, CancellationToken cancellation)
    {
        var uses = RemoteUses.Of(model, cancellation);
        var names = new HashSet<SimpleNameSyntax>();
        var functions = new HashSet<IMethodSymbol>(SymbolEqualityComparer.Default);
        var open = new Queue<IMethodSymbol>();
        foreach (var use in uses.All)
            if (model.EntriesOf(use.Symbol).Any(Asks))
                Add(use.Name);
        foreach (var prompt in uses.Prompts)
            Add(prompt);
        if (open.Count > 0)
        {
            var index = CallerIndex.Of(model, cancellation);
            while (open.Count > 0)
            {
                cancellation.ThrowIfCancellationRequested();
                var function = open.Dequeue();
                foreach (var name in function.MethodKind == MethodKind.LocalFunction ? NamesOf(function, cancellation) : index.NamesThatMayBe(function, cancellation))
                    Add(name);
            }

            index.Release();
        }

        return names.GroupBy(name => name.SyntaxTree).ToDictionary(file => file.Key, file => file.OrderBy(name => name.SpanStart).ToImmutableArray());

        // A lambda has no name to be called by: it belongs to what is around it.
        void Add(SimpleNameSyntax name)
        {
            if (!names.Add(name))
                return;
            foreach (var around in name.Ancestors())
                if (around is MethodDeclarationSyntax or LocalFunctionStatementSyntax
                    && model.SemanticsOf(name.SyntaxTree).GetDeclaredSymbol(around, cancellation) is IMethodSymbol method && functions.Add(method.Implementation()))
                    open.Enqueue(method.Implementation());
        }
    }

    // A local function is known in the member around it only.
    private static IEnumerable<SimpleNameSyntax> NamesOf(IMethodSymbol function, CancellationToken cancellation) =>
        function.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation) is { } declaration
            ? declaration.Ancestors().First(node => node is MemberDeclarationSyntax and not GlobalStatementSyntax or CompilationUnitSyntax).DescendantNodes()
                .OfType<SimpleNameSyntax>().Where(name => name.Identifier.ValueText == function.Name)
            : [];
}
