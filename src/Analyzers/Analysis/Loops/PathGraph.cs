using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;

namespace AgentLint.Analysis.Loops;

/// <summary>A way from one block to another.</summary>
/// <param name="Target">The node that it leads to; -1 where it leaves the function.</param>
/// <param name="Outcome">How the condition at the block's end came out; null where there is none.</param>
internal readonly record struct PathEdge(int Target, bool? Outcome)
{
    public const int Leaves = -1;
}

/// <summary>A block of a function, in one of the ways in which it can be reached.</summary>
internal sealed class PathNode(int number, BasicBlock block)
{
    public int Number { get; } = number;

    public BasicBlock Block { get; } = block;

    /// <summary>What follows when nothing fails.</summary>
    public List<PathEdge> Next { get; } = [];

    /// <summary>The handlers for what fails in this block, within the function.</summary>
    public List<int> Handlers { get; } = [];

    /// <summary>Whether the block ends with an exception.</summary>
    public bool Throws { get; set; }

    public IEnumerable<IOperation> Statements => Block.BranchValue == null ? Block.Operations : Block.Operations.Concat([Block.BranchValue]);
}

/// <summary>
/// The paths of a function: Roslyn's blocks, with the ways into handlers, and with a copy of each finally block for every place that its try is
/// left for, so that no path goes in by one way and out by another.
/// </summary>
internal sealed class PathGraph
{
    // Copies of finally blocks multiply with their nesting: beyond this nothing is known.
    private const int MaxNodes = 60_000;

    private readonly ControlFlowGraph graph;
    private readonly List<PathNode> nodes = [];
    private readonly Dictionary<(int Block, Way? Way), int> numbers = [];
    private readonly Dictionary<(int Region, int Next, int Destination, Way? Outer), Way> ways = [];
    private readonly Dictionary<int, bool> matters = [];
    private readonly Dictionary<int, PathNode> firsts = [];
    private readonly Queue<(PathNode Node, Way? Way)> open = new();

    private PathGraph(ControlFlowGraph graph) => this.graph = graph;

    public IReadOnlyList<PathNode> Nodes => nodes;

    /// <summary>The first node of a block; null where no path leads to it.</summary>
    public PathNode? OfBlock(int ordinal) => firsts.TryGetValue(ordinal, out var node) ? node : null;

    /// <summary>The paths of a function; null where there are too many.</summary>
    public static PathGraph? Of(ControlFlowGraph graph, CancellationToken cancellation)
    {
        var paths = new PathGraph(graph);
        paths.NodeOf(graph.Blocks[0], null);
        while (paths.open.Count > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            var (node, way) = paths.open.Dequeue();
            paths.Connect(node, way);
            if (paths.nodes.Count > MaxNodes)
                return null;
        }

        return paths;
    }

    private int NodeOf(BasicBlock block, Way? way)
    {
        if (!numbers.TryGetValue((block.Ordinal, way), out var number))
        {
            numbers.Add((block.Ordinal, way), number = nodes.Count);
            nodes.Add(new PathNode(number, block));
            if (!firsts.ContainsKey(block.Ordinal))
                firsts.Add(block.Ordinal, nodes[number]);
            open.Enqueue((nodes[number], way));
        }

        return number;
    }

    private void Connect(PathNode node, Way? way)
    {
        var block = node.Block;
        var whenTrue = block.ConditionKind == ControlFlowConditionKind.WhenTrue;
        // 'while (true)' is left by its breaks only.
        var certain = block.ConditionalSuccessor != null && block.BranchValue?.ConstantValue is { HasValue: true, Value: bool value } ? value : (bool?)null;
        if (block.ConditionalSuccessor is { } conditional && certain != !whenTrue)
            Follow(node, conditional, whenTrue, way);
        if (block.FallThroughSuccessor is { } fallThrough && certain != whenTrue)
            Follow(node, fallThrough, block.ConditionalSuccessor == null ? null : !whenTrue, way);
        foreach (var handler in HandlersOf(block, way))
            if (!node.Handlers.Contains(handler))
                node.Handlers.Add(handler);
    }

    private void Follow(PathNode node, ControlFlowBranch branch, bool? outcome, Way? way)
    {
        var target = PathEdge.Leaves;
        if (branch.Semantics is ControlFlowBranchSemantics.Throw or ControlFlowBranchSemantics.Rethrow)
            node.Throws = true;
        else if (branch.Semantics == ControlFlowBranchSemantics.StructuredExceptionHandling)
            target = way != null && RegionAround(branch.Source) == way.Region ? Onward(way.Rest, way.Destination, way.Outer) : PathEdge.Leaves;
        else if (branch.Destination is { Kind: not BasicBlockKind.Exit } destination)
            target = Onward(Mattering(branch.FinallyRegions), destination, way);
        node.Next.Add(new PathEdge(target, outcome));
    }

    private int Onward(ImmutableArray<ControlFlowRegion> regions, BasicBlock destination, Way? outer)
    {
        if (regions.IsEmpty)
            return NodeOf(destination, outer);
        var key = (regions[0].FirstBlockOrdinal, regions.Length > 1 ? regions[1].FirstBlockOrdinal : -1, destination.Ordinal, outer);
        if (!ways.TryGetValue(key, out var way))
            ways.Add(key, way = new Way(regions[0], regions.RemoveAt(0), destination, outer));
        return NodeOf(graph.Blocks[regions[0].FirstBlockOrdinal], way);
    }

    // Disposal, which the compiler inserts, decides nothing.
    private ImmutableArray<ControlFlowRegion> Mattering(ImmutableArray<ControlFlowRegion> regions) =>
        regions.IsEmpty ? regions : [.. regions.Where(Matters)];

    private bool Matters(ControlFlowRegion region)
    {
        if (!matters.TryGetValue(region.FirstBlockOrdinal, out var does))
        {
            for (var i = region.FirstBlockOrdinal; i <= region.LastBlockOrdinal && !does; i++)
                does = graph.Blocks[i].Operations.Any(operation => !operation.IsImplicit) || graph.Blocks[i].BranchValue is { IsImplicit: false };
            matters.Add(region.FirstBlockOrdinal, does);
        }

        return does;
    }

    private IEnumerable<int> HandlersOf(BasicBlock block, Way? way)
    {
        var left = ImmutableArray<ControlFlowRegion>.Empty;
        // What fails in a finally block leaves it, and replaces what it was on the way to.
        for (var region = block.EnclosingRegion; region is { Kind: not (ControlFlowRegionKind.Root or ControlFlowRegionKind.Finally) }; region = region.EnclosingRegion)
        {
            if (region.Kind != ControlFlowRegionKind.Try || region.EnclosingRegion is not { } parent)
                continue;
            foreach (var sibling in parent.NestedRegions)
                if (sibling.Kind == ControlFlowRegionKind.Finally)
                {
                    if (Matters(sibling))
                        left = left.Add(sibling);
                }
                else if (sibling.Kind is ControlFlowRegionKind.Catch or ControlFlowRegionKind.FilterAndHandler)
                {
                    yield return Onward(left, graph.Blocks[sibling.FirstBlockOrdinal], way);
                    if (sibling.Kind == ControlFlowRegionKind.Catch && ExceptionTypes.IsAny(sibling.ExceptionType))
                        yield break;
                }
        }
    }

    private static ControlFlowRegion? RegionAround(BasicBlock block)
    {
        var region = block.EnclosingRegion;
        while (region is { Kind: not (ControlFlowRegionKind.Finally or ControlFlowRegionKind.Filter) })
            region = region.EnclosingRegion;
        return region;
    }

    // Through which finally block, and where to after it.
    private sealed class Way(ControlFlowRegion region, ImmutableArray<ControlFlowRegion> rest, BasicBlock destination, Way? outer)
    {
        public ControlFlowRegion Region { get; } = region;

        public ImmutableArray<ControlFlowRegion> Rest { get; } = rest;

        public BasicBlock Destination { get; } = destination;

        public Way? Outer { get; } = outer;
    }
}
