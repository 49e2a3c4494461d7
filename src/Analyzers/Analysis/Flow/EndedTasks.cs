using System.Collections.Concurrent;
using System.Collections.Immutable;
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
    private readonly AgentModel model = model;
    private readonly ConcurrentDictionary<SyntaxNode, FlowPoints<Known>?> functions = new();

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

    private Known? Before(SyntaxNode place, SemanticModel semantics, CancellationToken cancellation)
    {
        if (FlowGraphs.FunctionAround(place) is not { } function)
            return null;
        var points = functions.TryGetValue(function, out var solved)
            ? solved
            : functions.GetOrAdd(function, FlowGraphs.Of(function, semantics, cancellation) is { } graph ? new Flow(this).Solve(graph, cancellation) : null);
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

    private bool IsCompletedTask(IOperation task) => task switch
    {
        IInvocationOperation call => model.Find(call.TargetMethod, CatalogueRole.CompletedTask) != null,
        IPropertyReferenceOperation property => model.Find(property.Property, CatalogueRole.CompletedTask) != null,
        // (await Task.WhenAny(a, b)).Result
        IAwaitOperation race => race.Operation.UnwrapAwaitable() is IInvocationOperation any && model.Find(any.TargetMethod, CatalogueRole.AwaitsAny) != null,
        _ => false,
    };

    // await Task.WhenAny(…)
    private bool IsRace(IOperation value) =>
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

    private static IEnumerable<ISymbol> RootsOf(IOperation tasks) => PartsOf(tasks).Select(RootOf).OfType<ISymbol>();

    // t, u and all of (t, u), new[] { t, u } and [t, u, .. all]
    private static IEnumerable<IOperation> PartsOf(IOperation tasks)
    {
        tasks = tasks.Unwrap();
        return tasks switch
        {
            IArrayCreationOperation { Initializer: { } array } => array.ElementValues,
            ICollectionExpressionOperation list => list.Elements.Select(element => element is ISpreadOperation spread ? spread.Operand : element),
            _ => [tasks],
        };
    }

    /// <summary>What is known at a point. Meets by intersection.</summary>
    /// <param name="Ended">Tasks that have ended.</param>
    /// <param name="Winners">Variables that hold the winner of a race.</param>
    /// <param name="Races">The same, for values that the graph keeps without a name.</param>
    /// <param name="Members">For a variable that waits for several tasks together: which.</param>
    private sealed record Known(
        ImmutableHashSet<ISymbol> Ended, ImmutableHashSet<ISymbol> Winners, ImmutableHashSet<CaptureId> Races, ImmutableDictionary<ISymbol, ImmutableArray<ISymbol>> Members)
    {
        public static readonly Known Nothing = new(
            ImmutableHashSet.Create<ISymbol>(SymbolEqualityComparer.Default),
            ImmutableHashSet.Create<ISymbol>(SymbolEqualityComparer.Default),
            [],
            ImmutableDictionary.Create<ISymbol, ImmutableArray<ISymbol>>(SymbolEqualityComparer.Default));

        public bool Contains(ISymbol task) => Ended.Contains(task);

        public Known With(IEnumerable<ISymbol> ended)
        {
            var all = ended.ToList();
            return this with { Ended = Ended.Union(all).Union(all.SelectMany(task => Members.TryGetValue(task, out var members) ? members : [])) };
        }

        public Known Without(ISymbol symbol) => this with { Ended = Ended.Remove(symbol), Winners = Winners.Remove(symbol), Members = Members.Remove(symbol) };

        public Known Meet(Known other) => new(
            Both(Ended, other.Ended),
            Both(Winners, other.Winners),
            Both(Races, other.Races),
            Members.RemoveRange(Members.Where(m => !other.Members.TryGetValue(m.Key, out var members) || !members.SequenceEqual(m.Value, SymbolEqualityComparer.Default)).Select(m => m.Key)));

        public bool Equals(Known? other) =>
            other != null && Ended.SetEquals(other.Ended) && Winners.SetEquals(other.Winners) && Races.SetEquals(other.Races)
            && Members.Count == other.Members.Count && Members.Keys.All(other.Members.ContainsKey);

        public override int GetHashCode() => Ended.Count * 31 + Winners.Count;

        // By the smaller set: a handler's few are met with the many of every statement in its try.
        private static ImmutableHashSet<T> Both<T>(ImmutableHashSet<T> left, ImmutableHashSet<T> right)
        {
            var (few, many) = left.Count <= right.Count ? (left, right) : (right, left);
            return few == many ? few : few.Except(few.Where(one => !many.Contains(one)).ToList());
        }
    }

    private sealed class Flow(EndedTasks owner) : ForwardFlow<Known>
    {
        // What the graph keeps without a name: the target of 't = c ? a : b' among them.
        private readonly Dictionary<CaptureId, ISymbol?> captured = [];

        protected override Known Initial => Known.Nothing;

        protected override Known Join(Known left, Known right) => left.Meet(right);

        protected override Known Transfer(IOperation operation, Known state)
        {
            foreach (var part in InOrder(operation))
                state = part switch
                {
                    IAwaitOperation awaited => Awaited(awaited.Operation, state),
                    IInvocationOperation call => Called(call, state),
                    IPropertyReferenceOperation property when Is(property.Property, CatalogueRole.BlockingWait) && RootOf(property.Instance) is { } task => state.With([task]),
                    ISimpleAssignmentOperation assignment => Assigned(assignment, state),
                    IDeconstructionAssignmentOperation { Target: ITupleOperation targets } => targets.Elements.Aggregate(state, Changed),
                    IArgumentOperation { Parameter.RefKind: RefKind.Ref or RefKind.Out } argument => Changed(state, argument.Value),
                    IFlowCaptureOperation capture => Captured(capture, state),
                    _ => state,
                };
            return state;
        }

        // What an await throws comes from a task that has ended, when nothing else in the statement can throw before.
        protected override Known Thrown(IOperation operation, Known before, Known after)
        {
            var value = operation is IExpressionStatementOperation statement ? statement.Operation : operation;
            if (value is ISimpleAssignmentOperation assignment)
                value = assignment.Value;
            return value.Unwrap() is IAwaitOperation { Operation: var operand } && OnlyWaits(operand) ? Awaited(operand, before) : base.Thrown(operation, before, after);
        }

        private bool OnlyWaits(IOperation operand)
        {
            operand = operand.Unwrap();
            while (operand is IInvocationOperation { TargetMethod.Name: "ConfigureAwait" } configured && configured.Receiver() is { } task)
                operand = task.Unwrap();
            return operand is IInvocationOperation call && Is(call.TargetMethod, CatalogueRole.AwaitsAll)
                ? call.Arguments.SelectMany(argument => PartsOf(argument.Value)).All(IsVariable)
                : IsVariable(operand);
        }

        private static bool IsVariable(IOperation value) => value.Unwrap() is ILocalReferenceOperation or IParameterReferenceOperation or IFieldReferenceOperation;

        // Operands before what is made of them, from left to right.
        private static IEnumerable<IOperation> InOrder(IOperation operation)
        {
            var all = new List<IOperation>();
            var open = new Stack<IOperation>();
            open.Push(operation);
            while (open.Count > 0)
            {
                var part = open.Pop();
                all.Add(part);
                foreach (var child in part.ChildOperations)
                    open.Push(child);
            }

            all.Reverse();
            return all;
        }

        protected override Known Assume(IOperation condition, bool outcome, Known state)
        {
            condition = condition.Unwrap();
            while (condition is IUnaryOperation { OperatorKind: UnaryOperatorKind.Not } not)
            {
                condition = not.Operand.Unwrap();
                outcome = !outcome;
            }

            switch (condition)
            {
                case IPropertyReferenceOperation test when outcome && Is(test.Property, CatalogueRole.CompletionTest) && RootOf(test.Instance) is { } tested:
                    return state.With([tested]);
                // task is { IsCompleted: true }
                case IIsPatternOperation { Pattern: IRecursivePatternOperation pattern, Value: var value }
                    when outcome && pattern.PropertySubpatterns.Any(ShowsEnd) && RootOf(value) is { } tested:
                    return state.With([tested]);
                // task.Wait(timeout) says whether the task has ended.
                case IInvocationOperation wait when outcome && Is(wait.TargetMethod, CatalogueRole.BlockingWait) && RootOf(wait.Receiver()) is { } waited:
                    return state.With([waited]);
                case IBinaryOperation { OperatorKind: BinaryOperatorKind.Equals or BinaryOperatorKind.NotEquals } equality
                    when outcome == (equality.OperatorKind == BinaryOperatorKind.Equals):
                    return Compared(equality.RightOperand, Compared(equality.LeftOperand, state, equality.RightOperand), equality.LeftOperand);
                default:
                    return state;
            }
        }

        private bool ShowsEnd(IPropertySubpatternOperation part) =>
            part is { Member: IPropertyReferenceOperation test, Pattern: IConstantPatternOperation { Value.ConstantValue: { HasValue: true, Value: true } } }
            && Is(test.Property, CatalogueRole.CompletionTest);

        // The loser's side of 'winner == task', or 'task.Status == RanToCompletion'.
        private Known Compared(IOperation side, Known state, IOperation other)
        {
            side = side.Unwrap();
            if (side is IPropertyReferenceOperation { Property.Name: "Status", Instance: { } task } && task.Type.IsTask()
                && other.Unwrap() is IFieldReferenceOperation { Field.Name: "RanToCompletion" or "Faulted" or "Canceled" } && RootOf(task) is { } tested)
                return state.With([tested]);
            var isWinner = owner.IsRace(side)
                || (side is IFlowCaptureReferenceOperation capture && state.Races.Contains(capture.Id))
                || (RootOf(side) is { } root && state.Winners.Contains(root));
            return isWinner && RootOf(other.Unwrap()) is { } ended ? state.With([ended]) : state;
        }

        private Known Awaited(IOperation operand, Known state)
        {
            operand = operand.UnwrapAwaitable();
            if (operand is IInvocationOperation call)
                return Is(call.TargetMethod, CatalogueRole.AwaitsAll) ? state.With(call.Arguments.SelectMany(a => RootsOf(a.Value))) : state;
            return RootOf(operand) is { } task ? state.With([task]) : state;
        }

        private Known Called(IInvocationOperation call, Known state)
        {
            // Waiting for a task a second time does not block.
            if (Is(call.TargetMethod, CatalogueRole.BlockingWait))
                return call.Arguments.IsEmpty && RootOf(call.Receiver()) is { } waited ? state.With([waited])
                    : Is(call.TargetMethod, CatalogueRole.AwaitsAll) ? state.With(call.Arguments.SelectMany(a => RootsOf(a.Value)))
                    : state;
            // Debug.Assert(task.IsCompleted) does not return otherwise.
            foreach (var argument in call.Arguments)
                if (argument.Parameter is { } parameter && argument.Value.Unwrap() is IPropertyReferenceOperation test && Is(test.Property, CatalogueRole.CompletionTest)
                    && parameter.GetAttributes().Any(a => a.AttributeClass?.Name == "DoesNotReturnIfAttribute" && a.ConstructorArguments.FirstOrDefault().Value is false)
                    && RootOf(test.Instance) is { } tested)
                    state = state.With([tested]);
            return state;
        }

        private Known Assigned(ISimpleAssignmentOperation assignment, Known state)
        {
            if (TargetOf(assignment.Target) is not { } target || assignment.Target.Unwrap() is IArrayElementReferenceOperation)
                return state;
            var value = assignment.Value.Unwrap();
            if (owner.IsRace(value) || (value is IFlowCaptureReferenceOperation race && state.Races.Contains(race.Id)))
                return state.Without(target).With([target]) with { Winners = state.Winners.Add(target) };
            if (owner.IsCompletedTask(value.UnwrapAwaitable()) || (RootOf(value) is { } source && state.Contains(source)))
                return state.Without(target).With([target]);
            state = state.Without(target);
            return value.UnwrapAwaitable() is IInvocationOperation together && Is(together.TargetMethod, CatalogueRole.AwaitsAll)
                ? state with { Members = state.Members.Add(target, [.. together.Arguments.SelectMany(a => RootsOf(a.Value))]) }
                : state;
        }

        private Known Captured(IFlowCaptureOperation capture, Known state)
        {
            captured[capture.Id] = RootOf(capture.Value);
            return owner.IsRace(capture.Value) ? state with { Races = state.Races.Add(capture.Id) } : state;
        }

        private Known Changed(Known state, IOperation target) => TargetOf(target) is { } changed ? state.Without(changed) : state;

        private ISymbol? TargetOf(IOperation target) =>
            target.Unwrap() is IFlowCaptureReferenceOperation reference ? captured.TryGetValue(reference.Id, out var root) ? root : null : RootOf(target);

        private bool Is(ISymbol member, CatalogueRole role) => owner.model.Find(member, role) != null;
    }
}
