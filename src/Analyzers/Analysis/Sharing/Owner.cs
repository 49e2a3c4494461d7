using Microsoft.CodeAnalysis;

namespace AgentLint.Analysis.Sharing;

/// <summary>How it is known that several calls use one object.</summary>
internal enum OwnerKind
{
    /// <summary>Nothing is known, but that calls can come at once.</summary>
    Unknown,

    /// <summary>A static member: there is one in the program.</summary>
    Static,

    /// <summary>The container makes one.</summary>
    Singleton,

    /// <summary>One object was handed over for all calls.</summary>
    HandedOver,

    /// <summary>An object that all calls share has made one and keeps it.</summary>
    Kept,

    /// <summary>A lock that other code of the same type holds around it: who locks expects other threads.</summary>
    Locked,

    /// <summary>The caller's: whether others use it at the same time is for the caller to say.</summary>
    Caller,
}

/// <summary>Who has all calls share an object.</summary>
/// <param name="Kind">How that is known.</param>
/// <param name="Site">Where it is said; null where it is not.</param>
/// <param name="Text">The same in words, as a message goes on with it.</param>
internal sealed record Owner(OwnerKind Kind, SyntaxNode? Site, string Text)
{
    public IEnumerable<Location> Locations => Site is { } site ? [site.GetLocation()] : [];
}
