using AgentLint.Analysis.Loops;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Rules.Loops;

/// <summary>Only the answers of a model decide how often it is asked.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL0901_UnboundedAgentLoop() : AgentAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL0901",
        "UnboundedAgentLoop",
        "Only a model's answer ends a loop",
        "'{0}' repeats {1} until the model's answer ends the loop: {2}",
        "A model that requests the same tool again, or never gives the expected answer, keeps the loop running until the budget is spent or the caller gives up.",
        DiagnosticSeverity.Warning);

    private protected override void Register(RuleContext context) => context.OnFile(Check);

    private static void Check(FileContext context)
    {
        // A function that calls itself is one of the circles that have a rule of their own.
        foreach (var found in context.Unbounded(CycleKind.AgentLoop))
            if (found.Call.IsProven && found.Cycle.Shape != CycleShape.Recursion)
                context.Report(Rule, found, DiagnosticSeverity.Warning, "leads to another round with no round limit and no deadline");
    }
}
