using System.Collections.Concurrent;
using AgentLint.Analysis.Cycles;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Retries;

/// <summary>
/// All code of a program that is run again when it fails: loops and recursions that are taken then, what is given to policies and pipelines,
/// and to methods of the program that run their delegate in one of these. Built once per compilation, from its cycles and the uses of
/// resilience libraries outwards.
/// </summary>
internal sealed class RetryScopes
{
    // Helpers that hand their delegate on to helpers.
    private const int MaxHandOvers = 8;

    private readonly AgentModel model;
    private readonly CancellationToken cancellation;
    private readonly Dictionary<SyntaxTree, List<RetryScope>> byTree = [];

    private RetryScopes(AgentModel model, int depth, CancellationToken cancellation)
    {
        this.model = model;
        this.cancellation = cancellation;
        Policies = new RetryPolicies(model, cancellation);
        Handlers = new HttpHandlers(model, Policies, cancellation);
        Sdks = new SdkRetries(model, cancellation);
        ReadCycles(depth);
        ReadExecutions();
        ReadHosted();
        ReadHelpers();
        foreach (var scopes in byTree.Values)
            scopes.Sort((a, b) => a.Site.SourceSpan.Start.CompareTo(b.Site.SourceSpan.Start));
    }

    public RetryPolicies Policies { get; }

    public HttpHandlers Handlers { get; }

    public SdkRetries Sdks { get; }

    public static RetryScopes Of(AgentModel model, int depth, CancellationToken cancellation) => model.Shared(_ => new Slots()).Of(depth).Get(model, depth, cancellation);

    /// <summary>The scopes of a file, in the order of the text.</summary>
    public IReadOnlyList<RetryScope> In(SyntaxTree tree) => byTree.TryGetValue(tree, out var scopes) ? scopes : [];

    /// <summary>The scopes around a place, the outermost first.</summary>
    public IEnumerable<RetryScope> Around(SyntaxNode place) =>
        In(place.SyntaxTree).Where(scope => scope.Body.Span.Contains(place.Span) && scope.Body != place.SyntaxTree.GetRoot(cancellation)).OrderByDescending(scope => scope.Body.Span.Length);

    /// <summary>The scopes that stand in a type.</summary>
    public IEnumerable<RetryScope> In(INamedTypeSymbol type) =>
        type.DeclaringSyntaxReferences.SelectMany(reference => In(reference.SyntaxTree).Where(scope => reference.Span.Contains(scope.Body.Span)));

    private void Add(RetryScope scope)
    {
        if (!byTree.TryGetValue(scope.Body.SyntaxTree, out var scopes))
            byTree.Add(scope.Body.SyntaxTree, scopes = []);
        if (scopes.All(known => known.Body != scope.Body))
            scopes.Add(scope);
    }

    private void ReadCycles(int depth)
    {
        foreach (var tree in model.Compilation.SyntaxTrees)
            foreach (var cycle in Cycles.Cycles.Of(model).In(tree, depth, cancellation))
                if (cycle.Kind == CycleKind.Retry && !GoesOnToTheNext(cycle) && WorkOf(cycle) is { } body && model.SemanticsOf(tree).GetOperation(body, cancellation) is { } work)
                    Add(new RetryScope(cycle.Head, body, work, [new RetryLayer(NameOf(cycle.Shape), cycle.Unguarded != null ? RetryLayer.Unlimited : cycle.Attempts, cycle.Syntax, LooksAtVerb(cycle))]));
    }

    // What is tried again: the block whose failure is caught, else all that comes round.
    private static SyntaxNode? WorkOf(Cycle cycle)
    {
        foreach (var path in cycle.FailurePaths)
            if (path.Handler?.FirstAncestorOrSelf<TryStatementSyntax>() is { } attempt)
                return attempt.Block;
        return cycle.Shape is CycleShape.Loop or CycleShape.ForEach ? cycle.Syntax : cycle.Function;
    }

    // clients[i].Ask(), foreach (var client in clients): another one is asked, not the same one again.
    private static bool GoesOnToTheNext(Cycle cycle) =>
        cycle.Calls.All(call => ReceiverOf(call.Call) switch
        {
            ILocalReferenceOperation { Local: { } local } reference when cycle.Syntax.Span.Contains(local.DeclaringSyntaxReferences[0].Span) =>
                local.IsForEach || (reference.SemanticModel is { } semantics && local.InitializerOf(semantics, CancellationToken.None)?.Unwrap() is { } picked && picked is not IObjectCreationOperation && NamesTurn(picked, cycle)),
            { } picked => NamesTurn(picked, cycle),
            null => false,
        });

    private static IOperation? ReceiverOf(IInvocationOperation call) => call.Receiver()?.Unwrap();

    // The variable in a loop's head tells one turn from the next.
    private static bool NamesTurn(IOperation picked, Cycle cycle) =>
        cycle.Syntax is ForStatementSyntax { Declaration: { } head }
        && picked.DescendantsAndSelf().Any(part => part is ILocalReferenceOperation { Local: var local } && head.Span.Contains(local.DeclaringSyntaxReferences[0].Span));

    private static string NameOf(CycleShape shape) => shape == CycleShape.Recursion ? "recursion" : "loop";

    private bool LooksAtVerb(Cycle cycle) =>
        model.SemanticsOf(cycle.Syntax.SyntaxTree).GetOperation(cycle.Function, cancellation)?.Descendants()
            .Any(part => part is IPropertyReferenceOperation { Property: var property } && model.Find(property, CatalogueRole.RequestVerb) != null) == true;

    private void ReadExecutions()
    {
        var query = model.Query(entry => entry.Role == CatalogueRole.ResilientExecute);
        foreach (var tree in model.Compilation.SyntaxTrees)
            foreach (var use in query.In(tree, cancellation))
                if (model.SemanticsOf(tree).OperationOf(use.Name, cancellation) is IInvocationOperation execute)
                    foreach (var argument in execute.Arguments)
                        // A synchronous execution is over when its task is made.
                        if (argument.Parameter?.OriginalDefinition.Type is INamedTypeSymbol { TypeKind: TypeKind.Delegate }
                            && !(use.Entry.Has("blocking") && argument.Value.Type is INamedTypeSymbol { DelegateInvokeMethod.ReturnType: var returned } && returned.IsTask()))
                        {
                            if (Policies.Of(execute.Receiver()) is { Count: > 0 } layers)
                                Add(new RetryScope(use.Name.GetLocation(), argument.Value.Syntax, argument.Value, layers));
                            break;
                        }
    }

    private void ReadHosted()
    {
        foreach (var (function, layer) in new HostedRetries(model, Policies, cancellation).All())
            foreach (var body in MethodBodies.Of(function, model, cancellation))
                Add(new RetryScope(function.Locations[0], body.Syntax, body, [layer]));
    }

    // Methods that run their delegate in a scope make a scope of what is given to them.
    private void ReadHelpers()
    {
        var known = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        var fresh = byTree.Values.SelectMany(scopes => scopes).ToList();
        for (var round = 0; fresh.Count > 0 && round < MaxHandOvers; round++)
        {
            var parameters = new Dictionary<IMethodSymbol, List<(IParameterSymbol Parameter, RetryScope Scope)>>(SymbolEqualityComparer.Default);
            foreach (var scope in fresh)
                foreach (var operation in scope.Work.DescendantsAndSelf())
                    if (operation is IParameterReferenceOperation { Parameter: { Type.TypeKind: TypeKind.Delegate, ContainingSymbol: IMethodSymbol { MethodKind: MethodKind.Ordinary } method } parameter }
                        && known.Add(parameter.OriginalDefinition))
                    {
                        if (!parameters.TryGetValue(method.OriginalDefinition, out var given))
                            parameters.Add(method.OriginalDefinition, given = []);
                        given.Add((parameter.OriginalDefinition, scope));
                    }

            fresh = [];
            if (parameters.Count == 0)
                return;
            var callers = CallerIndex.Of(model, cancellation);
            foreach (var (method, given) in parameters.Select(p => (p.Key, p.Value)))
                foreach (var site in callers.NamesOf(method, cancellation).OrderBy(name => name.SpanStart))
                    if (model.SemanticsOf(site.SyntaxTree).OperationOf(site, cancellation) is IInvocationOperation call)
                        foreach (var (parameter, scope) in given)
                            if (call.Arguments.FirstOrDefault(a => a.Parameter?.Ordinal == parameter.Ordinal) is { IsImplicit: false, Value: var work })
                            {
                                var handedOver = new RetryScope(site.GetLocation(), work.Syntax, work, [.. Around(scope.Body).Where(s => s != scope).SelectMany(s => s.Layers), .. scope.Layers]);
                                Add(handedOver);
                                fresh.Add(handedOver);
                            }
        }
    }

    private sealed class Slots
    {
        private readonly ConcurrentDictionary<int, Slot> slots = new();

        public Slot Of(int depth) => slots.GetOrAdd(depth, _ => new Slot());
    }

    // All rules come at the same time: one builds, the others wait. Whoever is cancelled leaves nothing behind.
    private sealed class Slot
    {
        private RetryScopes? scopes;

        public RetryScopes Get(AgentModel model, int depth, CancellationToken cancellation)
        {
            if (Volatile.Read(ref scopes) is { } known)
                return known;
            lock (this)
            {
                if (scopes == null)
                    Volatile.Write(ref scopes, new RetryScopes(model, depth, cancellation));
                return scopes!;
            }
        }
    }
}
