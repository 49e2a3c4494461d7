using System.Collections.Immutable;
using System.Composition;
using AgentLint.Editing;
using AgentLint.Editing.Retries;
using AgentLint.Rules.Retries;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Fixes.Retries;

/// <summary>Waits before the next attempt: a random part of a time that doubles up to a limit, and ends with the token in scope.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AGL0202Fix_WaitBetweenAttempts)), Shared]
public sealed class AGL0202Fix_WaitBetweenAttempts() : AgentCodeFix(AGL0202_RetryWithoutDelay.Rule, "Wait before the next attempt, with exponential backoff")
{
    private protected override Task<Edit?> EditAsync(FixContext context, ImmutableArray<Diagnostic> diagnostics)
    {
        var habits = FileHabits.Of(context.Root);
        var types = new TypeNames(context);
        var edits = new NodeEdits();
        var waits = new WaitingRetry(context, habits, types, edits);
        foreach (var diagnostic in diagnostics)
            if (context.Root.FindToken(diagnostic.Location.SourceSpan.Start).Parent is CatchClauseSyntax handler && RetryLoopSyntax.Around(handler, context) is { } loop)
                waits.Add(loop);
        return Task.FromResult(edits.IsEmpty ? null : new Edit(context.Document.WithSyntaxRoot(types.AddImports(edits.Apply(context.Root), habits.EndOfLine))));
    }
}
