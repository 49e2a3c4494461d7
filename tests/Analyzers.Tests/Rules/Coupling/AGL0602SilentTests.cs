using AgentLint.Rules.Coupling;
using Xunit;
using static Microsoft.CodeAnalysis.DiagnosticSeverity;

namespace AgentLint.Tests.Rules.Coupling;

/// <summary>Calls that stand one after the other for a reason: AGL0602 says nothing of them.</summary>
public sealed class AGL0602SilentTests
{
    [Theory]
    // The second needs what the first gives: at once, through other variables, through an object, through a branch.
    [InlineData("""var a = await client.GetResponseAsync(text); var b = await client.GetResponseAsync(a.Text); return a.Text + b.Text;""")]
    [InlineData("""var a = await client.GetResponseAsync(text); var words = a.Text.Split(' '); var first = words[0]; var b = await client.GetResponseAsync(first); return a.Text + b.Text;""")]
    [InlineData("""var a = await client.GetResponseAsync(text); note.Text = a.Text; var b = await client.GetResponseAsync(note.Text); return a.Text + b.Text;""")]
    [InlineData("""var a = await client.GetResponseAsync(text); var prompt = text; if (a.Text.Length > 3) prompt += "!"; var b = await client.GetResponseAsync(prompt); return b.Text;""")]
    [InlineData("""var a = await client.GetResponseAsync(text); if (a.Text == "") return ""; var b = await client.GetResponseAsync(text + "?"); return b.Text;""")]
    [InlineData("""var a = await client.GetResponseAsync(text); if (a.Text.Length > 3) { var b = await client.GetResponseAsync(text + "?"); return b.Text; } return a.Text;""")]
    [InlineData("""var a = await client.GetResponseAsync(text); var b = ""; if (a.Text.Length > 3) b = (await client.GetResponseAsync(text + "?")).Text; return b;""")]
    [InlineData("""var a = ""; if (text != "") a = (await client.GetResponseAsync(text)).Text; var b = ""; if (text != "" && a != "") { b = (await client.GetResponseAsync(text + "?")).Text; } return b;""")]
    [InlineData("""var a = (await client.GetResponseAsync(text)).Text ?? throw new InvalidOperationException(); var b = await client.GetResponseAsync(text + "?"); return a + b.Text;""")]
    [InlineData("""var b = await client.GetResponseAsync((await client.GetResponseAsync(text)).Text); return b.Text;""")]
    [InlineData("""var (a, n) = Both(await client.GetResponseAsync(text)); var b = await client.GetResponseAsync(text + n); return a + b.Text;""")]
    [InlineData("""if ((await client.GetResponseAsync(text)).Text is { Length: > 0 } a) { var b = await client.GetResponseAsync(a); return b.Text; } return "";""")]
    [InlineData("""var a = await client.GetResponseAsync(text); Check(a); var b = await client.GetResponseAsync(text + "?"); return a.Text + b.Text;""")]
    // What they share can change: a history, settings that are changed in between, an object that one of them is given to change.
    [InlineData("""history.Add(new(ChatRole.User, text)); var a = await client.GetResponseAsync(history); history.AddMessages(a); var b = await client.GetResponseAsync(history); return b.Text;""")]
    [InlineData("""var a = await client.GetResponseAsync(history); var b = await other.GetResponseAsync(history); return a.Text + b.Text;""")]
    [InlineData("""var all = history.ToList(); var a = await client.GetResponseAsync(all); var b = await other.GetResponseAsync(all); return a.Text + b.Text;""")]
    [InlineData("""var options = new ChatOptions(); var a = await client.GetResponseAsync(text, options); options.Temperature = 0; var b = await client.GetResponseAsync(text + "?", options); return a.Text + b.Text;""")]
    [InlineData("""var a = await Fill(note); var b = await Read(note); return a + b;""")]
    [InlineData("""var a = await FillBelow(note); var b = await Read(note); return a + b;""")]
    [InlineData("""var n = 0; var a = await Twice(() => { n++; return client.GetResponseAsync(text + n); }); var b = await Twice(() => { n++; return client.GetResponseAsync(text + n); }); return a.Text + b.Text + n;""")]
    // What they do besides is seen by others.
    [InlineData("""var a = await Remember(text); var b = await Remember(text + "?"); return a + b;""")]
    [InlineData("""var a = await RememberBelow(text); var b = await RememberBelow(text + "?"); return a + b;""")]
    [InlineData("""var a = await Count(text); var b = await Count(text + "?"); return a + b;""")]
    [InlineData("""var a = await Post(text); var b = await client.GetResponseAsync(text); return a + b.Text;""")]
    [InlineData("""var a = await client.GetResponseAsync(text); Console.WriteLine(a.Text); var b = await client.GetResponseAsync(text + "?"); Console.WriteLine(b.Text); return "";""")]
    [InlineData("""var a = await client.GetResponseAsync(text); await http.PostAsync("/log", null); var b = await client.GetResponseAsync(text + "?"); return a.Text + b.Text;""")]
    [InlineData("""var a = await client.GetResponseAsync(text); writer.WriteLine(a.Text); var b = await client.GetResponseAsync(text + "?"); return a.Text + b.Text;""")]
    [InlineData("""var a = await client.GetResponseAsync(text); onStep(a.Text); var b = await client.GetResponseAsync(text + "?"); return a.Text + b.Text;""")]
    // Nobody uses the answer: the call is made for what the agent does.
    [InlineData("""await client.GetResponseAsync(text); await client.GetResponseAsync(text + "?"); return "";""")]
    [InlineData("""_ = await client.GetResponseAsync(text); _ = await client.GetResponseAsync(text + "?"); return "";""")]
    // Started before, or together.
    [InlineData("""var a = client.GetResponseAsync(text); var b = client.GetResponseAsync(text + "?"); return (await a).Text + (await b).Text;""")]
    [InlineData("""var a = client.GetResponseAsync(text); var b = client.GetResponseAsync(text + "?"); await Task.WhenAll(a, b); var first = await a; var second = await b; return first.Text + second.Text;""")]
    [InlineData("""var a = client.GetResponseAsync(text); var b = client.GetResponseAsync(text + "?"); var all = new Dictionary<string, ChatResponse> { ["a"] = await a, ["b"] = await b }; return all["a"].Text;""")]
    // Under conditions of their own, in branches, in blocks that catch what fails.
    [InlineData("""if (text == "") { var a = await client.GetResponseAsync(text); return a.Text; } else { var b = await client.GetResponseAsync(text + "?"); return b.Text; }""")]
    [InlineData("""var a = text == "" ? "" : (await client.GetResponseAsync(text)).Text; var b = note.Title ?? (await client.GetResponseAsync(text + "?")).Text; return a + b;""")]
    [InlineData("""var a = text switch { "" => "", _ => (await client.GetResponseAsync(text)).Text }; var b = a == "" || (await client.GetResponseAsync(text)).Text == ""; return a + b;""")]
    [InlineData("""string a; try { a = (await client.GetResponseAsync(text)).Text; } catch (HttpRequestException) { a = (await other.GetResponseAsync(text)).Text; } return a;""")]
    [InlineData("""ChatResponse a; try { a = await client.GetResponseAsync(text); } finally { note.Text = ""; } var b = await client.GetResponseAsync(text); return a.Text + b.Text;""")]
    [InlineData("""var a = await client.GetResponseAsync(text); if (text.Length > 9) throw new ArgumentException(); var b = await client.GetResponseAsync(text + "?"); return a.Text + b.Text;""")]
    // Calls that ask no model.
    [InlineData("""var a = await http.GetStringAsync("/a"); var b = await http.GetStringAsync("/b"); return a + b;""")]
    [InlineData("""var a = await client.GetResponseAsync(text); var b = await http.GetStringAsync("/b"); return a.Text + b;""")]
    public Task Nothing_is_reported_in(string body) => Desk.Silent(
        $$"""
        private readonly List<string> said = [];
        private int asked;
        public async Task<string> Run(string text, Note note, List<ChatMessage> history, HttpClient http, TextWriter writer, Action<string> onStep)
        {
            {{body}}
        }
        private static (string, int) Both(ChatResponse answer) => (answer.Text, answer.Messages.Count);
        private static void Check(ChatResponse answer) { if (answer.Text == "") throw new InvalidOperationException(); }
        private async Task<string> Fill(Note note) { note.Summary = (await client.GetResponseAsync(note.Text)).Text; return note.Summary; }
        private async Task<string> Read(Note note) => (await client.GetResponseAsync(note.Summary + note.Text)).Text;
        private async Task<string> Remember(string text) { said.Add(text); return (await client.GetResponseAsync(text)).Text; }
        private async Task<string> FillBelow(Note note) { var answer = (await client.GetResponseAsync(note.Text)).Text; Put(note, answer); return answer; }
        private static void Put(Note note, string answer) => Set(note, answer);
        private static void Set(Note note, string answer) => note.Summary = answer;
        private async Task<string> RememberBelow(string text) { Keep(said, text); return (await client.GetResponseAsync(text)).Text; }
        private static void Keep(List<string> all, string text) => KeepIn(all, text);
        private static void KeepIn(List<string> all, string text) => all.Add(text);
        private async Task<string> Count(string text) { asked++; return (await client.GetResponseAsync(text)).Text; }
        private async Task<string> Post(string text) { var answer = await client.GetResponseAsync(text); await new HttpClient().PostAsync("/log", new StringContent(answer.Text)); return answer.Text; }
        private static async Task<ChatResponse> Twice(Func<Task<ChatResponse>> ask) { await ask(); return await ask(); }
        """);

    [Fact]
    public Task Answers_that_are_handed_out_one_by_one() => Desk.Silent("""
        public async IAsyncEnumerable<string> Run(string text)
        {
            var a = await client.GetResponseAsync(text);
            yield return a.Text;
            var b = await client.GetResponseAsync(text + "?");
            yield return b.Text;
        }
        """);

    [Fact]
    public Task Helpers_that_keep_a_conversation() => Desk.Silent("""
        private readonly List<ChatMessage> history = [];
        public async Task<string> Run(string text)
        {
            var a = await Ask(text);
            var b = await Ask(text + "?");
            return a + b;
        }
        private async Task<string> Ask(string text)
        {
            var messages = history;
            messages.Add(new(ChatRole.User, text));
            return (await client.GetResponseAsync(messages)).Text;
        }
        """);

    [Fact]
    public Task Helper_that_reads_what_the_first_answer_was_put_into() => Desk.Silent("""
        private string plan = "";
        public async Task<string> Run(string text)
        {
            plan = (await client.GetResponseAsync(text)).Text;
            var b = await Refine();
            return b;
        }
        private async Task<string> Refine() => (await client.GetResponseAsync(plan)).Text;
        """);

    [Fact]
    public Task Service_of_which_the_source_has_several() => Desk.Silent(
        """
        public async Task<string> Run(IStore store, string text)
        {
            var a = await Ask(store, text);
            var b = await Ask(store, text + "?");
            return a + b;
        }
        private async Task<string> Ask(IStore store, string text) { var known = await store.Keep(text); return (await client.GetResponseAsync(known)).Text; }
        """,
        """
        public interface IStore { Task<string> Keep(string text); }
        public class First : IStore { public Task<string> Keep(string text) => Task.FromResult(text); }
        public class Second : IStore { private string last = ""; public Task<string> Keep(string text) { var known = last; last = text; return Task.FromResult(known); } }
        """);

    [Fact]
    public Task Decorator_of_a_client() => Desk.Silent("", """
        using Microsoft.Extensions.AI;
        public class Voting(IChatClient inner) : DelegatingChatClient(inner)
        {
            public override async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellation = default)
            {
                var a = await InnerClient.GetResponseAsync("first", cancellationToken: cancellation);
                var b = await InnerClient.GetResponseAsync("second", cancellationToken: cancellation);
                return a.Text.Length > b.Text.Length ? a : b;
            }
        }
        """);

    /// <summary>Whether the second question goes on with the first is the agent's secret.</summary>
    [Fact]
    public Task Agent_that_may_keep_its_history() => Clerk(
        """
        public async Task<string> Run(AIAgent clerk, string text)
        {
            var a = await clerk.RunAsync(text);
            var b = await clerk.RunAsync(text);
            return a.Text + b.Text;
        }
        public async Task<List<string>> All(AIAgent clerk, IReadOnlyList<string> parts)
        {
            var all = new List<string>();
            foreach (var part in parts)
                all.Add((await clerk.RunAsync(part)).Text);
            return all;
        }
        public async Task<string> Through(AIAgent clerk, string text)
        {
            var a = await Ask(clerk, text);
            var b = await Ask(clerk, text);
            return a + b;
        }
        private static async Task<string> Ask(AIAgent clerk, string text) => (await clerk.RunAsync(text)).Text;
        """,
        "keeps-history").RunAsync();

    [Fact]
    public Task Agent_that_keeps_no_history() => Clerk(Pair("clerk"), "").ExpectPath(Info, Desk.PairMessage("'AIAgent.RunAsync'", "'AIAgent.RunAsync'"), 0, 1).RunAsync();

    [Fact]
    public Task Agents_that_may_keep_their_history_but_are_two() =>
        Clerk(Pair("second"), "keeps-history").ExpectPath(Info, Desk.PairMessage("'AIAgent.RunAsync'", "'AIAgent.RunAsync'"), 0, 1).RunAsync();

    private static RuleTest<AGL0602_SequentialIndependentCalls> Clerk(string members, string fact) =>
        Desk.In(members.Replace("AIAgent ", "Microsoft.Agents.AI.AIAgent ", StringComparison.Ordinal))
            .Declare("agent Microsoft.Agents.AI.AIAgent " + fact)
            .Reference(Library.AgentFramework);

    private static string Pair(string second) => $$"""
        public async Task<string> Run(AIAgent clerk, AIAgent second, string text)
        {
            var a = {|#1:await clerk.RunAsync(text)|};
            var b = {|#0:await {{second}}.RunAsync(text)|};
            return a.Text + b.Text;
        }
        """;

    [Fact]
    public Task Helpers_of_tests()
    {
        var test = Desk.In("""
            public async Task<string> Run(string text)
            {
                var a = await client.GetResponseAsync(text);
                var b = await client.GetResponseAsync(text);
                return a.Text + b.Text;
            }
            """).Reference(typeof(FactAttribute));
        foreach (var name in new[] { "First", "Second", "Third" })
            test.TestState.Sources.Add($"public class {name}Tests {{ [Xunit.Fact] public void Runs() {{ }} }}");
        return test.RunAsync();
    }

    [Fact]
    public Task Tests() => Desk.In("", """
        using Microsoft.Extensions.AI;
        public class DeskTests
        {
            [Xunit.Fact]
            public async Task Answers()
            {
                IChatClient client = null!;
                var a = await client.GetResponseAsync("a");
                var b = await client.GetResponseAsync("b");
                Xunit.Assert.NotEqual(a, b);
            }
        }
        """).Reference(typeof(FactAttribute), typeof(Assert)).RunAsync();
}
