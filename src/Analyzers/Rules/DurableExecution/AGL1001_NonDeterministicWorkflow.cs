using AgentLint.Analysis;
using AgentLint.Analysis.Checks.DurableExecution;
using AgentLint.Catalogue;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Rules.DurableExecution;

/// <summary>Workflow code reads a value that differs when the workflow is replayed.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL1001_NonDeterministicWorkflow() : AgentAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL1001",
        "NonDeterministicWorkflow",
        "Workflow code is not deterministic",
        "'{0}' is {5}, but {1} with '{2}'{3}, which {6}{4}",
        "A durable engine restores a workflow by running its code again over the recorded history. Code that then takes another path, or requests other steps, fails the workflow or repeats completed work.",
        DiagnosticSeverity.Warning);

    private protected override void Register(RuleContext context)
    {
        context.OnWorkflow(Check);
        context.OnDeclaredDeterministic(Check);
    }

    private static void Check(FileContext context, WorkflowFunction workflow)
    {
        foreach (var found in new ReplayBreaks(context.Model, context.Settings.CallDepth, context.Cancellation).NonDeterminismIn(workflow))
            if (found.Site.SyntaxTree == context.Semantics.SyntaxTree)
                context.ReportOncePerLine(
                    Rule,
                    found.Site,
                    DiagnosticSeverity.Warning,
                    found.Effect.Witness.Locations.Skip(1),
                    workflow.Name,
                    Does(found.Effect.Entry),
                    found.Effect.Witness.TargetName,
                    found.Way,
                    found.Replacement is { } replacement ? $"; use '{replacement}'" : workflow.IsDeclared ? "; take it as a parameter" : "; do this in an activity",
                    workflow.IsDeclared ? "declared deterministic" : "replayed",
                    workflow.IsDeclared ? "differs in each call" : "differs in each replay");
        if (WorkflowFunctions.Of(context.Model).HostTokenOf(workflow, context.Cancellation) is { } token
            && token.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(context.Cancellation) is { } parameter)
            context.ReportOncePerLine(
                Rule,
                parameter,
                DiagnosticSeverity.Info,
                [],
                workflow.Name,
                "depends on the shutdown of its host",
                token.Name,
                "",
                "; do without the token, which the engine does not record",
                "replayed",
                "differs in each replay");
        if (new ReplayedLogs(context.Model, context.Settings.CallDepth, context.Cancellation).FirstIn(workflow) is { } log && log.Site.SyntaxTree == context.Semantics.SyntaxTree)
            context.ReportOncePerLine(
                Rule,
                log.Site,
                DiagnosticSeverity.Info,
                [],
                workflow.Name,
                "writes a log line",
                Witness.NameOf(log.Log),
                log.Way.Count == 0 ? "" : $" ({string.Join(" → ", new[] { workflow.Name }.Concat(log.Way.Select(step => Witness.NameOf(step))).Append(Witness.NameOf(log.Log)))})",
                log.Replacement is { } safe ? $"; use '{safe}'" : "",
                "replayed",
                "each replay writes again");
    }

    private static string Does(CatalogueEntry entry) => ReplayUnsafeApi.Of(entry)?.Hazard switch
    {
        ReplayHazard.Clock => "reads the clock",
        ReplayHazard.Random => "generates a random value",
        ReplayHazard.Guid => "creates a new id",
        ReplayHazard.Attempt or ReplayHazard.Request => "reads the attempt number",
        ReplayHazard.Delay => "starts a timer that is not in the history",
        ReplayHazard.Lock => "waits for a lock of the process",
        ReplayHazard.Environment => "reads the machine's settings",
        _ => "leaves the workflow's scheduler",
    };
}
