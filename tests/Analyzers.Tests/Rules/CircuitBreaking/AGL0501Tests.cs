using AgentLint.Rules.CircuitBreaking;
using Xunit;
using static Microsoft.CodeAnalysis.DiagnosticSeverity;

namespace AgentLint.Tests.Rules.CircuitBreaking;

/// <summary>Retries of remote work without a breaker are reported where they are added; off by default.</summary>
public sealed class AGL0501Tests
{
    [Theory]
    [InlineData("new ResiliencePipelineBuilder().{|#0:AddRetry|}(new RetryStrategyOptions()).Build()")]
    [InlineData("new ResiliencePipelineBuilder().AddTimeout(TimeSpan.FromSeconds(9)).{|#0:AddRetry|}(new RetryStrategyOptions { MaxRetryAttempts = 5 }).Build()")]
    public Task Pipeline(string pipeline) => Tool(pipeline)
        .Expect(Info, "'Tools.Kept' retries the HTTP call 'HttpClient.GetStringAsync', reached from 'Tools.RunAsync', with no circuit breaker: while the other side is down, every call spends all of its attempts")
        .RunAsync();

    [Theory]
    [InlineData("new ResiliencePipelineBuilder().AddRetry(new RetryStrategyOptions()).AddCircuitBreaker(new CircuitBreakerStrategyOptions()).Build()")]
    [InlineData("new ResiliencePipelineBuilder().AddTimeout(TimeSpan.FromSeconds(9)).Build()")]
    public Task Pipeline_with_a_breaker_or_without_a_retry(string pipeline) => Tool(pipeline).RunAsync();

    [Fact]
    public void Rule_is_off_by_default() => Assert.False(AGL0501_RetryWithoutCircuitBreaker.Rule.Descriptor.IsEnabledByDefault);

    private static RuleTest<AGL0501_RetryWithoutCircuitBreaker> Tool(string pipeline) => new($$"""
        using ModelContextProtocol.Server;
        using Polly;
        using Polly.CircuitBreaker;
        using Polly.Retry;

        [McpServerToolType]
        public class Tools(HttpClient http)
        {
            private static readonly ResiliencePipeline Kept = {{pipeline}};

            [McpServerTool]
            public async Task<string> RunAsync(string text) => await Kept.ExecuteAsync(async token => await http.GetStringAsync(text, token));
        }
        """);
}
