using System.Collections.Immutable;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Analysis.Writes;

/// <summary>
/// Loops over rows that were selected by a state which the loop itself changes. A row that is added in such a loop is saved together with the new state, so
/// that the next run does not select the row again.
/// </summary>
internal static class ConsumedSelections
{
    /// <summary>Whether a place on a path stands in such a loop.</summary>
    public static bool Hold(Witness path, AgentModel model, CancellationToken cancellation) =>
        path.Steps.Any(step => step.Site.Ancestors().OfType<ForEachStatementSyntax>().Any(loop => IsConsumed(loop, model.SemanticsOf(loop.SyntaxTree), cancellation)));

    // foreach (var order in await orders.Where(o => o.Status == "new").ToListAsync()) { … order.Status = "told"; … }
    private static bool IsConsumed(ForEachStatementSyntax loop, SemanticModel semantics, CancellationToken cancellation)
    {
        var changed = loop.Statement.DescendantNodes().OfType<AssignmentExpressionSyntax>()
            .Select(set => set.Left).OfType<MemberAccessExpressionSyntax>()
            .Where(member => member.Expression is IdentifierNameSyntax { Identifier.ValueText: var owner } && owner == loop.Identifier.ValueText)
            .Select(member => member.Name.Identifier.ValueText).ToImmutableHashSet(StringComparer.Ordinal);
        return changed.Count > 0 && SourceOf(loop.Expression, semantics, cancellation).DescendantNodesAndSelf().OfType<LambdaExpressionSyntax>().Any(condition =>
            condition.Body.DescendantNodesAndSelf().OfType<MemberAccessExpressionSyntax>().Any(read =>
                read.Expression is IdentifierNameSyntax && changed.Contains(read.Name.Identifier.ValueText) && IsTested(read, condition, semantics, cancellation)));
    }

    // What is only ordered by, loaded or projected selects nothing.
    private static bool IsTested(MemberAccessExpressionSyntax read, LambdaExpressionSyntax condition, SemanticModel semantics, CancellationToken cancellation) =>
        condition.Body is ExpressionSyntax body && semantics.GetTypeInfo(body, cancellation).Type?.SpecialType == SpecialType.System_Boolean
        && (read == body || read.Ancestors().TakeWhile(node => node != condition).Any(node => node is BinaryExpressionSyntax or IsPatternExpressionSyntax or PrefixUnaryExpressionSyntax or InvocationExpressionSyntax));

    private static SyntaxNode SourceOf(ExpressionSyntax rows, SemanticModel semantics, CancellationToken cancellation) =>
        rows is IdentifierNameSyntax
        && semantics.GetSymbolInfo(rows, cancellation).Symbol is ILocalSymbol local
        && local.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation) is VariableDeclaratorSyntax { Initializer.Value: { } value }
            ? value
            : rows;
}
