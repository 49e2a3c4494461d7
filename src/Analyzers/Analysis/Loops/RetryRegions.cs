using System.Collections.Concurrent;
using AgentLint.Analysis.Loops;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Loops;

/// <summary>
/// All code of a program that is run again when it fails: loops and recursions that are taken then, what is given to policies and pipelines,
/// and to methods of the program that run their delegate in one of these. Found file by file, for the files that somebody asks about.
/// </summary>
internal sealed class RetryRegions
{
    private readonly AgentModel model;
    private readonly int depth;
    private readonly CancellationToken cancellation;
    private readonly CatalogueQuery executions;
    private readonly Found found;

    private RetryRegions(AgentModel model, int depth, CancellationToken cancellation)
    {
        this.model = model;
        this.depth = depth;
        this.cancellation = cancellation;
        (executions, found) = model.Shared(m => new FoundByDepth(m)).Of(depth);
        Policies = new RetryPolicies(model, cancellation);
        Handlers = new HttpHandlers(model, Policies, cancellation);
        Sdks = new SdkRetries(model, cancellation);
    }

    public RetryPolicies Policies { get; }

    public HttpHandlers Handlers { get; }

    public SdkRetries Sdks { get; }

    /// <summary>
    /// Whether a cycle does its work again because it failed: it was told so, or nothing but handlers leads back. Every rule about retries asks this.
    /// </summary>
    public static bool IsRetry(Cycle cycle) => cycle.Kind == CycleKind.Retry || (cycle.Kind == CycleKind.Other && cycle.Paths.All(path => path.Handler != null));

    public static RetryRegions Of(AgentModel model, int depth, CancellationToken cancellation) => new(model, depth, cancellation);

    /// <summary>The scopes of a file, in the order of the text.</summary>
    public IReadOnlyList<RetryRegion> In(SyntaxTree tree) =>
        found.All.Get(tree, () => [.. Distinct(OwnIn(tree).Concat(RetryHelpers.In(tree, OwnIn, model, cancellation))).OrderBy(scope => scope.Site.SourceSpan.Start)]);

    /// <summary>The scopes around a place, the outermost first.</summary>
    public IEnumerable<RetryRegion> Around(SyntaxNode place) => Around(place, In(place.SyntaxTree));

    /// <summary>The scopes that stand in a type.</summary>
    public IEnumerable<RetryRegion> In(INamedTypeSymbol type) =>
        type.DeclaringSyntaxReferences.SelectMany(reference => In(reference.SyntaxTree).Where(scope => reference.Span.Contains(scope.Body.Span)));

    /// <summary>Those of some scopes that are around a place, the outermost first.</summary>
    public static IEnumerable<RetryRegion> Around(SyntaxNode place, IEnumerable<RetryRegion> scopes) =>
        scopes.Where(scope => scope.Body.Span.Contains(place.Span) && scope.Body is not CompilationUnitSyntax).OrderByDescending(scope => scope.Body.Span.Length);

    // Those that a file has by itself: its loops, its uses of resilience libraries, and the functions that others run again.
    private IReadOnlyList<RetryRegion> OwnIn(SyntaxTree tree) =>
        found.Own.Get(tree, () => [.. Distinct(CyclesIn(tree).Concat(Executions(tree)).Concat(RepeatedCalls.In(tree, model, depth, cancellation)).Concat(Hosted().TryGetValue(tree, out var hosted) ? hosted : []))]);

    private static IEnumerable<RetryRegion> Distinct(IEnumerable<RetryRegion> scopes) => scopes.GroupBy(scope => scope.Body).Select(same => same.First());

    private IEnumerable<RetryRegion> CyclesIn(SyntaxTree tree)
    {
        foreach (var cycle in Cycles.Of(model).In(tree, depth, cancellation))
            if (IsRetry(cycle) && !GoesOnToTheNext(cycle) && WorkOf(cycle) is { } body && model.SemanticsOf(tree).GetOperation(body, cancellation) is { } work)
            {
                var attempts = cycle.Unguarded != null ? RetryLayer.Unlimited : cycle.Attempts;
                yield return new RetryRegion(cycle.Head, body, work, [new RetryLayer(NameOf(cycle.Shape), attempts, cycle.Syntax, LooksAtVerb(cycle))])
                {
                    SeesResults = cycle.Paths.Any(path => path.Has(PathFacts.FailedResult | PathFacts.Pending | PathFacts.Answered)),
                    Cycle = cycle,
                };
            }
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

    private IEnumerable<RetryRegion> Executions(SyntaxTree tree)
    {
        foreach (var use in executions.In(tree, cancellation))
            if (model.SemanticsOf(tree).OperationOf(use.Name, cancellation) is IInvocationOperation execute
                && execute.Arguments.FirstOrDefault(argument => IsWork(argument, use.Entry)) is { Value: var work }
                && Policies.Of(execute.Receiver()) is { Count: > 0 } layers)
                yield return new RetryRegion(use.Name.GetLocation(), work.Syntax, work, layers) { SeesResults = IsOfResults(execute.Receiver()?.Type) };
    }

    // ResiliencePipeline<HttpResponseMessage>, IAsyncPolicy<string>: made to look at results.
    private static bool IsOfResults(ITypeSymbol? policy) => policy is INamedTypeSymbol { TypeArguments.IsEmpty: false };

    // A synchronous execution is over when its task is made.
    private static bool IsWork(IArgumentOperation argument, CatalogueEntry entry) =>
        argument.Parameter?.OriginalDefinition.Type is INamedTypeSymbol { TypeKind: TypeKind.Delegate }
        && !(entry.Has("blocking") && argument.Value.Type is INamedTypeSymbol { DelegateInvokeMethod.ReturnType: var returned } && returned.IsTask());

    private Dictionary<SyntaxTree, List<RetryRegion>> Hosted() => found.Hosted.Get(() =>
        (from hosted in new HostedRetries(model, Policies, cancellation).All()
         from body in MethodBodies.Of(hosted.Function, model, cancellation)
         select new RetryRegion(hosted.Function.Locations[0], body.Syntax, body, hosted.Layers)).GroupBy(scope => scope.Body.SyntaxTree).ToDictionary(file => file.Key, file => file.ToList()));

    private sealed class FoundByDepth(AgentModel model)
    {
        private readonly ConcurrentDictionary<int, Found> depths = new();
        private readonly CatalogueQuery executions = model.Query(entry => entry.Role == CatalogueRole.ResilientExecute);

        public (CatalogueQuery Executions, Found Found) Of(int depth) => (executions, depths.GetOrAdd(depth, _ => new Found()));
    }

    private sealed class Found
    {
        public OncePerFile<RetryRegion> Own { get; } = new();

        public OncePerFile<RetryRegion> All { get; } = new();

        public Once<Dictionary<SyntaxTree, List<RetryRegion>>> Hosted { get; } = new();
    }
}
