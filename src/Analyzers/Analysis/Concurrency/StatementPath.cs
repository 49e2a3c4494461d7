using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Analysis.Concurrency;

/// <summary>A list of statements, and one of them.</summary>
internal readonly record struct ListedStatement(SyntaxNode List, StatementSyntax Statement)
{
    public ImmutableArray<StatementSyntax> Statements => List switch
    {
        BlockSyntax block => [.. block.Statements],
        SwitchSectionSyntax section => [.. section.Statements],
        CompilationUnitSyntax unit => [.. unit.Members.OfType<GlobalStatementSyntax>().Select(member => member.Statement)],
        _ => [],
    };
}

/// <summary>The straight line from an expression outwards: the lists of statements that run it once on every pass, or under plain conditions.</summary>
internal static class StatementPath
{
    /// <summary>The lists, the innermost first. Empty where the expression is evaluated under conditions of its own.</summary>
    public static ImmutableArray<ListedStatement> Of(ExpressionSyntax expression)
    {
        if (StatementAround(expression) is not { } statement)
            return [];
        var lists = ImmutableArray.CreateBuilder<ListedStatement>();
        while (true)
            switch (statement.Parent)
            {
                case BlockSyntax block:
                    lists.Add(new ListedStatement(block, statement));
                    if (block.Parent is BlockSyntax)
                        statement = block;
                    else if (block.Parent is IfStatementSyntax { Else: null, Parent: not ElseClauseSyntax } condition && condition.Statement == block)
                        statement = condition;
                    else
                        return lists.ToImmutable();
                    break;
                case SwitchSectionSyntax section:
                    lists.Add(new ListedStatement(section, statement));
                    return lists.ToImmutable();
                case GlobalStatementSyntax { Parent: CompilationUnitSyntax unit }:
                    lists.Add(new ListedStatement(unit, statement));
                    return lists.ToImmutable();
                case IfStatementSyntax { Else: null, Parent: not ElseClauseSyntax } condition when condition.Statement == statement:
                    statement = condition;
                    break;
                default:
                    return lists.ToImmutable();
            }
    }

    // The statement that evaluates the expression whenever it runs.
    private static StatementSyntax? StatementAround(ExpressionSyntax expression)
    {
        for (SyntaxNode node = expression; node.Parent is { } parent; node = parent)
            switch (parent)
            {
                case LocalDeclarationStatementSyntax or ExpressionStatementSyntax or ReturnStatementSyntax:
                    return (StatementSyntax)parent;
                case AnonymousFunctionExpressionSyntax or StatementSyntax or QueryExpressionSyntax or SwitchExpressionArmSyntax or ArrowExpressionClauseSyntax:
                case ConditionalExpressionSyntax choice when choice.Condition != node:
                case ConditionalAccessExpressionSyntax access when access.Expression != node:
                case AssignmentExpressionSyntax assignment when assignment.IsKind(SyntaxKind.CoalesceAssignmentExpression):
                case BinaryExpressionSyntax binary when binary.Right == node && binary.Kind() is SyntaxKind.LogicalAndExpression or SyntaxKind.LogicalOrExpression or SyntaxKind.CoalesceExpression:
                    return null;
            }

        return null;
    }
}
