using System.Collections.Immutable;
using System.Composition;
using AgentLint.Analysis.Retries;
using AgentLint.Analysis.Writes;
using AgentLint.Catalogue;
using AgentLint.Editing;
using AgentLint.Rules.Idempotency;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Fixes.Idempotency;

/// <summary>Gives all attempts one key, or has a client's handler leave alone what must not be sent twice.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AGL0103Fix_KeepKeyOrVerb)), Shared]
public sealed class AGL0103Fix_KeepKeyOrVerb() : AgentCodeFix(AGL0103_RetriedSideEffect.Rule, "Do it once, however often it is tried")
{
    private protected override Task<Edit?> EditAsync(FixContext context, ImmutableArray<Diagnostic> diagnostics)
    {
        var edits = new NodeEdits();
        var names = new TypeNames(context);
        var places = new KeyPlaces(context, edits);
        var passing = new KeyPassing(context, edits, names);
        var scopes = RetryScopes.Of(context.Model, context.CallDepth, context.Cancellation);
        foreach (var found in new RetriedWrites(context.Model, context.CallDepth, context.Cancellation).In(context.Root.SyntaxTree).ToList())
        {
            var site = found.Write.Effect.Witness.Steps[0].Site;
            if (!diagnostics.Any(diagnostic => diagnostic.Location.SourceSpan == found.Site.SourceSpan))
                continue;
            if (found.From != null)
            {
                if (!found.Behind && context.Root.FindNode(found.Site.SourceSpan) is SimpleNameSyntax { Parent: MemberAccessExpressionSyntax { Parent: InvocationExpressionSyntax add } })
                    DisableForUnsafe(add, context, edits);
            }
            else if (found.Write.Effect.Witness.Steps.Length == 1
                && context.Semantics.GetOperation(site, context.Cancellation) is IInvocationOperation call
                && scopes.Around(site).FirstOrDefault() is { } scope
                && StatementAround(scope, site) is { } statement
                && KeyFor(statement, site, context, names) is { } expression
                && places.Declare(statement, expression) is { } key)
                passing.Pass(call, found.Write.Effect.Entry, key);
        }

        return Task.FromResult<Edit?>(edits.IsEmpty ? null : new Edit(context.Document.WithSyntaxRoot(names.AddImports(edits.Apply(context.Root), FileHabits.Of(context.Root).EndOfLine))));
    }

    // The statement that all attempts are made in, of the same function; several operations of an attempt want several keys.
    private static StatementSyntax? StatementAround(RetryScope scope, SyntaxNode site)
    {
        var unit = scope.Layers[0].Site is StatementSyntax loop && loop.Contains(scope.Body) ? loop : scope.Body.FirstAncestorOrSelf<ArgumentSyntax>()?.FirstAncestorOrSelf<StatementSyntax>();
        if (unit is not { Parent: BlockSyntax }
            || site.Ancestors().TakeWhile(node => node != scope.Body && node != unit).Any(node => Functions.IsFunction(node) || IsLoop(node))
            || (!IsLoop(unit) && scope.Body.Ancestors().TakeWhile(node => node != unit).Any(Functions.IsFunction)))
            return null;
        return unit;
    }

    private static bool IsLoop(SyntaxNode node) => node is CommonForEachStatementSyntax or ForStatementSyntax or WhileStatementSyntax or DoStatementSyntax;

    // What is itself run again makes its key of what its framework gives it.
    private static string? KeyFor(StatementSyntax statement, SyntaxNode site, FixContext context, TypeNames names)
    {
        if (RetriedUnits.Of(context.Model).Around(statement, context.Settings.CallDepth, context.Cancellation) == null)
            return TaskTypes.Find(context.Semantics.Compilation, "System.Guid") is { } guid ? names.Spell(guid, site.SpanStart) + ".NewGuid().ToString()" : null;
        if (context.Semantics.GetEnclosingSymbol(statement.SpanStart, context.Cancellation) is not IMethodSymbol root || KeySources.Of(root, context.Model, context.Cancellation) is not var (expression, type))
            return null;
        return type == null ? expression : expression.Replace("@", names.Spell(type, site.SpanStart));
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
