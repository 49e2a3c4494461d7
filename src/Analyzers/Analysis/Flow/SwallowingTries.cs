using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Analysis.Flow;

/// <summary>Whether a failure at a place ends in its own function: a <c>try</c> around it takes every exception and throws none.</summary>
internal static class SwallowingTries
{
    public static bool StandAround(SyntaxNode place, AgentModel model, CancellationToken cancellation)
    {
        for (var node = place; node is not (null or MemberDeclarationSyntax or AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax); node = node.Parent)
            if (node.Parent is TryStatementSyntax tried && tried.Block == node
                && tried.Catches.Any(handler => handler.Filter == null && !handler.Block.DescendantNodes().Any(inner => inner is ThrowStatementSyntax or ThrowExpressionSyntax)
                    && (handler.Declaration == null || ExceptionTypes.IsAny(model.SemanticsOf(place.SyntaxTree).GetTypeInfo(handler.Declaration.Type, cancellation).Type))))
                return true;
        return false;
    }
}
