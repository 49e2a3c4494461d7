using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Concurrency;

/// <summary>Which collections are for one thread at a time, by what they are, or by what is made for them.</summary>
internal sealed class Collections(AgentModel model, CancellationToken cancellation)
{
    /// <summary>The catalogue's line of the collection that an expression gives; null where it may be another kind.</summary>
    public CatalogueEntry? Of(IOperation value) => value.Type is INamedTypeSymbol type
        ? Of(type, () => new ValueSources(model, cancellation).Of(value, out var isComplete) is { Count: > 0 } sources && isComplete ? sources : [])
        : null;

    /// <summary>The catalogue's line of a type; of an interface, where all that is made for it is such a collection.</summary>
    /// <param name="type">The type that is declared.</param>
    /// <param name="made">What is known to be made for it; none where that is not known.</param>
    public CatalogueEntry? Of(INamedTypeSymbol type, Func<IEnumerable<IOperation>> made)
    {
        if (model.Is(type, CatalogueRole.ThreadSafe))
            return null;
        if (type.TypeKind != TypeKind.Interface)
            return EntryOf(type);
        // An interface's own members, and those that it inherits.
        if (model.EntriesOf(type).Where(entry => entry.Role == CatalogueRole.Collection).ToList() is not { Count: > 0 } lines)
            return null;
        var sources = made().ToList();
        if (sources.Count == 0 || !sources.All(source => source is ICollectionExpressionOperation || (source is IObjectCreationOperation { Type: INamedTypeSymbol creation } && !model.Is(creation, CatalogueRole.ThreadSafe) && EntryOf(creation) != null)))
            return null;
        var first = lines[0];
        return first with { Facts = first.Facts.SetItem("changes", string.Join(",", lines.SelectMany(line => line.List("changes")).Distinct())) };
    }

    /// <summary>Whether a method changes what it is called on, by the verbs that collections have: for those that no line of the catalogue speaks of.</summary>
    public static bool IsChange(IMethodSymbol method) =>
        Verbs.Any(verb => method.Name.StartsWith(verb, StringComparison.Ordinal) && (method.Name.Length == verb.Length || !char.IsLower(method.Name[verb.Length])));

    private static readonly string[] Verbs =
        ["Add", "TryAdd", "Append", "Insert", "Remove", "TryRemove", "Replace", "Clear", "Push", "Pop", "TryPop", "Enqueue", "Dequeue", "TryDequeue", "Set", "Import", "UnionWith", "ExceptWith", "IntersectWith", "Sort", "Reverse"];

    private CatalogueEntry? EntryOf(INamedTypeSymbol type)
    {
        // The nearest: what a type implements says nothing of how it does so.
        for (var t = type; t != null; t = t.BaseType)
            foreach (var entry in model.EntriesOf(t))
                if (entry.Role == CatalogueRole.Collection && CatalogueMatcher.IsNamed(t.OriginalDefinition, entry.Type))
                    return entry;
        return null;
    }
}
