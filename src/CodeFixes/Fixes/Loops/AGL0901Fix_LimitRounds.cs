using System.Composition;
using AgentLint.Analysis.Loops;
using AgentLint.Editing;
using AgentLint.Editing.Retries;
using AgentLint.Rules.Loops;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;

namespace AgentLint.Fixes.Loops;

/// <summary>Counts the rounds of a loop, and fails when there are too many; where a token is in scope, also when they take too long.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AGL0901Fix_LimitRounds)), Shared]
public sealed class AGL0901Fix_LimitRounds() : CycleFix(AGL0901_UnboundedAgentLoop.Rule, CycleKind.AgentLoop, $"Fail after {LoopLimits.Rounds} rounds")
{
    private protected override Mend Plan(FixContext context, FileHabits habits, TypeNames types, NodeEdits edits)
    {
        var statements = new Statements(context, habits, edits);
        var capped = new BoundedRetry(context, habits, types, edits, statements);
        var deadlines = new LoopDeadline(context, types, edits, statements);
        return cycle =>
        {
            if (RetryLoopSyntax.Of(cycle.Syntax, context) is not { } loop || !capped.AddCap(loop, LoopLimits.Rounds, $"No end after {LoopLimits.Rounds} rounds"))
                return false;
            if (TokenInScope.InHandler(loop.Loop, context) != null)
                deadlines.Add(loop.Loop);
            return true;
        };
    }
}
