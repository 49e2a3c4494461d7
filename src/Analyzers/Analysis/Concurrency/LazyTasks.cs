using AgentLint.Analysis.Flow;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Concurrency;

/// <summary>A sequence that starts a task for each item whenever it is enumerated.</summary>
/// <param name="Query">The expression that makes the sequence.</param>
/// <param name="Start">What starts one of the tasks: a lambda, a method group, or a call in an iterator.</param>
internal sealed record LazyTask(IOperation Query, IOperation Start);

/// <summary>
/// Finds lazy sequences of tasks: a <c>Select</c> whose function starts a task, what is chained to it without storing its results, and
/// the methods of the
/// project that give back such a sequence. A view of tasks that have been started elsewhere starts nothing.
/// </summary>
internal sealed class LazyTasks(AgentModel model)
{
    // How many methods give a sequence back to each other.
    private const int MaxDepth = 3;

    public static LazyTasks Of(AgentModel model) => model.Shared(m => new LazyTasks(m));

    /// <summary>The lazy sequence that a value is; null where it is none.</summary>
    public LazyTask? At(IOperation value, CancellationToken cancellation) => At(value, 0, cancellation);

    /// <summary>Whether a type is that of a sequence of tasks which may be lazy.</summary>
    public static bool IsSequence(ITypeSymbol? type) =>
        type is INamedTypeSymbol { Name: "IEnumerable" or "IOrderedEnumerable", IsGenericType: true } sequence
            && sequence.TypeArguments[0].IsTask();

    private LazyTask? At(IOperation value, int depth, CancellationToken cancellation)
    {
        var query = value.Unwrap();
        for (var part = query; ; part = part.Unwrap())
        {
            if (part is ITranslatedQueryOperation translated)
                part = translated.Operation.Unwrap();
            if (part is not IInvocationOperation call || !IsSequence(call.Type))
                return null;
            if (IsQuery(call.TargetMethod))
            {
                var functions = call.Arguments.Select(argument => argument.Value.Unwrap()).Where(function =>
                    function is IAnonymousFunctionOperation or IMethodReferenceOperation);
                if (functions.FirstOrDefault(function => GivesTask(function)) is { } start)
                    return Starts(start) ? new LazyTask(query, start) : null;
                if (call.Receiver() is not { } source)
                    return null;
                part = source;
                continue;
            }

            if (depth >= MaxDepth || CallGraph.Of(model).Resolve(call.TargetMethod) is not { } target
                || !MethodBodies.HasSource(target, model))
                return null;
            foreach (var body in MethodBodies.Of(target, model, cancellation))
                foreach (var end in body.Descendants().OfType<IReturnOperation>())
                    if (end is { Kind: OperationKind.YieldReturn, ReturnedValue: { } item }
                        && item.UnwrapAwaitable() is IInvocationOperation started && started.Type.IsTask() && IsStart(started))
                        return new LazyTask(query, started);
            foreach (var end in MethodBodies.Of(target, model, cancellation).SelectMany(ValueSources.ReturnedIn))
                if (At(end, depth + 1, cancellation) is { } lazy)
                    return lazy with { Query = query };
            return null;
        }
    }

    private static bool IsQuery(IMethodSymbol method) => method is { IsExtensionMethod: true, ContainingType.Name: "Enumerable" };

    private static bool GivesTask(IOperation function) => function switch
    {
        IAnonymousFunctionOperation { Symbol.ReturnType: var type } => type.IsTask(),
        IMethodReferenceOperation { Method.ReturnType: var type } => type.IsTask(),
        _ => false,
    };

    // A function that only finds a task that is there starts none: run => run.Task, key => tasks[key], key => tasks.GetOrAdd(key, …)
    private bool Starts(IOperation function) => function switch
    {
        IAnonymousFunctionOperation { Symbol.IsAsync: true } => true,
        IAnonymousFunctionOperation lambda =>
            ValueSources.ReturnedIn(lambda.Body).Any(end => end.UnwrapAwaitable() is IInvocationOperation call && IsStart(call)),
        IMethodReferenceOperation => true,
        _ => false,
    };

    private bool IsStart(IInvocationOperation call) =>
        !EndedTasks.Of(model).IsCompletedTask(call)
        && !(call.Receiver()?.Type is INamedTypeSymbol kept
            && model.EntriesOf(kept).Any(entry => entry.Role == CatalogueRole.ThreadSafe
            && entry["get-or-add"] == call.TargetMethod.Name))
        && !IsQuery(call.TargetMethod);
}
