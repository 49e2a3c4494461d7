using AgentLint.Fixes.DurableExecution;
using AgentLint.Rules.DurableExecution;
using Xunit;

namespace AgentLint.Tests.Rules.DurableExecution;

/// <summary>The attempts of an activity get a limit, in the policy that is there or in a new one.</summary>
public sealed class AGL1005FixTests
{
    [Theory]
    [InlineData("StartToCloseTimeout = TimeSpan.FromMinutes(1)", "StartToCloseTimeout = TimeSpan.FromMinutes(1), RetryPolicy = new() { MaximumAttempts = 5 }")]
    [InlineData("StartToCloseTimeout = TimeSpan.FromMinutes(1), RetryPolicy = new RetryPolicy { MaximumAttempts = 0 }", "StartToCloseTimeout = TimeSpan.FromMinutes(1), RetryPolicy = new RetryPolicy { MaximumAttempts = 5 }")]
    [InlineData("RetryPolicy = new RetryPolicy { InitialInterval = TimeSpan.FromSeconds(2) }", "RetryPolicy = new RetryPolicy { InitialInterval = TimeSpan.FromSeconds(2), MaximumAttempts = 5 }")]
    public Task Number_of_attempts_is_set(string options, string fixedOptions) =>
        new FixTest<AGL1005_UnlimitedActivityRetry, AGL1005Fix_LimitAttempts>(
            AGL1005Tests.Program(options, AGL1005Tests.Asks).Replace("Workflow.{|#0:ExecuteActivityAsync|}", "Workflow.[|ExecuteActivityAsync|]", StringComparison.Ordinal),
            AGL1005Tests.Program(fixedOptions, AGL1005Tests.Asks).Replace("{|#0:ExecuteActivityAsync|}", "ExecuteActivityAsync", StringComparison.Ordinal)).Reference(Library.Temporal)
            .RunAsync("Limit the activity to five attempts");
}
