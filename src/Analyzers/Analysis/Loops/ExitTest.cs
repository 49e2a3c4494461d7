using AgentLint.Analysis.Concurrency;
using Microsoft.CodeAnalysis;

namespace AgentLint.Analysis.Loops;

/// <summary>What a condition asks, when it comes out so that there is another turn.</summary>
internal sealed class ExitTest
{
    /// <summary>Numbers that are compared.</summary>
    public List<AccessPath> Counters { get; } = [];

    /// <summary>Switches that are looked at, with what they are then.</summary>
    public List<(AccessPath Switch, bool Value)> Latches { get; } = [];

    /// <summary>Variables that are still empty.</summary>
    public List<AccessPath> Empty { get; } = [];

    /// <summary>What bounds the cycle by this test alone.</summary>
    public GuardKind? Bound { get; set; }

    /// <summary>Why there is another turn, and whether a token was looked at.</summary>
    public PathFacts Facts { get; set; }
}
