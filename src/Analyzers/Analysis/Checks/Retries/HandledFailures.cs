using AgentLint.Analysis.Loops;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Checks.Retries;

/// <summary>What the retries of policies and pipelines handle, where their predicates name it.</summary>
internal sealed class HandledFailures(AgentModel model, SemanticModel semantics, CancellationToken cancellation)
{
    private const int Unauthorized = 401;

    private static readonly int[] Passing = [408, 429, 500, 502, 503, 504];
    private static readonly (int Status, string Name)[] Refusals = [(400, "400 Bad Request"), (401, "401 Unauthorized"), (403, "403 Forbidden"), (422, "422 Unprocessable Content")];

    /// <summary>The permanent failure that a predicate of a retry takes; null where it takes none.</summary>
    public PermanentFailure? At(CatalogueUse use)
    {
        if (semantics.OperationOf(use.Name, cancellation) is not IInvocationOperation predicate || RetryPolicies.BuiltWith(predicate.Syntax, model, semantics, cancellation) is not { } policy)
            return null;
        var filter = predicate.Arguments.Select(argument => argument.Value.Unwrap()).OfType<IAnonymousFunctionOperation>().FirstOrDefault();
        if (filter == null)
            return predicate.TargetMethod.TypeArguments.OfType<INamedTypeSymbol>().FirstOrDefault(type => model.EntriesOf(type).Any(entry => entry.Role == CatalogueRole.Failure && entry["kind"] == "permanent")) is { } named
                ? Made($"'{named.Name}'")
                : null;
        if (filter.Body.Operations.FirstOrDefault() is not IReturnOperation { ReturnedValue: { } condition })
            return null;
        var refused = Refusals.Where(refusal => Takes(condition, refusal.Status)).ToList();
        // A refusal alone is answered by a new token, which is fetched between the attempts.
        return refused.Count == 0
            || (refused.Count == 1 && refused[0].Status == Unauthorized && !Passing.Any(status => Takes(condition, status)) && ActsBetweenAttempts(policy))
                ? null
                : Made(refused[0].Name);

        PermanentFailure Made(string what) => new(Permanence.Status, what, "Work under this policy", use.Name.GetLocation(), []);
    }

    // onRetry: (failure, wait) => …, OnRetry = _ => …: a delegate that gives back nothing, beside those that give back a delay or a decision.
    private static bool ActsBetweenAttempts(IOperation policy)
    {
        var values = policy switch
        {
            IInvocationOperation call => call.Arguments.Where(argument => argument.ArgumentKind == ArgumentKind.Explicit).Select(argument => argument.Value),
            IObjectCreationOperation { Initializer: { } initializer } => initializer.Initializers.OfType<ISimpleAssignmentOperation>().Select(setter => setter.Value),
            _ => [],
        };
        return values.Any(value => value.Type is INamedTypeSymbol { DelegateInvokeMethod: { } invoke } && invoke.GivesNothing());
    }

    private bool Takes(IOperation condition, int status)
    {
        var conditions = new Conditions(model, semantics, new Situation(status), cancellation);
        return conditions.Holds(condition) == true && conditions.ComparesStatus;
    }
}
