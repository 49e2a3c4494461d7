using System.Collections.Immutable;
using System.Composition;
using AgentLint.Analysis.Agents;
using AgentLint.Catalogue;
using AgentLint.Editing;
using AgentLint.Rules.Loops;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Fixes.Loops;

/// <summary>Has a tool ask its model without tools, where the tool itself switches them on.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AGL0905Fix_AskWithoutTools)), Shared]
public sealed class AGL0905Fix_AskWithoutTools() : AgentCodeFix(AGL0905_AutoInvokeReentry.Rule, "Call the model without tools")
{
    private protected override Task<Edit?> EditAsync(FixContext context, ImmutableArray<Diagnostic> diagnostics)
    {
        var edits = new NodeEdits();
        var done = new HashSet<SyntaxNode>();
        var reentries = new Reentries(context.Model, context.Cancellation);
        foreach (var use in context.Model.Query(AGL0905_AutoInvokeReentry.AsksModel).In(context.Root.SyntaxTree, context.Cancellation))
            if (diagnostics.Any(d => d.Location.SourceSpan == use.Name.Span) && reentries.At(use, context.Semantics) is { Loop.Syntax: InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access } loop } reentry
                && context.Model.Find(context.Semantics.GetSymbolInfo(loop, context.Cancellation).Symbol, CatalogueRole.ToolLoop)?["off"] is { } off
                // Settings of other calls are not ours to change.
                && loop.FirstAncestorOrSelf<MemberDeclarationSyntax>() == reentry.Name.FirstAncestorOrSelf<MemberDeclarationSyntax>() && done.Add(loop))
                edits.Add(loop, (InvocationExpressionSyntax call) => AwaitSyntax.Call(AwaitSyntax.Member(access.Expression.WithoutTrivia(), off)).WithTriviaFrom(call));
        return Task.FromResult(edits.IsEmpty ? null : new Edit(context.Document.WithSyntaxRoot(edits.Apply(context.Root))));
    }
}
