using System.Collections.Immutable;
using System.Composition;
using AgentLint.Analysis.Writes;
using AgentLint.Editing;
using AgentLint.Rules.Idempotency;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Fixes.Idempotency;

/// <summary>Makes the key before the delegate or the loop that is retried, so that all attempts have the same one.</summary>
/// <remarks>What a tool, an activity or a consumer is run again for, only its caller knows: there is no edit for those.</remarks>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AGL0102Fix_MakeKeyOutside)), Shared]
public sealed class AGL0102Fix_MakeKeyOutside() : AgentCodeFix(AGL0102_UnstableIdempotencyKey.Rule, "Make the key before the retries")
{
    private protected override Task<Edit?> EditAsync(FixContext context, ImmutableArray<Diagnostic> diagnostics)
    {
        var edits = new NodeEdits();
        var habits = FileHabits.Of(context.Root);
        var added = new Statements(context, habits, edits);
        var names = new FreshNames();
        foreach (var diagnostic in diagnostics)
            if (context.Root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true) is ExpressionSyntax value
                && RetriedUnits.Of(context.Model).Around(value, context.Settings.CallDepth, context.Cancellation) is { Repeated: { } retried, Start: { } start }
                && IsMadeOncePerAttempt(value, retried)
                && names.For(value, "key", "idempotencyKey", "operationKey") is { } name)
            {
                // The whole text that the key is made as, as far as it is made of nothing else.
                var made = value;
                while (made.Parent is MemberAccessExpressionSyntax { Parent: InvocationExpressionSyntax { ArgumentList.Arguments: var arguments } call } access && access.Expression == made && arguments.All(a => a.Expression is LiteralExpressionSyntax))
                    made = call;
                if (start.FirstAncestorOrSelf<StatementSyntax>() is { Parent: BlockSyntax } statement && IsStraightTo(statement, start))
                {
                    edits.Add(made, _ => SyntaxFactory.IdentifierName(name).WithTriviaFrom(made));
                    added.Before(statement, $"var {name} = {made.WithoutTrivia()};");
                }
                else if (start.FirstAncestorOrSelf<MethodDeclarationSyntax>() is { ExpressionBody: { } arrow } method && IsStraightTo(arrow, start))
                {
                    edits.Add(made, _ => SyntaxFactory.IdentifierName(name).WithTriviaFrom(made));
                    edits.AddLast(method, node => WithBlock((MethodDeclarationSyntax)node, name, made, ReturnsNothing(method, context), habits.EndOfLine));
                }
            }

        return Task.FromResult<Edit?>(edits.IsEmpty ? null : new Edit(context.Document.WithSyntaxRoot(edits.Apply(context.Root))));
    }

    // One key for what a loop or a function within it does several times would make one operation of many.
    private static bool IsMadeOncePerAttempt(SyntaxNode value, SyntaxNode retried) =>
        retried.Contains(value)
        && !value.Ancestors().TakeWhile(node => node != retried).Any(node => Functions.IsFunction(node) || IsLoop(node));

    // In a function between, as the selector of a sequence, each item wants a key of its own.
    private static bool IsStraightTo(SyntaxNode outer, SyntaxNode start) =>
        outer == start || (outer.Contains(start) && !start.Ancestors().TakeWhile(node => node != outer).Any(Functions.IsFunction));

    private static bool IsLoop(SyntaxNode node) =>
        node is CommonForEachStatementSyntax or ForStatementSyntax or WhileStatementSyntax or DoStatementSyntax or QueryExpressionSyntax;

    // An async Task has nothing to return; anything else returns what the expression gives.
    private static bool ReturnsNothing(MethodDeclarationSyntax method, FixContext context) =>
        context.Semantics.GetDeclaredSymbol(method, context.Cancellation) is IMethodSymbol symbol
        && (symbol.ReturnsVoid || (symbol.IsAsync && symbol.ReturnType is INamedTypeSymbol { IsGenericType: false }));

    private static MethodDeclarationSyntax WithBlock(MethodDeclarationSyntax method, string name, ExpressionSyntax made, bool returnsNothing, SyntaxTrivia endOfLine)
    {
        var outer = FileHabits.IndentationOf(method.GetFirstToken()).ToFullString();
        outer = method.GetLeadingTrivia().Where(t => t.IsKind(SyntaxKind.WhitespaceTrivia)).Select(t => t.ToString()).LastOrDefault() ?? outer;
        var inner = outer + "    ";
        var expression = method.ExpressionBody!.Expression.WithoutTrivia();
        var line = endOfLine.ToString();
        var block = (BlockSyntax)SyntaxFactory.ParseStatement($"{outer}{{{line}{inner}var {name} = {made.WithoutTrivia()};{line}{inner}{(returnsNothing ? "" : "return ")}{expression};{line}{outer}}}");
        var signature = method.WithExpressionBody(null).WithSemicolonToken(default);
        var last = signature.GetLastToken();
        return signature.ReplaceToken(last, last.WithTrailingTrivia(endOfLine)).WithBody(block.WithTrailingTrivia(method.SemicolonToken.TrailingTrivia));
    }
}
