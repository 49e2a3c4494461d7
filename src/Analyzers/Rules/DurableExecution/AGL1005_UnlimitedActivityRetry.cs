using AgentLint.Analysis;
using AgentLint.Analysis.Checks.DurableExecution;
using AgentLint.Catalogue;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Rules.DurableExecution;

/// <summary>A costly activity is retried for as long as it fails.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL1005_UnlimitedActivityRetry() : AgentAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL1005",
        "UnlimitedActivityRetry",
        "An activity is retried without a limit",
        "'{0}' is retried for as long as it fails, and each attempt {1} with '{2}'{3}; set a maximum number of attempts or a schedule-to-close timeout",
        "A permanent failure, such as a rejected request, is retried forever. Each attempt of a model call is paid for, and each attempt of a write may have succeeded.",
        DiagnosticSeverity.Warning);

    private protected override void Register(RuleContext context) =>
        context.OnUse(entry => entry.Role == CatalogueRole.ActivityCall && entry["retry"] == "unlimited", Check);

    private static void Check(UseContext context)
    {
        if (context.Semantics.OperationOf(context.Use.Name, context.Cancellation) is not IInvocationOperation call
            || new UnlimitedActivities(context.Model, context.Settings.CallDepth, context.Cancellation).At(call, context.Use.Entry) is not { } found)
            return;
        var asks = found.Effect.Entry.AsksModelOrAgent();
        context.Report(
            Rule,
            context.Use.Name,
            asks ? DiagnosticSeverity.Warning : DiagnosticSeverity.Info,
            found.Effect.Witness.Locations,
            Witness.NameOf(found.Activity),
            asks ? "asks a model" : "writes",
            found.Effect.Witness.TargetName,
            found.Effect.Witness.IsIndirect ? $" ({found.Effect.Witness.Describe(found.Activity)})" : "");
    }
}
