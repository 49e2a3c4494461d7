using AgentLint.Rules.CircuitBreaking;
using Xunit;
using static Microsoft.CodeAnalysis.DiagnosticSeverity;

namespace AgentLint.Tests.Rules.CircuitBreaking;

/// <summary>Breakers and limiters whose state never accumulates are reported; those that live as long as the program are not.</summary>
public sealed class AGL0502Tests
{
    private const string Reached = "builds a circuit breaker for each call, reached from 'Tools.RunAsync': it starts closed each time and never opens";

    [Theory]
    [InlineData("var pipeline = new ResiliencePipelineBuilder().AddRetry(new RetryStrategyOptions()).{|#0:AddCircuitBreaker|}(new CircuitBreakerStrategyOptions()).Build(); return await pipeline.ExecuteAsync(async token => await http.GetStringAsync(text, token));")]
    [InlineData("return await new ResiliencePipelineBuilder().{|#0:AddCircuitBreaker|}(new CircuitBreakerStrategyOptions()).Build().ExecuteAsync(async token => await http.GetStringAsync(text, token));")]
    [InlineData("var builder = new ResiliencePipelineBuilder(); builder.{|#0:AddCircuitBreaker|}(new CircuitBreakerStrategyOptions()); var pipeline = builder.Build(); return await pipeline.ExecuteAsync(async token => await http.GetStringAsync(text, token));")]
    [InlineData("var breaker = Policy.Handle<HttpRequestException>().{|#0:CircuitBreakerAsync|}(3, TimeSpan.FromMinutes(1)); return await breaker.ExecuteAsync(() => http.GetStringAsync(text));")]
    [InlineData("var retry = Policy.Handle<HttpRequestException>().RetryAsync(3); var breaker = Policy.Handle<HttpRequestException>().{|#0:CircuitBreakerAsync|}(3, TimeSpan.FromMinutes(1)); return await Policy.WrapAsync(retry, breaker).ExecuteAsync(() => http.GetStringAsync(text));")]
    [InlineData("var retry = Policy.Handle<HttpRequestException>().RetryAsync(3); var both = retry.WrapAsync(Policy.Handle<HttpRequestException>().{|#0:CircuitBreakerAsync|}(3, TimeSpan.FromMinutes(1))); return await both.ExecuteAsync(() => http.GetStringAsync(text));")]
    public Task Breaker_that_a_call_makes(string code) => Tool(code).Expect(Warning, "'Tools.RunAsync' " + Reached).RunAsync();

    [Fact]
    public Task Breaker_that_a_method_makes_for_its_caller() => Tool(
        "return await Make().ExecuteAsync(() => http.GetStringAsync(text));",
        "private static Polly.CircuitBreaker.AsyncCircuitBreakerPolicy Make() => Policy.Handle<HttpRequestException>().{|#0:CircuitBreakerAsync|}(3, TimeSpan.FromMinutes(1));")
        .Expect(Warning, "'Tools.Make' " + Reached)
        .RunAsync();

    [Theory]
    [InlineData("var pipeline = new ResiliencePipelineBuilder().{|#0:AddConcurrencyLimiter|}(8).Build(); return await pipeline.ExecuteAsync(async token => await http.GetStringAsync(text, token));")]
    [InlineData("var bulkhead = Policy.{|#0:BulkheadAsync|}(8); return await bulkhead.ExecuteAsync(() => http.GetStringAsync(text));")]
    [InlineData("using var gate = new {|#0:SemaphoreSlim|}(8); await gate.WaitAsync(); return await http.GetStringAsync(text);")]
    public Task Limiter_that_a_call_makes(string code) => Tool(code)
        .Expect(Warning, "'Tools.RunAsync' builds a limiter for each call, reached from 'Tools.RunAsync': it counts one call and limits nothing")
        .RunAsync();

    [Theory]
    // No state: a retry counts its own attempts.
    [InlineData("var retry = new ResiliencePipelineBuilder().AddRetry(new RetryStrategyOptions()).Build(); return await retry.ExecuteAsync(async token => await http.GetStringAsync(text, token));")]
    // The state lasts for the loop, and for what one call does at once.
    [InlineData("var breaker = Policy.Handle<HttpRequestException>().CircuitBreakerAsync(3, TimeSpan.FromMinutes(1)); foreach (var c in text) await breaker.ExecuteAsync(() => http.GetStringAsync(c.ToString())); return text;")]
    [InlineData("using var gate = new SemaphoreSlim(4); await Task.WhenAll(text.Select(async c => { await gate.WaitAsync(); try { await http.GetStringAsync(c.ToString()); } finally { gate.Release(); } })); return text;")]
    [InlineData("using var gate = new SemaphoreSlim(4); foreach (var c in text) { await gate.WaitAsync(); gate.Release(); } return text;")]
    // A signal.
    [InlineData("using var signal = new SemaphoreSlim(0); http.CancelPendingRequests(); await signal.WaitAsync(1); return text;")]
    // Kept, or given to others.
    [InlineData("return await Kept.ExecuteAsync(async token => await http.GetStringAsync(text, token));")]
    [InlineData("kept ??= Policy.Handle<HttpRequestException>().CircuitBreakerAsync(3, TimeSpan.FromMinutes(1)); return await kept.ExecuteAsync(() => http.GetStringAsync(text));")]
    [InlineData("return await Shared.ExecuteAsync(() => http.GetStringAsync(text));")]
    public Task State_that_lasts(string code) => Tool(code, """
        private static readonly ResiliencePipeline Kept = new ResiliencePipelineBuilder().AddCircuitBreaker(new CircuitBreakerStrategyOptions()).Build();
        private static readonly Polly.CircuitBreaker.AsyncCircuitBreakerPolicy Shared = Make();
        private static Polly.CircuitBreaker.AsyncCircuitBreakerPolicy? kept;
        private static Polly.CircuitBreaker.AsyncCircuitBreakerPolicy Make() => Policy.Handle<HttpRequestException>().CircuitBreakerAsync(3, TimeSpan.FromMinutes(1));
        """).RunAsync();

    [Theory]
    [InlineData("services.AddTransient<Client>();", true)]
    [InlineData("services.AddScoped<Client>();", true)]
    [InlineData("services.AddHttpClient<Client>();", true)]
    [InlineData("services.AddSingleton<Client>();", false)]
    [InlineData("Console.WriteLine(services);", false)]
    public async Task Object_that_keeps_it(string registration, bool isShort)
    {
        var test = new RuleTest<AGL0502_PerCallPipeline>($$"""
            using Microsoft.Extensions.DependencyInjection;
            using Polly;
            using Polly.CircuitBreaker;

            public class Client(HttpClient http)
            {
                private readonly ResiliencePipeline pipeline = new ResiliencePipelineBuilder().{|#0:AddCircuitBreaker|}(new CircuitBreakerStrategyOptions()).Build();

                public async Task<string> ReadAsync(string text) => await pipeline.ExecuteAsync(async token => await http.GetStringAsync(text, token));

                public static void Add(IServiceCollection services) { {{registration}} }
            }
            """).Reference(Library.Hosting);
        if (isShort)
            test.Expect(Warning, "'Client.pipeline' builds a circuit breaker for each 'Client', which the container makes for each call: it starts closed each time and never opens");
        await test.RunAsync();
    }

    [Theory]
    [InlineData("http.AddPolicyHandler(request => Policy.HandleResult<HttpResponseMessage>(r => !r.IsSuccessStatusCode).{|#0:CircuitBreakerAsync|}(3, TimeSpan.FromMinutes(1)));", true)]
    [InlineData("http.AddPolicyHandler((services, request) => Make());", true)]
    [InlineData("http.AddPolicyHandler(Policy.HandleResult<HttpResponseMessage>(r => !r.IsSuccessStatusCode).CircuitBreakerAsync(3, TimeSpan.FromMinutes(1)));", false)]
    [InlineData("http.AddTransientHttpErrorPolicy(builder => builder.CircuitBreakerAsync(3, TimeSpan.FromMinutes(1)));", false)]
    public async Task Policy_that_a_client_asks_for(string code, bool isShort)
    {
        var test = new RuleTest<AGL0502_PerCallPipeline>($$"""
            using Microsoft.Extensions.DependencyInjection;
            using Polly;

            public static class Setup
            {
                public static void Add(IHttpClientBuilder http) { {{code}} }

                {{(code.Contains("Make()", StringComparison.Ordinal) ? "private static IAsyncPolicy<HttpResponseMessage> Make() => Policy.HandleResult<HttpResponseMessage>(r => !r.IsSuccessStatusCode).{|#0:CircuitBreakerAsync|}(3, TimeSpan.FromMinutes(1));" : "")}}
            }
            """).Reference(Library.HttpPolly, Library.Hosting);
        if (isShort)
            test.Expect(Warning, $"'Setup.{(code.Contains("Make()", StringComparison.Ordinal) ? "Make" : "Add")}' builds a circuit breaker for each request of the client: it starts closed each time and never opens");
        await test.RunAsync();
    }

    [Theory]
    [InlineData("return await all.{|#0:GetOrAdd|}(text, _ => Make()).ExecuteAsync(() => http.GetStringAsync(text));", "", Warning, "a circuit breaker")]
    [InlineData("var gate = gates.{|#0:GetOrAdd|}(text, _ => new SemaphoreSlim(1)); await gate.WaitAsync(); return text;", "", Info, "a limiter")]
    public Task Key_that_callers_choose(string code, string members, Microsoft.CodeAnalysis.DiagnosticSeverity severity, string what) => Keyed(code, members)
        .Expect(severity, $"'Tools.RunAsync' keeps {what} for every 'text' and removes none: callers decide how many stay in memory")
        .RunAsync();

    [Theory]
    [InlineData("return await all.GetOrAdd(\"orders\", _ => Make()).ExecuteAsync(() => http.GetStringAsync(text));", "")]
    [InlineData("return await all.GetOrAdd(text, _ => Make()).ExecuteAsync(() => http.GetStringAsync(text));", "public void Forget(string text) => all.TryRemove(text, out _);")]
    [InlineData("var retry = retries.GetOrAdd(text, _ => Policy.Handle<HttpRequestException>().RetryAsync(3)); return await retry.ExecuteAsync(() => http.GetStringAsync(text));", "")]
    public Task Key_that_is_fixed_or_removed(string code, string members) => Keyed(code, members).RunAsync();

    [Theory]
    [InlineData("new CircuitBreakerStrategyOptions { ShouldHandle = new PredicateBuilder().Handle<HttpRequestException>() }", true)]
    [InlineData("new CircuitBreakerStrategyOptions { ShouldHandle = new PredicateBuilder().Handle<HttpRequestException>().Handle<Polly.Timeout.TimeoutRejectedException>() }", false)]
    [InlineData("new CircuitBreakerStrategyOptions { ShouldHandle = new PredicateBuilder().Handle<Exception>() }", false)]
    [InlineData("new CircuitBreakerStrategyOptions()", false)]
    public async Task Breaker_around_a_timeout(string options, bool isBlind)
    {
        var test = Tool("return await Kept.ExecuteAsync(async token => await http.GetStringAsync(text, token));", $"""
            private static readonly ResiliencePipeline Kept = new ResiliencePipelineBuilder().{(isBlind ? "{|#0:AddCircuitBreaker|}" : "AddCircuitBreaker")}({options}).AddTimeout(TimeSpan.FromSeconds(5)).Build();
            """);
        if (isBlind)
            test.Expect(Warning, "'Tools.Kept' adds a circuit breaker that does not count 'TimeoutRejectedException': the timeout inside it never opens it");
        await test.RunAsync();
    }

    [Theory]
    [InlineData("HttpPolicyExtensions.HandleTransientHttpError()", "http.AddPolicyHandler(Breaker()).AddPolicyHandler(Timeout());", true)]
    [InlineData("Policy<HttpResponseMessage>.Handle<HttpRequestException>()", "http.AddPolicyHandler(Breaker()).AddPolicyHandler(Timeout());", true)]
    [InlineData("HttpPolicyExtensions.HandleTransientHttpError().Or<Polly.Timeout.TimeoutRejectedException>()", "http.AddPolicyHandler(Breaker()).AddPolicyHandler(Timeout());", false)]
    [InlineData("HttpPolicyExtensions.HandleTransientHttpError()", "http.AddPolicyHandler(Timeout()).AddPolicyHandler(Breaker());", false)]
    public async Task Handler_around_a_timeout(string predicate, string code, bool isBlind)
    {
        var test = new RuleTest<AGL0502_PerCallPipeline>($$"""
            using Microsoft.Extensions.DependencyInjection;
            using Polly;
            using Polly.Extensions.Http;

            public static class Setup
            {
                public static void Add(IHttpClientBuilder http) { {{code}} }

                private static IAsyncPolicy<HttpResponseMessage> Breaker() => {{predicate}}.{|#0:CircuitBreakerAsync|}(3, TimeSpan.FromMinutes(1));

                private static IAsyncPolicy<HttpResponseMessage> Timeout() => Policy.TimeoutAsync<HttpResponseMessage>(TimeSpan.FromSeconds(5));
            }
            """).Reference(Library.HttpPolly, Library.Hosting);
        if (isBlind)
            test.Expect(Warning, "'Setup.Breaker' adds a circuit breaker that does not count 'TimeoutRejectedException': the timeout inside it never opens it");
        await test.RunAsync();
    }

    [Fact]
    public Task Timeout_outside_of_the_breaker_is_another_matter() => Tool("return await Kept.ExecuteAsync(async token => await http.GetStringAsync(text, token));", """
        private static readonly ResiliencePipeline Kept = new ResiliencePipelineBuilder().AddTimeout(TimeSpan.FromSeconds(5)).AddCircuitBreaker(new CircuitBreakerStrategyOptions { ShouldHandle = new PredicateBuilder().Handle<HttpRequestException>() }).Build();
        """).RunAsync();

    [Fact]
    public Task Policy_that_is_handed_on_is_not_followed() => Tool("return await new Reader(Policy.Handle<HttpRequestException>().CircuitBreakerAsync(3, TimeSpan.FromMinutes(1))).ReadAsync(http, text);", """
        private sealed class Reader(IAsyncPolicy policy) { public Task<string> ReadAsync(HttpClient http, string text) => policy.ExecuteAsync(() => http.GetStringAsync(text)); }
        """).RunAsync();

    private static RuleTest<AGL0502_PerCallPipeline> Keyed(string code, string members) => Tool(code, members + """

        private static readonly System.Collections.Concurrent.ConcurrentDictionary<string, Polly.CircuitBreaker.AsyncCircuitBreakerPolicy> all = new();
        private static readonly System.Collections.Concurrent.ConcurrentDictionary<string, IAsyncPolicy> retries = new();
        private static readonly System.Collections.Concurrent.ConcurrentDictionary<string, SemaphoreSlim> gates = new();
        private static Polly.CircuitBreaker.AsyncCircuitBreakerPolicy Make() => Policy.Handle<HttpRequestException>().CircuitBreakerAsync(3, TimeSpan.FromMinutes(1));
        public static object[] All => [all, retries, gates];
        """);

    private static RuleTest<AGL0502_PerCallPipeline> Tool(string code, string members = "") => new RuleTest<AGL0502_PerCallPipeline>($$"""
        #nullable enable
        using ModelContextProtocol.Server;
        using Polly;
        using Polly.CircuitBreaker;
        using Polly.Retry;

        [McpServerToolType]
        public class Tools(HttpClient http)
        {
            [McpServerTool]
            public async Task<string> RunAsync(string text) { {{code}} }

            {{members}}
        }
        """).Reference(Library.PollyExtensions);
}
