using System.Collections.Immutable;
using System.Composition;
using AgentLint.Analysis.Writes;
using AgentLint.Catalogue;
using AgentLint.Editing;
using AgentLint.Rules.Idempotency;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Fixes.Idempotency;

/// <summary>Gives all attempts one key, or has a client's handler leave alone what must not be sent twice.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AGL0103Fix_KeepKeyOrVerb)), Shared]
public sealed class AGL0103Fix_KeepKeyOrVerb() : AgentCodeFix(AGL0103_RetriedSideEffect.Rule, "Make the operation safe to retry", acrossDocuments: true)
{
    private protected override async Task<Edit?> EditAsync(FixContext context, ImmutableArray<Diagnostic> diagnostics)
    {
        var paths = new KeyPaths(context);
        foreach (var tree in diagnostics.Select(diagnostic => diagnostic.Location.SourceTree).OfType<SyntaxTree>().Distinct())
            foreach (var found in new RetriedWrites(context.Model, context.CallDepth, context.Cancellation).In(tree).ToList())
                if (!diagnostics.Any(diagnostic => diagnostic.Location.SourceTree == tree && diagnostic.Location.SourceSpan == found.Site.SourceSpan))
                    continue;
                else if (found.From == null)
                    await paths.AddAsync(found.Write.Effect.Witness.Steps[found.Write.Effect.Witness.Steps.Length - 1].Site, found.Write.Effect.Entry).ConfigureAwait(false);
                else
                    await paths.EditAsync(tree, (file, edits, _, names) => Disable(found, file, edits, names)).ConfigureAwait(false);
        return paths.Apply() is { } document ? new Edit(document) : null;
    }

    private static void Disable(RetriedWrite found, FixContext context, NodeEdits edits, TypeNames names)
    {
        // The extension may stand in a namespace that the file does not import.
        foreach (var entry in context.Model.Catalogue.Of(CatalogueRole.RetryOff))
            if (entry["verbs"] == "unsafe" && context.Model.TypesOf(entry).FirstOrDefault() is { } extensions)
                names.Import(extensions.ContainingNamespace, found.Site.SourceSpan.Start);
        if (context.Root.FindNode(found.Site.SourceSpan) is SimpleNameSyntax { Parent: MemberAccessExpressionSyntax { Parent: InvocationExpressionSyntax add } })
            DisableForUnsafe(add, context, edits);
    }

    // AddStandardResilienceHandler(options => options.Retry.DisableForUnsafeHttpMethods()), or before the options are given to AddRetry.
    private static void DisableForUnsafe(InvocationExpressionSyntax add, FixContext context, NodeEdits edits)
    {
        const string Disable = "DisableForUnsafeHttpMethods";
        if (add.ArgumentList.Arguments.Count == 0)
        {
            edits.Add(add, node => ((InvocationExpressionSyntax)node).WithArgumentList(SyntaxFactory.ParseArgumentList($"(options => options.Retry.{Disable}())").WithTrailingTrivia(((InvocationExpressionSyntax)node).ArgumentList.GetTrailingTrivia())));
            return;
        }

        // options => { options.Retry.MaxRetryAttempts = 5; }
        if (add.ArgumentList.Arguments.Count > 0 && add.ArgumentList.Arguments[add.ArgumentList.Arguments.Count - 1].Expression is SimpleLambdaExpressionSyntax { Block: { } body } configure
            && context.Semantics.GetSymbolInfo(configure, context.Cancellation).Symbol is IMethodSymbol { Parameters: [{ } given] }
            && given.Type.GetMembers("Retry").Any(member => member is IPropertySymbol))
        {
            var line = FileHabits.Of(add.SyntaxTree.GetRoot()).EndOfLine;
            var indentation = body.Statements.FirstOrDefault() is { } first && FileHabits.IsFirstOnLine(first.GetFirstToken()) ? FileHabits.IndentationOf(first.GetFirstToken()) : default;
            edits.AddLast(body, node => indentation == default
                ? ((BlockSyntax)node).AddStatements(SyntaxFactory.ParseStatement($"{given.Name}.Retry.{Disable}(); "))
                : ((BlockSyntax)node).AddStatements(SyntaxFactory.ParseStatement($"{given.Name}.Retry.{Disable}();").WithLeadingTrivia(indentation).WithTrailingTrivia(line)));
            return;
        }

        foreach (var lambda in add.ArgumentList.Arguments.Select(argument => argument.Expression).OfType<LambdaExpressionSyntax>())
            foreach (var retry in lambda.DescendantNodes().OfType<InvocationExpressionSyntax>())
                if (retry is { Expression: MemberAccessExpressionSyntax, ArgumentList.Arguments: [{ Expression: BaseObjectCreationExpressionSyntax options } argument], Parent: ExpressionStatementSyntax { Parent: BlockSyntax block } statement }
                    && context.Model.Find(context.Semantics.GetSymbolInfo(retry, context.Cancellation).Symbol, CatalogueRole.Retry) != null
                    && NewNames.Unused(statement, "retry", "retryOptions", "unsafeRetry") is { } name)
                {
                    var indentation = FileHabits.IndentationOf(statement.GetFirstToken()).ToFullString();
                    var line = FileHabits.Of(add.SyntaxTree.GetRoot()).EndOfLine;
                    edits.Add(argument, node => SyntaxFactory.Argument(SyntaxFactory.IdentifierName(name)).WithTriviaFrom(node));
                    edits.AddLast(block, node =>
                    {
                        var now = (BlockSyntax)node;
                        var index = block.Statements.IndexOf(statement);
                        var first = SyntaxFactory.ParseStatement($"var {name} = {options};").WithLeadingTrivia(statement.GetLeadingTrivia()).WithTrailingTrivia(line);
                        var second = SyntaxFactory.ParseStatement($"{indentation}{name}.{Disable}();").WithTrailingTrivia(line);
                        var next = now.Statements[index];
                        return now.WithStatements(now.Statements.Replace(next, next.WithLeadingTrivia(FileHabits.IndentationOf(statement.GetFirstToken()))).InsertRange(index, [first, second]));
                    });
                }
                else if (lambda.Body is BlockSyntax)
                    continue;
    }
}
