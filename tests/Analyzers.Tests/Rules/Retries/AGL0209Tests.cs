using AgentLint.Rules.Retries;
using Microsoft.CodeAnalysis;
using Xunit;
using static Microsoft.CodeAnalysis.DiagnosticSeverity;

namespace AgentLint.Tests.Rules.Retries;

/// <summary>Polling without a deadline is reported at the head of its loop.</summary>
public sealed class AGL0209Tests
{
    private const string Rest = "leads to another poll with no deadline, no limit and no cancellation token";

    [Theory]
    [InlineData("string state; {|#0:do|} { await Task.Delay(500); state = await {|#1:http.GetStringAsync(address)|}; } while (state == \"queued\" || state == \"running\");")]
    [InlineData("{|#0:while (await {|#1:http.GetStringAsync(address)|} is \"queued\" or \"running\")|} await Task.Delay(500);")]
    [InlineData("{|#0:while (true)|} { var state = await {|#1:http.GetStringAsync(address)|}; if (state == \"done\" || state == \"failed\") break; await Task.Delay(500); }")]
    [InlineData("{|#0:for (var n = 0; ; n++)|} { var state = await {|#1:http.GetStringAsync(address)|}; if (state == \"done\") return; await Task.Delay(500 * n); }")]
    [InlineData("var state = \"\"; {|#0:while (state != \"done\")|} { state = await {|#1:http.GetStringAsync(address)|}; Thread.Sleep(500); }")]
    public Task Without_a_deadline(string body) =>
        In(body, "Uri address").ExpectPath(Warning, $"'Desk.WaitAsync' polls 'HttpClient.GetStringAsync' until it is done: the condition in line 5 {Rest}", 0, 1).RunAsync();

    [Theory]
    [InlineData("string state; {|#0:do|} { await Task.Delay(500); state = await {|#1:http.GetStringAsync(address)|}; } while (state == \"queued\");")]
    public Task A_token_that_is_not_passed(string body) =>
        In(body, "Uri address, CancellationToken token").ExpectPath(Info, $"'Desk.WaitAsync' polls 'HttpClient.GetStringAsync' until it is done: the condition in line 5 {Rest}", 0, 1).RunAsync();

    [Theory]
    [InlineData("string state; do { await Task.Delay(500, token); state = await http.GetStringAsync(address); } while (state == \"queued\");")]
    [InlineData("string state; do { await Task.Delay(500); state = await http.GetStringAsync(address, token); } while (state == \"queued\");")]
    [InlineData("string state; do { token.ThrowIfCancellationRequested(); await Task.Delay(500); state = await http.GetStringAsync(address); } while (state == \"queued\");")]
    [InlineData("string state; do { await Task.Delay(500); state = await http.GetStringAsync(address); } while (state == \"queued\" && !token.IsCancellationRequested);")]
    [InlineData("string state; using var deadline = new CancellationTokenSource(9000); do { await Task.Delay(500, deadline.Token); state = await http.GetStringAsync(address); } while (state == \"queued\");")]
    [InlineData("string state; var end = DateTime.UtcNow.AddMinutes(1); do { await Task.Delay(500); state = await http.GetStringAsync(address); } while (state == \"queued\" && DateTime.UtcNow < end);")]
    [InlineData("string state; var n = 0; do { await Task.Delay(500); state = await http.GetStringAsync(address); } while (state == \"queued\" && n++ < 10);")]
    [InlineData("for (var n = 0; n < 10; n++) { if (await http.GetStringAsync(address) == \"done\") return; await Task.Delay(500); }")]
    public Task With_a_token_or_a_bound(string body) => In(body, "Uri address, CancellationToken token").RunAsync();

    // What a model does in the background.
    [Fact]
    public Task Response_of_a_model() => new RuleTest<AGL0209_UnboundedPolling>("""
        #pragma warning disable OPENAI001
        using OpenAI.Responses;

        public class Desk(ResponsesClient client)
        {
            public async Task WaitAsync(string id)
            {
                var response = await client.GetResponseAsync(id);
                {|#0:while (response.Value.Status == ResponseStatus.InProgress)|}
                {
                    await Task.Delay(500);
                    response = await client.GetResponseAsync(id);
                }
            }
        }
        """).Expect(Warning, $"'Desk.WaitAsync' polls 'ResponsesClient.GetResponseAsync' until it is done: the condition in line 9 {Rest}").RunAsync();

    [Theory]
    [InlineData("await desk.WaitAsync(address, CancellationToken.None);", true)]
    [InlineData("await desk.WaitAsync(address, default);", true)]
    [InlineData("await desk.WaitAsync(address, stop);", false)]
    public Task A_caller_that_gives_no_token(string call, bool isReported)
    {
        var test = new RuleTest<AGL0209_UnboundedPolling>($$"""
            public class Desk(HttpClient http)
            {
                public async Task WaitAsync(Uri address, CancellationToken token)
                {
                    {{(isReported ? "{|#0:while (true)|}" : "while (true)")}}
                    {
                        if (await http.GetStringAsync(address, token) == "done") return;
                        await Task.Delay(500, token);
                    }
                }
            }

            public class Other(Desk desk) { public async Task Run(Uri address, CancellationToken stop) { {{call}} } }
            """);
        return isReported
            ? test.Expect(Info, "'Desk.WaitAsync' polls 'HttpClient.GetStringAsync' until it is done: the condition in line 7 leads to another poll with no deadline and no limit, and the call in line 13 passes no cancellation token").RunAsync()
            : test.RunAsync();
    }

    [Fact]
    public Task An_orchestrator_polls_by_an_activity() => new RuleTest<AGL0209_UnboundedPolling>("""
        using Temporalio.Activities;
        using Temporalio.Workflows;

        public class Activities(HttpClient http) { [Activity] public Task<string> StateAsync(string id) => http.GetStringAsync("jobs/" + id); }

        [Workflow]
        public class Job
        {
            [WorkflowRun] public async Task RunAsync(string id)
            {
                {|#0:while (await Workflow.ExecuteActivityAsync((Activities a) => a.StateAsync(id), new() { StartToCloseTimeout = TimeSpan.FromMinutes(1) }) != "done")|}
                    await Workflow.DelayAsync(TimeSpan.FromMinutes(1));
            }
        }
        """).Reference(Library.Temporal)
        .Expect(Warning, $"'Job.RunAsync' polls 'Workflow.ExecuteActivityAsync' (Activities.StateAsync → HttpClient.GetStringAsync) until it is done: the condition in line 11 {Rest}").RunAsync();

    [Theory]
    // The next page, not the same one again.
    [InlineData("var next = address.ToString(); while (!string.IsNullOrEmpty(next)) { next = await http.GetStringAsync(next); await Task.Delay(500); }")]
    [InlineData("string? next = address.ToString(); do { next = await http.GetStringAsync(next); await Task.Delay(500); } while (next != null);")]
    // Looking after something, day after day.
    [InlineData("while (true) { Console.WriteLine(await http.GetStringAsync(address)); await Task.Delay(500); }")]
    [InlineData("while (true) { if (await http.GetStringAsync(address) == \"full\") Console.WriteLine(); await Task.Delay(500); }")]
    // A person says when.
    [InlineData("while (await http.GetStringAsync(address) != \"done\") { Console.ReadLine(); await Task.Delay(500); }")]
    public Task What_is_no_polling(string body) => In(body, "Uri address").RunAsync();

    [Theory]
    [InlineData("string state; do { state = await http.GetStringAsync(address); } while (state == \"queued\");")]
    public Task Without_a_wait_it_is_no_polling(string body) => In(body, "Uri address").RunAsync();

    [Theory]
    [InlineData("using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1)); while (await timer.WaitForNextTickAsync()) { if (await http.GetStringAsync(address) == \"done\") return; }")]
    public Task A_timer_that_ticks_is_a_bound(string body) => In(body, "Uri address").RunAsync();

    [Fact]
    public Task A_test_is_ended_by_its_runner() => new RuleTest<AGL0209_UnboundedPolling>("""
        public class Tests(HttpClient http)
        {
            [Xunit.Fact]
            public async Task Waits()
            {
                while (await http.GetStringAsync("/") != "done")
                    await Task.Delay(500);
            }
        }
        """).Reference(typeof(FactAttribute)).RunAsync();

    private static RuleTest<AGL0209_UnboundedPolling> In(string body, string parameters) => new($$"""
        public class Desk(HttpClient http)
        {
            public async Task WaitAsync({{parameters}})
            {
                {{body}}
            }
        }
        """);
}
