using AgentLint.Analysis.Concurrency;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Sharing;

/// <summary>What ends an object while code still uses it.</summary>
internal enum ScopeKind
{
    /// <summary>A <c>using</c> of the code around.</summary>
    Using,

    /// <summary>The scope of the container that made it.</summary>
    Services,

    /// <summary>The answer to the request that it belongs to.</summary>
    Request,

    /// <summary>Nothing: but the code around uses it at the same time, and it serves one call at a time.</summary>
    Shared,
}

/// <summary>Something that is used after it may have ended.</summary>
/// <param name="Kind">What ends it.</param>
/// <param name="Variable">The variable that holds it, as the code names it.</param>
/// <param name="Use">Where it is used.</param>
internal sealed record ScopedUse(ScopeKind Kind, string Variable, SyntaxNode Use);

/// <summary>
/// Finds what left work goes on to use although it ends with the code that left it: what a <c>using</c> disposes, services of a scope,
/// what belongs to a
/// request. Followed through the methods of the same object and through local functions, not into others.
/// </summary>
internal sealed class ScopedUses(AgentModel model, CancellationToken cancellation)
{
    // How many methods of one object call each other.
    private const int MaxDepth = 4;

    /// <summary>The first of them that a call, and the functions that it is given to run, use; null where there is none.</summary>
    public ScopedUse? In(IInvocationOperation start)
    {
        var seen = new HashSet<IMethodSymbol>(SymbolEqualityComparer.Default);
        return Within(start, start.Syntax, isLater: false, seen, 0) ?? SharedWith(start);
    }

    // What stands outside of a function that runs later is evaluated at once.
    private ScopedUse? Within(IOperation code, SyntaxNode region, bool isLater, HashSet<IMethodSymbol> seen, int depth)
    {
        foreach (var operation in code.DescendantsAndSelf())
        {
            cancellation.ThrowIfCancellationRequested();
            var isUsedLater = isLater || IsInFunction(operation, code);
            if (IsGone(operation, region, isUsedLater) is { } kind)
                return new ScopedUse(kind.Kind, kind.Name, operation.Syntax);
            if (operation is IInvocationOperation call && depth < MaxDepth && IsOfSameObject(call)
                && seen.Add(call.TargetMethod.OriginalDefinition))
                foreach (var body in MethodBodies.Of(call.TargetMethod, model, cancellation))
                    if (Within(body, body.Syntax, isLater: true, seen, depth + 1) is { } found)
                        return found;
        }

        return null;
    }

    private static bool IsInFunction(IOperation operation, IOperation code)
    {
        for (var around = operation; around != null && around != code; around = around.Parent)
            if (around is IAnonymousFunctionOperation or ILocalFunctionOperation)
                return true;
        return false;
    }

    private bool IsOfSameObject(IInvocationOperation call) =>
        MethodBodies.HasSource(call.TargetMethod, model)
        && (call.Instance is IInstanceReferenceOperation || call.TargetMethod.MethodKind == MethodKind.LocalFunction);

    private (ScopeKind Kind, string Name)? IsGone(IOperation operation, SyntaxNode region, bool isLater)
    {
        switch (operation)
        {
            case ILocalReferenceOperation { Local: var local } use when IsOutside(local, region) && (isLater || IsHandedOver(use)):
                if (OfUsing(local, use.SemanticModel) is { } scope)
                    return (ScopeKind.Using, scope.Name);
                return OfType(local.Type) is { } end && IsAskedFor(local, use.SemanticModel, region) ? (end, local.Name) : null;
            case IParameterReferenceOperation { Parameter: var parameter } use when IsOutside(parameter, region)
                && (isLater || IsHandedOver(use)):
                return OfType(parameter.Type) is { } given
                    && !(parameter.ContainingSymbol is IMethodSymbol { MethodKind: MethodKind.Constructor }
                    && IsShared(parameter.ContainingType)) ? (given, parameter.Name) : null;
            case IMemberReferenceOperation { Instance: IInstanceReferenceOperation, Member: IFieldSymbol
                or IPropertySymbol } use when (isLater || IsHandedOver(use)) && !IsShared(use.Member.ContainingType):
                return OfType(use.Type) is { } kept && !IsMadeHere(use) ? (kept, use.Member.Name) : null;
            // The provider that the container gave to an object of a request is that of the request.
            case IInvocationOperation lookup when isLater && model.Find(lookup.TargetMethod, CatalogueRole.ServiceLookup) != null
                && lookup.Receiver()?.Unwrap() is { } provider && OwnerOf(provider) is { } owner && IsOfRequest(owner):
                return (ScopeKind.Services, NameOf(provider)!.Name);
            default:
                return null;
        }
    }

    private static INamedTypeSymbol? OwnerOf(IOperation provider) => provider switch
    {
        IMemberReferenceOperation { Instance: IInstanceReferenceOperation, Member: var member } => member.ContainingType,
        IParameterReferenceOperation { Parameter: { ContainingSymbol: IMethodSymbol { MethodKind: MethodKind.Constructor } constructor } } => constructor.ContainingType,
        _ => null,
    };

    private bool IsOfRequest(INamedTypeSymbol type) =>
        Lifetimes.Of(model).RegistrationsOf(type, cancellation) is { IsEmpty: false } registered
            ? registered.All(service => service.Lifetime == ServiceLifetime.Scoped) : Lifetimes.Of(model).HasOwnObjectPerCall(type);

    // Handed to the call, or what it is made on: what is read of it is read at once.
    private static bool IsHandedOver(IOperation use)
    {
        var parent = use.Parent;
        while (parent is IConversionOperation or IParenthesizedOperation)
            parent = parent.Parent;
        return parent is IArgumentOperation
            || (parent is IInvocationOperation call && call.Instance?.Unwrap() == use && call.Type.IsTask());
    }

    private static bool IsOutside(ISymbol variable, SyntaxNode region) =>
        variable.DeclaringSyntaxReferences.FirstOrDefault() is { } declaration
            && !(declaration.SyntaxTree == region.SyntaxTree && region.Span.Contains(declaration.Span));

    // A local that a using disposes, or a service of a scope that one disposes. What only tells of an end, or measures, may outlive its
    // owner.
    private ILocalSymbol? OfUsing(ILocalSymbol local, SemanticModel? semantics)
    {
        if (IsDisposed(local))
            return local.Type.Name is "CancellationTokenSource" or "CancellationTokenRegistration" or "Activity" ? null : local;
        return semantics != null && local.InitializerOf(semantics, cancellation)?.UnwrapAwaitable() is IInvocationOperation lookup
            && model.Find(lookup.TargetMethod, CatalogueRole.ServiceLookup) != null
            && lookup.Receiver()?.Unwrap() is { } provider && RootOf(provider) is { } scope && IsDisposed(scope)
                ? local
                : null;
    }

    private static ILocalSymbol? RootOf(IOperation provider)
    {
        while (provider is IMemberReferenceOperation { Instance: { } instance })
            provider = instance.Unwrap();
        return (provider as ILocalReferenceOperation)?.Local;
    }

    private bool IsDisposed(ILocalSymbol local) =>
        local.IsUsing || local.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation)?.Parent is VariableDeclarationSyntax { Parent: UsingStatementSyntax };

    private ScopeKind? OfType(ITypeSymbol? type)
    {
        if (type is not INamedTypeSymbol named)
            return null;
        if (model.Is(named, CatalogueRole.RequestObject))
            return ScopeKind.Request;
        if (IsContext(named))
            return ScopeKind.Services;
        return CaptiveServices.Of(model).ScopedBehind(named, cancellation) is { } scoped
            && HoldsWhatEnds(scoped.Implementation, 0) ? ScopeKind.Services : null;
    }

    private bool IsContext(INamedTypeSymbol type) => new ScopedContexts(model, cancellation).Is(type);

    // A service that holds nothing which is disposed may go on after its scope.
    private bool HoldsWhatEnds(INamedTypeSymbol? type, int depth)
    {
        if (type == null)
            return false;
        if (IsContext(type) || type.AllInterfaces.Any(i => i.Name is "IDisposable" or "IAsyncDisposable"))
            return true;
        if (depth >= MaxDepth || !model.Declares(type))
            return false;
        foreach (var constructor in type.InstanceConstructors)
            foreach (var parameter in constructor.Parameters)
                if (parameter.Type is INamedTypeSymbol held
                    && (IsContext(held) || (CaptiveServices.Of(model).ScopedBehind(held, cancellation) is { } scoped
                    && HoldsWhatEnds(scoped.Implementation, depth + 1))))
                    return true;
        return false;
    }

    private bool IsShared(INamedTypeSymbol? owner) => owner != null && Lifetimes.Of(model).OwnerOf(owner, cancellation) != null;

    // A member that the object has made for itself ends with the object, if at all.
    private bool IsMadeHere(IMemberReferenceOperation use) =>
        use.Member is IFieldSymbol && new ValueSources(model, cancellation).Of(use, out var isComplete) is { Count: > 0 } sources
            && isComplete && sources.All(source => source is IObjectCreationOperation);

    // A local counts as a service where it was asked for: what the code has made is not known to end.
    private bool IsAskedFor(ILocalSymbol local, SemanticModel? semantics, SyntaxNode region) =>
        semantics != null && local.InitializerOf(semantics, cancellation)?.UnwrapAwaitable() switch
        {
            IInvocationOperation call => model.Find(call.TargetMethod, CatalogueRole.ServiceLookup) != null,
            IPropertyReferenceOperation or IParameterReferenceOperation or IFieldReferenceOperation => true,
            _ => false,
        };

    // _ = db.SaveChangesAsync(); … await db.SaveChangesAsync();
    private ScopedUse? SharedWith(IInvocationOperation start)
    {
        if (start.Receiver()?.Unwrap() is not { Type: INamedTypeSymbol type } receiver || !model.Is(type, CatalogueRole.OneAtATime)
            || NameOf(receiver) is not { } variable)
            return null;
        foreach (var operation in start.Top().Descendants())
            if (operation is IInvocationOperation other && other.Syntax.SpanStart > start.Syntax.Span.End
                && other.Receiver()?.Unwrap() is { } also
                && SymbolEqualityComparer.Default.Equals(NameOf(also), variable)
                    && model.EntriesOf(other.TargetMethod).Any(entry => entry.IsRemoteCall()))
                return new ScopedUse(ScopeKind.Shared, variable.Name, other.Syntax);
        return null;
    }

    private static ISymbol? NameOf(IOperation receiver) => receiver switch
    {
        ILocalReferenceOperation local => local.Local,
        IParameterReferenceOperation parameter => parameter.Parameter,
        IMemberReferenceOperation { Instance: null or IInstanceReferenceOperation } member => member.Member,
        _ => null,
    };
}
