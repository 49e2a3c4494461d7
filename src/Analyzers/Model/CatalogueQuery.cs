using System.Collections.Immutable;
using AgentLint.Catalogue;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Model;

/// <summary>A place in source that uses something the catalogue knows.</summary>
internal readonly record struct CatalogueUse(SimpleNameSyntax Name, ISymbol Symbol, CatalogueEntry Entry);

/// <summary>
/// Finds the uses of some entries in files: by name over the text, then bound. Names are common (<c>Create</c>, <c>Result</c>) and binding
/// is dear, so entries whose type the compilation does not have are dropped, and a static member is looked for only where its type is named.
/// </summary>
internal sealed class CatalogueQuery
{
    private readonly AgentModel model;
    private readonly Func<CatalogueEntry, bool> wanted;

    // By member name: the type names of which a file must mention one; empty where the member can be used without naming its type.
    private readonly ImmutableDictionary<string, ImmutableArray<string>> names;

    public CatalogueQuery(AgentModel model, Func<CatalogueEntry, bool> wanted)
    {
        this.model = model;
        this.wanted = wanted;
        var found = new Dictionary<string, (bool Anywhere, HashSet<string> Types)>(StringComparer.Ordinal);
        foreach (var entry in model.Catalogue.Entries.Where(wanted))
        {
            var types = model.TypesOf(entry);
            if (types.IsEmpty)
                continue;
            var typeName = entry.SimpleTypeName.Split('`')[0];
            foreach (var name in entry.Members)
            {
                var (anywhere, mentions) = found.TryGetValue(name, out var known) ? known : (false, new HashSet<string>(StringComparer.Ordinal));
                mentions.Add(typeName);
                found[name] = (anywhere || !types.All(type => IsUsedByTypeName(type, name)) || model.IsImportedGlobally(typeName), mentions);
            }
        }

        names = found.ToImmutableDictionary(f => f.Key, f => f.Value.Anywhere ? ImmutableArray<string>.Empty : [.. f.Value.Types], StringComparer.Ordinal);
    }

    /// <summary>The uses in one file, in the order of the text.</summary>
    public IEnumerable<CatalogueUse> In(SyntaxTree tree, CancellationToken cancellation)
    {
        if (names.IsEmpty)
            yield break;
        var index = NameIndex.Of(tree, model.Catalogue.Names, cancellation);
        var present = names.Where(n => index.Mentions(n.Key) && (n.Value.IsEmpty || n.Value.Any(index.Mentions))).Select(n => n.Key).ToList();
        if (present.Count == 0)
            yield break;
        var root = tree.GetRoot(cancellation);
        var semantics = model.SemanticsOf(tree);
        foreach (var name in present.SelectMany(n => index.Uses(n, root)).OrderBy(n => n.SpanStart))
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

    // Static members that are no extension methods are written behind the name of their type, or imported with it.
    private static bool IsUsedByTypeName(INamedTypeSymbol type, string member) =>
        type.GetMembers(member) is { IsEmpty: false } members && members.All(m => m.IsStatic && m is not IMethodSymbol { IsExtensionMethod: true });
}
