using AgentLint.Analysis.Loops;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Rules.Loops;

/// <summary>A model decides by its answers how often it is asked.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL0901_UnboundedAgentLoop() : AgentAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL0901",
        "UnboundedAgentLoop",
        "Only a model's answer ends the loop",
        "'{0}' asks {1} again for as long as the answer says so: {2}",
        "A model that asks for the same tool again, or never says the word, keeps the loop going until the money or the caller's patience is spent.",
        DiagnosticSeverity.Warning);

    private protected override void Register(RuleContext context) => context.OnFile(Check);

    private static void Check(FileContext context)
    {
        // A function that calls itself is one of the circles that have a rule of their own.
        foreach (var found in context.Unbounded(CycleKind.AgentLoop))
            if (found.Call.IsProven && found.Cycle.Shape != CycleShape.Recursion)
                context.Report(Rule, found, DiagnosticSeverity.Warning, "leads back with no counter that is compared and no deadline");
    }
}
