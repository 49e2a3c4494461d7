using System.Collections.Immutable;

namespace AgentLint.Analysis.Branches;

/// <summary>Something that branches share and change at the same time.</summary>
/// <param name="Group">The branches.</param>
/// <param name="Changes">The changes that nothing guards, in the order of the text.</param>
internal sealed record ConcurrentChange(BranchGroup Group, ImmutableArray<SharedChange> Changes)
{
    /// <summary>A change that a lock guards, where others read without it; null where a change itself is not guarded.</summary>
    public SharedChange? Guarded { get; init; }

    /// <summary>What one branch reads without the lock that another holds while it changes it.</summary>
    public static IEnumerable<ConcurrentChange> ReadIn(BranchGroup group, List<(Branch Branch, SharedChange Change)> reads, List<(Branch Branch, SharedChange Change)> guarded)
    {
        foreach (var (branch, read) in reads)
            if (guarded.FirstOrDefault(one => one.Change.Path.IsSame(read.Path) && (one.Branch == branch ? branch.Round != null : one.Branch.Meets(branch))).Change is { } change)
                yield return new ConcurrentChange(group, [read]) { Guarded = change };
    }

    /// <summary>What more than one branch changes.</summary>
    public static IEnumerable<ConcurrentChange> In(BranchGroup group, List<(Branch Branch, SharedChange Change)> found)
    {
        while (found.Count > 0)
        {
            var same = found.Where(one => one.Change.Path.IsSame(found[0].Change.Path)).ToList();
            found.RemoveAll(same.Contains);
            // One branch alone has nobody to meet.
            if (same.Any(one => one.Branch.Round != null || same.Any(other => other.Branch != one.Branch && one.Branch.Meets(other.Branch))))
                yield return new ConcurrentChange(group, [.. same.Select(one => one.Change).GroupBy(change => change.Step.Operation.Syntax).Select(changes => changes.First()).OrderBy(change => change.Site.SpanStart)]);
        }
    }
}
