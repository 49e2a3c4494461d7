using AgentLint.Analysis.Concurrency;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Loops;

/// <summary>Whether a statement moves a number on, so that a turn finds another one than the turn before.</summary>
internal sealed class Advances(AgentModel model, ValueOrigins origins, CycleText region, CancellationToken cancellation)
{
    /// <summary>Where a statement moves a number, by what it was: 1 for upwards or elsewhere, -1 for downwards, 0 where it does not.</summary>
    public int Moves(IOperation statement, AccessPath number)
    {
        foreach (var part in origins.Parts(statement))
            switch (part)
            {
                case IIncrementOrDecrementOperation step when Is(step.Target, number):
                    return step.Kind == OperationKind.Decrement ? -1 : 1;
                case ICompoundAssignmentOperation compound when Is(compound.Target, number):
                    return compound.OperatorKind == BinaryOperatorKind.Subtract ? -1 : 1;
                case ISimpleAssignmentOperation { Value: IBinaryOperation { OperatorKind: BinaryOperatorKind.Subtract } } less when Is(less.Target, number) && IsMadeOfItself(less.Value, number):
                    return -1;
                case IArgumentOperation { Parameter.RefKind: RefKind.Ref } argument when Is(argument.Value, number):
                case ISimpleAssignmentOperation assignment when Is(assignment.Target, number) && IsMadeOfItself(assignment.Value, number):
                case IInvocationOperation call when MovesBehind(call, number):
                    return 1;
                // state = state with { Turn = state.Turn + 1 }
                case ISimpleAssignmentOperation { Value: var value, Target: var target } when number.Member != null && AccessPath.Of(target) is { Member: null } whole && IsSame(whole.Root, number.Root) && !value.ConstantValue.HasValue && (origins.Of(value) & Origin.Answer) == 0:
                    if (value.Unwrap() is not IWithOperation { Initializer: { } changes } || changes.Initializers.Any(change => change is ISimpleAssignmentOperation { Target: IMemberReferenceOperation { Member: var member } } && IsSame(member, number.Member)))
                        return 1;
                    break;
            }

        return 0;
    }

    private static bool Is(IOperation target, AccessPath number) => AccessPath.Of(target) is { } path && path.Equals(number);

    // n = n + 1, delay = Next(delay); next = n + 1 … n = next
    private bool IsMadeOfItself(IOperation value, AccessPath number) =>
        value.Unwrap() is not (ILocalReferenceOperation or IParameterReferenceOperation or IMemberReferenceOperation) || value.Unwrap() is ILocalReferenceOperation
            ? origins.DependsOn(value, number.Root, region) && !Is(value.Unwrap(), number)
            : false;

    // budget.Spend(), history.Add(…), a method of one's own that counts in a field.
    private bool MovesBehind(IInvocationOperation call, AccessPath number)
    {
        if (call.IsImplicit || number.Root is IParameterSymbol or ILocalSymbol && number.Member == null)
            return false;
        var target = CallGraph.Of(model).Resolve(call.TargetMethod);
        var member = (number.Member ?? number.Root).OriginalDefinition;
        var receiver = call.Receiver() is { } on ? AccessPath.Of(on) : null;
        if (receiver is { } path && IsSame(path.Root, number.Root))
            return call.TargetMethod.IsExtensionMethod ? false
                : target == null || !MethodBodies.HasSource(target, model) || StateReads.Of(model).WritesOf(target, cancellation).Contains(member);
        return target != null && MethodBodies.HasSource(target, model) && StateReads.Of(model).WritesOf(target, cancellation).Contains(member);
    }

    private static bool IsSame(ISymbol? left, ISymbol? right) => SymbolEqualityComparer.Default.Equals(left, right);
}

/// <summary>The variables of a member that several of its functions change.</summary>
internal sealed class NestedWrites
{
    private readonly Dictionary<ISymbol, HashSet<SyntaxNode>> writers = new(SymbolEqualityComparer.Default);

    public NestedWrites(IOperation member)
    {
        foreach (var part in member.Descendants())
            if (part switch
            {
                IIncrementOrDecrementOperation step => step.Target,
                IAssignmentOperation assignment => assignment.Target,
                IArgumentOperation { Parameter.RefKind: RefKind.Ref or RefKind.Out } argument => argument.Value,
                _ => null,
            } is { } target
                && AccessPath.Of(target) is { Root: ILocalSymbol or IParameterSymbol } path
                && Flow.FlowGraphs.FunctionAround(part.Syntax) is { } function)
            {
                if (!writers.TryGetValue(path.Root, out var functions))
                    writers.Add(path.Root, functions = []);
                functions.Add(function);
            }
    }

    /// <summary>Whether another function than this one changes a variable, at a time that is not known.</summary>
    public bool Writes(ISymbol variable, SyntaxNode function) => writers.TryGetValue(variable, out var functions) && functions.Any(other => other != function);
}
