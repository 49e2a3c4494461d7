using AgentLint.Model;
using Microsoft.CodeAnalysis;

namespace AgentLint.Analysis.Agents;

/// <summary>Which functions of a program speak for whom.</summary>
internal sealed class Cast
{
    private readonly AgentModel model;
    private readonly CancellationToken cancellation;
    private readonly Dictionary<ISymbol, Participant> roles = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<Participant, List<ISymbol>> functions = [];

    public Cast(AgentModel model, AgentGraph graph, CancellationToken cancellation)
    {
        (this.model, this.cancellation) = (model, cancellation);
        foreach (var type in Implementations.TypesIn(model.Compilation.Assembly.GlobalNamespace))
            foreach (var method in type.GetMembers().OfType<IMethodSymbol>())
                Add(method.Implementation(), model.RolesOf(method, cancellation));
        foreach (var registration in model.RoleRegistrations(cancellation))
            if (registration.Method is { } method && model.Declares(method))
                Add(method.Implementation(), registration.Role);

        var ways = graph.Nodes.SelectMany(node => node.Edges).ToLookup(edge => edge.To);
        var agents = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        foreach (var node in graph.Nodes)
            // A way to a model that agents share, and a helper without an object, speak for whoever uses them.
            if (!roles.ContainsKey(node.Symbol) && graph.Chains.IsAgent(node) && !node.IsForwarder && (node.IsValue || IsOfObject(node)) && !IsInherited(node, ways))
            {
                Add(node.Symbol, new Participant(ParticipantKind.Agent, !node.IsValue ? AgentCalls.OwnerOf(node.Symbol) : node.Symbol.Name is { Length: > 0 } name ? name : node.Name));
                if (!node.IsValue)
                    agents.Add(node.Symbol.ContainingType);
            }

        // Whoever asks an agent asks all of it: also what only passes something on, unless only the rest of the agent uses that.
        foreach (var node in graph.Nodes)
            if (!roles.ContainsKey(node.Symbol) && !node.IsComposition && !node.IsValue && IsOfObject(node) && agents.Contains(node.Symbol.ContainingType)
                && !(ways[node].Any() && ways[node].All(way => AgentCalls.AreOneType(way.From.Symbol, node.Symbol))))
                Add(node.Symbol, new Participant(ParticipantKind.Agent, AgentCalls.OwnerOf(node.Symbol)));
    }

    public IEnumerable<Participant> All => functions.Keys;

    /// <summary>Whom a function speaks for; null for a helper, which speaks for its caller.</summary>
    public Participant? RoleOf(ISymbol function) => roles.TryGetValue(function, out var role) ? role : null;

    public IReadOnlyList<ISymbol> FunctionsOf(Participant participant) => functions[participant];

    private void Add(IMethodSymbol method, MethodRoles role)
    {
        ParticipantKind? kind =
            (role & MethodRoles.Tool) != 0 ? ParticipantKind.Tool
            : (role & (MethodRoles.Workflow | MethodRoles.Activity)) != 0 ? ParticipantKind.Workflow
            : (role & MethodRoles.Agent) != 0 ? ParticipantKind.Agent
            : (role & (MethodRoles.Consumer | MethodRoles.Handler | MethodRoles.Job)) != 0 ? ParticipantKind.Handler
            : null;
        // An abstract member only says that others take part.
        if (kind is { } known && !method.IsAbstract)
            Add(method, new Participant(known, known == ParticipantKind.Agent ? AgentCalls.OwnerOf(method) : RouteOf(method) ?? NameOf(method)));
    }

    private void Add(ISymbol function, Participant participant)
    {
        if (roles.ContainsKey(function))
            return;
        roles.Add(function, participant);
        if (!functions.TryGetValue(participant, out var all))
            functions.Add(participant, all = []);
        all.Add(function);
    }

    private static bool IsOfObject(AgentNode node) => node.Symbol is IMethodSymbol { IsStatic: false, MethodKind: not (MethodKind.AnonymousFunction or MethodKind.LocalFunction), ContainingType.IsStatic: false };

    // What agents inherit, and only they use, is a part of each of them.
    private static bool IsInherited(AgentNode node, ILookup<AgentNode, AgentEdge> ways) =>
        !node.IsValue && node.Symbol.ContainingType is { IsAbstract: true } && ways[node].Any() && ways[node].All(way => way.IsOwn);

    // MapPost("/write", …)
    private string? RouteOf(IMethodSymbol function) =>
        EntryPointNames.CallbackName(function, model, cancellation) is { } name && name[0] == '\'' ? name.Trim('\'') : null;

    // A lambda goes by what it stands in.
    private static string NameOf(IMethodSymbol function)
    {
        ISymbol named = function;
        while (named is IMethodSymbol { MethodKind: MethodKind.AnonymousFunction } && named.ContainingSymbol is IMethodSymbol or IFieldSymbol or IPropertySymbol)
            named = named.ContainingSymbol;
        return SymbolEqualityComparer.Default.Equals(named, function) ? Witness.NameOf(function) : Witness.NameOf(named) + " lambda";
    }
}
