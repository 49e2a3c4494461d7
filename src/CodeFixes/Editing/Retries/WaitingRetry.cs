using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Editing.Retries;

/// <summary>Has the handlers of a loop wait, by <see cref="Backoff"/>, before the next attempt.</summary>
internal sealed class WaitingRetry(FixContext context, FileHabits habits, TypeNames types, NodeEdits edits)
{
    private readonly Statements statements = new(context, habits, edits);
    private readonly Backoff wait = new(context, habits, types);

    /// <summary>Plans the change of a loop: of all its handlers that go on and do not wait yet.</summary>
    public void Add(RetryLoopSyntax retry)
    {
        // A wait of a workflow is a timer of its engine.
        if (ReplayedLoop.Is(retry.Loop, context) || retry.Delays.Any(d => !retry.Handlers.Any(h => h.Span.Contains(d.Span))))
            return;
        foreach (var handler in retry.Handlers)
        {
            var known = RetryLoopSyntax.DelayIn(handler.Block) ?? Dropped(handler.Block);
            if (known == null ? retry.Delays.Any(d => handler.Span.Contains(d.Span)) : retry.Delays.Any(d => known.Span.Contains(d.Span)) && !IsNothing(known))
                continue;
            if (wait.Growing(retry.Loop, handler.Block, statements) is not { } lines)
                return;
            if (known != null)
            {
                // A wait that is none gives its place to one.
                edits.Add(known, (ExpressionStatementSyntax s) => SyntaxFactory.ParseStatement(lines[0]).WithTriviaFrom(s));
                statements.After(known, lines[1]);
            }
            else
            {
                statements.AtEnd(handler.Block, NextAttempt.After(retry, handler, context) is { } isFollowed ? $"if ({isFollowed})\n    {lines[0]}" : lines[0]);
                statements.AtEnd(handler.Block, lines[1]);
            }
        }
    }

    // _ = Task.Delay(…);
    private static ExpressionStatementSyntax? Dropped(BlockSyntax block) =>
        block.Statements.OfType<ExpressionStatementSyntax>().FirstOrDefault(s => (s.Expression is AssignmentExpressionSyntax { Left: IdentifierNameSyntax { Identifier.ValueText: "_" }, Right: var right } ? right : s.Expression) is InvocationExpressionSyntax call && RetryLoopSyntax.IsDelay(call));

    // The rule has shown that nothing on the way waits: what is written as a wait is over at once.
    private static bool IsNothing(ExpressionStatementSyntax delay) => !delay.DescendantNodes().Any(n => n is LiteralExpressionSyntax { Token.Value: not 0 });
}
