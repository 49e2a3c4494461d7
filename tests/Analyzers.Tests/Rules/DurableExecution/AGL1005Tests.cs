using AgentLint.Rules.DurableExecution;
using Xunit;
using static Microsoft.CodeAnalysis.DiagnosticSeverity;

namespace AgentLint.Tests.Rules.DurableExecution;

/// <summary>Activities that cost something and are repeated without a limit.</summary>
public sealed class AGL1005Tests
{
    internal const string Asks = "return model.GetResponseAsync(order).ContinueWith(answer => answer.Result.Text);";
    private const string Sends = "return http.PostAsync(\"orders\", new StringContent(order)).ContinueWith(_ => order);";

    [Theory]
    [InlineData("StartToCloseTimeout = TimeSpan.FromMinutes(1)")]
    [InlineData("StartToCloseTimeout = TimeSpan.FromMinutes(1), RetryPolicy = new RetryPolicy { InitialInterval = TimeSpan.FromSeconds(2) }")]
    [InlineData("StartToCloseTimeout = TimeSpan.FromMinutes(1), RetryPolicy = new RetryPolicy { MaximumAttempts = 0 }")]
    public Task Activity_that_asks_a_model(string options) =>
        Temporal(options, Asks)
            .Expect(Warning, "'Shop.ShipAsync' is retried for as long as it fails, and each attempt asks a model with 'IChatClient.GetResponseAsync'; set a maximum number of attempts or a schedule-to-close timeout")
            .RunAsync();

    // The options are where a limit is set.
    [Fact]
    public Task Options_are_a_further_location()
    {
        const string options = "StartToCloseTimeout = TimeSpan.FromMinutes(1)";
        var program = Program(options, Asks.Replace("model.GetResponseAsync(order)", "{|#1:model.GetResponseAsync(order)|}", StringComparison.Ordinal))
            .Replace($"new ActivityOptions {{ {options} }}", $"{{|#2:new ActivityOptions {{ {options} }}|}}", StringComparison.Ordinal);
        return new RuleTest<AGL1005_UnlimitedActivityRetry>(program).Reference(Library.Temporal)
            .ExpectPath(Warning, "'Shop.ShipAsync' is retried for as long as it fails, and each attempt asks a model with 'IChatClient.GetResponseAsync'; set a maximum number of attempts or a schedule-to-close timeout", 0, 1, 2)
            .RunAsync();
    }

    [Fact]
    public Task Activity_that_writes() =>
        Temporal("StartToCloseTimeout = TimeSpan.FromMinutes(1)", Sends)
            .Expect(Info, "'Shop.ShipAsync' is retried for as long as it fails, and each attempt writes with 'HttpClient.PostAsync'; set a maximum number of attempts or a schedule-to-close timeout")
            .RunAsync();

    [Theory]
    [InlineData("StartToCloseTimeout = TimeSpan.FromMinutes(1), RetryPolicy = new RetryPolicy { MaximumAttempts = 3 }", Asks)]
    [InlineData("ScheduleToCloseTimeout = TimeSpan.FromMinutes(5)", Asks)]
    [InlineData("StartToCloseTimeout = TimeSpan.FromMinutes(1)", "return Task.FromResult(order.Trim());")]
    public Task Limited_or_free_of_cost(string options, string activity) => Temporal(options.Replace("{|#0:", "", StringComparison.Ordinal), activity).RunAsync();

    [Theory]
    [InlineData("var left = order.Length; if (left == 0) throw new InvalidOperationException(order); return Task.FromResult(order);", "throws the same 'InvalidOperationException'")]
    [InlineData("var left = order.Length; if (left == 0) { throw new ArgumentException(order); } return Task.FromResult(order);", "throws the same 'ArgumentException'")]
    [InlineData("return Task.FromResult(Reserve(order)); static string Reserve(string order) { var left = order.Length; if (left == 0) throw new InvalidOperationException(); return order; }", "throws the same 'InvalidOperationException' (Shop.ShipAsync → Reserve)")]
    public Task Activity_that_refuses_its_input(string activity, string what) =>
        Temporal("StartToCloseTimeout = TimeSpan.FromMinutes(1)", activity)
            .Expect(Info, $"'Shop.ShipAsync' is retried for as long as it fails, and each attempt {what}; set a maximum number of attempts or a schedule-to-close timeout")
            .RunAsync();

    [Theory]
    // The engine is told that it is final, by the policy or by the exception.
    [InlineData("StartToCloseTimeout = TimeSpan.FromMinutes(1), RetryPolicy = new RetryPolicy { NonRetryableErrorTypes = new[] { \"InvalidOperationException\" } }", "var left = order.Length; if (left == 0) throw new InvalidOperationException(order); return Task.FromResult(order);")]
    [InlineData("StartToCloseTimeout = TimeSpan.FromMinutes(1)", "var left = order.Length; if (left == 0) throw new Temporalio.Exceptions.ApplicationFailureException(order, nonRetryable: true); return Task.FromResult(order);")]
    // The next attempt may end otherwise.
    [InlineData("StartToCloseTimeout = TimeSpan.FromMinutes(1)", "var left = order.Length; if (left == 0) throw new TimeoutException(order); return Task.FromResult(order);")]
    // It does not leave the activity, or says that a case was forgotten.
    [InlineData("StartToCloseTimeout = TimeSpan.FromMinutes(1)", "try { var left = order.Length; if (left == 0) throw new InvalidOperationException(order); } catch (InvalidOperationException) { } return Task.FromResult(order);")]
    [InlineData("StartToCloseTimeout = TimeSpan.FromMinutes(1)", "return Task.FromResult(order switch { \"\" => throw new InvalidOperationException(order), _ => order });")]
    [InlineData("StartToCloseTimeout = TimeSpan.FromMinutes(1), RetryPolicy = new RetryPolicy { MaximumAttempts = 3 }", "var left = order.Length; if (left == 0) throw new InvalidOperationException(order); return Task.FromResult(order);")]
    // The caller's mistake, which no run makes that was tested.
    [InlineData("StartToCloseTimeout = TimeSpan.FromMinutes(1)", "if (order.Length == 0) throw new InvalidOperationException(order); return Task.FromResult(order);")]
    public Task Refusal_that_is_final_or_passing(string options, string activity) => Temporal(options, activity.Replace("{|#0:", "", StringComparison.Ordinal)).RunAsync();

    private static RuleTest<AGL1005_UnlimitedActivityRetry> Temporal(string options, string activity) =>
        new RuleTest<AGL1005_UnlimitedActivityRetry>(Program(options, activity)).Reference(Library.Temporal);

    internal static string Program(string options, string activity) =>
        ("""
        using System;
        using System.Net.Http;
        using System.Threading.Tasks;
        using Microsoft.Extensions.AI;

        """ + TemporalProgram.Of($"return await Workflow.{{|#0:ExecuteActivityAsync|}}((Shop shop) => shop.ShipAsync(order), new ActivityOptions {{ {options} }});", "", "", activity))
        .Replace("public class Shop\n", "public class Shop(IChatClient model, HttpClient http)\n", StringComparison.Ordinal);
}
