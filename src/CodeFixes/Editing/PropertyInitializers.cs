using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Editing;

/// <summary>Sets properties where an object is made. All trivia is given outright.</summary>
internal static class PropertyInitializers
{
    /// <summary>The same creation with some properties set: those that it sets already get the new value, the others come last.</summary>
    public static BaseObjectCreationExpressionSyntax Set(BaseObjectCreationExpressionSyntax creation, FileHabits habits, params IEnumerable<(string Name, string Value)> properties)
    {
        foreach (var (name, value) in properties)
            creation = Set(creation, habits, name, SyntaxFactory.ParseExpression(value));
        return creation;
    }

    private static BaseObjectCreationExpressionSyntax Set(BaseObjectCreationExpressionSyntax creation, FileHabits habits, string name, ExpressionSyntax value)
    {
        if (creation.Initializer is not { } initializer)
            return Open(creation, Assign(name, value));
        foreach (var expression in initializer.Expressions)
            if (expression is AssignmentExpressionSyntax { Left: IdentifierNameSyntax { Identifier.ValueText: var known } } assignment && known == name)
                return creation.ReplaceNode(assignment.Right, value.WithTriviaFrom(assignment.Right));
        return creation.WithInitializer(Append(initializer, habits, Assign(name, value)));
    }

    private static BaseObjectCreationExpressionSyntax Open(BaseObjectCreationExpressionSyntax creation, ExpressionSyntax assignment)
    {
        var initializer = SyntaxFactory.InitializerExpression(
            SyntaxKind.ObjectInitializerExpression,
            SyntaxFactory.Token([SyntaxFactory.Space], SyntaxKind.OpenBraceToken, [SyntaxFactory.Space]),
            SyntaxFactory.SingletonSeparatedList(assignment),
            SyntaxFactory.Token([SyntaxFactory.Space], SyntaxKind.CloseBraceToken, creation.GetTrailingTrivia()));
        // new Options() { … } needs no parentheses.
        if (creation is ObjectCreationExpressionSyntax { ArgumentList: { Arguments.Count: 0 } empty } plain && !empty.DescendantTrivia().Any(t => t.Kind() is SyntaxKind.SingleLineCommentTrivia or SyntaxKind.MultiLineCommentTrivia))
            return plain.WithArgumentList(null).WithType(plain.Type.WithoutTrailingTrivia()).WithInitializer(initializer);
        return creation.WithoutTrailingTrivia().WithInitializer(initializer);
    }

    private static InitializerExpressionSyntax Append(InitializerExpressionSyntax initializer, FileHabits habits, ExpressionSyntax assignment)
    {
        var expressions = initializer.Expressions;
        if (expressions.Count == 0)
            return initializer.WithExpressions(SyntaxFactory.SingletonSeparatedList(assignment.WithTrailingTrivia(SyntaxFactory.Space)))
                .WithOpenBraceToken(initializer.OpenBraceToken.WithTrailingTrivia(SyntaxFactory.Space));
        var last = expressions.Last();
        var isOnOwnLine = FileHabits.IsFirstOnLine(last.GetFirstToken());
        var indentation = isOnOwnLine ? FileHabits.IndentationOf(last.GetFirstToken()) : [];
        var separators = expressions.GetSeparators().ToList();
        if (separators.Count == expressions.Count)
        {
            // Each property ends in a comma: so does the new one.
            separators.Add(SyntaxFactory.Token([], SyntaxKind.CommaToken, isOnOwnLine ? [habits.EndOfLine] : separators.Last().TrailingTrivia));
            if (!isOnOwnLine)
                separators[separators.Count - 2] = separators[separators.Count - 2].WithTrailingTrivia(SyntaxFactory.Space);
            return initializer.WithExpressions(SyntaxFactory.SeparatedList(expressions.Append(assignment.WithLeadingTrivia(indentation)), separators));
        }

        // A comment behind the last property stays there: the comma goes before it.
        var trailing = last.GetTrailingTrivia();
        separators.Add(SyntaxFactory.Token([], SyntaxKind.CommaToken, isOnOwnLine ? trailing : [SyntaxFactory.Space]));
        return initializer.WithExpressions(SyntaxFactory.SeparatedList(
            expressions.Replace(last, last.WithoutTrailingTrivia()).Append(assignment.WithLeadingTrivia(indentation).WithTrailingTrivia(isOnOwnLine ? [habits.EndOfLine] : trailing)),
            separators));
    }

    private static ExpressionSyntax Assign(string name, ExpressionSyntax value) => SyntaxFactory.AssignmentExpression(
        SyntaxKind.SimpleAssignmentExpression,
        SyntaxFactory.IdentifierName(SyntaxFactory.Identifier(name)),
        SyntaxFactory.Token([SyntaxFactory.Space], SyntaxKind.EqualsToken, [SyntaxFactory.Space]),
        value);
}
