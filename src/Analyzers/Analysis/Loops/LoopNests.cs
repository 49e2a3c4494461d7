using AgentLint.Analysis.Agents;

namespace AgentLint.Analysis.Loops;

/// <summary>Nodes that lead to each other, and the one by which they are entered.</summary>
/// <param name="head">Where a turn begins.</param>
/// <param name="nodes">All nodes of the cycle, by number.</param>
/// <param name="outer">The cycle around it.</param>
internal sealed class NodeCycle(int head, HashSet<int> nodes, NodeCycle? outer)
{
    public int Head { get; } = head;

    public HashSet<int> Nodes { get; } = nodes;

    public NodeCycle? Outer { get; } = outer;

    /// <summary>How many cycles lie within each other in this one, at most.</summary>
    public int Height { get; private set; }

    /// <summary>Tells the cycles around one how deep it is.</summary>
    public void Raise()
    {
        var height = Height;
        for (var around = Outer; around != null && around.Height <= height; around = around.Outer)
            around.Height = ++height;
    }
}

/// <summary>The cycles of a graph, however they were written: the strongly connected parts, and those that are left of each without its head.</summary>
internal static class LoopNests
{
    // What is nested deeper is not looked at.
    private const int MaxDepth = 256;

    // All nodes of all cycles, each counted in every cycle around it: a jungle of jumps is left alone.
    private const int MaxWork = 400_000;

    /// <summary>The cycles, outer ones first.</summary>
    public static IEnumerable<NodeCycle> Of(PathGraph graph, CancellationToken cancellation)
    {
        var open = new Queue<(List<int> Nodes, NodeCycle? Outer, int Depth)>();
        open.Enqueue(([.. Enumerable.Range(0, graph.Nodes.Count)], null, 0));
        var work = 0;
        while (open.Count > 0 && work < MaxWork)
        {
            cancellation.ThrowIfCancellationRequested();
            var (nodes, outer, depth) = open.Dequeue();
            work += nodes.Count;
            var index = new Dictionary<int, int>(nodes.Count);
            foreach (var node in nodes)
                index.Add(node, index.Count);
            var next = nodes.ConvertAll(node => Successors(graph.Nodes[node]).Where(index.ContainsKey).Select(target => index[target]).Distinct().ToList());
            foreach (var part in StronglyConnected.Of(nodes.Count, node => next[node]))
            {
                if (part.Length == 1 && !next[part[0]].Contains(part[0]))
                    continue;
                // The first of the text is the one by which loops are entered; blocks are numbered in that order.
                var members = part.Select(member => nodes[member]).ToList();
                var head = members.OrderBy(node => graph.Nodes[node].Block.Ordinal).ThenBy(node => node).First();
                var cycle = new NodeCycle(head, [.. members], outer);
                cycle.Raise();
                yield return cycle;
                members.Remove(head);
                if (members.Count > 0 && depth < MaxDepth)
                    open.Enqueue((members, cycle, depth + 1));
            }
        }
    }

    public static IEnumerable<int> Successors(PathNode node) =>
        node.Next.Where(edge => edge.Target >= 0).Select(edge => edge.Target).Concat(node.Handlers);
}
