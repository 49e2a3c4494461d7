using System.Composition;
using AgentLint.Analysis.Loops;
using AgentLint.Editing;
using AgentLint.Editing.Retries;
using AgentLint.Rules.Retries;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Fixes.Retries;

/// <summary>Ends the polling when time is up: by a token source that is linked to the token in scope, and that all which is awaited listens to.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AGL0209Fix_SetDeadline)), Shared]
public sealed class AGL0209Fix_SetDeadline() : CycleFix(AGL0209_UnboundedPolling.Rule, CycleKind.Polling, $"Give up after {LoopDeadline.Minutes} minutes")
{
    private protected override Mend Plan(FixContext context, FileHabits habits, TypeNames types, NodeEdits edits)
    {
        var deadlines = new LoopDeadline(context, types, edits, new Statements(context, habits, edits));
        return cycle => cycle.Syntax is StatementSyntax loop && deadlines.Add(loop);
    }
}
