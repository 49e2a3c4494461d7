using AgentLint.Rules.Coupling;
using Xunit;
using static Microsoft.CodeAnalysis.DiagnosticSeverity;

namespace AgentLint.Tests.Rules.Coupling;

/// <summary>Which chains of agents AGL0603 reports, where, and as what.</summary>
public sealed class AGL0603Tests
{
    private const string Critic = """
        public class Critic(IChatClient chat)
        {
            public async Task<string> ReviewAsync(string draft) => (await chat.GetResponseAsync("What is wrong with this? " + draft)).Text;
        }
        """;

    private const string Writer = """
        public class Writer(IChatClient chat, Critic critic)
        {
            public async Task<string> WriteAsync(string facts)
            {
                var draft = (await chat.GetResponseAsync("Write about " + facts)).Text;
                return await critic.ReviewAsync(draft);
            }
        }
        """;

    private const string Report = "'Desk.AskAsync' starts a chain of 3 agents that wait for each other (Desk.AskAsync → Writer → Critic), with no queue, workflow or durable step in between";

    // ---- Tools that are agents, wherever they stand ---------------------------------------------------------------------

    private const string Handed = "'desk' starts a chain of 3 agents that wait for each other (desk → {0} → {1}), with no queue, workflow or durable step in between";

    [Fact]
    public Task Tools_that_are_local_functions() => new RuleTest<AGL0603_DeepAgentChain>("""
        using Microsoft.Agents.AI;
        using Microsoft.Extensions.AI;

        public static class Desk
        {
            public static async Task<string> Closures(IChatClient c)
            {
                AIAgent text = new ChatClientAgent(c, "text");
                async Task<string> AskText(string x) => (await text.RunAsync(x)).Text;
                AIAgent mid = new ChatClientAgent(c, "mid", tools: [AIFunctionFactory.Create(AskText)]);
                async Task<string> AskMid(string x) => (await mid.RunAsync(x)).Text;
                AIAgent desk = new ChatClientAgent(c, "desk", tools: [AIFunctionFactory.Create(AskMid)]);
                return (await {|#0:desk.RunAsync("x")|}).Text;
            }
        }
        """).Expect(Info, "'Desk.Closures' starts a chain of 3 agents that wait for each other (Desk.Closures → AskMid → AskText), with no queue, workflow or durable step in between").Reference(Library.AgentFramework).RunAsync();

    [Fact]
    public Task Agents_of_the_container() => new RuleTest<AGL0603_DeepAgentChain>("""
        using Microsoft.Agents.AI;
        using Microsoft.Extensions.AI;
        using Microsoft.Extensions.DependencyInjection;

        public static class Setup
        {
            public static void Add(IServiceCollection s)
            {
                s.AddKeyedSingleton<AIAgent>("text", (p, _) => new ChatClientAgent(p.GetRequiredService<IChatClient>(), "text"));
                s.AddKeyedSingleton<AIAgent>("mid", (p, _) => new ChatClientAgent(p.GetRequiredService<IChatClient>(), "mid", tools: [p.GetRequiredKeyedService<AIAgent>("text").AsAIFunction()]));
                s.AddKeyedSingleton<AIAgent>("desk", (p, _) => new ChatClientAgent(p.GetRequiredService<IChatClient>(), "desk", tools: [{|#0:p.GetRequiredKeyedService<AIAgent>("mid").AsAIFunction()|}]));
            }
        }
        public class Front([FromKeyedServices("desk")] AIAgent desk) { public async Task<string> Ask(string x) => (await desk.RunAsync(x)).Text; }
        """).Expect(Info, string.Format(System.Globalization.CultureInfo.InvariantCulture, Handed, "mid", "text")).Reference(Library.AgentFramework).RunAsync();

    [Fact]
    public Task Agents_of_a_program_in_one_file()
    {
        var test = new RuleTest<AGL0603_DeepAgentChain>("""
            using Microsoft.Agents.AI;
            using Microsoft.Extensions.AI;
            IChatClient c = null!;
            AIAgent text = new ChatClientAgent(c, "text");
            AIAgent mid = new ChatClientAgent(c, "mid", tools: [text.AsAIFunction()]);
            AIAgent desk = new ChatClientAgent(c, "desk", tools: [{|#0:mid.AsAIFunction()|}]);
            Console.WriteLine(await desk.RunAsync("x"));
            """).Expect(Info, string.Format(System.Globalization.CultureInfo.InvariantCulture, Handed, "mid", "text")).Reference(Library.AgentFramework);
        test.TestState.OutputKind = Microsoft.CodeAnalysis.OutputKind.ConsoleApplication;
        return test.RunAsync();
    }

    // ---- What is a chain ------------------------------------------------------------------------------------------------

    [Fact]
    public Task Three_agents_in_a_row_are_reported_where_the_first_asks_the_second() =>
        Desk("""
            public async Task<string> AskAsync(string question)
            {
                var facts = (await chat.GetResponseAsync("What is known about " + question)).Text;
                return await {|#0:writer.WriteAsync(facts)|};
            }
            """)
            .Expect(Info, Report)
            .RunAsync();

    [Fact]
    public Task Path_leads_to_the_last_agent() =>
        new RuleTest<AGL0603_DeepAgentChain>(
            Source("""
                public class Desk(IChatClient chat, Writer writer)
                {
                    public async Task<string> AskAsync(string question) => await {|#0:writer.WriteAsync((await chat.GetResponseAsync("Facts: " + question)).Text)|};
                }
                """),
            Source(Writer.Replace("critic.ReviewAsync(draft)", "{|#1:critic.ReviewAsync(draft)|}", StringComparison.Ordinal)),
            Source(Critic))
            .ExpectPath(Info, Report, 0, 1)
            .RunAsync();

    [Theory]
    [InlineData("public string AskAsync(string q) { Ask(q).Wait(); return {|#0:writer.WriteAsync(q)|}.Result; }")]
    [InlineData("public async Task<string> AskAsync(string q) { await Ask(q); var pending = {|#0:writer.WriteAsync(q)|}; return await pending.ConfigureAwait(false); }")]
    [InlineData("public async Task AskAsync(string[] all) { await Ask(all[0]); await Task.WhenAll(all.Select(q => {|#0:writer.WriteAsync(q)|})); }")]
    [InlineData("public async Task AskAsync(string[] all) { await Ask(all[0]); await Task.WhenAll(all.Select(async q => await {|#0:writer.WriteAsync(q)|}).ToList()); }")]
    [InlineData("public async Task AskAsync(string[] all) { await Ask(all[0]); var tasks = new List<Task<string>>(); foreach (var q in all) tasks.Add({|#0:writer.WriteAsync(q)|}); await Task.WhenAll(tasks); }")]
    [InlineData("public async Task AskAsync(string q) { await Ask(q); var tasks = new Dictionary<string, Task<string>> { [q] = {|#0:writer.WriteAsync(q)|} }; foreach (var task in tasks.Values) await task; }")]
    [InlineData("public async Task AskAsync(string q) { await Ask(q); await Safe(() => {|#0:writer.WriteAsync(q)|}); } static async Task<T> Safe<T>(Func<Task<T>> f) { try { return await f(); } catch (HttpRequestException) { return default!; } }")]
    [InlineData("public async Task AskAsync(string q) { await Ask(q); await Task.Run(async () => { await {|#0:writer.WriteAsync(q)|}; }); }")]
    [InlineData("public async Task<string> AskAsync(string q) { await Ask(q); return await Delegate(q); } Task<string> Delegate(string q) => {|#0:writer.WriteAsync(q)|};")]
    [InlineData("public async Task<string> AskAsync(string q) { await Ask(q); return await Local(); Task<string> Local() => {|#0:writer.WriteAsync(q)|}; }")]
    public Task Whoever_waits_is_part_of_the_chain(string members) =>
        Desk(members + " async Task<string> Ask(string q) => (await chat.GetResponseAsync(\"Facts: \" + q)).Text;").Expect(Info, Report).RunAsync();

    [Theory]
    [InlineData("public async Task AskAsync(string q) { await Ask(q); _ = writer.WriteAsync(q); }")]
    [InlineData("Task? pending; public async Task AskAsync(string q) { await Ask(q); pending = writer.WriteAsync(q); }")]
    [InlineData("public async Task AskAsync(string q) { await Ask(q); _ = Task.Run(() => writer.WriteAsync(q)); }")]
    [InlineData("public async Task AskAsync(string q) { await Ask(q); _ = Task.Run(async () => await writer.WriteAsync(q)); }")]
    [InlineData("public async Task AskAsync(string q, Channel<string> queue) { await Ask(q); await queue.Writer.WriteAsync(q); } public async Task RunAsync(Channel<string> queue) { await foreach (var q in queue.Reader.ReadAllAsync()) await writer.WriteAsync(q); }")]
    [InlineData("public async Task AskAsync(string q) { await Ask(q); var pending = writer.WriteAsync(q); Console.WriteLine(pending.Id); }")]
    [InlineData("public async Task AskAsync(List<string> all) { await Ask(all[0]); all.ForEach(async q => await writer.WriteAsync(q)); }")]
    public Task Work_that_is_handed_over_ends_the_chain(string members) =>
        Desk(members + " async Task<string> Ask(string q) => (await chat.GetResponseAsync(\"Facts: \" + q)).Text;").RunAsync();

    [Fact]
    public Task Two_agents_are_a_call() =>
        Desk("public async Task<string> AskAsync(string question) => await writer.WriteAsync(question);").RunAsync();

    [Fact]
    public Task Services_between_agents_are_looked_through_and_not_counted() =>
        Desk("""
            readonly Archive archive = new(writer);
            public async Task<string> AskAsync(string question)
            {
                var facts = (await chat.GetResponseAsync("What is known about " + question)).Text;
                return await {|#0:archive.WriteAndKeepAsync(facts)|};
            }
            """, """
            public class Archive(Writer writer)
            {
                public async Task<string> WriteAndKeepAsync(string facts) => await writer.WriteAsync(facts);
            }
            """)
            .Expect(Info, Report)
            .RunAsync();

    [Fact]
    public Task An_interface_with_one_implementation_is_followed() =>
        new RuleTest<AGL0603_DeepAgentChain>(
            Source("""
                public interface IWriter { Task<string> WriteAsync(string facts); }
                public class Desk(IChatClient chat, IWriter writer)
                {
                    public async Task<string> AskAsync(string question)
                    {
                        var facts = (await chat.GetResponseAsync("What is known about " + question)).Text;
                        return await {|#0:writer.WriteAsync(facts)|};
                    }
                }
                """),
            Source(Writer.Replace("critic)", "critic) : IWriter", StringComparison.Ordinal)),
            Source(Critic))
            .Expect(Info, Report)
            .RunAsync();

    [Fact]
    public Task A_shared_way_to_the_model_is_part_of_the_agents_that_take_it() =>
        new RuleTest<AGL0603_DeepAgentChain>(Source("""
            public class Gateway(IChatClient chat)
            {
                public async Task<string> CompleteAsync(string prompt) => (await chat.GetResponseAsync(prompt)).Text;
            }
            public class Desk(Gateway gateway, Writer writer)
            {
                public async Task<string> AskAsync(string question)
                {
                    var facts = await gateway.CompleteAsync("What is known about " + question);
                    return await {|#0:writer.WriteAsync(facts)|};
                }
            }
            public class Writer(Gateway gateway, Critic critic)
            {
                public async Task<string> WriteAsync(string facts) => await critic.ReviewAsync(await gateway.CompleteAsync("Write about " + facts));
            }
            public class Critic(Gateway gateway)
            {
                public async Task<string> ReviewAsync(string draft) => await gateway.CompleteAsync("What is wrong with this? " + draft);
            }
            """))
            .Expect(Info, Report)
            .RunAsync();

    [Fact]
    public Task A_chain_through_base_classes_counts_objects_not_classes() =>
        new RuleTest<AGL0603_DeepAgentChain>(Source("""
            public abstract class Agent(IChatClient chat)
            {
                protected async Task<string> ThinkAsync(string prompt) => (await chat.GetResponseAsync("Think: " + prompt)).Text;
            }
            public class Desk(IChatClient chat, Writer writer) : Agent(chat)
            {
                public async Task<string> AskAsync(string question)
                {
                    var facts = await ThinkAsync(question);
                    return await {|#0:writer.WriteAsync(facts)|};
                }
            }
            public class Writer(IChatClient chat, Critic critic) : Agent(chat)
            {
                public async Task<string> WriteAsync(string facts) => await critic.ReviewAsync(await ThinkAsync(facts));
            }
            public class Critic(IChatClient chat) : Agent(chat)
            {
                public async Task<string> ReviewAsync(string draft) => await ThinkAsync(draft);
            }
            """))
            .Expect(Info, Report)
            .RunAsync();

    [Fact]
    public Task Embeddings_are_no_answers() =>
        Desk("""
            public async Task<string> AskAsync(string question, IEmbeddingGenerator<string, Embedding<float>> embeddings)
            {
                var vector = await embeddings.GenerateVectorAsync(question);
                return await writer.WriteAsync(question + vector.Length);
            }
            """)
            .RunAsync();

    // ---- What models call -------------------------------------------------------------------------------------------------

    [Fact]
    public Task Agents_as_tools_are_asked_by_the_model() =>
        Desk("""
            readonly ChatOptions options = new() { Tools = [AIFunctionFactory.Create(writer.WriteAsync)] };
            public async Task<string> AskAsync(string question) => (await chat.GetResponseAsync("What is known about " + question, {|#0:options|})).Text;
            """)
            .Expect(Info, Report)
            .RunAsync();

    [Fact]
    public Task Tools_that_are_handed_over_on_the_spot_are_asked_by_the_model() =>
        Desk("""
            public async Task<string> AskAsync(string question) =>
                (await chat.GetResponseAsync("What is known about " + question, new ChatOptions { Tools = [{|#0:AIFunctionFactory.Create(writer.WriteAsync)|}] })).Text;
            """)
            .Expect(Info, Report)
            .RunAsync();

    [Fact]
    public Task A_toolbox_is_looked_into() =>
        Desk("""
            readonly Toolbox toolbox = new(writer);
            public async Task<string> AskAsync(string question) => (await chat.GetResponseAsync("What is known about " + question, new ChatOptions { Tools = [.. {|#0:toolbox.Tools|}] })).Text;
            """, """
            public class Toolbox(Writer writer)
            {
                public IList<AITool> Tools { get; } = [AIFunctionFactory.Create(async (string facts) => await writer.WriteAsync(facts), "write")];
            }
            """)
            .Expect(Info, Report)
            .RunAsync();

    [Fact]
    public Task Agents_that_are_made_with_each_other_as_tools_are_a_chain() =>
        new RuleTest<AGL0603_DeepAgentChain>(Source("""
            using Microsoft.Agents.AI;
            public class Desk
            {
                private readonly AIAgent concierge;
                public Desk(IChatClient chat)
                {
                    AIAgent critic = new ChatClientAgent(chat, "You find faults.");
                    var writer = new ChatClientAgent(chat, "You write.", tools: [critic.AsAIFunction()]);
                    List<AITool> tools = [writer.AsAIFunction()];
                    concierge = new ChatClientAgent(chat, "You help.", tools: tools);
                }
                public async Task<string> AskAsync(string question) => (await {|#0:concierge.RunAsync(question)|}).Text;
            }
            """))
            .Reference(Library.AgentFramework)
            .Expect(Info, "'Desk.AskAsync' starts a chain of 3 agents that wait for each other (Desk.AskAsync → writer → critic), with no queue, workflow or durable step in between")
            .RunAsync();

    [Fact]
    public Task The_turn_of_a_library_s_agent_is_followed_into_the_class() =>
        new RuleTest<AGL0603_DeepAgentChain>(Source("""
            using Microsoft.Agents.AI;
            public class Desk(IChatClient chat, Writer writer)
            {
                public async Task<string> AskAsync(string question) => (await {|#0:writer.RunAsync((await chat.GetResponseAsync("Facts: " + question)).Text)|}).Text;
            }
            public class Writer(IChatClient chat, Critic critic) : PlainAgent
            {
                TURN => await critic.RunAsync((await chat.GetResponseAsync("Write: " + messages.Last().Text)).Text);
            }
            public class Critic(IChatClient chat) : PlainAgent
            {
                TURN => new(await chat.GetResponseAsync("Review: " + messages.Last().Text));
            }
            """.Replace("TURN", PlainAgent.Turn, StringComparison.Ordinal)), PlainAgent.File)
            .Reference(Library.AgentFramework)
            .Expect(Info, Report)
            .RunAsync();

    // ---- Where a chain begins -------------------------------------------------------------------------------------------

    [Fact]
    public Task Composition_roots_begin_no_chain_and_are_not_reported() =>
        Program("""
            IChatClient chat = null!;
            var critic = new Critic(chat);
            var writer = new Writer(chat, critic);
            var facts = await chat.GetResponseAsync("What is known?");
            Console.WriteLine(await writer.WriteAsync("about " + facts.Text));
            """)
            .RunAsync();

    [Fact]
    public Task A_model_s_client_is_no_agent() =>
        new RuleTest<AGL0603_DeepAgentChain>(
            Source("""
                public class Careful(IChatClient inner, Writer writer) : DelegatingChatClient(inner)
                {
                    public override async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
                    {
                        var response = await base.GetResponseAsync(messages, options, cancellationToken);
                        return new ChatResponse(new ChatMessage(ChatRole.Assistant, await writer.WriteAsync(response.Text)));
                    }
                }
                """),
            Source(Writer),
            Source(Critic))
            .RunAsync();

    [Fact]
    public Task The_longest_chain_is_reported_once_at_its_outermost_agent() =>
        new RuleTest<AGL0603_DeepAgentChain>(
            Source("""
                public class Desk(IChatClient chat, Writer writer, Critic critic)
                {
                    public async Task<string> AskAsync(string question)
                    {
                        var facts = (await chat.GetResponseAsync("What is known about " + question)).Text;
                        await critic.ReviewAsync(facts);
                        return await {|#0:writer.WriteAsync(facts)|};
                    }
                    public async Task<string> AskTwiceAsync(string question) => await AskAsync(await AskAsync(question));
                }
                public class Tools(Desk desk)
                {
                    [System.ComponentModel.Description("Asks."), ModelContextProtocol.Server.McpServerTool]
                    public async Task<string> Ask(string question) => await desk.AskTwiceAsync(question);
                }
                """),
            Source(Writer),
            Source(Critic))
            .Expect(Info, Report.Replace("AskAsync", "AskTwiceAsync", StringComparison.Ordinal))
            .RunAsync();

    // ---- Options ------------------------------------------------------------------------------------------------------------

    [Theory]
    [InlineData(4, null, null)]
    [InlineData(3, Info, "")]
    [InlineData(2, Info, "")]
    public Task The_limit_counts_agents(int limit, Microsoft.CodeAnalysis.DiagnosticSeverity? severity, string? latency)
    {
        var mark = severity == null ? "writer.WriteAsync(facts)" : "{|#0:writer.WriteAsync(facts)|}";
        var test = Desk($"public async Task<string> AskAsync(string question) {{ var facts = (await chat.GetResponseAsync(\"About \" + question)).Text; return await {mark}; }}")
            .Configure($"agentlint.AGL0603.max_depth = {limit}");
        return (severity is { } expected ? test.Expect(expected, Report + latency) : test).RunAsync();
    }

    [Fact]
    public Task Twice_the_limit_is_a_warning_and_the_latency_is_said() =>
        new RuleTest<AGL0603_DeepAgentChain>(Source("""
            public class A(IChatClient chat, B b) { public async Task<string> Run(string q) => await {|#0:b.Run((await chat.GetResponseAsync("a" + q)).Text)|}; }
            public class B(IChatClient chat, C c) { public async Task<string> Run(string q) => await c.Run((await chat.GetResponseAsync("b" + q)).Text); }
            public class C(IChatClient chat, D d) { public async Task<string> Run(string q) => await d.Run((await chat.GetResponseAsync("c" + q)).Text); }
            public class D(IChatClient chat) { public async Task<string> Run(string q) => (await chat.GetResponseAsync("d" + q)).Text; }
            """))
            .Configure("agentlint.AGL0603.max_depth = 2", "agentlint.AGL0603.seconds_per_hop = 3")
            .Expect(Warning, "'A.Run' starts a chain of 4 agents that wait for each other (A.Run → B → C → D), about 12 s at 3 s per hop, with no queue, workflow or durable step in between")
            .RunAsync();

    private static string Source(string text) => "using Microsoft.Extensions.AI;\nusing System.Threading.Channels;\n" + text;

    private static RuleTest<AGL0603_DeepAgentChain> Desk(string members, string others = "") =>
        new(Source($"public class Desk(IChatClient chat, Writer writer)\n{{\n{members}\n}}\n{others}"), Source(Writer), Source(Critic));

    private static RuleTest<AGL0603_DeepAgentChain> Program(string statements)
    {
        var test = new RuleTest<AGL0603_DeepAgentChain>(Source(statements), Source(Writer), Source(Critic));
        test.TestState.OutputKind = Microsoft.CodeAnalysis.OutputKind.ConsoleApplication;
        return test;
    }
}
