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

/// <summary>
/// Makes the key before the delegate or the loop that is retried, so that all attempts have the same one; where the function is itself run
/// again, takes the key of what runs it. A key that was taken is sent.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AGL0102Fix_MakeKeyOutside)), Shared]
public sealed class AGL0102Fix_MakeKeyOutside() : AgentCodeFix(AGL0102_UnstableIdempotencyKey.Rule, "Create the key before the first attempt", acrossDocuments: true)
{
    private const string Take = "Use the key of the operation";
    private const string Send = "Send the key";

    private protected override async Task<Edit?> EditAsync(FixContext context, ImmutableArray<Diagnostic> diagnostics)
    {
        var paths = new KeyPaths(context);
        string? title = null;
        foreach (var tree in diagnostics.Select(diagnostic => diagnostic.Location.SourceTree).OfType<SyntaxTree>().Distinct())
        {
            var own = diagnostics.Where(diagnostic => diagnostic.Location.SourceTree == tree).ToList();
            var left = new List<ExpressionSyntax>();
            await paths.EditAsync(tree, (file, edits, added, _) =>
            {
                foreach (var value in MakeOutside(own, file, edits, added))
                    left.Add(value);
            }).ConfigureAwait(false);
            foreach (var value in left)
                if (context.Model.SemanticsOf(tree).GetTypeInfo(value, context.Cancellation).Type?.SpecialType == SpecialType.System_String && await paths.ReplaceAsync(value).ConfigureAwait(false))
                    title = Take;
            foreach (var (parameter, _, write) in ForgottenKeys.Of(context.Model).In(context.Model.SemanticsOf(tree), context.CallDepth, context.Cancellation))
                if (own.Any(diagnostic => diagnostic.Location.SourceSpan == parameter.Span)
                    && await paths.AddAsync(write.Effect.Witness.Steps[write.Effect.Witness.Steps.Length - 1].Site, write.Effect.Entry).ConfigureAwait(false))
                    title = Send;
        }

        return paths.Apply() is { } document ? new Edit(document, diagnostics.Length == 1 ? title : null) : null;
    }

    // The values that cannot be made before all attempts by this function.
    private static List<ExpressionSyntax> MakeOutside(IEnumerable<Diagnostic> diagnostics, FixContext context, NodeEdits edits, Statements added)
    {
        var left = new List<ExpressionSyntax>();
        var habits = FileHabits.Of(context.Root);
        var names = new FreshNames();
        foreach (var diagnostic in diagnostics)
            if (context.Root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true) is ExpressionSyntax value
                && RetriedUnits.Of(context.Model).Around(value, context.CallDepth, context.Cancellation) is { } unit)
            {
                // The whole text that the key is made as, as far as it is made of nothing else.
                var made = value;
                while (made.Parent is MemberAccessExpressionSyntax { Parent: InvocationExpressionSyntax { ArgumentList.Arguments: var arguments } call } access && access.Expression == made && arguments.All(a => a.Expression is LiteralExpressionSyntax))
                    made = call;
                if (unit is not { Repeated: { } retried, Start: { } start } || IsRunAgain(start, context))
                    left.Add(made);
                else if (IsMadeOncePerAttempt(value, retried) && names.For(value, "key", "idempotencyKey", "operationKey") is { } name)
                    MakeOutside(made, start, name, context, edits, habits, added);
            }

        return left;
    }

    // By whoever calls the function that the attempts are made in.
    private static bool IsRunAgain(SyntaxNode start, FixContext context) =>
        start.FirstAncestorOrSelf<MethodDeclarationSyntax>() is { } method
        && ((SyntaxNode?)method.Body ?? method.ExpressionBody?.Expression) is { } body
        && RetriedUnits.Of(context.Model).Around(body, context.CallDepth, context.Cancellation) != null;

    private static void MakeOutside(ExpressionSyntax made, SyntaxNode start, string name, FixContext context, NodeEdits edits, FileHabits habits, Statements added)
    {
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
