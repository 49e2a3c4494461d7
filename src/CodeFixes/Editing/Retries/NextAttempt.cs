using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Editing.Retries;

/// <summary>Tells whether another attempt follows, from a loop whose condition counts its attempts: after the last one nothing is left to wait for.</summary>
internal static class NextAttempt
{
    /// <summary>The condition, at the end of a handler, under which the loop makes another attempt; null where the loop's condition counts nothing, or where the handler is for such attempts only.</summary>
    public static string? After(RetryLoopSyntax retry, CatchClauseSyntax handler, FixContext context)
    {
        if (TestOf(retry) is not { Left: IdentifierNameSyntax name, Right: var limit } test
            || LoopCounter.Of(retry, context) is not { } counter
            || counter.Name != name.Identifier.ValueText
            || handler.Filter?.DescendantNodes().OfType<IdentifierNameSyntax>().Any(used => used.Identifier.ValueText == counter.Name) == true)
            return null;
        // A step of the loop follows the handler; any other has been made by its end.
        return IsSteppedByLoop(retry, counter.Name) ? Before(test, counter.Name, limit) : test.ToString();
    }

    /// <summary>Whether the loop counts an attempt where its head says so, after the handlers.</summary>
    public static bool IsSteppedByLoop(RetryLoopSyntax retry, string counter) =>
        retry.Loop is ForStatementSyntax { Incrementors: var steps }
        && steps.SelectMany(step => step.DescendantNodes()).OfType<IdentifierNameSyntax>().Any(name => name.Identifier.ValueText == counter);

    private static string? Before(BinaryExpressionSyntax test, string counter, ExpressionSyntax limit) =>
        test.IsKind(SyntaxKind.LessThanOrEqualExpression) ? $"{counter} < {limit}"
        : limit is LiteralExpressionSyntax { Token.Value: int most } ? $"{counter} < {(most - 1).ToString(CultureInfo.InvariantCulture)}"
        : $"{counter} + 1 < {limit}";

    private static BinaryExpressionSyntax? TestOf(RetryLoopSyntax retry) =>
        (retry.Loop switch
        {
            ForStatementSyntax loop => loop.Condition,
            WhileStatementSyntax loop => loop.Condition,
            DoStatementSyntax loop => loop.Condition,
            _ => null,
        }) is BinaryExpressionSyntax { RawKind: (int)SyntaxKind.LessThanExpression or (int)SyntaxKind.LessThanOrEqualExpression, Right: LiteralExpressionSyntax or IdentifierNameSyntax or MemberAccessExpressionSyntax } test
            ? test
            : null;
}
