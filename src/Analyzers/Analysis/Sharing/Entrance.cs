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

    /// <summary>The root in words; null where there is none.</summary>
    public string? RootName { get; init; }

    /// <summary>The first member that callers outside the project can call; null where none is known.</summary>
    public IMethodSymbol? Visible { get; init; }

    /// <summary>From where the code is reached, as a message goes on with it.</summary>
    public string Text =>
        Root is { } root ? $"from {RootName ?? $"'{Witness.NameOf(root)}'"}"
        : Visible is { } visible ? $"by any caller of '{Witness.NameOf(visible)}'"
        : "by any caller";

    public IEnumerable<Location> Locations => Root?.Locations.Take(1) ?? [];
}
