using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Analysis.Checks.Observability;

/// <summary>The sources of spans and measurements that a file makes under constant names.</summary>
internal sealed class EmittedSources(AgentModel model)
{
    private readonly CatalogueQuery calls = model.Query(entry => entry.Role == CatalogueRole.Telemetry);

    public static EmittedSources Of(AgentModel model) => model.Shared(m => new EmittedSources(m));

    public IEnumerable<EmittedSource> In(SemanticModel semantics, CancellationToken cancellation)
    {
        var setup = TelemetrySetup.Of(model);
        var listens = setup.To(SignalKind.Traces).Site != null || setup.To(SignalKind.Metrics).Site != null;
        if (!listens && !(calls.IsMentionedIn(semantics.SyntaxTree, cancellation) && setup.HearsNothing))
            yield break;
        foreach (var use in calls.In(semantics.SyntaxTree, cancellation))
            if (semantics.OperationOf(use.Name, cancellation) is { } operation && TelemetrySetup.SourceOf(operation, use.Entry) is { } source)
                yield return source;
        if (!listens)
            yield break;
        foreach (var creation in semantics.SyntaxTree.GetRoot(cancellation).DescendantNodes().OfType<BaseObjectCreationExpressionSyntax>())
            if (MayMakeSource(creation)
                && semantics.GetSymbolInfo(creation, cancellation).Symbol is { } constructor
                && model.Find(constructor, CatalogueRole.SourceName) is { } entry
                && semantics.GetOperation(creation, cancellation) is { } made
                && TelemetrySetup.SourceOf(made, entry) is { } source)
                yield return source;
    }

    // new(…) takes its type from where it stands: from the declaration around it, as far as the text shows.
    private bool MayMakeSource(BaseObjectCreationExpressionSyntax creation)
    {
        var type = creation switch
        {
            ObjectCreationExpressionSyntax { Type: var written } => written,
            { Parent: EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax { Parent: VariableDeclarationSyntax { Type: var declared } } } } => declared,
            { Parent: EqualsValueClauseSyntax { Parent: PropertyDeclarationSyntax { Type: var declared } } } => declared,
            _ => null,
        };
        return type?.SimpleName() is { } name && model.Catalogue.MembersNamed(ApiCatalogue.ConstructorKey(name)).Any(entry => entry.Role == CatalogueRole.SourceName);
    }
}
