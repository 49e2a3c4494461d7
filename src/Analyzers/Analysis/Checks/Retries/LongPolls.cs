using AgentLint.Analysis.Loops;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Analysis.Checks.Retries;

/// <summary>Questions that are asked again only because their own time limit ran out, for as long as the caller wants the answer.</summary>
internal static class LongPolls
{
    /// <summary>Whether a way back is taken after a timeout alone, and not after the caller's token was cancelled.</summary>
    public static bool IsOne(BackPath way, SemanticModel semantics, AgentModel model, CancellationToken cancellation) =>
        way.Handler is CatchClauseSyntax { Declaration.Type: var caught, Filter.FilterExpression: var filter }
        && filter.DescendantNodes().Any(node => node is IdentifierNameSyntax { Identifier.ValueText: nameof(CancellationToken.IsCancellationRequested) })
        && semantics.GetTypeInfo(caught, cancellation).Type is INamedTypeSymbol type
        && model.EntriesOf(type).Any(entry => entry.Role == CatalogueRole.Failure && entry["kind"] == "canceled");
}
