using AgentLint.Fixes.Retries;
using AgentLint.Rules.Retries;
using Xunit;

namespace AgentLint.Tests.Rules.Retries;

public sealed class AGL0201FixTests
{
    private const string Title = "Give up after 5 attempts";

    // ---- Loops ------------------------------------------------------------------------------------------------------

    [Fact]
    public Task Endless_loop_gives_up_with_the_last_failure() => Bounded(
        """
        async Task<string> M(string uri, CancellationToken token)
        {
            // Until it works.
            [|while (true)|]
            {
                try
                {
                    return await http.GetStringAsync(uri, token);
                }
                catch (HttpRequestException e)
                {
                    Console.WriteLine(e);
                    await Task.Delay(1000);
                }
            }
        }
        """,
        """
        async Task<string> M(string uri, CancellationToken token)
        {
            // Until it works.
            for (var attempt = 1; ; attempt++)
            {
                try
                {
                    return await http.GetStringAsync(uri, token);
                }
                catch (HttpRequestException e) when (attempt < 5)
                {
                    Console.WriteLine(e);
                    await Task.Delay(Random.Shared.Next(Math.Min(30_000, 250 << attempt)), token);
                }
            }
        }
        """);

    [Fact]
    public Task Loop_until_something_is_there() => Bounded(
        """
        async Task<string> M(string uri)
        {
            string? text = null;
            [|do|]
            {
                try
                {
                    text = await http.GetStringAsync(uri);
                }
                catch (HttpRequestException)
                {
                }
            }
            while (text == null);

            return text;
        }
        """,
        """
        async Task<string> M(string uri)
        {
            string? text = null;
            var attempt = 0;
            do
            {
                try
                {
                    text = await http.GetStringAsync(uri);
                }
                catch (HttpRequestException) when (++attempt < 5)
                {
                    await Task.Delay(Random.Shared.Next(Math.Min(30_000, 250 << attempt)));
                }
            }
            while (text == null);

            return text;
        }
        """);

    [Fact]
    public Task Answer_that_is_a_failure_ends_in_one() => Bounded(
        """
        async Task<string> M(string uri)
        {
            [|while (true)|]
            {
                try
                {
                    // Ask.
                    var response = await http.GetAsync(uri);
                    if (response.IsSuccessStatusCode)
                        return await response.Content.ReadAsStringAsync();
                }
                catch (HttpRequestException)
                {
                    Console.WriteLine("again");
                    await Task.Delay(1000);
                }
            }
        }
        """,
        """
        async Task<string> M(string uri)
        {
            var attempt = 0;
            while (true)
            {
                if (++attempt > 5)
                    throw new InvalidOperationException("No success in 5 attempts");
                if (attempt > 1)
                    await Task.Delay(Random.Shared.Next(Math.Min(30_000, 250 << (attempt - 1))));
                try
                {
                    // Ask.
                    var response = await http.GetAsync(uri);
                    if (response.IsSuccessStatusCode)
                        return await response.Content.ReadAsStringAsync();
                }
                catch (HttpRequestException) when (attempt < 5)
                {
                    Console.WriteLine("again");
                }
            }
        }
        """);

    [Fact]
    public Task Wait_that_serves_all_ways_stays() => Bounded(
        """
        async Task<string> M(string uri)
        {
            [|while (true)|]
            {
                var response = await http.GetAsync(uri);
                if (response.IsSuccessStatusCode)
                    return await response.Content.ReadAsStringAsync();
                await Task.Delay(Random.Shared.Next(1000));
            }
        }
        """,
        """
        async Task<string> M(string uri)
        {
            var attempt = 0;
            while (true)
            {
                if (++attempt > 5)
                    throw new InvalidOperationException("No success in 5 attempts");
                var response = await http.GetAsync(uri);
                if (response.IsSuccessStatusCode)
                    return await response.Content.ReadAsStringAsync();
                await Task.Delay(Random.Shared.Next(1000));
            }
        }
        """);

    [Fact]
    public Task Several_loops_at_once() => Bounded(
        """
        async Task M(string uri)
        {
            var isDone = false;
            [|while (!isDone)|]
            {
                try
                {
                    await http.GetStringAsync(uri);
                    isDone = true;
                }
                catch
                {
                }
            }

            [|while (true)|]
            {
                try
                {
                    await http.DeleteAsync(uri);
                    break;
                }
                catch (TimeoutException) { }
            }
        }
        """,
        """
        async Task M(string uri)
        {
            var isDone = false;
            for (var attempt = 1; !isDone; attempt++)
            {
                try
                {
                    await http.GetStringAsync(uri);
                    isDone = true;
                }
                catch when (attempt < 5)
                {
                    await Task.Delay(Random.Shared.Next(Math.Min(30_000, 250 << attempt)));
                }
            }

            for (var attempts = 1; ; attempts++)
            {
                try
                {
                    await http.DeleteAsync(uri);
                    break;
                }
                catch (TimeoutException) when (attempts < 5) {
                    await Task.Delay(Random.Shared.Next(Math.Min(30_000, 250 << attempts)));
                }
            }
        }
        """);

    [Theory]
    // Jumps and calls of itself have no loop that counts.
    [InlineData("again: try { return await http.GetStringAsync(uri); } catch (TimeoutException) { [|goto again;|] }")]
    [InlineData("try { return await http.GetStringAsync(uri); } catch (TimeoutException) { return await [|M(uri)|]; }")]
    // No block.
    [InlineData("[|while (true)|] try { return await http.GetStringAsync(uri); } catch (TimeoutException) { }")]
    public Task Loops_of_other_shapes_are_left(string body) => Bounded($"async Task<string> M(string uri) {{ {body} }}", null);

    [Fact]
    public Task Loops_with_directives_are_left() => Bounded(
        """
        async Task<string> M(string uri)
        {
            [|while (true)|]
            {
        #if DEBUG
                Console.WriteLine(uri);
        #endif
                try
                {
                    return await http.GetStringAsync(uri);
                }
                catch (TimeoutException)
                {
                }
            }
        }
        """,
        null);

    // ---- Pipelines --------------------------------------------------------------------------------------------------

    [Fact]
    public Task Pipeline_takes_the_place_of_the_loop() => new FixTest<AGL0201_UnboundedRetry, AGL0201Fix_UsePipeline>(
        In("""
        async Task<string> M(string uri, CancellationToken token)
        {
            [|while (true)|]
            {
                try
                {
                    return await http.GetStringAsync(uri, token);
                }
                catch (HttpRequestException)
                {
                    await Task.Delay(1000, token);
                }
            }
        }
        """),
        In(
            """
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

            async Task<string> M(string uri, CancellationToken token)
            {
                return await Retry.ExecuteAsync(async attemptToken => await http.GetStringAsync(uri, attemptToken), token);
            }
            """,
            "using Polly;\nusing Polly.Retry;")) { AsksAllRules = true }.RunAsync("Retry by a Polly pipeline");

    [Theory]
    [InlineData("[|while (true)|] { try { return await http.GetStringAsync(uri); } catch (TimeoutException e) { Console.WriteLine(e); } }")]
    [InlineData("[|while (true)|] { var response = await http.GetAsync(uri); if (response.IsSuccessStatusCode) return uri; }")]
    public Task Pipeline_is_not_offered_where_the_loop_does_more(string body)
    {
        var code = In($"async Task<string> M(string uri) {{ {body} }}");
        return new FixTest<AGL0201_UnboundedRetry, AGL0201Fix_UsePipeline>(code, code).RunAsync(null);
    }

    // ---- Policies ---------------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("Policy.Handle<Exception>().[|WaitAndRetryForeverAsync|](n => TimeSpan.FromSeconds(n))", "Policy.Handle<Exception>().WaitAndRetryAsync(4, n => TimeSpan.FromSeconds(n))")]
    [InlineData("Policy.Handle<Exception>().[|WaitAndRetryForever|](n => TimeSpan.FromSeconds(n), (e, wait) => Console.WriteLine(e))", "Policy.Handle<Exception>().WaitAndRetry(4, n => TimeSpan.FromSeconds(n), (e, wait) => Console.WriteLine(e))")]
    [InlineData("Policy<int>.Handle<Exception>().[|WaitAndRetryForeverAsync|](sleepDurationProvider: n => TimeSpan.FromSeconds(n))", "Policy<int>.Handle<Exception>().WaitAndRetryAsync(4, sleepDurationProvider: n => TimeSpan.FromSeconds(n))")]
    [InlineData("Policy.Handle<Exception>().[|RetryForeverAsync|]()", "Policy.Handle<Exception>().WaitAndRetryAsync(4, attempt => TimeSpan.FromMilliseconds(Random.Shared.Next(Math.Min(30_000, 250 << attempt))))")]
    [InlineData("Policy.Handle<Exception>().[|RetryForever|]()", "Policy.Handle<Exception>().WaitAndRetry(4, attempt => TimeSpan.FromMilliseconds(Random.Shared.Next(Math.Min(30_000, 250 << attempt))))")]
    [InlineData("Policy.Handle<Exception>().[|RetryAsync|](int.MaxValue)", "Policy.Handle<Exception>().WaitAndRetryAsync(4, attempt => TimeSpan.FromMilliseconds(Random.Shared.Next(Math.Min(30_000, 250 << attempt))))")]
    [InlineData("Policy.Handle<Exception>().[|WaitAndRetryAsync|](retryCount: int.MaxValue, n => TimeSpan.FromSeconds(n))", "Policy.Handle<Exception>().WaitAndRetryAsync(retryCount: 4, n => TimeSpan.FromSeconds(n))")]
    [InlineData("new ResiliencePipelineBuilder().AddRetry(new() { [|MaxRetryAttempts|] = int.MaxValue, UseJitter = true })", "new ResiliencePipelineBuilder().AddRetry(new() { MaxRetryAttempts = 4, UseJitter = true })")]
    public Task Policy_gets_a_last_attempt(string policy, string mended) => Bounded($"object M() => {policy};", $"object M() => {mended};");

    [Theory]
    [InlineData("Policy.Handle<Exception>().[|RetryForeverAsync|](e => Console.WriteLine(e))")]
    [InlineData("Policy.Handle<Exception>().[|WaitAndRetryForeverAsync|]((n, context) => TimeSpan.FromSeconds(n), (e, n, wait, context) => Console.WriteLine(n))")]
    [InlineData("Policy.Handle<Exception>().[|RetryAsync|](int.MaxValue, (e, n) => Console.WriteLine(n))")]
    public Task Not_offered_where_the_callback_is_another(string policy) => Bounded($"object M() => {policy};", null);

    private static Task Bounded(string members, string? mended) =>
        new FixTest<AGL0201_UnboundedRetry, AGL0201Fix_BoundAttempts>(In(members), In(mended ?? members)) { AsksAllRules = true }.RunAsync(Title);

    private static string In(string members, string imports = "using Polly;") => $$"""
        #nullable enable
        using System;
        using System.Net.Http;
        using System.Threading;
        using System.Threading.Tasks;
        {{imports}}

        class C(HttpClient http)
        {
        {{string.Concat(members.Split('\n').Select(line => line.Length == 0 || line[0] == '#' ? line + "\n" : "    " + line + "\n"))}}
            HttpClient Http => http;
        }
        """;
}
