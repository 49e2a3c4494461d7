using AgentLint.Analysis.Checks.Retries;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Rules.Retries;

/// <summary>An attempt starts from the state that the failed attempt left behind.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL0207_StateKeptBetweenAttempts() : AgentAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL0207",
        "StateKeptBetweenAttempts",
        "State of a failed attempt is kept for the next attempt",
        "'{0}' {1}: reset or recreate it for every attempt",
        "Whatever an attempt added to a history, list or total before it failed is still there for the next attempt, which adds it again: messages are duplicated, sums grow, parts mix.",
        DiagnosticSeverity.Warning);

    private protected override void Register(RuleContext context) => context.OnFile(file =>
    {
        foreach (var leftover in new Leftovers(file.Model, file.Semantics, file.Cancellation).In(file.Settings.CallDepth))
            file.Report(Rule, leftover.Site, DiagnosticSeverity.Warning, [], leftover.Variable.Name, leftover.What);
    });
}
