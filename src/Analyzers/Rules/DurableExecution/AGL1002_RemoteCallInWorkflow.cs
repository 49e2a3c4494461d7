using AgentLint.Analysis;
using AgentLint.Analysis.Checks.DurableExecution;
using AgentLint.Catalogue;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Rules.DurableExecution;

/// <summary>Workflow code makes a remote call, which each replay repeats.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL1002_RemoteCallInWorkflow() : AgentAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL1002",
        "RemoteCallInWorkflow",
        "Workflow code makes a remote call",
        "'{0}' is replayed, and each replay repeats the {1} '{2}'{3}; move it into an activity, whose result is recorded",
        "The history of a workflow contains only the results of its activities. A call that workflow code makes itself is repeated in each replay, and its answer may differ from the one with which the workflow continued.",
        DiagnosticSeverity.Warning);

    private protected override void Register(RuleContext context) => context.OnWorkflow(Check);

    private static void Check(FileContext context, WorkflowFunction workflow)
    {
        foreach (var found in new ReplayBreaks(context.Model, context.Settings.CallDepth, context.Cancellation).RemoteWorkIn(workflow))
            if (found.Site.SyntaxTree == context.Semantics.SyntaxTree)
                context.ReportOncePerLine(
                    Rule,
                    found.Site,
                    DiagnosticSeverity.Warning,
                    found.Effect.Witness.Locations.Skip(1),
                    workflow.Name,
                    Noun(found.Effect.Entry),
                    found.Effect.Witness.TargetName,
                    found.Way);
    }

    private static string Noun(CatalogueEntry entry) => entry["kind"] switch
    {
        "file" or "append" or "upload" when !entry.IsRemoteCall() => "file access",
        "process" => "process start",
        _ when entry.IsRemoteCall() => entry.Noun(),
        _ => "write",
    };
}
