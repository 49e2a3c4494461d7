using AgentLint.Rules.Retries;
using Xunit;
using static Microsoft.CodeAnalysis.DiagnosticSeverity;

namespace AgentLint.Tests.Rules.Retries;

/// <summary>Retries that wait equally long in all who failed together are reported where they are set up.</summary>
public sealed class AGL0203Tests
{
    // ---- Strategies of Polly 8 ------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("new RetryStrategyOptions()", "a constant delay")]
    [InlineData("new() { MaxRetryAttempts = 5, Delay = TimeSpan.FromSeconds(1) }", "a constant delay")]
    [InlineData("new RetryStrategyOptions { MaxRetryAttempts = limit, BackoffType = DelayBackoffType.Exponential }", "an exponential delay")]
    [InlineData("new RetryStrategyOptions { BackoffType = DelayBackoffType.Linear, UseJitter = false }", "a linear delay")]
    [InlineData("new RetryStrategyOptions { BackoffType = jitter ? DelayBackoffType.Exponential : DelayBackoffType.Constant }", "a delay")]
    [InlineData("new RetryStrategyOptions { DelayGenerator = args => new ValueTask<TimeSpan?>(TimeSpan.FromSeconds(args.AttemptNumber)) }", "a delay")]
    [InlineData("new RetryStrategyOptions { DelayGenerator = args => new ValueTask<TimeSpan?>(args.AttemptNumber switch { 0 => TimeSpan.FromSeconds(1), _ => TimeSpan.FromSeconds(5) }) }", "a delay")]
    public Task Strategy(string options, string delay) =>
        In($"var retry = new ResiliencePipelineBuilder().{{|#0:AddRetry|}}({options}).Build();").Expect(Info, Equal("ResiliencePipelineBuilder.AddRetry", delay)).RunAsync();

    [Theory]
    [InlineData("new RetryStrategyOptions { UseJitter = true }")]
    [InlineData("new RetryStrategyOptions { BackoffType = DelayBackoffType.Exponential, UseJitter = true }")]
    [InlineData("new RetryStrategyOptions { UseJitter = jitter }")]
    [InlineData("new RetryStrategyOptions { MaxRetryAttempts = 1 }")]
    [InlineData("new RetryStrategyOptions { MaxRetryAttempts = 2 }")]
    [InlineData("options")]
    [InlineData("new RetryStrategyOptions { DelayGenerator = args => new ValueTask<TimeSpan?>(TimeSpan.FromMilliseconds(Random.Shared.Next(500))) }")]
    [InlineData("new RetryStrategyOptions { DelayGenerator = args => new ValueTask<TimeSpan?>(Varied(args.AttemptNumber)) }")]
    [InlineData("new RetryStrategyOptions { DelayGenerator = args => new ValueTask<TimeSpan?>((args.Outcome.Exception as Busy)?.Wait) }")]
    [InlineData("new RetryStrategyOptions { DelayGenerator = generator }")]
    public Task Strategy_that_varies_or_is_not_known_not_to(string options) =>
        In($"var retry = new ResiliencePipelineBuilder().AddRetry({options}).Build();").RunAsync();

    [Fact]
    public Task Strategy_of_http_clients() => new RuleTest<AGL0203_RetryWithoutJitter>(
        """
        using Microsoft.Extensions.DependencyInjection;
        using Microsoft.Extensions.Http.Resilience;
        using Polly;

        public static class Setup
        {
            public static void Add(IServiceCollection services)
            {
                services.AddHttpClient("a").AddStandardResilienceHandler();
                services.AddHttpClient("b").AddResilienceHandler("mine", pipeline => pipeline.AddRetry(new HttpRetryStrategyOptions { MaxRetryAttempts = 5 }));
                services.AddHttpClient("c").{|#0:AddStandardResilienceHandler|}(options => options.Retry.UseJitter = false);
                services.AddHttpClient("d").AddResilienceHandler("mine", pipeline => pipeline.{|#1:AddRetry|}(new HttpRetryStrategyOptions { UseJitter = false }));
            }
        }
        """).Reference(Library.HttpResilience)
        .Expect(Info, Equal("IHttpClientBuilder.AddStandardResilienceHandler", "an exponential delay"))
        .Expect(Info, Equal("ResiliencePipelineBuilder.AddRetry", "an exponential delay"), 1)
        .RunAsync();

    // ---- Policies of Polly 7 --------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("{|#0:WaitAndRetryAsync|}(3, n => TimeSpan.FromSeconds(n))")]
    [InlineData("{|#0:WaitAndRetryAsync|}(limit, n => TimeSpan.FromSeconds(Math.Pow(2, n)))")]
    [InlineData("{|#0:WaitAndRetryAsync|}(3, Steady)")]
    [InlineData("{|#0:WaitAndRetryAsync|}([TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(10)])")]
    [InlineData("{|#0:WaitAndRetryAsync|}(Enumerable.Range(1, 5).Select(n => TimeSpan.FromSeconds(n)))")]
    [InlineData("{|#0:WaitAndRetryForeverAsync|}(n => TimeSpan.FromSeconds(2))")]
    public Task Policy(string retry) => In($"var retry = Policy.Handle<Exception>().{retry};").Expect(Info, Equal("PolicyBuilder." + retry.Split("|}")[0].Substring("{|#0:".Length), "a delay")).RunAsync();

    [Theory]
    [InlineData("RetryAsync(3)")]
    [InlineData("RetryForeverAsync()")]
    [InlineData("WaitAndRetryAsync(2, n => TimeSpan.FromSeconds(n))")]
    [InlineData("WaitAndRetryAsync([TimeSpan.FromSeconds(1)])")]
    [InlineData("WaitAndRetryAsync(3, n => TimeSpan.FromSeconds(n) + TimeSpan.FromMilliseconds(Random.Shared.Next(250)))")]
    [InlineData("WaitAndRetryAsync(3, n => TimeSpan.FromMilliseconds(100 * n + new Random().Next(250)))")]
    [InlineData("WaitAndRetryAsync(3, n => Varied(n))")]
    [InlineData("WaitAndRetryAsync(3, Varied)")]
    [InlineData("WaitAndRetryAsync(3, given)")]
    [InlineData("WaitAndRetryAsync(delays)")]
    [InlineData("WaitAndRetryAsync(3, (n, failure, context) => (failure as Busy)?.Wait ?? TimeSpan.FromSeconds(n), (failure, delay, n, context) => Task.CompletedTask)")]
    public Task Policy_that_varies_or_is_not_known_not_to(string retry) => In($"var retry = Policy.Handle<Exception>().{retry};").RunAsync();

    // ---- Loops -----------------------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("{|#0:Task.Delay(1000)|}", "a constant delay")]
    [InlineData("{|#0:Task.Delay(TimeSpan.FromSeconds(2), cancellationToken)|}", "a constant delay")]
    [InlineData("{|#0:Task.Delay(1000 * attempt)|}", "a delay")]
    [InlineData("{|#0:Task.Delay(TimeSpan.FromSeconds(Math.Pow(2, attempt)))|}", "a delay")]
    public Task Loop(string wait, string delay) => InLoop(5, wait).Expect(Info, Equal("Task.Delay", delay)).RunAsync();

    [Theory]
    [InlineData(2, "Task.Delay(1000)")]
    [InlineData(3, "Task.Delay(1000)")]
    [InlineData(5, "Task.Delay(1000 + Random.Shared.Next(500))")]
    [InlineData(5, "Task.Delay(Varied(attempt))")]
    [InlineData(5, "Task.Delay((failure as Busy)?.Wait ?? TimeSpan.FromSeconds(1))")]
    [InlineData(5, "Task.Yield()")]
    public Task Loop_that_varies_or_is_short(int attempts, string wait) => InLoop(attempts, wait).RunAsync();

    [Fact]
    public Task Loop_that_nothing_bounds_is_left_to_another_rule() => In(
        """
        while (true)
        {
            try
            {
                await http.GetStringAsync("orders");
                return;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(1000);
            }
        }
        """).RunAsync();

    [Theory]
    // What is random comes through a variable, or through one that the failure has a part in.
    [InlineData("var wait = Varied(attempt); Console.WriteLine(wait); await Task.Delay(wait, cancellationToken)")]
    [InlineData("var wait = TimeSpan.FromSeconds(failure.Message.Length); await Task.Delay(wait, cancellationToken)")]
    public Task Wait_through_a_variable(string wait)
    {
        var test = In($$"""
            for (var attempt = 1; ; attempt++)
            {
                try
                {
                    await http.GetStringAsync("orders", cancellationToken);
                    return;
                }
                catch (HttpRequestException failure) when (attempt < 6)
                {
                    {{wait}};
                }
            }
            """);
        return test.RunAsync();
    }

    [Fact]
    public Task Loops_around_one_wait_are_one_retry() => In(
        """
        for (var turn = 0; turn < 5; turn++)
        for (var attempt = 1; attempt <= 5; attempt++)
        {
            try
            {
                await http.GetStringAsync("orders", cancellationToken);
                return;
            }
            catch (HttpRequestException)
            {
                await {|#0:Task.Delay(500)|};
            }
        }
        """).Expect(Info, Equal("Task.Delay", "a constant delay")).RunAsync();

    [Fact]
    public Task Program_for_one_person_has_no_crowd()
    {
        var test = InLoop(5, "Task.Delay(500)");
        test.TestState.OutputKind = Microsoft.CodeAnalysis.OutputKind.ConsoleApplication;
        test.TestState.Sources.Add("public static class Program { public static void Main() { } }");
        return test.RunAsync();
    }

    [Fact]
    public Task Process_of_its_own_has_one_caller() => new RuleTest<AGL0203_RetryWithoutJitter>(
        """
        public class Runtime(HttpClient http)
        {
            public async Task Start()
            {
                System.Diagnostics.Process.Start("model-server");
                for (var attempt = 0; attempt < 30; attempt++)
                {
                    try
                    {
                        await http.GetStringAsync("health");
                        return;
                    }
                    catch (HttpRequestException)
                    {
                        await Task.Delay(500);
                    }
                }
            }
        }
        """).RunAsync();

    [Theory]
    [InlineData("e.UseMessageRetry(r => r.{|#0:Interval|}(5, 100));", true)]
    [InlineData("e.UseMessageRetry(r => r.Intervals(500, 1000));", false)]
    [InlineData("e.UseMessageRetry(r => r.{|#0:Intervals|}(500, 1000, 2000, 4000));", true)]
    [InlineData("e.UseMessageRetry(r => r.Interval(5, 100)); e.UseRateLimit(10, TimeSpan.FromSeconds(1));", false)]
    [InlineData("e.UseDelayedRedelivery(r => r.Interval(5, 100)); e.UseMessageRetry(r => r.Interval(5, 100));", false)]
    public Task Retries_of_a_bus(string configuration, bool isReported)
    {
        var test = new RuleTest<AGL0203_RetryWithoutJitter>(
            $$"""
            using MassTransit;

            public static class Bus { public static void Configure(IReceiveEndpointConfigurator e) { {{configuration}} } }
            """).Reference(Library.MassTransit);
        if (isReported)
            test.Expect(Info, Equal(configuration.Contains("Intervals") ? "IRetryConfigurator.Intervals" : "IRetryConfigurator.Interval", configuration.Contains("Intervals") ? "a delay" : "a constant delay"));
        return test.RunAsync();
    }

    // ---- Threads ---------------------------------------------------------------------------------------------------------

    [Fact]
    public Task OpenAI_openai_dotnet_857_before() =>
        In("var retry = Policy.Handle<Exception>().{|#0:WaitAndRetryAsync|}(4, n => TimeSpan.FromSeconds(n - 1));").Expect(Info, Equal("PolicyBuilder.WaitAndRetryAsync", "a delay")).RunAsync();

    [Fact]
    public Task OpenAI_openai_dotnet_857_after() =>
        In("var retry = Policy.Handle<Exception>().WaitAndRetryAsync(4, n => TimeSpan.FromSeconds(n) * (0.5 + Random.Shared.NextDouble()));").RunAsync();

    private static string Equal(string owner, string delay) => $"'{owner}' retries after {delay} that is equal in all callers that failed together: add jitter";

    private static RuleTest<AGL0203_RetryWithoutJitter> InLoop(int attempts, string wait) => In(
        $$"""
        for (var attempt = 1; attempt <= {{attempts}}; attempt++)
        {
            try
            {
                await http.GetStringAsync("orders", cancellationToken);
                return;
            }
            catch (HttpRequestException failure) when (attempt < {{attempts}})
            {
                Console.WriteLine(failure.Message);
                await {{wait}};
            }
        }
        """);

    private static RuleTest<AGL0203_RetryWithoutJitter> In(string statements) => new(
        $$"""
        using Polly;
        using Polly.Retry;

        public class Busy : HttpRequestException { public TimeSpan? Wait => null; }

        public class Desk
        {
            public async Task Run(
                HttpClient http, int limit, bool jitter, RetryStrategyOptions options, Func<int, TimeSpan> given, IEnumerable<TimeSpan> delays,
                Func<RetryDelayGeneratorArguments<object>, ValueTask<TimeSpan?>> generator, CancellationToken cancellationToken)
            {
                {{statements}}
                await Task.Yield();
            }

            private static TimeSpan Steady(int attempt) => TimeSpan.FromSeconds(attempt);
            private static TimeSpan Varied(int attempt) => TimeSpan.FromSeconds(attempt) + TimeSpan.FromMilliseconds(Random.Shared.Next(500));
        }
        """);
}
