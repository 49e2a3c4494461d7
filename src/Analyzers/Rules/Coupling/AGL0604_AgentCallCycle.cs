using AgentLint.Analysis;
using AgentLint.Analysis.Agents;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Rules.Coupling;

/// <summary>Agents ask each other in a circle, and only a model's words end it.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL0604_AgentCallCycle() : AgentAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL0604",
        "AgentCallCycle",
        "Agents call each other in a circle without a bound",
        "'{0}' comes back to itself ({1}) and asks a model in each turn, with nothing that counts the turns",
        "A model that answers the same way twice keeps the circle going: until the process runs out of stack, the account out of money, or the caller out of patience.",
        DiagnosticSeverity.Warning);

    private protected override void Register(RuleContext context) => context.OnFile(Check);

    private static void Check(FileContext context)
    {
        foreach (var circle in AgentGraph.CirclesIn(context.Semantics.SyntaxTree, context.Model, context.Cancellation))
            context.Report(Rule, circle.Site, DiagnosticSeverity.Warning, circle.Path.Skip(1).Select(edge => edge.Site.GetLocation()), Witness.NameOf(circle.Start.Symbol), circle.Describe());
    }
}
