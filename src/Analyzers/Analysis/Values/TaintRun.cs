using System.Collections.Immutable;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;

namespace AgentLint.Analysis.Values;

/// <summary>One choice of parameters that a function is analysed for.</summary>
/// <param name="Function">The function.</param>
/// <param name="Tainted">A bit for each parameter that may be tainted; the highest is the object itself.</param>
/// <param name="IsTool">Whether a model fills in the parameters.</param>
internal readonly record struct TaintKey(IMethodSymbol Function, ulong Tainted, bool IsTool)
{
    public const int MaxParameters = 63;

    public bool IsTainted(int ordinal) => (Tainted & Bit(ordinal)) != 0;

    public static ulong Bit(int ordinal) => ordinal is < 0 or >= MaxParameters ? 1UL << MaxParameters : 1UL << ordinal;

    public bool Equals(TaintKey other) => Tainted == other.Tainted && IsTool == other.IsTool
        && SymbolEqualityComparer.Default.Equals(Function, other.Function);

    public override int GetHashCode() => SymbolEqualityComparer.Default.GetHashCode(Function) * 31 + Tainted.GetHashCode();
}

/// <summary>What is gathered while one function is analysed once.</summary>
internal sealed class TaintRun(Taint engine, TaintKey key, CancellationToken cancellation)
{
    private readonly List<TaintHit> hits = [];
    private readonly List<TaintFinding> findings = [];
    private readonly Dictionary<int, TaintValue> written = [];
    private ImmutableHashSet<TaintLabel> tested = [];

    public Taint Engine { get; } = engine;

    public TaintKey Key { get; } = key;

    public AgentModel Model => Engine.Model;

    public TaintKnowledge Knowledge => Engine.Knowledge;

    public CancellationToken Cancellation { get; } = cancellation;

    /// <summary>The lambdas and local functions that are being gone through: one that calls itself is gone through once.</summary>
    public HashSet<ISymbol> Open { get; } = new(SymbolEqualityComparer.Default);

    public IReadOnlyList<TaintFinding> Findings => findings;

    public void Add(TaintHit hit)
    {
        if (hits.Count < (SinkFacts.Of(hit.Entry) is { Kind: SinkKind.Telemetry } ? Taint.MaxRecords : Taint.MaxHits) && !hits.Contains(hit))
            hits.Add(hit);
    }

    public void Add(TaintFinding finding)
    {
        var known = findings.FindIndex(other => other.Site == finding.Site && other.Hit.Site == finding.Hit.Site
            && other.Hit.Label.Equals(finding.Hit.Label) && other.Hit.Entry == finding.Hit.Entry);
        if (known < 0)
            findings.Add(finding);
    }

    public void Test(IEnumerable<TaintLabel> labels) =>
        tested = tested.Union(labels.Where(label => label.Source.Origin == TaintOrigin.Parameter));

    public void Write(int ordinal, TaintValue value)
    {
        if (!value.IsClean)
            written[ordinal] = written.TryGetValue(ordinal, out var known) ? known.Join(value) : value;
    }

    public TaintSummary Summarize(TaintExit exit) =>
        new(exit.Returned, [.. hits], written.ToImmutableSortedDictionary(), OfParameters(exit.After), OfParameters(exit.WhenTrue),
            OfParameters(exit.WhenFalse), tested);

    private static TaintChecks OfParameters(TaintChecks? checks) =>
        checks == null
            ? TaintChecks.None
            : checks.Settled() is var settled
                ? settled with { Labels = settled.Labels.Where(pair => pair.Key.Source.Origin == TaintOrigin.Parameter)
                    .ToImmutableDictionary() } : TaintChecks.None;
}

/// <summary>What is known where a function ends normally; null where it never ends so.</summary>
internal sealed record TaintExit(TaintValue Returned, TaintState? State, TaintChecks? After, TaintChecks? WhenTrue, TaintChecks? WhenFalse);
