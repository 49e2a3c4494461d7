using AgentLint.Editing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Fixes.Idempotency;

/// <summary>Declares keys before the statements that use them.</summary>
internal sealed class KeyPlaces(FixContext context, NodeEdits edits)
{
    private static readonly string[] Names = ["idempotencyKey", "operationKey", "requestKey", "secondKey", "thirdKey"];

    private readonly HashSet<string> taken = new(StringComparer.Ordinal);
    private readonly SyntaxTrivia endOfLine = FileHabits.Of(context.Root).EndOfLine;

    /// <summary>Declares a key before a statement of a block; null where there is no name left, or it stands in none.</summary>
    public string? Declare(StatementSyntax? statement, string key)
    {
        if (statement is not { Parent: BlockSyntax block } || NewNames.Unused(statement, [.. Names.Where(name => !taken.Contains(name))]) is not { } name)
            return null;
        taken.Add(name);
        var at = block.Statements.IndexOf(statement);
        var declaration = SyntaxFactory.ParseStatement($"var {name} = {key};").WithLeadingTrivia(statement.GetLeadingTrivia()).WithTrailingTrivia(endOfLine);
        var added = 0;
        edits.AddLast(block, node =>
        {
            // Declarations of the same block stand before their own statements: those added so far lie before or behind this one.
            var now = (BlockSyntax)node;
            var index = now.Statements.Count - block.Statements.Count is var more && more > 0 ? IndexOf(now, at, block) : at;
            added++;
            var next = now.Statements[index];
            return now.WithStatements(now.Statements.Replace(next, next.WithLeadingTrivia(FileHabits.IndentationOf(next.GetFirstToken()))).Insert(index, declaration));
        });
        return name;
    }

    // The statement that was the nth before keys were declared.
    private static int IndexOf(BlockSyntax now, int at, BlockSyntax before)
    {
        var original = -1;
        for (var i = 0; i < now.Statements.Count; i++)
        {
            var isNew = now.Statements[i] is LocalDeclarationStatementSyntax { Declaration.Variables: [var variable] } && Names.Contains(variable.Identifier.ValueText)
                && !before.Statements.Any(s => s is LocalDeclarationStatementSyntax { Declaration.Variables: [var known] } && known.Identifier.ValueText == variable.Identifier.ValueText);
            if (!isNew && ++original == at)
                return i;
        }

        return now.Statements.Count - 1;
    }
}
