using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Concurrency;

/// <summary>Where an object comes from, seen from the method that uses it.</summary>
internal enum OriginKind
{
    /// <summary>Made by the method, or for it.</summary>
    Own,

    /// <summary>An argument, or the object that the method is called on.</summary>
    Given,

    /// <summary>A static member, or a variable of the code around a nested function.</summary>
    State,
}

/// <param name="Kind">Where from.</param>
/// <param name="Ordinal">Which argument, where it is given; <see cref="Accesses.Self"/> for the object that the method is called on.</param>
internal readonly record struct Origin(OriginKind Kind, int Ordinal = 0);

/// <summary>Traces the objects that one method uses to where they come from.</summary>
internal sealed class Origins(IMethodSymbol method, IOperation code, CancellationToken cancellation)
{
    private const int MaxAliases = 8;

    /// <summary>Where the object comes from that a path leads to.</summary>
    public Origin Of(AccessPath path) => Of(path, 0);

    /// <summary>Whether setting a path sets a variable of the method's own, and changes no object.</summary>
    public bool IsVariable(AccessPath path) => path.Member == null && path.Root is ILocalSymbol or IParameterSymbol && IsDeclaredHere(path.Root);

    private Origin Of(AccessPath path, int aliases)
    {
        switch (path.Root)
        {
            case ILocalSymbol local when IsDeclaredHere(local):
                return aliases < MaxAliases && code.SemanticModel is { } semantics && Aliases.SourceOf(local, semantics, cancellation) is { } source
                    ? Of(source, aliases + 1)
                    : new Origin(OriginKind.Own);
            case IParameterSymbol parameter when SymbolEqualityComparer.Default.Equals(parameter.ContainingSymbol.OriginalDefinition, method):
                return IsReplacedFirst(parameter) ? new Origin(OriginKind.Own) : new Origin(OriginKind.Given, parameter.Ordinal);
            case IParameterSymbol parameter when IsDeclaredHere(parameter):
                return new Origin(OriginKind.Own);
            // A parameter of the primary constructor is a field by another name.
            case IParameterSymbol { ContainingSymbol: IMethodSymbol { MethodKind: MethodKind.Constructor } }:
                return OfSelf();
            case { IsStatic: true } or IParameterSymbol or ILocalSymbol:
                return new Origin(OriginKind.State);
            default:
                return OfSelf();
        }
    }

    // options = options?.Clone() ?? new(): from the first statement that mentions it on, it is the method's own. options ??= new() keeps what was given.
    private bool IsReplacedFirst(IParameterSymbol parameter)
    {
        var body = (code as IMethodBodyOperation)?.BlockBody ?? (code as ILocalFunctionOperation)?.Body ?? code as IBlockOperation;
        var first = body?.Operations.FirstOrDefault(statement => statement.DescendantsAndSelf().Any(part => IsOf(part, parameter)));
        return first is IExpressionStatementOperation { Operation: ISimpleAssignmentOperation assignment } && IsOf(assignment.Target, parameter) && IsNew(assignment.Value, parameter);
    }

    private static bool IsNew(IOperation value, IParameterSymbol parameter) => value.Unwrap() switch
    {
        IObjectCreationOperation or IWithOperation => true,
        ICoalesceOperation choice => IsNew(choice.Value, parameter) && IsNew(choice.WhenNull, parameter),
        IConditionalOperation { WhenFalse: { } other } choice => IsNew(choice.WhenTrue, parameter) && IsNew(other, parameter),
        // options?.Clone(): what an object makes of itself is another one.
        IInvocationOperation { TargetMethod.IsStatic: false } call => call.Receiver() is { } of && IsOf(of.Unwrap(), parameter),
        _ => false,
    };

    private static bool IsOf(IOperation operation, IParameterSymbol parameter) =>
        operation is IParameterReferenceOperation reference && SymbolEqualityComparer.Default.Equals(reference.Parameter, parameter);

    // A constructor's object is nobody else's yet.
    private Origin OfSelf() => method.MethodKind == MethodKind.Constructor ? new Origin(OriginKind.Own) : new Origin(OriginKind.Given, Accesses.Self);

    private bool IsDeclaredHere(ISymbol variable) =>
        variable.DeclaringSyntaxReferences.FirstOrDefault() is { } declaration
        && declaration.SyntaxTree == code.Syntax.SyntaxTree
        && code.Syntax.Span.Contains(declaration.Span);
}
