using System.Collections.Immutable;
using AgentLint.Analysis;
using AgentLint.Analysis.Branches;
using AgentLint.Editing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Fixes.SharedState;

/// <summary>What the fixes of AGL0706 ask of the code of branches.</summary>
internal static class BranchCode
{
    /// <summary>The reported changes, as far as all of them stand in this document.</summary>
    public static IEnumerable<ConcurrentChange> Reported(FixContext context, ImmutableArray<Diagnostic> diagnostics) =>
        BranchFindings.Of(context.Model).ChangesIn(context.Semantics, context.Cancellation)
            .Where(found => diagnostics.Any(d => d.Location.SourceSpan == found.Changes[0].Site.Span)
                && found.Changes.All(change => change.Step.Operation.Syntax.SyntaxTree == context.Root.SyntaxTree && change.Site == change.Step.Operation.Syntax));

    /// <summary>The statement that an expression is, or the lambda that consists of it; null where its value is used.</summary>
    public static SyntaxNode? Whole(SyntaxNode expression) => expression.Parent switch
    {
        ExpressionStatementSyntax statement => statement,
        AnonymousFunctionExpressionSyntax lambda when lambda.Body == expression => lambda,
        ArrowExpressionClauseSyntax { Parent: LocalFunctionStatementSyntax function } => function,
        _ => null,
    };
}
