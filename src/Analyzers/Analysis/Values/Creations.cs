using System.Collections.Immutable;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Values;

/// <summary>Where objects are made whose constructors the catalogue knows: by the names of their types over the text, then bound.</summary>
internal sealed class Creations(AgentModel model, Func<CatalogueEntry, bool> wanted)
{
    private readonly ImmutableArray<CatalogueEntry> entries = [.. model.Catalogue.Entries.Where(entry => wanted(entry) && entry.Members.Contains(".ctor"))];

    /// <summary>The creations in one file, in the order of the text.</summary>
    public IEnumerable<(IObjectCreationOperation Creation, CatalogueEntry Entry)> In(SemanticModel semantics, CancellationToken cancellation)
    {
        var index = NameIndex.Of(semantics.SyntaxTree, cancellation);
        var names = entries.Select(entry => entry.SimpleTypeName.Split('`')[0]).Where(index.Mentions).ToImmutableHashSet(StringComparer.Ordinal);
        if (names.IsEmpty || !index.Mentions("new"))
            yield break;
        var root = semantics.SyntaxTree.GetRoot(cancellation);
        foreach (var position in index.PositionsOf("new"))
            if (root.FindToken(position) is { Parent: BaseObjectCreationExpressionSyntax syntax } token && token.SpanStart == position && MayMake(syntax, names)
                && semantics.GetOperation(syntax, cancellation) is IObjectCreationOperation { Constructor: { } constructor } creation
                && model.EntriesOf(constructor).FirstOrDefault(entries.Contains) is { } entry)
                yield return (creation, entry);
    }

    // new Client(…), or new(…) where the type is said elsewhere.
    private static bool MayMake(BaseObjectCreationExpressionSyntax syntax, ImmutableHashSet<string> names) => syntax switch
    {
        ObjectCreationExpressionSyntax { Type: QualifiedNameSyntax { Right.Identifier.ValueText: var name } } => names.Contains(name),
        ObjectCreationExpressionSyntax { Type: SimpleNameSyntax { Identifier.ValueText: var name } } => names.Contains(name),
        ObjectCreationExpressionSyntax => false,
        _ => true,
    };
}
