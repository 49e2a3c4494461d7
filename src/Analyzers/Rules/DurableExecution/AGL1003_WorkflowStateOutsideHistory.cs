using AgentLint.Analysis;
using AgentLint.Analysis.Checks.DurableExecution;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Rules.DurableExecution;

/// <summary>Workflow code changes a variable that its history does not restore.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL1003_WorkflowStateOutsideHistory() : AgentAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL1003",
        "WorkflowStateOutsideHistory",
        "Workflow code keeps state outside its history",
        "'{0}' is replayed, and each replay changes '{1}' again{2}; keep it in the workflow's own state, or change it in an activity",
        "The engine restores the input of a workflow and the results of its activities. A static or captured variable is changed again by each replay, is shared by all workflows of the process, and is lost when the process ends.",
        DiagnosticSeverity.Warning);

    private protected override void Register(RuleContext context) => context.OnWorkflow(Check);

    private static void Check(FileContext context, WorkflowFunction workflow)
    {
        foreach (var write in new WorkflowStateWrites(context.Model, context.Settings.CallDepth, context.Cancellation).In(workflow))
            if (write.Site.SyntaxTree == context.Semantics.SyntaxTree)
                context.ReportOncePerLine(
                    Rule,
                    write.Site,
                    DiagnosticSeverity.Warning,
                    write.Path.Skip(1).Select(call => call.Site.GetLocation()),
                    workflow.Name,
                    write.Variable is ILocalSymbol ? write.Variable.Name : Witness.NameOf(write.Variable),
                    write.Path.IsEmpty ? "" : $" ({new Witness(write.Path).Describe(workflow.Function)})");
    }
}
