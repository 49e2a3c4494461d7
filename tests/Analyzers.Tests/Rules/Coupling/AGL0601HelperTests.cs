using AgentLint.Rules.Coupling;
using Xunit;
using static Microsoft.CodeAnalysis.DiagnosticSeverity;

namespace AgentLint.Tests.Rules.Coupling;

/// <summary>A synchronous method that blocks is reported to those who call it where others wait, with the whole path.</summary>
public sealed class AGL0601HelperTests
{
    private const string Desk = """
        using Microsoft.Extensions.AI;
        public class Desk(IChatClient client)
        {
            public string Ask(string question) => client.GetResponseAsync(question).{|#1:Result|}.Text;
        }
        """;

    private const string Own = "'Desk.Ask' blocks its thread with 'Result' for the model call 'IChatClient.GetResponseAsync' instead of awaiting it";

    [Theory]
    [InlineData("Front.Serve", "public async Task<string> Serve(Desk desk) { await Task.Yield(); return desk.{|#0:Ask|}(\"q\"); }")]
    [InlineData("Front.Serve", "[ModelContextProtocol.Server.McpServerTool] public string Serve(Desk desk) => desk.{|#0:Ask|}(\"q\");")]
    [InlineData("new Front", "public Front(Desk desk) { _ = desk.{|#0:Ask|}(\"q\"); }")]
    [InlineData("Front.Serve", "public void Serve(Microsoft.Extensions.DependencyInjection.IServiceCollection all, Desk desk) => Microsoft.Extensions.DependencyInjection.ServiceCollectionServiceExtensions.AddSingleton(all, _ => desk.{|#0:Ask|}(\"q\"));")]
    public Task Call_where_others_wait_is_a_warning(string caller, string member) =>
        new RuleTest<AGL0601_BlockingAgentCall>($"public class Front {{ {member} }}", Desk)
            .Expect(Warning, $"'{caller}' blocks its thread with 'Ask' for the model call 'IChatClient.GetResponseAsync' ({caller} → Desk.Ask → IChatClient.GetResponseAsync) instead of awaiting it")
            .Expect(Info, Own, marker: 1)
            .RunAsync();

    [Fact]
    public Task Path_leads_through_synchronous_callers_an_interface_and_other_files() =>
        new RuleTest<AGL0601_BlockingAgentCall>(
            """
            public class Front(IClerk clerk)
            {
                public async Task<string> Serve() { await Task.Yield(); return clerk.{|#0:Advise|}(); }
            }
            """,
            """
            public interface IClerk { string Advise(); }
            public class Clerk(Desk desk) : IClerk { public string Advise() => Polite(); private string Polite() => "Please: " + desk.Ask("q"); }
            """,
            Desk)
            .Expect(Warning, "'Front.Serve' blocks its thread with 'Advise' for the model call 'IChatClient.GetResponseAsync' (Front.Serve → IClerk.Advise → Clerk.Polite → Desk.Ask → IChatClient.GetResponseAsync) instead of awaiting it")
            .Expect(Info, Own, marker: 1)
            .RunAsync();

    [Fact]
    public Task Property_that_blocks_is_followed() =>
        new RuleTest<AGL0601_BlockingAgentCall>("""
            using Microsoft.Extensions.AI;
            public class Front(IChatClient client)
            {
                public string Motto => client.GetResponseAsync("motto").{|#1:Result|}.Text;
                public async Task<string> Serve() { await Task.Yield(); return {|#0:Motto|}; }
            }
            """)
            .Expect(Warning, "'Front.Serve' blocks its thread with 'Motto' for the model call 'IChatClient.GetResponseAsync' (Front.Serve → Front.Motto → IChatClient.GetResponseAsync) instead of awaiting it")
            .Expect(Info, "'Front.Motto' blocks its thread with 'Result' for the model call 'IChatClient.GetResponseAsync' instead of awaiting it", marker: 1)
            .RunAsync();

    [Fact]
    public Task Caller_is_told_once_of_each_helper() =>
        new RuleTest<AGL0601_BlockingAgentCall>(
            "public class Front { public async Task Serve(Desk desk) { await Task.Yield(); desk.{|#0:Ask|}(\"a\"); desk.Ask(\"b\"); } }", Desk)
            .Expect(Warning, "'Front.Serve' blocks its thread with 'Ask' for the model call 'IChatClient.GetResponseAsync' (Front.Serve → Desk.Ask → IChatClient.GetResponseAsync) instead of awaiting it")
            .Expect(Info, Own, marker: 1)
            .RunAsync();

    [Theory]
    [InlineData("public class Front { public string Serve(Desk desk) => desk.Ask(\"q\"); }")]
    [InlineData("public class Front { [Xunit.Fact] public async Task Serve() { await Task.Yield(); new Desk(null!).Ask(\"q\"); } }")]
    [InlineData("public class Front { public async Task<string> Serve(Desk desk) { await Task.Yield(); return nameof(desk.Ask); } }")]
    [InlineData("public class Front { public async Task<Func<string, string>> Serve(Desk desk) { await Task.Yield(); return desk.Ask; } }")]
    [InlineData("public class Other { public string Ask(string q) => q; } public class Front { public async Task<string> Serve(Other desk) { await Task.Yield(); return desk.Ask(\"q\"); } }")]
    public Task Synchronous_callers_tests_and_namesakes_are_silent(string front) =>
        new RuleTest<AGL0601_BlockingAgentCall>(front, Desk)
            .Reference(typeof(FactAttribute))
            .Expect(Info, Own, marker: 1)
            .RunAsync();

    [Fact]
    public Task Calls_on_the_path_are_further_locations() =>
        new RuleTest<AGL0601_BlockingAgentCall>(
            "public class Front { [ModelContextProtocol.Server.McpServerTool] public string Serve(Clerk clerk) => {|#1:clerk.{|#0:Advise|#0}()|#1}; }",
            "public class Clerk(Desk desk) { public string Advise() => {|#2:desk.Ask(\"q\")|}; }",
            """
            using Microsoft.Extensions.AI;
            public class Desk(IChatClient client)
            {
                public string Ask(string question) => {|#3:client.GetResponseAsync(question)|}.{|#4:Result|}.Text;
            }
            """)
            .ExpectPath(Warning, "'Front.Serve' blocks its thread with 'Advise' for the model call 'IChatClient.GetResponseAsync' (Front.Serve → Clerk.Advise → Desk.Ask → IChatClient.GetResponseAsync) instead of awaiting it", 0, 1, 2, 3)
            .ExpectPath(Info, Own, 4, 3)
            .RunAsync();

    [Fact]
    public Task Synchronous_variant_that_is_silent_in_the_helper_is_a_warning_where_others_wait() =>
        new RuleTest<AGL0601_BlockingAgentCall>("""
            public class Feed(HttpClient http)
            {
                public HttpResponseMessage Get() => http.Send(new HttpRequestMessage());
                public async Task<HttpResponseMessage> GetAsync() { await Task.Yield(); return {|#0:Get|}(); }
            }
            """)
            .Expect(Warning, "'Feed.GetAsync' blocks its thread with 'Get' for the HTTP call 'HttpClient.Send' (Feed.GetAsync → Feed.Get → HttpClient.Send) instead of awaiting it")
            .RunAsync();

    [Fact]
    public Task Interface_with_many_implementations_is_not_followed() =>
        new RuleTest<AGL0601_BlockingAgentCall>(
            """
            public interface IDesk { string Ask(string question); }
            public class NoDesk : IDesk { public string Ask(string question) => ""; }
            public class Front(IDesk desk)
            {
                public async Task<string> Serve() { await Task.Yield(); return desk.Ask("q"); }
            }
            """,
            Desk.Replace("(IChatClient client)", "(IChatClient client) : IDesk", StringComparison.Ordinal))
            .Expect(Info, Own, marker: 1)
            .RunAsync();

    [Fact]
    public Task Helpers_that_block_on_each_other_end() =>
        new RuleTest<AGL0601_BlockingAgentCall>("""
            using Microsoft.Extensions.AI;
            public class Front(IChatClient client)
            {
                private string Ping(int n) => n == 0 ? client.GetResponseAsync("q").{|#1:Result|}.Text : Pong(n - 1);
                private string Pong(int n) => Ping(n - 1);
                public async Task<string> Serve() { await Task.Yield(); return {|#0:Pong|}(9); }
            }
            """)
            .Expect(Warning, "'Front.Serve' blocks its thread with 'Pong' for the model call 'IChatClient.GetResponseAsync' (Front.Serve → Front.Pong → Front.Ping → IChatClient.GetResponseAsync) instead of awaiting it")
            .Expect(Info, "'Front.Ping' blocks its thread with 'Result' for the model call 'IChatClient.GetResponseAsync' instead of awaiting it", marker: 1)
            .RunAsync();
}
