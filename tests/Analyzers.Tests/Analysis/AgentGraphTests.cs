using AgentLint.Analysis;
using AgentLint.Analysis.Agents;
using Xunit;

namespace AgentLint.Tests.Analysis;

/// <summary>What the graph of agents contains, and what it cannot follow. Each is on the page docs/agent-graph.md, by the test's name.</summary>
public sealed class AgentGraphTests
{
    private const string WriterAndCritic = """
        public class Writer(IChatClient chat, Critic critic)
        {
            public async Task<string> WriteAsync(string facts) => await critic.ReviewAsync((await chat.GetResponseAsync("Write about " + facts)).Text);
        }
        public class Critic(IChatClient chat)
        {
            public async Task<string> ReviewAsync(string draft) => (await chat.GetResponseAsync("What is wrong with this? " + draft)).Text;
        }
        """;

    private const string Whole = "Desk.AskAsync → Writer → Critic";
    private const string Rest = "Writer.WriteAsync → Critic";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    // ---- What it contains -----------------------------------------------------------------------------------------------

    [Fact]
    public void A_program_that_asks_no_model_has_no_graph()
    {
        var graph = GraphOf(Compiled.From("""
            public class Desk(HttpClient http, IEmbeddingGenerator<string, Embedding<float>> embeddings)
            {
                public Task<string> AskAsync(string q) => http.GetStringAsync(q);
                public async Task EmbedAsync(string q) => await embeddings.GenerateVectorAsync(q);
            }
            """));

        Assert.Empty(graph.Nodes);
        Assert.Null(graph.Grants);
    }

    [Fact]
    public void Functions_that_lead_to_a_model_are_nodes()
    {
        var graph = GraphOf(Compiled.From("""
            public class Desk(IChatClient chat)
            {
                public async Task<string> AskAsync(string q)
                {
                    return await Local();
                    async Task<string> Local() => (await chat.GetResponseAsync("Q " + q)).Text;
                }
                public Task<string> Answer => AskAsync("What is new?");
                public Func<Task<string>> Later => () => AskAsync("What was it?");
                public string Print(string page) => Shorten(page);
                private static string Shorten(string page) => page[..9];
            }
            public class Service(Desk desk) { public Task<string> ServeAsync(string q) => desk.AskAsync(q); }
            public class Other { public Task<string> AskAsync(string q) => Task.FromResult(q); public Task<string> TwiceAsync(string q) => AskAsync(q); }
            """));

        Assert.Equal(["Desk.AskAsync", "Local", "Desk.Answer", "Desk.Later", "lambda", "Service.ServeAsync"], graph.Nodes.Select(node => Witness.NameOf(node.Symbol)));
        Assert.Equal(
            ["Desk.AskAsync > Local", "Desk.Answer > Desk.AskAsync", "lambda > Desk.AskAsync", "Service.ServeAsync > Desk.AskAsync"],
            graph.Nodes.SelectMany(node => node.Edges).Select(edge => $"{Witness.NameOf(edge.From.Symbol)} > {Witness.NameOf(edge.To.Symbol)}"));
    }

    [Fact]
    public void A_durable_step_ends_the_chain()
    {
        const string Workflow = """
            using Microsoft.DurableTask;
            public class Desk(IChatClient chat, Writer writer) : TaskOrchestrator<string, string>
            {
                public override async Task<string> RunAsync(TaskOrchestrationContext context, string q)
                {
                    var facts = (await chat.GetResponseAsync("Facts: " + q)).Text;
                    return await STEP;
                }
            }
            public class Write(Writer writer) : TaskActivity<string, string>
            {
                public override Task<string> RunAsync(TaskActivityContext context, string facts) => writer.WriteAsync(facts);
            }
            """;

        Assert.Equal([Rest], ChainsOf(Compiled.Using(Library.DurableTask, Step("context.CallActivityAsync<string>(nameof(Write), facts)"), WriterAndCritic)));
        Assert.Equal([Whole.Replace("Ask", "Run", StringComparison.Ordinal)], ChainsOf(Compiled.Using(Library.DurableTask, Step("writer.WriteAsync(facts)"), WriterAndCritic)));

        static string Step(string step) => Workflow.Replace("STEP", step, StringComparison.Ordinal);
    }

    [Fact]
    public void A_function_that_answers_is_no_maker_of_tools()
    {
        var graph = GraphOf(Compiled.From("""
            public class Orders { public string Find(string id) => id; }
            public class Toolbox(Orders orders) { public IList<AITool> Tools => [AIFunctionFactory.Create(orders.Find)]; }
            public class Desk(Loop loop, Toolbox toolbox)
            {
                public async Task<string> AskAsync(string q) => await loop.RunAsync(q, new ChatOptions { Tools = toolbox.Tools });
                public async Task TellAsync(string q) => await loop.SayAsync(q, new ChatOptions { Tools = toolbox.Tools });
            }
            public class Loop(IChatClient chat)
            {
                public async Task<string> RunAsync(string q, ChatOptions options) => (await chat.GetResponseAsync("Do " + q, options)).Text;
                public async Task SayAsync(string q, ChatOptions options) => await chat.GetResponseAsync("Say " + q, options);
            }
            public class Caller(Desk desk)
            {
                public async Task<string> CallAsync(string q) { await desk.TellAsync(q); return await desk.AskAsync(q); }
            }
            """));

        Assert.Equal(["Desk.AskAsync", "Desk.TellAsync"], graph.Nodes.Where(node => node.Tools.Count > 0).Select(node => Witness.NameOf(node.Symbol)));
    }

    // ---- What it cannot follow --------------------------------------------------------------------------------------------

    [Fact]
    public void Nothing_is_missed_where_a_writer_is_just_asked() => Assert.Equal([Whole], Desk("Writer writer", "writer.WriteAsync(facts)"));

    [Fact]
    public void An_interface_with_two_implementations_is_not_followed()
    {
        const string Interface = "public interface IWriter { Task<string> WriteAsync(string facts); } public class One(Writer writer) : IWriter { public Task<string> WriteAsync(string facts) => writer.WriteAsync(facts); }";

        Assert.Equal([Whole], Desk("IWriter writer", "writer.WriteAsync(facts)", Interface));
        Assert.Equal([Rest], Desk("IWriter writer", "writer.WriteAsync(facts)", Interface + "public class Two : IWriter { public Task<string> WriteAsync(string facts) => Task.FromResult(facts); }"));
    }

    [Fact]
    public void An_interface_that_another_assembly_declares_is_not_followed()
    {
        var other = Compiled.From("public interface IWriter { Task<string> WriteAsync(string facts); }").Compilation.WithAssemblyName("Other").ToMetadataReference();
        var program = Compiled.Referring([other], Asking("IWriter writer", "writer.WriteAsync(facts)"), "public class Only(Writer writer) : IWriter { public Task<string> WriteAsync(string facts) => writer.WriteAsync(facts); }", WriterAndCritic);

        Assert.Equal([Rest], ChainsOf(program));
    }

    [Theory]
    [InlineData("readonly Func<string, Task<string>> write = writer.WriteAsync;", "write(facts)")]
    [InlineData("readonly Dictionary<string, Func<string, Task<string>>> all = new() { [\"write\"] = writer.WriteAsync };", "all[\"write\"](facts)")]
    [InlineData("event Func<string, Task<string>>? Write; public void Connect() => Write += writer.WriteAsync;", "Write!(facts)")]
    public void A_delegate_in_a_field_is_not_followed(string members, string ask) => Assert.Equal([Rest], Desk("Writer writer", ask, members: members));

    [Theory]
    [InlineData("(Task<string>)typeof(Writer).GetMethod(\"WriteAsync\")!.Invoke(writer, [facts])!")]
    [InlineData("(Task<string>)((dynamic)writer).WriteAsync(facts)")]
    public void Reflection_is_not_followed(string ask) => Assert.Equal([Rest], Desk("Writer writer", ask));

    // Followed is what an agent does itself; who does nothing else is not found.
    [Theory]
    [InlineData("Task.FromResult(new Report(writer, facts).Text)", "public Report(Writer writer, string facts) => Text = writer.WriteAsync(facts).Result;")]
    [InlineData("(writer + new Report())", "public static Task<string> operator +(Writer writer, Report report) => writer.WriteAsync(report.Text);")]
    [InlineData("Task.FromResult(((Report)writer).Text)", "public static explicit operator Report(Writer writer) => new() { Text = writer.WriteAsync(\"\").Result };")]
    public void A_constructor_that_asks_an_agent_is_not_followed(string ask, string member)
    {
        var report = $"public class Report {{ public Report() {{ }} public string Text {{ get; init; }} = \"\"; {member} }}";

        Assert.Equal([Whole], Desk("Writer writer", ask, report));
        Assert.Equal([Rest], Desk("Middle middle", "middle.MakeAsync(facts)", report + $"public class Middle(Writer writer) {{ public Task<string> MakeAsync(string facts) {{ _ = facts; return {ask}; }} }}"));
    }

    [Fact]
    public void Tools_from_elsewhere_are_not_followed()
    {
        Assert.Equal([Whole], Tools("new ChatOptions { Tools = [AIFunctionFactory.Create(writer.WriteAsync)] }"));
        Assert.Equal([Rest], Tools("new ChatOptions { Tools = [.. await client.ListToolsAsync()] }"));
        Assert.Equal([Rest], Tools("new ChatOptions { Tools = [.. services.GetServices<AITool>()] }"));

        static IEnumerable<string> Tools(string options) =>
            Desk("Writer writer, ModelContextProtocol.Client.McpClient client, IServiceProvider services", $"chat.GetResponseAsync(facts, {options})", result: ".Text");
    }

    [Fact]
    public void Tools_that_a_helper_names_are_not_followed()
    {
        const string Toolbox = "public class Toolbox(Writer writer) { public IList<AITool> Tools => [AIFunctionFactory.Create(writer.WriteAsync)]; }";

        Assert.Equal([Whole], Desk("Toolbox toolbox", "chat.GetResponseAsync(facts, Options())", Toolbox, "ChatOptions Options() => new() { Tools = toolbox.Tools };", ".Text"));
        Assert.Equal([Rest], Desk("Toolbox toolbox", "chat.GetResponseAsync(facts, Filled(new()))", Toolbox, "ChatOptions Filled(ChatOptions options) { Fill(options); return options; } void Fill(ChatOptions options) => options.Tools = toolbox.Tools;", ".Text"));
    }

    [Fact]
    public void A_client_that_makes_prompts_is_taken_for_an_agent()
    {
        const string Client = "public class Client(IChatClient chat) { public async Task<string> CompleteAsync(string q) => (await chat.GetResponseAsync(\"Be polite. \" + q)).Text; }";

        Assert.Equal(["Desk.AskAsync → Client"], ChainsOf(Compiled.From("""
            public class Desk(Client client, IChatClient chat) { public async Task<string> AskAsync(string q) => await client.CompleteAsync((await chat.GetResponseAsync("Facts: " + q)).Text); }
            """, Client)));
        // Those that use it are none: this is a chain of three, seen as none.
        Assert.Empty(ChainsOf(Compiled.From(InHouse, Client)));
    }

    [Fact]
    public void A_client_in_the_catalogue_is_a_model() =>
        Assert.Equal([Whole], ChainsOf(Compiled.With(
            "model-call Client.CompleteAsync",
            InHouse,
            "public class Client(IChatClient chat) { public async Task<string> CompleteAsync(string q) => (await chat.GetResponseAsync(\"Be polite. \" + q)).Text; }")));

    [Fact]
    public void A_tool_that_polls_for_an_agent_is_not_seen_to_wait() =>
        Assert.Equal([Rest], ChainsOf(Compiled.From(
            """
            public class Desk(IChatClient chat, System.Threading.Channels.Channel<string> queue, Dictionary<string, string> done)
            {
                public async Task<string> AskAsync(string q)
                {
                    var facts = (await chat.GetResponseAsync("Facts: " + q)).Text;
                    await queue.Writer.WriteAsync(facts);
                    while (!done.ContainsKey(facts))
                        await Task.Delay(100);
                    return done[facts];
                }
            }
            public class Worker(Writer writer, System.Threading.Channels.Channel<string> queue, Dictionary<string, string> done)
            {
                public async Task RunAsync()
                {
                    await foreach (var facts in queue.Reader.ReadAllAsync())
                        done[facts] = await writer.WriteAsync(facts);
                }
            }
            """,
            WriterAndCritic)));

    // A kernel function is code or a prompt: the call does not tell which.
    [Fact]
    public void A_function_that_may_be_a_prompt_is_no_answer() =>
        Assert.Equal([Rest], ChainsOf(Compiled.Using(
            Library.SemanticKernel,
            """
            using Microsoft.SemanticKernel;
            public class Desk(Kernel kernel, KernelFunction facts, Writer writer)
            {
                public async Task<string> AskAsync(string q) => await writer.WriteAsync((await kernel.InvokeAsync(facts, new() { ["q"] = q })).ToString());
            }
            """,
            WriterAndCritic)));

    [Fact]
    public void Conditions_do_not_count_for_chains() =>
        Assert.Equal([Whole], Desk("Writer writer", "(facts.Length < 0 ? writer.WriteAsync(facts) : Task.FromResult(facts))"));

    private const string InHouse = """
        public class Desk(Client client, Writer writer) { public async Task<string> AskAsync(string q) => await writer.WriteAsync(await client.CompleteAsync("Facts: " + q)); }
        public class Writer(Client client, Critic critic) { public async Task<string> WriteAsync(string q) => await critic.ReviewAsync(await client.CompleteAsync("Write: " + q)); }
        public class Critic(Client client) { public async Task<string> ReviewAsync(string q) => await client.CompleteAsync("Review: " + q); }
        """;

    private static IEnumerable<string> Desk(string given, string ask, string others = "", string members = "", string result = "") =>
        ChainsOf(Compiled.From(Asking(given, ask, members, result), others, WriterAndCritic));

    private static string Asking(string given, string ask, string members = "", string result = "") => $$"""
        public class Desk(IChatClient chat, {{given}})
        {
            {{members}}
            public async Task<string> AskAsync(string q)
            {
                var facts = (await chat.GetResponseAsync("Facts: " + q)).Text;
                return (await {{ask}}){{result}};
            }
        }
        """;

    private static IEnumerable<string> ChainsOf(Compiled program) => GraphOf(program).Chains.All.Select(chain => chain.Describe());

    // Whatever is in a graph: no file of a chain or a circle was taken to have no part in one.
    private static AgentGraph GraphOf(Compiled program)
    {
        var graph = AgentGraph.Of(program.Model, Cancellation);
        var reach = AgentReach.Of(program.Model);
        Assert.All(graph.Chains.All, chain => Assert.True(reach.MayChain(chain.Site.SyntaxTree, chain.Agents, Cancellation), chain.Describe()));
        Assert.All(graph.Circles(program.Model, Cancellation), circle => Assert.True(reach.MayComeBack(circle.Site.SyntaxTree, Cancellation), circle.Describe()));
        return graph;
    }
}
