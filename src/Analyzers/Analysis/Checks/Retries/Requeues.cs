using AgentLint.Catalogue;
using AgentLint.Model;
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

    /// <summary>Whether a failure leads to it: an exception, and not the end of the program, which leaves the message to the next consumer.</summary>
    public static bool IsAfterCancellation(SyntaxNode call) =>
        call.FirstAncestorOrSelf<SyntaxNode>(node => node is CatchClauseSyntax or MemberDeclarationSyntax) is CatchClauseSyntax handler
        && (handler.Declaration?.Type.ToString().EndsWith("CanceledException", StringComparison.Ordinal) == true
            || handler.Filter?.DescendantNodes().Any(node => node is IdentifierNameSyntax { Identifier.ValueText: "OperationCanceledException" or "TaskCanceledException" }
                && !handler.Filter.DescendantNodes().Any(part => part.IsKind(SyntaxKind.NotPattern))) == true);

    /// <summary>
    /// Whether every failure puts the message back into a queue that has no limit of its own: the handler catches everything, and the type around declares its queues
    /// without arguments.
    /// </summary>
    public static bool AreUnlimited(SyntaxNode call, CatalogueEntry entry)
    {
        if (call.FirstAncestorOrSelf<SyntaxNode>(node => node is CatchClauseSyntax or AnonymousFunctionExpressionSyntax or MemberDeclarationSyntax) is not CatchClauseSyntax { Filter: null, Declaration: var caught }
            || caught is { Type: var type } && type.SimpleName() != "Exception"
            || call.FirstAncestorOrSelf<TypeDeclarationSyntax>() is not { } owner || entry["limits-in"] is not { } limits)
            return false;
        var declarations = owner.DescendantNodes().OfType<InvocationExpressionSyntax>()
            .Where(made => made.Expression is MemberAccessExpressionSyntax { Name.Identifier.ValueText: var name } && entry.List("declared-by").Contains(name)).ToList();
        return declarations.Count > 0 && declarations.All(made => made.ArgumentList.Arguments is var arguments
            && (arguments.FirstOrDefault(argument => argument.NameColon?.Name.Identifier.ValueText == limits) is { } named
                ? named.Expression.Kind() is SyntaxKind.NullLiteralExpression or SyntaxKind.DefaultLiteralExpression
                // queue, durable, exclusive, autoDelete: the arguments come fifth.
                : arguments.Count < 5 || arguments[4].NameColon != null || arguments[4].Expression.Kind() is SyntaxKind.NullLiteralExpression or SyntaxKind.DefaultLiteralExpression));
    }
}
