using AgentLint.Rules.Coupling;
using Xunit;
using static Microsoft.CodeAnalysis.DiagnosticSeverity;

namespace AgentLint.Tests.Rules.Coupling;

/// <summary>AGL0601 follows the calls from what is waited for to what leaves the process, and shows them.</summary>
public sealed class AGL0601PathTests
{
    [Fact]
    public Task Call_itself_is_the_path() => Run(
        """
        using Microsoft.Extensions.AI;
        public class Desk(IChatClient client)
        {
            public async Task<string> Plan(string topic)
            {
                await Task.Yield();
                return {|#1:client.GetResponseAsync(topic)|}.{|#0:Result|}.Text;
            }
        }
        """).ExpectPath(Warning, "'Desk.Plan' blocks its thread with 'Result' for the model call 'IChatClient.GetResponseAsync' instead of awaiting it", 0, 1)
        .RunAsync();

    [Fact]
    public Task Path_leads_through_other_files() => Run(
        """
        using ModelContextProtocol.Server;
        public class Desk(Research research)
        {
            [McpServerTool]
            public string Plan(string topic) => {|#1:research.AskAsync(topic)|}.{|#0:Result|};
        }
        """,
        """
        public class Research(Library library)
        {
            public async Task<string> AskAsync(string topic) => "Found: " + await {|#2:library.Find(topic)|};
        }
        """,
        """
        using Microsoft.Extensions.AI;
        public class Library(IChatClient client)
        {
            public async Task<string> Find(string topic) => (await {|#3:client.GetResponseAsync(topic)|}).Text;
        }
        """).ExpectPath(
            Warning,
            "'Desk.Plan' blocks its thread with 'Result' for the model call 'IChatClient.GetResponseAsync' (Desk.Plan → Research.AskAsync → Library.Find → IChatClient.GetResponseAsync) instead of awaiting it",
            0,
            1,
            2,
            3)
        .RunAsync();

    [Fact]
    public Task Path_of_a_synchronous_variant_is_the_call_itself() => Run(
        """
        public class Desk(OpenAI.Chat.ChatClient client)
        {
            public string Plan(string topic) => {|#1:client.{|#0:CompleteChat|}(topic)|#1}.Value.Content[0].Text;
        }
        """).ExpectPath(Info, "'Desk.Plan' blocks its thread with 'ChatClient.CompleteChat' for the model call instead of awaiting 'CompleteChatAsync'", 0, 1)
        .RunAsync();

    [Theory]
    [InlineData("new Session(client).Answer", "Session.Answer")]
    [InlineData("Ask(client)", "Desk.Ask")]
    [InlineData("Local()", "Local")]
    [InlineData("Task.Run(() => Ask(client))", "Desk.Ask")]
    [InlineData("Retry(() => Ask(client))", "Desk.Ask")]
    public Task Path_leads_through(string start, string step) => Run(
        $$"""
        using Microsoft.Extensions.AI;
        public class Desk(IChatClient client)
        {
            public string Plan()
            {
                Task<string> Local() => Task.FromResult(client.GetResponseAsync("q").Status.ToString());
                return {{start}}.{|#0:Result|};
            }

            private static async Task<string> Ask(IChatClient client) => (await client.GetResponseAsync("q")).Text;
            private static async Task<T> Retry<T>(Func<Task<T>> work) => await work();
        }

        public class Session(IChatClient client)
        {
            public Task<string> Answer { get { return Read(); } }
            private async Task<string> Read() => (await client.GetResponseAsync("q")).Text;
        }
        """).Expect(
            Info,
            $"'Desk.Plan' blocks its thread with 'Result' for the model call 'IChatClient.GetResponseAsync' (Desk.Plan → {(step == "Session.Answer" ? "Session.Answer → Session.Read" : step)} → IChatClient.GetResponseAsync) instead of awaiting it")
        .RunAsync();

    [Fact]
    public Task Interface_with_one_implementation_is_followed() => Run(
        Store,
        """
        public class FileStore(HttpClient http) : IStore
        {
            public async Task Append(string line) => await http.PostAsync(line, null);
        }
        """).Expect(Warning, "'Log.Write' blocks its thread with 'Wait' for the HTTP call 'HttpClient.PostAsync' (Log.Write → IStore.Append → HttpClient.PostAsync) instead of awaiting it")
        .RunAsync();

    [Fact]
    public Task Interface_with_many_implementations_is_work_of_unknown_kind() => Run(
        Store,
        """
        public class FileStore(HttpClient http) : IStore
        {
            public async Task Append(string line) => await http.PostAsync(line, null);
        }
        public class NullStore : IStore
        {
            public Task Append(string line) => Task.CompletedTask;
        }
        """).Expect(Warning, "'Log.Write' blocks its thread with 'Wait' for 'IStore.Append' instead of awaiting it")
        .RunAsync();

    [Fact]
    public Task Cycles_end() => Run(
        """
        using Microsoft.Extensions.AI;
        public class Desk(IChatClient client)
        {
            public string Plan(int depth) => Ask(depth).{|#0:Result|};
            private async Task<string> Ask(int depth) => depth == 0 ? (await client.GetResponseAsync("q")).Text : await Again(depth);
            private Task<string> Again(int depth) => Ask(depth - 1);
        }
        """).Expect(
            Info,
            "'Desk.Plan' blocks its thread with 'Result' for the model call 'IChatClient.GetResponseAsync' (Desk.Plan → Desk.Ask → IChatClient.GetResponseAsync) instead of awaiting it")
        .RunAsync();

    [Theory]
    [InlineData("2", "'Desk.Plan' blocks its thread with 'Result' for the model call 'IChatClient.GetResponseAsync' (Desk.Plan → Desk.One → Desk.Two → IChatClient.GetResponseAsync) instead of awaiting it")]
    [InlineData("1", "'Desk.Plan' blocks its thread with 'Result' for 'Desk.One' instead of awaiting it")]
    [InlineData("-5", "'Desk.Plan' blocks its thread with 'Result' for 'Desk.One' instead of awaiting it")]
    [InlineData("many", "'Desk.Plan' blocks its thread with 'Result' for the model call 'IChatClient.GetResponseAsync' (Desk.Plan → Desk.One → Desk.Two → IChatClient.GetResponseAsync) instead of awaiting it")]
    public Task Depth_is_an_option(string depth, string message) => Run(
        """
        using Microsoft.Extensions.AI;
        public class Desk(IChatClient client)
        {
            public async Task<string> Plan() { await Task.Yield(); return One().{|#0:Result|}; }
            private Task<string> One() => Two();
            private async Task<string> Two() => (await client.GetResponseAsync("q")).Text;
        }
        """).Configure("agentlint.call_depth = " + depth)
        .Expect(Warning, message)
        .RunAsync();

    private const string Store = """
        public interface IStore { Task Append(string line); }
        public class Log(IStore store)
        {
            [ModelContextProtocol.Server.McpServerTool]
            public void Write(string line) => store.Append(line).{|#0:Wait|}();
        }
        """;

    private static RuleTest<AGL0601_BlockingAgentCall> Run(params IEnumerable<string> files) => new(files);
}
