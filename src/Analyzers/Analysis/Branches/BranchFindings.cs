using System.Collections.Concurrent;
using System.Collections.Immutable;
using AgentLint.Model;
using Microsoft.CodeAnalysis;

namespace AgentLint.Analysis.Branches;

/// <summary>What the branches in one file do to each other. Read once for all that ask.</summary>
internal sealed class BranchFindings(AgentModel model)
{
    private readonly ConcurrentDictionary<SyntaxTree, (ImmutableArray<ConcurrentChange> Changes, ImmutableArray<ConcurrentSession> Sessions)> files = new();

    public static BranchFindings Of(AgentModel model) => model.Shared(m => new BranchFindings(m));

    /// <summary>What branches change at the same time, in the order of the text; each change once.</summary>
    public ImmutableArray<ConcurrentChange> ChangesIn(SemanticModel semantics, CancellationToken cancellation) => In(semantics, cancellation).Changes;

    /// <summary>The conversations that branches use at the same time, in the order of the text; each use once.</summary>
    public ImmutableArray<ConcurrentSession> SessionsIn(SemanticModel semantics, CancellationToken cancellation) => In(semantics, cancellation).Sessions;

    private (ImmutableArray<ConcurrentChange> Changes, ImmutableArray<ConcurrentSession> Sessions) In(SemanticModel semantics, CancellationToken cancellation) =>
        files.TryGetValue(semantics.SyntaxTree, out var known) ? known : files.GetOrAdd(semantics.SyntaxTree, Read(semantics, cancellation));

    private (ImmutableArray<ConcurrentChange> Changes, ImmutableArray<ConcurrentSession> Sessions) Read(SemanticModel semantics, CancellationToken cancellation)
    {
        var changes = ImmutableArray.CreateBuilder<ConcurrentChange>();
        var sessions = ImmutableArray.CreateBuilder<ConcurrentSession>();
        var seen = new HashSet<SyntaxNode>();
        foreach (var group in BranchGroups.Of(model).In(semantics, cancellation))
        {
            var guards = new BranchGuards(model, cancellation);
            var reader = new SharedChanges(model, cancellation);
            var conversations = new ConcurrentSessions(model, cancellation);
            var walk = new BranchWalk(model, cancellation);
            var changed = new List<(Branch Branch, SharedChange Change)>();
            var guarded = new List<(Branch Branch, SharedChange Change)>();
            var reads = new List<(Branch Branch, SharedChange Change)>();
            var used = new List<(Branch Branch, SessionUse Use)>();
            foreach (var branch in group.Branches)
                foreach (var step in walk.Of(group, branch))
                {
                    used.AddRange(conversations.At(step).Where(_ => !guards.Hold(step)).Select(use => (branch, use)));
                    if (!step.IsApart)
                        continue;
                    if (reader.At(step) is { } change)
                        (guards.Hold(step) ? guarded : changed).Add((branch, change));
                    else if (reader.ReadAt(step) is { } read && !guards.Hold(step))
                        reads.Add((branch, read));
                }

            reads.RemoveAll(read => !guarded.Any(one => one.Change.Path.IsSame(read.Change.Path)));

            if (changed.Count + used.Count + reads.Count == 0 || BranchGroups.Of(model).IsSerialized(group.Join, semantics, cancellation))
                continue;
            var mixed = ConcurrentSessions.In(group, used).ToList();
            // A conversation is more than the collection that it is.
            changed.RemoveAll(one => mixed.Any(session => session.Uses[0].Path.IsSame(one.Change.Path)));
            sessions.AddRange(mixed.Where(session => seen.Add(session.Uses[0].Value.Syntax)));
            reads.RemoveAll(read => changed.Any(one => one.Change.Path.IsSame(read.Change.Path)));
            changes.AddRange(ConcurrentChange.ReadIn(group, reads, guarded).GroupBy(read => read.Changes[0].Path.Name).Select(same => same.First()).Where(read => seen.Add(read.Changes[0].Step.Operation.Syntax)));
            changes.AddRange(ConcurrentChange.In(group, changed).Where(change => seen.Add(change.Changes[0].Step.Operation.Syntax)));
        }

        return ([.. changes.OrderBy(change => change.Changes[0].Site.SpanStart)], [.. sessions.OrderBy(session => session.Uses[0].Site.SpanStart)]);
    }
}
