using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Analysis.Checks.CircuitBreaking;

/// <summary>An answer to a request that is made and not given back.</summary>
/// <param name="Name">The call that makes it.</param>
/// <param name="Method">The method that it calls.</param>
/// <param name="Function">The request handler.</param>
internal sealed record DroppedResponse(SimpleNameSyntax Name, IMethodSymbol Method, IMethodSymbol Function);

/// <summary>Finds answers that a request handler makes as a statement of its own: the client is answered with something else.</summary>
internal sealed class DroppedResponses(AgentModel model, SemanticModel semantics, CancellationToken cancellation)
{
    public IEnumerable<DroppedResponse> In()
    {
        foreach (var use in model.Query(entry => entry.Role == CatalogueRole.Response).In(semantics.SyntaxTree, cancellation, where: IsStatement))
            if (use.Symbol is IMethodSymbol { MethodKind: MethodKind.Ordinary or MethodKind.ReducedExtension } method
                && semantics.GetEnclosingSymbol(use.Name.SpanStart, cancellation) is IMethodSymbol function
                && (model.RolesOf(function, cancellation) & MethodRoles.Handler) != 0)
                yield return new DroppedResponse(use.Name, method, function);
    }

    // BadRequest(); Results.NotFound();
    private static bool IsStatement(SimpleNameSyntax name) =>
        (name.Parent is MemberAccessExpressionSyntax access && access.Name == name ? access.Parent : name.Parent) is InvocationExpressionSyntax { Parent: ExpressionStatementSyntax };
}
