using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace AgentLint.Analysis.Values;

/// <summary>What a tainted value may do harm as.</summary>
[Flags]
internal enum TaintSinks
{
    None = 0,
    Sql = 1,
    Process = 2,
    Script = 4,
    Path = 8,
    Address = 16,
    Markup = 32,
    Store = 64,
    Parse = 128,
    // What a check has shown of a path, short of all that it takes.

    /// <summary>Shown: there is no <c>..</c> in it.</summary>
    Dots = 256,

    /// <summary>Shown: it is not a rooted path.</summary>
    Root = 512,

    /// <summary>Shown: it begins with a root that ends in a separator, which holds for a full path.</summary>
    Outside = 1024,

    /// <summary>Shown: it begins with a root, with no separator after it or before it was made a full path.</summary>
    Prefix = 2048,

    /// <summary>What was shown was shown of the full path.</summary>
    Full = 4096,
    Telemetry = 8192,

    All = Sql | Process | Script | Path | Address | Markup | Store | Parse | Dots | Root | Outside | Prefix | Full | Telemetry,
}

/// <summary>What is known of a tainted value on every path.</summary>
[Flags]
internal enum TaintTraits
{
    None = 0,

    /// <summary>Other text stands before it, so that it cannot name the host of an address.</summary>
    Anchored = 1,

    /// <summary>It is a full path, without <c>..</c> in it.</summary>
    Canonical = 2,

    /// <summary>It went through a field: a value that another method has put there, in some order.</summary>
    May = 4,

    /// <summary>It was read out of JSON. Unlike the others, this holds when it does on one path.</summary>
    Parsed = 8,

    /// <summary>It is the body of a response of a request without an SDK: the answer of the model is a text within its JSON.</summary>
    Envelope = 16,
}

/// <summary>Where tainted values come from.</summary>
internal enum TaintOrigin
{
    /// <summary>What a model or an agent answered.</summary>
    Answer,

    /// <summary>What a model filled in when it called a tool.</summary>
    Argument,

    /// <summary>A parameter of the function that is summarised: what a caller gives.</summary>
    Parameter,

    /// <summary>What a person answered. It taints nothing: a condition on it is an approval.</summary>
    Person,
}

/// <summary>One place that tainted values come from.</summary>
/// <param name="Origin">The kind of place.</param>
/// <param name="Symbol">The method that was called, or the parameter or member that holds the value; null for a parameter of a
/// summary.</param>
/// <param name="Site">The call; null for parameters.</param>
/// <param name="Ordinal">The parameter's position; -1 is the object itself.</param>
internal sealed record TaintSource(TaintOrigin Origin, ISymbol? Symbol, SyntaxNode? Site, int Ordinal = 0)
{
    public static TaintSource Person { get; } = new(TaintOrigin.Person, null, null);

    public static TaintSource Parameter(int ordinal) => new(TaintOrigin.Parameter, null, null, ordinal);

    public bool Equals(TaintSource? other) =>
        other != null && Origin == other.Origin && Site == other.Site && Ordinal == other.Ordinal
            && SymbolEqualityComparer.Default.Equals(Symbol, other.Symbol);

    public override int GetHashCode() => ((int)Origin * 31 + Ordinal) * 31 + (Site?.SpanStart ?? 0);
}

/// <summary>A source, and the members of what it gives that a value was read from: <c>.Plan.Path</c>.</summary>
internal readonly record struct TaintLabel(TaintSource Source, string Members)
{
    // Longer chains of members stand for their first ones.
    private const int MaxMembers = 4;

    public static TaintLabel Approval { get; } = new(TaintSource.Person, "");

    public TaintLabel Of(string member) => Members.Count(c => c == '.') < MaxMembers ? new TaintLabel(Source, Members + "." + member)
        : this;

    /// <summary>Whether what is known of this label holds for another one: the same value, or a member of it.</summary>
    public bool Covers(TaintLabel other) =>
        Source.Equals(other.Source)
        && other.Members.StartsWith(Members, StringComparison.Ordinal)
        && (other.Members.Length == Members.Length || other.Members[Members.Length] == '.');
}

/// <summary>A call that a tainted value went through: what was called, and where.</summary>
internal sealed record TaintStep(IMethodSymbol Called, SyntaxNode Site);

/// <summary>What is known of a value with some label.</summary>
/// <param name="Sinks">What it may still do harm as.</param>
/// <param name="Traits">What else is known.</param>
/// <param name="Via">The functions that it was returned by, nearest to the source first; evidence, of which the first that is found is
/// kept.</param>
internal readonly record struct TaintFacts(TaintSinks Sinks, TaintTraits Traits, ImmutableArray<TaintStep> Via)
{
    private const TaintTraits OnEveryPath = ~TaintTraits.Parsed;

    public static TaintFacts Fresh { get; } = new(TaintSinks.All, TaintTraits.None, []);

    public bool Equals(TaintFacts other) => Sinks == other.Sinks && Traits == other.Traits;

    public override int GetHashCode() => (int)Sinks * 256 + (int)Traits;

    public TaintFacts Join(TaintFacts other) =>
        new(Sinks | other.Sinks, (Traits & other.Traits & OnEveryPath) | ((Traits | other.Traits) & TaintTraits.Parsed),
            Via.Length <= other.Via.Length ? Via : other.Via);

    /// <summary>What is known of a value that has gone through a function about which these are the facts.</summary>
    public TaintFacts Through(TaintFacts inner) =>
        new(Sinks & inner.Sinks, ((inner.Traits & TaintTraits.Parsed) != 0 ? Read().Traits : Traits) | (inner.Traits & ~TaintTraits.Parsed), Via);

    /// <summary>What is known of a value that is read out of JSON: what was an envelope is the text of the model now, and not yet data.</summary>
    public TaintFacts Read() =>
        this with { Traits = (Traits & TaintTraits.Envelope) != 0 ? Traits & ~TaintTraits.Envelope : Traits | TaintTraits.Parsed };
}
