using AgentLint.Analysis;
using AgentLint.Analysis.Checks.DurableExecution;
using AgentLint.Catalogue;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Rules.DurableExecution;

/// <summary>An activity catches every failure and returns as if it had succeeded, so the engine never retries it; or says so, and the workflow does not look.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL1006_SwallowedActivityFailure() : AgentAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL1006",
        "SwallowedActivityFailure",
        "An activity hides its failure from the engine",
        "'{0}' {1} '{2}'{3} {4}",
        "A workflow engine retries an activity that throws, according to the policy of the workflow. An activity that returns counts as completed, whatever it returns, and the workflow continues with an empty result.",
        DiagnosticSeverity.Info);

    private protected override void Register(RuleContext context)
    {
        context.OnActivity(Check);
        context.OnUse(entry => entry.Role == CatalogueRole.ActivityCall, CheckCall);
    }

    private static void CheckCall(UseContext context)
    {
        if (context.Semantics.OperationOf(context.Use.Name, context.Cancellation) is IInvocationOperation call
            && new DroppedActivityResults(context.Model, context.Settings.CallDepth, context.Cancellation).At(call, context.Semantics) is { } dropped)
            context.Report(
                Rule,
                context.Use.Name,
                DiagnosticSeverity.Info,
                dropped.Work.Witness.Locations.Prepend(dropped.Handler.CatchKeyword.GetLocation()),
                Witness.NameOf(dropped.Activity),
                "returns 'false' for a failure of",
                dropped.Work.Witness.TargetName,
                dropped.Work.Witness.IsIndirect ? $" ({dropped.Work.Witness.Describe(dropped.Activity)})" : "",
                "and the workflow drops it; test the result, or let the exception through");
    }

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
                "catches every failure of",
                failure.Work.Witness.TargetName,
                failure.Work.Witness.IsIndirect ? $" ({failure.Work.Witness.Describe(activity)})" : "",
                $"and {(failure.Returns ? "returns" : "continues")} as if it had succeeded, so the engine does not retry it; let the exception through, or return a result that says it failed");
    }
}
