using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace AgentLint.Analysis.Agents;

/// <summary>Agents that wait for each other, beginning at one that no other agent waits for.</summary>
/// <param name="Root">The function, or the agent, that the chain begins with.</param>
/// <param name="Path">The ways from one to the next, helpers included.</param>
/// <param name="Agents">How many agents there are on it.</param>
/// <param name="Names">Their names, as far as a message has room for them.</param>
internal sealed record AgentChain(AgentNode Root, ImmutableArray<AgentEdge> Path, int Agents, ImmutableArray<string> Names)
{
    /// <summary>The expression that asks the second agent.</summary>
    public SyntaxNode Site => Path.First(edge => !edge.IsOwn || edge.To.IsValue).Site;

    /// <summary><c>Concierge.PlanAsync → Research → Writer → Critic</c>.</summary>
    public string Describe() => string.Join(" → ", Names) + (Names.Length < Agents ? " → …" : "");
}

/// <summary>
/// Finds the longest chains, in one pass over the components of the graph: what calls itself in a circle counts once, and is somebody
/// else's question.
/// </summary>
internal sealed class AgentChains
{
    // What a message can say, and how many places a report can point to.
    private const int MaxNames = 8;
    private const int MaxPath = 64;

    private readonly AgentGraph graph;
    private readonly ImmutableArray<ImmutableArray<int>> components;
    private readonly int[] componentOf;
    private readonly bool[] isAgent;
    private readonly int[] beyond;
    private readonly AgentEdge?[] best;

    private AgentChains(AgentGraph graph)
    {
        this.graph = graph;
        components = StronglyConnected.Of(graph.Nodes.Length, node => [.. Waiting(node).Select(edge => edge.To.Index)]);
        componentOf = new int[graph.Nodes.Length];
        for (var c = 0; c < components.Length; c++)
            foreach (var node in components[c])
                componentOf[node] = c;
        isAgent = new bool[components.Length];
        beyond = new int[components.Length];
        best = new AgentEdge?[components.Length];
    }

    public static AgentChains In(AgentGraph graph)
    {
        var chains = new AgentChains(graph);
        chains.Measure();
        chains.All = chains.Read();
        return chains;
    }

    /// <summary>The longest chain from each place where chains begin.</summary>
    public ImmutableArray<AgentChain> All { get; private set; } = [];

    /// <summary>Whether a node answers by asking a model, itself or through the rest of its agent.</summary>
    public bool IsAgent(AgentNode node) => isAgent[componentOf[node.Index]] && !node.IsComposition;

    private IEnumerable<AgentEdge> Waiting(int node) => graph.Nodes[node].Edges.Where(edge => edge.IsAwaited);

    private IEnumerable<AgentEdge> Leaving(int component) =>
        components[component].SelectMany(Waiting).Where(edge => componentOf[edge.To.Index] != component);

    // Each component comes after all that it leads to.
    private void Measure()
    {
        for (var c = 0; c < components.Length; c++)
        {
            isAgent[c] = components[c].Any(node => !graph.Nodes[node].IsComposition && (graph.Nodes[node].IsValue || graph.Nodes[node].Answers.Count > 0));
            foreach (var edge in Leaving(c))
            {
                var to = componentOf[edge.To.Index];
                isAgent[c] |= edge.IsOwn && isAgent[to] && components[c].Any(node => !graph.Nodes[node].IsComposition);
                var length = edge.IsOwn ? beyond[to] : beyond[to] + (isAgent[to] ? 1 : 0);
                if (length > beyond[c])
                {
                    beyond[c] = length;
                    best[c] = edge;
                }
            }
        }
    }

    private ImmutableArray<AgentChain> Read()
    {
        var isBelow = new bool[components.Length];
        for (var c = components.Length - 1; c >= 0; c--)
            if (isBelow[c] || isAgent[c])
                foreach (var edge in Leaving(c))
                    isBelow[componentOf[edge.To.Index]] = true;

        var chains = ImmutableArray.CreateBuilder<AgentChain>();
        for (var c = 0; c < components.Length; c++)
            if (isAgent[c] && !isBelow[c] && best[c] != null && ChainFrom(c) is { } chain)
                chains.Add(chain);
        // Functions that share a helper share its expression: it is reported for the longest of their chains.
        return
        [
            .. chains.GroupBy(chain => chain.Site)
                .Select(same => same.OrderByDescending(chain => chain.Agents).ThenBy(chain => chain.Root.Index).First())
                .OrderBy(chain => chain.Root.Index),
        ];
    }

    private AgentChain? ChainFrom(int component)
    {
        var root = graph.Nodes[components[component][0]];
        var path = ImmutableArray.CreateBuilder<AgentEdge>();
        var names = ImmutableArray.CreateBuilder<string>();
        names.Add(root.Name);
        for (var c = component; best[c] is { } edge && path.Count < MaxPath; c = componentOf[edge.To.Index])
        {
            path.Add(edge);
            if (!edge.IsOwn && isAgent[componentOf[edge.To.Index]] && names.Count < MaxNames)
                names.Add(edge.Callee);
        }

        // Where a program is put together, agents that are made with each other are no call.
        return path.Any(edge => !edge.IsOwn || edge.To.IsValue) && !path.First(edge => !edge.IsOwn || edge.To.IsValue).From.IsComposition
            ? new AgentChain(root, path.ToImmutable(), beyond[component] + 1, names.ToImmutable())
            : null;
    }
}
