using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Editing.Retries;

/// <summary>A loop that tries something again, as it is written.</summary>
/// <param name="Loop">The loop.</param>
/// <param name="Body">What an attempt does.</param>
/// <param name="Handlers">The handlers after which the loop goes on.</param>
internal sealed record RetryLoopSyntax(StatementSyntax Loop, BlockSyntax Body, ImmutableArray<CatchClauseSyntax> Handlers)
{
    /// <summary>The loop that a place is in, by its keyword or any node within; null where its body is no block, or where it is not asynchronous.</summary>
    public static RetryLoopSyntax? Around(SyntaxNode place, FixContext context)
    {
        return place.AncestorsAndSelf().TakeWhile(n => n == place || !Functions.IsFunction(n)).OfType<StatementSyntax>().FirstOrDefault(s => BodyOf(s) != null) is { } loop ? Of(loop, context) : null;
    }

    /// <summary>A loop as it is written; null where its body is no block, or where it is not asynchronous.</summary>
    public static RetryLoopSyntax? Of(SyntaxNode node, FixContext context)
    {
        return node is StatementSyntax loop && BodyOf(loop) is BlockSyntax body && CanChange(loop)
            ? new RetryLoopSyntax(loop, body, [.. Own<CatchClauseSyntax>(body).Where(handler => GoesOn(handler, body, context))])
            : null;
    }

    /// <summary>The waits within an attempt, or between two.</summary>
    public IEnumerable<AwaitExpressionSyntax> Delays => Own<AwaitExpressionSyntax>(Body).Where(IsDelay);

    /// <summary>Whether the loop's condition is empty or always true.</summary>
    public bool IsEndless => Loop switch
    {
        WhileStatementSyntax loop => loop.Condition.IsKind(SyntaxKind.TrueLiteralExpression),
        ForStatementSyntax loop => loop.Condition == null || loop.Condition.IsKind(SyntaxKind.TrueLiteralExpression),
        DoStatementSyntax loop => loop.Condition.IsKind(SyntaxKind.TrueLiteralExpression),
        _ => false,
    };

    /// <summary>Whether the loop goes on only after a failure: what else begins it anew is its condition.</summary>
    public bool GoesOnAfterFailuresOnly => !Own<ContinueStatementSyntax>(Body).Any(c => !Handlers.Any(h => h.Span.Contains(c.Span))) && Handlers.Length > 0;

    /// <summary>The wait in a statement of its own; null where there is none.</summary>
    public static ExpressionStatementSyntax? DelayIn(BlockSyntax block) =>
        block.Statements.OfType<ExpressionStatementSyntax>().FirstOrDefault(s => s.Expression is AwaitExpressionSyntax awaited && IsDelay(awaited));

    /// <summary>Whether statements can be put above a loop, and awaits into it.</summary>
    public static bool CanChange(StatementSyntax loop) => Statements.CanInsertBefore(loop) && !loop.ContainsDirectives && Functions.IsAsync(Functions.Around(loop));

    /// <summary>What a loop runs in each turn; null for other statements, and for <c>foreach</c>.</summary>
    public static StatementSyntax? BodyOf(StatementSyntax loop) => loop switch
    {
        WhileStatementSyntax { Statement: var body } => body,
        DoStatementSyntax { Statement: var body } => body,
        ForStatementSyntax { Statement: var body } => body,
        _ => null,
    };

    private static bool GoesOn(CatchClauseSyntax handler, BlockSyntax body, FixContext context)
    {
        // Handlers of inner loops have their own way on.
        if (handler.Ancestors().TakeWhile(n => n != body).Any(n => n is StatementSyntax s && (BodyOf(s) != null || s is CommonForEachStatementSyntax)))
            return false;
        return context.Semantics.AnalyzeControlFlow(handler.Block) is { Succeeded: true } flow
            && (flow.EndPointIsReachable || flow.ExitPoints.Any(exit => exit is ContinueStatementSyntax));
    }

    private static IEnumerable<T> Own<T>(BlockSyntax body)
        where T : SyntaxNode => body.DescendantNodes(n => n == body || !Functions.IsFunction(n)).OfType<T>();

    /// <summary>Whether a call makes a task that ends after a time.</summary>
    public static bool IsDelay(InvocationExpressionSyntax call) =>
        call.Expression is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Delay", Expression: IdentifierNameSyntax { Identifier.ValueText: "Task" } or MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Task" } };

    private static bool IsDelay(AwaitExpressionSyntax awaited) => awaited.Expression.DescendantNodesAndSelf().OfType<InvocationExpressionSyntax>().Any(IsDelay);
}
