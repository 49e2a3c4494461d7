using System.Collections.Immutable;
using AgentLint.Analysis.Loops;
using AgentLint.Analysis.Values;
using AgentLint.Catalogue;
using AgentLint.Model;

namespace AgentLint.Analysis.Facts;

/// <summary>What the project of a member has found out about one thing that the member reaches.</summary>
[Flags]
internal enum ReachedTraits
{
    None = 0,

    /// <summary>It leaves the world different: no read could.</summary>
    Changes = 1,

    /// <summary>Made again, it acts again.</summary>
    Repeats = 2,

    /// <summary>It removes what was there.</summary>
    Destroys = 4,

    /// <summary>It replaces what is there.</summary>
    Replaces = 8,

    /// <summary>It is a request whose answer is read, so that it may be a question.</summary>
    MayAsk = 16,

    /// <summary>Only the type of the answer speaks for a request that does something.</summary>
    Likely = 32,

    /// <summary>It goes to a server on this machine.</summary>
    Local = 64,

    /// <summary>No key, look at what is there, or question to a person keeps a second run from acting again.</summary>
    Unkeyed = 128,

    /// <summary>The receiver is known to take a key.</summary>
    TakesKey = 256,

    /// <summary>It rests on a call of which only a few possible targets are known.</summary>
    Possible = 512,

    /// <summary>It is sent to a model or an agent.</summary>
    Prompt = 1024,

    /// <summary>The member gives the answer back, and what its callers do with that tells what the request is sent for.</summary>
    Open = 2048,

    /// <summary>No function on the way says whether it asks or acts.</summary>
    Unnamed = 4096,

    /// <summary>No call on the way is given a cancellation token, although one of them takes one.</summary>
    Tokenless = 8192,

    /// <summary>It runs only where no workflow is replayed.</summary>
    Live = 16384,
}

/// <summary>An API of the catalogue that a member of an assembly reaches.</summary>
/// <param name="Entry">What the catalogue says of the API.</param>
/// <param name="Api">The name of the API's member; <c>.ctor</c> for a constructor.</param>
/// <param name="Way">The calls that lead there from the member, as messages name them; the last one is the API.</param>
/// <param name="Traits">What is known of it.</param>
internal sealed record ReachedFact(CatalogueEntry Entry, string Api, ImmutableArray<string> Way, ReachedTraits Traits)
{
    /// <summary>The member that is changed relative to what it was; null where there is none.</summary>
    public string? Relative { get; init; }

    /// <summary>The name under which something is sent that is a new one in each run; null where there is none.</summary>
    public string? FreshId { get; init; }

    /// <summary>The layers that try again when it fails, the outermost first.</summary>
    public ImmutableArray<RetryFact> Retries { get; init; } = [];

    public bool Is(ReachedTraits trait) => (Traits & trait) != 0;
}

/// <summary>A sink that a parameter of a member reaches, unchecked on some path.</summary>
/// <param name="Entry">What the catalogue says of the sink.</param>
/// <param name="Api">The name of the sink's member.</param>
/// <param name="Way">The calls that lead there from the member, as messages name them; the last one is the sink.</param>
/// <param name="Parameter">The ordinal of the parameter.</param>
/// <param name="Members">The members of it that are read: <c>.Plan.Path</c>; empty for the whole.</param>
/// <param name="Traits">What is known of the value there.</param>
internal sealed record SinkFact(CatalogueEntry Entry, string Api, ImmutableArray<string> Way, int Parameter, string Members, TaintTraits Traits);

/// <summary>A layer of another project that tries again what failed below it. What libraries do unasked is not among them.</summary>
/// <param name="Name">What messages call it.</param>
/// <param name="Tries">How often it tries in all; null where that is not known, the greatest number where nothing ends it.</param>
/// <param name="ReadsOnly">Whether it looks at the verb of a request.</param>
internal sealed record RetryFact(string Name, int? Tries, bool ReadsOnly)
{
    public static ImmutableArray<RetryFact> Of(IEnumerable<RetryLayer> layers) =>
        [.. layers.Where(layer => layer is { Redelivers: false, IsDefault: false }).Select(layer => new RetryFact(layer.Name, layer.Tries, layer.ReadsOnly))];
}

/// <summary>A service that a member puts into the container that it is given.</summary>
/// <param name="Service">What is asked for, by metadata name.</param>
/// <param name="Implementation">What is made, by metadata name.</param>
/// <param name="Lifetime">How long it lives.</param>
/// <param name="IsMade">Whether a delegate or the program makes it, not the container.</param>
internal sealed record RegisteredFact(string Service, string Implementation, ServiceLifetime Lifetime, bool IsMade);

/// <summary>What a member of an assembly does, through all that it calls.</summary>
/// <param name="Reached">Nearest first.</param>
internal sealed record MemberFacts(ImmutableArray<ReachedFact> Reached)
{
    /// <summary>What it puts into the container.</summary>
    public ImmutableArray<RegisteredFact> Registered { get; init; } = [];

    /// <summary>The ordinals of the parameters that become the key of an operation.</summary>
    public ImmutableArray<int> Keys { get; init; } = [];

    /// <summary>The sinks that its parameters reach.</summary>
    public ImmutableArray<SinkFact> Sinks { get; init; } = [];

    /// <summary>The calls that the project that composes the program has to follow, nearest first.</summary>
    public ImmutableArray<OpenCallFact> Calls { get; init; } = [];

    /// <summary>Whether the member does something itself, or through what it calls.</summary>
    public bool Acts => !Reached.IsEmpty || !Calls.IsEmpty || !Sinks.IsEmpty;

    public bool IsEmpty => !Acts && Registered.IsEmpty && Keys.IsEmpty;
}
