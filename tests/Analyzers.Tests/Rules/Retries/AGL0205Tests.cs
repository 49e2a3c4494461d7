using AgentLint.Rules.Retries;
using Microsoft.CodeAnalysis;
using Xunit;

namespace AgentLint.Tests.Rules.Retries;

public sealed class AGL0205Tests
{
    private const string Get = "'HttpClient.GetStringAsync'";

    [Theory]
    [InlineData("ArgumentException")]
    [InlineData("ArgumentNullException")]
    [InlineData("NotSupportedException")]
    [InlineData("UnauthorizedAccessException")]
    [InlineData("System.Security.Authentication.AuthenticationException")]
    public Task Exception_says_that_it_will_not_pass(string exception) => Reported(
        Retry($"{{|#0:catch|}} ({exception}) when (attempt < 3)"), Get, $"'{exception.Split('.')[^1]}'");

    [Theory]
    [InlineData("HttpRequestException")]
    [InlineData("IOException")]
    [InlineData("TimeoutException")]
    [InlineData("InvalidOperationException")]
    [InlineData("System.Text.Json.JsonException")]
    public Task Exception_that_may_pass(string exception) => Silent(Retry($"catch ({exception}) when (attempt < 3)"));

    [Theory]
    [InlineData("{|#0:e.StatusCode == HttpStatusCode.Unauthorized|} || e.StatusCode == HttpStatusCode.BadGateway", "401 Unauthorized")]
    [InlineData("{|#0:e.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.BadGateway|}", "400 Bad Request")]
    [InlineData("{|#0:(int?)e.StatusCode >= 403|}", "403 Forbidden")]
    [InlineData("{|#0:e.StatusCode != HttpStatusCode.BadRequest|}", "401 Unauthorized")]
    [InlineData("{|#0:e.StatusCode is not HttpStatusCode.Forbidden|}", "400 Bad Request")]
    [InlineData("{|#0:e is { StatusCode: HttpStatusCode.Forbidden or HttpStatusCode.BadGateway }|}", "403 Forbidden")]
    [InlineData("{|#0:IsWrong(e.StatusCode)|}", "400 Bad Request")]
    [InlineData("!{|#0:IsGood((int?)e.StatusCode)|}", "400 Bad Request")]
    public Task Filter_takes_a_refusal(string filter, string status) => Reported(Retry($"catch (HttpRequestException e) when (attempt < 3 && ({filter}))"), Get, status);

    [Theory]
    [InlineData("e.StatusCode == HttpStatusCode.BadGateway")]
    [InlineData("e.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout or >= HttpStatusCode.InternalServerError")]
    [InlineData("e.StatusCode is null or >= HttpStatusCode.InternalServerError")]
    [InlineData("(int?)e.StatusCode is 408 or 429 or (>= 500 and <= 599)")]
    [InlineData("!(e.StatusCode < HttpStatusCode.InternalServerError)")]
    [InlineData("e.StatusCode == null")]
    [InlineData("IsPassing(e)")]
    [InlineData("IsBusy(e.StatusCode)")]
    [InlineData("!IsWrong(e.StatusCode)")]
    // A new token, or a thing that is not there yet.
    [InlineData("e.StatusCode == HttpStatusCode.Unauthorized")]
    [InlineData("e.StatusCode == HttpStatusCode.NotFound")]
    public Task Filter_takes_what_may_pass(string filter) => Silent(Retry($"catch (HttpRequestException e) when (attempt < 3 && ({filter}))"));

    [Fact]
    public Task Handler_that_throws_some_statuses_again_and_goes_on_after_others() => Reported(
        """
        for (var attempt = 0; attempt < 3; attempt++)
        {
            try
            {
                return await http.GetStringAsync(uri);
            }
            catch (HttpRequestException e)
            {
                if ({|#0:e.StatusCode == HttpStatusCode.NotFound|})
                    throw;
                await Task.Delay(1000);
            }
        }

        return "";
        """,
        Get,
        "400 Bad Request");

    [Fact]
    public Task Answer_with_a_refusal_is_asked_for_again() => Reported(
        """
        for (var attempt = 0; attempt < 3; attempt++)
        {
            using var response = await http.GetAsync(uri);
            if (response.IsSuccessStatusCode)
                return "";
            if ({|#0:response.StatusCode == HttpStatusCode.NotFound|})
                break;
            await Task.Delay(1000);
        }

        return "";
        """,
        "'HttpClient.GetAsync'",
        "400 Bad Request");

    [Fact]
    public Task Check_that_throws_stands_in_another_branch() => Reported(
        """
        for (var attempt = 0; attempt < 3; attempt++)
        {
            using var response = await http.GetAsync(uri);
            if (response.IsSuccessStatusCode)
                return "";
            if ({|#0:response.StatusCode == HttpStatusCode.NotFound|})
                response.EnsureSuccessStatusCode();
            await Task.Delay(1000);
        }

        return "";
        """,
        "'HttpClient.GetAsync'",
        "400 Bad Request");

    [Theory]
    // Nothing is said of a status: what is meant is any failure.
    [InlineData("if (response.IsSuccessStatusCode) return \"\";")]
    [InlineData("if (response.StatusCode == HttpStatusCode.OK) return \"\";")]
    [InlineData("if (response.StatusCode is HttpStatusCode.OK or HttpStatusCode.Accepted) return \"\";")]
    [InlineData("if (response.StatusCode is not (HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway)) return \"\";")]
    [InlineData("var isPassing = (int)response.StatusCode >= 500; if (!isPassing) return \"\";")]
    // A refusal throws at the end of the attempt.
    [InlineData("if (response.IsSuccessStatusCode) return \"\"; if (response.StatusCode == HttpStatusCode.TooManyRequests) { await Task.Delay(500); continue; } response.EnsureSuccessStatusCode();")]
    [InlineData("if ((int)response.StatusCode < 500) response.EnsureSuccessStatusCode(); if (response.IsSuccessStatusCode) return \"\"; if ((int)response.StatusCode < 500) return \"\";")]
    public Task Answer_that_may_be_another_one_later(string test) => Silent($$"""
        for (var attempt = 0; attempt < 3; attempt++)
        {
            using var response = await http.GetAsync(uri);
            {{test}}
            await Task.Delay(1000);
        }

        return "";
        """);

    [Theory]
    [InlineData("if (uri.Length == 0) throw new ArgumentException(uri);", "ArgumentException")]
    [InlineData("ArgumentException.ThrowIfNullOrEmpty(uri);", "ArgumentException")]
    [InlineData("_ = uri ?? throw new ArgumentNullException(nameof(uri));", "ArgumentNullException")]
    public Task Check_of_the_input_stands_in_the_attempt(string check, string exception) => Reported(
        $$"""
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                {{check}}
                return await http.GetStringAsync(uri);
            }
            {|#0:catch|} (Exception) when (attempt < 3)
            {
                await Task.Delay(1000);
            }
        }
        """,
        Get,
        $"'{exception}' from its own check");

    [Theory]
    [InlineData("catch (HttpRequestException) when (attempt < 3)")]
    [InlineData("catch (ArgumentException) { throw; } catch (Exception) when (attempt < 3)")]
    [InlineData("catch (Exception e) when (e is not ArgumentException && attempt < 3)")]
    public Task Check_that_the_handler_lets_through(string handler) => Silent($$"""
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                ArgumentException.ThrowIfNullOrEmpty(uri);
                return await http.GetStringAsync(uri);
            }
            {{handler}}
            {
                await Task.Delay(1000);
            }
        }
        """);

    [Fact]
    public Task Check_of_what_came_back_may_end_otherwise() => Silent("""
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                var answer = await http.GetStringAsync(uri);
                if (answer.Length == 0)
                    throw new ArgumentException(answer);
                return answer;
            }
            catch (Exception) when (attempt < 3)
            {
                await Task.Delay(1000);
            }
        }
        """);

    [Theory]
    [InlineData("{|#0:catch|} (Exception) when (attempt < 3)")]
    [InlineData("{|#0:catch|} when (attempt < 3)")]
    [InlineData("{|#0:catch|} (OperationCanceledException) when (attempt < 3)")]
    [InlineData("{|#0:catch|} (Exception e) when (attempt < 3 && e is HttpRequestException or TaskCanceledException)")]
    [InlineData("catch (HttpRequestException) { throw; } {|#0:catch|} (Exception) when (attempt < 3)")]
    public Task Cancellation_is_caught_with_the_rest(string handler) => Reported(WithToken(handler, "await Task.Delay(1000);"), Get, "a cancellation");

    [Theory]
    [InlineData("catch (Exception) when (attempt < 3)", "await Task.Delay(1000, token);")]
    [InlineData("catch (Exception) when (attempt < 3)", "token.ThrowIfCancellationRequested(); await Task.Delay(1000);")]
    [InlineData("catch (Exception) when (attempt < 3)", "if (token.IsCancellationRequested) throw; await Task.Delay(1000);")]
    [InlineData("catch (Exception) when (attempt < 3 && !token.IsCancellationRequested)", "await Task.Delay(1000);")]
    [InlineData("catch (Exception e) when (attempt < 3 && e is not OperationCanceledException)", "await Task.Delay(1000);")]
    [InlineData("catch (OperationCanceledException) { throw; } catch (Exception) when (attempt < 3)", "await Task.Delay(1000);")]
    [InlineData("catch (HttpRequestException) when (attempt < 3)", "await Task.Delay(1000);")]
    public Task Cancellation_that_ends_the_retry(string handler, string body) => Silent(WithToken(handler, body));

    [Theory]
    [InlineData("CancellationToken.None")]
    [InlineData("default")]
    public Task Call_that_nobody_can_cancel(string token) => Silent(WithToken("catch (Exception) when (attempt < 3)", "await Task.Delay(1000);").Replace("(uri, token)", $"(uri, {token})", StringComparison.Ordinal));

    [Fact]
    public Task Time_limit_of_the_attempt_is_a_reason_for_another() => Silent("""
        for (var attempt = 0; ; attempt++)
        {
            using var limit = new CancellationTokenSource(1000);
            try
            {
                return await http.GetStringAsync(uri, limit.Token);
            }
            catch (Exception) when (attempt < 3)
            {
                await Task.Delay(1000);
            }
        }
        """);

    [Fact]
    public Task Hasty_retry_is_reported_as_such() => Silent(WithToken("catch (Exception) when (attempt < 3)", ""));

    [Theory]
    [InlineData("{|#0:catch|} (System.Text.Json.JsonException)")]
    [InlineData("{|#0:catch|} (Exception)")]
    [InlineData("{|#0:catch|}")]
    public Task Same_text_is_read_again(string handler) => Reported(
        $$"""
        var answer = await client.GetResponseAsync(uri);
        for (var attempt = 0; attempt < 3; attempt++)
        {
            try
            {
                return System.Text.Json.JsonDocument.Parse(answer.Text).ToString()!;
            }
            {{handler}}
            {
                await Task.Delay(1000);
            }
        }

        return "";
        """,
        "'JsonDocument.Parse'",
        "it failed to read the same text");

    [Fact]
    public Task Same_text_of_a_result_is_read_again() => Reported(
        """
        var answer = await client.GetResponseAsync(uri);
        for (var attempt = 0; attempt < 2; attempt++)
            try
            {
                return System.Text.Json.JsonDocument.Parse(answer.ToString() ?? "").ToString()!;
            }
            {|#0:catch|} (System.Text.Json.JsonException)
            {
                if (attempt == 1)
                    return "";
            }

        return "";
        """,
        "'JsonDocument.Parse'",
        "it failed to read the same text");

    [Theory]
    [InlineData("text = text.Trim('`');", "")]
    [InlineData("break;", "")]
    [InlineData("", "text = await http.GetStringAsync(uri);")]
    [InlineData("", "text += 'x';")]
    public Task Text_is_another_one_the_next_time(string handler, string loop) => Silent($$"""
        var text = await http.GetStringAsync(uri);
        for (var attempt = 0; attempt < 3; attempt++)
        {
            {{loop}}
            try
            {
                return System.Text.Json.JsonDocument.Parse(text).ToString()!;
            }
            catch (System.Text.Json.JsonException)
            {
                {{handler}}
            }
        }

        return "";
        """);

    [Fact]
    public Task Each_line_is_another_text() => Silent("""
        var lines = (await http.GetStringAsync(uri)).Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            try
            {
                System.Text.Json.JsonDocument.Parse(lines[i]);
            }
            catch (System.Text.Json.JsonException)
            {
            }
        }

        return "";
        """);

    [Theory]
    [InlineData("Policy.{|#0:Handle<ArgumentException>|}().WaitAndRetryAsync(3, n => TimeSpan.FromSeconds(n))", "'ArgumentException'")]
    [InlineData("Policy.Handle<HttpRequestException>().{|#0:Or<NotSupportedException>|}().WaitAndRetryAsync(3, n => TimeSpan.FromSeconds(n))", "'NotSupportedException'")]
    [InlineData("Policy.{|#0:HandleResult<HttpResponseMessage>|}(r => r.StatusCode == HttpStatusCode.Unauthorized || r.StatusCode == HttpStatusCode.BadGateway).RetryAsync(3)", "401 Unauthorized")]
    [InlineData("Policy.Handle<HttpRequestException>().{|#0:OrResult<HttpResponseMessage>|}(r => (int)r.StatusCode >= 400).RetryAsync(3)", "400 Bad Request")]
    [InlineData("new RetryStrategyOptions { ShouldHandle = new PredicateBuilder().{|#0:Handle<ArgumentException>|}() }", "'ArgumentException'")]
    [InlineData("new RetryStrategyOptions<HttpResponseMessage> { ShouldHandle = new PredicateBuilder<HttpResponseMessage>().{|#0:HandleResult|}(r => r.StatusCode is HttpStatusCode.Forbidden) }", "403 Forbidden")]
    public Task Policy_handles_what_will_not_pass(string policy, string failure) => Reported($"object policy = {policy};\nreturn await http.GetStringAsync(uri);", "Work under this policy", failure);

    [Theory]
    [InlineData("Policy.Handle<HttpRequestException>().WaitAndRetryAsync(3, n => TimeSpan.FromSeconds(n))")]
    [InlineData("Policy.Handle<ArgumentException>().FallbackAsync(_ => Task.CompletedTask)")]
    [InlineData("Policy.HandleResult<HttpResponseMessage>(r => r.StatusCode == HttpStatusCode.TooManyRequests || (int)r.StatusCode >= 500).RetryAsync(3)")]
    [InlineData("Policy.HandleResult<HttpResponseMessage>(r => !r.IsSuccessStatusCode).RetryAsync(3)")]
    [InlineData("Policy.Handle<ArgumentException>(e => e.ParamName == null).RetryAsync(3)")]
    [InlineData("new Polly.CircuitBreaker.CircuitBreakerStrategyOptions { ShouldHandle = new PredicateBuilder().Handle<ArgumentException>() }")]
    [InlineData("new RetryStrategyOptions { ShouldHandle = new PredicateBuilder().Handle<TaskCanceledException>().Handle<HttpRequestException>() }")]
    public Task Policy_handles_what_may_pass(string policy) => Silent($"object policy = {policy};\nreturn await http.GetStringAsync(uri);");

    private static string Retry(string handler) => $$"""
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await http.GetStringAsync(uri);
            }
            {{handler}}
            {
                await Task.Delay(1000);
            }
        }
        """;

    // ---- Any status -----------------------------------------------------------------------------------------------------------

    private const string AnyStatus = "any failed status, including 400 Bad Request and 401 Unauthorized";

    [Theory]
    [InlineData("return await http.GetStringAsync(uri, token);", "catch (HttpRequestException) when (n < 5)", "'HttpClient.GetStringAsync'")]
    [InlineData("return await http.GetStringAsync(uri, token);", "catch (Exception e) when (n < 5 && e is not OperationCanceledException)", null)]
    [InlineData("return (await client.GetResponseAsync(uri)).Text;", "catch (Exception) when (n < 5)", "'IChatClient.GetResponseAsync'")]
    [InlineData("var r = await http.GetAsync(uri, token); r.EnsureSuccessStatusCode(); return await r.Content.ReadAsStringAsync(token);", "catch (HttpRequestException) when (n < 5)", "'HttpClient.GetAsync'")]
    // Nothing throws for a status.
    [InlineData("var r = await http.GetAsync(uri, token); return await r.Content.ReadAsStringAsync(token);", "catch (HttpRequestException) when (n < 5)", null)]
    // Somebody looks.
    [InlineData("return await http.GetStringAsync(uri, token);", "catch (HttpRequestException e) when (n < 5 && IsPassing(e))", null)]
    [InlineData("return await http.GetStringAsync(uri, token);", "catch (TimeoutException) when (n < 5)", null)]
    // Once more is a choice.
    [InlineData("return await http.GetStringAsync(uri, token);", "catch (HttpRequestException) when (n < 1)", null)]
    public Task Any_status_is_tried_again(string attempt, string handler, string? work)
    {
        var test = new RuleTest<AGL0205_RetryOfPermanentFailure>(In($$"""
            for (var n = 0; ; n++)
            {
                {{(work == null ? "try" : "{|#0:try|}")}}
                {
                    {{attempt}}
                }
                {{handler}}
                {
                    await Task.Delay(Random.Shared.Next(500 << n), token);
                }
            }
            """));
        test.Configure("agentlint.AGL0205.any_status = true");
        return work == null ? test.RunAsync() : test.Expect(DiagnosticSeverity.Info, $"{work} is retried after {AnyStatus}, which another attempt cannot fix").RunAsync();
    }

    [Theory]
    [InlineData("e => e.StatusCode == HttpStatusCode.Unauthorized", false, ", (e, wait) => Console.WriteLine(\"a new token\")")]
    [InlineData("e => e.StatusCode == HttpStatusCode.Unauthorized", true)]
    [InlineData("e => e.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.ServiceUnavailable", true)]
    [InlineData("e => e.StatusCode == HttpStatusCode.Forbidden", true)]
    public Task Policy_that_renews_a_token(string filter, bool isReported, string between = "")
    {
        var name = isReported ? "{|#0:Handle<HttpRequestException>|}" : "Handle<HttpRequestException>";
        var test = new RuleTest<AGL0205_RetryOfPermanentFailure>(In($"await Policy.{name}({filter}).WaitAndRetryAsync(2, n => TimeSpan.FromSeconds(n){between}).ExecuteAsync(() => http.GetStringAsync(uri)); return \"\";"));
        return isReported
            ? test.Expect(DiagnosticSeverity.Warning, $"Work under this policy is retried after {(filter.Contains("Forbidden") ? "403 Forbidden" : "401 Unauthorized")}, which another attempt cannot fix").RunAsync()
            : test.RunAsync();
    }

    [Fact]
    public Task Turn_that_goes_on_without_what_could_not_be_read() => Silent(
        """
        for (var n = 0; ; n++)
        {
            try
            {
                string[]? blocks = null;
                try { blocks = System.Text.Json.JsonSerializer.Deserialize<string[]>(uri); } catch { Console.WriteLine(uri); }
                await http.PutAsync("orders", new StringContent(blocks?[0] ?? uri), token);
                return "";
            }
            catch (TimeoutException) when (n < 4)
            {
                await Task.Delay(Random.Shared.Next(1000), token);
            }
        }
        """);

    private static string WithToken(string handler, string body) => $$"""
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await http.GetStringAsync(uri, token);
            }
            {{handler}}
            {
                {{body}}
            }
        }
        """;

    private static Task Reported(string body, string work, string failure) =>
        new RuleTest<AGL0205_RetryOfPermanentFailure>(In(body))
            .Expect(DiagnosticSeverity.Warning, $"{work} is retried after {failure}, which another attempt cannot fix")
            .RunAsync();

    private static Task Silent(string body) => new RuleTest<AGL0205_RetryOfPermanentFailure>(In(body)).RunAsync();

    private static string In(string body) => $$"""
        using System.Net;
        using Microsoft.Extensions.AI;
        using Polly;
        using Polly.Retry;

        class C(HttpClient http, IChatClient client)
        {
            async Task<string> M(string uri, CancellationToken token)
            {
        {{string.Join('\n', body.Split('\n').Select(line => line.Length == 0 ? line : "        " + line))}}
            }

            static bool IsPassing(HttpRequestException e) => e.StatusCode >= HttpStatusCode.InternalServerError;

            static bool IsBusy(HttpStatusCode? status) => status switch { HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout => true, _ => status >= HttpStatusCode.InternalServerError };

            static bool IsWrong(HttpStatusCode? status) => status is >= HttpStatusCode.BadRequest and < HttpStatusCode.RequestTimeout or HttpStatusCode.UnprocessableEntity;

            static bool IsGood(int? status)
            {
                if (status == null)
                    return false;
                if (status < 300)
                {
                    return true;
                }
                else
                    return status > 599;
            }
        }
        """;
}
