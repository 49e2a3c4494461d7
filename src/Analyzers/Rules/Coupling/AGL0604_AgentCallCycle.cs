using AgentLint.Analysis;
using AgentLint.Analysis.Agents;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Rules.Coupling;

/// <summary>Agents call each other in a cycle that only the output of a model ends.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL0604_AgentCallCycle() : AgentAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL0604",
        "AgentCallCycle",
        "Agents call each other in a cycle without a limit",
        "'{0}' calls itself in a cycle ({1}) and asks a model in every round, and nothing limits the rounds",
        "A model that answers the same way twice keeps the cycle going until the process runs out of stack, the budget is spent, or the caller gives up.",
        DiagnosticSeverity.Warning);

    private protected override void Register(RuleContext context) => context.OnFile(Check);

    private static void Check(FileContext context)
    {
        foreach (var circle in AgentGraph.CirclesIn(context.Semantics.SyntaxTree, context.Model, context.Cancellation))
            context.Report(Rule, circle.Site, DiagnosticSeverity.Warning, circle.Path.Skip(1).Select(edge => edge.Site.GetLocation()), Witness.NameOf(circle.Start.Symbol), circle.Describe());
    }
}
