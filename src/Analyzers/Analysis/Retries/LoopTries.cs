using AgentLint.Analysis.Cycles;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Retries;

/// <summary>How often a loop tries, where its counter begins, ends and goes on by constants.</summary>
internal static class LoopTries
{
    public static int? Of(Cycle cycle, SemanticModel semantics, CancellationToken cancellation)
    {
        if (cycle.Attempts is { } known)
            return known;
        int? least = null;
        foreach (var guard in cycle.Guards)
            if (guard.Kind == GuardKind.Counter && guard.Variable is ILocalSymbol counter)
                foreach (var test in cycle.FailurePaths.Select(path => path.Handler).OfType<CatchClauseSyntax>().Select(handler => handler.Filter).OfType<SyntaxNode>().Prepend(guard.Test).Distinct())
                    if (Count(cycle, test, counter, semantics, cancellation) is { } tries && (least == null || tries < least))
                        least = tries;
        return least;
    }

    private static int? Count(Cycle cycle, SyntaxNode test, ILocalSymbol counter, SemanticModel semantics, CancellationToken cancellation)
    {
        if (ComparisonIn(test, counter, semantics, cancellation) is not (var comparison, var limit, var isReversed)
            || counter.InitializerOf(semantics, cancellation)?.ConstantValue is not { HasValue: true, Value: int start }
            || !IsCountedByOne(cycle.Syntax, counter, semantics, cancellation))
            return null;
        // How many values the counter may have while there is another turn.
        var turns = limit - start + (KindOf(comparison, isReversed) is SyntaxKind.LessThanOrEqualExpression or SyntaxKind.GreaterThanExpression ? 1 : 0);
        // A test in the head comes before a try; one behind a failure counts the try that failed.
        var isHead = cycle.Syntax is ForStatementSyntax { Condition: { } head } && head.Span.Contains(test.Span) || cycle.Syntax is WhileStatementSyntax loop && loop.Condition.Span.Contains(test.Span);
        return turns + (isHead || IsCountedBefore(cycle.Syntax, comparison, counter, semantics, cancellation) ? 0 : 1) is > 0 and < 1_000_000 and var tries ? tries : null;
    }

    private static (BinaryExpressionSyntax Comparison, int Limit, bool IsReversed)? ComparisonIn(SyntaxNode test, ILocalSymbol counter, SemanticModel semantics, CancellationToken cancellation)
    {
        foreach (var comparison in test.DescendantNodesAndSelf().OfType<BinaryExpressionSyntax>())
            if (comparison.Kind() is SyntaxKind.LessThanExpression or SyntaxKind.LessThanOrEqualExpression or SyntaxKind.GreaterThanExpression or SyntaxKind.GreaterThanOrEqualExpression or SyntaxKind.EqualsExpression or SyntaxKind.NotEqualsExpression)
            {
                if (Is(comparison.Left, counter, semantics, cancellation) && semantics.GetConstantValue(comparison.Right, cancellation) is { HasValue: true, Value: int right })
                    return (comparison, right, false);
                if (Is(comparison.Right, counter, semantics, cancellation) && semantics.GetConstantValue(comparison.Left, cancellation) is { HasValue: true, Value: int left })
                    return (comparison, left, true);
            }

        return null;
    }

    private static SyntaxKind KindOf(BinaryExpressionSyntax comparison, bool isReversed) => !isReversed ? comparison.Kind() : comparison.Kind() switch
    {
        SyntaxKind.LessThanExpression => SyntaxKind.GreaterThanExpression,
        SyntaxKind.GreaterThanExpression => SyntaxKind.LessThanExpression,
        SyntaxKind.LessThanOrEqualExpression => SyntaxKind.GreaterThanOrEqualExpression,
        SyntaxKind.GreaterThanOrEqualExpression => SyntaxKind.LessThanOrEqualExpression,
        var other => other,
    };

    // Exactly one i++ or ++i, and nothing else that changes it.
    private static bool IsCountedByOne(SyntaxNode loop, ILocalSymbol counter, SemanticModel semantics, CancellationToken cancellation)
    {
        var changes = ChangesIn(loop, counter, semantics, cancellation).ToList();
        return changes.Count == 1 && changes[0].Kind() is SyntaxKind.PostIncrementExpression or SyntaxKind.PreIncrementExpression && !(changes[0].Parent is BinaryExpressionSyntax);
    }

    private static bool IsCountedBefore(SyntaxNode loop, SyntaxNode test, ILocalSymbol counter, SemanticModel semantics, CancellationToken cancellation) =>
        ChangesIn(loop, counter, semantics, cancellation).First() is var change && change.SpanStart < test.SpanStart && !(loop is ForStatementSyntax head && head.Incrementors.Span.Contains(change.Span));

    private static IEnumerable<ExpressionSyntax> ChangesIn(SyntaxNode loop, ILocalSymbol counter, SemanticModel semantics, CancellationToken cancellation)
    {
        foreach (var node in loop.DescendantNodes())
            if (node switch
            {
                PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.PostIncrementExpression or (int)SyntaxKind.PostDecrementExpression, Operand: var operand } => operand,
                PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.PreIncrementExpression or (int)SyntaxKind.PreDecrementExpression, Operand: var operand } => operand,
                AssignmentExpressionSyntax { Left: var target } => target,
                _ => null,
            } is { } changed && Is(changed, counter, semantics, cancellation))
                yield return (ExpressionSyntax)node;
    }

    private static bool Is(ExpressionSyntax expression, ILocalSymbol local, SemanticModel semantics, CancellationToken cancellation) =>
        expression is IdentifierNameSyntax { Identifier.ValueText: var name } && name == local.Name && SymbolEqualityComparer.Default.Equals(semantics.GetSymbolInfo(expression, cancellation).Symbol, local);
}
