using AgentLint.Analysis;
using AgentLint.Analysis.Checks.DurableExecution;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Rules.DurableExecution;

/// <summary>Workflow code loops endlessly and never continues as new.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL1004_EndlessWorkflow() : AgentAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL1004",
        "EndlessWorkflow",
        "An endless workflow never continues as new",
        "'{0}' repeats '{1}' without end{2}, and its history grows with each iteration; continue as new after a number of iterations",
        "Every step of a workflow is added to its history, and every replay reads all of it. Engines slow down at thousands of events and terminate a workflow that has too many.",
        DiagnosticSeverity.Info);

    private protected override void Register(RuleContext context) => context.OnWorkflow(Check);

    private static void Check(FileContext context, WorkflowFunction workflow)
    {
        foreach (var loop in new EndlessWorkflows(context.Model, context.Settings.CallDepth, context.Cancellation).In(workflow))
            if (loop.Loop.SyntaxTree == context.Semantics.SyntaxTree)
                context.Report(
                    Rule,
                    loop.Loop.GetFirstToken().GetLocation(),
                    DiagnosticSeverity.Info,
                    loop.Step.Witness.Locations,
                    workflow.Name,
                    loop.Step.Witness.TargetName,
                    loop.Step.Witness.IsIndirect ? $" ({loop.Step.Witness.Describe()})" : "");
    }
}
