using AgentLint.Analysis.Calls;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Loops;

/// <summary>
/// Which work lasts as long as the program: loops that go on until they are told to stop, or until what they read from ends. What they
/// do is never
/// over, so that no code waits for it.
/// </summary>
internal sealed class ServiceLoops(AgentModel model)
{
    public static ServiceLoops Of(AgentModel model) => model.Shared(m => new ServiceLoops(m));

    /// <summary>Whether a call, or the functions that it is given to run, runs such a loop.</summary>
    public bool IsRunBy(IInvocationOperation call, CancellationToken cancellation) => ReachedCode.Has(call, IsEndless, model, cancellation);

    private bool IsEndless(IOperation operation) => operation switch
    {
        IForEachLoopOperation { IsAsynchronous: true } loop =>
            !(loop.Collection.UnwrapAwaitable() is IInvocationOperation stream
            && model.EntriesOf(stream.TargetMethod).Any(entry => entry.IsRemoteCall())),
        IWhileLoopOperation { Condition: { } condition } loop =>
            (condition.ConstantValue is { HasValue: true, Value: true } && !Leaves(loop.Body))
            || condition.DescendantsAndSelf().Any(part => part is IAwaitOperation
                or IPropertyReferenceOperation { Property.Name: "IsCancellationRequested" }),
        IForLoopOperation { Condition: null } loop => !Leaves(loop.Body),
        _ => false,
    };

    /// <summary>Whether a loop goes round until its token is canceled, or waits for a timer or a queue of this process before each turn.</summary>
    public bool WaitsForWork(ILoopOperation loop) => loop switch
    {
        IWhileLoopOperation { Condition: { } condition } round => (condition.Unwrap() switch
        {
            { ConstantValue: { HasValue: true, Value: true } } => true,
            IUnaryOperation { OperatorKind: UnaryOperatorKind.Not, Operand: IPropertyReferenceOperation { Property.Name: "IsCancellationRequested" } } => true,
            IAwaitOperation wait => IsLocal(wait.Operation),
            IBinaryOperation { OperatorKind: BinaryOperatorKind.ConditionalAnd } both => both.DescendantsAndSelf().OfType<IAwaitOperation>().Any(wait => IsLocal(wait.Operation)),
            _ => false,
        }) && !Leaves(round.Body),
        IForEachLoopOperation { IsAsynchronous: true } each => IsLocal(each.Collection),
        IForLoopOperation { Condition: null } round => !Leaves(round.Body),
        _ => false,
    };

    // A timer's next tick, or the next item of a channel.
    private bool IsLocal(IOperation awaited) => awaited.UnwrapAwaitable() is IInvocationOperation { TargetMethod: var method }
        && method.Name is "WaitForNextTickAsync" or "WaitToReadAsync" or "ReadAllAsync" && model.EntriesOf(method).All(entry => !entry.IsRemoteCall());

    // An attempt that has succeeded ends the loop.
    private static bool Leaves(IOperation body) => body.Descendants().Any(operation =>
        operation is IReturnOperation { ReturnedValue: not null } && !IsInFunction(operation, body));

    private static bool IsInFunction(IOperation operation, IOperation body)
    {
        for (var around = operation.Parent; around != null && around != body; around = around.Parent)
            if (around is IAnonymousFunctionOperation or ILocalFunctionOperation)
                return true;
        return false;
    }
}
