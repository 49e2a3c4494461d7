using AgentLint.Analysis.Flow;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Analysis.Checks.CircuitBreaking;

/// <summary>Finds the request that an answer belongs to.</summary>
internal static class AnsweredRequests
{
    /// <summary>The expression that the answer comes from: what its local was given last before this place, or the expression itself.</summary>
    public static IOperation? SourceOf(ExpressionSyntax answer, SemanticModel semantics, CancellationToken cancellation)
    {
        if (answer is not IdentifierNameSyntax)
            return semantics.GetOperation(answer, cancellation);
        if (semantics.GetSymbolInfo(answer, cancellation).Symbol is not ILocalSymbol local || FlowGraphs.FunctionAround(answer) is not { } function)
            return null;
        var set = function.DescendantNodes().OfType<AssignmentExpressionSyntax>()
            .LastOrDefault(assignment => assignment.SpanStart < answer.SpanStart && assignment.Left is IdentifierNameSyntax left && left.Identifier.ValueText == local.Name);
        return set == null ? local.InitializerOf(semantics, cancellation) : semantics.GetOperation(set.Right, cancellation);
    }

    /// <summary>The remote call that the answer comes from, also through functions of the program.</summary>
    public static Effect? RequestOf(ExpressionSyntax answer, AgentModel model, SemanticModel semantics, int depth, CancellationToken cancellation) =>
        SourceOf(answer, semantics, cancellation) is { } source
            ? EffectSummaries.Of(model).MayOf(source, depth, cancellation).Effects.FirstOrDefault(effect => effect.Entry.IsRemoteCall())
            : null;
}
