using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Failures;

/// <summary>A policy or pipeline whose attempts follow each other at once.</summary>
/// <param name="TakesAll">Whether it retries every exception.</param>
internal sealed record HastyPolicies(bool TakesAll)
{
    /// <summary>The policy that a use builds; null where it waits, tries but once more, or where that is not shown.</summary>
    public static HastyPolicies? Of(CatalogueUse use, SemanticModel semantics, CancellationToken cancellation)
    {
        if (semantics.OperationOf(use.Name, cancellation) is not IInvocationOperation policy)
            return null;
        // RetryAsync(5): nothing waits. Once more is a choice; without an end is another fault.
        if (use.Entry["backoff"] == "none" && !use.Entry.Has("forever"))
            return policy.Arguments.FirstOrDefault(argument => argument.Parameter?.Name == use.Entry["attempts-in"]) is { Value: var count }
                && count.Unwrap().ConstantValue is { HasValue: true, Value: > 1 and < int.MaxValue }
                    ? new HastyPolicies(IsOfAll(policy))
                    : null;
        // AddRetry(new RetryStrategyOptions { Delay = TimeSpan.Zero })
        if (policy.Arguments.Select(argument => argument.Value.Unwrap()).OfType<IObjectCreationOperation>().FirstOrDefault() is not { Initializer: { } settings })
            return null;
        var isHasty = false;
        var takesAll = true;
        foreach (var setting in settings.Initializers.OfType<ISimpleAssignmentOperation>())
            if (setting.Target is IPropertyReferenceOperation { Property.Name: var name })
            {
                isHasty |= name == use.Entry["delay-in"] && setting.Value.Unwrap() is IFieldReferenceOperation { Field: { Name: "Zero", ContainingType.Name: "TimeSpan" } };
                takesAll &= name != "ShouldHandle";
                // A generator says how long.
                if (name == "DelayGenerator" || (name == use.Entry["attempts-in"] && setting.Value.ConstantValue is { HasValue: true, Value: 0 or 1 or int.MaxValue }))
                    return null;
            }

        return isHasty ? new HastyPolicies(takesAll) : null;
    }

    private static bool IsOfAll(IInvocationOperation policy) =>
        policy.Receiver() is IInvocationOperation { TargetMethod: { Name: "Handle", Parameters.Length: 0 } handle } && handle.TypeArguments.FirstOrDefault() is { Name: "Exception" };
}
