using AgentLint.Analysis.Sharing;
using AgentLint.Analysis.Values;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Checks.CircuitBreaking;

/// <summary>What is wrong with a breaker or limiter.</summary>
internal enum StateFault
{
    /// <summary>It is made again and again.</summary>
    Short,

    /// <summary>There is one for each key, and none is ever removed.</summary>
    Unbounded,

    /// <summary>The failures that its own pipeline makes do not count for it.</summary>
    Blind,
}

/// <summary>A breaker or limiter whose state never says what it is there to say.</summary>
/// <param name="Site">The name of what makes it, or keeps it under a key.</param>
/// <param name="IsBreaker">Whether it opens after failures; otherwise it limits.</param>
/// <param name="Fault">What is wrong.</param>
internal sealed record LostState(SyntaxNode Site, bool IsBreaker, StateFault Fault)
{
    /// <summary>Why it is made again and again.</summary>
    public ShortPolicy? Life { get; init; }

    /// <summary>The key that callers choose; the failure that is not counted.</summary>
    public string? What { get; init; }

    public IEnumerable<Location> Evidence => Life == null ? [] : Life.Site.SyntaxTree == Site.SyntaxTree
        && Life.Site.Span.Contains(Site.Span) ? [] : [Life.Site.GetLocation()];
}

/// <summary>Finds breakers and limiters whose state is lost, grows without bound, or does not see the failures of their own
/// pipeline.</summary>
internal sealed class LostStates(AgentModel model, SemanticModel semantics, int depth, CancellationToken cancellation)
{
    private readonly PolicyLives lives = new(model, cancellation);

    public IEnumerable<LostState> In()
    {
        var parts = model.Query(entry => entry.Role is CatalogueRole.CircuitBreaker or CatalogueRole.Bulkhead && !entry.IsOfBaseLibrary);
        foreach (var use in parts.In(semantics.SyntaxTree, cancellation))
            if (semantics.OperationOf(use.Name, cancellation) is IInvocationOperation part)
            {
                var isBreaker = use.Entry.Role == CatalogueRole.CircuitBreaker;
                if (lives.Of(part) is { } life)
                    yield return new LostState(use.Name, isBreaker, StateFault.Short) { Life = life };
                else if (isBreaker && MissedBy(part) is { } missed)
                    yield return new LostState(use.Name, true, StateFault.Blind) { What = missed };
            }

        foreach (var (made, _) in new Creations(model, entry => entry.Role == CatalogueRole.Limiter).In(semantics, cancellation))
            if (!StartsEmpty(made) && new MadePerCall(model, semantics, cancellation).At(made) is { Local: { } local } use
                && IsAskedOnce(local, made))
                yield return new LostState(NameOf(made), false,
                    StateFault.Short) { Life = new ShortPolicy(PolicyLife.Call, null, use.Entrance, made.Syntax) };

        foreach (var state in Keyed())
            yield return state;
    }

    // ---- limiters --------------------------------------------------------------------------------------------------------------

    // new SemaphoreSlim(0) is a signal.
    private static bool StartsEmpty(IObjectCreationOperation made) =>
        made.Arguments.Any(argument => argument.Value.ConstantValue is { HasValue: true, Value: 0 });

    // Asked in a loop or by a function, it limits what one call does at once, which is what such a one is for.
    private bool IsAskedOnce(ILocalSymbol local, IOperation made)
    {
        var isAsked = false;
        foreach (var operation in made.Top().Descendants())
        {
            if (operation is not ILocalReferenceOperation reference || !SymbolEqualityComparer.Default.Equals(reference.Local, local))
                continue;
            for (var around = reference.Parent; around != null && !around.Syntax.Span.Contains(made.Syntax.Span); around = around.Parent)
                if (around is ILoopOperation or IAnonymousFunctionOperation or ILocalFunctionOperation)
                    return false;
            isAsked |= reference.Parent is IInvocationOperation call && model.Find(call.TargetMethod, CatalogueRole.Bulkhead) != null;
        }

        return isAsked;
    }

    private static SyntaxNode NameOf(IObjectCreationOperation made) => made.Syntax is ObjectCreationExpressionSyntax { Type: var type }
        ? type : made.Syntax;

    // ---- one for each key --------------------------------------------------------------------------------------------------------

    private IEnumerable<LostState> Keyed()
    {
        var index = NameIndex.Of(semantics.SyntaxTree, cancellation);
        if (!index.Mentions("GetOrAdd"))
            yield break;
        foreach (var name in index.Uses("GetOrAdd", semantics.SyntaxTree.GetRoot(cancellation)))
            if (semantics.OperationOf(name, cancellation) is IInvocationOperation { Arguments: { Length: > 1 } arguments } call
                && call.Receiver()?.Unwrap() is IFieldReferenceOperation { Field: { Type: INamedTypeSymbol { TypeArguments: { Length: 2 } types } } field }
                && (field.IsStatic || Lifetimes.Of(model).OwnerOf(field, cancellation) != null)
                && types[0].TypeKind != TypeKind.Enum && types[0].SpecialType != SpecialType.System_Boolean
                && KindOf(types[1], arguments[1].Value) is { } isBreaker
                && KeyOf(arguments[0].Value) is { } chosen
                && Entrances.Of(model).At(call.Syntax, cancellation, field.IsStatic).Root != null
                && !Shrinks(field))
                yield return new LostState(name, isBreaker, StateFault.Unbounded) { What = chosen };
    }

    private bool? KindOf(ITypeSymbol value, IOperation make)
    {
        if (value is INamedTypeSymbol { Name: "Lazy", TypeArguments: { Length: 1 } inner })
            value = inner[0];
        if (lives.IsPolicy(value))
            return EffectSummaries.Of(model).Of(make.Unwrap() is IAnonymousFunctionOperation lambda ? lambda.Body
                : make, depth, cancellation).Effects.Select(effect => effect.Entry.Role).FirstOrDefault(role =>
                role is CatalogueRole.CircuitBreaker or CatalogueRole.Bulkhead) switch
            {
                CatalogueRole.CircuitBreaker => true,
                CatalogueRole.Bulkhead => false,
                _ => null,
            };
        return value is INamedTypeSymbol named
            && named.InstanceConstructors.Any(constructor => model.Find(constructor, CatalogueRole.Limiter) != null) ? false : null;
    }

    // The parameter that the key is made of: a caller chooses it.
    private string? KeyOf(IOperation key)
    {
        foreach (var source in new ValueSources(model, cancellation).Of(key))
            foreach (var part in source.DescendantsAndSelf())
                if (part is IParameterReferenceOperation { Parameter: { ContainingSymbol: IMethodSymbol { MethodKind: not MethodKind.Constructor }, Type: { TypeKind: not TypeKind.Enum, Name: not "Type" } } parameter })
                    return parameter.Name;
        return null;
    }

    private bool Shrinks(IFieldSymbol field) =>
        CallerIndex.Of(model, cancellation).UsesOf(field.OriginalDefinition, cancellation).Any(use =>
            use.Parent is IInvocationOperation { TargetMethod.Name: "TryRemove" or "Remove" or "Clear" or "RemoveAll" }
            || (use.Parent is IAssignmentOperation assignment && assignment.Target == use)
            || use.Parent is IArgumentOperation);

    // ---- breakers that do not see ------------------------------------------------------------------------------------------------

    // What the timeout throws goes through the breaker uncounted.
    private string? MissedBy(IInvocationOperation breaker)
    {
        if ((HandledBy(breaker) ?? NamedBefore(breaker)) is not { } handled)
            return null;
        foreach (var timeout in TimeoutsInside(breaker))
            if (model.Compilation.GetTypesByMetadataName(TimeoutFailure(timeout)).FirstOrDefault() is { } thrown
                && !handled.Any(type => ExceptionTypes.IsOrDerives(thrown, type)))
                return thrown.Name;
        return null;
    }

    // Policy.Handle<HttpRequestException>().Or<OtherException>().CircuitBreakerAsync(…)
    private List<ITypeSymbol>? NamedBefore(IInvocationOperation breaker)
    {
        List<ITypeSymbol>? named = null;
        for (var part = breaker.Receiver()?.Unwrap(); part is IInvocationOperation predicate; part = predicate.Receiver()?.Unwrap())
            if (model.Find(predicate.TargetMethod, CatalogueRole.FailurePredicate) == null)
                return null;
            else
                (named ??= []).AddRange(predicate.TargetMethod.TypeArguments);
        return named;
    }

    // AddCircuitBreaker(…).AddTimeout(…), or AddPolicyHandler(breaker).AddPolicyHandler(timeout)
    private IEnumerable<IInvocationOperation> TimeoutsInside(IInvocationOperation breaker)
    {
        foreach (var inner in ChainedTo(breaker))
            if (model.Find(inner.TargetMethod, CatalogueRole.Timeout) != null)
                yield return inner;
        foreach (var handler in HandlersOf(breaker))
            foreach (var inner in ChainedTo(handler))
                foreach (var argument in inner.Arguments.Skip(1))
                    foreach (var source in new ValueSources(model, cancellation).Of(argument.Value))
                        if (source is IInvocationOperation timeout && model.Find(timeout.TargetMethod, CatalogueRole.Timeout) != null)
                            yield return timeout;
    }

    private static IEnumerable<IInvocationOperation> ChainedTo(IInvocationOperation part)
    {
        IOperation current = part;
        while (true)
        {
            var parent = current.Parent;
            while (parent is IConversionOperation or IArgumentOperation or IParenthesizedOperation)
                parent = parent.Parent;
            if (parent is not IInvocationOperation next || next.Receiver()?.Unwrap() != current)
                yield break;
            yield return next;
            current = next;
        }
    }

    // The calls that give the breaker to an HTTP client: itself, or by the method that makes it.
    private IEnumerable<IInvocationOperation> HandlersOf(IInvocationOperation breaker)
    {
        IEnumerable<IOperation> values = [breaker];
        var parent = breaker.Parent;
        while (parent is IConversionOperation or IParenthesizedOperation)
            parent = parent.Parent;
        if (parent is IReturnOperation && semantics.GetEnclosingSymbol(breaker.Syntax.SpanStart, cancellation) is IMethodSymbol maker)
            values = CallerIndex.Of(model, cancellation).UsesOf(maker.OriginalDefinition, cancellation);
        foreach (var value in values)
            if (value.ArgumentAround() is { Parent: IInvocationOperation add }
                && model.Find(add.TargetMethod, CatalogueRole.Retry)?.Has("handler") == true)
                yield return add;
    }

    private string TimeoutFailure(IInvocationOperation timeout) => model.Find(timeout.TargetMethod, CatalogueRole.Timeout)?["throws"] ?? "";

    // The types that a predicate names; null where it decides otherwise, or takes the default.
    private List<ITypeSymbol>? HandledBy(IInvocationOperation breaker)
    {
        var predicate = model.Find(breaker.TargetMethod, CatalogueRole.CircuitBreaker)?["handles-in"];
        foreach (var argument in breaker.Arguments)
            if (argument.Value.Unwrap() is IObjectCreationOperation { Initializer: { } initializer })
                foreach (var setter in initializer.Initializers.OfType<ISimpleAssignmentOperation>())
                    if (setter.Target is IPropertyReferenceOperation { Property.Name: var name } && name == predicate)
                    {
                        var calls = setter.Value.DescendantsAndSelf().OfType<IInvocationOperation>().ToList();
                        return calls.Count > 0 && calls.All(call => model.Find(call.TargetMethod, CatalogueRole.FailurePredicate) != null)
                            ? [.. calls.SelectMany(call => call.TargetMethod.TypeArguments)]
                            : null;
                    }

        return null;
    }
}
