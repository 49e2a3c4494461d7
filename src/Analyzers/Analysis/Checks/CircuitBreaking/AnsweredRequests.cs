using AgentLint.Analysis.Flow;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Analysis.Checks.CircuitBreaking;

/// <summary>Finds the request that an answer belongs to.</summary>
internal static class AnsweredRequests
{
    /// <summary>
    /// The test for success that a member of an answer stands in: itself, or its comparison with a status of success (<c>response.StatusCode == HttpStatusCode.OK</c>).
    /// </summary>
    /// <param name="status">The member.</param>
    /// <param name="isSuccess">Whether the member itself says so.</param>
    /// <param name="semantics">The file.</param>
    /// <param name="cancellation">Ends the question with an exception.</param>
    /// <returns>The test, and whether it is true for success; null where it tests something else.</returns>
    public static (ExpressionSyntax Test, bool IsOfSuccess)? TestOf(MemberAccessExpressionSyntax status, bool isSuccess, SemanticModel semantics, CancellationToken cancellation)
    {
        if (isSuccess)
            return (status, true);
        if (status.Parent is not BinaryExpressionSyntax { RawKind: (int)SyntaxKind.EqualsExpression or (int)SyntaxKind.NotEqualsExpression } comparison
            || semantics.GetConstantValue(comparison.Left == status ? comparison.Right : comparison.Left, cancellation) is not { HasValue: true, Value: int and >= 200 and < 300 })
            return null;
        return (comparison, comparison.IsKind(SyntaxKind.EqualsExpression));
    }

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
