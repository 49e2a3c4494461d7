using AgentLint.Analysis;
using AgentLint.Analysis.Checks.DurableExecution;
using AgentLint.Catalogue;
using Microsoft.CodeAnalysis;

namespace AgentLint.Rules.DurableExecution;

/// <summary>Has rules look at what workflow engines run. Registers nothing where no workflow library is referenced.</summary>
internal static class WorkflowCode
{
    /// <summary>Calls back for the workflow functions of every file, in the order of the text.</summary>
    public static void OnWorkflow(this RuleContext context, Action<FileContext, WorkflowFunction> action) =>
        OnFunctions(context, file =>
        {
            foreach (var workflow in WorkflowFunctions.Of(file.Model).In(file.Semantics, file.Cancellation))
                action(file, workflow);
        });

    /// <summary>Calls back for what the program declares deterministic. Registers nothing where it declares nothing.</summary>
    public static void OnDeclaredDeterministic(this RuleContext context, Action<FileContext, WorkflowFunction> action)
    {
        if (!Promises.Of(context.Model).AreMade(CatalogueRole.Deterministic))
            return;
        context.OnFile(file =>
        {
            foreach (var function in WorkflowFunctions.Of(file.Model).DeclaredIn(file.Semantics, file.Cancellation))
                action(file, function);
        });
    }

    /// <summary>Calls back for the activities of every file, in the order of the text.</summary>
    public static void OnActivity(this RuleContext context, Action<FileContext, IMethodSymbol> action) =>
        OnFunctions(context, file =>
        {
            foreach (var activity in WorkflowFunctions.Of(file.Model).ActivitiesIn(file.Semantics, file.Cancellation))
                action(file, activity);
        });

    private static void OnFunctions(RuleContext context, Action<FileContext> action)
    {
        if (WorkflowFunctions.Of(context.Model).ArePossible)
            context.OnFile(action);
    }
}
