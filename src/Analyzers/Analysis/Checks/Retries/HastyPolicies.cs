using AgentLint.Analysis.Loops;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Checks.Retries;

/// <summary>A policy or pipeline whose attempts follow each other at once.</summary>
/// <param name="TakesAll">Whether it retries every exception.</param>
internal sealed record HastyPolicies(bool TakesAll)
{
    /// <summary>The policy that a use builds; null where it waits, tries but once more, or where that is not shown.</summary>
    public static HastyPolicies? Of(CatalogueUse use, AgentModel model, SemanticModel semantics, CancellationToken cancellation)
    {
        if (use.Entry.Has("settings") || semantics.OperationOf(use.Name, cancellation) is not IInvocationOperation call)
            return null;
        var settings = RetrySettings.Of(call, use.Entry, model, cancellation);
        // Once more is a choice; without an end is another fault.
        if (settings.Retries is not (> 1 and < RetryLayer.Unlimited))
            return null;
        // RetryAsync(5), AddRetry(new RetryStrategyOptions { Delay = TimeSpan.Zero })
        if (settings.Backoff != Backoff.None && (settings.Delay is not { } delay || !Delays.IsNothing(delay, model, cancellation)))
            return null;
        return new HastyPolicies(settings.Handles == null && PredicatesOf(call, model).All(TakesEverything));
    }

    // Policy.Handle<E>().Or<F>().RetryAsync(5)
    private static IEnumerable<IInvocationOperation> PredicatesOf(IInvocationOperation policy, AgentModel model)
    {
        for (var link = policy.Receiver() as IInvocationOperation; link != null; link = link.Receiver() as IInvocationOperation)
            if (model.Find(link.TargetMethod, CatalogueRole.FailurePredicate) != null)
                yield return link;
    }

    private static bool TakesEverything(IInvocationOperation predicate) =>
        predicate.TargetMethod.Parameters.IsEmpty && predicate.TargetMethod.TypeArguments.Any(ExceptionTypes.IsAny);
}
