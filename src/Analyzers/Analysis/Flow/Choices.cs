using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Analysis.Flow;

/// <summary>What the choices of a program decide: whether some code runs, and where a branch leads.</summary>
internal static class Choices
{
    /// <summary>Whether a node stands in an <c>if</c>, a conditional expression or a <c>switch</c> within a part of the code, or within its member.</summary>
    public static bool DecideOn(SyntaxNode node, SyntaxNode? within = null) =>
        node.Ancestors().TakeWhile(around => around != within && around is not MemberDeclarationSyntax or GlobalStatementSyntax)
            .Any(around => around is IfStatementSyntax or ConditionalExpressionSyntax or SwitchStatementSyntax or SwitchExpressionSyntax);

    /// <summary>Whether a branch ends by leaving the function: its last statement returns or throws.</summary>
    public static bool Leaves(StatementSyntax branch) =>
        (branch is BlockSyntax { Statements: { Count: > 0 } statements } ? statements.Last() : branch) is ReturnStatementSyntax or ThrowStatementSyntax;
}
