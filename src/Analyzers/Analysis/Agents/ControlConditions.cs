using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Agents;

/// <summary>What decides whether a place in a function is reached.</summary>
internal static class ControlConditions
{
    /// <summary>The conditions around an operation, and those on which the code before it leaves.</summary>
    public static IEnumerable<IOperation> Of(IOperation operation)
    {
        for (var child = operation; child.Parent is { } parent; child = parent)
        {
            foreach (var condition in Around(child, parent))
                yield return condition;
            var statements = parent switch
            {
                IBlockOperation block => block.Operations,
                ISwitchCaseOperation section => section.Body,
                _ => [],
            };
            foreach (var statement in statements.TakeWhile(statement => statement != child))
                foreach (var condition in OnWhichLeaves(statement))
                    yield return condition;
        }
    }

    // The conditions of one step upwards.
    private static IEnumerable<IOperation> Around(IOperation child, IOperation parent)
    {
        switch (parent)
        {
            case IConditionalOperation conditional when child != conditional.Condition:
                yield return conditional.Condition;
                break;
            case IWhileLoopOperation { Condition: { } condition } when child != condition:
                yield return condition;
                break;
            case IForLoopOperation { Condition: { } condition } when child != condition:
                yield return condition;
                break;
            case IBinaryOperation { OperatorKind: BinaryOperatorKind.ConditionalAnd or BinaryOperatorKind.ConditionalOr } binary when child == binary.RightOperand:
                yield return binary.LeftOperand;
                break;
            case ISwitchCaseOperation { Parent: ISwitchOperation choice }:
                yield return choice.Value;
                break;
            case ISwitchExpressionArmOperation { Parent: ISwitchExpressionOperation choice } arm:
                yield return choice.Value;
                if (arm.Guard is { } guard && child != guard)
                    yield return guard;
                break;
        }
    }

    private static IEnumerable<IOperation> OnWhichLeaves(IOperation statement)
    {
        foreach (var operation in statement.DescendantsAndSelf())
            switch (operation)
            {
                // ArgumentOutOfRangeException.ThrowIfGreaterThan(depth, limit)
                case IInvocationOperation { TargetMethod: { IsStatic: true, ReturnsVoid: true, ContainingType: { } type } } call when ExceptionTypes.IsException(type):
                    yield return call;
                    break;
                case IReturnOperation or IThrowOperation or IBranchOperation:
                    for (var child = operation; child != statement && child.Parent is { } parent && parent is not (IAnonymousFunctionOperation or ILocalFunctionOperation); child = parent)
                        foreach (var condition in Around(child, parent))
                            yield return condition;
                    break;
            }
    }
}
