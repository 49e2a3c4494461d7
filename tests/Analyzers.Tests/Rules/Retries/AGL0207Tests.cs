using AgentLint.Rules.Retries;
using Microsoft.CodeAnalysis;
using Xunit;

namespace AgentLint.Tests.Rules.Retries;

public sealed class AGL0207Tests
{
    private const string Ask = "'IChatClient.GetResponseAsync'";
    private const string Get = "'HttpClient.GetStringAsync'";

    [Theory]
    [InlineData("{|#0:history.Add(new ChatMessage(ChatRole.User, uri))|}; return (await client.GetResponseAsync(history)).Text;")]
    [InlineData("{|#0:history.Insert(0, new ChatMessage(ChatRole.User, uri))|}; return (await client.GetResponseAsync(history)).Text;")]
    [InlineData("if (uri.Length > 0) {|#0:history.Add(new ChatMessage(ChatRole.User, uri))|}; return (await client.GetResponseAsync(history)).Text;")]
    [InlineData("{|#0:history.Add(new ChatMessage(ChatRole.User, uri))|}; var answer = await client.GetResponseAsync(history); history.AddRange(answer.Messages); return answer.Text;")]
    public Task Question_is_asked_once_more_by_each_attempt(string attempt) =>
        Reported(attempt, "history", $"still holds what the failed attempt added when {Ask} is retried");

    [Fact]
    public Task Parts_of_a_stream_are_gathered_from_two_attempts() => Reported(
        "await foreach (var update in client.GetStreamingResponseAsync(uri)) {|#0:text.Append(update.Text)|}; return text.ToString();",
        "text",
        "still holds what the failed attempt added when 'IChatClient.GetStreamingResponseAsync' is retried");

    [Fact]
    public Task Pages_are_gathered_from_two_attempts() => Reported(
        "for (var i = 0; i < 3; i++) {|#0:all.Add(await http.GetStringAsync(uri + i))|}; return string.Concat(all);",
        "all",
        $"still holds what the failed attempt added when {Get} is retried");

    [Fact]
    public Task Sum_counts_twice() => Reported(
        "for (var i = 0; i < 3; i++) {|#0:sum += (await http.GetStringAsync(uri + i)).Length|}; return sum.ToString();",
        "sum",
        $"still holds what the failed attempt added when {Get} is retried");

    [Fact]
    public Task Headers_of_the_client_are_everybodys() => Reported(
        "{|#0:http.DefaultRequestHeaders.Add(\"X-Signature\", uri)|}; return await http.GetStringAsync(uri);",
        "http",
        $"still holds what the failed attempt added when {Get} is retried");

    [Fact]
    public Task Job_is_lost_with_the_attempt() => Reported(
        "var job = {|#0:jobs.Dequeue()|}; return (await client.GetResponseAsync(job)).Text;",
        "jobs",
        $"has lost what the failed attempt removed when {Ask} is retried");

    [Fact]
    public Task Request_can_be_sent_once() => Reported(
        "return (await http.SendAsync({|#0:request|})).ToString();",
        "request",
        "was sent by the failed attempt and cannot be sent again when 'HttpClient.SendAsync' is retried");

    [Fact]
    public Task Flag_is_set_before_the_work() => Reported(
        "if (!isOpen) { {|#0:isOpen = true|}; await http.GetStringAsync(\"open\"); } return await http.GetStringAsync(uri);",
        "isOpen",
        $"is already marked as done when {Get} fails, so the next attempt skips it");

    [Fact]
    public Task Failure_outlives_success()
    {
        const string Code = """
            class C(HttpClient http)
            {
                async Task<string?> M(string uri)
                {
                    string? result = null;
                    Exception? failed = null;
                    for (var attempt = 0; attempt < 3 && result == null; attempt++)
                    {
                        try
                        {
                            result = await http.GetStringAsync(uri);
                        }
                        catch (HttpRequestException e)
                        {
                            {|#0:failed = e|};
                            await Task.Delay(1000);
                        }
                    }

                    if (failed != null)
                        throw failed;
                    return result;
                }
            }
            """;
        return new RuleTest<AGL0207_StateKeptBetweenAttempts>(Code)
            .Expect(DiagnosticSeverity.Warning, $"'failed' still holds the failure of an earlier attempt after {Get} has succeeded: reset or recreate it for every attempt")
            .RunAsync();
    }

    [Theory]
    // After the work.
    [InlineData("var answer = await client.GetResponseAsync(history); history.AddRange(answer.Messages); return answer.Text;")]
    [InlineData("var page = await http.GetStringAsync(uri); all.Add(page); return page;")]
    [InlineData("var page = await http.GetStringAsync(uri); sum += page.Length; return page;")]
    // The attempt's own.
    [InlineData("var own = new List<ChatMessage>(history); own.Add(new ChatMessage(ChatRole.User, uri)); return (await client.GetResponseAsync(own)).Text;")]
    [InlineData("var text = new System.Text.StringBuilder(); await foreach (var update in client.GetStreamingResponseAsync(uri)) text.Append(update.Text); return text.ToString();")]
    [InlineData("using var request = new HttpRequestMessage(HttpMethod.Get, uri); return (await http.SendAsync(request)).ToString();")]
    // Reset at the head.
    [InlineData("history.Clear(); history.Add(new ChatMessage(ChatRole.User, uri)); return (await client.GetResponseAsync(history)).Text;")]
    [InlineData("all = []; for (var i = 0; i < 3; i++) all.Add(await http.GetStringAsync(uri + i)); return string.Concat(all);")]
    [InlineData("sum = 0; for (var i = 0; i < 3; i++) sum += (await http.GetStringAsync(uri + i)).Length; return sum.ToString();")]
    [InlineData("http.DefaultRequestHeaders.Remove(\"X\"); http.DefaultRequestHeaders.Add(\"X\", uri); return await http.GetStringAsync(uri);")]
    // Nobody sends it, and nobody takes it for a result.
    [InlineData("all.Add(\"asked at \" + DateTime.UtcNow); return await http.GetStringAsync(uri);")]
    // The flag is set when the work has been done.
    [InlineData("if (!isOpen) { await http.GetStringAsync(\"open\"); isOpen = true; } return await http.GetStringAsync(uri);")]
    public Task Attempt_that_starts_anew(string attempt) => Silent(attempt, "await Task.Delay(1000);");

    [Theory]
    [InlineData("history.RemoveAt(history.Count - 1); await Task.Delay(1000);")]
    [InlineData("history.Add(new ChatMessage(ChatRole.User, \"That did not work.\")); await Task.Delay(1000);")]
    public Task Handler_that_sees_to_it(string handler) => Silent("history.Add(new ChatMessage(ChatRole.User, uri)); return (await client.GetResponseAsync(history)).Text;", handler);

    [Fact]
    public Task Failure_that_is_not_retried() => new RuleTest<AGL0207_StateKeptBetweenAttempts>(In(
        "history.Add(new ChatMessage(ChatRole.User, uri)); return (await client.GetResponseAsync(history)).Text;",
        "throw;")).RunAsync();

    [Fact]
    public Task Turns_of_a_conversation_add_to_it()
    {
        const string Code = """
            using Microsoft.Extensions.AI;

            class C(IChatClient client)
            {
                async Task M(List<ChatMessage> history, IEnumerable<string> questions, Action<Exception> log)
                {
                    foreach (var question in questions)
                    {
                        try
                        {
                            history.Add(new ChatMessage(ChatRole.User, question));
                            history.AddRange((await client.GetResponseAsync(history)).Messages);
                        }
                        catch (HttpRequestException e)
                        {
                            log(e);
                        }
                    }
                }
            }
            """;
        return new RuleTest<AGL0207_StateKeptBetweenAttempts>(Code).RunAsync();
    }

    private static Task Reported(string attempt, string variable, string what) =>
        new RuleTest<AGL0207_StateKeptBetweenAttempts>(In(attempt, "await Task.Delay(1000);")).Expect(DiagnosticSeverity.Warning, $"'{variable}' {what}: reset or recreate it for every attempt").RunAsync();

    private static Task Silent(string attempt, string handler) => new RuleTest<AGL0207_StateKeptBetweenAttempts>(In(attempt, handler)).RunAsync();

    private static string In(string attempt, string handler) => $$"""
        using Microsoft.Extensions.AI;

        class C(HttpClient http, IChatClient client, Queue<string> jobs)
        {
            async Task<string> M(string uri, List<ChatMessage> history, HttpRequestMessage given)
            {
                var request = given;
                var all = new List<string>();
                {{(attempt.Contains("var text", StringComparison.Ordinal) ? "" : "var text = new System.Text.StringBuilder();")}}
                var sum = 0;
                var isOpen = false;
                for (var attempt = 0; ; attempt++)
                {
                    try
                    {
                        {{attempt.Replace("using var request", "using var message", StringComparison.Ordinal).Replace("(request)", attempt.Contains("using var", StringComparison.Ordinal) ? "(message)" : "(request)", StringComparison.Ordinal)}}
                    }
                    catch (HttpRequestException) when (attempt < 3)
                    {
                        {{handler}}
                    }
                }
            }
        }
        """;


    // ---- By calling itself, by a status, by a policy -----------------------------------------------------------------------------

    [Theory]
    [InlineData("{|#0:talk.Messages.Add(new ChatMessage(ChatRole.User, text))|};", "RunAsync(talk, text, attempt + 1)", true)]
    [InlineData("if (attempt == 0) talk.Messages.Add(new ChatMessage(ChatRole.User, text));", "RunAsync(talk, text, attempt + 1)", false)]
    [InlineData("talk.Messages.Add(new ChatMessage(ChatRole.User, text));", "RunAsync(new Talk(), text, attempt + 1)", false)]
    [InlineData("var own = new List<ChatMessage>(); own.Add(new ChatMessage(ChatRole.User, text));", "RunAsync(talk, text, attempt + 1)", false)]
    public Task Function_that_calls_itself(string change, string again, bool isReported)
    {
        var test = new RuleTest<AGL0207_StateKeptBetweenAttempts>($$"""
            using Microsoft.Extensions.AI;

            public class Talk { public List<ChatMessage> Messages { get; } = []; }

            public class Desk(IChatClient client)
            {
                public async Task<string> RunAsync(Talk talk, string text, int attempt = 0)
                {
                    {{change}}
                    try
                    {
                        return (await client.GetResponseAsync(talk.Messages)).Text;
                    }
                    catch (HttpRequestException) when (attempt < 3)
                    {
                        await Task.Delay(Random.Shared.Next(500 << attempt));
                        return await {{again}};
                    }
                }
            }
            """);
        return isReported
            ? test.Expect(DiagnosticSeverity.Warning, $"'talk' still holds what the failed attempt added when {Ask} is retried: reset or recreate it for every attempt").RunAsync()
            : test.RunAsync();
    }

    [Theory]
    [InlineData("using var request = new HttpRequestMessage(HttpMethod.Get, uri);", "", "{|#0:request|}", true)]
    [InlineData("", "using var request = new HttpRequestMessage(HttpMethod.Get, uri);", "request", false)]
    public Task Request_that_a_status_has_sent_again(string before, string within, string request, bool isReported)
    {
        var test = new RuleTest<AGL0207_StateKeptBetweenAttempts>($$"""
            using System.Net;

            public class Desk(HttpClient http)
            {
                public async Task<string> GetAsync(string uri)
                {
                    {{before}}
                    for (var n = 0; n < 9; n++)
                    {
                        {{within}}
                        var response = await http.SendAsync({{request}});
                        if (response.StatusCode != HttpStatusCode.ServiceUnavailable)
                            return await response.Content.ReadAsStringAsync();
                        await Task.Delay(Random.Shared.Next(500 << n));
                    }

                    throw new TimeoutException();
                }
            }
            """);
        return isReported
            ? test.Expect(DiagnosticSeverity.Warning, "'request' was sent by the failed attempt and cannot be sent again when 'HttpClient.SendAsync' is retried: reset or recreate it for every attempt").RunAsync()
            : test.RunAsync();
    }

    [Theory]
    [InlineData("await Retry.ExecuteAsync(async t => await {|#0:service.ChatAsync(text)|});", "memory", true)]
    [InlineData("await Retry.ExecuteAsync(async t => { {|#0:history.Add(new ChatMessage(ChatRole.User, text))|}; return (await client.GetResponseAsync(history)).Text; });", "history", true)]
    // The list is new in each attempt, what is added follows the answer, or is taken back.
    [InlineData("await Retry.ExecuteAsync(async t => { var own = new List<ChatMessage>(); own.Add(new ChatMessage(ChatRole.User, text)); return (await client.GetResponseAsync(own)).Text; });", "", false)]
    [InlineData("await Retry.ExecuteAsync(async t => { var r = await client.GetResponseAsync(history); history.Add(r.Messages[0]); return r.Text; });", "", false)]
    [InlineData("await Retry.ExecuteAsync(async t => { history.Clear(); history.Add(new ChatMessage(ChatRole.User, text)); return (await client.GetResponseAsync(history)).Text; });", "", false)]
    [InlineData("await Once.ExecuteAsync(async t => await service.ChatAsync(text));", "", false)]
    [InlineData("history.Add(new ChatMessage(ChatRole.User, text)); await Retry.ExecuteAsync(async t => (await client.GetResponseAsync(history)).Text);", "", false)]
    public Task Attempt_of_a_policy(string body, string variable, bool isReported)
    {
        var test = new RuleTest<AGL0207_StateKeptBetweenAttempts>($$"""
            using Microsoft.Extensions.AI;
            using Polly;
            using Polly.Retry;

            public class Memory
            {
                private readonly List<ChatMessage> messages = [];
                public IReadOnlyList<ChatMessage> Messages => messages;
                public void Add(ChatMessage message) => messages.Add(message);
            }

            public class Service(IChatClient client, Memory memory)
            {
                public async Task<string> ChatAsync(string text)
                {
                    memory.Add(new ChatMessage(ChatRole.User, text));
                    return (await client.GetResponseAsync(memory.Messages)).Text;
                }
            }

            public class Desk(IChatClient client, Service service)
            {
                private static readonly ResiliencePipeline Retry = new ResiliencePipelineBuilder().AddRetry(new RetryStrategyOptions()).Build();
                private static readonly ResiliencePipeline Once = new ResiliencePipelineBuilder().AddTimeout(TimeSpan.FromSeconds(9)).Build();
                private readonly List<ChatMessage> history = [];
                public async Task ChatAsync(string text) { {{body}} }
            }
            """);
        return isReported
            ? test.Expect(DiagnosticSeverity.Warning, $"'{variable}' still holds what the failed attempt added when {Ask} is retried: reset or recreate it for every attempt").RunAsync()
            : test.RunAsync();
    }
}
