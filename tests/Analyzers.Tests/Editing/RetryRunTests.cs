using System.Net;
using System.Runtime.Loader;
using AgentLint.Fixes.Retries;
using AgentLint.Rules.Retries;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace AgentLint.Tests.Editing;

/// <summary>
/// What the edits write, compiled and run against a server that fails: how often it is asked, how long is waited between the attempts, what the caller
/// gets, and what a cancellation does. Time and chance are the test's own.
/// </summary>
public sealed class RetryRunTests
{
    private const int Runs = 400;

    private const int Seed = 20260101;

    private const string Endless = """
        using System;
        using System.Net.Http;
        using System.Threading;
        using System.Threading.Tasks;
        using Polly;

        public class Work(HttpClient http)
        {
            public HttpClient Http { get; } = http;

            public async Task<string> Run(CancellationToken cancellationToken)
            {
                [|while (true)|]
                {
                    try
                    {
                        return await Http.GetStringAsync("/", cancellationToken);
                    }
                    catch (HttpRequestException)
                    {
                    }
                }
            }
        }

        """;

    private const string Bounded = """
        using System;
        using System.Net.Http;
        using System.Threading;
        using System.Threading.Tasks;
        using Polly;

        public class Work(HttpClient http)
        {
            public HttpClient Http { get; } = http;

            public async Task<string> Run(CancellationToken cancellationToken)
            {
                for (var attempt = 1; ; attempt++)
                {
                    try
                    {
                        return await Http.GetStringAsync("/", cancellationToken);
                    }
                    catch (HttpRequestException) when (attempt < 5)
                    {
                        await Task.Delay(Random.Shared.Next(Math.Min(30_000, 250 << attempt)), cancellationToken);
                    }
                }
            }
        }

        """;

    private const string Pipeline = """
        using System;
        using System.Net.Http;
        using System.Threading;
        using System.Threading.Tasks;
        using Polly;
        using Polly.Retry;

        public class Work(HttpClient http)
        {
            private static readonly ResiliencePipeline Retry = new ResiliencePipelineBuilder()
                .AddRetry(new RetryStrategyOptions
                {
                    ShouldHandle = new PredicateBuilder().Handle<HttpRequestException>(),
                    MaxRetryAttempts = 4,
                    Delay = TimeSpan.FromMilliseconds(500),
                    MaxDelay = TimeSpan.FromSeconds(30),
                    BackoffType = DelayBackoffType.Exponential,
                    UseJitter = true,
                })
                .Build();

            public HttpClient Http { get; } = http;

            public async Task<string> Run(CancellationToken cancellationToken)
            {
                return await Retry.ExecuteAsync(async token => await Http.GetStringAsync("/", token), cancellationToken);
            }
        }

        """;

    private const string Unsatisfied = """
        using System;
        using System.Net.Http;
        using System.Threading;
        using System.Threading.Tasks;

        public class Work(HttpClient http)
        {
            public HttpClient Http { get; } = http;

            public async Task<string> Run(CancellationToken cancellationToken)
            {
                [|while (true)|]
                {
                    var response = await Http.GetAsync("/", cancellationToken);
                    if (response.IsSuccessStatusCode)
                        return await response.Content.ReadAsStringAsync(cancellationToken);
                }
            }
        }

        """;

    private const string Counted = """
        using System;
        using System.Net.Http;
        using System.Threading;
        using System.Threading.Tasks;

        public class Work(HttpClient http)
        {
            public HttpClient Http { get; } = http;

            public async Task<string> Run(CancellationToken cancellationToken)
            {
                var attempt = 0;
                while (true)
                {
                    if (++attempt > 5)
                        throw new InvalidOperationException("No success in 5 attempts");
                    if (attempt > 1)
                        await Task.Delay(Random.Shared.Next(Math.Min(30_000, 250 << (attempt - 1))), cancellationToken);
                    var response = await Http.GetAsync("/", cancellationToken);
                    if (response.IsSuccessStatusCode)
                        return await response.Content.ReadAsStringAsync(cancellationToken);
                }
            }
        }

        """;

    [Fact]
    public async Task Loop_that_goes_on_for_what_came_back_waits_longer_and_longer_too()
    {
        await new FixTest<AGL0201_UnboundedRetry, AGL0201Fix_BoundAttempts>(Unsatisfied, Counted).RunAsync(null);

        await ChecksOutAsync<InvalidOperationException>(Counted, longest: attempt => 500 * Math.Pow(2, attempt - 1));
    }

    [Fact]
    public async Task Bounded_loop_waits_longer_and_longer_and_never_the_same()
    {
        await new FixTest<AGL0201_UnboundedRetry, AGL0201Fix_BoundAttempts>(Endless, Bounded).RunAsync(null);

        await ChecksOutAsync<HttpRequestException>(Bounded, longest: attempt => 500 * Math.Pow(2, attempt - 1));
    }

    [Fact]
    public async Task Pipeline_waits_longer_and_longer_and_never_the_same()
    {
        await new FixTest<AGL0201_UnboundedRetry, AGL0201Fix_UsePipeline>(Endless, Pipeline).RunAsync(null);

        // Polly's own jitter spreads around the doubled time.
        await ChecksOutAsync<HttpRequestException>(Pipeline, longest: _ => 30_000);
    }

    [Theory]
    [InlineData(Bounded)]
    [InlineData(Pipeline)]
    [InlineData(Counted)]
    public async Task Success_ends_the_attempts(string code)
    {
        var run = Compile(code);
        using var server = new FailingServer(failures: 2);

        Assert.Equal("answer", await run(server.Client, TestContext.Current.CancellationToken));
        Assert.Equal(3, server.Asked);
    }

    [Theory]
    [InlineData(Bounded)]
    [InlineData(Pipeline)]
    [InlineData(Counted)]
    public async Task Cancellation_ends_the_wait(string code)
    {
        var run = Compile(code);
        using var server = new FailingServer(failures: int.MaxValue);
        using var cancel = new CancellationTokenSource();
        TestClock.OnWait = _ => cancel.Cancel();
        try
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run(server.Client, cancel.Token));
        }
        finally
        {
            TestClock.OnWait = null;
        }

        Assert.Equal(1, server.Asked);
    }

    private static async Task ChecksOutAsync<TFailure>(string code, Func<int, double> longest)
        where TFailure : Exception
    {
        var run = Compile(code);
        TestClock.Chance = new Random(Seed);
        var waits = Enumerable.Range(0, 4).Select(_ => new List<double>()).ToArray();
        for (var i = 0; i < Runs; i++)
        {
            using var server = new FailingServer(failures: int.MaxValue);
            var attempt = 0;
            TestClock.OnWait = wait => waits[attempt++].Add(wait.TotalMilliseconds);
            try
            {
                // The last failure is the caller's.
                var failure = await Assert.ThrowsAsync<TFailure>(() => run(server.Client, TestContext.Current.CancellationToken));
                if (failure is HttpRequestException { StatusCode: var status })
                    Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
            }
            finally
            {
                TestClock.OnWait = null;
            }

            Assert.Equal(5, server.Asked);
            Assert.Equal(4, attempt);
        }

        for (var attempt = 0; attempt < waits.Length; attempt++)
        {
            Assert.All(waits[attempt], wait => Assert.InRange(wait, 0, longest(attempt + 1)));
            // Jittered: hardly two of them are the same.
            Assert.InRange(waits[attempt].Distinct().Count(), Runs / 3, Runs);
            if (attempt > 0)
                Assert.True(waits[attempt].Average() > 1.2 * waits[attempt - 1].Average(), $"{waits[attempt - 1].Average()} ms, then {waits[attempt].Average()} ms");
        }

        Assert.True(waits[3].Average() > 4 * waits[0].Average(), $"{waits[0].Average()} ms at first, {waits[3].Average()} ms at last");
    }

    private static Func<HttpClient, CancellationToken, Task<string>> Compile(string code)
    {
        // What is not as the fix writes it: who keeps the time, and who rolls the dice. Every run of the test sees the same waits.
        var ours = code
            .Replace("Random.Shared", "AgentLint.Tests.Editing.TestClock.Chance", StringComparison.Ordinal)
            .Replace("UseJitter = true,", "UseJitter = true, Randomizer = AgentLint.Tests.Editing.TestClock.Chance.NextDouble,", StringComparison.Ordinal)
            .Replace("Task.Delay(", "AgentLint.Tests.Editing.TestClock.Delay(", StringComparison.Ordinal)
            .Replace("new ResiliencePipelineBuilder()", "new ResiliencePipelineBuilder { TimeProvider = AgentLint.Tests.Editing.TestClock.Provider }", StringComparison.Ordinal);
        var compilation = CSharpCompilation.Create(
            "Work",
            [CSharpSyntaxTree.ParseText(ours)],
            [
                .. Libraries.Framework,
                .. Libraries.All,
                MetadataReference.CreateFromFile(typeof(TestClock).Assembly.Location),
            ],
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        using var image = new MemoryStream();
        var emitted = compilation.Emit(image);
        Assert.Empty(emitted.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error));
        image.Position = 0;
        var type = new AssemblyLoadContext(null).LoadFromStream(image).GetType("Work")!;
        return (client, token) => (Task<string>)type.GetMethod("Run")!.Invoke(Activator.CreateInstance(type, client), [token])!;
    }

    private sealed class FailingServer : HttpMessageHandler
    {
        private readonly int failures;

        public FailingServer(int failures)
        {
            this.failures = failures;
            Client = new HttpClient(this) { BaseAddress = new Uri("http://localhost") };
        }

        public HttpClient Client { get; }

        public int Asked { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(++Asked <= failures ? new HttpResponseMessage(HttpStatusCode.ServiceUnavailable) : new HttpResponseMessage { Content = new StringContent("answer") });
    }
}

/// <summary>Time in which every wait is over as soon as it has begun, unless it is canceled.</summary>
public static class TestClock
{
    private static readonly AsyncLocal<Action<TimeSpan>?> Waits = new();

    private static readonly AsyncLocal<Random?> Chances = new();

    public static Action<TimeSpan>? OnWait
    {
        get => Waits.Value;
        set => Waits.Value = value;
    }

    /// <summary>What jitter is drawn from; the same for one test's runs, so that no run of the test is another's luck.</summary>
    public static Random Chance
    {
        get => Chances.Value ?? Random.Shared;
        set => Chances.Value = value;
    }

    public static TimeProvider Provider { get; } = new ImmediateTime();

    public static Task Delay(int milliseconds, CancellationToken cancellationToken = default)
    {
        OnWait?.Invoke(TimeSpan.FromMilliseconds(milliseconds));
        return cancellationToken.IsCancellationRequested ? Task.FromCanceled(cancellationToken) : Task.CompletedTask;
    }

    private sealed class ImmediateTime : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            OnWait?.Invoke(dueTime);
            return base.CreateTimer(callback, state, TimeSpan.FromMilliseconds(1), period);
        }
    }
}
