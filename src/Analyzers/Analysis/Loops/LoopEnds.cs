using AgentLint.Analysis.Values;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Analysis.Loops;

/// <summary>How a loop ends, as far as its text shows it.</summary>
internal static class LoopEnds
{
    /// <summary>Whether nothing in a loop ends it but a token: the condition of anything else may be a source that runs dry.</summary>
    public static bool IsEndless(SyntaxNode loop, SemanticModel semantics, CancellationToken cancellation)
    {
        var condition = loop switch
        {
            WhileStatementSyntax statement => statement.Condition,
            DoStatementSyntax statement => statement.Condition,
            ForStatementSyntax statement => statement.Condition,
            _ => null,
        };
        return (condition is null or LiteralExpressionSyntax
                || (condition is PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalNotExpression, Operand: MemberAccessExpressionSyntax stopped } && CancellationTokens.IsToken(semantics.GetTypeInfo(stopped.Expression, cancellation).Type)))
            && !loop.DescendantNodes(node => node is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax))
                .Any(node => node is ReturnStatementSyntax or GotoStatementSyntax or YieldStatementSyntax { RawKind: (int)SyntaxKind.YieldBreakStatement } || (node is BreakStatementSyntax && Ends(node) == loop));
    }

    /// <summary>What a <c>break</c> leaves.</summary>
    public static SyntaxNode? Ends(SyntaxNode jump) =>
        jump.FirstAncestorOrSelf<SyntaxNode>(node => node is SwitchStatementSyntax or WhileStatementSyntax or DoStatementSyntax or ForStatementSyntax or CommonForEachStatementSyntax);

    /// <summary>
    /// Whether a loop that waits for somebody in each turn has an end of its own as well: a number that its turns move, or a clock, is compared in it.
    /// </summary>
    public static bool IsLimited(SyntaxNode loop, SemanticModel semantics, CancellationToken cancellation)
    {
        var moved = new HashSet<string>(loop.DescendantNodes().Select(MovedBy).OfType<string>(), StringComparer.Ordinal);
        // What is made anew in each turn counts something else.
        foreach (var variable in loop.DescendantNodes().OfType<VariableDeclaratorSyntax>())
            if (variable.Parent?.Parent != loop)
                moved.Remove(variable.Identifier.ValueText);
        foreach (var comparison in loop.DescendantNodes().OfType<BinaryExpressionSyntax>())
            if (comparison.Kind() is >= SyntaxKind.EqualsExpression and <= SyntaxKind.GreaterThanOrEqualExpression
                && (comparison.DescendantNodes().OfType<IdentifierNameSyntax>().Any(name => moved.Contains(name.Identifier.ValueText))
                    || IsTime(semantics.GetTypeInfo(comparison.Left, cancellation).Type) || IsTime(semantics.GetTypeInfo(comparison.Right, cancellation).Type)))
                return true;
        return false;
    }

    // n++, n += 1, n = n + 1
    private static string? MovedBy(SyntaxNode node) => node switch
    {
        PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.PostIncrementExpression or (int)SyntaxKind.PostDecrementExpression, Operand: var operand } => NameOf(operand),
        PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.PreIncrementExpression or (int)SyntaxKind.PreDecrementExpression, Operand: var operand } => NameOf(operand),
        AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.AddAssignmentExpression or (int)SyntaxKind.SubtractAssignmentExpression, Left: var target } => NameOf(target),
        AssignmentExpressionSyntax { Left: var target, Right: BinaryExpressionSyntax sum } when NameOf(target) is { } name && sum.DescendantNodes().OfType<IdentifierNameSyntax>().Any(part => part.Identifier.ValueText == name) => name,
        _ => null,
    };

    private static string? NameOf(ExpressionSyntax target) => target switch
    {
        IdentifierNameSyntax name => name.Identifier.ValueText,
        MemberAccessExpressionSyntax { Name: IdentifierNameSyntax name } => name.Identifier.ValueText,
        _ => null,
    };

    private static bool IsTime(ITypeSymbol? type) => type is { Name: "DateTime" or "DateTimeOffset" or "TimeSpan" or "TimeOnly", ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } };
}
