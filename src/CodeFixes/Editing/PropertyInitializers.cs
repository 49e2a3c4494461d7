using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Editing;

/// <summary>Sets properties where an object is made. The new text is parsed, so that trivia lies where the compiler would put it.</summary>
internal static class PropertyInitializers
{
    /// <summary>The same creation with some properties set: those that it sets already get the new value, the others come last.</summary>
    public static BaseObjectCreationExpressionSyntax Set(BaseObjectCreationExpressionSyntax creation, FileHabits habits, params IEnumerable<(string Name, string Value)> properties)
    {
        foreach (var (name, value) in properties)
        {
            var (start, length, text) = Change(creation, habits, name, value);
            var whole = creation.ToString();
            start -= creation.SpanStart;
            creation = (BaseObjectCreationExpressionSyntax)SyntaxFactory.ParseExpression(whole.Substring(0, start) + text + whole.Substring(start + length), options: creation.SyntaxTree.Options)
                .WithTriviaFrom(creation);
        }

        return creation;
    }

    // What to put where, in the positions of the tree.
    private static (int Start, int Length, string Text) Change(BaseObjectCreationExpressionSyntax creation, FileHabits habits, string name, string value)
    {
        var assignment = $"{name} = {value}";
        if (creation.Initializer is not { } initializer)
            // new Options() { … } needs no parentheses.
            return creation is ObjectCreationExpressionSyntax { ArgumentList: { Arguments.Count: 0 } empty } plain && empty.ToString() == "()"
                ? (plain.Type.Span.End, empty.Span.End - plain.Type.Span.End, $" {{ {assignment} }}")
                : (creation.Span.End, 0, $" {{ {assignment} }}");
        foreach (var expression in initializer.Expressions)
            if (expression is AssignmentExpressionSyntax { Left: IdentifierNameSyntax { Identifier.ValueText: var known }, Right: var right } && known == name)
                return (right.SpanStart, right.Span.Length, value);
        if (initializer.Expressions.Count == 0)
            return (initializer.OpenBraceToken.Span.End, initializer.CloseBraceToken.SpanStart - initializer.OpenBraceToken.Span.End, $" {assignment} ");

        var last = initializer.Expressions.Last();
        var hasComma = initializer.Expressions.SeparatorCount == initializer.Expressions.Count;
        var end = hasComma ? initializer.Expressions.GetSeparators().Last() : last.GetLastToken();
        if (!FileHabits.IsFirstOnLine(last.GetFirstToken()))
            return (end.Span.End, 0, hasComma ? $" {assignment}," : $", {assignment}");
        var indentation = FileHabits.IndentationOf(last.GetFirstToken()).ToFullString();
        // A comment behind the last property stays there: the comma goes before it.
        var rest = end.TrailingTrivia.ToFullString().TrimEnd('\r', '\n');
        return (end.Span.End, rest.Length, (hasComma ? "" : ",") + rest + habits.EndOfLine + indentation + assignment + (hasComma ? "," : ""));
    }
}
