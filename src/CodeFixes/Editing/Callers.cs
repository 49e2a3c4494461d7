using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.FindSymbols;

namespace AgentLint.Editing;

/// <summary>The uses of a function in a solution, seen by somebody who wants to change what it returns.</summary>
internal static class Callers
{
    /// <summary>
    /// The calls that must be awaited when a function begins to return a task, all in the document of the fix. Null where some use cannot
    /// follow: a call in another document, a delegate of a type that does not fit, an override or an interface's member.
    /// </summary>
    public static async Task<ImmutableArray<InvocationExpressionSyntax>?> OfAsync(IMethodSymbol method, FixContext context)
    {
        var calls = new HashSet<InvocationExpressionSyntax>();
        var id = method.GetDocumentationCommentId();
        foreach (var found in await SymbolFinder.FindReferencesAsync(method, context.Document.Project.Solution, context.Cancellation).ConfigureAwait(false))
        {
            // The search goes on to what is overridden and implemented: these would have to change as well.
            if (id != null && found.Definition.GetDocumentationCommentId() != id)
                return null;
            foreach (var location in found.Locations)
                switch (await UseAtAsync(location, context).ConfigureAwait(false))
                {
                    case { Call: { } call }:
                        calls.Add(call);
                        break;
                    case { IsHarmless: false }:
                        return null;
                }
        }

        return [.. calls.OrderBy(call => call.SpanStart)];
    }

    private static async Task<Use> UseAtAsync(ReferenceLocation location, FixContext context)
    {
        if (location.IsImplicit)
            return default;
        // A file that several projects share is one text.
        var isHere = location.Document.Id == context.Document.Id || context.Document.GetLinkedDocumentIds().Contains(location.Document.Id);
        var root = isHere ? context.Root : await location.Document.GetSyntaxRootAsync(context.Cancellation).ConfigureAwait(false);
        var semantics = isHere ? context.Semantics : await location.Document.GetSemanticModelAsync(context.Cancellation).ConfigureAwait(false);
        if (root == null || semantics == null || !root.FullSpan.Contains(location.Location.SourceSpan))
            return default;
        var node = root.FindNode(location.Location.SourceSpan, findInsideTrivia: true, getInnermostNodeForTie: true);
        if (node.IsPartOfStructuredTrivia())
            return new Use(null, IsHarmless: true);
        if (node is not SimpleNameSyntax name)
            return default;
        ExpressionSyntax expression = name.Parent is MemberAccessExpressionSyntax access && access.Name == name ? access : name;
        if (expression.Ancestors().TakeWhile(n => n is not StatementSyntax).Any(n => n is InvocationExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.ValueText: "nameof" } }))
            return new Use(null, IsHarmless: true);
        if (expression.Parent is InvocationExpressionSyntax call && call.Expression == expression)
            return isHere && !location.IsCandidateLocation && !Functions.StartsConditionally(expression) ? new Use(call, IsHarmless: false) : default;
        // Whoever takes any delegate finds out at run time what it returns, as the makers of tools do.
        return new Use(null, expression.Parent is ArgumentSyntax && Delegates.IsAnyDelegate(semantics.GetTypeInfo(expression, context.Cancellation).ConvertedType));
    }

    private readonly record struct Use(InvocationExpressionSyntax? Call, bool IsHarmless);
}
