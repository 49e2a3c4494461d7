using AgentLint.Rules.Coupling;
using Microsoft.CodeAnalysis;
using Xunit;
using static Microsoft.CodeAnalysis.DiagnosticSeverity;

namespace AgentLint.Tests.Rules.Coupling;

/// <summary>A synchronous method that blocks is a fault of those who call it where others wait.</summary>
public sealed class AGL0601HelperTests
{
    private const string InHelper = "'Research.Ask' holds its thread with 'Result' for the model call 'IChatClient.GetResponseAsync' instead of awaiting it";
    private const string Research = """
        using Microsoft.Extensions.AI;
        public class Research(IChatClient client)
        {
            public string Ask(string topic) => {|#9:client.GetResponseAsync(topic)|}.{|#8:Result|}.Text;
        }
        """;

    [Theory]
    [InlineData("public async Task<string> Plan() { await Task.Yield(); return $; }", "Desk.Plan")]
    [InlineData("[ModelContextProtocol.Server.McpServerTool] public string Plan() => $;", "Desk.Plan")]
    [InlineData("public Desk(Research research, int size) : this(research) { _ = $; }", "new Desk")]
    [InlineData("public object F() => Microsoft.Extensions.AI.AIFunctionFactory.Create(() => $);", "Desk.F")]
    public Task Caller_in_another_file_is_a_warning_with_the_path(string caller, string name) => Desk(caller, "{|#1:research.{|#0:Ask|#0}(\"q\")|#1}")
        .Expect(Info, InHelper, 8)
        .ExpectPath(Warning, $"'{name}' holds its thread with 'Ask' for the model call 'IChatClient.GetResponseAsync' ({name} → Research.Ask → IChatClient.GetResponseAsync) instead of awaiting it", 0, 1, 9)
        .RunAsync();

    [Fact]
    public Task Synchronous_callers_hand_it_on() => Desk(
        """
        private string Draft() => {|#2:research.Ask("q")|};
        public string Title => {|#1:Draft()|};
        [ModelContextProtocol.Server.McpServerTool] public string Plan() => {|#0:Title|};
        """)
        .Expect(Info, InHelper, 8)
        .ExpectPath(
            Warning,
            "'Desk.Plan' holds its thread with 'Title' for the model call 'IChatClient.GetResponseAsync' (Desk.Plan → Desk.Title → Desk.Draft → Research.Ask → IChatClient.GetResponseAsync) instead of awaiting it",
            0,
            0,
            1,
            2,
            9)
        .RunAsync();

    [Fact]
    public Task Synchronous_variant_in_a_helper_is_reported_where_others_wait() => new RuleTest<AGL0601_BlockingAgentCall>("""
        public class Feed(HttpClient http)
        {
            public HttpResponseMessage Get() => http.Send(new HttpRequestMessage());
            public async Task<HttpResponseMessage> GetAsync() { await Task.Yield(); return {|#0:Get|}(); }
        }
        """).Expect(Warning, "'Feed.GetAsync' holds its thread with 'Get' for the HTTP call 'HttpClient.Send' (Feed.GetAsync → Feed.Get → HttpClient.Send) instead of awaiting it")
        .RunAsync();

    [Fact]
    public Task Caller_is_reported_once() => Desk("public async Task<string> Plan() { await Task.Yield(); var one = research.{|#0:Ask|}(\"a\"); return one + research.Ask(\"b\"); }")
        .Expect(Info, InHelper, 8)
        .Expect(Warning, "'Desk.Plan' holds its thread with 'Ask' for the model call 'IChatClient.GetResponseAsync' (Desk.Plan → Research.Ask → IChatClient.GetResponseAsync) instead of awaiting it")
        .RunAsync();

    [Theory]
    [InlineData("public string Plan() => research.Ask(\"q\");")]
    [InlineData("[Xunit.Fact] public async Task Plan() { await Task.Yield(); research.Ask(\"q\"); }")]
    [InlineData("[Xunit.Fact] public void Plan() => research.Ask(\"q\");")]
    [InlineData("public async Task<string> Plan() { await Task.Yield(); return nameof(Research.Ask) + nameof(research.Ask); }")]
    [InlineData("public async Task<Func<string, string>> Plan() { await Task.Yield(); return research.Ask; }")]
    [InlineData("public async Task<string> Plan(Other other) { await Task.Yield(); return other.Ask(\"q\"); } public class Other { public string Ask(string topic) => topic; }")]
    public Task Nothing_is_said_of_callers_that_nobody_awaits_or_that_call_something_else(string caller) => Desk(caller)
        .Reference(typeof(FactAttribute))
        .Expect(Info, InHelper, 8)
        .RunAsync();

    [Fact]
    public Task Interface_with_many_implementations_is_not_followed() => new RuleTest<AGL0601_BlockingAgentCall>(
        Research.Replace("(IChatClient client)", "(IChatClient client) : IResearch", StringComparison.Ordinal),
        """
        public interface IResearch { string Ask(string topic); }
        public class NoResearch : IResearch { public string Ask(string topic) => ""; }
        public class Desk(IResearch research)
        {
            public async Task<string> Plan() { await Task.Yield(); return research.Ask("q"); }
        }
        """)
        .Expect(Info, InHelper, 8)
        .RunAsync();

    [Fact]
    public Task Interface_with_one_implementation_is_followed() => new RuleTest<AGL0601_BlockingAgentCall>(
        Research.Replace("(IChatClient client)", "(IChatClient client) : IResearch", StringComparison.Ordinal),
        """
        public interface IResearch { string Ask(string topic); }
        public class Desk(IResearch research)
        {
            public async Task<string> Plan() { await Task.Yield(); return research.{|#0:Ask|}("q"); }
        }
        """)
        .Expect(Info, InHelper, 8)
        .Expect(Warning, "'Desk.Plan' holds its thread with 'Ask' for the model call 'IChatClient.GetResponseAsync' (Desk.Plan → IResearch.Ask → IChatClient.GetResponseAsync) instead of awaiting it")
        .RunAsync();

    private static RuleTest<AGL0601_BlockingAgentCall> Desk(string members, string call = "") => new(
        "public class Desk(Research research)\n{\n" + members.Replace("$", call, StringComparison.Ordinal) + "\n}",
        Research);
}
