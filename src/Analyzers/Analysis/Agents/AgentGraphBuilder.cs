using System.Collections.Immutable;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Agents;

/// <summary>
/// Builds the graph in two passes. Outwards: from the calls of models to all that may lead there, by name. Inwards: what these functions
/// really call, by the call graph, and what they let models call. Both look at each function once.
/// </summary>
internal sealed class AgentGraphBuilder(AgentModel model, CancellationToken cancellation)
{
    private readonly CallGraph calls = CallGraph.Of(model);
    private readonly Dictionary<ISymbol, AgentNode> nodes = new(SymbolEqualityComparer.Default);

    public ToolGrants? Grants { get; private set; }

    public ImmutableArray<AgentNode> Build()
    {
        var answering = UsesThatAnswer();
        if (answering.Count == 0)
            return [];
        var index = new CallerIndex(model, cancellation);
        Grants = new ToolGrants(model, index, cancellation);
        foreach (var (symbol, isValue) in InOrder(Functions(answering, index), Values()))
            nodes.Add(symbol, NodeOf(symbol, isValue));
        var all = nodes.Values.OrderBy(node => node.Index).ToImmutableArray();
        foreach (var node in all)
            if (node.Function is { } function)
                ReadCalls(node, function);
        foreach (var node in all)
            AddTools(node);
        foreach (var node in all)
            JoinHelpers(node);
        return all;
    }

    private List<SyntaxNode> UsesThatAnswer()
    {
        var query = model.Query(entry => entry.Answers());
        return [.. model.Compilation.SyntaxTrees.SelectMany(tree => query.In(tree, cancellation)).Select(use => (SyntaxNode)use.Name)];
    }

    // Outwards. What only mentions a function is sorted out later.
    private HashSet<IMethodSymbol> Functions(List<SyntaxNode> answering, CallerIndex index)
    {
        var found = new HashSet<IMethodSymbol>(SymbolEqualityComparer.Default);
        var open = new Queue<IMethodSymbol>();
        foreach (var use in answering)
            Add(index.FunctionsAround(use, cancellation));
        while (open.Count > 0)
            Add(index.Of(open.Dequeue(), cancellation));
        return found;

        void Add(IEnumerable<IMethodSymbol> functions)
        {
            cancellation.ThrowIfCancellationRequested();
            foreach (var function in functions)
                if (found.Add(function))
                    open.Enqueue(function);
        }
    }

    // The agents that are handed over as tools, and those that are made with tools.
    private IEnumerable<ISymbol> Values() =>
        Grants!.All.Select(grant => grant.Agent).OfType<IOperation>().Select(agent => ToolGrants.NameOf(agent, agent.SemanticModel, cancellation)).OfType<ISymbol>()
            .Concat(Grants.Keepers.Where(keeper => model.Is(ToolGrants.TypeOf(keeper), CatalogueRole.Agent)))
            .Distinct<ISymbol>(SymbolEqualityComparer.Default);

    private IEnumerable<(ISymbol Symbol, bool IsValue)> InOrder(HashSet<IMethodSymbol> functions, IEnumerable<ISymbol> values)
    {
        var trees = model.Compilation.SyntaxTrees.Select((tree, number) => (tree, number)).ToDictionary(t => t.tree, t => t.number);
        return functions.Select(f => (Symbol: (ISymbol)f, IsValue: false))
            .Concat(values.Where(v => v is not IMethodSymbol method || !functions.Contains(method)).Select(v => (Symbol: v, IsValue: true)))
            .Select(n => (n.Symbol, n.IsValue, Place: n.Symbol.DeclaringSyntaxReferences.FirstOrDefault(r => trees.ContainsKey(r.SyntaxTree))))
            .Where(n => n.Place != null)
            .OrderBy(n => trees[n.Place!.SyntaxTree]).ThenBy(n => n.Place!.Span.Start).ThenBy(n => n.Symbol.Name, StringComparer.Ordinal)
            .Select(n => (n.Symbol, n.IsValue));
    }

    private AgentNode NodeOf(ISymbol symbol, bool isValue) => new(symbol, nodes.Count)
    {
        IsValue = isValue,
        Roles = symbol is IMethodSymbol function && !isValue ? model.RolesOf(function, cancellation) : MethodRoles.None,
        IsComposition = IsComposition(symbol),
    };

    private bool IsComposition(ISymbol symbol)
    {
        for (var s = symbol; s != null; s = s.ContainingSymbol)
            if (s is IMethodSymbol method)
            {
                if (SymbolEqualityComparer.Default.Equals(method, model.Compilation.GetEntryPoint(cancellation))
                    || (model.RolesOf(method, cancellation) & MethodRoles.Test) != 0
                    || model.IsServiceFactory(method, cancellation)
                    || calls.CallsOf(method, cancellation).Any(call => model.Find(call.Named, CatalogueRole.ServiceRegistration) != null))
                    return true;
            }
            // A model's client asks a model because that is what it is.
            else if (s is INamedTypeSymbol type && model.Is(type, CatalogueRole.ModelClient))
                return true;
        return false;
    }

    private void ReadCalls(AgentNode node, IMethodSymbol function)
    {
        var own = function.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation);
        var isForwarder = true;
        foreach (var call in calls.CallsOf(function, cancellation))
        {
            cancellation.ThrowIfCancellationRequested();
            var named = (ISymbol?)call.Named.AssociatedSymbol ?? call.Named;
            var entries = model.EntriesOf(named);
            if (entries.FirstOrDefault(entry => entry.Answers()) is { } answer)
            {
                var operation = Operation(call.Site);
                var wait = WaitOf(operation, own);
                if (wait != Wait.HandsOver)
                {
                    node.Answers.Add((call, answer));
                    isForwarder &= AgentCalls.IsForwarded(operation);
                }

                Connect(node, AgentsAsked(operation), call, operation, wait, isOwn: false);
                if (operation is IInvocationOperation { } asked && ToolGrants.NameOf(asked.Receiver(), operation.SemanticModel, cancellation) is { } holder
                    && nodes.TryGetValue(holder, out var value) && value.IsValue)
                    node.Edges.Add(new AgentEdge(node, value, call.Site, AgentEdgeKind.Call, wait, IsOwn: true, IsStructural: false, holder.Name));
            }
            else if (!entries.Any(entry => entry.IsRemoteCall()) && call.Target is { } target)
            {
                target = target.OriginalDefinition.PartialImplementationPart ?? target.OriginalDefinition;
                if (nodes.ContainsKey(target))
                {
                    var operation = Operation(call.Site);
                    Connect(node, [target], call, operation, WaitOf(operation, own), AgentCalls.IsOwn(operation, target, function));
                }
            }
        }

        node.IsForwarder = isForwarder && node.Answers.Count > 0;
    }

    private void Connect(AgentNode node, IEnumerable<IMethodSymbol> targets, Call call, IOperation? operation, Wait wait, bool isOwn)
    {
        foreach (var target in targets)
            if (nodes.TryGetValue(target, out var to) && !to.IsValue)
                node.Edges.Add(new AgentEdge(
                    node, to, call.Site, AgentEdgeKind.Call, wait, isOwn, AgentCalls.IsStructural(operation, node, target), AgentCalls.CalleeOf(operation, target)));
    }

    // The library's RunAsync ends in the agent's own override.
    private IEnumerable<IMethodSymbol> AgentsAsked(IOperation? operation) =>
        operation is IInvocationOperation call && call.Receiver()?.Unwrap().Type is INamedTypeSymbol type ? TurnsOf(type) : [];

    private IEnumerable<IMethodSymbol> TurnsOf(INamedTypeSymbol type) =>
        type.Locations.Any(l => l.IsInSource)
            ? type.GetMembers().OfType<IMethodSymbol>().Where(m => (model.RolesOf(m, cancellation) & MethodRoles.Agent) != 0).Select(m => m.OriginalDefinition)
            : [];

    private void AddTools(AgentNode node)
    {
        if (node.IsValue)
        {
            foreach (var grant in Grants!.KeptBy(node.Symbol))
                Give(node, grant, grant.Site);
            return;
        }

        if (Grants!.IsEmpty || node.IsComposition || node.Answers.Count == 0 && node.Edges.Count == 0)
            return;
        var given = new HashSet<ToolGrant>();
        foreach (var body in MethodBodies.Of(node.Function!, model, cancellation))
            foreach (var operation in body.DescendantsAndSelf())
            {
                if (operation is IInvocationOperation && Grants.HandedOverAt(operation.Syntax) is { } grant && given.Add(grant))
                    Give(node, grant, operation.Syntax);
                ISymbol? keeper = operation switch
                {
                    IPropertyReferenceOperation property => property.Property.OriginalDefinition,
                    IFieldReferenceOperation field => field.Field.OriginalDefinition,
                    ILocalReferenceOperation local => local.Local,
                    IInvocationOperation call => call.TargetMethod.OriginalDefinition,
                    _ => null,
                };
                // An agent keeps its tools to itself: it has a node of its own.
                if (keeper != null && !(nodes.TryGetValue(keeper, out var known) && known.IsValue))
                    foreach (var kept in Grants.KeptBy(keeper))
                        if (given.Add(kept))
                            Give(node, kept, operation.Syntax);
            }
    }

    private void Give(AgentNode node, ToolGrant grant, SyntaxNode site)
    {
        foreach (var method in grant.Methods)
            if (nodes.TryGetValue(method.OriginalDefinition, out var tool) && tool != node)
                node.Edges.Add(new AgentEdge(node, tool, site, AgentEdgeKind.Tool, Wait.Waits, IsOwn: AgentCalls.AreOneType(node.Symbol, tool.Symbol), IsStructural: false, AgentCalls.OwnerOf(method)));
        if (grant.Agent is not { } agent)
            return;
        if (agent.Unwrap().Type is INamedTypeSymbol type && TurnsOf(type).ToList() is { Count: > 0 } turns)
        {
            foreach (var turn in turns)
                if (nodes.TryGetValue(turn, out var to))
                    node.Edges.Add(new AgentEdge(node, to, site, AgentEdgeKind.Tool, Wait.Waits, IsOwn: false, IsStructural: false, type.Name));
        }
        else if (ToolGrants.NameOf(agent, agent.SemanticModel, cancellation) is { } name && nodes.TryGetValue(name, out var value) && value != node)
        {
            node.Edges.Add(new AgentEdge(node, value, site, AgentEdgeKind.Tool, Wait.Waits, IsOwn: false, IsStructural: false, name.Name));
        }
    }

    // A way to a model that agents share belongs to whoever takes it.
    private static void JoinHelpers(AgentNode node)
    {
        for (var i = 0; i < node.Edges.Count; i++)
            if (node.Edges[i] is { IsOwn: false, Kind: AgentEdgeKind.Call, To.IsForwarder: true } edge)
                node.Edges[i] = edge with { IsOwn = true };
    }

    private IOperation? Operation(SyntaxNode site) => model.SemanticsOf(site.SyntaxTree).GetOperation(site, cancellation);

    private Wait WaitOf(IOperation? operation, SyntaxNode? function) =>
        operation == null ? Wait.HandsOver : operation is IInvocationOperation or IPropertyReferenceOperation ? CallWaits.Of(model).Of(operation, function) : Wait.Waits;
}
