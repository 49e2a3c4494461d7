using System.Collections.Concurrent;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Flow;

/// <summary>
/// Which tasks are known to have ended at a place: awaited, waited for together, tested, handed to a continuation, or the one that an
/// awaited race gave back. A lazy sequence of tasks is never known to have ended: reading it again starts its work again.
/// </summary>
internal sealed class EndedTasks(AgentModel model)
{
    private readonly ConcurrentDictionary<SyntaxNode, FlowPoints<KnownTasks>?> functions = new();
    private readonly ConcurrentDictionary<SyntaxNode, ControlFlowGraph?> graphs = new();
    private readonly ConcurrentDictionary<IMethodSymbol, bool> completed = new(SymbolEqualityComparer.Default);

    // How many methods are looked through for the tasks that they give back.
    private const int MaxDepth = 3;

    public static EndedTasks Of(AgentModel model) => model.Shared(m => new EndedTasks(m));

    /// <summary>Whether a task has ended before the statement that reads it.</summary>
    /// <param name="task">The expression of the task, or of a sequence of tasks.</param>
    /// <param name="semantics">The model that <paramref name="task"/> was bound with.</param>
    /// <param name="cancellation">Ends the analysis with an exception.</param>
    public bool HasEnded(IOperation task, SemanticModel semantics, CancellationToken cancellation)
    {
        task = task.UnwrapAwaitable();
        if (IsCompletedTask(task) || IsRace(task))
            return true;
        var place = task.Syntax;
        // From the place outwards: an element stands for its sequence, a lambda's parameter for what the lambda is given.
        for (var root = RootOf(task); root != null;)
        {
            if (IsLazy(root, semantics, cancellation))
                return false;
            if (Before(place, semantics, cancellation) is { } known && known.Contains(root))
                return true;
            switch (SourceOf(root, task, place))
            {
                case (true, _, _):
                    return true;
                case (false, { } sequence, { } origin):
                    if (IsFiltered(sequence))
                        return true;
                    root = RootOf(sequence.Unwrap());
                    place = origin;
                    break;
                default:
                    // What a lambda captured may have ended before the lambda was made.
                    if (FlowGraphs.FunctionAround(place) is not Microsoft.CodeAnalysis.CSharp.Syntax.AnonymousFunctionExpressionSyntax lambda)
                        return false;
                    place = lambda;
                    break;
            }
        }

        return false;
    }

    /// <summary>Where a task was started, as far as the function shows it: the initializer of its local, or of the sequence that it is an element of.</summary>
    public IOperation OriginOf(IOperation task, SemanticModel semantics, CancellationToken cancellation)
    {
        var origin = task.UnwrapAwaitable();
        var place = origin.Syntax;
        for (var root = RootOf(origin); root != null; root = RootOf(origin))
        {
            if (root is ILocalSymbol local && local.InitializerOf(semantics, cancellation) is { } initializer)
                return initializer.UnwrapAwaitable();
            if (SourceOf(root, task, place) is not (false, { } sequence, { } next))
                return origin;
            origin = sequence.Unwrap();
            place = next;
        }

        return origin;
    }

    private KnownTasks? Before(SyntaxNode place, SemanticModel semantics, CancellationToken cancellation)
    {
        if (FlowGraphs.FunctionAround(place) is not { } function)
            return null;
        var points = functions.TryGetValue(function, out var solved)
            ? solved
            : functions.GetOrAdd(function, FlowGraphs.Of(function, semantics, graphs, cancellation) is { } graph ? new EndedTasksFlow(model, this).Solve(graph, cancellation) : null);
        return points?.Before(place);
    }

    // The sequence that a loop's variable or a lambda's parameter is an element of, and where it is read.
    private (bool Ended, IOperation? Sequence, SyntaxNode? Place) SourceOf(ISymbol root, IOperation task, SyntaxNode place)
    {
        for (var operation = task.SemanticModel?.GetOperation(place) ?? task; operation != null; operation = operation.Parent)
            switch (operation)
            {
                case IForEachLoopOperation loop when loop.Locals.Contains(root, SymbolEqualityComparer.Default):
                    return (false, loop.Collection, loop.Collection.Syntax);
                case IAnonymousFunctionOperation lambda when lambda.Symbol.Parameters.Contains(root, SymbolEqualityComparer.Default):
                    var argument = lambda.Parent;
                    while (argument is IConversionOperation or IDelegateCreationOperation)
                        argument = argument.Parent;
                    if (argument is not IArgumentOperation { Parent: IInvocationOperation call })
                        return default;
                    if (model.Find(call.TargetMethod, CatalogueRole.Continuation) != null)
                        return (true, null, null);
                    return call.Receiver() is { } receiver ? (false, receiver, lambda.Syntax) : default;
            }

        return default;
    }

    // tasks.Where(task => task.IsCompleted): what passes has ended, also where the sequence is lazy.
    private bool IsFiltered(IOperation sequence)
    {
        for (var value = sequence.Unwrap(); value is IInvocationOperation { TargetMethod: { IsExtensionMethod: true, ContainingType.Name: "Enumerable" } method } view; value = view.Receiver()?.Unwrap())
            if (method.Name == "Where"
                && view.Arguments.Select(argument => argument.Value.Unwrap()).OfType<IAnonymousFunctionOperation>().FirstOrDefault() is { Body.Operations: { Length: 1 } filtering } filter && (filtering[0] as IReturnOperation)?.ReturnedValue is { } condition
                && ShowsEnd(condition, filter.Symbol.Parameters[0]))
                return true;
        return false;
    }

    private bool ShowsEnd(IOperation condition, IParameterSymbol task) => condition.Unwrap() switch
    {
        IBinaryOperation { OperatorKind: BinaryOperatorKind.ConditionalAnd } both => ShowsEnd(both.LeftOperand, task) || ShowsEnd(both.RightOperand, task),
        IPropertyReferenceOperation test => model.Find(test.Property, CatalogueRole.CompletionTest) != null && SymbolEqualityComparer.Default.Equals(RootOf(test.Instance), task),
        _ => false,
    };

    /// <summary>Whether an expression leads to something that a task has given: <c>task.Result.Name</c>.</summary>
    public static bool IsWithinResult(IOperation? operation, AgentModel model)
    {
        while (operation != null)
            switch (operation.Unwrap())
            {
                case IPropertyReferenceOperation property when model.Find(property.Property, CatalogueRole.BlockingWait) != null:
                case IInvocationOperation call when model.Find(call.TargetMethod, CatalogueRole.BlockingWait) != null:
                case IAwaitOperation:
                    return true;
                case IMemberReferenceOperation member:
                    operation = member.Instance;
                    break;
                case IArrayElementReferenceOperation element:
                    operation = element.ArrayReference;
                    break;
                default:
                    return false;
            }

        return false;
    }

    /// <summary>Whether a value is a task that has been made complete, also by the one method of the project that a call runs.</summary>
    public bool IsCompletedTask(IOperation task) => IsCompletedTask(task, 0);

    private bool IsCompletedTask(IOperation task, int depth) => task switch
    {
        IInvocationOperation call => model.Find(call.TargetMethod, CatalogueRole.CompletedTask) != null || (depth < MaxDepth && GivesCompletedTask(call.TargetMethod, depth)),
        IPropertyReferenceOperation property => model.Find(property.Property, CatalogueRole.CompletedTask) != null,
        IConditionalOperation { WhenFalse: { } otherwise } choice => IsCompletedTask(choice.WhenTrue.UnwrapAwaitable(), depth) && IsCompletedTask(otherwise.UnwrapAwaitable(), depth),
        IObjectCreationOperation { Type.Name: "ValueTask", Arguments: { Length: 1 } given } => !given[0].Value.Type.IsTask(),
        _ => false,
    };

    // A synchronous method that only gives back tasks which have ended, or an asynchronous one that waits for nothing else: there is nothing to wait for.
    private bool GivesCompletedTask(IMethodSymbol method, int depth)
    {
        if (!method.ReturnType.IsTask() || CallGraph.Of(model).Resolve(method)?.Implementation() is not { } target || !MethodBodies.HasSource(target, model))
            return false;
        if (completed.TryGetValue(target, out var known))
            return known;
        var own = MethodBodies.Of(target, model, CancellationToken.None).SelectMany(body => body.Descendants()).Where(operation => !IsOfNestedFunction(operation)).ToList();
        if (target.IsAsync)
        {
            var waits = own.OfType<IAwaitOperation>().ToList();
            var ends = waits.Count > 0 && waits.All(wait => IsCompletedTask(wait.Operation.UnwrapAwaitable(), depth + 1))
                && !own.Any(operation => operation is IForEachLoopOperation { IsAsynchronous: true } or IUsingOperation { IsAsynchronous: true } or IUsingDeclarationOperation { IsAsynchronous: true });
            return depth == 0 ? completed.GetOrAdd(target, ends) : ends;
        }

        var returned = own.OfType<IReturnOperation>().ToList();
        var gives = returned.Count > 0 && returned.All(end => end.ReturnedValue is { } value && IsCompletedTask(value.UnwrapAwaitable(), depth + 1));
        return depth == 0 ? completed.GetOrAdd(target, gives) : gives;
    }

    private static bool IsOfNestedFunction(IOperation operation)
    {
        for (var around = operation.Parent; around != null; around = around.Parent)
            if (around is IAnonymousFunctionOperation or ILocalFunctionOperation)
                return true;
        return false;
    }

    /// <summary>Whether a value is the winner of a race: <c>await Task.WhenAny(…)</c>.</summary>
    public bool IsRace(IOperation value) =>
        value.Unwrap() is IAwaitOperation { Operation: { } operand } && operand.UnwrapAwaitable() is IInvocationOperation call && model.Find(call.TargetMethod, CatalogueRole.AwaitsAny) != null;

    // A local that holds a query, not its results.
    private static bool IsLazy(ISymbol root, SemanticModel semantics, CancellationToken cancellation) =>
        root is ILocalSymbol local
        && local.InitializerOf(semantics, cancellation)?.Unwrap() is IInvocationOperation { TargetMethod: { IsExtensionMethod: true } } query
        && query.Type is INamedTypeSymbol { Name: "IEnumerable" or "IOrderedEnumerable" or "IAsyncEnumerable" or "IQueryable", IsGenericType: true } sequence
        && sequence.TypeArguments[0].IsTask();

    /// <summary>
    /// The symbol at the root of an access path: <c>runs</c> for <c>runs[i]</c>, <c>runs.Values</c>, <c>runs.First()</c> and
    /// <c>run.Task</c>. Null where the path begins with a call that makes a new task.
    /// </summary>
    public static ISymbol? RootOf(IOperation? operation)
    {
        while (operation != null)
        {
            operation = operation.UnwrapAwaitable();
            switch (operation)
            {
                case ILocalReferenceOperation local:
                    return local.Local;
                case IParameterReferenceOperation parameter:
                    return parameter.Parameter;
                case IFieldReferenceOperation field when field.Instance is null or IInstanceReferenceOperation:
                    return field.Field;
                case IPropertyReferenceOperation { Arguments.IsEmpty: true } property when property.Instance is null or IInstanceReferenceOperation:
                    return property.Property;
                case IFieldReferenceOperation field:
                    operation = field.Instance;
                    break;
                case IPropertyReferenceOperation property:
                    operation = property.Instance;
                    break;
                case IArrayElementReferenceOperation element:
                    operation = element.ArrayReference;
                    break;
                // An element or a view of a sequence: tasks.First(), runs.Select(run => run.Task).
                case IInvocationOperation { TargetMethod: { IsExtensionMethod: true, ContainingType: { Name: "Enumerable" or "ImmutableArrayExtensions" } } } view:
                    operation = view.Receiver();
                    break;
                default:
                    return null;
            }
        }

        return null;
    }

    /// <summary>The roots of all tasks that a sequence is written with.</summary>
    public static IEnumerable<ISymbol> RootsOf(IOperation tasks) => tasks.Elements().Select(RootOf).OfType<ISymbol>();
}
