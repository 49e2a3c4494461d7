using System.Collections.Immutable;
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

    private readonly ImmutableHashSet<string> doneWords = model.Catalogue.Of(CatalogueRole.DoneWord).Select(entry => entry.Type).ToImmutableHashSet(StringComparer.OrdinalIgnoreCase);
    private Dictionary<IMethodSymbol, (IMethodSymbol Root, Acknowledged By)>? roots;

    public IEnumerable<AcknowledgedFailure> In()
    {
        foreach (var failure in new GuardedWork(model, semantics, depth, cancellation).In())
            if (OfRoot(failure) is { } ofRoot)
                yield return ofRoot;
            else if (!failure.IsOfTimeouts && MarkBehind(failure) is { } mark)
                yield return new AcknowledgedFailure(failure, Acknowledged.Item, mark, failure.Function);
    }

    // ---- messages and webhooks ---------------------------------------------------------------------------------------------

    private AcknowledgedFailure? OfRoot(GuardedFailure failure)
    {
        if (Handlers.ThrowsBehind(failure.Attempt))
            return null;
        if (!Roots().TryGetValue(failure.Function.OriginalDefinition, out var root))
            return failure is { IsOfTimeouts: false, GivesNothingBack: true, Write: not null } && (failure.Ways.Exits & ~(HandlerExits.GoesOn | HandlerExits.Returns)) == 0 && !IsInLoop(failure.Attempt)
                && ConsumerAbove(failure.Function) is { } above ? new AcknowledgedFailure(failure, Acknowledged.Message, above.Call, above.Consumer) : null;
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

    // A consumer that waits for the function, also through functions that give nothing back, and has no other way to know.
    private (IMethodSymbol Consumer, SimpleNameSyntax Call)? ConsumerAbove(IMethodSymbol function)
    {
        var current = function;
        for (var hops = 0; hops < MaxHops; hops++)
        {
            if (current.MethodKind is not (MethodKind.Ordinary or MethodKind.ExplicitInterfaceImplementation)
                || CallerIndex.Of(model, cancellation).NamesOf(current.Implementation(), cancellation) is not { Count: 1 } calls
                || calls[0] is not { } call
                || call.FirstAncestorOrSelf<ExpressionStatementSyntax>() is not { Expression: AwaitExpressionSyntax }
                || IsInLoop(call)
                || model.SemanticsOf(call.SyntaxTree).GetEnclosingSymbol(call.SpanStart, cancellation) is not IMethodSymbol caller)
                return null;
            if ((model.RolesOf(caller, cancellation) & MethodRoles.Consumer) != 0)
                return IsPulled(caller) ? null : (caller, call);
            if (!caller.GivesNothing())
                return null;
            current = caller;
        }

        return null;
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

    private bool IsSuccess(ExpressionSyntax answer) =>
        semantics.GetOperation(answer, cancellation) is { } value
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
        return failure.Attempt.Finally?.Block.Statements.Select(statement => MarkIn(statement, failure)).FirstOrDefault(mark => mark != null);
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
            else if (statement is not ExpressionStatementSyntax and not LocalDeclarationStatementSyntax || (mark = MarkIn(statement, failure)) != null)
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

    private SyntaxNode? MarkIn(StatementSyntax statement, GuardedFailure failure)
    {
        if (statement is not ExpressionStatementSyntax { Expression: var expression })
            return null;
        switch (expression)
        {
            case AssignmentExpressionSyntax { Left: MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax item } target } assignment
                when IsMentioned(item, failure) && semantics.GetTypeInfo(assignment.Left, cancellation).Type is { } type:
                var says = type.SpecialType == SpecialType.System_Boolean
                    ? semantics.GetConstantValue(assignment.Right, cancellation) is { HasValue: true, Value: true } && IsDoneFlag(target.Name.Identifier.ValueText)
                    : type.TypeKind == TypeKind.Enum
                        ? assignment.Right is MemberAccessExpressionSyntax { Name.Identifier.ValueText: var member } && HasDoneWord(member)
                        : semantics.GetConstantValue(assignment.Right, cancellation) is { HasValue: true, Value: string text } && HasDoneWord(text);
                return says ? assignment : null;
            case AwaitExpressionSyntax or InvocationExpressionSyntax
                when (expression is AwaitExpressionSyntax awaited ? awaited.Expression : expression) is InvocationExpressionSyntax call
                && NameOf(call) is { } name
                && call.ArgumentList.Arguments.Any(argument => argument.DescendantNodes().OfType<IdentifierNameSyntax>().FirstOrDefault() is { } item && IsMentioned(item, failure))
                && (SaysDone(name.Identifier.ValueText) || KeepsFlag(call) || IsAskedBefore(call, failure)):
                return name;
            default:
                return null;
        }
    }

    private bool SaysDone(string method) => Words.Of(method) is { Count: > 1 } words && words[0] == "mark" && words.Skip(1).Any(doneWords.Contains);

    private bool IsDoneFlag(string member) => HasDoneWord(member) || IsAskedForOpen(member);

    // A function that sets such a flag of an object, and saves it.
    private bool KeepsFlag(InvocationExpressionSyntax call) =>
        semantics.GetSymbolInfo(call, cancellation).Symbol is IMethodSymbol method && model.Declares(method) && CallGraph.Of(model).Resolve(method) is { } target
        && MethodBodies.Of(target, model, cancellation).Any(body => body.Descendants().Any(part => part is ISimpleAssignmentOperation
        {
            Target: IPropertyReferenceOperation { Property: { Type.SpecialType: SpecialType.System_Boolean } property, Instance: not IInstanceReferenceOperation },
            Value.ConstantValue: { HasValue: true, Value: true },
        } && model.Declares(property) && IsDoneFlag(property.Name)))
        && EffectSummaries.Of(model).Of(target, depth, cancellation).Effects.Any(effect => effect.Entry.Role == CatalogueRole.Effect && effect.Entry["kind"] is "save" or "update" or "upsert");

    // if (sent.Contains(item.Id)) continue; … sent.Add(item.Id): the same object is asked about the same item before the work.
    private static bool IsAskedBefore(InvocationExpressionSyntax call, GuardedFailure failure) =>
        call is { Expression: MemberAccessExpressionSyntax { Expression: var keeper, Name: var kept }, ArgumentList.Arguments: { Count: > 0 } keys }
        && FlowGraphs.FunctionAround(failure.Attempt) is { } function
        && function.DescendantNodes().OfType<IfStatementSyntax>().Any(test => test.SpanStart < failure.Attempt.SpanStart
            && test.Statement.DescendantNodesAndSelf().Any(part => part is ContinueStatementSyntax or ReturnStatementSyntax)
            && test.Condition is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: var asked, Name: var question }, ArgumentList.Arguments: { Count: > 0 } about }
            && question.Identifier.ValueText != kept.Identifier.ValueText
            && SyntaxFactory.AreEquivalent(asked, keeper) && SyntaxFactory.AreEquivalent(about[0].Expression, keys[0].Expression));

    // Where(item => !item.Handled), if (item.Handled) continue: what has the flag is not looked at again.
    private bool IsAskedForOpen(string flag)
    {
        foreach (var tree in model.Compilation.SyntaxTrees)
        {
            var index = NameIndex.Of(tree, cancellation);
            if (index.Mentions(flag) && index.Uses(flag, tree.GetRoot(cancellation)).Any(IsQuestion))
                return true;
        }

        return false;
    }

    private static bool IsQuestion(SimpleNameSyntax name) => name.Parent is MemberAccessExpressionSyntax access && access.Name == name && access.Parent switch
    {
        PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalNotExpression } => true,
        BinaryExpressionSyntax { RawKind: (int)SyntaxKind.EqualsExpression, Right.RawKind: (int)SyntaxKind.FalseLiteralExpression } => true,
        IfStatementSyntax { Statement: var then } => then.DescendantNodesAndSelf().Any(part => part is ContinueStatementSyntax or ReturnStatementSyntax),
        _ => false,
    };

    private static SimpleNameSyntax? NameOf(InvocationExpressionSyntax call) =>
        call.Expression as SimpleNameSyntax ?? (call.Expression as MemberAccessExpressionSyntax)?.Name;

    private bool HasDoneWord(string name) => Words.Of(name).Any(doneWords.Contains);

    // The work is done with the item.
    private static bool IsMentioned(IdentifierNameSyntax item, GuardedFailure failure) =>
        failure.Attempt.Block.DescendantNodes().OfType<IdentifierNameSyntax>().Any(name => name.Identifier.ValueText == item.Identifier.ValueText);
}
