using System.Collections.Immutable;

namespace AgentLint.Analysis.Loops;

/// <summary>Tells retries, agent loops and polling from everything else that runs again.</summary>
internal static class CycleKinds
{
    /// <summary>Why a cycle is taken on a way that nothing bounds, with that way; where all are bounded, on any.</summary>
    public static (CycleKind Kind, BackPath? Unguarded) Of(ImmutableArray<BackPath> paths, ImmutableArray<CycleCall> calls)
    {
        var unguarded = paths.Where(path => !path.IsGuarded).ToList();
        var (kind, way) = Decide(unguarded, calls);
        return kind != CycleKind.Other ? (kind, way) : (Decide([.. paths], calls).Kind, null);
    }

    private static (CycleKind Kind, BackPath? Way) Decide(List<BackPath> paths, ImmutableArray<CycleCall> calls)
    {
        // The work was done, and there is another turn for no reason that it gave: an item, a page or a message after the other.
        var goesOn = paths.Any(path => path.Has(PathFacts.Called) && !path.Has(PathFacts.Failed | PathFacts.FailedResult | PathFacts.Answered | PathFacts.Pending | PathFacts.Latched));
        if (goesOn)
            return (CycleKind.Other, null);
        if (calls.Any(call => call.Asks) && paths.FirstOrDefault(IsAnswered) is { } answered)
            return (CycleKind.AgentLoop, answered);
        var isPaged = paths.Any(path => path.Has(PathFacts.Called) && !path.Has(PathFacts.Failed) && path.Has(PathFacts.More) && path.Has(PathFacts.FedBack));
        var pending = paths.FirstOrDefault(path => path.Has(PathFacts.Called) && path.Has(PathFacts.Pending) && !path.Has(PathFacts.Failed | PathFacts.FailedResult));
        if (isPaged)
            return (CycleKind.Other, null);
        if (pending != null)
            return pending.Has(PathFacts.Waited) ? (CycleKind.Polling, pending) : (CycleKind.Other, null);
        return (paths.FirstOrDefault(path => path.Has(PathFacts.Failed)) ?? paths.FirstOrDefault(path => path.Has(PathFacts.FailedResult))) is { } failed ? (CycleKind.Retry, failed) : (CycleKind.Other, null);
    }

    // The answer decides, and it is not just missing: then the same is asked again.
    private static bool IsAnswered(BackPath path) =>
        path.Has(PathFacts.Answered) && path.Has(PathFacts.Called) && !path.Has(PathFacts.Failed) && (!path.Has(PathFacts.FailedResult) || path.Has(PathFacts.FedBack));
}
