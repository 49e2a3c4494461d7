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
    private readonly NameSet functions;

    private RemoteNames(AgentModel model, CancellationToken cancellation)
    {
        remote = model.Query(entry => !entry.Has("blocking") && (entry.IsRemoteCall() || entry.Role == CatalogueRole.ResilientExecute || (entry.Role == CatalogueRole.RunsDelegate && entry.Has("concurrent"))));
        var foreign = ForeignFacts.Of(model).NamesThatReach(fact => fact.Entry.IsRemoteCall() && !fact.Entry.Has("blocking"), cancellation).ToList();
        var known = new NameSet(foreign);
        functions = new NameSet(LeadingNames.From(model.Compilation, tree => (remote.NamesIn(tree, cancellation).Concat(NameIndex.Of(tree, cancellation).Among(known)), []), cancellation).Concat(foreign));
    }

    public static RemoteNames Of(AgentModel model, CancellationToken cancellation) =>
        model.Shared(_ => new Once<RemoteNames>()).Get(() => new RemoteNames(model, cancellation));

    /// <summary>The names in one file, in the order of the text.</summary>
    public IEnumerable<SimpleNameSyntax> In(SyntaxTree tree, CancellationToken cancellation)
    {
        var index = NameIndex.Of(tree, cancellation);
        var names = new HashSet<string>(remote.NamesIn(tree, cancellation).Concat(index.Among(functions)), StringComparer.Ordinal);
        if (names.Count == 0)
            return [];
        var root = tree.GetRoot(cancellation);
        return names.SelectMany(name => index.Uses(name, root)).OrderBy(name => name.SpanStart);
    }
}
