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
