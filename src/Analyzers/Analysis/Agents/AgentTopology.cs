using System.Collections.Immutable;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;

namespace AgentLint.Analysis.Agents;

/// <summary>What a participant is, in the order in which pictures list them.</summary>
internal enum ParticipantKind
{
    Tool,
    Handler,
    Workflow,
    Agent,
    Model,
    Remote,
    Store,
    Queue,
}

/// <summary>Somebody who takes part: an agent, a tool, a workflow, or what they reach over the network.</summary>
internal sealed record Participant(ParticipantKind Kind, string Name);

/// <summary>That one participant asks another, through whatever helpers.</summary>
internal sealed record TopologyEdge(Participant From, Participant To, Wait Wait, bool IsInChain, bool IsInCircle);

/// <summary>
/// Who takes part in a program of agents and who asks whom: the agent graph, drawn together to agents, and with what it leaves out, tools that
/// ask no model and calls that cross the network. Only made where somebody wants to see it.
/// </summary>
internal sealed class AgentTopology
{
    private AgentTopology(ImmutableArray<Participant> participants, ImmutableArray<TopologyEdge> edges)
    {
        Participants = participants;
        Edges = edges;
    }

    /// <summary>By kind and name.</summary>
    public ImmutableArray<Participant> Participants { get; }

    public ImmutableArray<TopologyEdge> Edges { get; }

    /// <param name="model">The program.</param>
    /// <param name="isDeep">Which chains are marked.</param>
    /// <param name="cancellation">Ends the search with an exception.</param>
    public static AgentTopology Of(AgentModel model, Func<AgentChain, bool> isDeep, CancellationToken cancellation)
    {
        var graph = AgentGraph.Of(model, cancellation);
        var cast = new Cast(model, graph, cancellation);
        var composed = new ComposedAgents(model, cancellation);
        var asked = new Dictionary<(Participant From, Participant To), Wait>(new TopologyWalk(model, graph, cast, composed, cancellation).Walk());
        // What a library makes an agent of asks a model.
        foreach (var agent in composed.Names.Select(name => new Participant(ParticipantKind.Agent, name)))
            if (!asked.Keys.Any(way => way.From == agent && way.To.Kind == ParticipantKind.Model))
                asked.Add((agent, new Participant(ParticipantKind.Model, "model")), Wait.Waits);
        var chains = PairsOf(graph.Chains.All.Where(isDeep).Select(chain => chain.Path.Select(edge => edge.To).Prepend(chain.Path[0].From)), cast);
        var circles = PairsOf(graph.Circles(model, cancellation).Select(circle => circle.Path.Select(edge => edge.From).Append(circle.Start)), cast);
        var edges = asked.Select(a => new TopologyEdge(a.Key.From, a.Key.To, a.Value, chains.Contains(a.Key), circles.Contains(a.Key))).ToList();

        // Endpoints and consumers are shown where they have to do with agents.
        var shown = new HashSet<Participant>(edges.Where(e => IsOfAgents(e.From) || IsOfAgents(e.To)).SelectMany(e => new[] { e.From, e.To }).Concat(cast.All.Where(IsOfAgents)));
        return new AgentTopology(
            [.. shown.OrderBy(p => p.Kind).ThenBy(p => p.Name, StringComparer.Ordinal)],
            [
                .. edges.Where(e => shown.Contains(e.From) && shown.Contains(e.To))
                    .OrderBy(e => e.From.Kind).ThenBy(e => e.From.Name, StringComparer.Ordinal).ThenBy(e => e.To.Kind).ThenBy(e => e.To.Name, StringComparer.Ordinal),
            ]);
    }

    private static bool IsOfAgents(Participant participant) => participant.Kind is ParticipantKind.Tool or ParticipantKind.Workflow or ParticipantKind.Agent;

    // A path through functions, as one through participants.
    private static HashSet<(Participant From, Participant To)> PairsOf(IEnumerable<IEnumerable<AgentNode>> paths, Cast cast)
    {
        var pairs = new HashSet<(Participant From, Participant To)>();
        foreach (var path in paths)
        {
            var participants = path.Select(node => (Node: node, Role: cast.RoleOf(node.Symbol))).Where(p => p.Role != null).ToList();
            for (var i = 1; i < participants.Count; i++)
                if (participants[i - 1].Role != participants[i].Role || participants.Count == 2)
                    pairs.Add((participants[i - 1].Role!, participants[i].Role!));
        }

        return pairs;
    }
}
