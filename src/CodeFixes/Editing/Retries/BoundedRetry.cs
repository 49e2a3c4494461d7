using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Editing.Retries;

/// <summary>
/// Bounds a loop that tries again after a failure: it counts its attempts, waits between them by <see cref="Backoff"/>, and lets the failure of the last one go
/// to the caller.
/// </summary>
internal sealed class BoundedRetry(FixContext context, FileHabits habits, TypeNames types, NodeEdits edits, Statements statements)
{
    /// <summary>How often something is tried.</summary>
    public const int Attempts = 5;

    private readonly FreshNames names = new();
    private readonly Backoff wait = new(context, habits, types);

    /// <summary>Plans the change of a loop.</summary>
    /// <returns>Whether there is one.</returns>
    public bool Add(RetryLoopSyntax retry) => Add(retry, retry.GoesOnAfterFailuresOnly);

    /// <summary>Plans the change of a loop.</summary>
    /// <param name="retry">The loop.</param>
    /// <param name="isByHandlersOnly">Whether every way that has to end goes through a handler.</param>
    /// <returns>Whether there is one.</returns>
    public bool Add(RetryLoopSyntax retry, bool isByHandlersOnly)
    {
        // A wait of a workflow is a timer of its engine.
        if (ReplayedLoop.Is(retry.Loop, context) || names.For(retry.Loop, "attempt", "attempts", "tries", "tryNumber") is not { } attempt)
            return false;
        if (!isByHandlersOnly)
            return AddHead(retry, attempt);

        // A number that counts already is compared; a second one beside it would say another number of attempts.
        if (LoopCounter.Of(retry, context) is { } counter)
            return AddTo(counter, retry);

        var isCountedByLoop = Counted(retry.Loop, attempt);
        if (!isCountedByLoop)
            statements.Before(retry.Loop, $"var {attempt} = 0;");
        var isDelayedElsewhere = retry.Delays.Any(d => !retry.Handlers.Any(h => h.Span.Contains(d.Span)));
        foreach (var handler in retry.Handlers)
        {
            Filter(handler, $"{(isCountedByLoop ? "" : "++")}{attempt} < {Attempts}");
            var delay = RetryLoopSyntax.DelayIn(handler.Block);
            if (delay != null && !IsComputed(delay))
            {
                var line = wait.After(attempt, delay);
                edits.Add(delay, (ExpressionStatementSyntax d) => SyntaxFactory.ParseStatement(line).WithTriviaFrom(d));
            }
            else if (!isDelayedElsewhere && !retry.Delays.Any(d => handler.Span.Contains(d.Span)))
                statements.AtEnd(handler.Block, wait.After(attempt, handler.Block));
        }

        return true;
    }

    private bool AddTo(LoopCounter counter, RetryLoopSyntax retry)
    {
        var isDelayedElsewhere = retry.Delays.Any(d => !retry.Handlers.Any(h => h.Span.Contains(d.Span)));
        foreach (var handler in retry.Handlers)
        {
            Filter(handler, counter.Before(Attempts));
            // A time that the code computes, and may log, stays what it is.
            if (!isDelayedElsewhere && !retry.Delays.Any(d => handler.Span.Contains(d.Span)))
                statements.AtHead(handler.Block, wait.After(counter.Attempt, handler.Block));
        }

        return true;
    }

    // What goes on without an exception ends in one at the head; the last exception still goes to the caller.
    private bool AddHead(RetryLoopSyntax retry, string attempt)
    {
        var isDelayed = retry.Delays.Any(d => !retry.Handlers.Any(h => h.Span.Contains(d.Span)));
        foreach (var handler in retry.Handlers)
        {
            Filter(handler, $"{attempt} < {Attempts}");
            // One wait serves all ways back.
            if (!isDelayed && RetryLoopSyntax.DelayIn(handler.Block) is { } delay && AwaitSyntax.CommentsLost(handler.Block, [.. handler.Block.Statements.Where(other => other != delay)]).IsEmpty)
            {
                var index = handler.Block.Statements.IndexOf(delay);
                edits.Add(handler.Block, (BlockSyntax b) => b.WithStatements(b.Statements.RemoveAt(index)));
            }
        }

        if (!isDelayed)
            statements.AtHead(retry.Body, $"if ({attempt} > 1)\n    {wait.After($"({attempt} - 1)", retry.Body)}");
        return AddCap(retry, attempt, Attempts, $"No success in {Attempts} attempts");
    }

    /// <summary>Plans a cap that ends a loop with a failure of its own, whatever it goes on for.</summary>
    public bool AddCap(RetryLoopSyntax retry, int most, string message) =>
        names.For(retry.Loop, "rounds", "turns", "iterations") is { } counter && AddCap(retry, counter, most, message);

    private bool AddCap(RetryLoopSyntax retry, string counter, int most, string message)
    {
        var failure = types.Spell(
            (ReplayedLoop.FailureOf(retry.Loop, context) is { } own ? TaskTypes.Find(context.Semantics.Compilation, own) : null)
                ?? TaskTypes.Find(context.Semantics.Compilation, "System.InvalidOperationException")!,
            retry.Loop.SpanStart);
        statements.Before(retry.Loop, $"var {counter} = 0;");
        statements.AtHead(retry.Body, $"if (++{counter} > {most})\n    throw new {failure}(\"{message}\");");
        return true;
    }

    // var delay = …; log(delay); await Task.Delay(delay): what is computed is used elsewhere, too.
    private static bool IsComputed(ExpressionStatementSyntax delay) =>
        delay.DescendantNodes().OfType<ArgumentSyntax>().FirstOrDefault()?.Expression is IdentifierNameSyntax name
        && delay.Parent is BlockSyntax block && block.Statements.Any(statement => statement != delay && statement.DescendantNodes().Any(node =>
            node is VariableDeclaratorSyntax declared && declared.Identifier.ValueText == name.Identifier.ValueText));

    // while (…) → for (var attempt = 1; …; attempt++)
    private bool Counted(StatementSyntax loop, string attempt)
    {
        var condition = loop switch
        {
            WhileStatementSyntax { Condition: var written } => written.IsKind(SyntaxKind.TrueLiteralExpression) ? "" : written.WithoutTrivia().ToString(),
            ForStatementSyntax { Declaration: null, Initializers.Count: 0, Condition: null, Incrementors.Count: 0 } => "",
            _ => null,
        };
        // A condition that awaits or declares is left where it is.
        if (condition == null || (loop is WhileStatementSyntax { Condition: { } c } && c.DescendantNodesAndSelf().Any(n => n is AwaitExpressionSyntax or DeclarationExpressionSyntax or DeclarationPatternSyntax)))
            return false;
        edits.AddLast(loop, node =>
        {
            var body = node is WhileStatementSyntax w ? w.Statement : ((ForStatementSyntax)node).Statement;
            var close = node is WhileStatementSyntax whole ? whole.CloseParenToken : ((ForStatementSyntax)node).CloseParenToken;
            var head = (ForStatementSyntax)SyntaxFactory.ParseStatement($"for (var {attempt} = 1; {condition}; {attempt}++) ;");
            return head.WithCloseParenToken(head.CloseParenToken.WithTrailingTrivia(close.TrailingTrivia)).WithStatement(body).WithLeadingTrivia(node.GetLeadingTrivia());
        });
        return true;
    }

    private void Filter(CatchClauseSyntax handler, string condition) => edits.Add(handler, (CatchClauseSyntax c) => CatchFilters.With(c, condition, isFirst: true));
}
