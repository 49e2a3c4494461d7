using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace AgentLint.Analysis.Sharing;

/// <summary>How shared state is changed.</summary>
internal enum StateChange
{
    /// <summary>A collection, or another object that is not made for it, is changed: two calls at once tear it.</summary>
    Content,

    /// <summary>The new value is made of the old one: of two calls at once one is lost.</summary>
    Update,

    /// <summary>What belongs to one call is put where the next one puts its own, before the first has read it back.</summary>
    Parked,
}

/// <summary>A place that changes shared state.</summary>
/// <param name="Site">The expression that does.</param>
/// <param name="Change">How.</param>
/// <param name="Locks">The locks that are held.</param>
internal readonly record struct StateWrite(SyntaxNode Site, StateChange Change, ImmutableArray<ISymbol> Locks)
{
    public bool IsGuarded => !Locks.IsEmpty;

    /// <summary>Whether both hold one lock, so that one waits for the other.</summary>
    public bool SharesLockWith(ImmutableArray<ISymbol> held) => Locks.Any(gate => held.Contains(gate, SymbolEqualityComparer.Default));
}
