using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Writes;

/// <summary>Whether code asks for what is there before it writes: a row that exists, a state, a receipt.</summary>
internal static class StateChecks
{
    /// <summary>Whether on a path some function decides by what it has read whether to go on.</summary>
    public static bool Precede(Witness path, AgentModel model, CancellationToken cancellation)
    {
        foreach (var step in path.Steps)
        {
            var semantics = model.SemanticsOf(step.Site.SyntaxTree);
            foreach (var condition in ConditionsBefore(step.Site))
                if (DependsOnWhatWasRead(condition, semantics, model, cancellation))
                    return true;
        }

        return false;
    }

    // The conditions that a place stands under, and those of earlier statements that may leave.
    private static IEnumerable<ExpressionSyntax> ConditionsBefore(SyntaxNode site)
    {
        for (var (child, parent) = (site, site.Parent); parent != null && child is not MemberDeclarationSyntax; (child, parent) = (parent, parent.Parent))
            switch (parent)
            {
                case IfStatementSyntax choice when child != choice.Condition:
                    yield return choice.Condition;
                    break;
                case ConditionalExpressionSyntax choice when child != choice.Condition:
                    yield return choice.Condition;
                    break;
                case SwitchStatementSyntax choice when child != choice.Expression:
                    yield return choice.Expression;
                    break;
                case SwitchExpressionSyntax choice when child != choice.GoverningExpression:
                    yield return choice.GoverningExpression;
                    break;
                case BlockSyntax block when child is StatementSyntax statement:
                    foreach (var earlier in block.Statements.TakeWhile(s => s != statement).OfType<IfStatementSyntax>())
                        if (Leaves(earlier))
                            yield return earlier.Condition;
                    break;
            }
    }

    private static bool Leaves(IfStatementSyntax choice) =>
        choice.DescendantNodes(static node => node is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax))
            .Any(node => node.IsKind(SyntaxKind.ReturnStatement) || node.IsKind(SyntaxKind.ThrowStatement) || node.IsKind(SyntaxKind.ContinueStatement) || node.IsKind(SyntaxKind.BreakStatement));

    private static bool DependsOnWhatWasRead(ExpressionSyntax condition, SemanticModel semantics, AgentModel model, CancellationToken cancellation)
    {
        if (condition.DescendantNodesAndSelf().OfType<AwaitExpressionSyntax>().Any())
            return true;
        foreach (var name in condition.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>())
            switch (semantics.GetSymbolInfo(name, cancellation).Symbol)
            {
                case ILocalSymbol local when local.InitializerOf(semantics, cancellation) is { } value && Reads(value, model):
                    return true;
                // What the object keeps about its work.
                case IFieldSymbol { IsConst: false } field when !field.IsReadOnly || field.Type is { SpecialType: SpecialType.None, TypeKind: TypeKind.Class or TypeKind.Interface } && name.Parent is MemberAccessExpressionSyntax { Parent: InvocationExpressionSyntax }:
                    return true;
            }

        return false;
    }

    private static bool Reads(IOperation value, AgentModel model) =>
        value.DescendantsAndSelf().Any(o => o is IAwaitOperation || (o is IInvocationOperation call && model.EntriesOf(call.TargetMethod).Any(e => e.IsRemoteCall())));
}
