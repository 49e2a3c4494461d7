using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Flow;

/// <summary>
/// A forward analysis over a control-flow graph, by worklist. States must form a lattice of finite height under <see cref="Join"/>, and
/// <see cref="Transfer"/> must be monotone: then it ends, and its result does not depend on the order of the work.
/// </summary>
/// <typeparam name="TState">What is known at a point. Immutable, compared by value.</typeparam>
internal abstract class ForwardFlow<TState>
    where TState : class, IEquatable<TState>
{
    // A finally block within a finally block is run through where it is left, and so on: this deep. Deeper ones change nothing.
    private const int MaxNestedFinally = 3;

    /// <summary>What is known on entry.</summary>
    protected abstract TState Initial { get; }

    /// <summary>What is known where two paths meet.</summary>
    protected abstract TState Join(TState left, TState right);

    /// <summary>What one statement, or the condition at a block's end, changes.</summary>
    protected abstract TState Transfer(IOperation operation, TState state);

    /// <summary>What is known besides when a condition came out as <paramref name="outcome"/>.</summary>
    protected virtual TState Assume(IOperation condition, bool outcome, TState state) => state;

    /// <summary>Whether handlers know all that is known before and after a statement that throws.</summary>
    protected virtual bool IsThrownAnywhere => true;

    /// <summary>What handlers know when a statement throws. The default holds for whatever part of the statement was done.</summary>
    protected virtual TState Thrown(IOperation operation, TState before, TState after) => Join(before, after);

    /// <summary>The state on entry of each block, by ordinal; null where no path leads.</summary>
    public TState?[] Run(ControlFlowGraph graph, CancellationToken cancellation) =>
        Run(graph, graph.Root, Initial, nesting: 0, cancellation).Entries;

    private (TState?[] Entries, TState? End) Run(ControlFlowGraph graph, ControlFlowRegion region, TState initial, int nesting, CancellationToken cancellation)
    {
        var first = region.FirstBlockOrdinal;
        var entries = new TState?[region.LastBlockOrdinal - first + 1];
        var open = new SortedSet<int> { first };
        TState? end = null;
        entries[0] = initial;
        while (open.Count > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            var block = graph.Blocks[open.Min];
            open.Remove(block.Ordinal);
            var handlers = HandlersOf(block).ToList();
            var state = entries[block.Ordinal - first]!;
            TState? arrived = null;
            foreach (var operation in Statements(block))
            {
                var before = state;
                state = Transfer(operation, before);
                // An exception can leave any statement of a try for its handlers. One that changes nothing adds nothing to what the one before it did.
                if (handlers.Count > 0 && !(ReferenceEquals(state, before) && ReferenceEquals(arrived, before) && IsThrownAnywhere))
                {
                    arrived = state;
                    var thrown = Thrown(operation, before, state);
                    foreach (var handler in handlers)
                        Arrive(handler.FirstBlockOrdinal, thrown);
                }
            }

            foreach (var (branch, outcome) in Branches(block))
            {
                if (branch.Semantics == ControlFlowBranchSemantics.StructuredExceptionHandling && FinallyAround(block) == region)
                    end = end == null ? state : Join(end, state);
                if (branch.Destination is not { } destination)
                    continue;
                var leaving = outcome is { } taken ? Assume(block.BranchValue!, taken, state) : state;
                // A finally block runs on the way out of its try.
                foreach (var way in branch.FinallyRegions)
                {
                    Arrive(way.FirstBlockOrdinal, leaving!);
                    if (nesting < MaxNestedFinally && (leaving = Run(graph, way, leaving!, nesting + 1, cancellation).End) == null)
                        break;
                }

                if (leaving != null)
                    Arrive(destination.Ordinal, leaving);
            }
        }

        return (entries, end);

        void Arrive(int block, TState state)
        {
            if (block < first || block > region.LastBlockOrdinal)
                return;
            var known = entries[block - first];
            var joined = known == null ? state : Join(known, state);
            if (known != null && joined.Equals(known))
                return;
            entries[block - first] = joined;
            open.Add(block);
        }
    }

    /// <summary>What is known before each statement that a path leads to.</summary>
    public FlowPoints<TState> Solve(ControlFlowGraph graph, CancellationToken cancellation)
    {
        var entries = Run(graph, cancellation);
        var points = ImmutableArray.CreateBuilder<(IOperation Statement, TState Before)>();
        foreach (var block in graph.Blocks)
        {
            if (entries[block.Ordinal] is not { } state)
                continue;
            foreach (var operation in Statements(block))
            {
                points.Add((operation, state));
                state = Transfer(operation, state);
            }
        }

        return new FlowPoints<TState>(points.ToImmutable(), Join);
    }

    private static IEnumerable<IOperation> Statements(BasicBlock block) =>
        block.BranchValue == null ? block.Operations : block.Operations.Concat([block.BranchValue]);

    private static IEnumerable<(ControlFlowBranch Branch, bool? Outcome)> Branches(BasicBlock block)
    {
        var whenTrue = block.ConditionKind == ControlFlowConditionKind.WhenTrue;
        // 'while (true)' is left by its breaks only.
        var certain = block.ConditionalSuccessor != null && block.BranchValue?.ConstantValue is { HasValue: true, Value: bool value } ? value : (bool?)null;
        if (block.ConditionalSuccessor is { } conditional && certain != !whenTrue)
            yield return (conditional, whenTrue);
        if (block.FallThroughSuccessor is { } fallThrough && certain != whenTrue)
            yield return (fallThrough, block.ConditionalSuccessor == null ? null : !whenTrue);
    }

    private static ControlFlowRegion? FinallyAround(BasicBlock block)
    {
        var region = block.EnclosingRegion;
        while (region is { Kind: not (ControlFlowRegionKind.Finally or ControlFlowRegionKind.Filter) })
            region = region.EnclosingRegion;
        return region;
    }

    private static IEnumerable<ControlFlowRegion> HandlersOf(BasicBlock block)
    {
        // The graph of a nested function ends at its own root, although that lies in a region of the function around it.
        for (var region = block.EnclosingRegion; region is { Kind: not ControlFlowRegionKind.Root }; region = region.EnclosingRegion)
            if (region.Kind == ControlFlowRegionKind.Try && region.EnclosingRegion is { } parent)
                foreach (var sibling in parent.NestedRegions)
                    if (sibling.Kind is ControlFlowRegionKind.Catch or ControlFlowRegionKind.Filter or ControlFlowRegionKind.FilterAndHandler or ControlFlowRegionKind.Finally)
                        yield return sibling;
    }
}

/// <summary>What a solved analysis knows before each statement of a function.</summary>
internal sealed class FlowPoints<TState>
    where TState : class
{
    private readonly Dictionary<SyntaxNode, TState> before = [];

    public FlowPoints(IEnumerable<(IOperation Statement, TState Before)> points, Func<TState, TState, TState> join)
    {
        foreach (var (statement, state) in points)
            foreach (var part in statement.DescendantsAndSelf())
                // One expression can be split over blocks: every part of it must agree.
                before[part.Syntax] = before.TryGetValue(part.Syntax, out var other) && other != state ? join(other, state) : state;
    }

    /// <summary>What is known before the statement that contains a place in the source; null where no path leads there.</summary>
    public TState? Before(SyntaxNode place) => before.TryGetValue(place, out var state) ? state : null;
}
