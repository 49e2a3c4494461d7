using AgentLint.Analysis.Loops;
using AgentLint.Analysis.Writes;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Checks.DurableExecution;

/// <summary>An activity that its engine repeats for as long as it fails.</summary>
/// <param name="Activity">The activity.</param>
/// <param name="Effect">What each attempt does that costs.</param>
internal sealed record UnlimitedActivity(IMethodSymbol Activity, Effect Effect);

/// <summary>Finds scheduled activities without a bound on their attempts whose attempts cost something.</summary>
internal sealed class UnlimitedActivities(AgentModel model, int depth, CancellationToken cancellation)
{
    private readonly HostedRetries retries = new(model, new RetryPolicies(model, cancellation), cancellation);

    /// <summary>The activity that a call schedules without a bound; null where it has one, or where an attempt costs nothing.</summary>
    public UnlimitedActivity? At(IInvocationOperation call, CatalogueEntry entry) =>
        retries.LayerOf(call, entry) is { Tries: RetryLayer.Unlimited }
        && !HasTotalTimeout(call)
        && ActivityCalls.Of(model).TargetOf(call, cancellation) is { } activity
        && CostOf(activity) is { } effect
            ? new UnlimitedActivity(activity, effect)
            : null;

    private Effect? CostOf(IMethodSymbol activity) =>
        EffectSummaries.Of(model).Of(activity, depth, cancellation).First(entry => entry.AsksModelOrAgent())
        ?? UnkeyedWrites.Of(model).In(activity, depth, cancellation).FirstOrDefault()?.Effect;

    // A deadline over all attempts ends them as well as a number does.
    private bool HasTotalTimeout(IInvocationOperation call)
    {
        foreach (var argument in call.Arguments)
            if (argument.ArgumentKind != ArgumentKind.DefaultValue)
                foreach (var source in new ValueSources(model, cancellation).Of(argument.Value))
                    if (source is IObjectCreationOperation { Initializer: { } initializer })
                        foreach (var setter in initializer.Initializers.OfType<ISimpleAssignmentOperation>())
                            if (setter.Target is IPropertyReferenceOperation { Property: var property } && model.Find(property, CatalogueRole.Timeout)?.Has("total") == true)
                                return true;
        return false;
    }
}
