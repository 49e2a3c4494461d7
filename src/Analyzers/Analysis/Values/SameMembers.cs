using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Values;

/// <summary>Compares an object that stands for a failure with one that stands for a result, by what each of them is given.</summary>
internal static class SameMembers
{
    private const int MaxDepth = 6;

    /// <summary>
    /// Whether the two are given the same members, and a text alone tells of the failure: no flag, no number and no member of an enumeration differs.
    /// </summary>
    /// <param name="failure">The object for the failure.</param>
    /// <param name="result">The object for the result.</param>
    /// <param name="values">Tells texts of failures.</param>
    public static bool AreAlike(IOperation failure, IOperation result, EmptyValues values)
    {
        var tells = false;
        return AreAlike(failure.Unwrap(), result.Unwrap(), values, ref tells, 0) && tells;
    }

    private static bool AreAlike(IOperation failure, IOperation result, EmptyValues values, ref bool tells, int depth)
    {
        if (depth > MaxDepth)
            return false;
        if (SyntaxFactory.AreEquivalent(failure.Syntax, result.Syntax))
            return true;
        switch (failure)
        {
            case IObjectCreationOperation made:
                return result is IObjectCreationOperation other && SymbolEqualityComparer.Default.Equals(made.Constructor, other.Constructor)
                    && AllAlike([.. made.Arguments.Select(a => a.Value)], [.. other.Arguments.Select(a => a.Value)], values, ref tells, depth)
                    && AreAlike(made.Initializer, other.Initializer, values, ref tells, depth);
            case ITupleOperation { Elements: var elements }:
                return result is ITupleOperation { Elements: var their } && AllAlike(elements, their, values, ref tells, depth);
            case ICollectionExpressionOperation list:
                return result is ICollectionExpressionOperation others && AllAlike([.. list.Elements], [.. others.Elements], values, ref tells, depth);
            case IArrayCreationOperation { Initializer.ElementValues: var elements }:
                return result is IArrayCreationOperation { Initializer.ElementValues: var theirs } && AllAlike(elements, theirs, values, ref tells, depth);
        }

        // A text in the place of a text that is computed.
        if (failure.Type?.SpecialType == SpecialType.System_String)
        {
            // What tells of a failure itself is no result.
            var isText = !result.ConstantValue.HasValue && values.Of(failure) == EmptyValue.FailureText && values.Of(result) != EmptyValue.FailureText;
            tells |= isText;
            // A sentence beside it is for people to read.
            return isText || (!result.ConstantValue.HasValue && failure.ConstantValue is not { HasValue: true, Value: not string }
                && (failure.ConstantValue.Value is not string sentence || sentence.Trim().Any(char.IsWhiteSpace)));
        }

        // What is computed in both tells nothing that is seen here; a constant beside another value does.
        return !failure.ConstantValue.HasValue && !result.ConstantValue.HasValue;
    }

    private static bool AreAlike(
        IObjectOrCollectionInitializerOperation? failure, IObjectOrCollectionInitializerOperation? result, EmptyValues values, ref bool tells, int depth)
    {
        if (failure == null || result == null)
            return failure == result;
        if (failure.Initializers.Length != result.Initializers.Length)
            return false;
        for (var i = 0; i < failure.Initializers.Length; i++)
            switch (failure.Initializers[i])
            {
                case ISimpleAssignmentOperation { Target: IMemberReferenceOperation { Member: var member }, Value: var value }:
                    if (result.Initializers.OfType<ISimpleAssignmentOperation>().FirstOrDefault(set => set.Target is IMemberReferenceOperation { Member: var other }
                            && SymbolEqualityComparer.Default.Equals(member, other)) is not { } their
                        || !AreAlike(value.Unwrap(), their.Value.Unwrap(), values, ref tells, depth + 1))
                        return false;
                    break;
                case IInvocationOperation { Arguments: { Length: 1 } given }:
                    if (result.Initializers[i] is not IInvocationOperation { Arguments: { Length: 1 } theirs }
                        || !AreAlike(given[0].Value.Unwrap(), theirs[0].Value.Unwrap(), values, ref tells, depth + 1))
                        return false;
                    break;
                default:
                    return false;
            }

        return true;
    }

    private static bool AllAlike(IReadOnlyList<IOperation> failure, IReadOnlyList<IOperation> result, EmptyValues values, ref bool tells, int depth)
    {
        if (failure.Count != result.Count)
            return false;
        for (var i = 0; i < failure.Count; i++)
            if (!AreAlike(failure[i].Unwrap(), result[i].Unwrap(), values, ref tells, depth + 1))
                return false;
        return true;
    }
}
