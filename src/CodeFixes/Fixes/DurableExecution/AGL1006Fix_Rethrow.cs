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
                edits.Add(block, (BlockSyntax handler) => HandlerEnds.With(handler, context.Statement("throw;"), habits));
        return Task.FromResult<Edit?>(edits.IsEmpty ? null : new Edit(context.Document.WithSyntaxRoot(edits.Apply(context.Root))));
    }
}
