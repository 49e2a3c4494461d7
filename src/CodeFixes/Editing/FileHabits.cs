using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Editing;

/// <summary>How a file is written, so that new code looks like its neighbours.</summary>
/// <param name="EndOfLine">How lines end.</param>
/// <param name="ConfiguresAwait">Whether most of its awaits end in <c>ConfigureAwait(false)</c>.</param>
internal sealed record FileHabits(SyntaxTrivia EndOfLine, bool ConfiguresAwait)
{
    public static FileHabits Of(SyntaxNode root)
    {
        var all = 0;
        var configured = 0;
        foreach (var node in root.DescendantNodes())
            if (node is AwaitExpressionSyntax await)
            {
                all++;
                if (await.Expression is InvocationExpressionSyntax
                    {
                        Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ConfigureAwait" },
                        ArgumentList.Arguments: [{ Expression.RawKind: (int)SyntaxKind.FalseLiteralExpression }],
                    })
                    configured++;
            }

        return new FileHabits(EndOfLineOf(root), configured * 2 > all);
    }

    /// <summary>The white space that the line of a token begins with.</summary>
    public static SyntaxTriviaList IndentationOf(SyntaxToken token)
    {
        for (; !token.IsKind(SyntaxKind.None); token = token.GetPreviousToken())
        {
            var leading = token.LeadingTrivia;
            var last = leading.Count - 1;
            var isIndented = last >= 0 && leading[last].IsKind(SyntaxKind.WhitespaceTrivia);
            if (IsFirstOnLine(token))
                return isIndented ? SyntaxFactory.TriviaList(leading[last]) : [];
        }

        return [];
    }

    public static bool IsFirstOnLine(SyntaxToken token) =>
        token.GetPreviousToken() is var previous
        && (previous.IsKind(SyntaxKind.None)
            || previous.TrailingTrivia.Any(SyntaxKind.EndOfLineTrivia)
            || token.LeadingTrivia.Any(SyntaxKind.EndOfLineTrivia));

    private static SyntaxTrivia EndOfLineOf(SyntaxNode root)
    {
        foreach (var trivia in root.DescendantTrivia())
            if (trivia.IsKind(SyntaxKind.EndOfLineTrivia))
                return SyntaxFactory.EndOfLine(trivia.ToString());
        return SyntaxFactory.LineFeed;
    }
}
