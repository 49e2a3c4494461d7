using System.Collections.Immutable;
using AgentLint.Analysis.Flow;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Agents;

/// <summary>Agents that call each other in a circle, or one that calls itself, asking a model in each turn, and nothing counts the turns.</summary>
/// <param name="Path">The ways round, beginning where the circle is entered.</param>
internal sealed record AgentCircle(ImmutableArray<AgentEdge> Path)
{
    private const int MaxNames = 8;

    public SyntaxNode Site => Path[0].Site;

    public AgentNode Start => Path[0].From;

    /// <summary><c>Billing.AskAsync → Shipping.AskAsync → Billing.AskAsync</c>.</summary>
    public string Describe() => string.Join(" → ", Path.Take(MaxNames).Select(edge => Witness.NameOf(edge.From.Symbol)).Concat(
        Path.Length > MaxNames ? ["…", Witness.NameOf(Start.Symbol)] : [Witness.NameOf(Start.Symbol)]));
}

/// <summary>Finds the circles of a graph that nothing bounds: one for each knot of calls.</summary>
internal sealed class AgentCircles
{
    private readonly AgentModel model;
    private readonly AgentGraph graph;
    private readonly ILookup<AgentNode, AgentNode> callers;
    private readonly CancellationToken cancellation;

    private AgentCircles(AgentModel model, AgentGraph graph, CancellationToken cancellation)
    {
        this.model = model;
        this.graph = graph;
        callers = graph.Nodes.SelectMany(node => node.Edges).ToLookup(edge => edge.To, edge => edge.From);
        this.cancellation = cancellation;
    }

    public static ImmutableArray<AgentCircle> In(AgentModel model, AgentGraph graph, CancellationToken cancellation) =>
        [.. new AgentCircles(model, graph, cancellation).Find().OrderBy(circle => circle.Start.Index)];

    private IEnumerable<AgentCircle> Find()
    {
        var unbounded = new List<AgentEdge>();
        foreach (var knot in Knots(graph.Nodes.SelectMany(node => node.Edges).Where(edge => edge is { IsAwaited: true, IsStructural: false })))
        {
            var bounds = new RecursionBounds(model, knot, cancellation);
            unbounded.AddRange(knot.Where(edge => !bounds.IsBounded(edge)));
        }

        foreach (var knot in Knots(unbounded))
            if (CircleIn(knot) is { } circle)
                yield return circle;
    }

    /// <summary>The calls within each set of functions that lead to each other.</summary>
    private IEnumerable<ImmutableArray<AgentEdge>> Knots(IEnumerable<AgentEdge> edges)
    {
        var from = edges.ToLookup(edge => edge.From.Index);
        var component = new int[graph.Nodes.Length];
        var components = StronglyConnected.Of(graph.Nodes.Length, node => [.. from[node].Select(edge => edge.To.Index)]);
        for (var c = 0; c < components.Length; c++)
            foreach (var node in components[c])
                component[node] = c;
        foreach (var members in components)
            if (members.SelectMany(node => from[node]).Where(edge => component[edge.To.Index] == component[edge.From.Index]).ToImmutableArray() is { IsEmpty: false } knot)
                yield return knot;
    }

    // The first call of the knot before which a model is always asked, and the shortest way back.
    private AgentCircle? CircleIn(ImmutableArray<AgentEdge> knot)
    {
        var from = knot.ToLookup(edge => edge.From);
        foreach (var edge in knot)
            if (edge.From.IsValue || edge.Kind == AgentEdgeKind.Tool || AsksFirst(edge))
            {
                var path = ImmutableArray.Create(edge).AddRange(WayBack(edge.To, edge.From, from));
                var members = new HashSet<AgentNode>(path.Select(e => e.From));
                var start = path.Select((e, i) => (e.From, Number: i)).OrderBy(e => callers[e.From].All(members.Contains)).ThenBy(e => e.From.Index).First().Number;
                return new AgentCircle([.. path.Skip(start), .. path.Take(start)]);
            }

        return null;
    }

    private static IEnumerable<AgentEdge> WayBack(AgentNode start, AgentNode end, ILookup<AgentNode, AgentEdge> from)
    {
        var reachedBy = new Dictionary<AgentNode, AgentEdge?> { [start] = null };
        var open = new Queue<AgentNode>();
        open.Enqueue(start);
        while (!reachedBy.ContainsKey(end))
            foreach (var edge in from[open.Dequeue()])
                if (!reachedBy.ContainsKey(edge.To))
                {
                    reachedBy.Add(edge.To, edge);
                    open.Enqueue(edge.To);
                }

        var path = new Stack<AgentEdge>();
        for (var edge = reachedBy[end]; edge != null; edge = reachedBy[edge.From])
            path.Push(edge);
        return path;
    }

    // Whether a model is asked on every way to a call: itself, or by a function that is not part of the circle and always asks.
    private bool AsksFirst(AgentEdge edge)
    {
        var asking = edge.From.Answers
            .Concat(edge.From.Edges.Where(e => e.IsAwaited && e.To != edge.To && e.To.Answers.Count > 0).Select(e => e.Site))
            .ToImmutableArray();
        if (asking.IsEmpty)
            return false;
        if (asking.Any(site => edge.Site.Span.Contains(site.Span)))
            return true;
        SyntaxNode? place = edge.Site;
        while (place != null && FlowGraphs.FunctionAround(place) is { } function)
        {
            if (FlowGraphs.Of(function, model.SemanticsOf(place.SyntaxTree), cancellation) is { } flow
                && new Asking(asking).Solve(flow, cancellation).Before(place) is { Happened: true })
                return true;
            place = function;
        }

        return false;
    }

    private sealed record Asked(bool Happened);

    private sealed class Asking(ImmutableArray<SyntaxNode> sites) : ForwardFlow<Asked>
    {
        protected override Asked Initial { get; } = new(false);

        protected override Asked Join(Asked left, Asked right) => left.Happened ? right : left;

        protected override Asked Transfer(IOperation operation, Asked state) =>
            state.Happened || !sites.Any(site => site.SyntaxTree == operation.Syntax.SyntaxTree && operation.Syntax.Span.Contains(site.Span)) ? state : new Asked(true);
    }
}
