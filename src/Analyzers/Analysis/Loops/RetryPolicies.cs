using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Loops;

/// <summary>Which retries a policy or pipeline holds, wherever in the project it is built: on the spot, in a field, by a method, in the container.</summary>
internal sealed class RetryPolicies(AgentModel model, CancellationToken cancellation)
{
    private const int MaxNesting = 8;

    private readonly ValueSources sources = new(model, cancellation);
    private readonly Once<IReadOnlyList<KeyedPipeline>> keyed = model.Shared(_ => new Once<IReadOnlyList<KeyedPipeline>>());

    /// <summary>The retries of a policy, the outermost first; empty where there are none, or it cannot be followed.</summary>
    public IReadOnlyList<RetryLayer> Of(IOperation? policy)
    {
        var layers = new List<RetryLayer>();
        Collect(policy, new Parts(layers, []), [], 0);
        return layers;
    }

    /// <summary>The retries of a policy, the outermost first, and whether a circuit breaker is among its parts.</summary>
    public (IReadOnlyList<RetryLayer> Retries, bool HasBreaker) PartsOf(IOperation? policy)
    {
        var parts = new Parts([], []);
        Collect(policy, parts, [], 0);
        return (parts.Layers, parts.Breakers.Count > 0);
    }

    /// <summary>Whether the program shows how a policy is built; where not, it may retry or not.</summary>
    public bool IsShown(IOperation? policy) => policy != null && sources.Of(policy) is { Count: > 0 } found && found.All(source => source is not IParameterReferenceOperation);

    /// <summary>Whether a predicate says what a retry handles: <c>Policy.Handle&lt;E&gt;().Or&lt;F&gt;().WaitAndRetryAsync(…)</c>, <c>ShouldHandle = new PredicateBuilder().Handle&lt;E&gt;()</c>.</summary>
    public static IOperation? BuiltWith(SyntaxNode predicate, AgentModel model, SemanticModel semantics, CancellationToken cancellation)
    {
        for (var node = predicate.Parent; node is not null and not (StatementSyntax or MemberDeclarationSyntax or AnonymousFunctionExpressionSyntax); node = node.Parent)
            switch (node)
            {
                case InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name: var name } member } when member.Span.Contains(predicate.Span):
                    if (model.Find(semantics.GetSymbolInfo(name, cancellation).Symbol, CatalogueRole.Retry) != null)
                        return semantics.GetOperation(node, cancellation);
                    break;
                case BaseObjectCreationExpressionSyntax created:
                    return semantics.GetSymbolInfo(created, cancellation).Symbol is { } constructor && model.Find(constructor, CatalogueRole.Retry) != null ? semantics.GetOperation(created, cancellation) : null;
            }

        return null;
    }

    /// <summary>The retries that a delegate adds to what it is given.</summary>
    public void CollectAdded(IOperation configuration, List<RetryLayer> layers) => CollectAdded(configuration, new Parts(layers, []));

    private void CollectAdded(IOperation configuration, Parts parts)
    {
        foreach (var call in configuration.DescendantsAndSelf().OfType<IInvocationOperation>().OrderBy(c => c.Syntax.Span.End))
            AddPart(call, parts);
    }

    /// <summary>The layer that a call adds or builds; null where it is no retry of its own.</summary>
    public RetryLayer? LayerOf(IInvocationOperation call)
    {
        if (model.Find(call.TargetMethod, CatalogueRole.Retry) is not { } entry || entry.Has("handler") || entry.Has("settings"))
            return null;
        var settings = RetrySettings.Of(call, entry, model, cancellation);
        return settings.Retries == 0 ? null : new RetryLayer(settings.Entry["layer"] ?? Witness.NameOf(call.TargetMethod), settings.Tries, call.Syntax);
    }

    private void AddPart(IInvocationOperation call, Parts parts)
    {
        if (LayerOf(call) is { } layer && parts.Layers.All(known => known.Site != layer.Site))
            parts.Layers.Add(layer);
        if (model.Find(call.TargetMethod, CatalogueRole.CircuitBreaker) != null)
            parts.Breakers.Add(call.Syntax);
    }

    private void Collect(IOperation? policy, Parts parts, HashSet<SyntaxNode> seen, int nesting)
    {
        if (policy == null || nesting > MaxNesting)
            return;
        // A builder in a variable: what is added to it elsewhere in the function counts as well.
        if (policy.Unwrap() is ILocalReferenceOperation builder)
            foreach (var call in CallsOn(builder))
                AddPart(call, parts);
        foreach (var source in sources.Of(policy))
        {
            if (!seen.Add(source.Syntax))
                continue;
            switch (source)
            {
                case IInvocationOperation call when model.Find(call.TargetMethod, CatalogueRole.RetryPipeline) != null:
                    CollectKeyed(KeyOf(call), parts);
                    break;
                case IInvocationOperation call:
                    CollectCall(call, parts, seen, nesting);
                    break;
                case IParameterReferenceOperation { Parameter: var parameter }:
                    CollectInjected(parameter, parts, seen, nesting);
                    break;
            }
        }
    }

    // builder.AddTimeout(…).AddRetry(…).Build(), retry.WrapAsync(breaker), Policy.Wrap(a, b): the parts from left to right
    private void CollectCall(IInvocationOperation call, Parts parts, HashSet<SyntaxNode> seen, int nesting)
    {
        Collect(call.Receiver(), parts, seen, nesting + 1);
        AddPart(call, parts);
        foreach (var argument in call.Arguments)
            if (argument.Value != call.Receiver() && argument.ArgumentKind != ArgumentKind.DefaultValue)
                foreach (var part in argument.Value.Elements())
                    if (part.Unwrap() is IInvocationOperation or ILocalReferenceOperation or IFieldReferenceOperation or IPropertyReferenceOperation && IsOfPolicyLibrary(part.Unwrap().Type, call))
                        Collect(part, parts, seen, nesting + 1);
    }

    // A policy is wrapped with policies of its own library; a number is not one.
    private static bool IsOfPolicyLibrary(ITypeSymbol? type, IInvocationOperation call) =>
        type is { TypeKind: not TypeKind.Delegate } && SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, call.TargetMethod.ContainingAssembly);

    private static IEnumerable<IInvocationOperation> CallsOn(ILocalReferenceOperation builder)
    {
        IOperation root = builder;
        while (root.Parent is { } parent)
            root = parent;
        return root.Descendants().OfType<IInvocationOperation>().Where(call => RootOf(call) is ILocalReferenceOperation { Local: var local } && SymbolEqualityComparer.Default.Equals(local, builder.Local));
    }

    private static IOperation? RootOf(IInvocationOperation call)
    {
        var receiver = call.Receiver()?.Unwrap();
        while (receiver is IInvocationOperation inner)
            receiver = inner.Receiver()?.Unwrap();
        return receiver;
    }

    private void CollectKeyed(object? key, Parts parts)
    {
        if (key == null)
            return;
        foreach (var (call, name) in keyed.Get(() => [.. Keyed()]))
            if (Equals(name, key))
                foreach (var argument in call.Arguments)
                    if (argument.Value.Unwrap() is IAnonymousFunctionOperation configuration)
                        CollectAdded(configuration, parts);
    }

    // A constructor's parameter is what the container holds, where one registration says what that is.
    private void CollectInjected(IParameterSymbol parameter, Parts parts, HashSet<SyntaxNode> seen, int nesting)
    {
        if (parameter.ContainingSymbol is not IMethodSymbol { MethodKind: MethodKind.Constructor })
            return;
        foreach (var attribute in parameter.GetAttributes())
            if (attribute.ConstructorArguments.FirstOrDefault() is { Kind: TypedConstantKind.Primitive, Value: { } key })
            {
                CollectKeyed(key, parts);
                return;
            }

        var registered = model.ServiceRegistrations(cancellation).Where(r => SymbolEqualityComparer.Default.Equals(r.Service, parameter.Type)).ToList();
        if (registered.Count != 1)
            return;
        var site = registered[0].Site;
        if (model.SemanticsOf(site.SyntaxTree).GetOperation(site, cancellation) is not IInvocationOperation call)
            return;
        foreach (var argument in call.Arguments)
            switch (argument.Value.Unwrap())
            {
                case IAnonymousFunctionOperation factory:
                    foreach (var made in ValueSources.ReturnedIn(factory.Body))
                        Collect(made, parts, seen, nesting + 1);
                    break;
                case IMethodReferenceOperation { Method: var factory }:
                    foreach (var made in sources.ReturnedBy(factory))
                        Collect(made, parts, seen, nesting + 1);
                    break;
                case var instance when SymbolEqualityComparer.Default.Equals(instance.Type, parameter.Type):
                    Collect(instance, parts, seen, nesting + 1);
                    break;
            }
    }

    private IEnumerable<KeyedPipeline> Keyed()
    {
        var query = model.Query(entry => entry.Role == CatalogueRole.RetryPipeline);
        foreach (var tree in model.Compilation.SyntaxTrees)
            foreach (var use in query.In(tree, cancellation))
                if (model.SemanticsOf(tree).OperationOf(use.Name, cancellation) is IInvocationOperation call)
                    yield return new KeyedPipeline(call, KeyOf(call));
    }

    private static object? KeyOf(IInvocationOperation call) =>
        call.Arguments.Where(a => a.Value != call.Receiver()).Select(a => a.Value.Unwrap().ConstantValue).FirstOrDefault(constant => constant.HasValue).Value;

    private readonly record struct KeyedPipeline(IInvocationOperation Call, object? Key);

    private sealed record Parts(List<RetryLayer> Layers, List<SyntaxNode> Breakers);
}
