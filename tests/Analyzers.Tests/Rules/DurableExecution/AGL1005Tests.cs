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
