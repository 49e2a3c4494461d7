using AgentLint.Rules.SharedState;
using Xunit;
using static Microsoft.CodeAnalysis.DiagnosticSeverity;

namespace AgentLint.Tests.Rules.SharedState;

/// <summary>One conversation for all callers is reported where it is written.</summary>
public sealed class AGL0701Tests
{
    [Theory]
    [InlineData("List<ChatMessage> messages = [];", "{|#0:messages.Add(new ChatMessage(ChatRole.User, text))|}; return (await client.GetResponseAsync(messages)).Text;")]
    [InlineData("readonly IList<ChatMessage> messages = [];", "{|#0:messages.Clear()|}; messages.Add(new ChatMessage(ChatRole.User, text)); return (await client.GetResponseAsync(messages)).Text;")]
    [InlineData("static readonly List<ChatMessage> messages = new();", "{|#0:messages.Add(new ChatMessage(ChatRole.User, text))|}; return (await client.GetResponseAsync(messages)).Text;", "it is static")]
    [InlineData("List<ChatMessage> messages { get; } = [];", "{|#0:messages.Add(new ChatMessage(ChatRole.User, text))|}; return (await client.GetResponseAsync(messages)).Text;")]
    // What the answer adds.
    [InlineData("readonly List<ChatMessage> messages = [];", "var answer = await client.GetResponseAsync(text); {|#0:messages.AddMessages(answer)|}; return answer.Text;")]
    // Set for one call, and asked with when the next one may have set it.
    [InlineData("List<ChatMessage> messages = [];", "{|#0:messages = [new ChatMessage(ChatRole.User, text)]|}; await Task.Yield(); return (await client.GetResponseAsync(messages)).Text;")]
    public Task Written_by_each_call(string member, string code, string owner = "'Desk' is registered by AddSingleton in Test0.cs") => In(member, code)
        .Expect(Warning, $"'Desk.messages' is one conversation for all callers: {owner}, and it is changed from 'Tools.Ask'").RunAsync();

    [Theory]
    [InlineData("", "List<ChatMessage> messages = [new ChatMessage(ChatRole.User, text)]; messages.Add(new ChatMessage(ChatRole.User, text)); return (await client.GetResponseAsync(messages)).Text;")]
    [InlineData("static readonly List<ChatMessage> Start = [new ChatMessage(ChatRole.System, \"Be brief\")];", "return (await client.GetResponseAsync([.. Start, new ChatMessage(ChatRole.User, text)])).Text;")]
    [InlineData("readonly List<ChatMessage> messages = []; readonly SemaphoreSlim gate = new(1);", "await gate.WaitAsync(); try { messages.Add(new ChatMessage(ChatRole.User, text)); return (await client.GetResponseAsync(messages)).Text; } finally { gate.Release(); }")]
    [InlineData("readonly System.Collections.Concurrent.ConcurrentDictionary<string, List<ChatMessage>> all = new();", "return (await client.GetResponseAsync(all.GetOrAdd(text, _ => []))).Text;")]
    public Task Each_call_has_its_own(string member, string code) => In(member, code).RunAsync();

    [Theory]
    [InlineData("services.AddScoped<Desk>();")]
    [InlineData("services.AddTransient<Desk>();")]
    public Task Each_request_has_its_own(string registration) => In("List<ChatMessage> messages = [];", "messages.Add(new ChatMessage(ChatRole.User, text)); return (await client.GetResponseAsync(messages)).Text;", registration).RunAsync();

    [Fact]
    public Task Session_that_all_runs_write_into() => new RuleTest<AGL0701_SharedConversation>("""
        using Microsoft.Agents.AI;
        using Microsoft.Extensions.DependencyInjection;
        using ModelContextProtocol.Server;

        [McpServerToolType]
        public class Tools(Desk desk)
        {
            [McpServerTool] public Task Ask(string text) => desk.AskAsync(text);
        }

        public class Desk(AIAgent agent, AgentSession session)
        {
            readonly AgentSession session = session;
            public async Task AskAsync(string text) => await {|#0:agent.RunAsync(text, session)|};
        }

        static class Setup { static void Add(IServiceCollection services) => services.AddSingleton<Desk>(); }
        """).Reference(Library.AgentFramework)
        .Expect(Warning, "'Desk.session' is one conversation for all callers: 'Desk' is registered by AddSingleton in Test0.cs, and it is changed from 'Tools.Ask'").RunAsync();

    [Fact]
    public Task Conversation_in_an_object_that_a_singleton_makes() => In(
        "class Talk { public List<ChatMessage> Messages = []; } readonly Talk talk = new();",
        "{|#0:talk.Messages.Add(new ChatMessage(ChatRole.User, text))|}; return (await client.GetResponseAsync(talk.Messages)).Text;")
        .Expect(Warning, "'Talk.Messages' is one conversation for all callers: 'Desk' keeps one 'Talk', and 'Desk' is registered by AddSingleton in Test0.cs, and it is changed from 'Tools.Ask'").RunAsync();

    private static RuleTest<AGL0701_SharedConversation> In(string member, string code, string registration = "services.AddSingleton<Desk>();") => new($$"""
        using Microsoft.Extensions.AI;
        using Microsoft.Extensions.DependencyInjection;
        using ModelContextProtocol.Server;

        [McpServerToolType]
        public class Tools(Desk desk)
        {
            [McpServerTool] public Task<string> Ask(string text) => desk.AskAsync(text);
        }

        public class Desk(IChatClient client)
        {
            {{member}}

            public async Task<string> AskAsync(string text)
            {
                {{code}}
            }
        }

        static class Setup { static void Add(IServiceCollection services) { {{registration}} } }
        """);
}
