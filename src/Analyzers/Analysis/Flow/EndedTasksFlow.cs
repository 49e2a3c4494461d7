using System.Collections.Immutable;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Flow;

/// <summary>What is known at a point. Meets by intersection.</summary>
/// <param name="Ended">Tasks that have ended.</param>
/// <param name="Winners">Variables that hold the winner of a race.</param>
/// <param name="Races">The same, for values that the graph keeps without a name.</param>
/// <param name="Members">For a variable that waits for several tasks together: which.</param>
internal sealed record KnownTasks(
    ImmutableHashSet<ISymbol> Ended, ImmutableHashSet<ISymbol> Winners, ImmutableHashSet<CaptureId> Races, ImmutableDictionary<ISymbol, ImmutableArray<ISymbol>> Members)
{
    public static readonly KnownTasks Nothing = new(
        ImmutableHashSet.Create<ISymbol>(SymbolEqualityComparer.Default),
        ImmutableHashSet.Create<ISymbol>(SymbolEqualityComparer.Default),
        [],
        ImmutableDictionary.Create<ISymbol, ImmutableArray<ISymbol>>(SymbolEqualityComparer.Default));

    public bool Contains(ISymbol task) => Ended.Contains(task);

    public KnownTasks With(IEnumerable<ISymbol> ended)
    {
        var all = ended.ToList();
        return this with { Ended = Ended.Union(all).Union(all.SelectMany(task => Members.TryGetValue(task, out var members) ? members : [])) };
    }

    public KnownTasks Without(ISymbol symbol) => this with { Ended = Ended.Remove(symbol), Winners = Winners.Remove(symbol), Members = Members.Remove(symbol) };

    public KnownTasks Meet(KnownTasks other) => new(
        Both(Ended, other.Ended),
        Both(Winners, other.Winners),
        Both(Races, other.Races),
        Members.RemoveRange(Members.Where(m => !other.Members.TryGetValue(m.Key, out var members) || !members.SequenceEqual(m.Value, SymbolEqualityComparer.Default)).Select(m => m.Key)));

    public bool Equals(KnownTasks? other) =>
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

/// <summary>What each statement of a function shows about tasks.</summary>
internal sealed class EndedTasksFlow(AgentModel model, EndedTasks tasks) : ForwardFlow<KnownTasks>
{
    // What the graph keeps without a name: the target of 't = c ? a : b' among them.
    private readonly Dictionary<CaptureId, ISymbol?> captured = [];

    protected override KnownTasks Initial => KnownTasks.Nothing;

    protected override KnownTasks Join(KnownTasks left, KnownTasks right) => left.Meet(right);

    protected override KnownTasks Transfer(IOperation operation, KnownTasks state)
    {
        foreach (var part in InOrder(operation))
            state = part switch
            {
                IAwaitOperation awaited => Awaited(awaited.Operation, state),
                IInvocationOperation call => Called(call, state),
                IPropertyReferenceOperation property when Is(property.Property, CatalogueRole.BlockingWait) && EndedTasks.RootOf(property.Instance) is { } task => state.With([task]),
                ISimpleAssignmentOperation assignment => Assigned(assignment, state),
                IDeconstructionAssignmentOperation { Target: ITupleOperation targets } => targets.Elements.Aggregate(state, Changed),
                IArgumentOperation { Parameter.RefKind: RefKind.Ref or RefKind.Out } argument => Changed(state, argument.Value),
                IFlowCaptureOperation capture => Captured(capture, state),
                _ => state,
            };
        return state;
    }

    protected override bool IsThrownAnywhere => false;

    // What an await throws comes from a task that has ended, when nothing else in the statement can throw before.
    protected override KnownTasks Thrown(IOperation operation, KnownTasks before, KnownTasks after)
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
            ? call.Arguments.SelectMany(argument => argument.Value.Elements()).All(IsVariable)
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

    protected override KnownTasks Assume(IOperation condition, bool outcome, KnownTasks state)
    {
        condition = condition.Unwrap();
        while (condition is IUnaryOperation { OperatorKind: UnaryOperatorKind.Not } not)
        {
            condition = not.Operand.Unwrap();
            outcome = !outcome;
        }

        // task is { IsCompleted: true }, task is not { IsCompleted: true }
        if (condition is IIsPatternOperation match)
        {
            var pattern = match.Pattern;
            for (; pattern is INegatedPatternOperation negated; pattern = negated.Pattern)
                outcome = !outcome;
            return outcome && pattern is IRecursivePatternOperation parts && parts.PropertySubpatterns.Any(ShowsEnd) && EndedTasks.RootOf(match.Value) is { } matched ? state.With([matched]) : state;
        }

        switch (condition)
        {
            case IPropertyReferenceOperation test when outcome && Is(test.Property, CatalogueRole.CompletionTest) && EndedTasks.RootOf(test.Instance) is { } tested:
                return state.With([tested]);
            // task.Wait(timeout) says whether the task has ended.
            case IInvocationOperation wait when outcome && Is(wait.TargetMethod, CatalogueRole.BlockingWait) && EndedTasks.RootOf(wait.Receiver()) is { } waited:
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
    private KnownTasks Compared(IOperation side, KnownTasks state, IOperation other)
    {
        side = side.Unwrap();
        if (side is IPropertyReferenceOperation { Property.Name: "Status", Instance: { } task } && task.Type.IsTask()
            && other.Unwrap() is IFieldReferenceOperation { Field.Name: "RanToCompletion" or "Faulted" or "Canceled" } && EndedTasks.RootOf(task) is { } tested)
            return state.With([tested]);
        var isWinner = tasks.IsRace(side)
            || (side is IFlowCaptureReferenceOperation capture && state.Races.Contains(capture.Id))
            || (EndedTasks.RootOf(side) is { } root && state.Winners.Contains(root));
        return isWinner && EndedTasks.RootOf(other.Unwrap()) is { } ended ? state.With([ended]) : state;
    }

    private KnownTasks Awaited(IOperation operand, KnownTasks state)
    {
        operand = operand.UnwrapAwaitable();
        if (operand is IInvocationOperation call)
            return Is(call.TargetMethod, CatalogueRole.AwaitsAll) ? state.With(call.Arguments.SelectMany(a => EndedTasks.RootsOf(a.Value))) : state;
        return EndedTasks.RootOf(operand) is { } task ? state.With([task]) : state;
    }

    private KnownTasks Called(IInvocationOperation call, KnownTasks state)
    {
        // Waiting for a task a second time does not block.
        if (Is(call.TargetMethod, CatalogueRole.BlockingWait))
            return call.Arguments.IsEmpty && EndedTasks.RootOf(call.Receiver()) is { } waited ? state.With([waited])
                : Is(call.TargetMethod, CatalogueRole.AwaitsAll) ? state.With(call.Arguments.SelectMany(a => EndedTasks.RootsOf(a.Value)))
                : state;
        // Debug.Assert(task.IsCompleted) does not return otherwise.
        foreach (var argument in call.Arguments)
            if (argument.Parameter is { } parameter && argument.Value.Unwrap() is IPropertyReferenceOperation test && Is(test.Property, CatalogueRole.CompletionTest)
                && parameter.GetAttributes().Any(a => a.AttributeClass?.Name == "DoesNotReturnIfAttribute" && a.ConstructorArguments.FirstOrDefault().Value is false)
                && EndedTasks.RootOf(test.Instance) is { } tested)
                state = state.With([tested]);
        return state;
    }

    private KnownTasks Assigned(ISimpleAssignmentOperation assignment, KnownTasks state)
    {
        if (TargetOf(assignment.Target) is not { } target || assignment.Target.Unwrap() is IArrayElementReferenceOperation)
            return state;
        var value = assignment.Value.Unwrap();
        if (tasks.IsRace(value) || (value is IFlowCaptureReferenceOperation race && state.Races.Contains(race.Id)))
            return state.Without(target).With([target]) with { Winners = state.Winners.Add(target) };
        if (tasks.IsCompletedTask(value.UnwrapAwaitable()) || (EndedTasks.RootOf(value) is { } source && state.Contains(source)))
            return state.Without(target).With([target]);
        state = state.Without(target);
        return value.UnwrapAwaitable() is IInvocationOperation together && Is(together.TargetMethod, CatalogueRole.AwaitsAll)
            ? state with { Members = state.Members.Add(target, [.. together.Arguments.SelectMany(a => EndedTasks.RootsOf(a.Value))]) }
            : state;
    }

    private KnownTasks Captured(IFlowCaptureOperation capture, KnownTasks state)
    {
        captured[capture.Id] = EndedTasks.IsWithinResult(capture.Value, model) ? null : EndedTasks.RootOf(capture.Value);
        return tasks.IsRace(capture.Value) ? state with { Races = state.Races.Add(capture.Id) } : state;
    }

    private KnownTasks Changed(KnownTasks state, IOperation target) => TargetOf(target) is { } changed ? state.Without(changed) : state;

    private ISymbol? TargetOf(IOperation target) =>
        target.Unwrap() is IFlowCaptureReferenceOperation reference ? captured.TryGetValue(reference.Id, out var root) ? root : null
        // To change what a task has given is not to replace the task.
        : EndedTasks.IsWithinResult(target, model) ? null : EndedTasks.RootOf(target);

    private bool Is(ISymbol member, CatalogueRole role) => model.Find(member, role) != null;
}
