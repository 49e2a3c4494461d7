using System.Collections.Immutable;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Agents;

/// <summary>
/// Builds the graph in two passes. Outwards: from the calls of models to all that may lead there, by name. Inwards: what these functions
/// really call, by the call graph, and what they let models call. Both look at each function once.
/// </summary>
internal sealed class AgentGraphBuilder(AgentModel model, CancellationToken cancellation)
{
    private readonly CallGraph calls = CallGraph.Of(model);
    private readonly CatalogueQuery registrations = model.Query(entry => entry.Role == CatalogueRole.ServiceRegistration);
    private readonly Dictionary<ISymbol, AgentNode> nodes = new(SymbolEqualityComparer.Default);

    public ToolGrants? Grants { get; private set; }

    /// <summary>Whether every body is bound: what comes out is the same.</summary>
    public bool BindsAll { get; init; }

    public ImmutableArray<AgentNode> Build()
    {
        var answering = RemoteUses.In(model, cancellation).ToList();
        if (answering.Count == 0)
            return [];
        var index = CallerIndex.Of(model, cancellation);
        Grants = ToolGrants.Of(model, cancellation);
        foreach (var (symbol, isValue) in InOrder(Functions(answering, index), Values()))
            nodes.Add(symbol, NodeOf(symbol, isValue));
        var all = nodes.Values.OrderBy(node => node.Index).ToImmutableArray();
        var unbound = new UnboundFunctions(model, all.Select(node => node.Function).OfType<IMethodSymbol>(), IsFunction);
        foreach (var node in all)
            if (node.Function is { } function)
            {
                if (!BindsAll && unbound.CallsOf(function, cancellation) is { } simple)
                    Connect(node, function, simple);
                else
                    ReadCalls(node, function);
            }

        foreach (var node in all)
            AddTools(node);
        foreach (var node in all)
            JoinHelpers(node);
        index.Release();
        return all;
    }

    // Outwards. What only mentions a function is sorted out later.
    private HashSet<IMethodSymbol> Functions(List<SimpleNameSyntax> answering, CallerIndex index)
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
        Grants!.All.Select(grant => grant.Agent).OfType<IOperation>().Select(agent => ToolGrants.NameOf(agent, agent.SemanticModel, model, cancellation)).OfType<ISymbol>()
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
        IsComposition = isValue ? IsOfTest(symbol) : IsComposition(symbol),
        Name = isValue ? NameOf(symbol) : Witness.NameOf(symbol),
    };

    // An agent answers wherever it was made; a test's own answers nobody.
    private bool IsOfTest(ISymbol symbol)
    {
        for (var s = symbol; s != null; s = s.ContainingSymbol)
            if (s is IMethodSymbol method && (model.RolesOf(method, cancellation) & MethodRoles.Test) != 0)
                return true;
        return false;
    }

    // An agent that the container makes goes by its key, or by the type that it is asked for.
    private string NameOf(ISymbol value) =>
        value is IMethodSymbol { MethodKind: MethodKind.AnonymousFunction } factory && ToolGrants.NameOfMade(factory, model, cancellation) is { } name ? name
        : value is ILocalSymbol ? value.Name
        : Witness.NameOf(value);

    private bool IsComposition(ISymbol symbol)
    {
        for (var s = symbol; s != null; s = s.ContainingSymbol)
            if (s is IMethodSymbol method)
            {
                if (SymbolEqualityComparer.Default.Equals(method, model.Compilation.GetEntryPoint(cancellation))
                    || (model.RolesOf(method, cancellation) & MethodRoles.Test) != 0
                    || model.IsServiceFactory(method, cancellation)
                    || MayRegister(method) && calls.CallsOf(method, cancellation).Any(call => model.Find(call.Named, CatalogueRole.ServiceRegistration) != null))
                    return true;
            }
            // A model's client asks a model because that is what it is.
            else if (s is INamedTypeSymbol type && model.Is(type, CatalogueRole.ModelClient))
                return true;
        return false;
    }

    // Binds nothing.
    private bool MayRegister(IMethodSymbol method) =>
        (method.ContainingType?.DeclaringSyntaxReferences ?? []).Concat(method.DeclaringSyntaxReferences)
            .Any(reference => !model.Compilation.ContainsSyntaxTree(reference.SyntaxTree) || registrations.IsMentionedIn(reference.SyntaxTree, cancellation));

    // The same as ReadCalls, for calls that show all there is to know.
    private void Connect(AgentNode node, IMethodSymbol function, List<SimpleCall> simple)
    {
        var isForwarder = true;
        foreach (var (call, target, isForwarded) in simple)
            if (target != null)
            {
                var isOnOther = call.Receiver is not (null or INamedTypeSymbol);
                node.Edges.Add(new AgentEdge(
                    node, nodes[target], call.Site, AgentEdgeKind.Call, Wait.Waits,
                    IsOwn: target.IsStatic || !isOnOther,
                    IsStructural: isOnOther && AgentCalls.AreOneType(function, target),
                    AgentCalls.CalleeOf(target.IsStatic ? null : call.On, target)));
            }
            else
            {
                node.Answers.Add(call.Site);
                isForwarder &= isForwarded;
                if (call.Receiver is { } holder && nodes.TryGetValue(holder, out var value) && value.IsValue)
                    node.Edges.Add(new AgentEdge(node, value, call.Site, AgentEdgeKind.Call, Wait.Waits, IsOwn: true, IsStructural: false, holder.Name));
            }

        node.IsForwarder = isForwarder && node.Answers.Count > 0;
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
            // An agent of the project's own is followed; its class may well be one that the catalogue knows by a base.
            if (TargetOf(call) is { } target && !entries.Any(entry => entry.IsRemoteCall() && entry.Role != CatalogueRole.AgentCall))
            {
                var operation = Operation(call.Site);
                Connect(node, [target], call, operation, WaitOf(operation, own), AgentCalls.IsOwn(operation, target, function));
            }
            else if (entries.Any(entry => entry.Answers()))
            {
                var operation = Operation(call.Site);
                var wait = WaitOf(operation, own);
                var receiver = (operation as IInvocationOperation)?.Receiver()?.Unwrap();
                // What an agent asks of itself is no further answer.
                var isOwn = receiver is IInstanceReferenceOperation { Syntax: not BaseExpressionSyntax };
                Connect(node, TurnsOf(receiver?.Type, call.Named), call, operation, wait, isOwn);
                if (wait == Wait.HandsOver || isOwn)
                    continue;
                node.Answers.Add(call.Site);
                node.AsksAgent |= entries.Any(entry => entry.Role == CatalogueRole.AgentCall);
                isForwarder &= AgentCalls.IsForwarded(operation);
                if (ToolGrants.NameOf(receiver, receiver?.SemanticModel, model, cancellation) is { } holder && nodes.TryGetValue(holder, out var value) && value.IsValue)
                    node.Edges.Add(new AgentEdge(node, value, call.Site, AgentEdgeKind.Call, wait, IsOwn: true, IsStructural: false, holder.Name));
            }
        }

        node.IsForwarder = isForwarder && node.Answers.Count > 0;
    }

    private IMethodSymbol? TargetOf(Call call) =>
        call.Target?.Implementation() is { } target && IsFunction(target) ? target : null;

    private bool IsFunction(IMethodSymbol target) => nodes.TryGetValue(target, out var known) && !known.IsValue;

    private void Connect(AgentNode node, IEnumerable<IMethodSymbol> targets, Call call, IOperation? operation, Wait wait, bool isOwn)
    {
        foreach (var target in targets)
            if (nodes.TryGetValue(target, out var to) && !to.IsValue)
                node.Edges.Add(new AgentEdge(
                    node, to, call.Site, AgentEdgeKind.Call, wait, isOwn, AgentCalls.IsStructural(operation, node, target), AgentCalls.CalleeOf(operation, target)));
    }

    /// <summary>What a class of the project runs when one of its objects is asked as an agent; by which call, where that is known.</summary>
    private IEnumerable<IMethodSymbol> TurnsOf(ITypeSymbol? asked, IMethodSymbol? by)
    {
        for (var type = asked as INamedTypeSymbol; type != null && model.Declares(type); type = type.BaseType)
        {
            var turns = type.GetMembers().OfType<IMethodSymbol>()
                .Where(m => (model.RolesOf(m, cancellation) & MethodRoles.Agent) != 0 && (by == null || IsRunBy(m, by, type))).Select(m => m.Implementation()).ToList();
            if (turns.Count > 0)
                return turns;
        }

        return [];
    }

    // The library's RunAsync ends in the agent's own override of another member: the one that answers in the same way.
    private bool IsRunBy(IMethodSymbol turn, IMethodSymbol by, INamedTypeSymbol type)
    {
        if ((model.RolesOf(by, cancellation) & MethodRoles.Agent) == 0)
            return SymbolEqualityComparer.Default.Equals(turn.ReturnType.OriginalDefinition, by.ReturnType.OriginalDefinition);
        if (SymbolEqualityComparer.Default.Equals(type.FindImplementationForInterfaceMember(by), turn))
            return true;
        for (var m = turn; m != null; m = m.OverriddenMethod)
            if (SymbolEqualityComparer.Default.Equals(m.OriginalDefinition, by.OriginalDefinition))
                return true;
        return false;
    }

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
        // A constructor runs initializers, which stand elsewhere.
        if (!BindsAll && node.Function!.MethodKind is not (MethodKind.Constructor or MethodKind.StaticConstructor)
            && !node.Function.DeclaringSyntaxReferences.Any(reference => Grants.MayBeUsedIn(reference.GetSyntax(cancellation))))
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
                            Give(node, kept, IsWithin(kept.Site, body.Syntax) ? kept.Site : operation.Syntax);
            }
    }

    // Where a function makes its tools itself, that is the place to look at: it may be in a condition.
    private static bool IsWithin(SyntaxNode site, SyntaxNode body) => site.SyntaxTree == body.SyntaxTree && body.Span.Contains(site.Span);

    private void Give(AgentNode node, ToolGrant grant, SyntaxNode site)
    {
        node.Tools.AddRange(grant.Methods);
        foreach (var method in grant.Methods)
            if (nodes.TryGetValue(method.OriginalDefinition, out var tool) && tool != node)
                node.Edges.Add(new AgentEdge(node, tool, site, AgentEdgeKind.Tool, Wait.Waits,
                    // A tool that asks another agent is that agent, wherever its code stands.
                    IsOwn: AgentCalls.AreOneType(node.Symbol, tool.Symbol) && !(node.IsValue && tool.AsksAgent), IsStructural: false,
                    tool.AsksAgent && method.MethodKind is MethodKind.LocalFunction or MethodKind.AnonymousFunction ? tool.Name : AgentCalls.OwnerOf(method)));
        if (grant.Agent is not { } agent)
            return;
        if (agent.Unwrap().Type is INamedTypeSymbol type && TurnsOf(type, null).ToList() is { Count: > 0 } turns)
        {
            foreach (var turn in turns)
                if (nodes.TryGetValue(turn, out var to))
                    node.Edges.Add(new AgentEdge(node, to, site, AgentEdgeKind.Tool, Wait.Waits, IsOwn: false, IsStructural: false, type.Name));
        }
        else if (ToolGrants.NameOf(agent, agent.SemanticModel, model, cancellation) is { } name && nodes.TryGetValue(name, out var value) && value != node)
        {
            node.Edges.Add(new AgentEdge(node, value, site, AgentEdgeKind.Tool, Wait.Waits, IsOwn: false, IsStructural: false, name is IMethodSymbol { MethodKind: MethodKind.AnonymousFunction } ? value.Name : name.Name));
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
