using AgentLint.Model;
using Microsoft.CodeAnalysis;

namespace AgentLint.Editing;

/// <summary>What a fix works with: a document as it is, and the same model that the rules ask.</summary>
internal sealed record FixContext(Document Document, SyntaxNode Root, SemanticModel Semantics, AgentModel Model, CancellationToken Cancellation)
{
    /// <summary>How many calls a chain may follow, as the rules see it.</summary>
    public int CallDepth => Settings.CallDepth;

    /// <summary>What the file's configuration says, as the rules see it.</summary>
    public RuleSettings Settings => new(Document.Project.AnalyzerOptions.AnalyzerConfigOptionsProvider.GetOptions(Root.SyntaxTree));

    public static async Task<FixContext?> CreateAsync(Document document, CancellationToken cancellation) =>
        await document.GetSyntaxRootAsync(cancellation).ConfigureAwait(false) is { } root
        && await document.GetSemanticModelAsync(cancellation).ConfigureAwait(false) is { } semantics
        && AgentModel.TryGet(semantics.Compilation, document.Project.AnalyzerOptions, cancellation) is { } model
            ? new FixContext(document, root, semantics, model, cancellation)
            : null;
}
