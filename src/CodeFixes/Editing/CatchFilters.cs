using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Editing;

/// <summary>Adds conditions to what a handler catches.</summary>
internal static class CatchFilters
{
    /// <summary>The handler, with one condition more.</summary>
    /// <param name="handler">The handler.</param>
    /// <param name="condition">The condition.</param>
    /// <param name="isFirst">Whether it is to be tested before the others.</param>
    public static CatchClauseSyntax With(CatchClauseSyntax handler, string condition, bool isFirst = false)
    {
        if (handler.Filter is { } filter)
        {
            var known = filter.FilterExpression;
            var own = known is BinaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalOrExpression or (int)SyntaxKind.CoalesceExpression } or ConditionalExpressionSyntax or AssignmentExpressionSyntax
                ? $"({known.WithoutTrivia()})"
                : known.WithoutTrivia().ToString();
            return handler.WithFilter(filter.WithFilterExpression(SyntaxFactory.ParseExpression(isFirst ? $"{condition} && {own}" : $"{own} && {condition}").WithTriviaFrom(known)));
        }

        var added = SyntaxFactory.CatchFilterClause(
            SyntaxFactory.Token([], SyntaxKind.WhenKeyword, [SyntaxFactory.Space]),
            SyntaxFactory.Token(SyntaxTriviaList.Empty, SyntaxKind.OpenParenToken, []),
            SyntaxFactory.ParseExpression(condition),
            SyntaxFactory.Token([], SyntaxKind.CloseParenToken, EndOf(handler)));
        return handler.Declaration is { } declaration
            ? handler.WithDeclaration(declaration.WithTrailingTrivia(SyntaxFactory.Space)).WithFilter(added)
            : handler.WithCatchKeyword(handler.CatchKeyword.WithTrailingTrivia(SyntaxFactory.Space)).WithFilter(added);
    }

    /// <summary>The handler with a name for what it catches, and that name.</summary>
    /// <param name="handler">The handler as it is in the tree.</param>
    /// <param name="exception">How the type of all exceptions is written.</param>
    /// <param name="name">A name that is free.</param>
    public static CatchClauseSyntax Named(CatchClauseSyntax handler, string exception, string name)
    {
        if (handler.Declaration is { } declaration)
            return handler.WithDeclaration(declaration
                .WithType(declaration.Type.WithTrailingTrivia(SyntaxFactory.Space))
                .WithIdentifier(SyntaxFactory.Identifier([], name, declaration.Type.GetTrailingTrivia())));
        var added = SyntaxFactory.CatchDeclaration(
            AwaitSyntax.Token(SyntaxKind.OpenParenToken),
            SyntaxFactory.ParseTypeName(exception).WithTrailingTrivia(SyntaxFactory.Space),
            SyntaxFactory.Identifier(name),
            SyntaxFactory.Token([], SyntaxKind.CloseParenToken, handler.CatchKeyword.TrailingTrivia));
        return handler.WithCatchKeyword(handler.CatchKeyword.WithTrailingTrivia(SyntaxFactory.Space)).WithDeclaration(added);
    }

    private static SyntaxTriviaList EndOf(CatchClauseSyntax handler) => handler.Declaration?.CloseParenToken.TrailingTrivia ?? handler.CatchKeyword.TrailingTrivia;
}
