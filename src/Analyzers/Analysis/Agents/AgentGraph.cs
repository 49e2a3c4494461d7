using System.Collections.Immutable;
using AgentLint.Model;
using Microsoft.CodeAnalysis;

namespace AgentLint.Analysis.Agents;

/// <summary>
/// Who asks whom in a program of agents: the functions from which calls lead to a model, the agents that factories have made, and the ways
/// between them. Built once per compilation, when the first rule asks, from the calls of models outwards.
/// </summary>
internal sealed class AgentGraph
{
    private readonly Lazy<AgentChains> chains;
    private readonly object circlesGate = new();
    private ImmutableArray<AgentCircle>[]? circles;

    private AgentGraph(ImmutableArray<AgentNode> nodes, ToolGrants? grants)
    {
        Nodes = nodes;
        Grants = grants;
        chains = new(() => AgentChains.In(this));
    }

    /// <summary>In the order of the text.</summary>
    public ImmutableArray<AgentNode> Nodes { get; }

    /// <summary>What is handed to models; null where no model is asked.</summary>
    public ToolGrants? Grants { get; }

    /// <summary>The chains that begin at agents that no other agent asks.</summary>
    public AgentChains Chains => chains.Value;

    /// <summary>The chains of at least so many agents whose site is in a file.</summary>
    public static IEnumerable<AgentChain> ChainsIn(SyntaxTree tree, int agents, AgentModel model, CancellationToken cancellation) =>
        AgentReach.Of(model).MayChain(tree, agents, cancellation) ? Of(model, cancellation).Chains.All.Where(chain => chain.Site.SyntaxTree == tree && chain.Agents >= agents) : [];

    /// <summary>The circles whose site is in a file.</summary>
    public static IEnumerable<AgentCircle> CirclesIn(SyntaxTree tree, AgentModel model, CancellationToken cancellation) =>
        AgentReach.Of(model).MayComeBack(tree, cancellation) ? Of(model, cancellation).Circles(model, cancellation).Where(circle => circle.Site.SyntaxTree == tree) : [];

    /// <summary>The circles that nothing bounds.</summary>
    public ImmutableArray<AgentCircle> Circles(AgentModel model, CancellationToken cancellation)
    {
        // A cancelled search leaves nothing behind.
        lock (circlesGate)
            return (circles ??= [AgentCircles.In(model, this, cancellation)])[0];
    }

    public static AgentGraph Of(AgentModel model, CancellationToken cancellation) => model.Shared(_ => new Slot()).Get(model, cancellation);

    // All rules come at the same time: one builds, the others wait. Whoever is cancelled leaves nothing behind.
    private sealed class Slot
    {
        private AgentGraph? graph;

        public AgentGraph Get(AgentModel model, CancellationToken cancellation)
        {
            if (Volatile.Read(ref graph) is { } known)
                return known;
            lock (this)
            {
                if (graph == null)
                {
                    var builder = new AgentGraphBuilder(model, cancellation);
                    Volatile.Write(ref graph, new AgentGraph(builder.Build(), builder.Grants));
                }

                return graph!;
            }
        }
    }
}
