using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Fixes.SharedState;

/// <summary>Counts in one step what is counted in two: <c>count++</c> and <c>total += n</c> of a variable that can be passed by reference.</summary>
internal static class AtomicCount
{
    /// <summary>What counts in one step; null where that cannot be, or where the value before is used.</summary>
    /// <param name="operation">The change.</param>
    /// <param name="interlocked">How the type that counts is named there.</param>
    public static string? Of(IOperation operation, string interlocked) => operation switch
    {
        IIncrementOrDecrementOperation step when IsCounter(step.Target) && (!step.IsPostfix || BranchCode.Whole(step.Syntax) != null) =>
            $"{interlocked}.{(step.Kind == OperationKind.Increment ? "Increment" : "Decrement")}(ref {step.Target.Syntax})",
        ICompoundAssignmentOperation { OperatorKind: BinaryOperatorKind.Add } sum when IsCounter(sum.Target) && !Awaits(sum.Value.Syntax) => $"{interlocked}.Add(ref {sum.Target.Syntax}, {sum.Value.Syntax})",
        ICompoundAssignmentOperation { OperatorKind: BinaryOperatorKind.Subtract } sum when IsCounter(sum.Target) && !Awaits(sum.Value.Syntax) => $"{interlocked}.Add(ref {sum.Target.Syntax}, -({sum.Value.Syntax}))",
        _ => null,
    };

    /// <summary>Whether code waits itself; functions within it are others' business.</summary>
    public static bool Awaits(SyntaxNode code) =>
        code.DescendantNodesAndSelf(node => node is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax)).Any(node => node is AwaitExpressionSyntax);

    private static bool IsCounter(IOperation target) =>
        target.Type is { SpecialType: SpecialType.System_Int32 or SpecialType.System_Int64 or SpecialType.System_UInt32 or SpecialType.System_UInt64 }
        && target is ILocalReferenceOperation or IParameterReferenceOperation or IFieldReferenceOperation { Field.IsReadOnly: false };
}
