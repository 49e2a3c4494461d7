using System.Collections.Immutable;
using System.Composition;
using AgentLint.Analysis.Branches;
using AgentLint.Catalogue;
using AgentLint.Editing;
using AgentLint.Rules.SharedState;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Fixes.SharedState;

/// <summary>Makes a loop that waits of a call that runs a lambda for each item: <c>foreach</c>, or <c>Parallel.ForEachAsync</c> where several ran at once.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AGL0708Fix_AwaitEach)), Shared]
public sealed class AGL0708Fix_AwaitEach() : AgentCodeFix(AGL0708_AsyncLambdaAsAction.Rule, "Await each item in a 'foreach'")
{
    private const string Together = "Wait for all with 'Parallel.ForEachAsync'";

    private protected override Task<Edit?> EditAsync(FixContext context, ImmutableArray<Diagnostic> diagnostics)
    {
        var habits = FileHabits.Of(context.Root);
        var edits = new NodeEdits();
        var isTogether = true;
        foreach (var late in LateLambdas.Of(context.Model).In(context.Semantics, context.CallDepth, context.Cancellation))
        {
            var lambda = (AnonymousFunctionExpressionSyntax)late.Lambda.Syntax;
            if (!diagnostics.Any(d => d.Location.SourceSpan == lambda.AsyncKeyword.Span)
                || late.Target.Name != "ForEach"
                || late.Call.Syntax is not InvocationExpressionSyntax { Parent: ExpressionStatementSyntax statement, Expression: MemberAccessExpressionSyntax access } call
                || !Functions.IsAsync(Functions.Around(statement))
                || late.Lambda.Symbol.Parameters is not [var parameter]
                || !FileHabits.IsFirstOnLine(statement.GetFirstToken()))
                continue;
            if (context.Model.Find(late.Target, CatalogueRole.RunsDelegate)?.Has("concurrent") == true)
            {
                if (lambda is not (SimpleLambdaExpressionSyntax or ParenthesizedLambdaExpressionSyntax { ParameterList.Parameters: [{ Type: null }] }))
                    continue;
                var token = NewNames.Unused(statement, "_", "token") ?? "__";
                edits.Add(access.Name, node => SyntaxFactory.IdentifierName("ForEachAsync").WithTriviaFrom(node));
                edits.Add(lambda, node => SyntaxFactory.ParseExpression($"async ({parameter.Name}, {token}) {((LambdaExpressionSyntax)node).ArrowToken.ToFullString()}{((LambdaExpressionSyntax)node).Body.ToFullString()}").WithTriviaFrom(node));
                edits.Add(statement, node => context.Statement($"await {node.Expression.WithoutTrivia().ToFullString()}{(habits.ConfiguresAwait ? ".ConfigureAwait(false)" : "")};").WithTriviaFrom(node));
                continue;
            }

            isTogether = false;
            var items = late.Target.IsStatic ? call.ArgumentList.Arguments.FirstOrDefault(argument => argument.Expression != lambda)?.Expression : access.Expression;
            if (items == null || call.ArgumentList.Arguments.Count != (late.Target.IsStatic ? 2 : 1))
                continue;
            var line = habits.EndOfLine.ToString();
            var indentation = FileHabits.IndentationOf(statement.GetFirstToken()).ToFullString();
            var body = lambda.Body is BlockSyntax block
                ? block.ReplaceNodes(Functions.OwnNodes(block).OfType<ReturnStatementSyntax>(), (node, _) => SyntaxFactory.ContinueStatement().WithTriviaFrom(node)).WithoutTrivia().ToFullString()
                : lambda.Body.WithoutTrivia().ToFullString() + ";";
            var loop = $"foreach (var {parameter.Name} in {items.WithoutTrivia().ToFullString()}){line}{indentation}{(lambda.Body is BlockSyntax ? "" : "    ")}{body}";
            edits.Add(statement, node => context.Statement(loop).WithTriviaFrom(node));
        }

        return Task.FromResult(edits.IsEmpty ? null : new Edit(context.Document.WithSyntaxRoot(edits.Apply(context.Root)), isTogether ? Together : null));
    }
}
