using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Analysis.Checks.Retries;

/// <summary>Messages that a consumer puts back into their queue.</summary>
internal static class Requeues
{
    /// <summary>Whether the code around looks at how often a message came: at its flag or headers, or at a number before it is put back.</summary>
    public static bool AreCounted(SyntaxNode call)
    {
        var member = call.Ancestors().FirstOrDefault(node => node is MemberDeclarationSyntax and not GlobalStatementSyntax or CompilationUnitSyntax);
        if (member?.DescendantNodes().Any(node => node is IdentifierNameSyntax { Identifier.ValueText: "Redelivered" or "Headers" or "DeliveryCount" }) == true)
            return true;
        return call.Ancestors().TakeWhile(node => node != member).OfType<IfStatementSyntax>()
            .Any(choice => choice.Condition.DescendantNodesAndSelf().Any(node => node.Kind() is SyntaxKind.LessThanExpression or SyntaxKind.LessThanOrEqualExpression or SyntaxKind.GreaterThanExpression or SyntaxKind.GreaterThanOrEqualExpression));
    }
}
