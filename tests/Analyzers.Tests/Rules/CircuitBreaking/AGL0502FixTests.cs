using AgentLint.Fixes.CircuitBreaking;
using AgentLint.Rules.CircuitBreaking;
using Xunit;

namespace AgentLint.Tests.Rules.CircuitBreaking;

/// <summary>What is made of nothing but constants moves into a static field; what needs its object or its caller stays.</summary>
public sealed class AGL0502FixTests
{
    [Fact]
    public Task Pipeline() => new FixTest<AGL0502_PerCallPipeline, AGL0502Fix_KeepPipeline>(
        File("""

                // Three in a row.
                var pipeline = new ResiliencePipelineBuilder()
                    .[|AddCircuitBreaker|](new CircuitBreakerStrategyOptions { MinimumThroughput = 3 })
                    .Build();

                return await pipeline.ExecuteAsync(async token => await http.GetStringAsync(text, token));
            """),
        File("""

                // Three in a row.
                return await Pipeline.ExecuteAsync(async token => await http.GetStringAsync(text, token));
            """,
            "private static readonly ResiliencePipeline Pipeline = new ResiliencePipelineBuilder()\n        .AddCircuitBreaker(new CircuitBreakerStrategyOptions { MinimumThroughput = 3 })\n        .Build();\n\n    ")).RunAsync("Keep it in a static field");

    [Theory]
    [InlineData("var pipeline = new ResiliencePipelineBuilder().[|AddCircuitBreaker|](new CircuitBreakerStrategyOptions { MinimumThroughput = text.Length }).Build(); return await pipeline.ExecuteAsync(async token => await http.GetStringAsync(text, token));")]
    [InlineData("var pipeline = new ResiliencePipelineBuilder().[|AddCircuitBreaker|](new CircuitBreakerStrategyOptions { MinimumThroughput = least }).Build(); return await pipeline.ExecuteAsync(async token => await http.GetStringAsync(text, token));")]
    [InlineData("return await new ResiliencePipelineBuilder().[|AddCircuitBreaker|](new CircuitBreakerStrategyOptions()).Build().ExecuteAsync(async token => await http.GetStringAsync(text, token));")]
    public Task Pipeline_that_needs_more(string code) => new FixTest<AGL0502_PerCallPipeline, AGL0502Fix_KeepPipeline>(File("\n        " + code), File("\n        " + code)).RunAsync("Keep it in a static field");

    private static string File(string code, string field = "") => $$"""
        using System.Net.Http;
        using System.Threading.Tasks;
        using ModelContextProtocol.Server;
        using Polly;
        using Polly.CircuitBreaker;

        [McpServerToolType]
        public class Tools(HttpClient http)
        {
            {{field}}private readonly int least = 3;

            public int Least => least;

            [McpServerTool]
            public async Task<string> RunAsync(string text)
            {{{code}}
            }
        }

        """;
}
