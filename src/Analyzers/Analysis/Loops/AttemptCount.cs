using AgentLint.Analysis.Concurrency;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Loops;

/// <summary>A statement on a way back, and how it came out where it is a condition.</summary>
internal readonly record struct PathStep(IOperation Statement, bool? Outcome, bool Calls);

/// <summary>Counts attempts by going through a cycle as the program would, as far as its numbers are constants.</summary>
internal sealed class AttemptCount(ValueOrigins origins, CycleText region, ISymbol counter)
{
    // More attempts than anybody means.
    private const int MaxAttempts = 10_000;

    private long value;

    /// <summary>How often the work is done when it fails each time; null where that is not shown.</summary>
    public int? Of(IReadOnlyList<PathStep> turn)
    {
        if (Start() is not { } start || !turn.Any(step => step.Calls))
            return null;
        value = start;
        var attempts = 0;
        while (attempts < MaxAttempts)
        {
            var before = (value, attempts);
            var isCounted = false;
            foreach (var step in turn)
            {
                // An attempt is a turn, however many calls it makes.
                if (step.Calls && !isCounted)
                    attempts++;
                isCounted |= step.Calls;
                var result = Evaluate(step.Statement is IExpressionStatementOperation expression ? expression.Operation : step.Statement);
                if (step.Outcome is { } outcome && result is bool came && came != outcome)
                    return attempts;
            }

            if (before.value == value || before.attempts == attempts)
                return null;
        }

        return null;
    }

    // The only value from outside of the cycle.
    private long? Start()
    {
        if (counter is IParameterSymbol parameter)
            return parameter is { HasExplicitDefaultValue: true, ExplicitDefaultValue: { } given } && !origins.IsChangedOutside(counter, region) ? Number(given) : null;
        var starts = origins.DefinitionsOf(counter).Where(definition => !region.Contains(definition)).ToList();
        return counter is ILocalSymbol && starts.Count == 1 && starts[0].Unwrap().ConstantValue is { HasValue: true, Value: { } constant } ? Number(constant) : null;
    }

    // A number, a truth value, or null where the counter has no part in it.
    private object? Evaluate(IOperation operation)
    {
        operation = operation.Unwrap();
        switch (operation)
        {
            case { ConstantValue: { HasValue: true, Value: { } constant } }:
                return constant is bool ? constant : Number(constant);
            case IIncrementOrDecrementOperation step when IsCounter(step.Target):
                var old = value;
                value += step.Kind == OperationKind.Increment ? 1 : -1;
                return step.IsPostfix ? old : value;
            case ICompoundAssignmentOperation compound when IsCounter(compound.Target):
                if (Evaluate(compound.Value) is long by)
                    value = Compute(compound.OperatorKind, value, by) as long? ?? value;
                return value;
            case ISimpleAssignmentOperation assignment when IsCounter(assignment.Target):
                if (Evaluate(assignment.Value) is long next)
                    value = next;
                return value;
            case ILocalReferenceOperation or IParameterReferenceOperation or IFieldReferenceOperation when IsCounter(operation):
                return value;
            case ILocalReferenceOperation { Local: var local } when origins.DefinitionsOf(local) is { Count: 1 } only && !origins.IsChangedOutside(local, null):
                return only[0].Unwrap().ConstantValue is { HasValue: true, Value: { } kept } ? Number(kept) : null;
            case IParameterReferenceOperation { Parameter: { HasExplicitDefaultValue: true, ExplicitDefaultValue: { } given } parameter } when !origins.IsChangedOutside(parameter, null):
                return Number(given);
            case IBinaryOperation binary:
                var left = Evaluate(binary.LeftOperand);
                var right = Evaluate(binary.RightOperand);
                return left is long l && right is long r ? Compute(binary.OperatorKind, l, r) : null;
            case IUnaryOperation { OperatorKind: UnaryOperatorKind.Not } not:
                return Evaluate(not.Operand) is bool truth ? !truth : null;
            case IIsPatternOperation { Pattern: IRelationalPatternOperation pattern } match:
                return Evaluate(match.Value) is long matched && Evaluate(pattern.Value) is long bound ? Compute(pattern.OperatorKind, matched, bound) : null;
            case IIsPatternOperation { Pattern: IConstantPatternOperation pattern } match:
                return Evaluate(match.Value) is long same && Evaluate(pattern.Value) is long to ? same == to : null;
            default:
                return null;
        }
    }

    private bool IsCounter(IOperation operation) => AccessPath.Of(operation) is { Member: null } path && SymbolEqualityComparer.Default.Equals(path.Root, counter);

    private static object? Compute(BinaryOperatorKind kind, long left, long right) => kind switch
    {
        BinaryOperatorKind.Add => left + right,
        BinaryOperatorKind.Subtract => left - right,
        BinaryOperatorKind.Multiply => left * right,
        BinaryOperatorKind.LessThan => left < right,
        BinaryOperatorKind.LessThanOrEqual => left <= right,
        BinaryOperatorKind.GreaterThan => left > right,
        BinaryOperatorKind.GreaterThanOrEqual => left >= right,
        BinaryOperatorKind.Equals => left == right,
        BinaryOperatorKind.NotEquals => left != right,
        _ => null,
    };

    private static long? Number(object constant) => constant switch
    {
        int n => n,
        long n => n,
        short n => n,
        byte n => n,
        uint n => n,
        _ => null,
    };
}
