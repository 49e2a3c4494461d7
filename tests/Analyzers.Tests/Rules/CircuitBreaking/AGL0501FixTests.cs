using AgentLint.Fixes.CircuitBreaking;
using AgentLint.Rules.CircuitBreaking;
using Xunit;

namespace AgentLint.Tests.Rules.CircuitBreaking;

/// <summary>A breaker is added inside the retry, with the retry's predicate where that is built of types.</summary>
public sealed class AGL0501FixTests
{
    [Theory]
    [InlineData(".[|AddRetry|](new RetryStrategyOptions())", ".AddRetry(new RetryStrategyOptions()).AddCircuitBreaker(new CircuitBreakerStrategyOptions())")]
    [InlineData(
        ".[|AddRetry|](new RetryStrategyOptions { ShouldHandle = new PredicateBuilder().Handle<HttpRequestException>() })",
        ".AddRetry(new RetryStrategyOptions { ShouldHandle = new PredicateBuilder().Handle<HttpRequestException>() }).AddCircuitBreaker(new CircuitBreakerStrategyOptions { ShouldHandle = new PredicateBuilder().Handle<HttpRequestException>() })")]
    [InlineData("\n        .[|AddRetry|](new RetryStrategyOptions())\n        ", "\n        .AddRetry(new RetryStrategyOptions())\n        .AddCircuitBreaker(new CircuitBreakerStrategyOptions())\n        ")]
    // What decides about the arguments of a retry cannot be given to a breaker.
    [InlineData(".[|AddRetry|](new RetryStrategyOptions { ShouldHandle = arguments => new(arguments.AttemptNumber < 2) })", null)]
    public Task Fix(string retry, string? mended) => new FixTest<AGL0501_RetryWithoutCircuitBreaker, AGL0501Fix_AddBreaker>(File(retry), File(mended ?? retry)).RunAsync("Add a circuit breaker inside the retry");

    private static string File(string parts) => $$"""
        using System.Net.Http;
        using System.Threading.Tasks;
        using ModelContextProtocol.Server;
        using Polly;
        using Polly.CircuitBreaker;
        using Polly.Retry;

        [McpServerToolType]
        public class Tools(HttpClient http)
        {
            private static readonly ResiliencePipeline Kept = new ResiliencePipelineBuilder(){{parts}}.Build();

            [McpServerTool]
            public async Task<string> RunAsync(string text) => await Kept.ExecuteAsync(async token => await http.GetStringAsync(text, token));
        }

        """;
}
