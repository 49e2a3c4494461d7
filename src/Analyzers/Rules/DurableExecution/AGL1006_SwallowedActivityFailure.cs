using AgentLint.Analysis;
using AgentLint.Analysis.Checks.DurableExecution;
using AgentLint.Catalogue;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Rules.DurableExecution;

/// <summary>An activity catches a failure and returns, so the engine never retries it; or says so, and the workflow does not look.</summary>
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
                dropped.Handler is { } handler ? dropped.Work.Locations.Prepend(handler.CatchKeyword.GetLocation()) : dropped.Work.Locations,
                Witness.NameOf(dropped.Activity),
                dropped.Handler != null ? "returns 'false' for a failure of" : "returns the result of",
                dropped.Work.TargetName,
                dropped.Work.IsIndirect ? $" ({dropped.Work.Describe(dropped.Activity)})" : "",
                $"and the workflow {(dropped.IsLogged ? "only logs" : "drops")} it; test the result, or let the activity throw");
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
                failure.As == SwallowedAs.NotDone ? "reports a failure of" : "catches every failure of",
                failure.Work.Witness.TargetName,
                failure.Work.Witness.IsIndirect ? $" ({failure.Work.Witness.Describe(activity)})" : "",
                failure.As switch
                {
                    SwallowedAs.NotDone => "as if the write had not been made, but it may have been: only the answer can be lost, and the engine does not retry it; let the exception through, and make the write repeatable",
                    var way => $"and {(way == SwallowedAs.Success ? "returns" : "continues")} as if it had succeeded, so the engine does not retry it; let the exception through, or return a result that says it failed",
                });

        foreach (var (call, method) in new DroppedActivityResults(context.Model, context.Settings.CallDepth, context.Cancellation).LoggedIn(activity, context.Semantics))
            context.Report(
                Rule,
                call.GetLocation(),
                DiagnosticSeverity.Info,
                [],
                Witness.NameOf(activity),
                "only logs the result of",
                Witness.NameOf(method),
                "",
                "and ends as if it had succeeded, so the engine does not retry it; throw an exception, or return the result");
    }
}
