using Microsoft.CodeAnalysis;

namespace AgentLint.Analysis.Loops;

/// <summary>Code that runs again because it failed.</summary>
/// <param name="Site">What a report points at: the name of the call, or the keyword of the loop.</param>
/// <param name="Body">The code.</param>
/// <param name="Work">The same, bound.</param>
/// <param name="Layers">Who runs it again, the outermost first.</param>
internal sealed record RetryRegion(Location Site, SyntaxNode Body, IOperation Work, IReadOnlyList<RetryLayer> Layers)
{
    /// <summary>Whether a result can make it run again as well: a failure that was turned into one still comes here.</summary>
    public bool SeesResults { get; init; }

    /// <summary>The cycle that it is; null where a policy, a helper, a host or a client runs it again.</summary>
    public Cycle? Cycle { get; init; }
}
