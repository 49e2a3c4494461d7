using System.Collections.Immutable;
using System.Composition;
using AgentLint.Editing;
using AgentLint.Rules.DurableExecution;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Fixes.DurableExecution;

/// <summary>Lets the failure of an activity through to the engine that retries it.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AGL1006Fix_Rethrow)), Shared]
public sealed class AGL1006Fix_Rethrow() : AgentCodeFix(AGL1006_SwallowedActivityFailure.Rule, "Rethrow, so that the engine retries")
{
    private protected override Task<Edit?> EditAsync(FixContext context, ImmutableArray<Diagnostic> diagnostics)
    {
        var habits = FileHabits.Of(context.Root);
        var edits = new NodeEdits();
        foreach (var diagnostic in diagnostics)
            if (context.Root.FindToken(diagnostic.Location.SourceSpan.Start).Parent is CatchClauseSyntax { Block: var block })
                edits.Add(block, (BlockSyntax handler) => EndIn(handler, context, habits));
        return Task.FromResult<Edit?>(edits.IsEmpty ? null : new Edit(context.Document.WithSyntaxRoot(edits.Apply(context.Root))));
    }

    // What the handler logs or undoes stays; what it returned gives way.
    private static BlockSyntax EndIn(BlockSyntax handler, FixContext context, FileHabits habits)
    {
        var rethrow = context.Statement("throw;");
        if (handler.Statements.LastOrDefault() is ReturnStatementSyntax last)
            return handler.ReplaceNode(last, rethrow.WithTriviaFrom(last));
        var indentation = handler.Statements.LastOrDefault() is { } statement
            ? FileHabits.IndentationOf(statement.GetFirstToken())
            : FileHabits.IndentationOf(handler.CloseBraceToken).Add(Microsoft.CodeAnalysis.CSharp.SyntaxFactory.Whitespace("    "));
        return handler.Statements.Count == 0 && !FileHabits.IsFirstOnLine(handler.CloseBraceToken)
            ? handler.WithStatements([rethrow]).WithAdditionalAnnotations(Microsoft.CodeAnalysis.Formatting.Formatter.Annotation)
            : handler.AddStatements(rethrow.WithLeadingTrivia(indentation).WithTrailingTrivia(habits.EndOfLine));
    }
}
