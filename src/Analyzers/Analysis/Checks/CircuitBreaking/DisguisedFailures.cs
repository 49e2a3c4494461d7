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
    private readonly GivenResults results = new(model, semantics, cancellation);
    private readonly Handlers handlers = new(model, semantics, cancellation);

    public IEnumerable<DisguisedFailure> In()
    {
        foreach (var failure in new GuardedWork(model, semantics, depth, cancellation).In(replacing: true, ofClients: true))
        {
            // What an activity swallows is another rule's.
            var roles = model.RolesOf(failure.Function, cancellation);
            // The number that a program ends with tells its caller.
            if (failure.IsOfTimeouts || SymbolEqualityComparer.Default.Equals(failure.Function, model.Compilation.GetEntryPoint(cancellation)) || (roles & (MethodRoles.Activity | MethodRoles.Workflow | MethodRoles.Test)) != 0)
                continue;
            if (Given(failure, roles) is { } value)
            {
                if (((failure.IsOfClient ? null : Disguise(failure, value) ?? LikeResult(failure, value) ?? MadeUp(failure, value)) ?? LikeMissing(failure, value) ?? Unheard(failure, value)) is { } found)
                    yield return found;
            }
            else if (failure.IsOfClient)
                continue;
            else if (FlagOf(failure))
                yield return new DisguisedFailure(failure, EmptyValue.False, null);
            else if (failure is { Write: not null, Ways: { OnlyLogs: true, Exits: HandlerExits.GoesOn } } && !Handlers.ThrowsBehind(failure.Attempt) && !IsLookedAt(failure)
                && (failure.Ways.IsSilent || (roles & MethodRoles.Root) == 0))
            {
                if (failure.Ways.IsSilent)
                    yield return new DisguisedFailure(failure, EmptyValue.None, null);
                else if (IsAllThatIsDone(failure) && IsMissed(failure, out var caller))
                    yield return new DisguisedFailure(failure, EmptyValue.None, caller);
            }
        }
    }

    // ---- what is given back ------------------------------------------------------------------------------------------------

    // The value that the function gives back after the failure; null where it gives back none, or several.
    private GivenValue? Given(GuardedFailure failure, MethodRoles roles)
    {
        var ways = failure.Ways;
        if (ways.Replacement is { Target: ILocalReferenceOperation { Local: var local }, Value: var other })
            return ReturnedBehind(failure.Attempt) is { } back
                && GivenResults.ValueOf(back) is IdentifierNameSyntax name && name.Identifier.ValueText == local.Name && local.Type.SpecialType != SpecialType.System_Boolean
                ? new GivenValue(other, failure.Function, roles, back is YieldStatementSyntax, IsOfAnswer(failure))
                : null;
        if (ways.Returns.Length == 1 && (ways.Exits & (HandlerExits.GoesOn | HandlerExits.Jumps)) == 0)
            return Given(ways.Returns[0].Expression);
        if (ways is not { Returns.IsEmpty: true, Exits: HandlerExits.GoesOn } || ReturnedBehind(failure.Attempt) is not ReturnStatementSyntax { Expression: { } value })
            return null;
        // A value that is given back in any case tells nothing of what was done: it is no result of the work.
        return value is IdentifierNameSyntax ? Given(value) : IsOnlyForFailures(failure.Attempt) ? Given(value, isMissing: OthersGoOn(failure)) : null;

        GivenValue? Given(ExpressionSyntax? expression, bool isMissing = false) =>
            expression != null && semantics.GetOperation(expression, cancellation) is { } given ? new GivenValue(given, failure.Function, roles, IsOfAnswer: IsOfAnswer(failure), IsMissingElsewhere: isMissing) : null;
    }

    // What a model or an agent answers, also where it is asked over HTTP.
    private bool IsOfAnswer(GuardedFailure failure) =>
        failure.Work.Entry.Answers() || (failure.Work.Entry.Role == CatalogueRole.HttpCall && ModelRequests.Of(model).IsSentToModelOrAgent(failure.Work.Witness));

    // The block itself leaves the function: what stands behind it is for its handlers.
    private bool IsOnlyForFailures(TryStatementSyntax attempt) => semantics.AnalyzeControlFlow(attempt.Block) is { Succeeded: true, EndPointIsReachable: false };

    // A handler for something that is not there goes on to the same place.
    private bool OthersGoOn(GuardedFailure failure) =>
        failure.Attempt.Catches.Any(other => other != failure.Handler && !Handlers.Throws(other.Block) && semantics.AnalyzeControlFlow(other.Block) is { Succeeded: true, EndPointIsReachable: true });

    // The next return statement, where nothing between looks at what was got.
    private static StatementSyntax? ReturnedBehind(TryStatementSyntax attempt)
    {
        for (SyntaxNode node = attempt; node.Parent is { } parent && !Handlers.IsFunction(parent); node = parent)
        {
            if (parent is BlockSyntax block)
                foreach (var statement in block.Statements.SkipWhile(s => s != node).Skip(1))
                    switch (statement)
                    {
                        case ReturnStatementSyntax { Expression: not null } or YieldStatementSyntax { Expression: not null }:
                            return statement;
                        // if (error != null) { yield return error; yield break; }
                        case IfStatementSyntax { Condition: BinaryExpressionSyntax { Left: IdentifierNameSyntax asked }, Statement: BlockSyntax { Statements: { Count: > 0 } told } }
                            when told[0] is YieldStatementSyntax { Expression: IdentifierNameSyntax name } part && asked.Identifier.ValueText == name.Identifier.ValueText:
                            return part;
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

    private DisguisedFailure? Disguise(GuardedFailure failure, GivenValue given)
    {
        var value = given.Value;
        var kind = values.Of(value, failure.Attempt);
        // The very text that tells that nothing was found.
        if (value.Unwrap().Type?.SpecialType == SpecialType.System_String && kind is EmptyValue.None or EmptyValue.FailureText && IsGivenBackElsewhere(value, failure))
            return new DisguisedFailure(failure, EmptyValue.FixedText, null);
        return kind is EmptyValue.True or EmptyValue.False ? OfTruth(failure, given, kind)
            : results.IsTakenForResult(given, kind, out var caller) ? new DisguisedFailure(failure, kind, caller)
            : null;
    }

    private static bool IsGivenBackElsewhere(IOperation value, GuardedFailure failure) =>
        value.Unwrap() is IInterpolatedStringOperation or { ConstantValue.HasValue: true }
        && failure.Attempt.Block.DescendantNodes().OfType<ReturnStatementSyntax>()
            .Any(statement => statement.Expression is { } other && SyntaxFactory.AreEquivalent(other, value.Syntax) && statement.FirstAncestorOrSelf<CatchClauseSyntax>() == null);

    // false is a failure where true is all that success gives; where both are answers, a failure looks like one of them.
    private DisguisedFailure? OfTruth(GuardedFailure failure, GivenValue given, EmptyValue kind)
    {
        var others = results.OtherResults(given.Value);
        if (others.Count == 0)
            return null;
        if (kind == EmptyValue.True)
            return others.Any(other => other.ConstantValue is not { HasValue: true, Value: true }) ? new DisguisedFailure(failure, kind, null) : null;
        // return false, within the block: what came back was looked at, and false is an answer. Where the block asks whether the call succeeded, it is not.
        var isAnswer = !AsksForSuccess(failure) && failure.Attempt.Block.DescendantNodes().OfType<ReturnStatementSyntax>().Any(statement =>
            statement.Expression is { RawKind: (int)SyntaxKind.FalseLiteralExpression } && statement.SpanStart > failure.First.Span.End && !IsLogged(statement));
        if (!isAnswer && others.All(other => SaysSuccess(other) || IsOfWrite(other, failure)))
            return failure.Ways.IsSilent && results.FirstCaller(failure.Function, ResultUse.Ignored) is { } caller ? new DisguisedFailure(failure, kind, caller)
                : failure.Write == null && CallerThatAnswers(failure.Function) is { } answering ? new DisguisedFailure(failure, kind, answering)
                : null;
        var callers = results.CallersOf(failure.Function);
        return callers.Count == 0 ? new DisguisedFailure(failure, kind, null)
            : callers.FirstOrDefault(site => site.Use == ResultUse.Defaulted) is { Call: { } skipping } ? new DisguisedFailure(failure, kind, skipping)
            : null;
    }

    // if (!await ExistsAsync()) return true: a caller for which false is that there is nothing.
    private SimpleNameSyntax? CallerThatAnswers(IMethodSymbol function) => results.CallersOf(function).FirstOrDefault(site => results.GivesAnswerWhereFalse(site.Call)).Call;

    // ---- what is also given back where there is nothing ----------------------------------------------------------------------

    // if (response.StatusCode == HttpStatusCode.NotFound) return null: the failure looks like that answer.
    private DisguisedFailure? LikeMissing(GuardedFailure failure, GivenValue given) =>
        values.Of(given.Value, failure.Attempt) is (EmptyValue.Null or EmptyValue.False or EmptyValue.Collection or EmptyValue.Text) and var kind
        && (GivenWhereMissing(failure, kind) || (given.IsMissingElsewhere && failure.Attempt.Catches.Any(other => other != failure.Handler && AsksForMissing(other.Filter?.FilterExpression))))
            ? new DisguisedFailure(failure, kind, null)
            : null;

    private bool GivenWhereMissing(GuardedFailure failure, EmptyValue kind) =>
        failure.Attempt.DescendantNodes().OfType<ReturnStatementSyntax>().Any(statement =>
            !failure.Handler.Span.Contains(statement.Span)
            && statement.Expression is { } value
            && (statement.FirstAncestorOrSelf<IfStatementSyntax>() is { } test && test.Statement.Span.Contains(statement.Span) && test.SpanStart > failure.Attempt.SpanStart && AsksForMissing(test.Condition)
                || (statement.FirstAncestorOrSelf<CatchClauseSyntax>() is { Filter.FilterExpression: var filter } && AsksForMissing(filter)))
            && values.Of(semantics.GetOperation(value, cancellation)) == kind);

    // A comparison of a status with 404, and no other.
    private bool AsksForMissing(ExpressionSyntax? condition) =>
        condition is BinaryExpressionSyntax { RawKind: (int)SyntaxKind.EqualsExpression } or IsPatternExpressionSyntax
        && condition.DescendantNodes().OfType<ExpressionSyntax>().Any(part => semantics.GetConstantValue(part, cancellation) is { HasValue: true, Value: 404 })
        && condition.DescendantNodes().OfType<SimpleNameSyntax>().Any(part => semantics.GetSymbolInfo(part, cancellation).Symbol is { } symbol && model.Find(symbol, CatalogueRole.StatusCode) != null);

    // ---- what looks like a result ------------------------------------------------------------------------------------------------

    // new Answer { Text = "Error: …" } in place of a model's new Answer { Text = reply }: the same members, and nothing but a text that differs.
    private DisguisedFailure? LikeResult(GuardedFailure failure, GivenValue given) =>
        given.IsOfAnswer && (given.Roles & (MethodRoles.Root & ~MethodRoles.Agent)) == 0
        && given.Value.Unwrap() is (IObjectCreationOperation or ITupleOperation) and var made
        && results.OtherResults(made).Any(other => SameMembers.AreAlike(made, other, values))
            ? new DisguisedFailure(failure, EmptyValue.FailureText, null)
            : null;

    // new Rating("Low", 0.5) in place of the rating that a model has given: what the code made up looks like the model's.
    private DisguisedFailure? MadeUp(GuardedFailure failure, GivenValue given) =>
        given.IsOfAnswer && MadeOf(given.Value) is IObjectCreationOperation { Type: INamedTypeSymbol type } made && model.Declares(type) && values.IsMadeUp(made)
        && results.OtherResults(given.Value).Any(other => MadeOf(other) is var result
            && SymbolEqualityComparer.Default.Equals(result.Type, type) && !(result is IObjectCreationOperation fixedResult && values.IsMadeUp(fixedResult)))
            ? new DisguisedFailure(failure, EmptyValue.MadeUp, null)
            : null;

    // JsonSerializer.Serialize(rating, options): what is given first to a factory that is not the program's.
    private IOperation MadeOf(IOperation value)
    {
        var made = value.Unwrap();
        return made is IInvocationOperation { TargetMethod: { IsStatic: true } factory, Arguments: { Length: > 0 } given } && !model.Declares(factory) ? given[0].Value.Unwrap() : made;
    }

    // ---- what no caller hears -----------------------------------------------------------------------------------------------

    // A write whose failure is a value that a caller drops, or hands on where nothing else tells of the failure.
    private DisguisedFailure? Unheard(GuardedFailure failure, GivenValue given)
    {
        var kind = values.Of(given.Value, failure.Attempt);
        // A public method of a controller that the program calls itself is a helper.
        var isRoot = (given.Roles & MethodRoles.Root) != 0 && ((given.Roles & MethodRoles.Root) != MethodRoles.Handler || results.CallersOf(failure.Function).Count == 0);
        if (failure.Write == null || failure.IsPossible || isRoot || kind is not (EmptyValue.Null or EmptyValue.False))
            return null;
        var caller = DroppedOutcomes.CallerThatDrops(failure.Function, 1, model, cancellation)
            ?? (failure.Ways.IsSilent && kind == EmptyValue.Null ? results.FirstCaller(failure.Function, ResultUse.Passed, ResultUse.Trusted) : null);
        return caller != null && (failure.Ways.IsSilent || GuardedWork.IsSentOut(failure.Work.Entry)) ? new DisguisedFailure(failure, kind, caller) : null;
    }

    // var exists = false; try { await AskAsync(); exists = true; } catch { }: a variable that is an answer, and not a test of whether to go on.
    private bool FlagOf(GuardedFailure failure)
    {
        if (failure is not { Write: null, Ways: { IsSilent: true, Exits: HandlerExits.GoesOn }, IsOfTimeouts: false }
            || failure.Attempt.Block.Statements.LastOrDefault() is not ExpressionStatementSyntax
            {
                Expression: AssignmentExpressionSyntax { Left: IdentifierNameSyntax flag, Right.RawKind: (int)SyntaxKind.TrueLiteralExpression },
            }
            || semantics.GetSymbolInfo(flag, cancellation).Symbol is not ILocalSymbol local
            || FlowGraphs.FunctionAround(failure.Attempt) is not { } function)
            return false;
        var uses = function.DescendantNodes().OfType<IdentifierNameSyntax>()
            .Where(name => name.SpanStart > failure.Attempt.Span.End && name.Identifier.ValueText == local.Name).ToList();
        return uses.Count > 0 && uses.All(name => name.Parent is AssignmentExpressionSyntax { Parent: InitializerExpressionSyntax } or ArgumentSyntax { Parent.Parent: BaseObjectCreationExpressionSyntax });
    }

    // log.LogWarning("…"); return false: what is written down for people is a failure as well, and no answer.
    private bool IsLogged(ReturnStatementSyntax statement) =>
        statement.Parent is BlockSyntax { Statements: { Count: > 1 } statements }
        && statements.Any(other => other is ExpressionStatementSyntax { Expression: InvocationExpressionSyntax call }
            && semantics.GetOperation(call, cancellation) is IInvocationOperation written && handlers.IsLog(written));

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

    // ---- nothing is given back ---------------------------------------------------------------------------------------------

    // What is sent out is missed by a caller that goes on; a change that is taken back, by every caller.
    private bool IsMissed(GuardedFailure failure, out SimpleNameSyntax? caller)
    {
        caller = CallerThatGoesOn(failure);
        return IsTakenBack(failure) || (caller != null && GuardedWork.IsSentOut(failure.Work.Entry));
    }

    // The changes of the block are undone, and the caller takes them for done.
    private bool IsTakenBack(GuardedFailure failure) => Handlers.PartsOf(failure.Handler.Block).OfType<InvocationExpressionSyntax>()
        .Any(call => model.Find(semantics.GetSymbolInfo(call, cancellation).Symbol, CatalogueRole.Rollback) != null);

    // A caller that waits for the work, and goes on with something else as if it were done.
    private SimpleNameSyntax? CallerThatGoesOn(GuardedFailure failure) =>
        results.CallersOf(failure.Function).FirstOrDefault(site => site.Use == ResultUse.Ignored
            && site.Call.FirstAncestorOrSelf<ExpressionStatementSyntax>() is { Expression: AwaitExpressionSyntax, Parent: BlockSyntax block } statement
            && block.Statements.Last() != statement).Call;

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
