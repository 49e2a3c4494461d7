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

    /// <summary>Whether a value is a task that has been made complete.</summary>
    public bool IsCompletedTask(IOperation task) => task switch
    {
        IInvocationOperation call => model.Find(call.TargetMethod, CatalogueRole.CompletedTask) != null,
        IPropertyReferenceOperation property => model.Find(property.Property, CatalogueRole.CompletedTask) != null,
        _ => false,
    };

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
