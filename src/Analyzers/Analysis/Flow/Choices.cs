using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Analysis.Flow;

/// <summary>Whether a choice of the program decides that some code runs.</summary>
internal static class Choices
{
    /// <summary>Whether a node stands in an <c>if</c>, a conditional expression or a <c>switch</c> within a part of the code, or within its member.</summary>
    public static bool DecideOn(SyntaxNode node, SyntaxNode? within = null) =>
        node.Ancestors().TakeWhile(around => around != within && around is not MemberDeclarationSyntax or GlobalStatementSyntax)
            .Any(around => around is IfStatementSyntax or ConditionalExpressionSyntax or SwitchStatementSyntax or SwitchExpressionSyntax);
}
