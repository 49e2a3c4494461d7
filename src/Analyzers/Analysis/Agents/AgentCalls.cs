using AgentLint.Analysis.Flow;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Agents;

/// <summary>Small questions about a call between functions that lead to models: whose call it is, and whom it asks.</summary>
internal static class AgentCalls
{
    /// <summary>Whether a call of a model passes on what the caller gave: its words, or the model itself.</summary>
    public static bool IsForwarded(IOperation? operation)
    {
        if (operation is not IInvocationOperation call)
            return false;
        var receiver = call.Receiver();
        if (receiver?.Unwrap() is IParameterReferenceOperation { Parameter: var model } && IsOwnParameter(model, operation))
            return true;
        var first = call.Arguments.Where(a => a.Value != receiver).OrderBy(a => a.Parameter?.Ordinal).FirstOrDefault();
        return first?.Value.Unwrap() is IParameterReferenceOperation { Parameter: var words } && IsOwnParameter(words, operation);
    }

    /// <summary>Whether a call stays within its agent: on the same object, or of a helper without an object.</summary>
    public static bool IsOwn(IOperation? operation, IMethodSymbol target, IMethodSymbol caller)
    {
        if (target.MethodKind is MethodKind.LocalFunction or MethodKind.AnonymousFunction || target.IsStatic)
            return true;
        return InstanceOf(operation) switch
        {
            null => AreOneType(caller, target),
            IInstanceReferenceOperation => true,
            _ => false,
        };
    }

    /// <summary>
    /// Whether the function calls one of its own type on an object that was there before: a decorator asks what it decorates, a node its
    /// children. How many there are is fixed before the first call.
    /// </summary>
    public static bool IsStructural(IOperation? operation, AgentNode caller, IMethodSymbol target) =>
        InstanceOf(operation) is { } instance
        && instance is not IInstanceReferenceOperation
        && AreOneType(caller.Symbol, target)
        && !IsMadeHere(instance);

    /// <summary>The name of the agent that a call asks: of the object's type where that is a class, else of the one that is run.</summary>
    public static string CalleeOf(IOperation? operation, IMethodSymbol target) => CalleeOf(InstanceOf(operation)?.Unwrap().Type, target);

    public static string CalleeOf(ITypeSymbol? asked, IMethodSymbol target) =>
        asked is INamedTypeSymbol { TypeKind: TypeKind.Class, IsAbstract: false } type && AreOneType(type, target)
            ? type.Name
            : OwnerOf(target);

    /// <summary>The type that a function belongs to, as messages name it.</summary>
    public static string OwnerOf(ISymbol symbol) => symbol.ContainingType is { Name: { Length: > 0 } name } ? name : Witness.NameOf(symbol);

    public static bool AreOneType(ISymbol one, ISymbol other) =>
        (one as INamedTypeSymbol ?? one.ContainingType) is { } first && other.ContainingType is { } second && (IsBaseOf(first, second) || IsBaseOf(second, first));

    private static bool IsBaseOf(INamedTypeSymbol type, INamedTypeSymbol derived)
    {
        for (var t = derived; t != null; t = t.BaseType)
            if (SymbolEqualityComparer.Default.Equals(t.OriginalDefinition, type.OriginalDefinition))
                return true;
        return false;
    }

    // A parameter of a primary constructor is state, not what the caller gave.
    private static bool IsOwnParameter(IParameterSymbol parameter, IOperation use) =>
        parameter.ContainingSymbol is not IMethodSymbol { MethodKind: MethodKind.Constructor } || IsIn(parameter.ContainingSymbol, use);

    private static bool IsIn(ISymbol constructor, IOperation use) =>
        SymbolEqualityComparer.Default.Equals(use.SemanticModel?.GetEnclosingSymbol(use.Syntax.SpanStart), constructor);

    private static IOperation? InstanceOf(IOperation? operation) => operation switch
    {
        IInvocationOperation call => call.Receiver()?.Unwrap(),
        IPropertyReferenceOperation property => property.Instance?.Unwrap(),
        IMethodReferenceOperation group => group.Instance?.Unwrap(),
        _ => null,
    };

    private static bool IsMadeHere(IOperation instance) =>
        instance is IObjectCreationOperation
        || (EndedTasks.RootOf(instance) is ILocalSymbol local && instance.SemanticModel is { } semantics
            && local.InitializerOf(semantics, CancellationToken.None)?.Unwrap() is IObjectCreationOperation or IInvocationOperation or IAwaitOperation);
}
