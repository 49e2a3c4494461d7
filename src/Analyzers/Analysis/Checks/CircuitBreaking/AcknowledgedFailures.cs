using AgentLint.Analysis.Calls;
using AgentLint.Analysis.Flow;
using AgentLint.Analysis.Writes;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Checks.CircuitBreaking;

/// <summary>Who is told that work is done which has failed.</summary>
internal enum Acknowledged
{
    /// <summary>The broker: the message does not come again.</summary>
    Message,

    /// <summary>The service that sent the event: it does not send it again.</summary>
    Webhook,

    /// <summary>A mark on the item: nothing looks at it again.</summary>
    Item,
}

/// <summary>A failure after which the work is said to be done.</summary>
/// <param name="Failure">The handler, and the work.</param>
/// <param name="By">Who is told so.</param>
/// <param name="At">Where; null where the end of the function says it.</param>
/// <param name="Root">The consumer or webhook; the function itself for an item.</param>
internal sealed record AcknowledgedFailure(GuardedFailure Failure, Acknowledged By, SyntaxNode? At, IMethodSymbol Root);

/// <summary>
/// Finds failures that are written down at most, after which a message is completed, a webhook is answered well, or an item is marked as done: what sent the
/// work would send it again, and does not.
/// </summary>
internal sealed class AcknowledgedFailures(AgentModel model, SemanticModel semantics, int depth, CancellationToken cancellation)
{
    // How many calls a consumer may be away.
    private const int MaxHops = 3;
    private const int MaxCallers = 8;

    private readonly DoneMarks marks = new(model, semantics, depth, cancellation);
    private Dictionary<IMethodSymbol, (IMethodSymbol Root, Acknowledged By)>? roots;

    public IEnumerable<AcknowledgedFailure> In()
    {
        foreach (var failure in new GuardedWork(model, semantics, depth, cancellation).In())
            if (OfRoot(failure) is { } ofRoot)
                yield return ofRoot;
            else if (!failure.IsOfTimeouts && MarkBehind(failure) is { } mark)
                yield return new AcknowledgedFailure(failure, Acknowledged.Item, mark, failure.Function);
            else if (MarkOfCaller(failure) is var (set, caller))
                yield return new AcknowledgedFailure(failure, Acknowledged.Item, set, caller);
    }

    // ---- messages and webhooks ---------------------------------------------------------------------------------------------

    private AcknowledgedFailure? OfRoot(GuardedFailure failure)
    {
        if (Handlers.ThrowsBehind(failure.Attempt))
            return null;
        if (!Roots().TryGetValue(failure.Function.OriginalDefinition, out var root))
            return SwallowsWrite(failure) && SenderAbove(failure) is var (sender, call, by) ? new AcknowledgedFailure(failure, by, call, sender) : null;
        // One of several parts of a message: the others are done.
        if (IsInLoop(failure.Attempt))
            return null;
        if (root.By == Acknowledged.Webhook)
            return AnsweredWell(failure) is { } answer ? new AcknowledgedFailure(failure, root.By, answer == failure.Handler ? null : answer, root.Root) : null;
        if (failure.IsOfTimeouts || failure.Ways.Returns.Any(statement => statement.Expression != null))
            return null;
        if (SettledIn(FlowGraphs.FunctionAround(failure.Attempt)!) is { Count: > 0 } settled)
            return (failure.Ways.Exits & HandlerExits.GoesOn) != 0 && settled.FirstOrDefault(name => name.SpanStart > failure.Attempt.Block.Span.End && !failure.Handler.Span.Contains(name.Span) && !IsInCatch(name)) is { } done
                ? new AcknowledgedFailure(failure, root.By, done, root.Root)
                : null;
        return IsPulled(root.Root) ? null : new AcknowledgedFailure(failure, root.By, null, root.Root);
    }

    // A consumer or a webhook that waits for the function, also through functions that give nothing back, and has no other way to know.
    private (IMethodSymbol Root, SimpleNameSyntax Call, Acknowledged By)? SenderAbove(GuardedFailure failure)
    {
        var current = failure.Function;
        for (var hops = 0; hops < MaxHops; hops++)
        {
            if (current.MethodKind is not (MethodKind.Ordinary or MethodKind.ExplicitInterfaceImplementation)
                || CallerIndex.Of(model, cancellation).NamesOf(current.Implementation(), cancellation) is not { Count: 1 } calls
                || calls[0] is not { } call
                || call.FirstAncestorOrSelf<ExpressionStatementSyntax>() is not { Expression: AwaitExpressionSyntax }
                || IsInLoop(call)
                || model.SemanticsOf(call.SyntaxTree).GetEnclosingSymbol(call.SpanStart, cancellation) is not IMethodSymbol caller)
                return null;
            var roles = model.RolesOf(caller, cancellation);
            if ((roles & MethodRoles.Consumer) != 0)
                return IsPulled(caller) ? null : (caller, call, Acknowledged.Message);
            if ((roles & MethodRoles.Handler) != 0)
                return IsKept(failure.Work.Entry) && EntryPoints.Of(model).IsWebhook(caller, depth, cancellation) && EndsWell(caller, call) ? (caller, call, Acknowledged.Webhook) : null;
            if (!caller.GivesNothing())
                return null;
            current = caller;
        }

        return null;
    }

    // A person who is not told is no reason for a sender to send its event again.
    private static bool IsKept(CatalogueEntry write) => write["kind"] is not ("mail" or "sms" or "call" or "publish");

    // Each answer behind a call is one of success.
    private bool EndsWell(IMethodSymbol webhook, SyntaxNode call)
    {
        if (webhook.GivesNothing())
            return !SetsStatus(webhook);
        if (FlowGraphs.FunctionAround(call) is not { } function)
            return false;
        var around = model.SemanticsOf(call.SyntaxTree);
        var answers = Handlers.PartsOf(function).OfType<ReturnStatementSyntax>().Where(statement => statement.SpanStart > call.Span.End && !IsInCatch(statement)).ToList();
        return answers.Count > 0 && answers.All(statement => statement.Expression is { } answer
            && !answer.DescendantNodesAndSelf().Any(part => part is ConditionalExpressionSyntax or SwitchExpressionSyntax) && IsSuccess(answer, around));
    }

    // The consumers and webhooks of the file.
    private Dictionary<IMethodSymbol, (IMethodSymbol Root, Acknowledged By)> Roots()
    {
        if (roots != null)
            return roots;
        roots = new(SymbolEqualityComparer.Default);
        foreach (var entry in EntryPoints.Of(model).In(semantics, cancellation))
            if ((entry.Roles & MethodRoles.Consumer) != 0)
                roots[entry.Function.OriginalDefinition] = (entry.Function, Acknowledged.Message);
            else if ((entry.Roles & MethodRoles.Handler) != 0 && EntryPoints.Of(model).IsWebhook(entry.Function, depth, cancellation))
                roots[entry.Function.OriginalDefinition] = (entry.Function, Acknowledged.Webhook);
        return roots;
    }

    // The handler itself where the end of the function answers: a request without another answer is answered well.
    private SyntaxNode? AnsweredWell(GuardedFailure failure)
    {
        var ways = failure.Ways;
        if (ways.Returns.Length == 1 && ways.Returns[0].Expression is { } value && ways.Exits == HandlerExits.Returns)
            return IsSuccess(value) ? value : null;
        if ((ways.Exits & ~(HandlerExits.GoesOn | HandlerExits.Returns)) != 0 || ways.Returns.Any(statement => statement.Expression != null))
            return null;
        if (failure.GivesNothingBack)
            return SetsStatus(failure.Function) ? null : failure.Handler;
        // The statements behind the block that look at nothing.
        for (SyntaxNode node = failure.Attempt; node.Parent is { } parent && !Handlers.IsFunction(parent); node = parent)
            if (parent is BlockSyntax block)
                foreach (var statement in block.Statements.SkipWhile(s => s != node).Skip(1))
                    switch (statement)
                    {
                        case ReturnStatementSyntax { Expression: { } last }:
                            return IsSuccess(last) ? last : null;
                        case ExpressionStatementSyntax or LocalDeclarationStatementSyntax:
                            continue;
                        default:
                            return null;
                    }

        return null;
    }

    private bool IsSuccess(ExpressionSyntax answer) => IsSuccess(answer, semantics);

    private bool IsSuccess(ExpressionSyntax answer, SemanticModel around) =>
        around.GetOperation(answer, cancellation) is { } value
        && value.DescendantsAndSelf().Any(part => part switch
        {
            IInvocationOperation { TargetMethod: var method } call => model.Find(method, CatalogueRole.Response)?.Has("success") == true || call.Arguments.Any(argument => IsSuccessStatus(argument.Value)),
            IObjectCreationOperation { Constructor: { } constructor } => model.Find(constructor, CatalogueRole.Response)?.Has("success") == true,
            _ => false,
        })
        // Ok(new { success = false })
        && !value.DescendantsAndSelf().Any(part => part.ConstantValue is { HasValue: true, Value: false });

    private static bool IsSuccessStatus(IOperation value) =>
        value.Type is { Name: "HttpStatusCode" } && value.Unwrap().ConstantValue is { HasValue: true, Value: int status } && status is >= 200 and < 300;

    // context.Response.StatusCode = 500, somewhere in it.
    private bool SetsStatus(IMethodSymbol handler) =>
        handler.DeclaringSyntaxReferences.Any(reference => reference.GetSyntax(cancellation).DescendantNodes().OfType<AssignmentExpressionSyntax>()
            .Any(assignment => assignment.Left is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "StatusCode" }));

    // The calls that tell the broker that a message is done.
    private List<SimpleNameSyntax> SettledIn(SyntaxNode function)
    {
        var query = model.Query(entry => entry.Role == CatalogueRole.Settle);
        return [.. query.In(semantics.SyntaxTree, cancellation, where: name => function.Span.Contains(name.Span)).Where(use => use.Entry["kind"] == "done").Select(use => use.Name)];
    }

    // Messages that a loop asks for come again until they are settled.
    private bool IsPulled(IMethodSymbol consumer) =>
        model.RoleRegistrations(cancellation).Any(registration => registration.Role == MethodRoles.Consumer && SymbolEqualityComparer.Default.Equals(registration.Method?.OriginalDefinition, consumer.OriginalDefinition)
            && model.SemanticsOf(registration.Site.SyntaxTree).GetSymbolInfo(registration.Site, cancellation).Symbol is { } taken && model.Find(taken, CatalogueRole.Receive) != null);

    private static bool IsInLoop(SyntaxNode place) =>
        place.Ancestors().TakeWhile(node => !Handlers.IsFunction(node)).Any(node => node is CommonForEachStatementSyntax or ForStatementSyntax or WhileStatementSyntax or DoStatementSyntax);

    private static bool IsInCatch(SyntaxNode place) => place.Ancestors().TakeWhile(node => !Handlers.IsFunction(node)).Any(node => node is CatchClauseSyntax);

    // ---- items -------------------------------------------------------------------------------------------------------------

    // item.Processed = true, item.Status = Status.Done, MarkAsSent(item): behind the block, or in its finally, under no further condition.
    private SyntaxNode? MarkBehind(GuardedFailure failure)
    {
        if ((failure.Ways.Exits & HandlerExits.GoesOn) != 0 && MarkedBehind(failure) is { } behind)
            return behind;
        if (FlagBehind(failure) is { } flag)
            return flag;
        return failure.Attempt.Finally?.Block.Statements.Select(statement => marks.In(statement, failure.Attempt.Block)).FirstOrDefault(mark => mark != null);
    }

    // await SendAsync(item); item.Sent = true; where the function takes the failure, and gives nothing back.
    private (SyntaxNode Mark, IMethodSymbol Caller)? MarkOfCaller(GuardedFailure failure)
    {
        if (!SwallowsWrite(failure) || !IsLastOfFunction(failure.Attempt))
            return null;
        foreach (var call in CallerIndex.Of(model, cancellation).NamesOf(failure.Function.Implementation(), cancellation).Take(MaxCallers))
            if (call.FirstAncestorOrSelf<ExpressionStatementSyntax>() is { Expression: AwaitExpressionSyntax, Parent: BlockSyntax { Statements: var statements } } statement
                && !TestPlaces.Of(model, cancellation).Contains(call.SyntaxTree)
                && model.SemanticsOf(call.SyntaxTree) is var around
                && around.GetEnclosingSymbol(call.SpanStart, cancellation) is IMethodSymbol caller)
            {
                var kept = new DoneMarks(model, around, depth, cancellation);
                foreach (var next in statements.SkipWhile(other => other != statement).Skip(1).TakeWhile(other => other is ExpressionStatementSyntax or LocalDeclarationStatementSyntax))
                    if (kept.In(next, statement) is { } mark)
                        return (mark, caller);
            }

        return null;
    }

    private static bool SwallowsWrite(GuardedFailure failure) =>
        failure is { IsOfTimeouts: false, GivesNothingBack: true, Write: not null } && (failure.Ways.Exits & ~(HandlerExits.GoesOn | HandlerExits.Returns)) == 0 && !IsInLoop(failure.Attempt);

    // Nothing follows that may make the failure good.
    private static bool IsLastOfFunction(TryStatementSyntax attempt)
    {
        SyntaxNode node = attempt;
        for (; node.Parent is { } parent && !Handlers.IsFunction(parent); node = parent)
            if (parent is not (BlockSyntax or UsingStatementSyntax or IfStatementSyntax or ElseClauseSyntax) || (parent is BlockSyntax block && block.Statements.Last() != node))
                return false;
        return true;
    }

    private SyntaxNode? MarkedBehind(GuardedFailure failure)
    {
        for (SyntaxNode node = failure.Attempt; node.Parent is { } parent; node = parent)
            switch (parent)
            {
                case BlockSyntax { Statements: var statements } when MarkAmong(statements, node, failure, out var mark):
                    return mark;
                case SwitchSectionSyntax { Statements: var statements } when MarkAmong(statements, node, failure, out var mark):
                    return mark;
                case BlockSyntax or SwitchSectionSyntax or SwitchStatementSyntax or IfStatementSyntax or ElseClauseSyntax or UsingStatementSyntax:
                    continue;
                case TryStatementSyntax outer when outer.Block == node:
                    continue;
                default:
                    return null;
            }

        return null;
    }

    // Whether the statements behind one end the search: with the mark, or with what may look at what became of the work.
    private bool MarkAmong(SyntaxList<StatementSyntax> statements, SyntaxNode behind, GuardedFailure failure, out SyntaxNode? mark)
    {
        mark = null;
        foreach (var statement in statements.SkipWhile(statement => statement != behind).Skip(1))
            if (statement is BreakStatementSyntax && statement.Parent is SwitchSectionSyntax or BlockSyntax { Parent: SwitchSectionSyntax })
                return false;
            else if (statement is not ExpressionStatementSyntax and not LocalDeclarationStatementSyntax || (mark = marks.In(statement, failure.Attempt.Block)) != null)
                return true;
        return false;
    }

    // initialized = true, behind the block or the loop around it: a flag that this function asks first, so that it does the work no second time.
    private SyntaxNode? FlagBehind(GuardedFailure failure)
    {
        if ((failure.Ways.Exits & ~(HandlerExits.GoesOn | HandlerExits.Jumps)) != 0 || FlowGraphs.FunctionAround(failure.Attempt) is not { } function)
            return null;
        for (SyntaxNode node = failure.Attempt; node.Parent is { } parent && !Handlers.IsFunction(node); node = parent)
            if (parent is BlockSyntax block)
                foreach (var statement in block.Statements.SkipWhile(s => s != node).Skip(1))
                    if (statement is ExpressionStatementSyntax { Expression: AssignmentExpressionSyntax { Left: IdentifierNameSyntax flag, Right.RawKind: (int)SyntaxKind.TrueLiteralExpression } set }
                        && semantics.GetSymbolInfo(flag, cancellation).Symbol is IFieldSymbol
                        && function.DescendantNodes().OfType<IfStatementSyntax>().Any(test => test.SpanStart < failure.Attempt.SpanStart && test.Condition is IdentifierNameSyntax asked
                            && asked.Identifier.ValueText == flag.Identifier.ValueText && test.Statement.DescendantNodesAndSelf().Any(part => part is ReturnStatementSyntax)))
                        return set;
        return null;
    }
}
