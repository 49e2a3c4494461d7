using AgentLint.Analysis.Agents;

namespace AgentLint.Analysis.Cycles;

/// <summary>Nodes that lead to each other, and the one by which they are entered.</summary>
/// <param name="head">Where a turn begins.</param>
/// <param name="nodes">All nodes of the cycle, by number.</param>
/// <param name="outer">The cycle around it.</param>
internal sealed class NodeCycle(int head, HashSet<int> nodes, NodeCycle? outer)
{
    public int Head { get; } = head;

    public HashSet<int> Nodes { get; } = nodes;

    public NodeCycle? Outer { get; } = outer;
}

/// <summary>The cycles of a graph, however they were written: the strongly connected parts, and those that are left of each without its head.</summary>
internal static class LoopNests
{
    // What is nested deeper is not looked at.
    private const int MaxDepth = 256;

    /// <summary>The cycles, outer ones first.</summary>
    public static IEnumerable<NodeCycle> Of(PathGraph graph, CancellationToken cancellation)
    {
        var open = new Queue<(List<int> Nodes, NodeCycle? Outer, int Depth)>();
        open.Enqueue(([.. Enumerable.Range(0, graph.Nodes.Count)], null, 0));
        while (open.Count > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            var (nodes, outer, depth) = open.Dequeue();
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
