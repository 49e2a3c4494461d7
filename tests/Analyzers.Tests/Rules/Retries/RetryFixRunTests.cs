using AgentLint.Fixes.Retries;
using AgentLint.Rules.Retries;
using AgentLint.Tests.Editing;
using Microsoft.Extensions.AI;
using Xunit;

namespace AgentLint.Tests.Rules.Retries;

/// <summary>
/// Retries before and after AgentLint's own fixes, compiled and run against a server that fails: how often it is asked, how long is waited, and what the caller gets.
/// </summary>
public sealed class RetryFixRunTests
{
    private const string Usings = """
        using System;
        using System.Collections.Generic;
        using System.Net.Http;
        using System.Threading;
        using System.Threading.Tasks;
        using Microsoft.Extensions.AI;
        using Polly;
        using Polly.Retry;

        """;

    private const string Hasty = Usings + """
        public static class Work
        {
            public static async Task<string> Run(HttpClient http)
            {
                for (var i = 0; i < 3; i++)
                {
                    try
                    {
                        return await http.GetStringAsync("orders");
                    }
                    [|catch|] (HttpRequestException)
                    {
                    }
                }

                return "none";
            }
        }
        """;

    private const string Even = Usings + """
        public static class Work
        {
            public static async Task<string> Run(HttpClient http)
            {
                for (var attempt = 1; ; attempt++)
                {
                    try
                    {
                        return await http.GetStringAsync("orders");
                    }
                    catch (HttpRequestException) when (attempt < 4)
                    {
                        await [|Task.Delay(1000)|];
                    }
                }
            }
        }
        """;

    private const string Stubborn = Usings + """
        public static class Work
        {
            public static async Task<string> Run(HttpClient http, CancellationToken token)
            {
                for (var attempt = 0; attempt < 5; attempt++)
                {
                    try
                    {
                        return await http.GetStringAsync("orders", token);
                    }
                    [|catch|] (Exception)
                    {
                        await Task.Delay(1 + attempt);
                    }
                }

                return "none";
            }
        }
        """;

    private const string Dead = Usings + """
        public static class Work
        {
            private static readonly ResiliencePipeline Pipeline = new ResiliencePipelineBuilder().AddRetry(new RetryStrategyOptions { Delay = TimeSpan.Zero }).Build();

            public static async Task<string> Run(HttpClient http) => await Pipeline.[|Execute|](async () => await Ask(http));

            private static Task<string> Ask(HttpClient http) => http.GetStringAsync("orders");
        }
        """;

    private const string Growing = Usings + """
        public static class Work
        {
            public static async Task<string> Run(IChatClient client, List<ChatMessage> history)
            {
                for (var attempt = 0; ; attempt++)
                {
                    try
                    {
                        [|history.Add(new ChatMessage(ChatRole.User, "Hello"))|];
                        return (await client.GetResponseAsync(history)).Text;
                    }
                    catch (HttpRequestException) when (attempt < 3)
                    {
                        await Task.Delay(1);
                    }
                }
            }
        }
        """;

    private const string Polling = Usings + """
        public static class Work
        {
            public static async Task Run(HttpClient http)
            {
                [|while (await http.GetStringAsync("job") != "done")|]
                    await Task.Delay(1);
            }
        }
        """;

    [Fact]
    public async Task Next_attempt_waits_longer_and_the_last_failure_is_not_waited_for()
    {
        var mended = Hasty
            .Replace("        for (", "        var backoff = 500;\n        for (", StringComparison.Ordinal)
            .Replace("[|catch|] (HttpRequestException)\n            {\n", "catch (HttpRequestException)\n            {\n                if (i < 2)\n                    await Task.Delay(Random.Shared.Next(backoff));\n                backoff = Math.Min(2 * backoff, 30_000);\n", StringComparison.Ordinal);
        await new FixTest<AGL0202_RetryWithoutDelay, AGL0202Fix_WaitBetweenAttempts>(Hasty, mended).RunAsync(null);

        Assert.Equal((3, 0), await CountAsync(Hasty));
        Assert.Equal((3, 2), await CountAsync(mended));

        static async Task<(int Asked, int Waits)> CountAsync(string code)
        {
            using var server = CountingServer.FailingFirst(int.MaxValue);
            var waits = await WaitsOfAsync(code, server, failure: false);
            for (var i = 0; i < waits.Count; i++)
                Assert.InRange(waits[i], 0, 500 << i);
            return (server.Asked, waits.Count);
        }
    }

    [Fact]
    public async Task Clients_that_failed_together_do_not_return_together()
    {
        var mended = Even.Replace("[|Task.Delay(1000)|]", "Task.Delay((int)(1000 * (0.5 + Random.Shared.NextDouble())))", StringComparison.Ordinal);
        await new FixTest<AGL0203_RetryWithoutJitter, AGL0203Fix_AddJitter>(Even, mended).RunAsync(null);

        Assert.Equal([1000], (await OfManyAsync(Even)).Distinct());
        var waits = await OfManyAsync(mended);
        Assert.All(waits, wait => Assert.InRange(wait, 500, 1500));
        Assert.InRange(waits.Distinct().Count(), 100, 150);

        static async Task<List<double>> OfManyAsync(string code)
        {
            TestClock.Chance = new Random(20260101);
            var waits = new List<double>();
            for (var client = 0; client < 50; client++)
            {
                using var server = CountingServer.FailingFirst(int.MaxValue);
                waits.AddRange(await WaitsOfAsync(code, server, failure: true));
                Assert.Equal(4, server.Asked);
            }

            return waits;
        }
    }

    [Fact]
    public async Task Caller_that_gives_up_is_not_asked_for_again()
    {
        var mended = Stubborn.Replace("[|catch|] (Exception)", "catch (Exception exception) when (exception is not OperationCanceledException)", StringComparison.Ordinal);
        await new FixTest<AGL0205_RetryOfPermanentFailure, AGL0205Fix_LetThrough>(Stubborn, mended).RunAsync(null);

        Assert.Equal(("none", 5), await GiveUpAsync(Stubborn));
        Assert.Equal(("canceled", 1), await GiveUpAsync(mended));

        static async Task<(string Result, int Asked)> GiveUpAsync(string code)
        {
            using var caller = new CancellationTokenSource();
            // The caller gives up while it waits for the first answer.
            using var server = new CountingServer(_ =>
            {
                caller.Cancel();
                throw new OperationCanceledException(caller.Token);
            });
            var attempts = new AttemptCounter(server);
            using var http = new HttpClient(attempts) { BaseAddress = new Uri("http://shop.test/") };
            try
            {
                return (await RunnableProgram.Run<Func<HttpClient, CancellationToken, Task<string>>>(code)(http, caller.Token), attempts.Count);
            }
            catch (OperationCanceledException)
            {
                return ("canceled", attempts.Count);
            }
        }
    }

    [Fact]
    public async Task Retry_that_never_acted_acts()
    {
        var mended = Dead.Replace("[|Execute|](async () =>", "ExecuteAsync(async _ =>", StringComparison.Ordinal);
        await new FixTest<AGL0206_DeadRetry, AGL0206Fix_ExecuteAsync>(Dead, mended).RunAsync(null);

        using var before = CountingServer.FailingFirst(2);
        await Assert.ThrowsAsync<HttpRequestException>(() => RunnableProgram.Run<Func<HttpClient, Task<string>>>(Dead)(before.Client));
        using var after = CountingServer.FailingFirst(2);
        Assert.Equal("answer", await RunnableProgram.Run<Func<HttpClient, Task<string>>>(mended)(after.Client));
        Assert.Equal((1, 3), (before.Asked, after.Asked));
    }

    [Fact]
    public async Task Each_attempt_begins_with_the_same_messages()
    {
        var mended = Growing
            .Replace("        for (", "        var historyCount = history.Count;\n        for (", StringComparison.Ordinal)
            .Replace("            try\n", "            history.RemoveRange(historyCount, history.Count - historyCount);\n            try\n", StringComparison.Ordinal)
            .Replace("[|", "", StringComparison.Ordinal).Replace("|]", "", StringComparison.Ordinal);
        await new FixTest<AGL0207_StateKeptBetweenAttempts, AGL0207Fix_RestoreState>(Growing, mended).RunAsync(null);

        Assert.Equal("Hello; Hello; Hello", await LastHeardAsync(Growing));
        Assert.Equal("Hello", await LastHeardAsync(mended));

        static async Task<string> LastHeardAsync(string code)
        {
            var times = 0;
            using var model = new CountingModel(heard => ++times < 3 ? throw new HttpRequestException() : Task.FromResult(heard));
            return await RunnableProgram.Run<Func<IChatClient, List<ChatMessage>, Task<string>>>(code)(model, []);
        }
    }

    [Fact]
    public async Task Polling_ends_when_time_is_up()
    {
        var mended = Polling
            .Replace("        [|while", "        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(10));\n        while", StringComparison.Ordinal)
            .Replace("(\"job\") != \"done\")|]", "(\"job\", deadline.Token) != \"done\")", StringComparison.Ordinal)
            .Replace("Delay(1)", "Delay(1, deadline.Token)", StringComparison.Ordinal);
        await new FixTest<AGL0209_UnboundedPolling, AGL0209Fix_SetDeadline>(Polling, mended).RunAsync(null);

        using var patient = CountingServer.FailingFirst(0, "pending");
        var polls = 0;
        using var late = new CountingServer(number => new() { Content = new StringContent((polls = number) > 500 ? "done" : "pending") });
        await RunnableProgram.Run<Func<HttpClient, Task>>(Polling.Replace("Task.Delay(1)", "Task.Yield()", StringComparison.Ordinal))(late.Client);
        Assert.Equal(501, polls);
        // The job is never done; a time that the test need not wait for stands in for the ten minutes.
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RunnableProgram.Run<Func<HttpClient, Task>>(mended.Replace("FromMinutes(10)", "FromMilliseconds(50)", StringComparison.Ordinal))(patient.Client));
    }

    private static async Task<List<double>> WaitsOfAsync(string code, CountingServer server, bool failure)
    {
        var waits = new List<double>();
        var run = RunnableProgram.Run<Func<HttpClient, Task<string>>>(RunnableProgram.WithTestClock(code));
        TestClock.OnWait = wait => waits.Add(wait.TotalMilliseconds);
        try
        {
            if (failure)
                await Assert.ThrowsAsync<HttpRequestException>(() => run(server.Client));
            else
                Assert.Equal("none", await run(server.Client));
        }
        finally
        {
            TestClock.OnWait = null;
        }

        return waits;
    }

    /// <summary>Counts attempts that never arrive, too.</summary>
    private sealed class AttemptCounter(HttpMessageHandler server) : DelegatingHandler(server)
    {
        public int Count { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Count++;
            return base.SendAsync(request, cancellationToken);
        }
    }
}
