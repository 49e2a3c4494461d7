using AgentLint.Rules.Retries;
using Xunit;
using static Microsoft.CodeAnalysis.DiagnosticSeverity;

namespace AgentLint.Tests.Rules.Retries;

/// <summary>Retries that do not listen to the server are reported at the condition that decides for another attempt.</summary>
public sealed class AGL0208Tests
{
    private const string Limited = "429 Too Many Requests";
    private const string Down = "503 Service Unavailable";
    private const string Wait = "await Task.Delay(Random.Shared.Next(500 << attempt));";

    // ---- What decides ---------------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("if ({|#0:response.StatusCode != HttpStatusCode.TooManyRequests|}) return response;", Limited)]
    [InlineData("if ({|#0:response.StatusCode is not (HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway)|}) return response;", Limited)]
    [InlineData("if (!({|#0:(int)response.StatusCode == 429|} || (int)response.StatusCode >= 500)) return response;", Limited)]
    [InlineData("if ({|#0:response.StatusCode != HttpStatusCode.ServiceUnavailable|}) return response;", Down)]
    [InlineData("var code = response.StatusCode; if ({|#0:code != HttpStatusCode.ServiceUnavailable|}) return response;", Down)]
    [InlineData("if (response.IsSuccessStatusCode) return response; if ({|#0:response.StatusCode != HttpStatusCode.TooManyRequests|}) throw new HttpRequestException();", Limited)]
    // A number made of it.
    [InlineData("var code = (int)response.StatusCode; if ({|#0:code != 503|}) return response;", Down)]
    // Helpers that do nothing but judge it.
    [InlineData("if (!{|#0:IsPassing(response.StatusCode)|}) return response;", Limited)]
    [InlineData("if (!{|#0:IsBusy(response.StatusCode)|}) return response;", Limited)]
    [InlineData("if (!{|#0:IsDown((int)response.StatusCode)|}) return response;", Down)]
    // The first that is named.
    [InlineData("if (response.StatusCode != HttpStatusCode.ServiceUnavailable && {|#0:response.StatusCode != HttpStatusCode.TooManyRequests|}) return response;", Limited)]
    public Task Answer(string decision, string status) => Answers($"{decision} {Wait}", "{|#1:http.GetAsync(address)|}")
        .ExpectPath(Info, $"'HttpClient.GetAsync' is retried after {status} without reading 'Retry-After'", 0, 1)
        .RunAsync();

    [Theory]
    [InlineData("catch (HttpRequestException e) when ({|#0:e.StatusCode == HttpStatusCode.TooManyRequests|} && attempt < 5)", Limited)]
    [InlineData("catch (HttpRequestException e) when ({|#0:e.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable|} && attempt < 5)", Limited)]
    [InlineData("catch (HttpRequestException e) when (attempt < 5 && {|#0:IsPassing(e.StatusCode)|})", Limited)]
    public Task Failure(string handler, string status) => Failures($"{handler} {{ {Wait} }}")
        .ExpectPath(Info, $"'HttpClient.GetStringAsync' is retried after {status} without reading 'Retry-After'", 0, 1)
        .RunAsync();

    [Theory]
    [InlineData("if (!response.IsSuccessStatusCode) continue; return response;")]
    [InlineData("if ((int)response.StatusCode < 500) return response;")]
    [InlineData("if (!IsFault(response.StatusCode)) return response;")]
    [InlineData("if (response.StatusCode == HttpStatusCode.TooManyRequests) throw new HttpRequestException(); if ((int)response.StatusCode < 500) return response;")]
    [InlineData("if (response.StatusCode is not (HttpStatusCode.BadGateway or HttpStatusCode.RequestTimeout)) return response;")]
    public Task Neither_is_named(string decision) => Answers($"{decision} {Wait}").RunAsync();

    [Theory]
    [InlineData("catch (HttpRequestException) when (attempt < 5)")]
    [InlineData("catch (HttpRequestException e) when (e.StatusCode != HttpStatusCode.TooManyRequests && attempt < 5)")]
    // Whether a server that is down says for how long, only its answer shows.
    [InlineData("catch (HttpRequestException e) when (e.StatusCode == HttpStatusCode.ServiceUnavailable && attempt < 5)")]
    public Task Neither_is_named_by_a_handler(string handler) => Failures($"{handler} {{ {Wait} }}").RunAsync();

    // microsoft/kernel-memory#795: texts are embedded again too soon, because nobody reads what comes with the 429 and the 503.
    [Theory]
    [InlineData("var wait = TimeSpan.FromSeconds(1 << attempt);", true)]
    [InlineData("var wait = Wish(response, \"retry-after-ms\", 1) ?? Wish(response, \"x-ms-retry-after-ms\", 1) ?? Wish(response, \"Retry-After\", 1000) ?? TimeSpan.FromSeconds(1 << attempt);", false)]
    public Task Kernel_memory_795_texts_are_embedded_again_too_soon(string wait, bool isReported)
    {
        const string Decision = "response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable";
        var test = new RuleTest<AGL0208_IgnoredRetryAfter>($$"""
            using System.Net;
            using System.Net.Http.Json;

            public class Embeddings(HttpClient http)
            {
                public async Task<float[]> EmbedAsync(string text)
                {
                    for (var attempt = 1; ; attempt++)
                    {
                        using var response = await http.PostAsJsonAsync("embeddings", new { input = text });
                        if ({{(isReported ? "{|#0:" + Decision + "|}" : Decision)}} && attempt < 5)
                        {
                            {{wait}}
                            await Task.Delay(wait + TimeSpan.FromMilliseconds(Random.Shared.Next(200)));
                            continue;
                        }

                        response.EnsureSuccessStatusCode();
                        return (await response.Content.ReadFromJsonAsync<float[]>())!;
                    }
                }

                private static TimeSpan? Wish(HttpResponseMessage response, string header, int unit) =>
                    response.Headers.TryGetValues(header, out var values) && int.TryParse(values.First(), out var count) ? TimeSpan.FromMilliseconds(count * unit) : null;
            }
            """);
        return (isReported ? test.Expect(Info, $"'HttpClient.PostAsJsonAsync' is retried after {Limited} without reading 'Retry-After'") : test).RunAsync();
    }

    // ---- Who listens ----------------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("await Task.Delay(response.Headers.RetryAfter?.Delta ?? TimeSpan.FromSeconds(attempt));")]
    [InlineData("var wait = response.Headers is { RetryAfter.Delta: { } delta } ? delta : TimeSpan.FromSeconds(attempt); await Task.Delay(wait);")]
    [InlineData("if (response.Headers.TryGetValues(\"retry-after-ms\", out var values)) await Task.Delay(int.Parse(values.First()));")]
    [InlineData("await Task.Delay(WishOf(response));")]
    [InlineData("await Rest(response);")]
    [InlineData("await Task.Delay(await decide(response));")]
    [InlineData("await Task.Delay(strategy.DelayAfter(response));")]
    public Task Loop_that_looks(string wait) => Answers($"if (response.StatusCode != HttpStatusCode.TooManyRequests) return response; {wait}").RunAsync();

    [Theory]
    [InlineData("logger.LogWarning(\"{Status} {Response}\", response.StatusCode, response);")]
    [InlineData("Note(response);")]
    [InlineData("Console.WriteLine(await response.Content.ReadAsStringAsync());")]
    public Task Taking_note_is_no_look(string note) => Answers($"if ({{|#0:response.StatusCode != HttpStatusCode.TooManyRequests|}}) return response; {note} {Wait}")
        .Expect(Info, $"'HttpClient.GetAsync' is retried after {Limited} without reading 'Retry-After'")
        .RunAsync();

    [Theory]
    // The next item, however the last one ended.
    [InlineData("while (jobs.TryDequeue(out var job)) { var response = await http.GetAsync(job); if (response.StatusCode == HttpStatusCode.TooManyRequests) Console.WriteLine(job); }")]
    [InlineData("for (var i = 0; i < 10; i++) { var response = await http.GetAsync(\"jobs/\" + i); if (response.StatusCode == HttpStatusCode.TooManyRequests) await Task.Delay(100); }")]
    public Task What_is_no_retry(string loop) => new RuleTest<AGL0208_IgnoredRetryAfter>($$"""
        using System.Net;

        public class Desk(HttpClient http, Queue<string> jobs)
        {
            public async Task WorkAsync()
            {
                {{loop}}
            }
        }
        """).RunAsync();

    [Fact]
    public Task Delay_that_the_failure_carries() => new RuleTest<AGL0208_IgnoredRetryAfter>("""
        using System.Net;

        public class LimitException(TimeSpan wait) : HttpRequestException("", null, HttpStatusCode.TooManyRequests)
        {
            public TimeSpan Wait => wait;
        }

        public class Desk(HttpClient http)
        {
            public async Task<string> ReadAsync(string address)
            {
                for (var attempt = 1; ; attempt++)
                {
                    try
                    {
                        return await http.GetStringAsync(address);
                    }
                    catch (LimitException e) when (e.StatusCode == HttpStatusCode.TooManyRequests && attempt < 5)
                    {
                        await Task.Delay(e.Wait);
                    }
                }
            }
        }
        """).RunAsync();

    [Fact]
    public Task Helper_that_asks_reads_the_header() => new RuleTest<AGL0208_IgnoredRetryAfter>("""
        using System.Net;

        public class Desk(HttpClient http)
        {
            private TimeSpan wait;

            public async Task<HttpResponseMessage> ReadAsync(string address)
            {
                for (var attempt = 1; ; attempt++)
                {
                    var response = await SendAsync(address);
                    if (response.StatusCode != HttpStatusCode.TooManyRequests || attempt == 5)
                        return response;
                    await Task.Delay(wait);
                }
            }

            private async Task<HttpResponseMessage> SendAsync(string address)
            {
                var response = await http.GetAsync(address);
                wait = response.Headers.RetryAfter?.Delta ?? TimeSpan.FromSeconds(1);
                return response;
            }
        }
        """).RunAsync();

    [Theory]
    [InlineData("response.Dispose();", true)]
    [InlineData("if (response.Headers.RetryAfter?.Delta is { } wish) await Task.Delay(wish, cancellationToken); response.Dispose();", false)]
    public Task Handler_of_ones_own(string rest, bool isReported)
    {
        var test = new RuleTest<AGL0208_IgnoredRetryAfter>($$"""
            using System.Net;

            public class Again : DelegatingHandler
            {
                protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
                {
                    for (var attempt = 0; attempt < 3; attempt++)
                    {
                        var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
                        if ({{(isReported ? "{|#0:response.StatusCode is not (HttpStatusCode.TooManyRequests or HttpStatusCode.InternalServerError)|}" : "response.StatusCode is not (HttpStatusCode.TooManyRequests or HttpStatusCode.InternalServerError)")}})
                            return response;
                        if (attempt == 2)
                            return response;
                        {{rest}}
                        await Task.Delay(TimeSpan.FromSeconds(Math.Pow(2, attempt)), cancellationToken).ConfigureAwait(false);
                    }

                    throw new InvalidOperationException();
                }
            }
            """);
        return (isReported ? test.Expect(Info, $"'DelegatingHandler.SendAsync' is retried after {Limited} without reading 'Retry-After'") : test).RunAsync();
    }

    // ---- Clients that retry by themselves -------------------------------------------------------------------------------

    [Fact]
    public Task SDK_that_waits_as_long_as_the_server_says() => Sdk("catch (ClientResultException e) when (e.Status == 429 && attempt < 5)", "").RunAsync();

    [Fact]
    public Task SDK_that_is_told_not_to_retry() => Sdk("catch (ClientResultException e) when ({|#0:e.Status == 429|} && attempt < 5)", "RetryPolicy = new ClientRetryPolicy(0)")
        .Expect(Info, $"'ChatClient.CompleteChatAsync' is retried after {Limited} without reading 'Retry-After'")
        .RunAsync();

    [Fact]
    public Task SDK_that_is_told_not_to_retry_by_a_loop_that_looks() => Sdk("catch (ClientResultException e) when (e.Status == 429 && attempt < 5 && e.GetRawResponse() is { } raw && raw.Headers.TryGetValue(\"retry-after\", out _))", "RetryPolicy = new ClientRetryPolicy(0)").RunAsync();

    [Theory]
    [InlineData("services.AddHttpClient<Desk>().AddStandardResilienceHandler();", false)]
    [InlineData("services.AddHttpClient<Desk>();", true)]
    public Task Handler_that_listens(string registration, bool isReported)
    {
        var test = new RuleTest<AGL0208_IgnoredRetryAfter>($$"""
            using System.Net;
            using Microsoft.Extensions.DependencyInjection;

            public static class Setup
            {
                public static void Add(IServiceCollection services) => {{registration}}
            }

            public class Desk(HttpClient http)
            {
                public async Task<HttpResponseMessage> ReadAsync(string address)
                {
                    for (var attempt = 1; ; attempt++)
                    {
                        var response = await http.GetAsync(address);
                        if ({{(isReported ? "{|#0:response.StatusCode != HttpStatusCode.TooManyRequests|}" : "response.StatusCode != HttpStatusCode.TooManyRequests")}} || attempt == 5)
                            return response;
                        await Task.Delay(1000 * attempt);
                    }
                }
            }
            """);
        test.Reference(Library.HttpResilience);
        return (isReported ? test.Expect(Info, $"'HttpClient.GetAsync' is retried after {Limited} without reading 'Retry-After'") : test).RunAsync();
    }

    // ---- What is not seen -----------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("if (!rules(response.StatusCode)) return response;")]
    [InlineData("if (!new HashSet<int> { 429, 503 }.Contains((int)response.StatusCode)) return response;")]
    public Task Status_that_others_judge_is_not_seen(string decision) => Answers($"{decision} {Wait}").RunAsync();

    [Theory]
    [InlineData("catch (HttpRequestException e) when (attempt < 5 && IsPassingFailure(e))")]
    public Task Failure_that_a_helper_looks_into_is_not_seen(string handler) => Failures($"{handler} {{ {Wait} }}").RunAsync();

    [Theory]
    [InlineData("if (response.StatusCode != HttpStatusCode.TooManyRequests) return response; Console.WriteLine(response.Headers.Date);")]
    public Task Any_header_counts_as_a_look(string decision) => Answers($"{decision} {Wait}").RunAsync();

    [Fact]
    public Task Policies_are_not_read() => new RuleTest<AGL0208_IgnoredRetryAfter>("""
        using System.Net;
        using Polly;

        public class Desk(HttpClient http)
        {
            public Task<HttpResponseMessage> ReadAsync(string address) => Policy
                .HandleResult<HttpResponseMessage>(response => response.StatusCode == HttpStatusCode.TooManyRequests)
                .WaitAndRetryAsync(3, n => TimeSpan.FromSeconds(n))
                .ExecuteAsync(() => http.GetAsync(address));
        }
        """).RunAsync();

    private static RuleTest<AGL0208_IgnoredRetryAfter> Sdk(string handler, string settings) => new($$"""
        using System.ClientModel;
        using System.ClientModel.Primitives;
        using OpenAI;
        using OpenAI.Chat;

        public class Desk
        {
            private readonly ChatClient client = new("model", new ApiKeyCredential("key"), new OpenAIClientOptions { {{settings}} });

            public async Task<string> AskAsync(string question)
            {
                for (var attempt = 1; ; attempt++)
                {
                    try
                    {
                        return (await client.CompleteChatAsync(question)).Value.Content[0].Text;
                    }
                    {{handler}}
                    {
                        {{Wait}}
                    }
                }
            }
        }
        """);

    private static RuleTest<AGL0208_IgnoredRetryAfter> Answers(string rest, string call = "http.GetAsync(address)") => new($$"""
        using System.Net;
        using Microsoft.Extensions.Logging;

        public interface IStrategy { TimeSpan DelayAfter(HttpResponseMessage response); }

        public class Desk(HttpClient http, ILogger logger, IStrategy strategy, Func<HttpResponseMessage, Task<int>> decide, Func<HttpStatusCode, bool> rules)
        {
            public async Task<HttpResponseMessage?> ReadAsync(string address)
            {
                for (var attempt = 1; attempt <= 5; attempt++)
                {
                    var response = await {{call}};
                    {{rest}}
                }

                return null;
            }

            private static TimeSpan WishOf(HttpResponseMessage response) => Read(response) ?? TimeSpan.FromSeconds(1);

            private static TimeSpan? Read(HttpResponseMessage response) => response.Headers.RetryAfter?.Delta;

            private Task Rest(HttpResponseMessage response) => Task.Delay(WishOf(response));

            private void Note(HttpResponseMessage response) => logger.LogWarning("{Status}", response.StatusCode);

            private static bool IsPassing(HttpStatusCode status) => status is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable;

            private static bool IsBusy(HttpStatusCode status) => status switch
            {
                HttpStatusCode.BadGateway => true,
                HttpStatusCode.TooManyRequests => true,
                _ => false,
            };

            private static bool IsDown(int status)
            {
                if (status == 500)
                    return false;
                return status == 503;
            }

            private static bool IsFault(HttpStatusCode status) => (int)status >= 500;

            public object[] All => [strategy, decide, rules];
        }
        """);

    private static RuleTest<AGL0208_IgnoredRetryAfter> Failures(string handler) => new($$"""
        using System.Net;

        public class Desk(HttpClient http)
        {
            public async Task<string> ReadAsync(string address)
            {
                for (var attempt = 1; ; attempt++)
                {
                    try
                    {
                        return await {|#1:http.GetStringAsync(address)|};
                    }
                    {{handler}}
                }
            }

            private static bool IsPassing(HttpStatusCode? status) => status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests;

            private static bool IsPassingFailure(HttpRequestException failure) => failure.StatusCode is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests;
        }
        """);
}
