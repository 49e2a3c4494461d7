using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Loops;

/// <summary>
/// Answers conditions for one situation: true, false, or, where they ask for anything else, neither. What is compared are statuses and the types of
/// exceptions, also behind a local that is given one value.
/// </summary>
internal sealed class Conditions
{
    private const int MaxDepth = 64;

    // A helper that asks a helper is as far as it goes.
    private const int MaxHelpers = 2;

    private readonly AgentModel model;
    private readonly SemanticModel semantics;
    private readonly Situation situation;
    private readonly CancellationToken cancellation;

    // What a helper calls the status that it is given.
    private readonly IParameterSymbol? given;
    private readonly int helpers;

    public Conditions(AgentModel model, SemanticModel semantics, Situation situation, CancellationToken cancellation) =>
        (this.model, this.semantics, this.situation, this.cancellation) = (model, semantics, situation, cancellation);

    private Conditions(Conditions caller, SemanticModel semantics, IParameterSymbol given)
        : this(caller.model, semantics, caller.situation, caller.cancellation) => (this.given, helpers) = (given, caller.helpers + 1);

    /// <summary>Whether a condition that was asked so far compares a status with a number or a name.</summary>
    public bool ComparesStatus { get; private set; }

    /// <summary>Whether one of them asks for the very status.</summary>
    public bool NamesStatus { get; private set; }

    /// <summary>Whether a condition holds; null where that depends on something else.</summary>
    public bool? Holds(IOperation? condition) => Holds(condition, 0);

    /// <summary>Whether a handler takes the exception; null where that depends on something else.</summary>
    public bool? Catches(CatchClauseSyntax handler)
    {
        if (handler.Declaration is { } declaration
            && situation.Exception != null
            && semantics.GetTypeInfo(declaration.Type, cancellation).Type is { } caught
            && !ExceptionTypes.IsOrDerives(situation.Exception, caught))
            return false;
        return handler.Filter == null ? true : Holds(semantics.GetOperation(handler.Filter.FilterExpression, cancellation));
    }

    private bool? Holds(IOperation? condition, int depth)
    {
        if (depth > MaxDepth || condition == null)
            return null;
        condition = Whole(condition);
        if (condition.ConstantValue is { HasValue: true, Value: bool constant })
            return constant;
        switch (condition)
        {
            case IUnaryOperation { OperatorKind: UnaryOperatorKind.Not } not:
                return !Holds(not.Operand, depth + 1);
            case IBinaryOperation { OperatorKind: BinaryOperatorKind.ConditionalAnd or BinaryOperatorKind.And } and:
                return And(Holds(and.LeftOperand, depth + 1), Holds(and.RightOperand, depth + 1));
            case IBinaryOperation { OperatorKind: BinaryOperatorKind.ConditionalOr or BinaryOperatorKind.Or } or:
                return Or(Holds(or.LeftOperand, depth + 1), Holds(or.RightOperand, depth + 1));
            case IBinaryOperation comparison:
                return Compare(comparison);
            case IIsPatternOperation test:
                return Matches(test.Value, test.Pattern, depth + 1);
            case IIsTypeOperation type:
                return IsOfType(type.ValueOperand, type.TypeOperand) is { } isOfType ? isOfType != type.IsNegated : null;
            case IPropertyReferenceOperation property when model.Find(property.Property, CatalogueRole.StatusCode) is { } entry && entry.Has("success"):
                return situation.Status is { } status ? status is >= 200 and < 300 : null;
            // What is tested is a cancellation that was asked for.
            case IPropertyReferenceOperation { Property.Name: "IsCancellationRequested" } when situation.Exception != null && model.EntriesOf(situation.Exception).Any(IsCanceled):
                return true;
            case ILocalReferenceOperation local:
                return Holds(ValueOf(local.Local), depth + 1);
            case ISwitchExpressionOperation choice:
                return Chosen(choice, depth + 1);
            case IInvocationOperation call when situation.Status != null && helpers < MaxHelpers:
                return AnswerOf(call);
            default:
                return null;
        }
    }

    private static bool IsCanceled(CatalogueEntry entry) => entry.Role == CatalogueRole.Failure && entry["kind"] == "canceled";

    private static bool? And(bool? left, bool? right) => left == false || right == false ? false : left == true && right == true ? true : null;

    private static bool? Or(bool? left, bool? right) => left == true || right == true ? true : left == false && right == false ? false : null;

    private bool? Compare(IBinaryOperation comparison)
    {
        var (value, constant, kind) = IsStatus(comparison.LeftOperand) ? (comparison.LeftOperand, comparison.RightOperand, comparison.OperatorKind)
            : (comparison.RightOperand, comparison.LeftOperand, Turned(comparison.OperatorKind));
        if (!IsStatus(value) || situation.Status is not { } status)
            return null;
        var other = constant.Unwrap();
        // A failure with a status has one.
        if (other.ConstantValue is { HasValue: true, Value: null })
            return kind switch { BinaryOperatorKind.Equals => false, BinaryOperatorKind.NotEquals => true, _ => null };
        if (Number(other) is not { } number)
            return null;
        ComparesStatus |= !IsSuccess(number);
        NamesStatus |= status == number && kind is BinaryOperatorKind.Equals or BinaryOperatorKind.NotEquals;
        return Compare(status, kind, number);
    }

    private static bool? Compare(int status, BinaryOperatorKind kind, int number) => kind switch
    {
        BinaryOperatorKind.Equals => status == number,
        BinaryOperatorKind.NotEquals => status != number,
        BinaryOperatorKind.LessThan => status < number,
        BinaryOperatorKind.LessThanOrEqual => status <= number,
        BinaryOperatorKind.GreaterThan => status > number,
        BinaryOperatorKind.GreaterThanOrEqual => status >= number,
        _ => null,
    };

    private static BinaryOperatorKind Turned(BinaryOperatorKind kind) => kind switch
    {
        BinaryOperatorKind.LessThan => BinaryOperatorKind.GreaterThan,
        BinaryOperatorKind.LessThanOrEqual => BinaryOperatorKind.GreaterThanOrEqual,
        BinaryOperatorKind.GreaterThan => BinaryOperatorKind.LessThan,
        BinaryOperatorKind.GreaterThanOrEqual => BinaryOperatorKind.LessThanOrEqual,
        _ => kind,
    };

    private bool? Matches(IOperation value, IPatternOperation pattern, int depth)
    {
        if (depth > MaxDepth)
            return null;
        switch (pattern)
        {
            case INegatedPatternOperation not:
                return !Matches(value, not.Pattern, depth + 1);
            case IBinaryPatternOperation { OperatorKind: BinaryOperatorKind.Or } or:
                return Or(Matches(value, or.LeftPattern, depth + 1), Matches(value, or.RightPattern, depth + 1));
            case IBinaryPatternOperation and:
                return And(Matches(value, and.LeftPattern, depth + 1), Matches(value, and.RightPattern, depth + 1));
            case IConstantPatternOperation constant when IsStatus(value) && situation.Status is { } status:
                if (constant.Value.Unwrap().ConstantValue is { HasValue: true, Value: null })
                    return false;
                if (Number(constant.Value.Unwrap()) is not { } number)
                    return null;
                NamesStatus |= status == number;
                ComparesStatus |= !IsSuccess(number);
                return status == number;
            case IRelationalPatternOperation relation when IsStatus(value) && situation.Status is { } status:
                return Number(relation.Value.Unwrap()) is { } limit && Compare(status, relation.OperatorKind, limit) is { } isSo ? Compared(isSo) : null;
            case IDiscardPatternOperation:
                return true;
            case ITypePatternOperation type:
                return IsOfType(value, type.MatchedType);
            case IDeclarationPatternOperation { MatchedType: { } matched }:
                return IsOfType(value, matched);
            case IRecursivePatternOperation recursive:
                var holds = recursive.MatchedType is { } expected && !SymbolEqualityComparer.Default.Equals(expected, value.Type) ? IsOfType(value, expected) : true;
                foreach (var part in recursive.PropertySubpatterns)
                    holds = And(holds, Matches(part.Member, part.Pattern, depth + 1));
                return recursive.DeconstructionSubpatterns.IsEmpty ? holds : And(holds, null);
            default:
                return null;
        }
    }

    private bool? Chosen(ISwitchExpressionOperation choice, int depth)
    {
        foreach (var arm in choice.Arms)
        {
            var isChosen = Matches(choice.Value, arm.Pattern, depth);
            if (arm.Guard != null)
                isChosen = And(isChosen, Holds(arm.Guard, depth));
            if (isChosen != false)
                return isChosen == true ? Holds(arm.Value, depth) : null;
        }

        return null;
    }

    // IsTransient(response.StatusCode): a helper that does nothing but judge the status that it is given.
    private bool? AnswerOf(IInvocationOperation call)
    {
        var argument = call.Arguments.FirstOrDefault(a => IsStatus(a.Value));
        if (argument?.Parameter is not { } parameter || CallGraph.Of(model).Resolve(call.TargetMethod) is not { ReturnType.SpecialType: SpecialType.System_Boolean } helper
            || parameter.Ordinal >= helper.Parameters.Length || MethodBodies.Of(helper, model, cancellation).FirstOrDefault() is not { } body)
            return null;
        var inner = new Conditions(this, model.SemanticsOf(body.Syntax.SyntaxTree), helper.OriginalDefinition.Parameters[parameter.Ordinal]);
        var answer = inner.Returned(body, 0).Answer;
        ComparesStatus |= inner.ComparesStatus;
        NamesStatus |= inner.NamesStatus;
        return answer;
    }

    // What a body of conditions and returns gives back, and whether it comes to a return.
    private (bool? Answer, bool IsOver) Returned(IOperation? body, int depth)
    {
        if (depth > MaxDepth)
            return (null, true);
        switch (body)
        {
            case null or IEmptyOperation:
                return (null, false);
            case IMethodBodyOperation method:
                return Returned(method.BlockBody ?? method.ExpressionBody, depth + 1);
            case ILocalFunctionOperation function:
                return Returned(function.Body, depth + 1);
            case IReturnOperation { ReturnedValue: { } value }:
                return (Holds(value, depth), true);
            case IBlockOperation block:
                foreach (var statement in block.Operations)
                    if (Returned(statement, depth + 1) is { IsOver: true } result)
                        return result;
                return (null, false);
            case IConditionalOperation choice:
                var holds = Holds(choice.Condition, depth);
                return holds == null ? (null, true) : Returned(holds == true ? choice.WhenTrue : choice.WhenFalse, depth + 1);
            default:
                return (null, true);
        }
    }

    // A comparison with a success does not tell failures apart.
    private static bool IsSuccess(int status) => status is >= 200 and < 300;

    private bool Compared(bool answer)
    {
        ComparesStatus = true;
        return answer;
    }

    // Only of the exception itself: what is within it is not known.
    private bool? IsOfType(IOperation value, ITypeSymbol type) =>
        situation.Exception is { } thrown && value.Unwrap() is ILocalReferenceOperation { Local: var local } && IsCaught(local)
            ? ExceptionTypes.IsOrDerives(thrown, type)
            : null;

    private bool IsCaught(ILocalSymbol local) => local.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation) is CatchDeclarationSyntax;

    private bool IsStatus(IOperation value)
    {
        for (var depth = 0; depth < 8; depth++)
        {
            value = Whole(value);
            switch (value)
            {
                case IParameterReferenceOperation parameter:
                    return given != null && SymbolEqualityComparer.Default.Equals(parameter.Parameter, given);
                case IMemberReferenceOperation member:
                    return model.Find(member.Member, CatalogueRole.StatusCode) is { } entry && !entry.Has("success");
                case IConditionalAccessOperation access:
                    value = access.WhenNotNull;
                    break;
                case ICoalesceOperation coalesce:
                    value = coalesce.Value;
                    break;
                case ILocalReferenceOperation local when ValueOf(local.Local) is { } given:
                    value = given;
                    break;
                default:
                    return false;
            }
        }

        return false;
    }

    private static int? Number(IOperation value) => value.ConstantValue is { HasValue: true, Value: int number } ? number : null;

    // The value of a local that gets one where it is declared, and none elsewhere.
    private IOperation? ValueOf(ILocalSymbol local)
    {
        if (local.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation) is not VariableDeclaratorSyntax declarator
            || declarator.SyntaxTree != semantics.SyntaxTree
            || declarator.FirstAncestorOrSelf<BlockSyntax>() is not { } block
            || block.DescendantNodes().Any(node => node is AssignmentExpressionSyntax { Left: IdentifierNameSyntax name } && name.Identifier.ValueText == local.Name))
            return null;
        return local.InitializerOf(semantics, cancellation);
    }

    // Conditions of a flow graph, as the source has them.
    private IOperation Whole(IOperation operation)
    {
        operation = operation.Unwrap();
        return operation is IFlowCaptureReferenceOperation && semantics.GetOperation(operation.Syntax, cancellation) is { } whole ? whole.Unwrap() : operation;
    }
}
