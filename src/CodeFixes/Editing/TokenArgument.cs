using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Editing;

/// <summary>Hands a cancellation token to a call that could take one and was given none.</summary>
internal static class TokenArgument
{
    // Binds like any token, where the one that will be there is not declared yet.
    private static readonly ExpressionSyntax StandIn = SyntaxFactory.ParseExpression("default(global::System.Threading.CancellationToken)");

    /// <summary>The argument to add to a call; null where it takes no token, or has one.</summary>
    /// <param name="call">The call as it is.</param>
    /// <param name="token">The token, which need not be declared yet.</param>
    /// <param name="semantics">The model of the call's file.</param>
    /// <param name="cancellation">Ends the search with an exception.</param>
    /// <param name="bound">The call to bind in the place of <paramref name="call"/>, where that is being rewritten.</param>
    public static ArgumentSyntax? For(InvocationExpressionSyntax call, ExpressionSyntax token, SemanticModel semantics, CancellationToken cancellation, InvocationExpressionSyntax? bound = null)
    {
        var method = (bound == null ? semantics.GetSymbolInfo(call, cancellation) : Bind(bound)).Symbol as IMethodSymbol;
        if (method == null || call.ArgumentList.Arguments.Any(a => TokenInScope.IsToken(semantics.GetTypeInfo(a.Expression, cancellation).ConvertedType)))
            return null;
        return Forms(method).Where(name => Takes(method, name)).Select(name => Argument(name, token)).FirstOrDefault();

        SymbolInfo Bind(InvocationExpressionSyntax expression) =>
            semantics.GetSpeculativeSymbolInfo(call.SpanStart, expression, SpeculativeBindingOption.BindAsExpression);

        bool Takes(IMethodSymbol plain, string? name)
        {
            var longer = bound ?? call;
            longer = longer.WithArgumentList(longer.ArgumentList.With(Argument(name, StandIn)));
            return Bind(longer).Symbol is IMethodSymbol found
                && found.Name == plain.Name
                && SymbolEqualityComparer.Default.Equals(found.ContainingType, plain.ContainingType)
                && SymbolEqualityComparer.Default.Equals(found.ReturnType, plain.ReturnType)
                && (name != null
                    ? found.Parameters.Any(p => p.Name == name && TokenInScope.IsToken(p.Type))
                    : found.Parameters.ElementAtOrDefault(longer.ArgumentList.Arguments.Count - 1) is { } last && TokenInScope.IsToken(last.Type));
        }
    }

    // Positional first, then by the names that such parameters have.
    private static ImmutableArray<string?> Forms(IMethodSymbol method) =>
        [null, .. method.Parameters.Where(p => TokenInScope.IsToken(p.Type)).Select(p => p.Name), "cancellationToken"];

    private static ArgumentSyntax Argument(string? name, ExpressionSyntax token) =>
        SyntaxFactory.Argument(
            name == null ? null : SyntaxFactory.NameColon(SyntaxFactory.IdentifierName(name), SyntaxFactory.Token([], SyntaxKind.ColonToken, [SyntaxFactory.Space])),
            default,
            token);
}
