using AgentLint.Analysis;
using AgentLint.Analysis.Checks.DurableExecution;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Rules.DurableExecution;

/// <summary>An activity catches every failure and returns as if it had succeeded, so the engine never retries it.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL1006_SwallowedActivityFailure() : AgentAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL1006",
        "SwallowedActivityFailure",
        "An activity hides its failure from the engine",
        "'{0}' catches every failure of '{1}'{2} and {3} as if it had succeeded, so the engine does not retry it; let the exception through, or return a result that says it failed",
        "A workflow engine retries an activity that throws, according to the policy of the workflow. An activity that returns counts as completed, whatever it returns, and the workflow continues with an empty result.",
        DiagnosticSeverity.Info);

    private protected override void Register(RuleContext context) => context.OnActivity(Check);

    private static void Check(FileContext context, IMethodSymbol activity)
    {
        var failures = new SwallowedActivityFailures(context.Model, context.Settings.CallDepth, context.Cancellation);
        foreach (var failure in failures.In(activity, context.Semantics))
            context.Report(
                Rule,
                failure.Handler.CatchKeyword.GetLocation(),
                DiagnosticSeverity.Info,
                failure.Work.Witness.Locations,
                Witness.NameOf(activity),
                failure.Work.Witness.TargetName,
                failure.Work.Witness.IsIndirect ? $" ({failure.Work.Witness.Describe(activity)})" : "",
                failure.Returns ? "returns" : "continues");
    }
}
