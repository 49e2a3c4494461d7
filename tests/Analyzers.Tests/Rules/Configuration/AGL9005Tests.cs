using AgentLint.Rules.Configuration;
using AgentLint.Tests.Analysis;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Xunit;

namespace AgentLint.Tests.Rules.Configuration;

/// <summary>When the picture of a program's agents is made, and what it shows.</summary>
public sealed class AGL9005Tests
{
    private const string Asked = "AgentLintGraph";

    private const string Desk = """
        [ModelContextProtocol.Server.McpServerToolType]
        public class DeskTools(Writer writer, HttpClient http)
        {
            [ModelContextProtocol.Server.McpServerTool] public Task<string> Write(string facts) => writer.WriteAsync(facts);
            [ModelContextProtocol.Server.McpServerTool] public string Print(string page) => http.GetStringAsync(page).Result;
        }
        public class Writer(IChatClient chat, Critic critic)
        {
            public async Task<string> WriteAsync(string facts) => await critic.ReviewAsync((await chat.GetResponseAsync("Write about " + facts)).Text);
        }
        public class Critic(IChatClient chat)
        {
            public async Task<string> ReviewAsync(string draft) => (await chat.GetResponseAsync("What is wrong with this? " + draft)).Text;
        }
        """;

    // ---- When it is made ------------------------------------------------------------------------------------------------

    [Fact]
    public async Task Nobody_who_does_not_ask_gets_a_picture() => Assert.Empty(await ReportsAsync(Compiled.From(Desk)));

    [Theory]
    [InlineData("false")]
    [InlineData("")]
    [InlineData("maybe")]
    public Task Another_value_of_the_property_asks_for_nothing(string value)
    {
        var test = new RuleTest<AGL9005_AgentTopology>("using Microsoft.Extensions.AI;\n" + Desk);
        test.TestState.AnalyzerConfigFiles.Add(("/.globalconfig", $"is_global = true\nbuild_property.AgentLintGraph = {value}\n"));
        return test.RunAsync();
    }

    [Theory]
    [InlineData("true")]
    [InlineData("True")]
    public Task Who_asks_gets_one_report_without_a_place(string value)
    {
        var test = new RuleTest<AGL9005_AgentTopology>("using Microsoft.Extensions.AI;\n" + Desk);
        test.TestState.AnalyzerConfigFiles.Add(("/.globalconfig", $"is_global = true\nbuild_property.AgentLintGraph = {value}\n"));
        test.ExpectedDiagnostics.Add(new DiagnosticResult(new AGL9005_AgentTopology().SupportedDiagnostics.Single())
            .WithSeverity(DiagnosticSeverity.Info).WithMessage("This project has 2 agents, 2 tools and 5 connections between them and what they reach"));
        return test.RunAsync();
    }

    [Fact]
    public async Task Severities_have_no_say_in_it()
    {
        var program = Compiled.From(Desk);
        var silenced = program.Compilation.WithOptions(program.Compilation.Options.WithSpecificDiagnosticOptions([new("AGL9005", ReportDiagnostic.Suppress)]));
        var run = silenced.WithAnalyzers([new AGL9005_AgentTopology()], new AnalyzerOptions([], new BuildProperties([Asked])));

        Assert.Single(await run.GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_program_without_agents_is_an_empty_picture()
    {
        var picture = await DrawAsync("public class Plain;");

        Assert.Equal("flowchart LR", picture);
    }

    // ---- What it shows ----------------------------------------------------------------------------------------------------

    [Fact]
    public Task Tools_agents_models_and_what_is_reached() =>
        Shows(
            """
            flowchart LR
              n0(["DeskTools.Print"]):::tool
              n1(["DeskTools.Write"]):::tool
              n2["Critic"]:::agent
              n3["Writer"]:::agent
              n4(("model")):::model
              n5>"HttpClient"]:::effect
              n0 ==> n5
              n1 --> n3
              n2 --> n4
              n3 --> n2
              n3 --> n4
              linkStyle 0 stroke:#9334e6,stroke-width:3px
            """,
            Desk);

    [Fact]
    public async Task Deep_chains_are_marked_by_their_limit()
    {
        const string Mark = "stroke:#e37400";

        Assert.DoesNotContain(Mark, await DrawAsync(Desk), StringComparison.Ordinal);
        Assert.Contains("linkStyle 3 " + Mark, await DrawAsync(Desk, new() { ["agentlint.AGL0603.max_depth"] = "2" }), StringComparison.Ordinal);
    }

    [Fact]
    public Task Circles_without_a_bound_are_marked() =>
        Shows(
            """
            flowchart LR
              n0["Billing"]:::agent
              n1["Shipping"]:::agent
              n2(("model")):::model
              n0 --> n1
              n0 --> n2
              n1 --> n0
              n1 --> n2
              linkStyle 0,2 stroke:#c5221f,stroke-width:3px
            """,
            """
            public class Billing(IChatClient chat)
            {
                public async Task<string> AskAsync(string q) { var a = (await chat.GetResponseAsync("B " + q)).Text; return a == "" ? await new Shipping(chat, this).AskAsync(q) : a; }
            }
            public class Shipping(IChatClient chat, Billing billing)
            {
                public async Task<string> AskAsync(string q) { var a = (await chat.GetResponseAsync("S " + q)).Text; return a == "" ? await billing.AskAsync(q) : a; }
            }
            """);

    [Fact]
    public Task Work_that_is_handed_over_is_dotted() =>
        Shows(
            """
            flowchart LR
              n0["Critic"]:::agent
              n1["Writer"]:::agent
              n2(("model")):::model
              n3{{"ChannelWriter"}}:::queue
              n0 --> n2
              n1 -.-> n0
              n1 --> n2
              n1 -.-> n3
            """,
            """
            public class Writer(IChatClient chat, Critic critic, System.Threading.Channels.Channel<string> done)
            {
                public async Task WriteAsync(string facts)
                {
                    var draft = (await chat.GetResponseAsync("Write about " + facts)).Text;
                    _ = critic.ReviewAsync(draft);
                    await done.Writer.WriteAsync(draft);
                }
            }
            public class Critic(IChatClient chat)
            {
                public async Task<string> ReviewAsync(string draft) => (await chat.GetResponseAsync("What is wrong with this? " + draft)).Text;
            }
            """);

    [Theory]
    [InlineData("var a = critic.ReviewAsync(\"a\"); var b = critic.ReviewAsync(\"b\"); await Task.WhenAll(a, b); return a.Result + b.Result;")]
    [InlineData("var a = critic.ReviewAsync(\"a\"); return a.IsCompletedSuccessfully ? a.Result : await a;")]
    public async Task A_task_that_has_ended_holds_no_thread(string body) => Assert.Contains("n1 --> n0\n", await WriterAsync(body), StringComparison.Ordinal);

    [Theory]
    [InlineData("var a = critic.ReviewAsync(\"a\"); await Task.Yield(); return a.Result;")]
    [InlineData("var a = critic.ReviewAsync(\"a\"); await Task.Yield(); a.Wait(); return await a;")]
    [InlineData("await Task.Yield(); return critic.ReviewAsync(\"a\").GetAwaiter().GetResult();")]
    public async Task A_task_that_is_waited_for_holds_the_thread(string body) => Assert.Contains("n1 ==> n0\n", await WriterAsync(body), StringComparison.Ordinal);

    [Fact]
    public Task Whoever_asks_a_part_of_an_agent_asks_the_agent() =>
        Shows(
            """
            flowchart LR
              n0(["DeskTools<br/>Apologize<br/>Write"]):::tool
              n1["Writer"]:::agent
              n2(("model")):::model
              n0 --> n1
              n1 --> n2
            """,
            """
            [ModelContextProtocol.Server.McpServerToolType]
            public class DeskTools(Writer writer)
            {
                [ModelContextProtocol.Server.McpServerTool] public Task<string> Write(string facts) => writer.WriteAsync(facts);
                [ModelContextProtocol.Server.McpServerTool] public Task<string> Apologize(string complaint) => writer.ApologizeAsync(complaint);
            }
            public class Writer(IChatClient chat)
            {
                public async Task<string> WriteAsync(string facts) => await DraftAsync("Write about " + facts);
                public async Task<string> ApologizeAsync(string complaint) => (await chat.GetResponseAsync(complaint)).Text;
                async Task<string> DraftAsync(string prompt) => (await chat.GetResponseAsync("Draft: " + prompt)).Text;
            }
            """);

    [Fact]
    public Task What_agents_inherit_and_what_they_share_is_part_of_each() =>
        Shows(
            """
            flowchart LR
              n0["Critic"]:::agent
              n1["Writer"]:::agent
              n2(("model")):::model
              n0 --> n2
              n1 --> n0
              n1 --> n2
            """,
            """
            public class Gateway(IChatClient chat) { public async Task<string> CompleteAsync(string prompt) => (await chat.GetResponseAsync(prompt)).Text; }
            public abstract class Agent(Gateway gateway) { protected async Task<string> ThinkAsync(string q) => await gateway.CompleteAsync("Think of " + q); }
            public class Writer(Gateway gateway, Critic critic) : Agent(gateway)
            {
                public async Task<string> WriteAsync(string facts) => await critic.ReviewAsync(await ThinkAsync(facts));
            }
            public class Critic(Gateway gateway) : Agent(gateway)
            {
                public async Task<string> ReviewAsync(string draft) => await ThinkAsync(draft);
            }
            """);

    // Tools of a class that do the same share a box; others keep theirs.
    [Fact]
    public Task Tools_of_a_class_with_the_same_ways_stand_together() =>
        Shows(
            """
            flowchart LR
              n0(["Books<br/>Find<br/>List"]):::tool
              n1(["Books.Local"]):::tool
              n2(["Books.Print"]):::tool
              n3(["Pages.Find"]):::tool
              n4>"HttpClient"]:::effect
              n0 --> n4
              n2 ==> n4
              n3 --> n4
              linkStyle 1 stroke:#9334e6,stroke-width:3px
            """,
            """
            [ModelContextProtocol.Server.McpServerToolType]
            public class Books(HttpClient http)
            {
                [ModelContextProtocol.Server.McpServerTool] public async Task<string> Find(string q) => await http.GetStringAsync(q);
                [ModelContextProtocol.Server.McpServerTool] public async Task<string> List(string q) => await http.GetStringAsync(q);
                [ModelContextProtocol.Server.McpServerTool] public string Local(string q) => q;
                [ModelContextProtocol.Server.McpServerTool] public string Print(string q) => http.GetStringAsync(q).Result;
            }
            [ModelContextProtocol.Server.McpServerToolType]
            public class Pages(HttpClient http)
            {
                [ModelContextProtocol.Server.McpServerTool] public async Task<string> Find(string q) => await http.GetStringAsync(q);
            }
            """);

    [Fact]
    public Task Tools_belong_to_the_agent_whose_model_is_given_them() =>
        Shows(
            """
            flowchart LR
              n0(["DeskTools.Ask"]):::tool
              n1(["Orders.Find"]):::tool
              n2["Concierge"]:::agent
              n3["Loop"]:::agent
              n4(("model")):::model
              n0 --> n2
              n2 --> n1
              n2 --> n3
              n2 --> n4
              n3 --> n4
            """,
            """
            [ModelContextProtocol.Server.McpServerToolType]
            public class DeskTools(Concierge concierge)
            {
                [ModelContextProtocol.Server.McpServerTool] public async Task<string> Ask(string q) => await concierge.LookUpAsync(q);
            }
            public class Orders { public string Find(string id) => id; }
            public class Concierge(IChatClient chat, Loop loop, Orders orders)
            {
                IEnumerable<AITool> Tools => [AIFunctionFactory.Create(orders.Find)];
                public async Task<string> LookUpAsync(string q) => await loop.RunAsync(q, new ChatOptions { Tools = [.. Tools] });
                public async Task<string> GreetAsync(string q) => (await chat.GetResponseAsync("Greet " + q)).Text;
            }
            public class Loop(IChatClient chat)
            {
                public async Task<string> RunAsync(string q, ChatOptions options) => (await chat.GetResponseAsync("Use your tools. " + q, options)).Text;
            }
            """);

    // ---- Names ------------------------------------------------------------------------------------------------------------------

    [Fact]
    public async Task Names_of_all_kinds_are_text()
    {
        var picture = await DrawAsync("""
            public interface IAsk<T> { Task<T> AskAsync(T question); }
            public class Größe_नमस्ते<T>(IChatClient chat) : IAsk<string>
            {
                async Task<string> IAsk<string>.AskAsync(string question) => (await chat.GetResponseAsync("Q " + question)).Text;
            }
            public class @class(IChatClient chat) { public async Task<string> AskAsync(string q) => (await chat.GetResponseAsync("Q " + q)).Text; }
            [ModelContextProtocol.Server.McpServerToolType]
            public class end : IAsk<Dictionary<string, int[]>>
            {
                [ModelContextProtocol.Server.McpServerTool] Task<Dictionary<string, int[]>> IAsk<Dictionary<string, int[]>>.AskAsync(Dictionary<string, int[]> q) => Task.FromResult(q);
            }
            """);

        Assert.Contains("[\"Größe_नमस्ते\"]:::agent\n", picture, StringComparison.Ordinal);
        Assert.Contains("[\"class\"]:::agent\n", picture, StringComparison.Ordinal);
        Assert.Contains("([\"end.IAsk#60;System.Collections.Generic.Dictionary#60;System.String#44;System.Int32#91;#93;#62;#62;.AskAsync\"]):::tool\n", picture, StringComparison.Ordinal);
    }

    // Names are without namespaces.
    [Fact]
    public Task Two_agents_of_one_name_are_one_box() =>
        Shows(
            """
            flowchart LR
              n0["Writer"]:::agent
              n1(("model")):::model
              n0 --> n1
            """,
            """
            namespace A { public class Writer(IChatClient chat) { public async Task<string> AskAsync(string q) => (await chat.GetResponseAsync("A " + q)).Text; } }
            namespace B { public class Writer(IChatClient chat) { public async Task<string> AskAsync(string q) => (await chat.GetResponseAsync("B " + q)).Text; } }
            """);

    private static Task<string> WriterAsync(string body) =>
        DrawAsync($$"""
            public class Writer(IChatClient chat, Critic critic)
            {
                public async Task<string> WriteAsync(string facts) { await chat.GetResponseAsync("Write about " + facts); {{body}} }
            }
            public class Critic(IChatClient chat)
            {
                public async Task<string> ReviewAsync(string draft) => (await chat.GetResponseAsync("What is wrong with this? " + draft)).Text;
            }
            """)!;

    [Fact]
    public async Task Agents_that_the_container_makes_and_those_that_variables_keep()
    {
        var picture = await DrawAsync(Compiled.Using([Library.AgentFramework, Library.AspNetCore], """
            using Microsoft.Agents.AI;
            using Microsoft.AspNetCore.Builder;

            public static class Setup
            {
                public static void Add(IServiceCollection services)
                {
                    services.AddKeyedSingleton<AIAgent>("writer", (provider, key) => provider.GetRequiredService<IChatClient>().AsAIAgent("You write."));
                    services.AddKeyedSingleton<AIAgent>("editor", (provider, key) => new ChatClientAgent(provider.GetRequiredService<IChatClient>(), name: "editor", tools: [AIFunctionFactory.Create(Dictionary.Look)]));
                }

                public static void Map(WebApplication app, IChatClient chat)
                {
                    var critic = chat.AsAIAgent("You are strict.");
                    app.MapPost("/write", async ([FromKeyedServices("writer")] AIAgent agent, string facts) => (await agent.RunAsync(facts)).Text);
                    app.MapPost("/judge", async (string draft) => (await critic.RunAsync(draft)).Text);
                }
            }

            public static class Dictionary
            {
                public static string Look(string word) => word;
            }
            """));

        Assert.Equal(
            """
            flowchart LR
              n0(["Dictionary.Look"]):::tool
              n1(["POST #47;judge"]):::handler
              n2(["POST #47;write"]):::handler
              n3["critic"]:::agent
              n4["editor"]:::agent
              n5["writer"]:::agent
              n6(("model")):::model
              n1 --> n3
              n2 --> n5
              n3 --> n6
              n4 --> n0
              n4 --> n6
              n5 --> n6
            """.ReplaceLineEndings("\n"),
            picture);
    }

    [Fact]
    public async Task Agent_of_which_there_is_one_is_the_one_that_is_asked()
    {
        var picture = await DrawAsync(Compiled.Using([Library.AgentFramework], """
            using Microsoft.Agents.AI;

            public sealed class Desk(AIAgent agent)
            {
                [AgentTool]
                public async Task<string> AskAsync(string question) => (await agent.RunAsync(question)).Text;
            }

            public static class Setup
            {
                public static void Add(IServiceCollection services) => services.AddSingleton<AIAgent>(provider => provider.GetRequiredService<IChatClient>().AsAIAgent("You help."));
            }

            [AttributeUsage(AttributeTargets.Method)]
            public sealed class AgentToolAttribute : Attribute;
            """));

        Assert.Equal(
            """
            flowchart LR
              n0(["Desk.AskAsync"]):::tool
              n1["AIAgent"]:::agent
              n2(("model")):::model
              n0 --> n1
              n1 --> n2
            """.ReplaceLineEndings("\n"),
            picture);
    }

    private static async Task Shows(string picture, string source) =>
        Assert.Equal(picture.ReplaceLineEndings("\n"), await DrawAsync(source));

    // Without the definitions of the colours, which are always the same.
    private static Task<string> DrawAsync(string source, Dictionary<string, string>? options = null) => DrawAsync(Compiled.From(source), options);

    private static async Task<string> DrawAsync(Compiled program, Dictionary<string, string>? options = null)
    {
        var report = Assert.Single(await ReportsAsync(program, options, Asked));
        Assert.Equal(Location.None, report.Location);
        var picture = report.Properties[LoggedPicture.Property]!;
        Assert.DoesNotContain('\n', picture);
        var lines = picture.Split('|');
        Assert.Equal(7, lines.Count(line => line.StartsWith("  classDef ", StringComparison.Ordinal)));
        return string.Join('\n', lines[..^7]);
    }

    private static async Task<IReadOnlyList<Diagnostic>> ReportsAsync(Compiled program, Dictionary<string, string>? options = null, params string[] properties) =>
        await program.Compilation.WithAnalyzers([new AGL9005_AgentTopology()], new AnalyzerOptions([], new BuildProperties(properties, options)))
            .GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken);
}
