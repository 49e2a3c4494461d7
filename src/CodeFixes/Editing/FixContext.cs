using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Editing;

/// <summary>What a fix works with: a document as it is, and the same model that the rules ask.</summary>
internal sealed record FixContext(Document Document, SyntaxNode Root, SemanticModel Semantics, AgentModel Model, CancellationToken Cancellation)
{
    /// <summary>How many calls a chain may follow, as the rules see it.</summary>
    public int CallDepth => Settings.CallDepth;

    /// <summary>What the file's configuration says, as the rules see it.</summary>
    public RuleSettings Settings => new(Document.Project.AnalyzerOptions.AnalyzerConfigOptionsProvider.GetOptions(Root.SyntaxTree));

    /// <summary>A statement of the file's language version.</summary>
    public StatementSyntax Statement(string text) => SyntaxFactory.ParseStatement(text, options: Root.SyntaxTree.Options);

    /// <summary>An expression of the file's language version.</summary>
    public ExpressionSyntax Expression(string text) => SyntaxFactory.ParseExpression(text, options: Root.SyntaxTree.Options);

    public static async Task<FixContext?> CreateAsync(Document document, CancellationToken cancellation) =>
        await document.GetSyntaxRootAsync(cancellation).ConfigureAwait(false) is { } root
        && await document.GetSemanticModelAsync(cancellation).ConfigureAwait(false) is { } semantics
        && AgentModel.TryGet(semantics.Compilation, document.Project.AnalyzerOptions, cancellation) is { } model
            ? new FixContext(document, root, semantics, model, cancellation)
            : null;
}
