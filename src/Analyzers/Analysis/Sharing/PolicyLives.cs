using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Sharing;

/// <summary>Why a policy or pipeline, and the state in it, is made again and again.</summary>
internal enum PolicyLife
{
    /// <summary>A function makes it, uses it and forgets it.</summary>
    Call,

    /// <summary>An object keeps it that is made for each request, or each time it is asked for.</summary>
    Object,

    /// <summary>A client asks for one for each request that it sends.</summary>
    Request,
}

/// <summary>A policy or pipeline that does not live as long as the program.</summary>
/// <param name="Life">Why not.</param>
/// <param name="Holder">The type of the object that keeps it; null where none does.</param>
/// <param name="Entrance">From where the function is reached that makes it; null where an object keeps it.</param>
/// <param name="Site">Where it is used, or kept.</param>
internal sealed record ShortPolicy(PolicyLife Life, INamedTypeSymbol? Holder, Entrance? Entrance, SyntaxNode Site);

/// <summary>
/// How long policies and pipelines live: followed from where they are built through builders, wraps, locals and the methods that give
/// them back. What a
/// singleton, a static member or the container keeps lives long enough, and so does what cannot be followed.
/// </summary>
internal sealed class PolicyLives(AgentModel model, CancellationToken cancellation)
{
    // How many locals, wraps and methods one policy goes through.
    private const int MaxDepth = 6;

    /// <summary>How a part of a policy lives, told from the call that adds or makes it; null where it lives as long as the program, or
    /// longer than is known.</summary>
    public ShortPolicy? Of(IInvocationOperation part)
    {
        // builder.AddCircuitBreaker(…); … builder.Build()
        var whole = Whole(part);
        if (IsPolicy(whole.Type))
            return Of(whole, 0);
        return BuilderOf(whole) is { } builder && BuiltBy(builder, whole) is { } built ? Of(Whole(built), 0) : null;
    }

    /// <summary>Whether objects of a type run delegates with resilience.</summary>
    public bool IsPolicy(ITypeSymbol? type)
    {
        for (var t = type as INamedTypeSymbol; t is { SpecialType: SpecialType.None }; t = t.BaseType)
            if (t.GetMembers().Concat(t.AllInterfaces.SelectMany(i => i.GetMembers())).OfType<IMethodSymbol>().Any(method =>
                method.Name.StartsWith("Execute", StringComparison.Ordinal)
                && model.Find(method, CatalogueRole.ResilientExecute) != null))
                return true;
        return false;
    }

    private ShortPolicy? Of(IOperation policy, int depth)
    {
        cancellation.ThrowIfCancellationRequested();
        if (depth > MaxDepth)
            return null;
        var parent = policy.Parent;
        while (parent is IConversionOperation or IParenthesizedOperation)
            (policy, parent) = (parent, parent.Parent);
        switch (parent)
        {
            case IInvocationOperation call when call.Receiver()?.Unwrap() == policy.Unwrap()
                && model.Find(call.TargetMethod, CatalogueRole.ResilientExecute) != null:
                return OfUse(call);
            case IVariableInitializerOperation { Parent: IVariableDeclaratorOperation { Symbol: var local } declarator }:
                return OfLocal(local, declarator, depth);
            case IReturnOperation returned:
                return OfReturn(returned, depth);
            case IFieldInitializerOperation { InitializedFields: { IsEmpty: false } fields }:
                return OfMember(fields[0], policy);
            case IPropertyInitializerOperation { InitializedProperties: { IsEmpty: false } properties }:
                return OfMember(properties[0], policy);
            case ISimpleAssignmentOperation { Target: IMemberReferenceOperation { Instance: IInstanceReferenceOperation,
                Member: var member } } assignment when assignment.Value == policy:
                return OfMember(member, policy);
            default:
                return null;
        }
    }

    private ShortPolicy? OfUse(IInvocationOperation call)
    {
        if (call.SemanticModel is not { } semantics || new MadePerCall(model, semantics, cancellation).IsOfStart(call.Syntax))
            return null;
        var entrance = Entrances.Of(model).At(call.Syntax, cancellation);
        return entrance.Root == null && !entrance.IsOpen ? null : new ShortPolicy(PolicyLife.Call, null, entrance, call.Syntax);
    }

    // Every use of the local is one that forgets it; where a loop uses it again, its state lasts for the loop.
    private ShortPolicy? OfLocal(ILocalSymbol local, IOperation declarator, int depth)
    {
        ShortPolicy? life = null;
        foreach (var operation in declarator.Top().Descendants())
        {
            if (operation is not ILocalReferenceOperation reference || !SymbolEqualityComparer.Default.Equals(reference.Local, local)
                || reference.Parent is IPropertyReferenceOperation)
                continue;
            if (IsRepeated(reference, declarator) || Of(Whole(reference), depth + 1) is not { } use)
                return null;
            life ??= use;
        }

        return life;
    }

    private bool IsRepeated(IOperation reference, IOperation declarator)
    {
        for (var around = reference.Parent; around != null && !around.Syntax.Span.Contains(declarator.Syntax.Span); around = around.Parent)
            if (around is ILoopOperation || (around is IAnonymousFunctionOperation lambda
                && (lambda.ArgumentAround() is not { Parent: IInvocationOperation taker }
                    || model.Find(taker.TargetMethod, CatalogueRole.RunsDelegate) is not { } entry || entry.Has("concurrent")
                    || taker.TargetMethod is { IsExtensionMethod: true, ContainingType.Name: "Enumerable" })))
                return true;
        return false;
    }

    private ShortPolicy? OfReturn(IReturnOperation returned, int depth)
    {
        if (returned.SemanticModel?.GetEnclosingSymbol(returned.Syntax.SpanStart, cancellation) is not IMethodSymbol function)
            return null;
        if (function.MethodKind == MethodKind.AnonymousFunction)
            return OfLambda(function, returned);
        if (function.MethodKind is not (MethodKind.Ordinary or MethodKind.LocalFunction or MethodKind.PropertyGet))
            return null;
        ShortPolicy? life = null;
        foreach (var use in CallerIndex.Of(model, cancellation).UsesOf((function.AssociatedSymbol ?? function).OriginalDefinition,
            cancellation))
        {
            if (Of(Whole(use), depth + 1) is not { } caller)
                return null;
            life ??= caller;
        }

        return life;
    }

    // A client that is given a function of the request asks it for each request; a container asks a factory as often as the lifetime says.
    private ShortPolicy? OfLambda(IMethodSymbol lambda, IReturnOperation returned)
    {
        var site = lambda.DeclaringSyntaxReferences[0].GetSyntax(cancellation);
        foreach (var service in Lifetimes.Of(model).RegistrationsOfProgram(cancellation))
            if (SymbolEqualityComparer.Default.Equals(service.Factory, lambda))
                return service.Lifetime == ServiceLifetime.Singleton ? null
                    : new ShortPolicy(PolicyLife.Object, service.Service ?? service.Implementation, null, site);
        return returned.SemanticModel?.GetOperation(site, cancellation)?.ArgumentAround() is { Parent: IInvocationOperation add }
            && model.Find(add.TargetMethod, CatalogueRole.Retry)?.Has("handler") == true
            && lambda.Parameters.Length < 3 && lambda.Parameters.Any(parameter => parameter.Type.Name == "HttpRequestMessage")
                ? new ShortPolicy(PolicyLife.Request, null, null, site)
                : null;
    }

    private ShortPolicy? OfMember(ISymbol member, IOperation value) =>
        !member.IsStatic && member.ContainingType is { } type && Lifetimes.Of(model).AreMadeAnew(type, cancellation)
            ? new ShortPolicy(PolicyLife.Object, type, null, value.Syntax)
            : null;

    // ---- parts and wholes ------------------------------------------------------------------------------------------------------

    /// <summary>What is made of a part: <c>….AddRetry(…).Build()</c>, <c>retry.WrapAsync(breaker)</c>, <c>Policy.WrapAsync(retry,
    /// breaker)</c>.</summary>
    private IOperation Whole(IOperation part)
    {
        var library = part.Type is { } type ? LibraryOf(type) : null;
        while (true)
        {
            var (value, parent) = (part, part.Parent);
            while (parent is IConversionOperation or IParenthesizedOperation or IArrayInitializerOperation or IArrayCreationOperation
                or ICollectionExpressionOperation)
                (value, parent) = (parent, parent.Parent);
            if (parent is IArgumentOperation)
                parent = parent.Parent;
            if (parent is not IInvocationOperation { Type: { } made } call
                || model.Find(call.TargetMethod, CatalogueRole.ResilientExecute) != null || library == null || LibraryOf(made) != library)
                return part;
            part = call;
        }
    }

    private static string? LibraryOf(ITypeSymbol type)
    {
        var space = type.ContainingNamespace;
        while (space is { ContainingNamespace.IsGlobalNamespace: false })
            space = space.ContainingNamespace;
        return space?.Name;
    }

    private static ILocalSymbol? BuilderOf(IOperation chain)
    {
        var receiver = chain;
        while (receiver is IInvocationOperation call)
            receiver = call.Receiver()?.Unwrap();
        return (receiver as ILocalReferenceOperation)?.Local;
    }

    private IOperation? BuiltBy(ILocalSymbol builder, IOperation place)
    {
        foreach (var operation in place.Top().Descendants())
            if (operation is ILocalReferenceOperation reference && SymbolEqualityComparer.Default.Equals(reference.Local, builder)
                && Whole(reference) is { } whole && IsPolicy(whole.Type))
                return whole;
        return null;
    }
}
