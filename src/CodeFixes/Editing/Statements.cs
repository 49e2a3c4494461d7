using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Editing;

/// <summary>
/// Puts new statements between those of a tree, however many fixes do so in the same block at once. All trivia is given outright: the lines around are not ours.
/// </summary>
internal sealed class Statements(FixContext context, FileHabits habits, NodeEdits edits)
{
    private readonly Dictionary<SyntaxNode, List<(int Index, string Text)>> added = [];

    /// <summary>Whether a statement stands in a list that others can be put into.</summary>
    public static bool CanInsertBefore(StatementSyntax statement) =>
        FileHabits.IsFirstOnLine(statement.GetFirstToken()) && statement.Parent is BlockSyntax or GlobalStatementSyntax { Parent: CompilationUnitSyntax };

    /// <summary>Puts a statement above another; it takes over the comments there.</summary>
    public void Before(StatementSyntax statement, string text)
    {
        if (statement.Parent is GlobalStatementSyntax { Parent: CompilationUnitSyntax unit } global)
            Add(unit, unit.Members.IndexOf(global), text);
        else if (statement.Parent is BlockSyntax block)
            Add(block, block.Statements.IndexOf(statement), text);
    }

    /// <summary>Puts a statement below another.</summary>
    public void After(StatementSyntax statement, string text)
    {
        if (statement.Parent is BlockSyntax block)
            Add(block, block.Statements.IndexOf(statement) + 1, text);
    }

    /// <summary>Puts a statement at the head of a block, above those that were put there before.</summary>
    public void AtHead(BlockSyntax block, string text) => Add(block, 0, text, isFirst: true);

    /// <summary>Puts a statement at the end of a block, before what leaves it.</summary>
    public void AtEnd(BlockSyntax block, string text) =>
        Add(block, block.Statements.LastOrDefault() is ContinueStatementSyntax or GotoStatementSyntax ? block.Statements.Count - 1 : block.Statements.Count, text);

    private void Add(SyntaxNode list, int index, string text, bool isFirst = false)
    {
        if (!added.TryGetValue(list, out var all))
        {
            added[list] = all = [];
            edits.AddLast(list, node => node is BlockSyntax block ? Insert(block, (BlockSyntax)list, all) : Insert((CompilationUnitSyntax)node, all));
        }

        all.Insert(isFirst ? 0 : all.Count, (index, text));
    }

    private CompilationUnitSyntax Insert(CompilationUnitSyntax unit, List<(int Index, string Text)> all)
    {
        var members = unit.Members;
        foreach (var place in all.GroupBy(a => a.Index).OrderByDescending(g => g.Key))
        {
            var next = members[place.Key];
            var indentation = FileHabits.IndentationOf(unit.Members[place.Key].GetFirstToken());
            members = members.Replace(next, next.WithLeadingTrivia(indentation)).InsertRange(
                place.Key,
                place.Select((a, i) => SyntaxFactory.GlobalStatement(Line(a.Text, i == 0 ? next.GetLeadingTrivia() : indentation))));
        }

        return unit.WithMembers(members);
    }

    private BlockSyntax Insert(BlockSyntax block, BlockSyntax original, List<(int Index, string Text)> all)
    {
        var outer = FileHabits.IndentationOf(original.OpenBraceToken);
        var inner = original.Statements.Count > 0 && FileHabits.IsFirstOnLine(original.Statements[0].GetFirstToken())
            ? FileHabits.IndentationOf(original.Statements[0].GetFirstToken())
            : outer.Add(SyntaxFactory.Whitespace("    "));
        if (!block.OpenBraceToken.TrailingTrivia.Any(SyntaxKind.EndOfLineTrivia))
            block = Opened(block, inner, outer);
        var statements = block.Statements;
        foreach (var place in all.GroupBy(a => a.Index).OrderByDescending(g => g.Key))
        {
            if (place.Key == statements.Count)
            {
                statements = statements.AddRange(place.Select(a => Line(a.Text, inner)));
                continue;
            }

            var next = statements[place.Key];
            statements = statements.Replace(next, next.WithLeadingTrivia(inner)).InsertRange(place.Key, place.Select((a, i) => Line(a.Text, i == 0 ? next.GetLeadingTrivia() : inner)));
        }

        return block.WithStatements(statements);
    }

    // { … } on a line of its own becomes three.
    private BlockSyntax Opened(BlockSyntax block, SyntaxTriviaList inner, SyntaxTriviaList outer) => block
        .WithOpenBraceToken(block.OpenBraceToken.WithTrailingTrivia(habits.EndOfLine))
        .WithStatements(SyntaxFactory.List(block.Statements.Select(s => s.WithLeadingTrivia(inner).WithTrailingTrivia(habits.EndOfLine))))
        .WithCloseBraceToken(block.CloseBraceToken.WithLeadingTrivia(outer));

    private StatementSyntax Line(string text, SyntaxTriviaList leading)
    {
        // What a statement has below its first line is indented with it.
        var indentation = string.Concat(leading.Reverse().TakeWhile(trivia => trivia.IsKind(SyntaxKind.WhitespaceTrivia)).Reverse());
        var lines = text.Replace("\n", habits.EndOfLine.ToString() + indentation);
        return SyntaxFactory.ParseStatement(lines, options: context.Root.SyntaxTree.Options).WithLeadingTrivia(leading).WithTrailingTrivia(habits.EndOfLine);
    }
}
