using AgentLint.Rules.Retries;
using Microsoft.CodeAnalysis;
using Xunit;

namespace AgentLint.Tests.Rules.Retries;

public sealed class AGL0202Tests
{
    private const string Any = "any failure";

    [Fact]
    public Task Handler_of_everything_is_a_warning() => Reported(
        """
        for (var attempt = 0; attempt < 3; attempt++)
        {
            try
            {
                return await http.GetStringAsync(uri);
            }
            {|#0:catch|} (Exception e)
            {
                log(e);
            }
        }

        return "";
        """,
        "HttpClient.GetStringAsync",
        Any,
        DiagnosticSeverity.Warning);

    [Fact]
    public Task Handler_of_one_failure_is_a_suggestion() => Reported(
        """
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await http.GetStringAsync(uri);
            }
            {|#0:catch|} (HttpRequestException) when (attempt < 3)
            {
            }
        }
        """,
        "HttpClient.GetStringAsync",
        "'HttpRequestException'",
        DiagnosticSeverity.Info);

    [Fact]
    public Task Filter_that_looks_at_the_counter_only_takes_everything() => Reported(
        """
        var left = 3;
        while (true)
        {
            try
            {
                return (await client.GetResponseAsync(uri)).Text;
            }
            {|#0:catch|} (Exception) when (left-- > 0)
            {
            }
        }
        """,
        "IChatClient.GetResponseAsync",
        Any,
        DiagnosticSeverity.Warning);

    [Fact]
    public Task Filter_that_looks_at_the_exception_does_not() => Reported(
        """
        var left = 3;
        while (true)
        {
            try
            {
                return (await client.GetResponseAsync(uri)).Text;
            }
            {|#0:catch|} (Exception e) when (e is HttpRequestException or IOException && left-- > 0)
            {
            }
        }
        """,
        "IChatClient.GetResponseAsync",
        "'Exception'",
        DiagnosticSeverity.Info);

    [Fact]
    public Task One_of_two_handlers_waits() => Reported(
        """
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await http.GetStringAsync(uri);
            }
            catch (HttpRequestException) when (attempt < 3)
            {
                await Task.Delay(1000);
            }
            {|#0:catch|} (TimeoutException) when (attempt < 3)
            {
            }
        }
        """,
        "HttpClient.GetStringAsync",
        "'TimeoutException'",
        DiagnosticSeverity.Info);

    [Theory]
    [InlineData("Task.Delay(1000);")]
    [InlineData("_ = Task.Delay(1000);")]
    [InlineData("await Task.Delay(0);")]
    [InlineData("await Task.Delay(TimeSpan.Zero);")]
    [InlineData("await Task.Delay(Never);")]
    [InlineData("await Task.Yield();")]
    public Task Wait_that_is_none_counts_for_nothing(string wait) => Reported(
        $$"""
        for (var attempt = 0; attempt < 3; attempt++)
        {
            try
            {
                return await http.GetStringAsync(uri);
            }
            {|#0:catch|} (Exception)
            {
                {{wait}}
            }
        }

        return "";
        """,
        "HttpClient.GetStringAsync",
        Any,
        DiagnosticSeverity.Warning);

    [Fact]
    public Task Wait_before_the_loop_is_not_between_the_attempts() => Reported(
        """
        await Task.Delay(1000);
        for (var attempt = 0; attempt < 3; attempt++)
        {
            try
            {
                return await http.GetStringAsync(uri);
            }
            {|#0:catch|} (Exception)
            {
            }
        }

        return "";
        """,
        "HttpClient.GetStringAsync",
        Any,
        DiagnosticSeverity.Warning);

    [Fact]
    public Task Status_of_the_answer_decides() => Reported(
        """
        HttpResponseMessage response;
        var attempt = 0;
        do
        {
            response = await http.GetAsync(uri);
        }
        while (!{|#0:response.IsSuccessStatusCode|} && ++attempt < 3);
        return "";
        """,
        "HttpClient.GetAsync",
        "a failed response",
        DiagnosticSeverity.Warning);

    [Fact]
    public Task Jump_back() => Reported(
        """
        var attempt = 0;
        again:
        try
        {
            return await http.GetStringAsync(uri);
        }
        {|#0:catch|} (HttpRequestException) when (attempt++ < 3)
        {
        }

        goto again;
        """,
        "HttpClient.GetStringAsync",
        "'HttpRequestException'",
        DiagnosticSeverity.Info);

    [Fact]
    public Task Call_through_a_helper_is_named_with_its_path()
    {
        const string Code = """
            class C(HttpClient http)
            {
                async Task<string> M(string uri)
                {
                    for (var attempt = 0; attempt < 3; attempt++)
                    {
                        try
                        {
                            return await {|#1:Load(uri)|};
                        }
                        {|#0:catch|} (Exception)
                        {
                        }
                    }

                    return "";
                }

                Task<string> Load(string uri) => {|#2:http.GetStringAsync(uri)|};
            }
            """;
        return new RuleTest<AGL0202_RetryWithoutDelay>(Code)
            .ExpectPath(DiagnosticSeverity.Warning, Message("'C.Load' (C.Load → HttpClient.GetStringAsync)", Any), 0, 1, 2)
            .RunAsync();
    }

    [Fact]
    public Task Method_that_calls_itself()
    {
        const string Code = """
            class C(HttpClient http)
            {
                async Task<string> M(string uri, int left)
                {
                    try
                    {
                        return await http.GetStringAsync(uri);
                    }
                    {|#0:catch|} (HttpRequestException) when (left > 0)
                    {
                        return await M(uri, left - 1);
                    }
                }
            }
            """;
        return new RuleTest<AGL0202_RetryWithoutDelay>(Code)
            .Expect(DiagnosticSeverity.Info, Message("'HttpClient.GetStringAsync'", "'HttpRequestException'"))
            .RunAsync();
    }

    [Theory]
    [InlineData("await Task.Delay(1000);")]
    [InlineData("await Task.Delay(1000, token);")]
    [InlineData("await Task.Delay(TimeSpan.FromSeconds(Math.Pow(2, attempt)));")]
    [InlineData("await Task.Delay(1000).ConfigureAwait(false);")]
    [InlineData("Thread.Sleep(1000);")]
    [InlineData("await Pause(attempt);")]
    [InlineData("if (attempt > 1) await Task.Delay(500); else await Task.Delay(100);")]
    [InlineData("if (attempt < 2) { await Task.Delay(500); } else { log(null!); }")]
    public Task Handler_that_waits(string wait) => Silent($$"""
        for (var attempt = 0; attempt < 3; attempt++)
        {
            try
            {
                return await http.GetStringAsync(uri);
            }
            catch (Exception)
            {
                {{wait}}
            }
        }

        return "";
        """);

    [Theory]
    [InlineData("await Task.Delay(1000 * attempt);", "")]
    [InlineData("if (attempt > 0) await Task.Delay(1000);", "")]
    [InlineData("", "await Task.Delay(1000);")]
    public Task Wait_at_the_head_or_at_the_end_of_the_loop(string head, string end) => Silent($$"""
        for (var attempt = 0; attempt < 3; attempt++)
        {
            {{head}}
            try
            {
                return await http.GetStringAsync(uri);
            }
            catch (HttpRequestException)
            {
                log(null!);
            }

            {{end}}
        }

        return "";
        """);

    [Theory]
    [InlineData("JsonException")]
    [InlineData("FormatException")]
    public Task Answer_that_could_not_be_read_is_asked_for_again(string failure) => Silent($$"""
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                var answer = await client.GetResponseAsync(uri);
                return System.Text.Json.JsonDocument.Parse(answer.Text).ToString()!;
            }
            catch ({{failure.Replace("Json", "System.Text.Json.Json", StringComparison.Ordinal)}}) when (attempt < 3)
            {
            }
        }
        """);

    [Fact]
    public Task Conflict_of_versions_is_mended_by_fresh_data()
    {
        const string Code = """
            using Microsoft.EntityFrameworkCore;

            class C(DbContext database, HttpClient http)
            {
                async Task Save(object order)
                {
                    for (var attempt = 0; ; attempt++)
                    {
                        try
                        {
                            await database.SaveChangesAsync();
                            return;
                        }
                        catch (DbUpdateConcurrencyException) when (attempt < 3)
                        {
                        }
                    }
                }

                async Task Put(string uri)
                {
                    for (var attempt = 0; ; attempt++)
                    {
                        try
                        {
                            await http.GetStringAsync(uri);
                            return;
                        }
                        catch (HttpRequestException e) when (attempt < 3 && e.StatusCode is System.Net.HttpStatusCode.PreconditionFailed or System.Net.HttpStatusCode.Conflict)
                        {
                        }
                    }
                }
            }
            """;
        return new RuleTest<AGL0202_RetryWithoutDelay>(Code).RunAsync();
    }

    [Fact]
    public Task Refusal_is_mended_by_a_new_token() => Silent("""
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await http.GetStringAsync(uri);
            }
            catch (HttpRequestException e) when (e.StatusCode == System.Net.HttpStatusCode.Unauthorized && attempt == 0)
            {
                log(e);
            }
        }
        """);

    [Fact]
    public Task Handler_that_opens_something_anew() => Silent("""
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await http.GetStringAsync(uri);
            }
            catch (IOException) when (attempt < 3)
            {
                await Pause(0);
            }
        }
        """);

    [Fact]
    public Task Next_attempt_goes_to_another_server() => Silent("""
        string[] servers = ["a", "b", "c"];
        for (var i = 0; i < servers.Length; i++)
        {
            try
            {
                return await http.GetStringAsync(servers[i] + uri);
            }
            catch (HttpRequestException)
            {
            }
        }

        return "";
        """);

    [Fact]
    public Task Next_item_is_no_retry() => Silent("""
        foreach (var server in new[] { "a", "b" })
        {
            try
            {
                return await http.GetStringAsync(server);
            }
            catch (Exception)
            {
            }
        }

        return "";
        """);

    [Fact]
    public Task Failure_that_ends_the_loop_is_not_retried() => Silent("""
        for (var attempt = 0; attempt < 3; attempt++)
        {
            try
            {
                return await http.GetStringAsync(uri);
            }
            catch (HttpRequestException)
            {
                break;
            }
        }

        return "";
        """);

    [Fact]
    public Task Retry_without_an_end_is_reported_as_such() => Silent("""
        while (true)
        {
            try
            {
                return await http.GetStringAsync(uri);
            }
            catch (HttpRequestException)
            {
            }
        }
        """);

    [Fact]
    public Task Local_work_may_be_tried_again_at_once() => Silent("""
        for (var attempt = 0; attempt < 3; attempt++)
        {
            try
            {
                return uri.Substring(attempt);
            }
            catch (Exception)
            {
            }
        }

        return await http.GetStringAsync(uri);
        """);

    [Theory]
    [InlineData("Policy.Handle<HttpRequestException>().{|#0:RetryAsync|}(5)", "a failure", DiagnosticSeverity.Info)]
    [InlineData("Policy.Handle<Exception>().{|#0:RetryAsync|}(5)", Any, DiagnosticSeverity.Warning)]
    [InlineData("new ResiliencePipelineBuilder().{|#0:AddRetry|}(new RetryStrategyOptions { Delay = TimeSpan.Zero })", Any, DiagnosticSeverity.Warning)]
    [InlineData("new ResiliencePipelineBuilder().{|#0:AddRetry|}(new RetryStrategyOptions { ShouldHandle = new PredicateBuilder().Handle<IOException>(), Delay = TimeSpan.Zero })", "a failure", DiagnosticSeverity.Info)]
    public Task Policy_that_does_not_wait(string policy, string failure, DiagnosticSeverity severity) =>
        new RuleTest<AGL0202_RetryWithoutDelay>(In($"object policy = {policy};\nreturn await http.GetStringAsync(uri);")).Expect(severity, Message("Work under this policy", failure)).RunAsync();

    [Theory]
    [InlineData("Policy.Handle<HttpRequestException>().RetryAsync()")]
    [InlineData("Policy.Handle<HttpRequestException>().RetryAsync(1)")]
    [InlineData("Policy.Handle<HttpRequestException>().RetryForeverAsync()")]
    [InlineData("Policy.Handle<HttpRequestException>().RetryAsync(uri.Length)")]
    [InlineData("Policy.Handle<HttpRequestException>().WaitAndRetryAsync(5, n => TimeSpan.FromSeconds(n))")]
    [InlineData("new ResiliencePipelineBuilder().AddRetry(new RetryStrategyOptions { MaxRetryAttempts = 5 })")]
    [InlineData("new ResiliencePipelineBuilder().AddRetry(new RetryStrategyOptions { Delay = TimeSpan.Zero, MaxRetryAttempts = 1 })")]
    [InlineData("new ResiliencePipelineBuilder().AddRetry(new RetryStrategyOptions { Delay = TimeSpan.Zero, DelayGenerator = _ => default })")]
    public Task Policy_that_waits_or_tries_once_more(string policy) => Silent($"object policy = {policy};\nreturn await http.GetStringAsync(uri);");

    private static string Message(string call, string failure) => $"{call} is retried immediately after {failure}: wait before the next attempt";

    private static Task Reported(string body, string call, string failure, DiagnosticSeverity severity) =>
        new RuleTest<AGL0202_RetryWithoutDelay>(In(body)).Expect(severity, Message($"'{call}'", failure)).RunAsync();

    private static Task Silent(string body) => new RuleTest<AGL0202_RetryWithoutDelay>(In(body)).RunAsync();

    private static string In(string body) => $$"""
        using Microsoft.Extensions.AI;
        using Polly;
        using Polly.Retry;

        class C(HttpClient http, IChatClient client, Action<Exception> log, CancellationToken token)
        {
            static readonly TimeSpan Never = TimeSpan.Zero;

            async Task<string> M(string uri)
            {
        {{string.Join('\n', body.Split('\n').Select(line => line.Length == 0 ? line : "        " + line))}}
            }

            async Task Pause(int attempt) => await Task.Delay(100 * attempt);
        }
        """;
}
