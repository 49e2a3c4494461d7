using AgentLint.Rules.Loops;
using Microsoft.CodeAnalysis;
using Xunit;
using static Microsoft.CodeAnalysis.DiagnosticSeverity;

namespace AgentLint.Tests.Rules.Loops;

/// <summary>Loops that only a model's answer ends are reported at their heads.</summary>
public sealed class AGL0901Tests
{
    [Fact]
    public Task Tool_loop_over_the_SDK() => new RuleTest<AGL0901_UnboundedAgentLoop>("""
        using OpenAI.Chat;

        public class Desk(ChatClient client)
        {
            public async Task RunAsync(List<ChatMessage> messages, ChatCompletionOptions options)
            {
                while (true)
                {
                    var input = Console.ReadLine();
                    if (string.IsNullOrWhiteSpace(input))
                        continue;
                    messages.Add(new UserChatMessage(input));
                    bool requiresAction;
                    {|#0:do|}
                    {
                        requiresAction = false;
                        var completion = await client.CompleteChatAsync(messages, options);
                        switch (completion.Value.FinishReason)
                        {
                            case ChatFinishReason.Stop:
                                messages.Add(new AssistantChatMessage(completion.Value));
                                break;
                            case ChatFinishReason.ToolCalls:
                                messages.Add(new AssistantChatMessage(completion.Value));
                                foreach (var call in completion.Value.ToolCalls)
                                {
                                    string result;
                                    switch (call.FunctionName)
                                    {
                                        case "get":
                                            var limit = call.Id.Length;
                                            result = await GetAsync(limit);
                                            break;
                                        default:
                                            result = "Unknown tool";
                                            break;
                                    }

                                    messages.Add(new ToolChatMessage(call.Id, result));
                                }

                                requiresAction = true;
                                break;
                        }
                    } while (requiresAction);
                }
            }

            private static async Task<string> GetAsync(int limit)
            {
                using var http = new HttpClient();
                var response = await http.GetAsync($"https://example.org/{limit}");
                response.EnsureSuccessStatusCode();
                return await response.Content.ReadAsStringAsync();
            }
        }
        """).Expect(Warning, "'Desk.RunAsync' repeats 'ChatClient.CompleteChatAsync' until the model's answer ends the loop: the condition in line 45 leads to another round with no round limit and no deadline").RunAsync();

    // ---- Why there is another turn ------------------------------------------------------------------------------------

    [Theory]
    [InlineData("{|#0:while (true)|} { var answer = await {|#1:client.GetResponseAsync(messages)|}; if (answer.Text.Contains(\"DONE\")) return; messages.AddRange(answer.Messages); }", "the condition in line 7")]
    [InlineData("{|#0:while (true)|} { var answer = await {|#1:client.GetResponseAsync(messages)|}; messages.AddRange(answer.Messages); if (answer.FinishReason == ChatFinishReason.ToolCalls) continue; return; }", "the 'continue' in line 7")]
    [InlineData("var text = \"\"; {|#0:while (text.Length < 200)|} { text = (await {|#1:client.GetResponseAsync(\"Longer: \" + text)|}).Text; }", "the condition in line 7")]
    [InlineData("var turns = 0; {|#0:while (true)|} { turns++; var answer = await {|#1:client.GetResponseAsync(messages)|}; if (answer.Text == \"\") return; messages.AddRange(answer.Messages); Console.WriteLine(turns); }", "the condition in line 7")]
    // A person is asked on one way only.
    [InlineData("{|#0:while (true)|} { var answer = await {|#1:client.GetResponseAsync(messages)|}; if (answer.Text == \"\") return; if (answer.Text.EndsWith(\"?\")) Console.ReadLine(); messages.AddRange(answer.Messages); }", "the condition in line 7")]
    // The inner bound is no bound of what is around it.
    [InlineData("{|#0:while (true)|} { ChatResponse? answer = null; for (var i = 0; i < 3; i++) answer = await {|#1:client.GetResponseAsync(messages)|}; if (answer!.Text == \"\") return; messages.AddRange(answer.Messages); }", "the condition in line 7")]
    // A queue that the answers fill is never empty.
    [InlineData("var todo = new Queue<string>(); {|#0:while (todo.TryDequeue(out var next))|} { var answer = await {|#1:client.GetResponseAsync(next)|}; if (answer.Text.Contains(\"BYE\")) return; todo.Enqueue(answer.Text); }", "the condition in line 7")]
    public Task Unbounded(string body, string way) =>
        In(body).ExpectPath(Warning, $"'Desk.RunAsync' repeats 'IChatClient.GetResponseAsync' until the model's answer ends the loop: {way} {Rest}", 0, 1).RunAsync();

    [Theory]
    [InlineData("for (var turn = 0; turn < 10; turn++) { var answer = await client.GetResponseAsync(messages); if (answer.Text.Contains(\"DONE\")) return; messages.AddRange(answer.Messages); }")]
    [InlineData("while (most-- > 0) { var answer = await client.GetResponseAsync(messages); if (answer.Text.Contains(\"DONE\")) return; messages.AddRange(answer.Messages); }")]
    [InlineData("for (var turn = 0; ; turn++) { var answer = await client.GetResponseAsync(messages); if (turn == most || answer.Text.Contains(\"DONE\")) return; messages.AddRange(answer.Messages); }")]
    [InlineData("while (messages.Count < 40) { var answer = await client.GetResponseAsync(messages); if (answer.Text.Contains(\"DONE\")) return; messages.AddRange(answer.Messages); }")]
    [InlineData("while (true) { messages.Add(new ChatMessage(ChatRole.User, Console.ReadLine())); var answer = await client.GetResponseAsync(messages); if (answer.Text.Contains(\"BYE\")) return; messages.AddRange(answer.Messages); }")]
    [InlineData("var todo = new Queue<string>(); while (todo.TryDequeue(out var next)) { var answer = await client.GetResponseAsync(next); if (answer.Text.Contains(\"BYE\")) return; }")]
    [InlineData("var answer = await client.GetResponseAsync(messages); while (answer.Messages.Count > 1) { var approved = answer.Messages.Select(m => new ChatMessage(ChatRole.User, Console.ReadLine())).ToList(); answer = await client.GetResponseAsync(approved); }")]
    [InlineData("var length = 0; while (true) { var answer = await client.GetResponseAsync(messages); if (answer.Text.Length <= length) return; length = answer.Text.Length; messages.AddRange(answer.Messages); }")]
    // Nothing that the answer says takes another turn.
    [InlineData("while (true) { var answer = await client.GetResponseAsync(messages); Console.WriteLine(answer.Text); await Task.Delay(1000); }")]
    [InlineData("foreach (var message in messages.ToList()) { var answer = await client.GetResponseAsync(message); if (answer.Text == \"\") break; }")]
    public Task Bounded(string body) => In(body).RunAsync();

    // microsoft/autogen#133: two agents that answer each other until one of them says a word that neither has to say.
    [Fact]
    public Task Autogen_133_two_agents_until_one_says_the_word() => new RuleTest<AGL0901_UnboundedAgentLoop>(Pair("{|#0:while (true)|}"))
        .Expect(Warning, $"'Chat.RunAsync' repeats 'Agent.ReplyAsync' (Agent.ReplyAsync → IChatClient.GetResponseAsync) until the model's answer ends the loop: the condition in line 16 {Rest}")
        .RunAsync();

    [Fact]
    public Task Autogen_133_two_agents_with_a_number_of_turns() => new RuleTest<AGL0901_UnboundedAgentLoop>(Pair("for (var turn = 0; turn < 10; turn++)")).RunAsync();

    // ---- What is not seen -----------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("while (!done) { var answer = await client.GetResponseAsync(messages); if (answer.Text.Contains(\"DONE\")) return; messages.AddRange(answer.Messages); }")]
    [InlineData("while (true) { var answer = await client.GetResponseAsync(messages); if (answer.Text.Contains(\"DONE\") || IsSpent()) return; messages.AddRange(answer.Messages); }")]
    public Task What_others_decide_is_a_bound(string body) => In(body).RunAsync();

    [Fact]
    public Task A_model_of_unknown_kind() => new RuleTest<AGL0901_UnboundedAgentLoop>("""
        public interface IBrain { Task<string> ThinkAsync(string text); }

        public class Desk(IBrain brain)
        {
            public async Task RunAsync(string text)
            {
                while (text != "DONE")
                    text = await brain.ThinkAsync(text);
            }
        }
        """).RunAsync();

    [Fact]
    public Task In_a_class_of_tests_it_is_a_suggestion() => new RuleTest<AGL0901_UnboundedAgentLoop>("""
        using Microsoft.Extensions.AI;

        public class Tests(IChatClient client)
        {
            [Xunit.Fact]
            public async Task Runs()
            {
                var text = "";
                {|#0:while (text != "DONE")|}
                    text = (await client.GetResponseAsync(text)).Text;
            }
        }
        """)
        .Reference(typeof(FactAttribute))
        .Expect(Info, $"'Tests.Runs' repeats 'IChatClient.GetResponseAsync' until the model's answer ends the loop: the condition in line 9 {Rest}")
        .RunAsync();

    private const string Rest = "leads to another round with no round limit and no deadline";

    private static string Pair(string loop) => $$"""
        using Microsoft.Extensions.AI;

        public class Agent(IChatClient client, string instructions)
        {
            public async Task<string> ReplyAsync(string message) => (await client.GetResponseAsync(instructions + message)).Text;
        }

        public class Chat(Agent coder, Agent critic)
        {
            public async Task<string> RunAsync(string message)
            {
                {{loop}}
                {
                    message = await coder.ReplyAsync(message);
                    message = await critic.ReplyAsync(message);
                    if (message.Contains("TERMINATE"))
                        break;
                }

                return message;
            }
        }
        """;

    private static RuleTest<AGL0901_UnboundedAgentLoop> In(string body) => new($$"""
        using Microsoft.Extensions.AI;

        public class Desk(IChatClient client, List<ChatMessage> messages)
        {
            public async Task RunAsync(int most)
            {
                {{body}}
            }

            private bool done;
            private int spent;

            public void Stop() => done = true;

            private bool IsSpent() => spent > 100;
        }
        """);


    // ---- what carries the answer to the condition ----------------------------------------------------------------------------

    [Theory]
    [InlineData("bool more; {|#0:do|} { var r = await client.GetResponseAsync(q); more = r.Text.Contains(\"MORE\"); q = r.Text; } while (more);")]
    [InlineData("var done = false; {|#0:while (!done)|} { var r = await client.GetResponseAsync(q); if (r.Text.Contains(\"END\")) done = true; q = r.Text; }")]
    [InlineData("var done = false; {|#0:while (!done)|} { var r = await client.GetResponseAsync(q); done = r.Text.Contains(\"END\"); q = r.Text; }")]
    [InlineData("var r = await client.GetResponseAsync(q); {|#0:while (CallIn(r) is { } call)|} { q = call.Name; r = await client.GetResponseAsync(q); }")]
    [InlineData("{|#0:while (true)|} { var r = await client.GetResponseAsync(q); if (r.Text.Contains(\"[Z]\")) q = (await client.GetResponseAsync(q)).Text; else if (r.Text.Contains(\"[E]\")) return; else q = \"Go on.\"; }")]
    [InlineData("{|#0:while (q != \"\")|} { var r = (await client.GetResponseAsync(q)).Text; q = edges.FirstOrDefault(e => e == r) ?? \"\"; }")]
    [InlineData("{|#0:do|} last = (await client.GetResponseAsync(q)).Text; while (IsOpen);")]
    [InlineData("{|#0:do|} last = (await client.GetResponseAsync(q)).Text; while (MayGoOn());")]
    [InlineData("var n = 0; {|#0:while (true)|} { if (max.HasValue && n >= max.Value) throw new InvalidOperationException(); var r = await client.GetResponseAsync(q); n++; if (r.Text == \"END\") return; q = r.Text; }")]
    [InlineData("var n = 0; {|#0:while (true)|} { if (Most is int most && n >= most) return; var r = await client.GetResponseAsync(q); n++; if (r.Text == \"END\") return; q = r.Text; }")]
    [InlineData("var said = new Said(); {|#0:do|} { said = new Said(); await foreach (var u in client.GetStreamingResponseAsync(q)) foreach (var c in said.Take(u)) Console.Write(c); } while (said.All.Count > 0);")]
    public Task Answer_reaches_the_condition(string body) => new RuleTest<AGL0901_UnboundedAgentLoop>(Desk(body))
        .Expect(Warning, $"'Desk.RunAsync' repeats '{(body.Contains("Streaming") ? "IChatClient.GetStreamingResponseAsync" : "IChatClient.GetResponseAsync")}' until the model's answer ends the loop: the condition in line 12 {Rest}")
        .RunAsync();

    [Theory]
    // A helper that has the answer, and counts as well.
    [InlineData("do last = (await client.GetResponseAsync(q)).Text; while (MayCount());")]
    [InlineData("do last = (await client.GetResponseAsync(q)).Text; while (IsCounted);")]
    // A limit that is there unless somebody takes it away.
    [InlineData("var n = 0; while (true) { if (Usual is int most && n >= most) return; var r = await client.GetResponseAsync(q); n++; if (r.Text == \"END\") return; q = r.Text; }")]
    // What is asked is dropped, and something else comes back.
    [InlineData("while (await OnceAsync()) await Task.Delay(9);")]
    [InlineData("while (!token.IsCancellationRequested) if (!await OnceAsync()) return;")]
    // For each of several, one answer decides about nothing.
    [InlineData("while (true) { var r = await client.GetResponseAsync(q); if (r.Text.Contains(\"[Z]\")) Console.WriteLine(); else Console.WriteLine(q); await Task.Delay(9); }")]
    [InlineData("bool more; var n = 0; do { var r = await client.GetResponseAsync(q); more = r.Text.Contains(\"MORE\"); } while (more && ++n < 9);")]
    public Task Something_else_bounds_or_decides(string body) => new RuleTest<AGL0901_UnboundedAgentLoop>(Desk(body)).RunAsync();

    private static string Desk(string body) => $$"""
        using Microsoft.Extensions.AI;

        public class Said { public List<object> All { get; } = []; public IEnumerable<object> Take(object part) { All.Add(part); return [part]; } }

        public class Desk(IChatClient client, List<string> edges, int? max = null)
        {
            private string last = "";
            private int turn;
            public int? Most { get; set; } public int? Usual { get; set; } = 20;
            public async Task RunAsync(string q, CancellationToken token)
            {
                {{body}}
            }

            private static FunctionCallContent? CallIn(ChatResponse r) => r.Messages.SelectMany(m => m.Contents).OfType<FunctionCallContent>().FirstOrDefault();
            private bool IsOpen => last.Contains("MORE");
            private bool MayGoOn() => last.Contains("MORE");
            private bool MayCount() => last.Contains("MORE") && turn++ < 9;
            private bool IsCounted => last.Contains("MORE") && turn++ < 9;
            private async Task<bool> OnceAsync() { await client.GetResponseAsync("Tick."); await Task.Delay(9); return true; }
        }
        """;

    // ---- workflows -----------------------------------------------------------------------------------------------------------

    [Fact]
    public Task Workflow_asks_by_an_activity() => Workflow("""
        string text;
        {|#0:do|}
            text = await Workflow.ExecuteActivityAsync((Activities a) => a.JudgeAsync(draft), new() { StartToCloseTimeout = TimeSpan.FromMinutes(1) });
        while (text != "good");
        """).Expect(Warning, $"'Drafts.RunAsync' repeats 'Workflow.ExecuteActivityAsync' (Activities.JudgeAsync → IChatClient.GetResponseAsync) until the model's answer ends the loop: the condition in line 20 {Rest}").RunAsync();

    [Theory]
    [InlineData("for (var n = 0; n < 5; n++) if (await Workflow.ExecuteActivityAsync((Activities a) => a.JudgeAsync(draft), new() { StartToCloseTimeout = TimeSpan.FromMinutes(1) }) == \"good\") break;")]
    [InlineData("string text; do { await Workflow.WaitConditionAsync(() => isReady); text = await Workflow.ExecuteActivityAsync((Activities a) => a.JudgeAsync(draft), new() { StartToCloseTimeout = TimeSpan.FromMinutes(1) }); } while (text != \"good\");")]
    [InlineData("int size; do size = await Workflow.ExecuteActivityAsync((Activities a) => a.Measure(draft), new() { StartToCloseTimeout = TimeSpan.FromMinutes(1) }); while (size > 3);")]
    public Task Workflow_with_a_bound_or_an_event(string body) => Workflow(body).RunAsync();

    private static RuleTest<AGL0901_UnboundedAgentLoop> Workflow(string body) => new RuleTest<AGL0901_UnboundedAgentLoop>($$"""
        using Microsoft.Extensions.AI;
        using Temporalio.Activities;
        using Temporalio.Workflows;

        public class Activities(IChatClient model)
        {
            [Activity] public async Task<string> JudgeAsync(string draft) => (await model.GetResponseAsync("Judge: " + draft)).Text;
            [Activity] public int Measure(string draft) => draft.Length;
        }

        [Workflow]
        public class Drafts
        {
            private bool isReady;
            [WorkflowRun] public async Task RunAsync(string draft)
            {
                {{body.Replace("\n", "\n        ")}}
            }
        }
        """).Reference(Library.Temporal);
}
