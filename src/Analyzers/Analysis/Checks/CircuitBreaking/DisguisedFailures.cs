using AgentLint.Analysis.Flow;
using AgentLint.Analysis.Values;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Checks.CircuitBreaking;

/// <summary>A failure that is given back as a result, or that nothing becomes of.</summary>
/// <param name="Failure">The handler, and the work.</param>
/// <param name="As">What it looks like; <see cref="EmptyValue.None"/> where the function goes on, and nothing is given back.</param>
/// <param name="Caller">A caller that takes it for a result; null where that follows from the result alone.</param>
internal sealed record DisguisedFailure(GuardedFailure Failure, EmptyValue As, SimpleNameSyntax? Caller);

/// <summary>
/// Finds handlers whose result cannot be told from what the function gives back when all is well: an empty list, a default, a fixed text, a <c>false</c> that is
/// also an answer, a <c>null</c> that a caller takes for nothing. And handlers of writes that say nothing at all.
/// </summary>
internal sealed class DisguisedFailures(AgentModel model, SemanticModel semantics, int depth, CancellationToken cancellation)
{
    private readonly EmptyValues values = new(model, semantics, cancellation);

    public IEnumerable<DisguisedFailure> In()
    {
        foreach (var failure in new GuardedWork(model, semantics, depth, cancellation).In())
        {
            // What an activity swallows is another rule's.
            var roles = model.RolesOf(failure.Function, cancellation);
            // The number that a program ends with tells its caller.
            if (failure.IsOfTimeouts || SymbolEqualityComparer.Default.Equals(failure.Function, model.Compilation.GetEntryPoint(cancellation)) || (roles & (MethodRoles.Activity | MethodRoles.Workflow | MethodRoles.Test)) != 0)
                continue;
            if (Given(failure) is { } value)
            {
                if (Disguise(failure, value, roles) is { } found)
                    yield return found;
            }
            else if (failure is { Write: not null, Ways.Exits: HandlerExits.GoesOn } && !Handlers.ThrowsBehind(failure.Attempt) && !IsLookedAt(failure)
                && (failure.Ways.IsSilent || (roles & MethodRoles.Root) == 0))
            {
                if (failure.Ways.IsSilent)
                    yield return new DisguisedFailure(failure, EmptyValue.None, null);
                else if (IsAllThatIsDone(failure) && GuardedWork.IsSentOut(failure.Work.Entry) && CallerThatGoesOn(failure) is { } caller)
                    yield return new DisguisedFailure(failure, EmptyValue.None, caller);
            }
        }
    }

    // ---- what is given back ------------------------------------------------------------------------------------------------

    // The value that the function gives back after the failure; null where it gives back none, or several.
    private IOperation? Given(GuardedFailure failure)
    {
        var ways = failure.Ways;
        var returned = ways.Returns.Length == 1 && (ways.Exits & (HandlerExits.GoesOn | HandlerExits.Jumps)) == 0 ? ways.Returns[0].Expression
            : ways is { Returns.IsEmpty: true, Exits: HandlerExits.GoesOn } ? ReturnedBehind(failure.Attempt)
            : null;
        // A value that is given back in any case tells nothing of what was done: it is no result of the work.
        return returned == null || (ways.Returns.IsEmpty && returned is not IdentifierNameSyntax) ? null : semantics.GetOperation(returned, cancellation);
    }

    // The next return statement, where nothing between looks at what was got.
    private static ExpressionSyntax? ReturnedBehind(TryStatementSyntax attempt)
    {
        for (SyntaxNode node = attempt; node.Parent is { } parent && !Handlers.IsFunction(parent); node = parent)
        {
            if (parent is BlockSyntax block)
                foreach (var statement in block.Statements.SkipWhile(s => s != node).Skip(1))
                    switch (statement)
                    {
                        case ReturnStatementSyntax { Expression: { } value }:
                            return value;
                        case LocalFunctionStatementSyntax:
                            continue;
                        case ExpressionStatementSyntax or LocalDeclarationStatementSyntax when !Handlers.Throws(statement):
                            continue;
                        default:
                            return null;
                    }

            // A loop that tries again, and ends with what it began with.
            if (parent is ForStatementSyntax or WhileStatementSyntax or DoStatementSyntax)
            {
                if (attempt.Block.Statements.LastOrDefault() is not (BreakStatementSyntax or ReturnStatementSyntax))
                    return null;
            }
            else if (parent is not (BlockSyntax or TryStatementSyntax or UsingStatementSyntax) && !Handlers.IsFunction(parent))
                return null;
        }

        return null;
    }

    private DisguisedFailure? Disguise(GuardedFailure failure, IOperation value, MethodRoles roles)
    {
        var kind = values.Of(value, failure.Attempt);
        // The very text that tells that nothing was found.
        if (value.Unwrap().Type?.SpecialType == SpecialType.System_String && kind is EmptyValue.None or EmptyValue.FailureText && IsGivenBackElsewhere(value, failure))
            return new DisguisedFailure(failure, EmptyValue.FixedText, null);
        if (kind == EmptyValue.None)
            return null;
        var isTool = (roles & MethodRoles.Tool) != 0;
        switch (kind)
        {
            case EmptyValue.True or EmptyValue.False:
                return OfTruth(failure, kind);
            case EmptyValue.Null:
                return isTool ? new DisguisedFailure(failure, kind, null) : IsMissingAlso(failure) && FirstCaller(failure, ResultUse.Defaulted, ResultUse.Trusted) is { } caller ? new DisguisedFailure(failure, kind, caller) : null;
            case EmptyValue.FailureText:
                return OfText(failure, roles);
            case EmptyValue.Text:
                return Callers(failure) is { Count: > 0 } callers && callers.All(site => site.Use == ResultUse.Checked) ? null : new DisguisedFailure(failure, kind, null);
            default:
                return new DisguisedFailure(failure, kind, null);
        }
    }

    private static bool IsGivenBackElsewhere(IOperation value, GuardedFailure failure) =>
        value.Unwrap() is IInterpolatedStringOperation or { ConstantValue.HasValue: true }
        && failure.Attempt.Block.DescendantNodes().OfType<ReturnStatementSyntax>()
            .Any(statement => statement.Expression is { } other && SyntaxFactory.AreEquivalent(other, value.Syntax) && statement.FirstAncestorOrSelf<CatchClauseSyntax>() == null);

    // What a model or a client is told is for them to read. A function between them and the work gives back data, and its callers take the text for that.
    private DisguisedFailure? OfText(GuardedFailure failure, MethodRoles roles)
    {
        if ((roles & MethodRoles.Root) != 0 || failure.Function.MethodKind is not (MethodKind.Ordinary or MethodKind.ExplicitInterfaceImplementation)
            || OtherResults(failure) is not { Count: > 0 } others || others.All(other => other.ConstantValue.HasValue))
            return null;
        var callers = Callers(failure);
        // Where no caller is seen, a model may be the one that reads it.
        return callers.Any(site => site.Use == ResultUse.Checked) ? null
            : callers.FirstOrDefault(site => site.Use is ResultUse.Trusted or ResultUse.Defaulted) is { Call: { } caller } ? new DisguisedFailure(failure, EmptyValue.FailureText, caller)
            : null;
    }

    // false is a failure where true is all that success gives; where both are answers, a failure looks like one of them.
    private DisguisedFailure? OfTruth(GuardedFailure failure, EmptyValue kind)
    {
        var others = OtherResults(failure);
        if (others.Count == 0)
            return null;
        if (kind == EmptyValue.True)
            return others.Any(other => other.ConstantValue is not { HasValue: true, Value: true }) ? new DisguisedFailure(failure, kind, null) : null;
        // return false, within the block: what came back was looked at, and false is an answer. Where the block asks whether the call succeeded, it is not.
        var isAnswer = !AsksForSuccess(failure) && failure.Attempt.Block.DescendantNodes().OfType<ReturnStatementSyntax>().Any(statement =>
            statement.Expression is { RawKind: (int)SyntaxKind.FalseLiteralExpression } && statement.SpanStart > failure.First.Span.End);
        if (!isAnswer && others.All(other => SaysSuccess(other) || IsOfWrite(other, failure)))
            return failure.Ways.IsSilent && FirstCaller(failure, ResultUse.Ignored) is { } caller ? new DisguisedFailure(failure, kind, caller) : null;
        var callers = Callers(failure);
        return callers.Count == 0 ? new DisguisedFailure(failure, kind, null)
            : callers.FirstOrDefault(site => site.Use == ResultUse.Defaulted) is { Call: { } skipping } ? new DisguisedFailure(failure, kind, skipping)
            : null;
    }

    private bool AsksForSuccess(GuardedFailure failure) =>
        semantics.GetOperation(failure.Attempt.Block, cancellation)?.Descendants().Any(part =>
            part is IPropertyReferenceOperation { Property: var property } && model.Find(property, CatalogueRole.StatusCode)?.Has("success") == true) == true;

    // What a write gives back is whether it was done.
    private static bool IsOfWrite(IOperation value, GuardedFailure failure) => failure.Write != null && value.Syntax.Span.Contains(failure.Work.Witness.Steps[0].Site.Span);

    // A constant, or the status of the answer: what is asked is whether it works.
    private bool SaysSuccess(IOperation value)
    {
        value = value.Unwrap();
        if (value.ConstantValue.HasValue)
            return true;
        return value.DescendantsAndSelf().Any(part => part is IPropertyReferenceOperation { Property: var property } && model.Find(property, CatalogueRole.StatusCode) != null);
    }

    // Whether null is also what the function gives back when there is nothing.
    private bool IsMissingAlso(GuardedFailure failure) => OtherResults(failure).Any(value =>
        value is { ConstantValue: { HasValue: true, Value: null } } or IConditionalAccessOperation || value.Unwrap() is IInvocationOperation or IAwaitOperation or ILocalReferenceOperation);

    private List<IOperation> OtherResults(GuardedFailure failure)
    {
        var function = FlowGraphs.FunctionAround(failure.Attempt);
        if (function == null || semantics.GetOperation(function, cancellation) is not { } body)
            return [];
        var root = body is IAnonymousFunctionOperation { Body: var inner } ? inner : body;
        return [.. ValueSources.ReturnedIn(root).Where(value => value.Syntax.FirstAncestorOrSelf<CatchClauseSyntax>() == null).Select(Plain)];
    }

    private static IOperation Plain(IOperation value) =>
        value.Unwrap() is IInvocationOperation { TargetMethod: { Name: "FromResult", IsStatic: true } made, Arguments: { Length: 1 } given } && made.ContainingType.IsTask() ? given[0].Value.Unwrap() : value.Unwrap();

    // ---- who is given it ---------------------------------------------------------------------------------------------------

    private IReadOnlyList<ResultSite> Callers(GuardedFailure failure) =>
        failure.Function.MethodKind is MethodKind.Ordinary or MethodKind.ExplicitInterfaceImplementation ? new ResultUses(model, cancellation).Of(failure.Function) : [];

    private SimpleNameSyntax? FirstCaller(GuardedFailure failure, params ResultUse[] uses) => Callers(failure).FirstOrDefault(site => uses.Contains(site.Use)).Call;

    // A caller that waits for the work, and goes on with something else as if it were done.
    private SimpleNameSyntax? CallerThatGoesOn(GuardedFailure failure) =>
        Callers(failure).FirstOrDefault(site => site.Use == ResultUse.Ignored
            && site.Call.FirstAncestorOrSelf<ExpressionStatementSyntax>() is { Expression: AwaitExpressionSyntax, Parent: BlockSyntax block } statement
            && block.Statements.Last() != statement).Call;

    // ---- nothing is given back ---------------------------------------------------------------------------------------------

    // Nothing follows the block: the function is there for the work.
    private static bool IsAllThatIsDone(GuardedFailure failure)
    {
        if (!failure.GivesNothingBack)
            return false;
        SyntaxNode node = failure.Attempt;
        for (; node.Parent is { } parent && !Handlers.IsFunction(parent); node = parent)
            if (parent is not (BlockSyntax or UsingStatementSyntax) || (parent is BlockSyntax block && block.Statements.Last() != node))
                return false;
        return true;
    }

    // A variable that the block sets last, and that is asked for behind it, tells that the work was done.
    private static bool IsLookedAt(GuardedFailure failure)
    {
        var set = failure.Attempt.Block.DescendantNodes().OfType<AssignmentExpressionSyntax>().Select(assignment => assignment.Left).OfType<IdentifierNameSyntax>().Select(name => name.Identifier.ValueText).ToList();
        if (set.Count == 0 || FlowGraphs.FunctionAround(failure.Attempt) is not { } function)
            return false;
        return function.DescendantNodes().OfType<IdentifierNameSyntax>().Any(name => name.SpanStart > failure.Attempt.Span.End && set.Contains(name.Identifier.ValueText));
    }
}
