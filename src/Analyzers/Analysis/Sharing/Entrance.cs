using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace AgentLint.Analysis.Sharing;

/// <summary>From where some code is reached.</summary>
/// <param name="Roots">What several callers may run at once: handlers, consumers, activities, and tools where their host runs several.</param>
/// <param name="Others">Tools and agents whose host is not known to run several at once.</param>
/// <param name="IsOpen">Whether callers may stand outside the project.</param>
internal sealed record Entrance(ImmutableArray<IMethodSymbol> Roots, ImmutableArray<IMethodSymbol> Others, bool IsOpen)
{
    public static readonly Entrance None = new([], [], false);

    /// <summary>What a message names: the root that is known best.</summary>
    public IMethodSymbol? Root => Roots.FirstOrDefault() ?? Others.FirstOrDefault();

    /// <summary>The same in words, as a message goes on with it.</summary>
    public string Text => Root is { } root ? $"from '{Witness.NameOf(root)}'" : "by any caller";

    public IEnumerable<Location> Locations => Root?.Locations.Take(1) ?? [];
}
