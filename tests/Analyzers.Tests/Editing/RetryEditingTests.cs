using Xunit;

namespace AgentLint.Tests.Editing;

/// <summary>What the edits of loops write.</summary>
public sealed class RetryEditingTests
{
    private const string Head = """
        using System;
        using System.Net.Http;
        using System.Threading;
        using System.Threading.Tasks;
        using Polly;

        class C(HttpClient http)
        {

        """;

    [Fact]
    public Task Endless_loop_becomes_a_bounded_one() => Bounded(
        """
        async Task<string> M(string uri, CancellationToken cancellationToken)
        {
            // Until it works.
            [|while (true)
            {
                try
                {
                    return await http.GetStringAsync(uri, cancellationToken);
                }
                catch (HttpRequestException)
                {
                    await Task.Delay(1000);
                }
            }|]
        }
        """,
        """
        async Task<string> M(string uri, CancellationToken cancellationToken)
        {
            // Until it works.
            for (var attempt = 1; ; attempt++)
            {
                try
                {
                    return await http.GetStringAsync(uri, cancellationToken);
                }
                catch (HttpRequestException) when (attempt < 5)
                {
                    await Task.Delay(Random.Shared.Next(Math.Min(30_000, 250 << attempt)), cancellationToken);
                }
            }
        }
        """);

    [Fact]
    public Task Condition_and_filters_are_kept() => Bounded(
        """
        async Task M(string uri)
        {
            var isDone = false;
            [|while (!isDone)
            {
                try
                {
                    await http.GetStringAsync(uri);
                    isDone = true;
                }
                catch (HttpRequestException e) when (e.StatusCode == null || (int)e.StatusCode > 500)
                {
                    Console.WriteLine(e); // and again
                }
                catch (TimeoutException)
                {
                }
                catch
                {
                    throw;
                }
            }|]
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
                catch (HttpRequestException e) when (attempt < 5 && (e.StatusCode == null || (int)e.StatusCode > 500))
                {
                    Console.WriteLine(e); // and again
                    await Task.Delay(Random.Shared.Next(Math.Min(30_000, 250 << attempt)));
                }
                catch (TimeoutException) when (attempt < 5)
                {
                    await Task.Delay(Random.Shared.Next(Math.Min(30_000, 250 << attempt)));
                }
                catch
                {
                    throw;
                }
            }
        }
        """);

    [Fact]
    public Task Wait_between_attempts_stays_where_it_is() => Bounded(
        """
        async Task<string> M(string uri)
        {
            [|do
            {
                await Task.Delay(Random.Shared.Next(1000));
                try
                {
                    return await http.GetStringAsync(uri);
                }
                catch
                {
                    Console.WriteLine("again");
                }
            }
            while (true);|]
        }
        """,
        """
        async Task<string> M(string uri)
        {
            var attempt = 0;
            do
            {
                await Task.Delay(Random.Shared.Next(1000));
                try
                {
                    return await http.GetStringAsync(uri);
                }
                catch when (++attempt < 5)
                {
                    Console.WriteLine("again");
                }
            }
            while (true);
        }
        """);

    [Fact]
    public Task What_goes_on_without_a_failure_ends_in_one() => Bounded(
        """
        async Task<string> M(string uri)
        {
            HttpResponseMessage response;
            [|do
            {
                response = await http.GetAsync(uri);
            }
            while (!response.IsSuccessStatusCode);|]
            return await response.Content.ReadAsStringAsync();
        }
        """,
        """
        async Task<string> M(string uri)
        {
            HttpResponseMessage response;
            var attempt = 0;
            do
            {
                if (++attempt > 5)
                    throw new InvalidOperationException("No success in 5 attempts");
                if (attempt > 1)
                    await Task.Delay(Random.Shared.Next(Math.Min(30_000, 250 << (attempt - 1))));
                response = await http.GetAsync(uri);
            }
            while (!response.IsSuccessStatusCode);
            return await response.Content.ReadAsStringAsync();
        }
        """);

    [Fact]
    public Task Handlers_on_one_line_are_opened() => Bounded(
        """
        async Task<string> M(string uri)
        {
            [|for (;;)
            {
                try { return await http.GetStringAsync(uri); }
                catch (HttpRequestException) { }
                catch (TimeoutException) { continue; }
            }|]
        }
        """,
        """
        async Task<string> M(string uri)
        {
            for (var attempt = 1; ; attempt++)
            {
                try { return await http.GetStringAsync(uri); }
                catch (HttpRequestException) when (attempt < 5) {
                    await Task.Delay(Random.Shared.Next(Math.Min(30_000, 250 << attempt)));
                }
                catch (TimeoutException) when (attempt < 5) {
                    await Task.Delay(Random.Shared.Next(Math.Min(30_000, 250 << attempt)));
                    continue;
                }
            }
        }
        """);

    [Fact]
    public Task Two_loops_of_one_method_are_bounded_at_once() => Bounded(
        """
        async Task M(string uri)
        {
            var one = false;
            [|do
            {
                try
                {
                    await http.GetStringAsync(uri);
                    one = true;
                }
                catch (HttpRequestException)
                {
                }
            }
            while (!one);|]
            [|while (one)
            {
                try
                {
                    await http.GetStringAsync(uri);
                    one = false;
                }
                catch (HttpRequestException)
                {
                }
            }|]
        }
        """,
        """
        async Task M(string uri)
        {
            var one = false;
            var attempt = 0;
            do
            {
                try
                {
                    await http.GetStringAsync(uri);
                    one = true;
                }
                catch (HttpRequestException) when (++attempt < 5)
                {
                    await Task.Delay(Random.Shared.Next(Math.Min(30_000, 250 << attempt)));
                }
            }
            while (!one);
            for (var attempts = 1; one; attempts++)
            {
                try
                {
                    await http.GetStringAsync(uri);
                    one = false;
                }
                catch (HttpRequestException) when (attempts < 5)
                {
                    await Task.Delay(Random.Shared.Next(Math.Min(30_000, 250 << attempts)));
                }
            }
        }
        """);

    [Theory]
    [InlineData("while (true) await http.GetStringAsync(uri);")]
    [InlineData("for (var i = 0; i < 3; i++) Thread.Sleep(1);")]
    public Task Loops_without_a_block_are_left(string loop) => NotBounded($$"""
        async Task M(string uri)
        {
            [|{{loop}}|]
        }
        """);

    [Fact]
    public Task Synchronous_methods_are_left() => NotBounded("""
        void M(string uri)
        {
            [|while (true)
            {
                try
                {
                    http.GetStringAsync(uri).Wait();
                }
                catch (HttpRequestException)
                {
                }
            }|]
        }
        """);

    [Fact]
    public Task Pipeline_takes_the_place_of_the_loop() => Test<UsePipeline>(
        """
        private readonly string root = "/";

        async Task<int> M(string uri, CancellationToken cancellationToken)
        {
            [|while (true)
            {
                try
                {
                    return (await http.GetStringAsync(root + uri, cancellationToken)).Length;
                }
                catch (HttpRequestException)
                {
                    await Task.Delay(1000);
                }
                catch (TimeoutException)
                {
                }
            }|]
        }
        """,
        """
        private static readonly ResiliencePipeline Retry = new ResiliencePipelineBuilder()
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = new PredicateBuilder().Handle<HttpRequestException>().Handle<TimeoutException>(),
                MaxRetryAttempts = 4,
                Delay = TimeSpan.FromMilliseconds(500),
                MaxDelay = TimeSpan.FromSeconds(30),
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
            })
            .Build();

        private readonly string root = "/";

        async Task<int> M(string uri, CancellationToken cancellationToken)
        {
            return (await Retry.ExecuteAsync(async token => await http.GetStringAsync(root + uri, token), cancellationToken)).Length;
        }
        """,
        "using Polly;\nusing Polly.Retry;");

    [Fact]
    public Task Pipelines_that_handle_the_same_are_one() => Test<UsePipeline>(
        """
        async Task M(string uri)
        {
            [|while (true)
            {
                try
                {
                    await http.GetStringAsync(uri);
                    break;
                }
                catch (Exception)
                {
                }
            }|]
            [|for (;;)
            {
                try
                {
                    await http.DeleteAsync(uri);
                    break;
                }
                catch
                {
                }
            }|]
        }
        """,
        """
        private static readonly ResiliencePipeline Retry = new ResiliencePipelineBuilder()
            .AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = 4,
                Delay = TimeSpan.FromMilliseconds(500),
                MaxDelay = TimeSpan.FromSeconds(30),
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
            })
            .Build();

        async Task M(string uri)
        {
            await Retry.ExecuteAsync(async token => await http.GetStringAsync(uri, token));
            await Retry.ExecuteAsync(async token => await http.DeleteAsync(uri, token));
        }
        """,
        "using Polly;\nusing Polly.Retry;");

    [Theory]
    [InlineData("catch (HttpRequestException e) when (e.StatusCode == null) { }")]
    [InlineData("catch (HttpRequestException) { Console.WriteLine(uri); }")]
    [InlineData("catch (HttpRequestException) { /* again */ }")]
    [InlineData("catch (HttpRequestException) { } finally { Console.WriteLine(uri); }")]
    public Task Pipeline_is_not_offered_where_the_loop_does_more(string handler) => Test<UsePipeline>(
        $$"""
        async Task<string> M(string uri)
        {
            [|while (true)
            {
                try
                {
                    return await http.GetStringAsync(uri);
                }
                {{handler}}
            }|]
        }
        """,
        null);

    [Fact]
    public Task Deadline_is_linked_and_reaches_all_that_is_awaited() => Test<SetDeadline>(
        """
        async Task<string> M(string job, CancellationToken cancellationToken)
        {
            string status;
            [|do
            {
                await Task.Delay(2000);
                status = await http.GetStringAsync(job, cancellationToken);
            }
            while (status == "running");|]
            return status;
        }
        """,
        """
        async Task<string> M(string job, CancellationToken cancellationToken)
        {
            string status;
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            deadline.CancelAfter(TimeSpan.FromMinutes(10));
            do
            {
                await Task.Delay(2000, deadline.Token);
                status = await http.GetStringAsync(job, deadline.Token);
            }
            while (status == "running");
            return status;
        }
        """);

    [Fact]
    public Task Deadline_without_a_token_in_scope() => Test<SetDeadline>(
        """
        async Task M(string job)
        {
            [|while (await Runs(job))
            {
                if (job.Length > 0)
                    await Task.Delay(2000);
            }|]
        }

        Task<bool> Runs(string job) => Task.FromResult(http.BaseAddress == null);
        """,
        """
        async Task M(string job)
        {
            using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(10));
            while (await Runs(job))
            {
                deadline.Token.ThrowIfCancellationRequested();
                if (job.Length > 0)
                    await Task.Delay(2000, deadline.Token);
            }
        }

        Task<bool> Runs(string job) => Task.FromResult(http.BaseAddress == null);
        """);

    [Fact]
    public Task Cap_ends_in_a_failure_that_says_why() => Test<CapLoop>(
        """
        async Task M(string uri)
        {
            [|while (true)
            {
                // One round.
                if (await http.GetStringAsync(uri) == "done")
                    break;
            }|]
        }
        """,
        """
        async Task M(string uri)
        {
            var rounds = 0;
            while (true)
            {
                // One round.
                if (++rounds > 20)
                    throw new InvalidOperationException("The agent has not come to an end in 20 rounds");
                if (await http.GetStringAsync(uri) == "done")
                    break;
            }
        }
        """);

    private static Task Bounded(string members, string fixedMembers) => Test<BoundLoop>(members, fixedMembers);

    private static Task NotBounded(string members) => Test<BoundLoop>(members, null);

    private static Task Test<TFix>(string members, string? fixedMembers, string imports = "using Polly;")
        where TFix : LoopFix, new() =>
        new FixTest<NakedLoop, TFix>(In(members, "using Polly;"), In(fixedMembers ?? members, imports)).RunAsync(null);

    private static string In(string members, string imports) =>
        Head.Replace("using Polly;", imports, StringComparison.Ordinal) + string.Concat(members.Split('\n').Select(line => line.Length == 0 ? "\n" : "    " + line + "\n")) + "}\n";
}
