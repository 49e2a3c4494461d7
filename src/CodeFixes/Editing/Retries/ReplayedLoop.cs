using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Editing.Retries;

/// <summary>What an edit must know of a loop in workflow code: an engine runs that code again from its history, where neither clocks nor chance may decide.</summary>
internal static class ReplayedLoop
{
    /// <summary>Whether a workflow engine replays a loop.</summary>
    public static bool Is(StatementSyntax loop, FixContext context) =>
        EngineOf(loop, context) != null
        || (FunctionOf(loop, context) is { } function && (context.Model.RolesOf(function, context.Cancellation) & MethodRoles.Workflow) != 0);

    /// <summary>The type of the failure that ends a workflow which a loop is part of; null where any exception does, or where it is part of none.</summary>
    public static string? FailureOf(StatementSyntax loop, FixContext context) => EngineOf(loop, context)?["fails-with"];

    // The engine that the function asks for its steps.
    private static CatalogueEntry? EngineOf(StatementSyntax loop, FixContext context)
    {
        foreach (var call in Functions.OwnNodes(Functions.Around(loop)).OfType<InvocationExpressionSyntax>())
            if (context.Semantics.GetSymbolInfo(call, context.Cancellation).Symbol is IMethodSymbol { ContainingType: { } type }
                && context.Model.EntriesOf(type).FirstOrDefault(entry => entry.Role == CatalogueRole.WorkflowContext) is { } engine)
                return engine;
        return null;
    }

    private static IMethodSymbol? FunctionOf(StatementSyntax loop, FixContext context) =>
        (Functions.Around(loop) is AnonymousFunctionExpressionSyntax lambda
            ? context.Semantics.GetSymbolInfo(lambda, context.Cancellation).Symbol
            : context.Semantics.GetDeclaredSymbol(Functions.Around(loop), context.Cancellation)) as IMethodSymbol;
}
