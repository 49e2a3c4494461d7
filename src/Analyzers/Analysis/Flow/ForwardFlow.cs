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
    /// <summary>What is known on entry.</summary>
    protected abstract TState Initial { get; }

    /// <summary>What is known where two paths meet.</summary>
    protected abstract TState Join(TState left, TState right);

    /// <summary>What one statement, or the condition at a block's end, changes.</summary>
    protected abstract TState Transfer(IOperation operation, TState state);

    /// <summary>What is known besides when a condition came out as <paramref name="outcome"/>.</summary>
    protected virtual TState Assume(IOperation condition, bool outcome, TState state) => state;

    /// <summary>The state on entry of each block, by ordinal; null where no path leads.</summary>
    public TState?[] Run(ControlFlowGraph graph, CancellationToken cancellation)
    {
        var entries = new TState?[graph.Blocks.Length];
        var open = new SortedSet<int> { 0 };
        entries[0] = Initial;
        while (open.Count > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            var block = graph.Blocks[open.Min];
            open.Remove(block.Ordinal);
            var state = Through(block, entries[block.Ordinal]!);
            foreach (var (branch, outcome) in Branches(block))
            {
                if (branch.Destination is not { } destination)
                    continue;
                var arriving = outcome is { } taken ? Assume(block.BranchValue!, taken, state) : state;
                Arrive(destination, arriving);
                // A finally block runs on the way out of its try.
                foreach (var region in branch.FinallyRegions)
                    Arrive(graph.Blocks[region.FirstBlockOrdinal], arriving);
            }

            // An exception can leave any statement of a try for its handlers.
            foreach (var handler in HandlersOf(block))
            {
                Arrive(graph.Blocks[handler.FirstBlockOrdinal], entries[block.Ordinal]!);
                Arrive(graph.Blocks[handler.FirstBlockOrdinal], state);
            }
        }

        return entries;

        void Arrive(BasicBlock block, TState state)
        {
            var known = entries[block.Ordinal];
            var joined = known == null ? state : Join(known, state);
            if (known != null && joined.Equals(known))
                return;
            entries[block.Ordinal] = joined;
            open.Add(block.Ordinal);
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

    private TState Through(BasicBlock block, TState state)
    {
        foreach (var operation in Statements(block))
            state = Transfer(operation, state);
        return state;
    }

    private static IEnumerable<IOperation> Statements(BasicBlock block) =>
        block.BranchValue == null ? block.Operations : block.Operations.Concat([block.BranchValue]);

    private static IEnumerable<(ControlFlowBranch Branch, bool? Outcome)> Branches(BasicBlock block)
    {
        if (block.ConditionalSuccessor is { } conditional)
            yield return (conditional, block.ConditionKind == ControlFlowConditionKind.WhenTrue);
        if (block.FallThroughSuccessor is { } fallThrough)
            yield return (fallThrough, block.ConditionalSuccessor == null ? null : block.ConditionKind != ControlFlowConditionKind.WhenTrue);
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
internal sealed class FlowPoints<TState>(ImmutableArray<(IOperation Statement, TState Before)> points, Func<TState, TState, TState> join)
    where TState : class
{
    /// <summary>What is known before the statement that contains a place in the source; null where no path leads there.</summary>
    public TState? Before(SyntaxNode place)
    {
        TState? found = null;
        foreach (var (statement, state) in points)
            // One expression can be split over blocks: every part of it must agree.
            if (statement.Syntax.Span.Contains(place.Span) && Holds(statement, place))
                found = found == null ? state : join(found, state);
        return found;
    }

    private static bool Holds(IOperation operation, SyntaxNode place)
    {
        foreach (var part in operation.DescendantsAndSelf())
            if (part.Syntax == place)
                return true;
        return false;
    }
}
