using System.Collections.Immutable;
using System.Composition;
using AgentLint.Analysis.Checks.Idempotency;
using AgentLint.Editing;
using AgentLint.Rules.Idempotency;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Fixes.Idempotency;

/// <summary>Moves a message behind the change that it speaks of. That a message can be lost stays, as a suggestion: only an outbox mends it.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AGL0105Fix_SaveFirst)), Shared]
public sealed class AGL0105Fix_SaveFirst() : AgentCodeFix(AGL0105_DualWriteWithoutOutbox.Rule, "Publish after the change is saved")
{
    private protected override Task<Edit?> EditAsync(FixContext context, ImmutableArray<Diagnostic> diagnostics)
    {
        var edits = new NodeEdits();
        foreach (var found in DualWrites.In(context.Root.SyntaxTree, context.Model, context.CallDepth, context.Cancellation))
            if (found.IsBefore && diagnostics.Any(diagnostic => diagnostic.Location.SourceSpan == found.Message.Span))
                Move(found, edits);
        return Task.FromResult(edits.IsEmpty ? null : new Edit(context.Document.WithSyntaxRoot(edits.Apply(context.Root))));
    }

    // Both are statements of one block, and nothing between them needs the message to be out.
    private static void Move(DualWrite found, NodeEdits edits)
    {
        if (found.Message.FirstAncestorOrSelf<ExpressionStatementSyntax>() is not { Parent: BlockSyntax block } publish
            || found.Save.Steps[0].Site.FirstAncestorOrSelf<StatementSyntax>() is not { } save || save.Parent != block || save is not (ExpressionStatementSyntax or LocalDeclarationStatementSyntax)
            || publish.Expression is AssignmentExpressionSyntax)
            return;
        var (from, to) = (block.Statements.IndexOf(publish), block.Statements.IndexOf(save));
        if (from < 0 || to < from || block.Statements.Skip(from + 1).Take(to - from - 1).Any(between => between.DescendantNodesAndSelf().Any(node => node is ReturnStatementSyntax or ThrowStatementSyntax or BreakStatementSyntax or ContinueStatementSyntax)))
            return;
        edits.AddLast(block, node =>
        {
            var now = ((BlockSyntax)node).Statements;
            var moved = now[from];
            return ((BlockSyntax)node).WithStatements(now.RemoveAt(from).Insert(to, moved));
        });
    }
}
