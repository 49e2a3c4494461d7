using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Editing;

/// <summary>Questions about functions as they are written.</summary>
internal static class Functions
{
    /// <summary>Whether a node has code of its own: a method, an accessor, a lambda, an initializer.</summary>
    public static bool IsFunction(SyntaxNode node) =>
        node is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax
            or CompilationUnitSyntax or AccessorDeclarationSyntax
            || node is MemberDeclarationSyntax and not GlobalStatementSyntax;

    /// <summary>The function that a node is in.</summary>
    public static SyntaxNode Around(SyntaxNode node) => node.Ancestors().First(IsFunction);

    /// <summary>The body of a function: a block or an expression. Null for one that has none, or several.</summary>
    public static SyntaxNode? BodyOf(SyntaxNode function) => function switch
    {
        AnonymousFunctionExpressionSyntax lambda => lambda.Body,
        LocalFunctionStatementSyntax local => (SyntaxNode?)local.Body ?? local.ExpressionBody?.Expression,
        MethodDeclarationSyntax method => (SyntaxNode?)method.Body ?? method.ExpressionBody?.Expression,
        _ => null,
    };

    /// <summary>Whether await may be written in a function as it is.</summary>
    public static bool IsAsync(SyntaxNode function) => function switch
    {
        AnonymousFunctionExpressionSyntax lambda => lambda.Modifiers.Any(SyntaxKind.AsyncKeyword),
        LocalFunctionStatementSyntax local => local.Modifiers.Any(SyntaxKind.AsyncKeyword),
        MethodDeclarationSyntax method => method.Modifiers.Any(SyntaxKind.AsyncKeyword),
        // The statements of a program.
        CompilationUnitSyntax => true,
        _ => false,
    };

    /// <summary>The nodes of a body, without those of functions within it.</summary>
    public static IEnumerable<SyntaxNode> OwnNodes(SyntaxNode body) =>
        body.DescendantNodesAndSelf(n => n == body ? n is not AnonymousFunctionExpressionSyntax : !IsFunction(n));

    /// <summary>Whether an expression is a part of what follows <c>?.</c>, where nothing can be awaited.</summary>
    public static bool StartsConditionally(ExpressionSyntax expression)
    {
        while (true)
            switch (expression)
            {
                case MemberAccessExpressionSyntax access:
                    expression = access.Expression;
                    break;
                case InvocationExpressionSyntax call:
                    expression = call.Expression;
                    break;
                case ElementAccessExpressionSyntax element:
                    expression = element.Expression;
                    break;
                case PostfixUnaryExpressionSyntax postfix:
                    expression = postfix.Operand;
                    break;
                default:
                    return expression is MemberBindingExpressionSyntax or ElementBindingExpressionSyntax;
            }
    }
}
