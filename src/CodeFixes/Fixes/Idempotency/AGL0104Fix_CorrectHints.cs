using System.Collections.Immutable;
using System.Composition;
using AgentLint.Analysis.Writes;
using AgentLint.Editing;
using AgentLint.Model;
using AgentLint.Rules.Idempotency;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Fixes.Idempotency;

/// <summary>Sets a tool's hints to what its code shows.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AGL0104Fix_CorrectHints)), Shared]
public sealed class AGL0104Fix_CorrectHints() : AgentCodeFix(AGL0104_MisdeclaredToolContract.Rule, "Correct the declared hints")
{
    private protected override Task<Edit?> EditAsync(FixContext context, ImmutableArray<Diagnostic> diagnostics)
    {
        var spans = diagnostics.Select(diagnostic => diagnostic.Location.SourceSpan).ToImmutableHashSet();
        var values = ToolContracts.Of(context.Model).In(context.Semantics, context.Cancellation)
            .Where(contract => contract.Hints.Any(hint => spans.Contains(hint.Site.Span)))
            .SelectMany(contract => BrokenPromises.Of(contract, context.Model, context.CallDepth, context.Cancellation))
            .ToDictionary(broken => broken.Hint.Site.Expression, broken => broken.Hint.Value);
        var root = context.Root.ReplaceNodes(
            values.Keys,
            (value, _) => SyntaxFactory.LiteralExpression(values[value] ? SyntaxKind.FalseLiteralExpression : SyntaxKind.TrueLiteralExpression).WithTriviaFrom(value));
        return Task.FromResult<Edit?>(values.Count == 0 ? null : new Edit(context.Document.WithSyntaxRoot(root)));
    }
}
