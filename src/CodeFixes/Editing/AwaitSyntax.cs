using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Editing;

/// <summary>Builds awaits. All trivia is given outright: elastic trivia would have the formatter change lines that are not ours.</summary>
internal static class AwaitSyntax
{
    /// <summary>Awaits an expression in the place of another.</summary>
    /// <param name="operand">What is awaited.</param>
    /// <param name="place">The original node whose place the await takes: it decides on parentheses.</param>
    /// <param name="trivia">The node whose trivia the await takes.</param>
    /// <param name="configure">Whether to add <c>ConfigureAwait(false)</c>.</param>
    public static ExpressionSyntax Await(ExpressionSyntax operand, ExpressionSyntax place, SyntaxNode trivia, bool configure)
    {
        operand = operand.WithoutTrivia();
        if (configure)
            operand = Call(Member(IsPrimary(operand) ? operand : Parenthesize(operand), "ConfigureAwait"), SyntaxFactory.LiteralExpression(SyntaxKind.FalseLiteralExpression, Token(SyntaxKind.FalseKeyword)));
        else if (!IsUnary(operand))
            operand = Parenthesize(operand);
        ExpressionSyntax awaited = SyntaxFactory.AwaitExpression(SyntaxFactory.Token([], SyntaxKind.AwaitKeyword, [SyntaxFactory.Space]), operand);
        return (NeedsParentheses(place) ? Parenthesize(awaited) : awaited).WithTriviaFrom(trivia);
    }

    public static MemberAccessExpressionSyntax Member(ExpressionSyntax expression, string name) =>
        SyntaxFactory.MemberAccessExpression(SyntaxKind.SimpleMemberAccessExpression, expression, Token(SyntaxKind.DotToken), (SimpleNameSyntax)SyntaxFactory.ParseName(name));

    public static InvocationExpressionSyntax Call(ExpressionSyntax callee, params ExpressionSyntax[] arguments) =>
        SyntaxFactory.InvocationExpression(
            callee,
            SyntaxFactory.ArgumentList(
                Token(SyntaxKind.OpenParenToken),
                SyntaxFactory.SeparatedList(
                    arguments.Select(SyntaxFactory.Argument),
                    Enumerable.Repeat(SyntaxFactory.Token([], SyntaxKind.CommaToken, [SyntaxFactory.Space]), Math.Max(arguments.Length - 1, 0))),
                Token(SyntaxKind.CloseParenToken)));

    /// <summary>The same call of a member with another name.</summary>
    public static InvocationExpressionSyntax Rename(InvocationExpressionSyntax call, string name)
    {
        var old = call.Expression is MemberAccessExpressionSyntax access ? access.Name : (SimpleNameSyntax)call.Expression;
        return call.ReplaceToken(old.Identifier, SyntaxFactory.Identifier(old.Identifier.LeadingTrivia, name, old.Identifier.TrailingTrivia));
    }

    /// <summary>A list of arguments and one more.</summary>
    public static ArgumentListSyntax With(this ArgumentListSyntax list, ArgumentSyntax argument)
    {
        if (list.Arguments.Count == 0)
            return list.WithArguments(SyntaxFactory.SingletonSeparatedList(argument));
        var separators = list.Arguments.GetSeparators().Append(SyntaxFactory.Token([], SyntaxKind.CommaToken, [SyntaxFactory.Space]));
        var last = list.Arguments.Last();
        // A line break before the closing parenthesis stays there.
        return list.WithArguments(SyntaxFactory.SeparatedList(
            list.Arguments.Replace(last, last.WithTrailingTrivia()).Append(argument.WithTrailingTrivia(last.GetTrailingTrivia())), separators));
    }

    /// <summary>The comments in a node that are in none of the parts which are kept.</summary>
    public static ImmutableArray<SyntaxTrivia> CommentsLost(SyntaxNode whole, params SyntaxNode[] kept) =>
    [
        .. whole.DescendantTrivia()
            .Where(t => t.Kind() is SyntaxKind.SingleLineCommentTrivia or SyntaxKind.MultiLineCommentTrivia)
            // Comments at the edges of the whole stay with it.
            .Where(t => t.SpanStart >= whole.SpanStart && t.Span.End <= whole.Span.End && !kept.Any(k => k.Span.Contains(t.Span))),
    ];

    /// <summary>Puts comments on lines of their own above the statement or member that a node is in.</summary>
    public static void MoveAbove(this NodeEdits edits, SyntaxNode node, ImmutableArray<SyntaxTrivia> comments, FileHabits habits)
    {
        if (comments.IsEmpty || node.FirstAncestorOrSelf<SyntaxNode>(n => n is StatementSyntax or MemberDeclarationSyntax) is not { } home)
            return;
        var indentation = FileHabits.IndentationOf(home.GetFirstToken());
        edits.Add(home, n => n.WithLeadingTrivia(
            n.GetLeadingTrivia().AddRange(comments.SelectMany(comment => indentation.Insert(0, habits.EndOfLine).Insert(0, comment)))));
    }

    public static SyntaxToken Token(SyntaxKind kind) => SyntaxFactory.Token([], kind, []);

    public static ParenthesizedExpressionSyntax Parenthesize(ExpressionSyntax expression) =>
        SyntaxFactory.ParenthesizedExpression(Token(SyntaxKind.OpenParenToken), expression.WithoutTrivia(), Token(SyntaxKind.CloseParenToken));

    private static bool IsPrimary(ExpressionSyntax expression) => expression
        is InstanceExpressionSyntax or NameSyntax or MemberAccessExpressionSyntax or InvocationExpressionSyntax or ElementAccessExpressionSyntax
        or ParenthesizedExpressionSyntax or BaseObjectCreationExpressionSyntax or PostfixUnaryExpressionSyntax or DefaultExpressionSyntax;

    private static bool IsUnary(ExpressionSyntax expression) =>
        IsPrimary(expression) || expression is CastExpressionSyntax or AwaitExpressionSyntax or ConditionalAccessExpressionSyntax;

    private static bool NeedsParentheses(ExpressionSyntax place) => place.Parent switch
    {
        MemberAccessExpressionSyntax parent => parent.Expression == place,
        ConditionalAccessExpressionSyntax parent => parent.Expression == place,
        ElementAccessExpressionSyntax parent => parent.Expression == place,
        InvocationExpressionSyntax parent => parent.Expression == place,
        PostfixUnaryExpressionSyntax => true,
        _ => false,
    };
}
