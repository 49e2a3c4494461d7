using AgentLint.Analysis.Loops;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Analysis.Checks.DurableExecution;

/// <summary>A loop of workflow code whose history grows for as long as the workflow lives.</summary>
/// <param name="Loop">The loop.</param>
/// <param name="Step">The step that each turn adds to the history.</param>
internal sealed record EndlessLoop(SyntaxNode Loop, Effect Step);

/// <summary>Finds endless loops of workflow code that schedule steps, where the workflow never starts its history anew.</summary>
internal sealed class EndlessWorkflows(AgentModel model, int depth, CancellationToken cancellation)
{
    private readonly EffectSummaries summaries = EffectSummaries.Of(model);

    public IEnumerable<EndlessLoop> In(WorkflowFunction workflow)
    {
        if (summaries.Of(workflow.Function, depth, cancellation).First(entry => entry.Role == CatalogueRole.ContinueAsNew) != null)
            yield break;
        foreach (var reference in workflow.Function.DeclaringSyntaxReferences)
        {
            if (!model.Compilation.ContainsSyntaxTree(reference.SyntaxTree))
                continue;
            var semantics = model.SemanticsOf(reference.SyntaxTree);
            // A primary constructor is declared by the whole type, whose methods are functions of their own.
            if (reference.GetSyntax(cancellation) is not { } function || function is TypeDeclarationSyntax)
                continue;
            foreach (var loop in function.DescendantNodes(node => node == function || node is not LocalFunctionStatementSyntax))
                if (BodyOf(loop) is { } body
                    && LoopEnds.IsEndless(loop, semantics, cancellation)
                    && semantics.GetOperation(body, cancellation) is { } turn
                    && summaries.Of(turn, depth, cancellation).First(entry => entry.Role == CatalogueRole.ActivityCall) is { } step)
                    yield return new EndlessLoop(loop, step);
        }
    }

    private static StatementSyntax? BodyOf(SyntaxNode node) => node switch
    {
        WhileStatementSyntax loop => loop.Statement,
        DoStatementSyntax loop => loop.Statement,
        ForStatementSyntax loop => loop.Statement,
        _ => null,
    };
}
