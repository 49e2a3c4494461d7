using AgentLint.Analysis.Flow;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Values;

/// <summary>What becomes of the result of one call.</summary>
internal enum ResultFate
{
    /// <summary>The code looks at it, keeps it or hands it on.</summary>
    Used,

    /// <summary>The code does not look at it.</summary>
    Dropped,

    /// <summary>It is written into a log, or decides only what is written there.</summary>
    OnlyLogged,

    /// <summary>The function gives it back.</summary>
    Returned,
}

/// <summary>Tells what becomes of the result of a call, in the function that makes the call. A task that is not awaited counts as used.</summary>
internal sealed class ResultFates(AgentModel model, SemanticModel semantics, CancellationToken cancellation)
{
    private readonly Handlers handlers = new(model, semantics, cancellation);

    public ResultFate Of(IInvocationOperation call)
    {
        // The result of a task is what the await gives.
        var isValue = !call.TargetMethod.ReturnType.IsTask();
        for (IOperation child = call, parent = call.Parent!; parent != null; (child, parent) = (parent, parent.Parent!))
            switch (parent)
            {
                case IAwaitOperation:
                    isValue = true;
                    continue;
                // A wait that blocks gives it as well.
                case IInvocationOperation { TargetMethod.Name: "GetResult" } waited when waited.Instance == child:
                case IPropertyReferenceOperation { Property: { Name: "Result", ContainingType: var task } } when task.IsTask():
                    isValue = true;
                    continue;
                case IInvocationOperation { TargetMethod.Name: "GetAwaiter" } asked when asked.Instance == child:
                case IConversionOperation or IParenthesizedOperation:
                case IInvocationOperation { TargetMethod.Name: "ConfigureAwait" or "WaitAsync" } awaited when awaited.Instance == child:
                    continue;
                case IExpressionStatementOperation:
                case ISimpleAssignmentOperation { Target: IDiscardOperation }:
                    return isValue ? ResultFate.Dropped : ResultFate.Used;
                case IReturnOperation:
                    return ResultFate.Returned;
                case IVariableInitializerOperation { Parent: IVariableDeclaratorOperation { Symbol: var local } } when isValue:
                    return OfLocal(local, parent);
                default:
                    return isValue && IsLogged(child) ? ResultFate.OnlyLogged : ResultFate.Used;
            }

        return ResultFate.Used;
    }

    private ResultFate OfLocal(ILocalSymbol local, IOperation place)
    {
        var fate = ResultFate.Dropped;
        foreach (var part in place.Top().Descendants())
            if (part is ILocalReferenceOperation reference && SymbolEqualityComparer.Default.Equals(reference.Local, local)
                && reference.Parent is not IInvocationOperation { TargetMethod.Name: "Dispose" })
            {
                if (!IsLogged(reference))
                    return ResultFate.Used;
                fate = ResultFate.OnlyLogged;
            }

        return fate;
    }

    // In what is given to a log, or in a test of which all branches do nothing but log.
    private bool IsLogged(IOperation value)
    {
        for (var (child, parent) = (value, value.Parent); parent != null; (child, parent) = (parent, parent.Parent))
            switch (parent)
            {
                case IInvocationOperation call when handlers.IsLog(call):
                    return true;
                case IConditionalOperation { Syntax: IfStatementSyntax } test:
                    return test.Condition == child && OnlyLogs(test.WhenTrue) && (test.WhenFalse == null || OnlyLogs(test.WhenFalse));
                case IAnonymousFunctionOperation or IReturnOperation or IAssignmentOperation or IVariableInitializerOperation or IBlockOperation:
                    return false;
            }

        return false;
    }

    private bool OnlyLogs(IOperation branch) => branch switch
    {
        IBlockOperation block => !block.Operations.IsEmpty && block.Operations.All(OnlyLogs),
        IConditionalOperation inner => OnlyLogs(inner.WhenTrue) && (inner.WhenFalse == null || OnlyLogs(inner.WhenFalse)),
        IExpressionStatementOperation { Operation: IInvocationOperation call } => handlers.IsLog(call),
        _ => false,
    };
}
