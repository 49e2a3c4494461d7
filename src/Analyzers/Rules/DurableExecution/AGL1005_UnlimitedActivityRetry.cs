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
        "'{0}' is retried for as long as it fails, and {1}; set a maximum number of attempts or a schedule-to-close timeout",
        "A permanent failure, such as a rejected request, is retried forever. Each attempt of a model call is paid for, and each attempt of a write may have succeeded.",
        DiagnosticSeverity.Warning);

    private protected override void Register(RuleContext context) =>
        context.OnUse(entry => entry.Role == CatalogueRole.ActivityCall && entry["retry"] == "unlimited", Check);

    private static void Check(UseContext context)
    {
        if (context.Semantics.OperationOf(context.Use.Name, context.Cancellation) is not IInvocationOperation call
            || new UnlimitedActivities(context.Model, context.Settings.CallDepth, context.Cancellation).At(call, context.Use.Entry) is not { } found)
            return;
        var asks = found.Effect?.Entry.AsksModelOrAgent() == true;
        if (found.Effect is { } effect)
            Report(context, found, asks, effect.Witness.Locations, $"each attempt {(asks ? "asks a model" : "writes")} with '{effect.Witness.TargetName}'{Way(effect.Witness)}");
        else if (found.Refusal is { } refusal)
            Report(context, found, asks: false, [.. refusal.Path.Select(call => call.Site.GetLocation()), refusal.Site.GetLocation()], $"each attempt throws the same '{refusal.Type.Name}'{Way(refusal.Path.IsEmpty ? null : new Witness(refusal.Path))}");

        string Way(Witness? path) => path is { } way && (way.IsIndirect || found.Effect == null) ? $" ({way.Describe(found.Activity)})" : "";
    }

    private static void Report(UseContext context, UnlimitedActivity found, bool asks, IEnumerable<Location> path, string what) =>
        context.Report(
            Rule,
            context.Use.Name,
            asks ? DiagnosticSeverity.Warning : DiagnosticSeverity.Info,
            found.Options is { } options ? path.Append(options.GetLocation()) : path,
            Witness.NameOf(found.Activity),
            what);
}
