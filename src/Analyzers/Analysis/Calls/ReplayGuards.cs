using AgentLint.Analysis.Flow;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Analysis.Calls;

/// <summary>Tells the places that run only outside of a workflow's replay, by the conditions around them.</summary>
internal sealed class ReplayGuards(AgentModel model)
{
    private readonly HashSet<string> tests = new(model.Catalogue.Of(CatalogueRole.ReplayTest).SelectMany(entry => entry.Members), StringComparer.Ordinal);

    public static ReplayGuards Of(AgentModel model) => model.Shared(m => new ReplayGuards(m));

    /// <summary>Whether a place runs only while nothing is replayed: <c>if (!context.IsReplaying) { … }</c>.</summary>
    public bool RunsOnlyLive(SyntaxNode site, CancellationToken cancellation)
    {
        for (SyntaxNode? child = site, parent = site.Parent; parent != null && parent is not MemberDeclarationSyntax; (child, parent) = (parent, parent.Parent))
            if (parent is IfStatementSyntax branch && ((child == branch.Statement && SaysLive(branch.Condition, isTrue: true, cancellation)) || (child == branch.Else && SaysLive(branch.Condition, isTrue: false, cancellation))))
                return true;
            else if (parent is ConditionalExpressionSyntax choice && ((child == choice.WhenTrue && SaysLive(choice.Condition, isTrue: true, cancellation)) || (child == choice.WhenFalse && SaysLive(choice.Condition, isTrue: false, cancellation))))
                return true;
            // if (Workflow.InWorkflow) return …; what follows runs elsewhere.
            else if (parent is BlockSyntax block && block.Statements.TakeWhile(statement => statement != child).OfType<IfStatementSyntax>().Any(before =>
                before.Else == null && Choices.Leaves(before.Statement) && SaysLive(before.Condition, isTrue: false, cancellation)))
                return true;
        return false;
    }

    // Whether a condition that has this outcome shows that nothing is replayed.
    private bool SaysLive(ExpressionSyntax condition, bool isTrue, CancellationToken cancellation) => condition switch
    {
        ParenthesizedExpressionSyntax inner => SaysLive(inner.Expression, isTrue, cancellation),
        PrefixUnaryExpressionSyntax { OperatorToken.RawKind: (int)SyntaxKind.ExclamationToken } not => SaysLive(not.Operand, !isTrue, cancellation),
        BinaryExpressionSyntax { OperatorToken.RawKind: (int)SyntaxKind.AmpersandAmpersandToken } both when isTrue => SaysLive(both.Left, true, cancellation) || SaysLive(both.Right, true, cancellation),
        BinaryExpressionSyntax { OperatorToken.RawKind: (int)SyntaxKind.BarBarToken } either when !isTrue => SaysLive(either.Left, false, cancellation) || SaysLive(either.Right, false, cancellation),
        _ => !isTrue
            && tests.Contains(((condition as MemberAccessExpressionSyntax)?.Name ?? condition as SimpleNameSyntax)?.Identifier.ValueText ?? "")
            && model.Compilation.ContainsSyntaxTree(condition.SyntaxTree)
            && model.SemanticsOf(condition.SyntaxTree).GetSymbolInfo(condition, cancellation).Symbol is { } symbol
            && model.Find(symbol, CatalogueRole.ReplayTest) != null,
    };
}
