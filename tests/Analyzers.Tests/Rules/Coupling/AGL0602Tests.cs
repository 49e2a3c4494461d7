using Xunit;
using static Microsoft.CodeAnalysis.DiagnosticSeverity;

namespace AgentLint.Tests.Rules.Coupling;

/// <summary>Which calls AGL0602 reports that wait for each other without need.</summary>
public sealed class AGL0602Tests
{
    private const string Model = "'IChatClient.GetResponseAsync'";
    private const string Vector = "'IEmbeddingGenerator.GenerateVectorAsync'";

    [Theory]
    // Locals, a return of the last, an assignment, the parts of one expression.
    [InlineData("""
        public async Task<string> Run(string text)
        {
            var audience = {|#1:await client.GetResponseAsync("Who reads this? " + text)|};
            var intent = {|#0:await client.GetResponseAsync("What is wanted? " + text)|};
            return audience.Text + intent.Text;
        }
        """)]
    [InlineData("""
        public async Task<(string, ChatResponse)> Run(string text)
        {
            var audience = {|#1:await client.GetResponseAsync("Who? " + text)|};
            return (audience.Text, {|#0:await other.GetResponseAsync("What? " + text)|});
        }
        """)]
    [InlineData("""
        public async Task Run(Note note, string text)
        {
            note.Summary = ({|#1:await client.GetResponseAsync("Summarise: " + text)|}).Text;
            note.Title = ({|#0:await client.GetResponseAsync("Title: " + text)|}).Text;
        }
        """)]
    [InlineData("""
        public async Task<string[]> Run(string text) 
        {
            return [({|#1:await client.GetResponseAsync("a" + text)|}).Text, ({|#0:await client.GetResponseAsync("b" + text)|}).Text];
        }
        """)]
    [InlineData("""
        public async Task<List<string>> Run(string text)
        {
            var found = new List<string>();
            found.Add(({|#1:await client.GetResponseAsync("a" + text).ConfigureAwait(false)|}).Text);
            found.Add(({|#0:await client.GetResponseAsync("b" + text).ConfigureAwait(false)|}).Text);
            return found;
        }
        """)]
    // A member that the first answer does not go to.
    [InlineData("""
        public async Task Run(Note note)
        {
            note.Summary = ({|#1:await client.GetResponseAsync("Summarise: " + note.Text)|}).Text;
            note.Title = ({|#0:await client.GetResponseAsync("Title: " + note.Text)|}).Text;
        }
        """)]
    // Statements in between that need neither, or only the first.
    [InlineData("""
        public async Task<string> Run(string text, CancellationToken cancellation)
        {
            var audience = {|#1:await client.GetResponseAsync("Who? " + text, cancellationToken: cancellation)|};
            logger.LogInformation("Audience: {Audience}", audience.Text);
            var prompt = $"What? {text}";
            var intent = {|#0:await client.GetResponseAsync(prompt, cancellationToken: cancellation)|};
            return audience.Text + intent.Text;
        }
        """)]
    // Histories of their own; settings that nobody changes.
    [InlineData("""
        public async Task<string> Run(string text, ChatOptions options)
        {
            var first = new List<ChatMessage> { new(ChatRole.User, text) };
            var second = new List<ChatMessage> { new(ChatRole.User, text), new(ChatRole.User, "Be brief") };
            var long_ = {|#1:await client.GetResponseAsync(first, options)|};
            var short_ = {|#0:await client.GetResponseAsync(second, options)|};
            return long_.Text + short_.Text;
        }
        """)]
    // Records and read-only views of texts.
    [InlineData("""
        public async Task<string> Run(Question question, IReadOnlyList<string> sources)
        {
            var a = {|#1:await client.GetResponseAsync(Prompt("a", question, sources))|};
            var b = {|#0:await client.GetResponseAsync(Prompt("b", question, sources))|};
            return a.Text + b.Text;
        }
        private static string Prompt(string kind, Question question, IReadOnlyList<string> sources) => kind + question.Text + string.Join(' ', sources);
        """)]
    // Top of a try block, and a branch that holds both.
    [InlineData("""
        public async Task<string> Run(string text)
        {
            try
            {
                if (text.Length > 3)
                {
                    var a = {|#1:await client.GetResponseAsync("a" + text)|};
                    var b = {|#0:await client.GetResponseAsync("b" + text)|};
                    return a.Text + b.Text;
                }
            }
            catch (HttpRequestException)
            {
            }

            return "";
        }
        """)]
    [InlineData("""
        public async Task<string> Run(string text, int kind)
        {
            switch (kind)
            {
                case 1:
                    var a = {|#1:await client.GetResponseAsync("a" + text)|};
                    var b = {|#0:await client.GetResponseAsync("b" + text)|};
                    return a.Text + b.Text;
                default:
                    return "";
            }
        }
        """)]
    public Task Two_calls_that_need_nothing_of_each_other(string members) => Desk.Pair(members, Desk.PairMessage(Model, Model));

    [Fact]
    public Task Question_that_is_embedded_and_rewritten_under_plain_conditions() => Desk.Pair("""
        public async Task<string> Run(string question, bool byVector, bool byText)
        {
            float[]? vector = null;
            if (byVector)
                vector = ({|#1:await embeddings.GenerateVectorAsync(question)|}).ToArray();

            string? query = null;
            if (byText)
            {
                var messages = new List<ChatMessage>();
                messages.Add(new(ChatRole.User, question));
                var answer = {|#0:await client.GetResponseAsync(messages)|};
                query = answer.Text ?? throw new InvalidOperationException();
            }

            return query + vector?.Length;
        }
        """, Desk.PairMessage(Vector, Model));

    [Fact]
    public Task Calls_through_helpers_are_reported_with_their_paths() => Desk.Pair("""
        public async Task<string> Run(string text)
        {
            var audience = {|#1:await PickAudienceAsync(text)|};
            var intent = {|#0:await PickIntentAsync(text)|};
            return audience + intent;
        }
        private async Task<string> PickAudienceAsync(string text) => (await AskAsync("Who? " + text)).Text;
        private async Task<string> PickIntentAsync(string text) { var answer = await AskAsync("What? " + text); return answer.Text; }
        private Task<ChatResponse> AskAsync(string prompt) => client.GetResponseAsync(prompt);
        """, Desk.PairMessage(
            "'Desk.PickAudienceAsync' (Desk.PickAudienceAsync → Desk.AskAsync → IChatClient.GetResponseAsync)",
            "'Desk.PickIntentAsync' (Desk.PickIntentAsync → Desk.AskAsync → IChatClient.GetResponseAsync)"));

    [Fact]
    public Task Calls_of_services_in_other_files() => Desk.Pair("""
        public static async Task<string> Run(IResearcher researcher, Marketer marketer, Note note)
        {
            var facts = {|#1:await researcher.FindAsync(note)|};
            var slogan = {|#0:await marketer.WriteAsync(note)|};
            return facts + slogan;
        }
        """,
        Desk.PairMessage("'IResearcher.FindAsync' (IResearcher.FindAsync → IChatClient.GetResponseAsync)", "'Marketer.WriteAsync' (Marketer.WriteAsync → IChatClient.GetResponseAsync)"),
        "public interface IResearcher { Task<string> FindAsync(Note note); }",
        """
        using Microsoft.Extensions.AI;
        public class Researcher(IChatClient client) : IResearcher
        {
            public async Task<string> FindAsync(Note note) => (await client.GetResponseAsync("Facts about " + note.Text)).Text;
        }
        public class Marketer(IChatClient client)
        {
            public async Task<string> WriteAsync(Note note) => (await client.GetResponseAsync("Praise " + note.Text)).Text;
        }
        """);

    [Fact]
    public Task Calls_in_lambdas_that_a_wrapper_runs() => Desk.Pair("""
        public async Task<string> Run(string text)
        {
            var a = {|#1:await Safe(() => client.GetResponseAsync("a" + text))|};
            var b = {|#0:await Safe(() => client.GetResponseAsync("b" + text))|};
            return a.Text + b.Text;
        }
        private static async Task<ChatResponse> Safe(Func<Task<ChatResponse>> ask)
        {
            try { return await ask(); } catch (HttpRequestException) { return new ChatResponse(); }
        }
        """, Desk.PairMessage("'Desk.Safe' (IChatClient.GetResponseAsync)", "'Desk.Safe' (IChatClient.GetResponseAsync)"));

    /// <summary>Limit on the page: what a member of another assembly does is judged by whether it gives something back.</summary>
    [Theory]
    [InlineData("var line = reader.ReadLine();", true)]
    [InlineData("reader.Dispose(); var line = text;", false)]
    public Task Member_of_another_assembly_between_two_calls(string between, bool isReported)
    {
        var test = Desk.In($$"""
            public async Task<string> Run(string text, System.IO.StringReader reader)
            {
                var first = {{(isReported ? "{|#1:await client.GetResponseAsync(text)|}" : "await client.GetResponseAsync(text)")}};
                {{between}}
                var second = {{(isReported ? "{|#0:await client.GetResponseAsync(line)|}" : "await client.GetResponseAsync(line)")}};
                return first.Text + second.Text;
            }
            """);
        return (isReported ? test.ExpectPath(Info, Desk.PairMessage("'IChatClient.GetResponseAsync'", "'IChatClient.GetResponseAsync'"), 0, 1) : test).RunAsync();
    }

    /// <summary>Limit on the page: what a client does with the calls that it passes on is its own business.</summary>
    [Fact]
    public Task Rate_limiter_in_the_pipeline_of_the_client() => Desk.Pair("""
        private readonly IChatClient paced = new Paced(other);
        public async Task<string> Run(string text)
        {
            var first = {|#1:await paced.GetResponseAsync(text)|};
            var second = {|#0:await paced.GetResponseAsync(text + "!")|};
            return first.Text + second.Text;
        }
        """,
        Desk.PairMessage("'IChatClient.GetResponseAsync'", "'IChatClient.GetResponseAsync'"),
        """
        using Microsoft.Extensions.AI;
        public sealed class Paced(IChatClient inner) : DelegatingChatClient(inner)
        {
            private readonly SemaphoreSlim gate = new(1);
            public override async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellation = default)
            {
                await gate.WaitAsync(cancellation);
                try { return await base.GetResponseAsync(messages, options, cancellation); }
                finally { gate.Release(); }
            }
        }
        """);

    [Fact]
    public Task More_than_two_calls_are_one_report() => Desk.In("""
        public async Task<string> Run(string text)
        {
            var a = {|#1:await client.GetResponseAsync("a" + text)|};
            var b = {|#0:await client.GetResponseAsync("b" + text)|};
            var c = {|#2:await client.GetResponseAsync("c" + text)|};
            var all = await client.GetResponseAsync(a.Text + b.Text + c.Text);
            return all.Text;
        }
        """).ExpectPath(Info, $"'Desk.Run' awaits {Model} and then {Model} and then {Model} although none depends on another; started together, they take as long as the slowest one", 0, 1, 2).RunAsync();

    [Fact]
    public Task Two_sequences_are_two_reports() => Desk.In("""
        public async Task<string> Run(string text)
        {
            var a = await client.GetResponseAsync("a" + text);
            var b = {|#0:await client.GetResponseAsync("b" + text)|};
            var c = await client.GetResponseAsync("c" + a.Text + b.Text);
            var d = {|#1:await client.GetResponseAsync("d" + a.Text + b.Text)|};
            return c.Text + d.Text;
        }
        """).Expect(Info, Desk.PairMessage(Model, Model)).Expect(Info, Desk.PairMessage(Model, Model), 1).RunAsync();

    [Fact]
    public Task Activities_of_a_workflow_that_ask_models() => new RuleTest<AgentLint.Rules.Coupling.AGL0602_SequentialIndependentCalls>("""
        using Microsoft.Extensions.AI;
        using Microsoft.DurableTask;
        public record Trip(string Place, string Plan, string Tips);
        public class Activities(IChatClient client, HttpClient http)
        {
            public async Task<string> Plan(string place) => (await client.GetResponseAsync("Plan " + place)).Text;
            public async Task<string> Advise(string place) => (await client.GetResponseAsync("Advise on " + place)).Text;
            public async Task<string> Book(string place) { await http.PostAsync("/book", null); return place; }
        }
        public static class Planner
        {
            public static async Task<Trip> Run(TaskOrchestrationContext context, string place)
            {
                var plan = {|#1:await context.CallActivityAsync<string>(nameof(Activities.Plan), place)|};
                context.SetCustomStatus(new { step = "Advise" });
                var request = place + "!";
                var tips = {|#0:await context.CallActivityAsync<string>(nameof(Activities.Advise), request)|};
                var booked = await context.CallActivityAsync<string>(nameof(Activities.Book), place);
                var paid = await context.CallActivityAsync<string>(nameof(Activities.Book), "again");
                return new Trip(booked + paid, plan, tips);
            }
        }
        """).Reference(Library.DurableTask)
            .Expect(Info, Desk.PairMessage("'TaskOrchestrationContext.CallActivityAsync' (Activities.Plan → IChatClient.GetResponseAsync)", "'TaskOrchestrationContext.CallActivityAsync' (Activities.Advise → IChatClient.GetResponseAsync)", "Planner.Run"))
            .RunAsync();
}
