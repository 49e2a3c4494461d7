using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Analysis;

/// <summary>What messages call the functions that a host runs: a route, the callback that a call was given, or the member.</summary>
internal static class EntryPointNames
{
    /// <summary><c>'POST /deposit'</c>, <c>the callback passed to 'Receive'</c>, <c>'Tools.Add'</c>.</summary>
    public static string NameOf(ISymbol function, AgentModel model, CancellationToken cancellation) => CallbackName(function, model, cancellation) ?? $"'{Witness.NameOf(function)}'";

    /// <summary>What a lambda is called by the call or event that it is given to; null for anything else.</summary>
    public static string? CallbackName(ISymbol function, AgentModel model, CancellationToken cancellation)
    {
        if (function is not IMethodSymbol { MethodKind: MethodKind.AnonymousFunction }
            || function.DeclaringSyntaxReferences.FirstOrDefault() is not { } reference || !model.Compilation.ContainsSyntaxTree(reference.SyntaxTree))
            return null;
        SyntaxNode lambda = reference.GetSyntax(cancellation);
        while (lambda.Parent is ParenthesizedExpressionSyntax or CastExpressionSyntax)
            lambda = lambda.Parent;
        switch (lambda.Parent)
        {
            case ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax call }:
                var name = (call.Expression as MemberAccessExpressionSyntax)?.Name ?? call.Expression as SimpleNameSyntax;
                return RouteOf(call, model, cancellation) is { } route ? $"'{route}'" : name == null ? null : $"the callback passed to '{name.Identifier.ValueText}'";
            case ArgumentSyntax { Parent.Parent: BaseObjectCreationExpressionSyntax creation } when (creation as ObjectCreationExpressionSyntax)?.Type is { } type:
                return $"the callback passed to 'new {type}'";
            case AssignmentExpressionSyntax { Left: var target }:
                var handler = target.DescendantNodesAndSelf().OfType<SimpleNameSyntax>().LastOrDefault();
                return handler == null ? null : $"the callback passed to '{handler.Identifier.ValueText}'";
            default:
                return null;
        }
    }

    // MapPost("/deposit", …): the pattern is the first string.
    private static string? RouteOf(InvocationExpressionSyntax call, AgentModel model, CancellationToken cancellation)
    {
        var semantics = model.SemanticsOf(call.SyntaxTree);
        return call.ArgumentList.Arguments.FirstOrDefault()?.Expression is { } pattern
            && semantics.GetConstantValue(pattern, cancellation) is { HasValue: true, Value: string route }
            && semantics.GetSymbolInfo(call, cancellation).Symbol is { } method
            && model.Find(method, CatalogueRole.HandlerFactory) is { } entry
                ? (entry["verb"] is { } verb ? verb + " " : "") + route
                : null;
    }
}
