using System.Collections.Immutable;
using System.Composition;
using AgentLint.Analysis.Loops;
using AgentLint.Editing;
using AgentLint.Editing.Retries;
using AgentLint.Rules.Retries;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;

namespace AgentLint.Fixes.Retries;

/// <summary>Gives up after some attempts: in loops with a wait between them that grows, and the last failure for the caller; in policies by their number.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AGL0201Fix_BoundAttempts)), Shared]
public sealed class AGL0201Fix_BoundAttempts() : CycleFix(AGL0201_UnboundedRetry.Rule, CycleKind.Retry, $"Give up after {BoundedRetry.Attempts} attempts")
{
    private protected override Mend Plan(FixContext context, FileHabits habits, TypeNames types, NodeEdits edits)
    {
        var bounded = new BoundedRetry(context, habits, types, edits, new Statements(context, habits, edits));
        return cycle => RetryLoopSyntax.Of(cycle.Syntax, context) is { } loop
            && bounded.Add(loop, isByHandlersOnly: loop.GoesOnAfterFailuresOnly && cycle.Paths.All(path => path.IsGuarded || path.Handler != null));
    }

    private protected override void PlanOthers(FixContext context, ImmutableArray<Diagnostic> diagnostics, TypeNames types, NodeEdits edits)
    {
        var policies = new BoundedPolicy(context, types, edits);
        foreach (var use in context.Model.Query(AGL0201_UnboundedRetry.IsOfPolicy).In(context.Root.SyntaxTree, context.Cancellation))
            if (diagnostics.Any(d => d.Location.SourceSpan == use.Name.Span))
                policies.Add(use);
    }
}
