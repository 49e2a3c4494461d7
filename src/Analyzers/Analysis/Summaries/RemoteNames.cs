using AgentLint.Analysis.Facts;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Analysis.Summaries;

/// <summary>
/// The names that may stand for a call that crosses the network and can be awaited, or for a function of the program that leads to one. What a name
/// stands for is for the caller to find out.
/// </summary>
internal sealed class RemoteNames
{
    private readonly CatalogueQuery remote;
    private readonly NameSet foreign;
    private readonly LeadingFunctions functions;
    private readonly NameSet functionNames;
    private readonly OncePerFile<SimpleNameSyntax> names = new();

    private RemoteNames(AgentModel model, CancellationToken cancellation)
    {
        remote = model.Query(entry => !entry.Has("blocking") && (entry.IsRemoteCall() || entry.Role == CatalogueRole.ResilientExecute || (entry.Role == CatalogueRole.RunsDelegate && entry.Has("concurrent"))));
        foreign = new NameSet(ForeignFacts.Of(model).NamesThatReach(fact => fact.Entry.IsRemoteCall() && !fact.Entry.Has("blocking"), cancellation));
        functions = LeadingFunctions.From(model.Compilation, tree => (AskedIn(tree, cancellation), []), cancellation);
        functionNames = new NameSet(functions.Names);
    }

    public static RemoteNames Of(AgentModel model, CancellationToken cancellation) =>
        model.Shared(_ => new Once<RemoteNames>()).Get(() => new RemoteNames(model, cancellation));

    /// <summary>The names in one file, in the order of the text.</summary>
    public IReadOnlyList<SimpleNameSyntax> In(SyntaxTree tree, CancellationToken cancellation) => names.Get(tree, () => Find(tree, cancellation));

    // What the catalogue knows, and what other projects do.
    private IEnumerable<string> AskedIn(SyntaxTree tree, CancellationToken cancellation) =>
        remote.NamesIn(tree, cancellation).Concat(NameIndex.Of(tree, cancellation).Among(foreign));

    private List<SimpleNameSyntax> Find(SyntaxTree tree, CancellationToken cancellation)
    {
        var index = NameIndex.Of(tree, cancellation);
        var asked = new HashSet<string>(AskedIn(tree, cancellation), StringComparer.Ordinal);
        var called = index.Among(functionNames);
        if (asked.Count == 0 && called.IsEmpty)
            return [];
        var root = tree.GetRoot(cancellation);
        return
        [
            .. asked.SelectMany(name => index.Uses(name, root))
                .Concat(called.Where(name => !asked.Contains(name)).SelectMany(name => index.Uses(name, root)).Where(functions.MayBeMeantBy))
                .OrderBy(name => name.SpanStart),
        ];
    }
}
