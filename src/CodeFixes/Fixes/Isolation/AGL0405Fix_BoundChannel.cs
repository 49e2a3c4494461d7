using System.Collections.Immutable;
using System.Composition;
using AgentLint.Analysis;
using AgentLint.Catalogue;
using AgentLint.Editing;
using AgentLint.Rules.Isolation;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Fixes.Isolation;

/// <summary>Bounds a channel whose writers wait.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AGL0405Fix_BoundChannel)), Shared]
public sealed class AGL0405Fix_BoundChannel() : AgentCodeFix(AGL0405_UnboundedAgentQueue.Rule, "Limit the channel to 100 items (writers wait when it is full)")
{
    private protected override Task<Edit?> EditAsync(FixContext context, ImmutableArray<Diagnostic> diagnostics)
    {
        var edits = new NodeEdits();
        foreach (var diagnostic in diagnostics)
            if (context.Root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true) is InvocationExpressionSyntax { ArgumentList.Arguments.Count: 0 } made
                && context.Semantics.GetSymbolInfo(made, context.Cancellation).Symbol is IMethodSymbol method
                && context.Model.Find(method, CatalogueRole.UnboundedQueue)?["bounded"] is { } bounded
                && !IsTried(made, context))
                edits.Add(made, (InvocationExpressionSyntax m) => Bounded(m, bounded));
        return Task.FromResult(edits.IsEmpty ? null : new Edit(context.Document.WithSyntaxRoot(edits.Apply(context.Root))));
    }

    private static InvocationExpressionSyntax Bounded(InvocationExpressionSyntax made, string name)
    {
        var renamed = made.Expression is MemberAccessExpressionSyntax access ? made.ReplaceToken(access.Name.Identifier, SyntaxFactory.Identifier(name))
            : made.ReplaceToken(((SimpleNameSyntax)made.Expression).Identifier, SyntaxFactory.Identifier(name));
        return renamed.WithArgumentList(renamed.ArgumentList.With(SyntaxFactory.Argument(SyntaxFactory.ParseExpression("100"))));
    }

    // What is tried and fails is lost: nothing waits there. Asked of the whole program, by the name.
    private static bool IsTried(SyntaxNode made, FixContext context) =>
        made.FirstAncestorOrSelf<MemberDeclarationSyntax>() is not FieldDeclarationSyntax { Declaration.Variables: [var variable] }
        || context.Semantics.GetDeclaredSymbol(variable, context.Cancellation) is not { } field
        || CallerIndex.Of(context.Model, context.Cancellation).UsesOf(field, context.Cancellation).Any(use =>
            use.Syntax.Parent?.Parent is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "TryWrite" } or not MemberAccessExpressionSyntax);
}
