using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;

namespace AgentLint.Editing;

/// <summary>Has handlers end otherwise. What they log or undo stays; what they gave back gives way.</summary>
internal static class HandlerEnds
{
    /// <summary>The handler's block with another end: in the place of its last return, or behind all that it does.</summary>
    /// <param name="handler">The block.</param>
    /// <param name="end">The statement that it is to end with, as <c>throw;</c>.</param>
    /// <param name="habits">How the file is written.</param>
    public static BlockSyntax With(BlockSyntax handler, StatementSyntax end, FileHabits habits)
    {
        if (handler.Statements.LastOrDefault() is ReturnStatementSyntax last)
            return handler.ReplaceNode(last, end.WithTriviaFrom(last));
        var indentation = handler.Statements.LastOrDefault() is { } statement
            ? FileHabits.IndentationOf(statement.GetFirstToken())
            : FileHabits.IndentationOf(handler.CloseBraceToken).Add(SyntaxFactory.Whitespace("    "));
        if (!FileHabits.IsFirstOnLine(handler.CloseBraceToken))
            return handler.Statements.Count == 0
                ? handler.WithStatements([end]).WithAdditionalAnnotations(Formatter.Annotation)
                : handler.AddStatements(end.WithTrailingTrivia(SyntaxFactory.Space));
        return handler.AddStatements(end.WithLeadingTrivia(indentation).WithTrailingTrivia(habits.EndOfLine));
    }
}
