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
            foreach (var (condition, runsWhenTrue) in ConditionsBefore(step.Site))
                foreach (var test in TestsIn(condition))
                    // To go on only with what was found keeps nobody from going on twice.
                    if (IsFound(test, semantics, model, cancellation) != runsWhenTrue && DependsOnWhatWasRead(test, semantics, model, cancellation))
                        return true;
        }

        return false;
    }

    /// <summary>Whether what writes was asked before, as a file is whether it exists.</summary>
    public static bool AskWhatWrites(Witness path, AgentModel model, CancellationToken cancellation)
    {
        foreach (var step in path.Steps)
            foreach (var (condition, _) in ConditionsBefore(step.Site))
                foreach (var call in condition.DescendantNodesAndSelf().OfType<InvocationExpressionSyntax>())
                    if (SymbolEqualityComparer.Default.Equals(model.SemanticsOf(step.Site.SyntaxTree).GetSymbolInfo(call, cancellation).Symbol?.ContainingType, path.Target.ContainingType))
                        return true;
        return false;
    }

    // The conditions that a place stands under, and those of earlier statements that may leave.
    private static IEnumerable<(ExpressionSyntax Condition, bool? RunsWhenTrue)> ConditionsBefore(SyntaxNode site)
    {
        for (var (child, parent) = (site, site.Parent); parent != null && child is not MemberDeclarationSyntax; (child, parent) = (parent, parent.Parent))
            switch (parent)
            {
                case IfStatementSyntax choice when child != choice.Condition:
                    yield return (choice.Condition, child == choice.Statement);
                    break;
                case ConditionalExpressionSyntax choice when child != choice.Condition:
                    yield return (choice.Condition, child == choice.WhenTrue);
                    break;
                case SwitchStatementSyntax choice when child != choice.Expression:
                    yield return (choice.Expression, null);
                    break;
                case SwitchExpressionSyntax choice when child != choice.GoverningExpression:
                    yield return (choice.GoverningExpression, null);
                    break;
                case BlockSyntax block when child is StatementSyntax statement:
                    foreach (var earlier in block.Statements.TakeWhile(s => s != statement).OfType<IfStatementSyntax>())
                        if (Leaves(earlier))
                            yield return (earlier.Condition, false);
                    break;
            }
    }

    private static bool Leaves(IfStatementSyntax choice) =>
        choice.DescendantNodes(static node => node is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax))
            .Any(node => node.IsKind(SyntaxKind.ReturnStatement) || node.IsKind(SyntaxKind.ThrowStatement) || node.IsKind(SyntaxKind.ContinueStatement) || node.IsKind(SyntaxKind.BreakStatement));

    // a && b, a || b
    private static IEnumerable<ExpressionSyntax> TestsIn(ExpressionSyntax condition)
    {
        var open = new Stack<ExpressionSyntax>();
        open.Push(condition);
        while (open.Count > 0)
            switch (open.Pop())
            {
                case ParenthesizedExpressionSyntax inner:
                    open.Push(inner.Expression);
                    break;
                case BinaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalAndExpression or (int)SyntaxKind.LogicalOrExpression } both:
                    open.Push(both.Right);
                    open.Push(both.Left);
                    break;
                case var test:
                    yield return test;
                    break;
            }
    }

    /// <summary>The outcome of a test that says that what was read is there, or that reading went well; null where it says something else.</summary>
    private static bool? IsFound(ExpressionSyntax test, SemanticModel semantics, AgentModel model, CancellationToken cancellation) => test switch
    {
        BinaryExpressionSyntax { RawKind: (int)SyntaxKind.EqualsExpression } equal when IsNull(equal.Left) || IsNull(equal.Right) => false,
        BinaryExpressionSyntax { RawKind: (int)SyntaxKind.NotEqualsExpression } unequal when IsNull(unequal.Left) || IsNull(unequal.Right) => true,
        IsPatternExpressionSyntax { Pattern: ConstantPatternSyntax { Expression: var value } } when IsNull(value) => false,
        IsPatternExpressionSyntax { Pattern: UnaryPatternSyntax { Pattern: ConstantPatternSyntax { Expression: var value } } } when IsNull(value) => true,
        IsPatternExpressionSyntax { Pattern: UnaryPatternSyntax { Pattern: RecursivePatternSyntax { PropertyPatternClause.Subpatterns.Count: 0 } } } => false,
        IsPatternExpressionSyntax { Pattern: RecursivePatternSyntax { PropertyPatternClause.Subpatterns.Count: 0 } or DeclarationPatternSyntax } => true,
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "IsNullOrEmpty" or "IsNullOrWhiteSpace" } } => false,
        PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalNotExpression, Operand: var operand } => !IsFound(operand, semantics, model, cancellation),
        MemberAccessExpressionSyntax access when model.Find(semantics.GetSymbolInfo(access, cancellation).Symbol, CatalogueRole.AnswerStatus) != null => true,
        _ => null,
    };

    private static bool IsNull(ExpressionSyntax value) => value.IsKind(SyntaxKind.NullLiteralExpression) || value.IsKind(SyntaxKind.DefaultLiteralExpression);

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
