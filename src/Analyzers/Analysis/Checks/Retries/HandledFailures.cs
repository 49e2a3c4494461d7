using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Checks.Retries;

/// <summary>What the retries of policies and pipelines handle, where their predicates name it.</summary>
internal sealed class HandledFailures(AgentModel model, SemanticModel semantics, CancellationToken cancellation)
{
    private static readonly (int Status, string Name)[] Refusals = [(400, "400 Bad Request"), (401, "401 Unauthorized"), (403, "403 Forbidden"), (422, "422 Unprocessable Content")];

    /// <summary>The permanent failure that a predicate of a retry takes; null where it takes none.</summary>
    public PermanentFailure? At(CatalogueUse use)
    {
        if (semantics.OperationOf(use.Name, cancellation) is not IInvocationOperation predicate || !IsOfRetry(predicate.Syntax))
            return null;
        var filter = predicate.Arguments.Select(argument => argument.Value.Unwrap()).OfType<IAnonymousFunctionOperation>().FirstOrDefault();
        if (filter == null)
            return predicate.TargetMethod.TypeArguments.OfType<INamedTypeSymbol>().FirstOrDefault(type => model.EntriesOf(type).Any(entry => entry.Role == CatalogueRole.Failure && entry["kind"] == "permanent")) is { } named
                ? Made($"'{named.Name}'")
                : null;
        if (filter.Body.Operations.FirstOrDefault() is not IReturnOperation { ReturnedValue: { } condition })
            return null;
        foreach (var (status, name) in Refusals)
        {
            var conditions = new Conditions(model, semantics, new Situation(status), cancellation);
            if (conditions.Holds(condition) == true && conditions.ComparesStatus)
                return Made(name);
        }

        return null;

        PermanentFailure Made(string what) => new(Permanence.Status, what, "The work", use.Name.GetLocation(), []);
    }

    // Policy.Handle<E>().Or<F>().WaitAndRetryAsync(…); new RetryStrategyOptions { ShouldHandle = new PredicateBuilder().Handle<E>() }
    private bool IsOfRetry(SyntaxNode predicate)
    {
        for (var node = predicate.Parent; node is not null and not (StatementSyntax or MemberDeclarationSyntax); node = node.Parent)
            switch (node)
            {
                case InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name: var name } member } when member.Span.Contains(predicate.Span):
                    if (model.Find(semantics.GetSymbolInfo(name, cancellation).Symbol, CatalogueRole.Retry) != null)
                        return true;
                    break;
                case BaseObjectCreationExpressionSyntax created:
                    return semantics.GetSymbolInfo(created, cancellation).Symbol is { } constructor && model.Find(constructor, CatalogueRole.Retry) != null;
                case AnonymousFunctionExpressionSyntax:
                    return false;
            }

        return false;
    }
}
