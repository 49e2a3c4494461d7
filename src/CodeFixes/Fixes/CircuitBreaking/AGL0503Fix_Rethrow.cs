using System.Collections.Immutable;
using System.Composition;
using AgentLint.Analysis.Checks.CircuitBreaking;
using AgentLint.Editing;
using AgentLint.Rules.CircuitBreaking;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Fixes.CircuitBreaking;

/// <summary>Lets a failure through to the callers, who can tell it from a result then. What the handler logs stays.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AGL0503Fix_Rethrow)), Shared]
public sealed class AGL0503Fix_Rethrow() : AgentCodeFix(AGL0503_FailureDisguisedAsResult.Rule, "Let the failure through to the callers")
{
    private protected override Task<Edit?> EditAsync(FixContext context, ImmutableArray<Diagnostic> diagnostics)
    {
        var habits = FileHabits.Of(context.Root);
        var edits = new NodeEdits();
        // What a handler has stored stays stored when it throws.
        var stored = new StoredFailures(context.Model, context.Semantics, context.CallDepth, context.Cancellation).In().Select(found => found.Failure.Handler).ToList();
        foreach (var diagnostic in diagnostics)
            if (context.Root.FindToken(diagnostic.Location.SourceSpan.Start).Parent is CatchClauseSyntax { Block: var block } handled && !stored.Contains(handled))
                edits.Add(block, (BlockSyntax handler) => HandlerEnds.With(handler, context.Statement("throw;"), habits));
        return Task.FromResult<Edit?>(edits.IsEmpty ? null : new Edit(context.Document.WithSyntaxRoot(edits.Apply(context.Root))));
    }
}
