using System.Collections.Immutable;
using AgentLint.Catalogue;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Model;

/// <summary>A place in source that uses something the catalogue knows.</summary>
internal readonly record struct CatalogueUse(SimpleNameSyntax Name, ISymbol Symbol, CatalogueEntry Entry);

/// <summary>Finds the uses of some entries in files: by name over the text, then bound.</summary>
internal sealed class CatalogueQuery
{
    private readonly AgentModel model;
    private readonly Func<CatalogueEntry, bool> wanted;
    private readonly ImmutableArray<string> names;

    public CatalogueQuery(AgentModel model, Func<CatalogueEntry, bool> wanted)
    {
        this.model = model;
        this.wanted = wanted;
        names = [.. model.Catalogue.Entries.Where(wanted).SelectMany(e => e.Members).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>The uses in one file, in the order of the text.</summary>
    public IEnumerable<CatalogueUse> In(SyntaxTree tree, CancellationToken cancellation)
    {
        var index = NameIndex.Of(tree, model.Catalogue.Names, cancellation);
        if (!names.Any(index.Mentions))
            yield break;
        var root = tree.GetRoot(cancellation);
        var semantics = model.SemanticsOf(tree);
        foreach (var name in names.SelectMany(n => index.Uses(n, root)).OrderBy(n => n.SpanStart))
        {
            if (semantics.GetSymbolInfo(name, cancellation).Symbol is not { } symbol)
                continue;
            foreach (var entry in model.EntriesOf(symbol))
                if (wanted(entry))
                {
                    yield return new CatalogueUse(name, symbol, entry);
                    break;
                }
        }
    }
}
