using System.Collections.Immutable;
using AgentLint.Catalogue;

namespace AgentLint.Analysis.Facts;

/// <summary>What the project of a member has found out about a call of it that the project that composes the program has to follow.</summary>
[Flags]
internal enum OpenCallTraits
{
    None = 0,

    /// <summary>It rests on a call of which only a few possible targets are known.</summary>
    Possible = 1,

    /// <summary>A look at what is there, a question to a person or a promise keeps a second run from acting again.</summary>
    Guarded = 2,

    /// <summary>No call on the way is given a cancellation token, although one of them takes one.</summary>
    Tokenless = 4,

    /// <summary>A call on the way is given a cancellation token.</summary>
    Tokened = 8,

    /// <summary>It is made only where no workflow is replayed.</summary>
    Live = 16,

    /// <summary>It goes through the engine of a workflow, which records it.</summary>
    Recorded = 32,

    /// <summary>A function on the way takes a message to an agent.</summary>
    Prompt = 64,

    /// <summary>The member gives the answer back.</summary>
    Returned = 128,

    /// <summary>The member uses the answer.</summary>
    Used = 256,

    /// <summary>The innermost function on the way that says what it does says that it acts.</summary>
    Acts = 512,

    /// <summary>The innermost function on the way that says what it does says that it asks.</summary>
    Asks = 1024,

    /// <summary>The member keeps a failure to itself.</summary>
    Kept = 2048,
}

/// <summary>A parameter of a member that reaches a parameter of what the member calls.</summary>
internal readonly record struct Handover(int From, int To);

/// <summary>A call through an interface that no assembly which the member's project sees implements: the project that composes the program knows what runs.</summary>
/// <param name="Contract">The interface, by metadata name.</param>
/// <param name="Member">The member's key in the interface.</param>
/// <param name="Way">The calls that lead there from the member, as messages name them; the last one is the member of the interface.</param>
/// <param name="Traits">What is known of it.</param>
internal sealed record OpenCallFact(string Contract, string Member, ImmutableArray<string> Way, OpenCallTraits Traits)
{
    private const OpenCallTraits Inner = OpenCallTraits.Tokenless | OpenCallTraits.Tokened | OpenCallTraits.Returned | OpenCallTraits.Used | OpenCallTraits.Acts | OpenCallTraits.Asks;

    /// <summary>The texts among the member's parameters that reach the call.</summary>
    public ImmutableArray<Handover> Passes { get; init; } = [];

    /// <summary>The layers that try again when it fails, the outermost first.</summary>
    public ImmutableArray<RetryFact> Retries { get; init; } = [];

    /// <summary>The interface's member as messages name it.</summary>
    public string Name => NameOf(Contract, Member);

    public static string NameOf(string contract, string member) =>
        contract.Substring(contract.LastIndexOfAny(['.', '+']) + 1).Split('`')[0] + "." + AssemblyFacts.SimpleNameOf(member);

    public bool Is(OpenCallTraits trait) => (Traits & trait) != 0;

    /// <summary>This call, followed to a member that makes another.</summary>
    public OpenCallFact Then(OpenCallFact next)
    {
        var traits = (Traits | next.Traits) & ~Inner;
        // The first call that decides about the token, the innermost function that tells what it does, and the answer as far as it is handed on.
        traits |= (Traits & (OpenCallTraits.Tokenless | OpenCallTraits.Tokened)) is not OpenCallTraits.None and var token ? token : next.Traits & (OpenCallTraits.Tokenless | OpenCallTraits.Tokened);
        traits |= (next.Traits & (OpenCallTraits.Acts | OpenCallTraits.Asks)) is not OpenCallTraits.None and var verb ? verb : Traits & (OpenCallTraits.Acts | OpenCallTraits.Asks);
        traits |= (next.Is(OpenCallTraits.Returned) ? Traits : next.Traits) & (OpenCallTraits.Returned | OpenCallTraits.Used);
        return new OpenCallFact(next.Contract, next.Member, Way.AddRange(next.Way), traits)
        {
            Retries = Is(OpenCallTraits.Kept) ? Retries : Retries.AddRange(next.Retries),
            Passes = [.. from outer in Passes join inner in next.Passes on outer.To equals inner.From select new Handover(outer.From, inner.To)],
        };
    }

    /// <summary>What the target of this call reaches, as the member that makes the call reaches it.</summary>
    public ReachedFact Before(ReachedFact fact)
    {
        var traits = fact.Traits;
        Add(ReachedTraits.Possible, OpenCallTraits.Possible);
        Add(ReachedTraits.Live, OpenCallTraits.Live);
        if (fact.Entry.IsRemoteCall())
            Add(ReachedTraits.Live, OpenCallTraits.Recorded);
        if (fact.Entry.Role == CatalogueRole.HttpCall)
            Add(ReachedTraits.Prompt, OpenCallTraits.Prompt);
        if (Is(OpenCallTraits.Guarded))
            traits &= ~ReachedTraits.Unkeyed;
        if (Is(OpenCallTraits.Tokened))
            traits &= ~ReachedTraits.Tokenless;
        else if (Is(OpenCallTraits.Tokenless) && fact.Entry.IsRemoteCall() && !fact.Entry.Has("blocking"))
            traits |= ReachedTraits.Tokenless;
        return fact with { Way = Way.AddRange(fact.Way), Traits = fact.Is(ReachedTraits.Open) ? Answered(traits) : traits, Retries = Is(OpenCallTraits.Kept) ? Retries : Retries.AddRange(fact.Retries) };

        void Add(ReachedTraits trait, OpenCallTraits given) => traits |= Is(given) ? trait : ReachedTraits.None;
    }

    // The target gives the answer of a request back: what is done with it here tells what the request is sent for.
    private ReachedTraits Answered(ReachedTraits traits)
    {
        var isNamed = (traits & ReachedTraits.Unnamed) != 0 && Is(OpenCallTraits.Acts);
        if (isNamed)
            traits |= ReachedTraits.MayAsk;
        if (Is(OpenCallTraits.Acts | OpenCallTraits.Asks))
            traits &= ~ReachedTraits.Unnamed;
        if (Is(OpenCallTraits.Returned))
            return traits;
        traits &= ~(ReachedTraits.Open | ReachedTraits.Unnamed);
        if (!Is(OpenCallTraits.Used))
            return traits & ~(ReachedTraits.MayAsk | ReachedTraits.Likely);
        return (traits & ReachedTraits.MayAsk) != 0
            ? traits
            : traits & ~(ReachedTraits.Changes | ReachedTraits.Repeats | ReachedTraits.Destroys | ReachedTraits.Replaces | ReachedTraits.Unkeyed | ReachedTraits.Likely);
    }
}
