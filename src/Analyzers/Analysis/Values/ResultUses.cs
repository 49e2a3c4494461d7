using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Values;

/// <summary>What a caller makes of a result.</summary>
internal enum ResultUse
{
    /// <summary>It hands the result to another function, or what it does cannot be told.</summary>
    Unknown,

    /// <summary>It gives the result back as its own.</summary>
    Returned,

    /// <summary>It looks at the result, and does something else where it is empty.</summary>
    Checked,

    /// <summary>It puts an empty value in the place of a missing result, or skips what it would have done.</summary>
    Defaulted,

    /// <summary>It reads members of the result, or writes it into a text, as if it were there.</summary>
    Trusted,

    /// <summary>It gives the result to another function, which is not one that writes for people.</summary>
    Passed,

    /// <summary>It drops the result.</summary>
    Ignored,
}

/// <summary>One visible caller of a function, and what it makes of the result.</summary>
internal readonly record struct ResultSite(SimpleNameSyntax Call, ResultUse Use);

/// <summary>What the visible callers of a function make of what it gives back.</summary>
/// <param name="model">The program.</param>
/// <param name="cancellation">Ends the search with an exception.</param>
/// <param name="ofText">Whether the result is a text that always says something: a test for nothing does not look at it.</param>
internal sealed class ResultUses(AgentModel model, CancellationToken cancellation, bool ofText = false)
{
    private const int MaxCallers = 40;

    /// <summary>The callers; none where no call of the function is visible.</summary>
    public IReadOnlyList<ResultSite> Of(IMethodSymbol function)
    {
        var found = new List<ResultSite>();
        foreach (var name in CallerIndex.Of(model, cancellation).NamesOf(function.Implementation(), cancellation).Take(MaxCallers))
            if (model.SemanticsOf(name.SyntaxTree).OperationOf(name, cancellation) is IInvocationOperation call)
                found.Add(new ResultSite(name, UseOf(call)));
        return found;
    }

    private ResultUse UseOf(IOperation value)
    {
        for (var (child, parent) = (value, value.Parent); parent != null; (child, parent) = (parent, parent.Parent))
            switch (parent)
            {
                case IAwaitOperation or IConversionOperation or IParenthesizedOperation:
                case IInvocationOperation { TargetMethod.Name: "ConfigureAwait" or "AsTask" or "WaitAsync" or "GetAwaiter" or "GetResult" } awaited when awaited.Instance == child:
                case IPropertyReferenceOperation { Property: { Name: "Result", ContainingType: var task } } blocking when blocking.Instance == child && task.IsTask():
                    continue;
                case IExpressionStatementOperation:
                case ISimpleAssignmentOperation { Target: IDiscardOperation }:
                    return ResultUse.Ignored;
                case IVariableInitializerOperation { Parent: IVariableDeclaratorOperation { Symbol: var local } }:
                    return OfLocal(local, parent);
                case ISimpleAssignmentOperation { Target: ILocalReferenceOperation { Local: var local } }:
                    return OfLocal(local, parent);
                case ICoalesceOperation choice when choice.Value == child:
                    return choice.WhenNull.Unwrap() is IThrowOperation || IsAnotherSource(choice.WhenNull) ? ResultUse.Checked : ResultUse.Defaulted;
                case IConditionalOperation choice when choice.Condition == child:
                    return OfTest(choice, isNegated: false);
                case IUnaryOperation { OperatorKind: UnaryOperatorKind.Not, Parent: IConditionalOperation choice } not when choice.Condition == not:
                    return OfTest(choice, isNegated: true);
                // A text in a text.
                case IBinaryOperation { OperatorKind: BinaryOperatorKind.Add, Type.SpecialType: SpecialType.System_String }:
                    return ResultUse.Trusted;
                case IConditionalAccessOperation when ofText:
                    return ResultUse.Trusted;
                case IIsPatternOperation or IBinaryOperation when ofText && AsksForNothing(parent, child):
                    return ResultUse.Unknown;
                case IIsPatternOperation or IBinaryOperation or IConditionalAccessOperation or IUnaryOperation or ISwitchOperation or ISwitchExpressionOperation:
                    return ResultUse.Checked;
                case IInvocationOperation { TargetMethod: { ContainingType.SpecialType: SpecialType.System_String, ReturnType.SpecialType: SpecialType.System_Boolean } }:
                    return ResultUse.Checked;
                // found.HasValue
                case IPropertyReferenceOperation { Property: { Name: "HasValue", ContainingType.OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } }:
                    return ResultUse.Checked;
                case IInterpolationOperation:
                case IMemberReferenceOperation { Instance: var instance } when instance == child:
                case IInvocationOperation { Instance: var receiver } when receiver == child:
                    return ResultUse.Trusted;
                case IReturnOperation:
                    return ResultUse.Returned;
                case IArgumentOperation { Parent: IInvocationOperation { TargetMethod: { ContainingType.SpecialType: SpecialType.System_String, ReturnType.SpecialType: SpecialType.System_Boolean } asked } }:
                    return ofText && asked.Name.StartsWith("IsNull", StringComparison.Ordinal) ? ResultUse.Unknown : ResultUse.Checked;
                // ArgumentException.ThrowIfNullOrEmpty(found)
                case IArgumentOperation { Parent: IInvocationOperation { TargetMethod: { IsStatic: true } thrower } } when thrower.Name.StartsWith("ThrowIf", StringComparison.Ordinal) && ExceptionTypes.IsException(thrower.ContainingType):
                    return ResultUse.Checked;
                case IArgumentOperation { Parent: IInvocationOperation { TargetMethod: var taker } }:
                    return model.Is(taker.ContainingType?.OriginalDefinition, CatalogueRole.Log) ? ResultUse.Unknown : ResultUse.Passed;
                default:
                    return ResultUse.Unknown;
            }

        return ResultUse.Unknown;
    }

    // await AskAsync() ?? FromTemplate(): the program's own way on without the result.
    private bool IsAnotherSource(IOperation value) => value.Unwrap() switch
    {
        IAwaitOperation awaited => IsAnotherSource(awaited.Operation),
        IInvocationOperation { TargetMethod: var method } => model.Declares(method),
        _ => false,
    };

    // answer == null, answer is not null, answer.Length == 0 is asked of the length.
    private static bool AsksForNothing(IOperation question, IOperation answer) => question switch
    {
        IBinaryOperation test => (test.LeftOperand == answer ? test.RightOperand : test.LeftOperand).Unwrap().ConstantValue is { HasValue: true, Value: null or "" },
        IIsPatternOperation { Pattern: var pattern } => pattern is IConstantPatternOperation { Value.ConstantValue: { HasValue: true, Value: null or "" } }
            or INegatedPatternOperation { Pattern: IConstantPatternOperation { Value.ConstantValue: { HasValue: true, Value: null or "" } } },
        _ => false,
    };

    // if (await IsAllowed()) Do(): what is not done is not missed. if (!await IsAllowed()) return: it is.
    private static ResultUse OfTest(IConditionalOperation choice, bool isNegated) =>
        isNegated || choice.WhenFalse != null || choice.Syntax is not IfStatementSyntax ? ResultUse.Checked : ResultUse.Defaulted;

    private ResultUse OfLocal(ILocalSymbol local, IOperation place)
    {
        var use = ResultUse.Unknown;
        foreach (var part in place.Top().Descendants())
            if (part is ILocalReferenceOperation reference && SymbolEqualityComparer.Default.Equals(reference.Local, local) && part.Syntax.SpanStart >= place.Syntax.Span.End)
                switch (UseOf(reference))
                {
                    case ResultUse.Checked:
                        return ResultUse.Checked;
                    case ResultUse.Defaulted:
                        use = ResultUse.Defaulted;
                        break;
                    case ResultUse.Trusted when use is ResultUse.Unknown or ResultUse.Passed:
                        use = ResultUse.Trusted;
                        break;
                    case ResultUse.Passed when use == ResultUse.Unknown:
                        use = ResultUse.Passed;
                        break;
                }

        return use;
    }
}
