using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Editing;

/// <summary>Names for new parameters and locals.</summary>
internal static class NewNames
{
    /// <summary>The first of some names that means nothing yet in the member around a node; null where all do.</summary>
    public static string? Unused(SyntaxNode place, params string[] names)
    {
        var scope = place.FirstAncestorOrSelf<SyntaxNode>(n => Functions.IsFunction(n) && n is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax))!;
        var used = new HashSet<string>(scope.DescendantTokens().Where(t => t.IsKind(SyntaxKind.IdentifierToken)).Select(t => t.ValueText), StringComparer.Ordinal);
        return names.FirstOrDefault(name => !used.Contains(name));
    }
}
