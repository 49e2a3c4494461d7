using System.Composition;
using AgentLint.Analysis.Loops;
using AgentLint.Editing;
using AgentLint.Editing.Retries;
using AgentLint.Rules.Retries;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;

namespace AgentLint.Fixes.Retries;

/// <summary>Leaves the attempts to a pipeline of Polly, where the project has that and the loop does nothing else.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AGL0201Fix_UsePipeline)), Shared]
public sealed class AGL0201Fix_UsePipeline() : CycleFix(AGL0201_UnboundedRetry.Rule, CycleKind.Retry, "Retry by a Polly pipeline")
{
    private protected override Mend Plan(FixContext context, FileHabits habits, TypeNames types, NodeEdits edits)
    {
        var pipelines = new RetryPipeline(context, habits, types, edits);
        return cycle => RetryLoopSyntax.Of(cycle.Syntax, context) is { } loop && pipelines.Add(loop);
    }
}
