using AgentLint.Analysis;
using AgentLint.Analysis.Checks.DurableExecution;
using AgentLint.Catalogue;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Rules.DurableExecution;

/// <summary>Workflow code changes a variable that its history does not restore, or the state of workflows is kept where a restart loses it.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL1003_WorkflowStateOutsideHistory() : AgentAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL1003",
        "WorkflowStateOutsideHistory",
        "Workflow code keeps state outside its history",
        "'{0}' {1}",
        "The engine restores the input of a workflow and the results of its activities. A static or captured variable is changed again by each replay, is shared by all workflows of the process, and is lost when the process ends.",
        DiagnosticSeverity.Warning);

    private protected override void Register(RuleContext context)
    {
        context.OnWorkflow(Check);
        context.OnUse(entry => entry.Role == CatalogueRole.VolatileState, CheckStore);
    }

    // The messages that wait in the broker come all the same, and find no saga.
    private static void CheckStore(UseContext context)
    {
        if (VolatileStates.Of(context.Model).IsBesideBroker(context.Use, context.Semantics, context.Cancellation))
            context.Report(
                Rule,
                context.Use.Name,
                DiagnosticSeverity.Info,
                [],
                Witness.NameOf(context.Use.Symbol),
                $"keeps the {context.Use.Entry["of"]} in the memory of the process: a restart loses them, while the broker keeps their messages; keep them in a database");
    }

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
                    $"is replayed, and each replay changes '{(write.Variable is ILocalSymbol ? write.Variable.Name : Witness.NameOf(write.Variable))}' again"
                        + (write.Path.IsEmpty ? "" : $" ({new Witness(write.Path).Describe(workflow.Function)})")
                        + "; keep it in the workflow's own state, or change it in an activity");
    }
}
