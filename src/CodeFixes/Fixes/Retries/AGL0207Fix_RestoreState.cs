using System.Collections.Immutable;
using System.Composition;
using AgentLint.Analysis.Checks.Retries;
using AgentLint.Editing;
using AgentLint.Editing.Retries;
using AgentLint.Rules.Retries;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;

namespace AgentLint.Fixes.Retries;

/// <summary>Notes the state before the first attempt, and restores it at the head of each.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AGL0207Fix_RestoreState)), Shared]
public sealed class AGL0207Fix_RestoreState() : AgentCodeFix(AGL0207_StateKeptBetweenAttempts.Rule, "Restore the state before each attempt")
{
    private protected override Task<Edit?> EditAsync(FixContext context, ImmutableArray<Diagnostic> diagnostics)
    {
        var edits = new NodeEdits();
        var snapshots = new StateSnapshot(context, FileHabits.Of(context.Root), edits);
        foreach (var leftover in new Leftovers(context.Model, context.Semantics, context.Cancellation).In(context.CallDepth))
            if (leftover is { CanRestore: true, Failed: { } failed } && diagnostics.Any(d => d.Location.SourceSpan == leftover.Site.Span) && RetryLoopSyntax.Of(failed.Cycle.Syntax, context) is { } loop)
                snapshots.Add(loop, leftover.Variable);
        return Task.FromResult(edits.IsEmpty ? null : new Edit(context.Document.WithSyntaxRoot(edits.Apply(context.Root))));
    }
}
