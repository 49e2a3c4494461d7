using Microsoft.CodeAnalysis;

namespace AgentLint.Analysis.Sharing;

/// <summary>Why the locks around shared state keep no two calls apart.</summary>
internal enum GuardFault
{
    /// <summary>A change holds none.</summary>
    Missing,

    /// <summary>Two changes hold different ones.</summary>
    Different,

    /// <summary>All changes hold one, and a reader does not.</summary>
    Reader,
}

/// <summary>State that several calls change without seeing each other.</summary>
/// <param name="Variable">The field or property.</param>
/// <param name="Owner">Who has calls share it.</param>
/// <param name="Write">The first change that no lock guards.</param>
/// <param name="Writer">The function that makes it.</param>
/// <param name="Entrance">From where that is reached.</param>
/// <param name="Guarded">A change that a lock guards, where others forgot it.</param>
/// <param name="IsSession">Whether it is one conversation's state.</param>
internal sealed record SharedVariable(ISymbol Variable, Owner Owner, StateWrite Write, IMethodSymbol? Writer, Entrance Entrance, StateWrite? Guarded, bool IsSession)
{
    /// <summary>What is wrong with the locks around it.</summary>
    public GuardFault Fault { get; init; }

    /// <summary>Whether it holds what belongs to one call: no lock mends that, each call needs its own.</summary>
    public bool IsOfOneCall { get; init; }

    /// <summary>Whether it is known that several calls use it and that they can come at once. What only takes something in may be told all of it at the start.</summary>
    public bool IsProven => Owner.Kind switch
    {
        OwnerKind.Static => !Entrance.Roots.IsEmpty || (Entrance.IsOpen && !Entrance.Others.IsEmpty),
        OwnerKind.Singleton => !Entrance.Roots.IsEmpty || (Entrance.IsOpen && !IsRegistration),
        OwnerKind.HandedOver or OwnerKind.Kept => !Entrance.Roots.IsEmpty,
        _ => false,
    };

    private bool IsRegistration => Writer is null or { ReturnsVoid: true, IsAsync: false };

    /// <summary>From where it is reached, as a message goes on with it.</summary>
    public string Reached => Entrance.Text;

    /// <summary>Where the variable is declared, where it is shared, and from where it is reached.</summary>
    public IEnumerable<Location> Evidence =>
        Variable.Locations.Take(1).Concat(Owner.Locations).Concat(Entrance.Locations);
}
