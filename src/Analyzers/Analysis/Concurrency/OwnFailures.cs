using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Concurrency;

/// <summary>
/// Whether asynchronous code handles what fails in it, so that its task never fails unseen: each of its waits stands in a <c>try</c>
/// with a handler, or
/// waits for a method of the project that handles its own failures. A handler for cancellation alone is none.
/// </summary>
internal sealed class OwnFailures(AgentModel model)
{
    // How many methods are looked into for where failures are handled.
    private const int MaxDepth = 3;

    public static OwnFailures Of(AgentModel model) => model.Shared(m => new OwnFailures(m));

    /// <summary>Whether asynchronous code handles the failures of all that it waits for.</summary>
    public bool AreHandledIn(IOperation body, CancellationToken cancellation) => AreHandledIn(body, 0, cancellation);

    /// <summary>
    /// Whether the method that a call runs, or the function that it is given to run, handles its failures, or thinks of them: what it is
    /// about stands in a
    /// <c>try</c> with a handler, whatever it awaits before and after.
    /// </summary>
    public bool AreThoughtOfBy(IInvocationOperation call, CancellationToken cancellation)
    {
        if (model.Find(call.TargetMethod, CatalogueRole.RunsDelegate) == null)
            return AreThoughtOfBy(call.TargetMethod, cancellation);
        var functions = call.Arguments.Select(argument => argument.Value.Unwrap())
            .Where(value => value is IAnonymousFunctionOperation or IMethodReferenceOperation).ToList();
        return functions.Count > 0 && functions.All(function => function switch
        {
            IAnonymousFunctionOperation lambda =>
                HasHandler(lambda.Body) || AreHandledBy(lambda.Symbol, lambda.Body, 0, cancellation) || PassesOn(lambda.Body, cancellation),
            IMethodReferenceOperation { Method: var method } => AreThoughtOfBy(method, cancellation),
            _ => false,
        });
    }

    private bool AreThoughtOfBy(IMethodSymbol method, CancellationToken cancellation) =>
        AreHandledBy(method, 0, cancellation)
        || (TargetOf(method) is { } target && MethodBodies.Of(target, model, cancellation).ToList() is { Count: > 0 } bodies
            && bodies.All(body => HasHandler(body) || PassesOn(body, cancellation)));

    // () => SendAsync(): what there is to handle is in the call.
    private bool PassesOn(IOperation body, CancellationToken cancellation)
    {
        var calls = body.Descendants().OfType<IAwaitOperation>().Select(await => await.Operation)
            .Concat(ValueSources.ReturnedIn(body)).Select(value => value.UnwrapAwaitable()).OfType<IInvocationOperation>().ToList();
        return calls.Count == 1 && TargetOf(calls[0].TargetMethod) is { } target
            && MethodBodies.Of(target, model, cancellation).ToList() is { Count: > 0 } bodies && bodies.All(HasHandler);
    }

    // A try with a handler for all failures among the statements of the function itself, around something that it awaits.
    private static bool HasHandler(IOperation body)
    {
        var block = body switch
        {
            IBlockOperation own => own,
            IMethodBodyOperation method => method.BlockBody,
            ILocalFunctionOperation local => local.Body,
            _ => null,
        };
        return block?.Operations.Any(statement => statement is ITryOperation tried
            && tried.Catches.Any(handler => ExceptionTypes.IsAny(handler.ExceptionType))
            && tried.Body.Descendants().Any(operation => operation is IAwaitOperation
                or IForEachLoopOperation { IsAsynchronous: true })) == true;
    }

    private bool AreHandledIn(IOperation body, int depth, CancellationToken cancellation) =>
        body.Descendants().OfType<IAwaitOperation>().All(await =>
            IsWithinHandler(await, body)
            || (await.Operation.UnwrapAwaitable() is IInvocationOperation call
                && (model.Find(call.TargetMethod, CatalogueRole.LocalCall) != null
                || (depth < MaxDepth && AreHandledBy(call, depth + 1, cancellation)))))
        && body.Descendants().OfType<IForEachLoopOperation>().All(loop => !loop.IsAsynchronous || IsWithinHandler(loop, body));

    private bool AreHandledBy(IInvocationOperation call, int depth, CancellationToken cancellation) =>
        AreHandledBy(call.TargetMethod, depth, cancellation);

    private bool AreHandledBy(IMethodSymbol method, int depth, CancellationToken cancellation)
    {
        return TargetOf(method) is { } target
            && MethodBodies.Of(target, model, cancellation).ToList() is { Count: > 0 } bodies
            && bodies.All(body => AreHandledBy(target, body, depth, cancellation));
    }

    private IMethodSymbol? TargetOf(IMethodSymbol method)
    {
        var target = method.MethodKind == MethodKind.LocalFunction ? method.OriginalDefinition : CallGraph.Of(model).Resolve(method);
        return target != null && MethodBodies.HasSource(target, model) ? target : null;
    }

    // A function that is not async passes a task on: the failures in it are those of the call that it returns.
    private bool AreHandledBy(IMethodSymbol function, IOperation body, int depth, CancellationToken cancellation)
    {
        if (function.IsAsync)
            return AreHandledIn(body, depth, cancellation);
        if (!function.ReturnType.IsTask())
            return body.Descendants().OfType<IInvocationOperation>().All(call => IsWithinHandler(call, body));
        var ends = ValueSources.ReturnedIn(body).ToList();
        return depth < MaxDepth && ends.Count > 0
            && ends.All(end => end.UnwrapAwaitable() is IInvocationOperation passedOn && AreHandledBy(passedOn, depth + 1, cancellation));
    }

    private bool IsWithinHandler(IOperation operation, IOperation body)
    {
        for (var around = operation; around != null && around != body; around = around.Parent)
            if (around is ICatchClauseOperation
                || (around.Parent is ITryOperation tried && tried.Finally == around && tried.Catches.Any(IsForFailures)))
                return true;
            else if (around.Parent is ITryOperation handled && handled.Body == around && handled.Catches.Any(IsForFailures))
                return true;
        return false;
    }

    private bool IsForFailures(ICatchClauseOperation handler) => !ExceptionTypes.IsCancellation(handler.ExceptionType, model);
}
