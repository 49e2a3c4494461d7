using AgentLint.Analysis.Flow;
using AgentLint.Analysis.Loops;
using AgentLint.Analysis.Values;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Checks.DurableExecution;

/// <summary>An activity that tells of a failure by <c>false</c>, and a workflow that drops what it is told.</summary>
/// <param name="Activity">The activity.</param>
/// <param name="Handler">The handler in it that returns <c>false</c>.</param>
/// <param name="Work">The remote work that fails.</param>
internal sealed record DroppedActivityResult(IMethodSymbol Activity, CatchClauseSyntax Handler, Effect Work);

/// <summary>Finds calls of activities whose result is dropped, although it alone tells that the activity has failed.</summary>
internal sealed class DroppedActivityResults(AgentModel model, int depth, CancellationToken cancellation)
{
    public DroppedActivityResult? At(IInvocationOperation call, SemanticModel semantics)
    {
        if (call.Type is not INamedTypeSymbol { TypeArguments: { Length: 1 } result } || result[0].SpecialType != SpecialType.System_Boolean
            || new ResultFates(model, semantics, cancellation).Of(call) != ResultFate.Dropped
            || ActivityCalls.Of(model).TargetOf(call, cancellation) is not { } activity)
            return null;
        foreach (var reference in activity.DeclaringSyntaxReferences)
            foreach (var attempt in Handlers.PartsOf(reference.GetSyntax(cancellation)).OfType<TryStatementSyntax>())
                if (attempt.Catches.FirstOrDefault(GivesFalse) is { } handler
                    && model.SemanticsOf(attempt.SyntaxTree).GetOperation(attempt.Block, cancellation) is { } block
                    && EffectSummaries.Of(model).Of(block, depth, cancellation).First(entry => entry.IsRemoteCall()) is { } work)
                    return new DroppedActivityResult(activity, handler, work);
        return null;
    }

    private static bool GivesFalse(CatchClauseSyntax handler) => !Handlers.Throws(handler.Block)
        && Handlers.PartsOf(handler.Block).OfType<ReturnStatementSyntax>().Any(statement => statement.Expression.IsKind(SyntaxKind.FalseLiteralExpression));
}
