using System.Collections.Immutable;
using System.Composition;
using AgentLint.Analysis.Checks.CircuitBreaking;
using AgentLint.Editing;
using AgentLint.Rules.CircuitBreaking;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Fixes.CircuitBreaking;

/// <summary>
/// Has work count as done only where it was done: the failure goes on to the broker or the host, which sends again; an item of a loop is left for the next time.
/// A mark in a <c>finally</c> block, and a flag behind a loop, are for their author to move.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AGL0505Fix_CompleteAfterSuccess)), Shared]
public sealed class AGL0505Fix_CompleteAfterSuccess() : AgentCodeFix(AGL0505_FailureAcknowledged.Rule, "Acknowledge only after success")
{
    private protected override Task<Edit?> EditAsync(FixContext context, ImmutableArray<Diagnostic> diagnostics)
    {
        var habits = FileHabits.Of(context.Root);
        var edits = new NodeEdits();
        foreach (var found in new AcknowledgedFailures(context.Model, context.Semantics, context.CallDepth, context.Cancellation).In())
            if (diagnostics.Any(diagnostic => diagnostic.Location.SourceSpan == found.Failure.Handler.CatchKeyword.Span) && EndFor(found) is { } end)
                edits.Add(found.Failure.Handler.Block, (BlockSyntax handler) => HandlerEnds.With(handler, context.Statement(end), habits));
        return Task.FromResult<Edit?>(edits.IsEmpty ? null : new Edit(context.Document.WithSyntaxRoot(edits.Apply(context.Root))));
    }

    private static string? EndFor(AcknowledgedFailure found)
    {
        if (found.By != Acknowledged.Item)
            return "throw;";
        if (found.At?.FirstAncestorOrSelf<StatementSyntax>()?.Parent != found.Failure.Attempt.Parent)
            return null;
        return found.Failure.Attempt.Parent?.Parent is CommonForEachStatementSyntax or ForStatementSyntax or WhileStatementSyntax or DoStatementSyntax ? "continue;" : "throw;";
    }
}
