using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Loops;

/// <summary>How long a delay is.</summary>
internal static class Delays
{
    /// <summary>Whether a time, or what a delegate computes as one, is none at all, as far as the source shows.</summary>
    public static bool IsNothing(IOperation time, AgentModel model, CancellationToken cancellation)
    {
        var sources = new ValueSources(model, cancellation).Of(time);
        return sources.Count > 0 && sources.All(IsNothing);
    }

    private static bool IsNothing(IOperation time) => time switch
    {
        IFieldReferenceOperation { Field: { Name: "Zero", ContainingType.Name: "TimeSpan" } } => true,
        // TimeSpan.FromSeconds(0)
        IInvocationOperation { TargetMethod: { IsStatic: true, ContainingType.Name: "TimeSpan" }, Arguments: { IsEmpty: false } amounts } => amounts.All(amount => amount.Value.Unwrap().ConstantValue is { HasValue: true, Value: 0 or 0L or 0d }),
        IDefaultValueOperation { Type.Name: "TimeSpan" } => true,
        IAnonymousFunctionOperation computed => ValueSources.ReturnedIn(computed.Body).ToList() is { Count: > 0 } results && results.All(result => IsNothing(result.Unwrap())),
        _ => time.ConstantValue is { HasValue: true, Value: 0 },
    };
}
