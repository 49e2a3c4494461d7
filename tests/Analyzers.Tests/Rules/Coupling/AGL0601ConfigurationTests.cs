using AgentLint.Rules.Coupling;
using Microsoft.CodeAnalysis;
using Xunit;
using static Microsoft.CodeAnalysis.DiagnosticSeverity;

namespace AgentLint.Tests.Rules.Coupling;

/// <summary>What users can change about AGL0601, and where it does not run at all.</summary>
public sealed class AGL0601ConfigurationTests
{
    private const string Proven = """
        using Microsoft.Extensions.AI;
        public class Desk(IChatClient client)
        {
            public async Task<string> Plan() { await Task.Yield(); return client.GetResponseAsync("q").{|#0:Result|}.Text; }
        }
        """;

    private const string Unproven = """
        public class Desk
        {
            public async Task<string> Plan(Task<string> answer) { await Task.Yield(); return answer.{|#0:Result|}; }
            public string Draft() => Work().{|#1:Result|};
            public async Task<string> Write() { await Task.Yield(); return Work().{|#2:Result|}; }
            private static Task<string> Work() => Task.Run(() => "");
        }
        """;

    private const string ProvenMessage = "'Desk.Plan' blocks its thread with 'Result' for the model call 'IChatClient.GetResponseAsync' instead of awaiting it";

    [Theory]
    [InlineData("agentlint.AGL0601.report_unproven = false")]
    [InlineData("agentlint.AGL0601.report_unproven = FALSE")]
    [InlineData("agentlint.report_unproven = false")]
    [InlineData("agentlint.report_unproven = true\nagentlint.AGL0601.report_unproven = false")]
    [InlineData("agentlint.Coupling.report_unproven = false")]
    [InlineData("agentlint.report_unproven = true\nagentlint.coupling.report_unproven = false")]
    [InlineData("agentlint.Coupling.report_unproven = true\nagentlint.AGL0601.report_unproven = false")]
    public async Task Unproven_waits_can_be_left_out(string options)
    {
        await new RuleTest<AGL0601_BlockingAgentCall>(Unproven).Configure(options).RunAsync();
        await new RuleTest<AGL0601_BlockingAgentCall>(Proven).Configure(options).Expect(Warning, ProvenMessage).RunAsync();
    }

    [Theory]
    [InlineData("")]
    [InlineData("agentlint.AGL0601.report_unproven = true")]
    [InlineData("agentlint.AGL0601.report_unproven = perhaps")]
    [InlineData("agentlint.AGL0601.report_unproven =")]
    [InlineData("agentlint.report_unproven = false\nagentlint.AGL0601.report_unproven = true")]
    [InlineData("agentlint.AGL0206.report_unproven = false")]
    [InlineData("agentlint.Retries.report_unproven = false")]
    [InlineData("agentlint.report_unproven = false\nagentlint.Coupling.report_unproven = true")]
    [InlineData("agentlint.Coupling.report_unproven = false\nagentlint.AGL0601.report_unproven = true")]
    public Task Unproven_waits_are_reported_by_default_and_for_values_that_mean_nothing(string options) =>
        new RuleTest<AGL0601_BlockingAgentCall>(Unproven)
            .Configure(options)
            .Expect(Info, "'Desk.Plan' blocks its thread with 'Result' for a task instead of awaiting it")
            .Expect(Info, "'Desk.Draft' blocks its thread with 'Result' for 'Desk.Work' instead of awaiting it", 1)
            .Expect(Warning, "'Desk.Write' blocks its thread with 'Result' for 'Desk.Work' instead of awaiting it", 2)
            .RunAsync();

    [Fact]
    public Task Option_holds_for_the_files_that_its_section_names()
    {
        var test = new RuleTest<AGL0601_BlockingAgentCall>("public class Other { public async Task<string> Plan(Task<string> answer) { await Task.Yield(); return answer.Result; } }", Unproven);
        test.TestState.AnalyzerConfigFiles.Add(("/.editorconfig", "root = true\n[Test0.cs]\nagentlint.AGL0601.report_unproven = false\n"));
        return test
            .Expect(Info, "'Desk.Plan' blocks its thread with 'Result' for a task instead of awaiting it")
            .Expect(Info, "'Desk.Draft' blocks its thread with 'Result' for 'Desk.Work' instead of awaiting it", 1)
            .Expect(Warning, "'Desk.Write' blocks its thread with 'Result' for 'Desk.Work' instead of awaiting it", 2)
            .RunAsync();
    }

    [Theory]
    [InlineData("dotnet_diagnostic.AGL0601.severity = error", Error)]
    [InlineData("dotnet_diagnostic.AGL0601.severity = suggestion", Info)]
    [InlineData("dotnet_analyzer_diagnostic.category-AgentLint.Coupling.severity = error", Error)]
    public Task Severity_is_set_in_the_editorconfig(string line, DiagnosticSeverity severity) =>
        new RuleTest<AGL0601_BlockingAgentCall>(Proven).Configure(line).Expect(severity, ProvenMessage).RunAsync();

    [Fact]
    public Task Severity_of_the_editorconfig_holds_for_suggestions_too() =>
        new RuleTest<AGL0601_BlockingAgentCall>(Unproven)
            .Configure("dotnet_diagnostic.AGL0601.severity = error")
            .Expect(Error, "'Desk.Plan' blocks its thread with 'Result' for a task instead of awaiting it")
            .Expect(Error, "'Desk.Draft' blocks its thread with 'Result' for 'Desk.Work' instead of awaiting it", 1)
            .Expect(Error, "'Desk.Write' blocks its thread with 'Result' for 'Desk.Work' instead of awaiting it", 2)
            .RunAsync();

    [Theory]
    [InlineData("dotnet_diagnostic.AGL0601.severity = none")]
    [InlineData("dotnet_diagnostic.AGL0601.severity = none\nagentlint.AGL0601.report_unproven = true")]
    public Task Rule_is_turned_off_in_the_editorconfig(string lines) =>
        new RuleTest<AGL0601_BlockingAgentCall>(Proven.Replace("{|#0:Result|}", "Result", StringComparison.Ordinal)).Configure(lines).RunAsync();

    [Fact]
    public Task Pragma_silences_its_lines_only()
    {
        var test = new RuleTest<AGL0601_BlockingAgentCall>("""
            using Microsoft.Extensions.AI;
            public class Desk(IChatClient client)
            {
                public async Task<string> Plan()
                {
                    await Task.Yield();
            #pragma warning disable AGL0601 // the answer is cached
                    var first = client.GetResponseAsync("q").Result;
            #pragma warning restore AGL0601
                    return first.Text + client.GetResponseAsync("r").{|#0:Result|}.Text;
                }
            }
            """)
            .Expect(Warning, ProvenMessage);
        // The code turns the rule on again itself.
        test.TestBehaviors |= TestBehaviors.SkipSuppressionCheck;
        return test.RunAsync();
    }

    [Theory]
    [InlineData("[System.Diagnostics.CodeAnalysis.SuppressMessage(\"AgentLint.Coupling\", \"AGL0601\")]")]
    [InlineData("[System.Diagnostics.CodeAnalysis.SuppressMessage(\"AgentLint.Coupling\", \"AGL0601:BlockingAgentCall\", Justification = \"Runs once.\")]")]
    public Task Attribute_silences_its_member(string attribute) => new RuleTest<AGL0601_BlockingAgentCall>($$"""
        using Microsoft.Extensions.AI;
        public class Desk(IChatClient client)
        {
            {{attribute}}
            public async Task<string> Plan() { await Task.Yield(); return client.GetResponseAsync("q").Result.Text; }
        }
        """).RunAsync();

    // ---- The user's own catalogue -----------------------------------------------------------------------------------

    private const string Mine = """
        namespace Acme;
        public class Assistant
        {
            public Task<string> AskAsync(string question) => Task.Run(() => question);
            public string Ask(string question) => question;
            public void Rest() { }
        }
        public class Desk(Assistant assistant)
        {
            public string Plan() => assistant.AskAsync("q").{|#0:Result|};
            public string Draft() => assistant.{|#1:Ask|}("q");
            public async Task Wait() { await Task.Yield(); assistant.{|#2:Rest|}(); }
        }
        """;

    [Fact]
    public Task Own_client_is_declared_in_a_catalogue_file() => WithoutLibraries(Mine)
        .Declare("# our client", "model-call Acme.Assistant.AskAsync", "model-call Acme.Assistant.Ask blocking async=AskAsync", "sleep Acme.Assistant.Rest async=Acme.Assistant.AskAsync")
        .Expect(Info, "'Desk.Plan' blocks its thread with 'Result' for the model call 'Assistant.AskAsync' instead of awaiting it")
        .Expect(Info, "'Desk.Draft' blocks its thread with 'Assistant.Ask' for the model call instead of awaiting 'AskAsync'", 1)
        .Expect(Warning, "'Desk.Wait' blocks its thread with 'Assistant.Rest' instead of awaiting 'Assistant.AskAsync'", 2)
        .RunAsync();

    [Fact]
    public Task Own_client_without_an_asynchronous_variant_is_awaited_somehow() => WithoutLibraries(Mine)
        .Declare("model-call Acme.Assistant.AskAsync", "model-call Acme.Assistant.Ask blocking", "sleep Acme.Assistant.Rest")
        .Expect(Info, "'Desk.Plan' blocks its thread with 'Result' for the model call 'Assistant.AskAsync' instead of awaiting it")
        .Expect(Info, "'Desk.Draft' blocks its thread with 'Assistant.Ask' for the model call instead of awaiting it", 1)
        .Expect(Warning, "'Desk.Wait' blocks its thread with 'Assistant.Rest' instead of awaiting it", 2)
        .RunAsync();

    [Fact]
    public Task Built_in_entry_is_taken_back_in_a_catalogue_file() =>
        new RuleTest<AGL0601_BlockingAgentCall>("public class Desk(OpenAI.Chat.ChatClient client) { public void Plan() => client.CompleteChat(\"q\"); }")
            .Declare("ignore OpenAI.Chat.ChatClient.CompleteChat")
            .RunAsync();

    [Fact]
    public Task Own_tool_attribute_is_declared_in_a_catalogue_file() =>
        WithoutLibraries("""
            namespace Acme;
            public sealed class ActionAttribute : Attribute;
            public class Desk
            {
                [Action]
                public void Plan() => Thread.{|#0:Sleep|}(1000);
                public void Draft() => Thread.Sleep(1000);
            }
            """)
            .Declare("tool-attribute Acme.ActionAttribute on=method")
            .Expect(Warning, "'Desk.Plan' blocks its thread with 'Thread.Sleep' instead of awaiting 'Task.Delay'")
            .RunAsync();

    // ---- Projects that are not concerned ----------------------------------------------------------------------------

    [Fact]
    public Task Project_without_any_agent_library_is_silent() => WithoutLibraries("""
        public class Desk(HttpClient http)
        {
            public async Task<string> Plan() { await Task.Yield(); Thread.Sleep(1000); return http.GetStringAsync("q").Result; }
        }
        """).RunAsync();

    private static RuleTest<AGL0601_BlockingAgentCall> WithoutLibraries(string code)
    {
        var test = new RuleTest<AGL0601_BlockingAgentCall>(code);
        test.TestState.AdditionalReferences.Clear();
        return test;
    }
}
