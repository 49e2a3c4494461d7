using AgentLint.Rules.Coupling;
using Microsoft.CodeAnalysis;
using Xunit;
using static Microsoft.CodeAnalysis.DiagnosticSeverity;

namespace AgentLint.Tests.Rules.Coupling;

/// <summary>What AGL0601 reports, by where it stands and what is waited for: the rows of its page's table.</summary>
public sealed class AGL0601Tests
{
    private const string Ask = "client.GetResponseAsync(\"q\")";

    // ---- Other ways to wait -----------------------------------------------------------------------------------------

    [Fact]
    public Task Asynchronous_sequence_that_is_gone_through_synchronously() =>
        In("public async Task M() { await Task.Yield(); foreach (var part in client.GetStreamingResponseAsync(\"q\").{|#0:ToBlockingEnumerable|}()) Console.Write(part.Text); }")
        .Expect(Warning, "'C.M' blocks its thread with 'ToBlockingEnumerable' for the model call 'IChatClient.GetStreamingResponseAsync' instead of awaiting it").RunAsync();

    [Fact]
    public Task Event_that_is_set_after_a_remote_call() => In("""
        readonly ManualResetEventSlim ready = new(); public async Task Init() { await client.GetResponseAsync("q"); ready.Set(); }
        public async Task M() { await Task.Yield(); ready.{|#0:Wait|}(); }
        """).Expect(Warning, "'C.M' blocks its thread with 'Wait' for the model call 'IChatClient.GetResponseAsync' instead of awaiting it").RunAsync();

    [Theory]
    [InlineData("readonly ManualResetEventSlim ready = new(); public void Init() => ready.Set(); public async Task M() { await Task.Yield(); ready.Wait(); }")]
    [InlineData("readonly ManualResetEventSlim ready = new(); public async Task Init() { await Task.Yield(); ready.Set(); } public async Task M() { await Task.Yield(); ready.Wait(); }")]
    [InlineData("public async Task M(System.IO.StreamReader reader) { while (!reader.EndOfStream) await reader.ReadLineAsync(); }")]
    public Task Event_or_stream_of_this_machine(string members) => In(members).RunAsync();

    [Fact]
    public Task End_of_a_remote_stream() =>
        In("public async Task M() { using var reader = new System.IO.StreamReader(await http.GetStreamAsync(\"q\")); while (!reader.{|#0:EndOfStream|}) await reader.ReadLineAsync(); }")
        .Expect(Warning, "'C.M' blocks its thread with 'EndOfStream' for the HTTP call 'HttpClient.GetStreamAsync' instead of awaiting it").RunAsync();

    // An asynchronous method that waits only for what has ended gives a task that has ended.
    [Theory]
    [InlineData("await Task.FromResult(1)", false)]
    [InlineData("await Slow()", true)]
    public Task Method_that_waits_for_nothing(string wait, bool isReported)
    {
        var test = In($$"""
            private async Task<int> Get() => {{wait}};
            private async Task<int> Slow() { await client.GetResponseAsync("q"); return 1; }
            public async Task M() { await Task.Yield(); _ = Get().{{(isReported ? "{|#0:Result|}" : "Result")}}; }
            """);
        return (isReported
            ? test.Expect(Warning, "'C.M' blocks its thread with 'Result' for the model call 'IChatClient.GetResponseAsync' (C.M → C.Get → C.Slow → IChatClient.GetResponseAsync) instead of awaiting it")
            : test).RunAsync();
    }

    [Fact]
    public Task Within_a_lock_nothing_can_be_awaited() =>
        In("public async Task M() { await Task.Yield(); lock (client) _ = client.GetResponseAsync(\"q\").{|#0:Result|}; }")
        .Expect(Warning, "'C.M' blocks its thread with 'Result' for the model call 'IChatClient.GetResponseAsync' inside a lock, where 'await' is not allowed: use a 'SemaphoreSlim'").RunAsync();

    // ---- Where ------------------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("C.M", "public async Task M() { _ = $; await Task.Yield(); }")]
    [InlineData("C.M", "public Task M() { _ = $; return Task.CompletedTask; }")]
    [InlineData("C.M", "public ValueTask<string> M() => new($.Text);")]
    [InlineData("C.M", "public async IAsyncEnumerable<string> M() { yield return $.Text; await Task.Yield(); }")]
    [InlineData("C.M", "public async void M() { _ = $; await Task.Yield(); }")]
    [InlineData("C.M", "public void M() { Func<Task> f = async () => { _ = $; await Task.Yield(); }; }")]
    [InlineData("F", "public void M() { async Task F() { _ = $; await Task.Yield(); } _ = F(); }")]
    [InlineData("C.M", "public async Task M() { await Task.Yield(); string F() => $.Text; F(); }")]
    [InlineData("C.M", "public async Task M(List<int> all) { await Task.Yield(); all.ForEach(x => Console.Write($.Text)); }")]
    public Task Remote_call_in_asynchronous_code_is_a_warning(string name, string member) => RemoteCall(Warning, name, member);

    [Theory]
    [InlineData("C.M", "[ModelContextProtocol.Server.McpServerTool] public string M() => $.Text;")]
    [InlineData("C.M", "public AIFunction F() => AIFunctionFactory.Create(M); private string M() => $.Text;")]
    [InlineData("C.F", "public AIFunction F() => AIFunctionFactory.Create(() => $.Text);")]
    [InlineData("C.M", "[Microsoft.AspNetCore.Mvc.HttpGet] public string M() => $.Text;")]
    public Task Remote_call_in_a_tool_or_handler_is_a_warning(string name, string member) => RemoteCall(Warning, name, member);

    [Theory]
    [InlineData("agent-member", "Acme.IWork.Run")]
    [InlineData("activity-member", "Acme.IWork.Run")]
    [InlineData("consumer-member", "Acme.IWork.Run")]
    [InlineData("workflow-member", "Acme.IWork.Run")]
    [InlineData("tool-member", "Acme.IWork.Run")]
    public Task Remote_call_in_an_agent_activity_consumer_or_workflow_is_a_warning(string role, string member) =>
        new RuleTest<AGL0601_BlockingAgentCall>("""
            using Microsoft.Extensions.AI;
            namespace Acme;
            public interface IWork { string Run(string input); }
            public class Work(IChatClient client) : IWork
            {
                public string Run(string input) => client.GetResponseAsync(input).{|#0:Result|}.Text;
            }
            """)
            .Declare($"{role} {member}")
            .Expect(Warning, "'Work.Run' blocks its thread with 'Result' for the model call 'IChatClient.GetResponseAsync' instead of awaiting it")
            .RunAsync();

    [Theory]
    [InlineData("new C", "public C(IChatClient client) { _ = $; }")]
    [InlineData("new C", "static IChatClient client = null!; static C() { _ = $; }")]
    [InlineData("C.Answer", "static IChatClient client = null!; readonly ChatResponse Answer = $;")]
    [InlineData("C.Answer", "static IChatClient client = null!; public ChatResponse Answer { get; } = $;")]
    [InlineData("C.Answer", "static IChatClient client = null!; readonly Lazy<ChatResponse> Answer = new(() => $);")]
    public Task Remote_call_in_a_constructor_or_initializer_is_a_warning(string name, string members) =>
        new RuleTest<AGL0601_BlockingAgentCall>("using Microsoft.Extensions.AI;\npublic class C\n{\n" + Blocking(members) + "\n}")
            .Expect(Warning, $"'{name}' blocks its thread with 'Result' for the model call 'IChatClient.GetResponseAsync' instead of awaiting it")
            .RunAsync();

    [Theory]
    [InlineData("services.AddSingleton(_ => $)")]
    [InlineData("services.AddScoped<ChatResponse>(provider => { return $; })")]
    [InlineData("services.AddKeyedTransient<ChatResponse>(\"key\", (_, _) => $)")]
    public Task Remote_call_in_a_factory_of_a_service_is_a_warning(string registration) =>
        RemoteCall(Warning, "C.M", $"public void M(Microsoft.Extensions.DependencyInjection.IServiceCollection services) => {registration};", "using Microsoft.Extensions.DependencyInjection;\n");

    [Theory]
    [InlineData("C.M", "public string M() => $.Text;")]
    [InlineData("C.M", "private void M() { _ = $; }")]
    [InlineData("C.Answer", "public string Answer => $.Text;")]
    [InlineData("C.Answer", "public string Answer { set { _ = $; } }")]
    [InlineData("C.this[]", "public string this[int i] => $.Text;")]
    [InlineData("C.M", "public void M() { Func<string> f = () => $.Text; }")]
    [InlineData("C.M", "public void M() { string F() => $.Text; F(); }")]
    [InlineData("C.op_Implicit", "static IChatClient client = null!; public static implicit operator string(C c) => $.Text;")]
    public Task Remote_call_in_a_synchronous_helper_is_a_suggestion(string name, string member) => RemoteCall(Info, name, member);

    // ---- What is waited for -----------------------------------------------------------------------------------------

    [Theory]
    [InlineData("_ = client.GetResponseAsync(q).{|#0:Result|};", "Result")]
    [InlineData("client.GetResponseAsync(q).{|#0:Wait|}();", "Wait")]
    [InlineData("client.GetResponseAsync(q).{|#0:Wait|}(1000);", "Wait")]
    [InlineData("client.GetResponseAsync(q).GetAwaiter().{|#0:GetResult|}();", "GetResult")]
    [InlineData("client.GetResponseAsync(q).ConfigureAwait(false).GetAwaiter().{|#0:GetResult|}();", "GetResult")]
    [InlineData("_ = client?.GetResponseAsync(q).{|#0:Result|};", "Result")]
    [InlineData("_ = client.GetResponseAsync(q)?.{|#0:Result|};", "Result")]
    [InlineData("_ = (client.GetResponseAsync(q)).{|#0:Result|};", "Result")]
    [InlineData("var task = client.GetResponseAsync(q); _ = task.{|#0:Result|};", "Result")]
    [InlineData("var task = client.GetResponseAsync(q).WaitAsync(TimeSpan.FromSeconds(1)); _ = task.{|#0:Result|};", "Result")]
    [InlineData("Task.{|#0:WaitAll|}(client.GetResponseAsync(q), client.GetResponseAsync(q));", "WaitAll")]
    [InlineData("Task.{|#0:WaitAny|}(client.GetResponseAsync(q), client.GetResponseAsync(q));", "WaitAny")]
    [InlineData("var a = client.GetResponseAsync(q); var b = client.GetResponseAsync(q); Task.{|#0:WaitAll|}(a, b);", "WaitAll")]
    [InlineData("var all = new[] { client.GetResponseAsync(q) }; Task.{|#0:WaitAll|}(all);", "WaitAll")]
    [InlineData("Task.WhenAll(client.GetResponseAsync(q), client.GetResponseAsync(q)).{|#0:Wait|}();", "Wait")]
    [InlineData("var a = client.GetResponseAsync(q); var b = client.GetResponseAsync(q); Task.WhenAll(a, b).{|#0:Wait|}();", "Wait")]
    [InlineData("var all = new[] { client.GetResponseAsync(q) }; _ = Task.WhenAll(all).{|#0:Result|};", "Result")]
    [InlineData("_ = Task.Run(() => client.GetResponseAsync(q)).{|#0:Result|};", "Result")]
    [InlineData("_ = Task.Run(async () => await client.GetResponseAsync(q)).{|#0:Result|};", "Result")]
    public Task Wait_for_a_remote_call_is_reported_at_what_waits(string statement, string with) =>
        In("public void M(string q) { " + statement + " }")
            .Expect(Info, $"'C.M' blocks its thread with '{with}' for the model call 'IChatClient.GetResponseAsync' instead of awaiting it")
            .RunAsync();

    [Theory]
    [InlineData("http.GetStringAsync(\"u\").{|#0:Result|}", "HTTP call 'HttpClient.GetStringAsync'")]
    [InlineData("http.SendAsync(new()).{|#0:Result|}", "HTTP call 'HttpClient.SendAsync'")]
    [InlineData("mcp.ListToolsAsync().{|#0:Result|}", "MCP call 'McpClient.ListToolsAsync'")]
    [InlineData("mcp.CallToolAsync(\"t\").{|#0:Result|}", "tool call 'McpClient.CallToolAsync'")]
    [InlineData("sql.ExecuteReaderAsync().{|#0:Result|}", "database call 'DbCommand.ExecuteReaderAsync'")]
    [InlineData("cache.GetAsync(\"k\").{|#0:Result|}", "storage call 'IDistributedCache.GetAsync'")]
    [InlineData("request.GetResponse<object>(new { }).{|#0:Result|}", "message 'IRequestClient.GetResponse'")]
    public Task Message_says_what_kind_of_call_it_is(string expression, string call) =>
        In($"public void M() => _ = {expression};").Expect(Info, $"'C.M' blocks its thread with 'Result' for the {call} instead of awaiting it").RunAsync();

    [Theory]
    [InlineData("public async Task M()", Warning)]
    [InlineData("[ModelContextProtocol.Server.McpServerTool] public void M()", Warning)]
    [InlineData("public void M()", Info)]
    public Task Work_that_is_started_on_the_spot_counts_as_remote_where_others_wait(string signature, DiagnosticSeverity severity) =>
        In(signature + " { Work().{|#0:Wait|}(); } static Task Work() => Task.Run(() => Console.Beep());")
            .Expect(severity, "'C.M' blocks its thread with 'Wait' for 'C.Work' instead of awaiting it")
            .RunAsync();

    [Fact]
    public Task Work_that_is_started_by_a_constructor_is_a_suggestion() =>
        In("public C() : this(null!, null!, null!, null!, null!, null!, null!) { Work().{|#0:Wait|}(); } static Task Work() => Task.Run(() => Console.Beep());")
            .Expect(Info, "'new C' blocks its thread with 'Wait' for 'C.Work' instead of awaiting it")
            .RunAsync();

    [Theory]
    [InlineData("Task.Delay(1000).{|#0:Wait|}();", "'Wait' for 'Task.Delay'")]
    [InlineData("_ = File.ReadAllTextAsync(\"f\").{|#0:Result|};", "'Result' for 'File.ReadAllTextAsync'")]
    [InlineData("gate.WaitAsync().{|#0:Wait|}();", "'Wait' for 'SemaphoreSlim.WaitAsync'")]
    [InlineData("field.{|#0:Wait|}();", "'Wait' for a task")]
    [InlineData("parameter.{|#0:Wait|}();", "'Wait' for a task")]
    [InlineData("Task.WhenAll(field, parameter).{|#0:Wait|}();", "'Wait' for a task")]
    public Task Wait_for_something_local_or_unknown_is_a_suggestion_in_asynchronous_code(string statement, string what) =>
        In("public async Task M(Task parameter) { " + statement + " await Task.Yield(); } Task field = null!; SemaphoreSlim gate = new(1);")
            .Expect(Info, $"'C.M' blocks its thread with {what} instead of awaiting it")
            .RunAsync();

    [Theory]
    [InlineData("Task.Delay(1000).Wait();")]
    [InlineData("_ = File.ReadAllTextAsync(\"f\").Result;")]
    [InlineData("gate.WaitAsync().Wait();")]
    [InlineData("field.Wait();")]
    [InlineData("parameter.Wait();")]
    public async Task Wait_for_something_local_or_unknown_is_silent_in_synchronous_code(string statement)
    {
        await In("public void M(Task parameter) { " + statement + " } Task field = null!; SemaphoreSlim gate = new(1);").RunAsync();
        await In("public C(Task parameter) : this(null!, null!, null!, null!, null!, null!, null!) { " + statement + " } Task field = null!; SemaphoreSlim gate = new(1);").RunAsync();
    }

    // ---- Synchronous variants of SDK calls --------------------------------------------------------------------------

    [Theory]
    [InlineData("public async Task M()", Warning)]
    [InlineData("[ModelContextProtocol.Server.McpServerTool] public void M()", Warning)]
    [InlineData("public void M()", Info)]
    public Task Synchronous_variant_of_a_model_call_is_reported_everywhere(string signature, DiagnosticSeverity severity) =>
        In(signature + " { chat.{|#0:CompleteChat|}(\"q\"); }")
            .Expect(severity, "'C.M' blocks its thread with 'ChatClient.CompleteChat' for the model call instead of awaiting 'CompleteChatAsync'")
            .RunAsync();

    [Theory]
    [InlineData("public async Task M()")]
    [InlineData("[ModelContextProtocol.Server.McpServerTool] public void M()")]
    public Task Synchronous_variant_of_another_remote_call_is_reported_where_others_wait(string signature) =>
        In(signature + " { http.{|#0:Send|}(new HttpRequestMessage()); }")
            .Expect(Warning, "'C.M' blocks its thread with 'HttpClient.Send' for the HTTP call instead of awaiting 'SendAsync'")
            .RunAsync();

    [Fact]
    public Task Synchronous_variant_of_another_remote_call_is_silent_in_synchronous_code() =>
        In("public void M() { http.Send(new HttpRequestMessage()); }").RunAsync();

    // ---- Sleep ------------------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("C.M", "public async Task M() { Thread.{|#0:Sleep|}(500); await Task.Yield(); }")]
    [InlineData("C.M", "public Task M() { Thread.{|#0:Sleep|}(TimeSpan.FromSeconds(1)); return Task.CompletedTask; }")]
    [InlineData("C.M", "[ModelContextProtocol.Server.McpServerTool] public void M(int seconds) => Thread.{|#0:Sleep|}(seconds * 1000);")]
    [InlineData("C.M", "public async Task M() => await Task.Run(async () => { await Task.Yield(); Thread.{|#0:Sleep|}(500); });")]
    [InlineData("C.M", "public async Task M() { foreach (var x in new[] { 1, 2 }) { await Task.Yield(); Thread.{|#0:Sleep|}(x); } }")]
    public Task Sleep_in_asynchronous_code_and_tools_is_a_warning(string name, string member) =>
        In(member).Expect(Warning, $"'{name}' blocks its thread with 'Thread.Sleep' instead of awaiting 'Task.Delay'").RunAsync();

    [Theory]
    [InlineData("public async Task M() { Pause(); await Task.Yield(); }")]
    [InlineData("[ModelContextProtocol.Server.McpServerTool] public async Task M() { await Task.Yield(); this.Pause(); }")]
    public Task Sleep_in_a_private_helper_of_asynchronous_code_is_a_suggestion(string caller) =>
        In(caller + " private void Pause() => Thread.{|#0:Sleep|}(500);")
            .Expect(Info, "'C.Pause' blocks its thread with 'Thread.Sleep' instead of awaiting 'Task.Delay'")
            .RunAsync();

    // ---- Faults that look like something else -----------------------------------------------------------------------

    [Fact]
    public Task Lazy_sequence_starts_its_tasks_again_when_it_is_read() =>
        In("""
            public async Task<string> M(string[] questions)
            {
                var tasks = questions.Select(question => client.GetResponseAsync(question));
                await Task.WhenAll(tasks);
                return tasks.ElementAt(0).{|#0:Result|}.Text;
            }
            """)
            .Expect(Warning, "'C.M' blocks its thread with 'Result' for the model call 'IChatClient.GetResponseAsync' instead of awaiting it")
            .RunAsync();

    [Fact]
    public Task Known_limit_lazy_sequence_that_was_replaced_by_its_results() =>
        In("""
            public async Task<string> M(string[] questions)
            {
                IEnumerable<Task<ChatResponse>> tasks = questions.Select(question => client.GetResponseAsync(question));
                tasks = tasks.ToList();
                await Task.WhenAll(tasks);
                return tasks.First().{|#0:Result|}.Text;
            }
            """)
            .Expect(Warning, "'C.M' blocks its thread with 'Result' for the model call 'IChatClient.GetResponseAsync' instead of awaiting it")
            .RunAsync();

    [Fact]
    public Task Observer_has_to_block_and_is_a_suggestion() =>
        In("""
            public void OnNext(string value) => http.PostAsync(value, null).GetAwaiter().{|#0:GetResult|}();
            public void OnError(Exception error) { }
            public void OnCompleted() { }
            """, bases: " : IObserver<string>")
            .Expect(Info, "'C.OnNext' blocks its thread with 'GetResult' for the HTTP call 'HttpClient.PostAsync' instead of awaiting it")
            .RunAsync();

    [Fact]
    public Task Loser_of_a_race_may_still_run() =>
        In("""
            public async Task<string> M()
            {
                var first = client.GetResponseAsync("q");
                var second = client.GetResponseAsync("r");
                await Task.WhenAny(first, second);
                return first.{|#0:Result|}.Text;
            }
            """)
            .Expect(Warning, "'C.M' blocks its thread with 'Result' for the model call 'IChatClient.GetResponseAsync' instead of awaiting it")
            .RunAsync();

    [Fact]
    public Task Variable_that_was_given_another_task_is_not_the_one_that_ended() =>
        In("""
            public async Task<string> M()
            {
                var answer = client.GetResponseAsync("q");
                await answer;
                answer = client.GetResponseAsync("r");
                return answer.{|#0:Result|}.Text;
            }
            """)
            .Expect(Warning, "'C.M' blocks its thread with 'Result' for the model call 'IChatClient.GetResponseAsync' instead of awaiting it")
            .RunAsync();

    [Fact]
    public Task Task_that_ended_on_one_path_only_is_reported() =>
        In("""
            public async Task<string> M(bool patient)
            {
                var answer = client.GetResponseAsync("q");
                if (patient)
                    await answer;
                return answer.{|#0:Result|}.Text;
            }
            """)
            .Expect(Warning, "'C.M' blocks its thread with 'Result' for the model call 'IChatClient.GetResponseAsync' instead of awaiting it")
            .RunAsync();

    [Theory]
    [InlineData("answer.IsCompleted")]
    [InlineData("answer is { IsCompleted: true }")]
    [InlineData("answer is not { IsCompleted: false }")]
    [InlineData("answer.Status == TaskStatus.RanToCompletion")]
    public Task Test_that_failed_says_nothing_of_the_task(string test) =>
        In($$"""
            public async Task<string> M()
            {
                var answer = client.GetResponseAsync("q");
                if ({{test}})
                    return "";
                await Task.Yield();
                return answer.{|#0:Result|}.Text;
            }
            """)
            .Expect(Warning, "'C.M' blocks its thread with 'Result' for the model call 'IChatClient.GetResponseAsync' instead of awaiting it")
            .RunAsync();

    [Theory]
    [InlineData("answer.{|#0:Wait|}(); return answer.Result.Text;")]
    [InlineData("return answer.{|#0:Wait|}(1000) ? answer.Result.Text : \"\";")]
    public Task Second_wait_for_the_same_task_is_not_reported_again(string statements) =>
        In("public async Task<string> M() { var answer = client.GetResponseAsync(\"q\"); await Task.Yield(); " + statements + " }")
            .Expect(Warning, "'C.M' blocks its thread with 'Wait' for the model call 'IChatClient.GetResponseAsync' instead of awaiting it")
            .RunAsync();

    [Fact]
    public Task Asynchronous_entry_point_is_a_suggestion()
    {
        var test = new RuleTest<AGL0601_BlockingAgentCall>("""
            using Microsoft.Extensions.AI;
            IChatClient client = null!;
            await Task.Yield();
            Console.Write(client.GetResponseAsync("q").{|#0:Result|});
            Thread.Sleep(500);
            """)
            .Expect(Info, "'Program' blocks its thread with 'Result' for the model call 'IChatClient.GetResponseAsync' instead of awaiting it");
        test.TestState.OutputKind = OutputKind.ConsoleApplication;
        return test.RunAsync();
    }

    [Fact]
    public Task Asynchronous_test_is_asynchronous_code() =>
        In("[Xunit.Fact] public async Task M() { await Task.Yield(); client.GetResponseAsync(\"q\").{|#0:Wait|}(); }")
            .Reference(typeof(FactAttribute))
            .Expect(Info, "'C.M' blocks its thread with 'Wait' for the model call 'IChatClient.GetResponseAsync' instead of awaiting it")
            .RunAsync();

    [Fact]
    public Task Disposal_without_an_asynchronous_twin_is_a_suggestion() =>
        In("public void Dispose() => http.DeleteAsync(\"session\").{|#0:Wait|}();", bases: " : IDisposable")
            .Expect(Info, "'C.Dispose' blocks its thread with 'Wait' for the HTTP call 'HttpClient.DeleteAsync' instead of awaiting it")
            .RunAsync();

    private static Task RemoteCall(DiagnosticSeverity severity, string name, string member, string imports = "") =>
        In(Blocking(member), imports)
            .Expect(severity, $"'{name}' blocks its thread with 'Result' for the model call 'IChatClient.GetResponseAsync' instead of awaiting it")
            .RunAsync();

    private static string Blocking(string code) => code.Replace("$", Ask + ".{|#0:Result|}", StringComparison.Ordinal);

    private static RuleTest<AGL0601_BlockingAgentCall> In(string members, string imports = "", string bases = "") => new RuleTest<AGL0601_BlockingAgentCall>($$"""
        {{imports}}using Microsoft.Extensions.AI;
        public class C(
            IChatClient client, HttpClient http, OpenAI.Chat.ChatClient chat, ModelContextProtocol.Client.McpClient mcp, System.Data.Common.DbCommand sql,
            Microsoft.Extensions.Caching.Distributed.IDistributedCache cache, MassTransit.IRequestClient<object> request){{bases}}
        {
            {{members}}
        }
        """)
        .Reference(
            typeof(Microsoft.Extensions.Caching.Distributed.IDistributedCache),
            typeof(Microsoft.AspNetCore.Mvc.HttpGetAttribute),
            typeof(Microsoft.AspNetCore.Mvc.ActionContext));
}
