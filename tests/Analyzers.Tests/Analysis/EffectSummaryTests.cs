using AgentLint.Analysis;
using AgentLint.Catalogue;
using Microsoft.CodeAnalysis;
using Xunit;

namespace AgentLint.Tests.Analysis;

/// <summary>What a method reaches, by which path, and how far the search goes.</summary>
public sealed class EffectSummaryTests
{
    private const string Layers = """
        class Desk
        {
            readonly HttpClient http = new();
            public async Task Plan() { {|plan:await Draft()|}; }
            async Task Draft() => {|draft:await Send("a")|};
            Task<string> Send(string text) => {|send:http.GetStringAsync(text)|};
        }
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void Witness_names_the_chain_and_where_its_calls_stand()
    {
        var code = Compiled.From(Layers);

        var witness = code.Summaries.Of(code.Method("Plan"), 8, Cancellation).First(entry => entry.Role == CatalogueRole.HttpCall)!.Witness;

        Assert.Equal("Desk.Draft → Desk.Send → HttpClient.GetStringAsync", witness.Describe());
        Assert.Equal("Desk.Plan → Desk.Draft → Desk.Send → HttpClient.GetStringAsync", witness.Describe(code.Method("Plan")));
        Assert.Equal("GetStringAsync", witness.Target.Name);
        Assert.Equal(["Draft()", "Send(\"a\")", "http.GetStringAsync(text)"], witness.Locations.Select(l => l.SourceTree!.GetText(Cancellation).ToString(l.SourceSpan)));
        Assert.Equal(code.Node("send").GetLocation(), witness.Locations.Last());
    }

    [Fact]
    public void Operation_reaches_what_its_own_calls_reach()
    {
        var code = Compiled.From(Layers);

        Assert.Equal(["Desk.Draft → Desk.Send → HttpClient.GetStringAsync"], Compiled.Paths(code.Summaries.Of(code.Operation("plan"), 8, Cancellation)));
        Assert.Equal(["HttpClient.GetStringAsync"], Compiled.Paths(code.Summaries.Of(code.Operation("send"), 8, Cancellation)));
    }

    [Fact]
    public void Shortest_chain_wins_whatever_comes_first_in_the_text() =>
        Assert.Equal(["Desk.Near → HttpClient.GetStringAsync"], Compiled.From("""
            class Desk
            {
                Task Root() { Far(); return Near(); }
                Task Far() => Middle();
                Task Middle() => new HttpClient().GetStringAsync("/");
                Task Near() => new HttpClient().GetStringAsync("/");
            }
            """).Paths("Root"));

    [Fact]
    public void First_of_equally_long_chains_is_the_first_in_the_text() =>
        Assert.Equal(["Desk.Second → HttpClient.GetStringAsync"], Compiled.From("""
            class Desk
            {
                Task First() => new HttpClient().GetStringAsync("/");
                Task Second() => new HttpClient().GetStringAsync("/");
                void Root() { Second(); First(); }
            }
            """).Paths("Root"));

    [Fact]
    public void Effects_are_nearest_first_and_then_in_the_order_of_the_text() =>
        Assert.Equal(
            ["HttpClient.GetAsync", "HttpClient.PostAsync", "Desk.Deeper → HttpClient.DeleteAsync", "Desk.Deeper → Desk.Deepest → HttpClient.PutAsync"],
            Compiled.From("""
                class Desk
                {
                    readonly HttpClient http = new();
                    async Task Root() { await Deeper(); await http.GetAsync("/"); await http.PostAsync("/", null); await http.GetAsync("/again"); }
                    async Task Deeper() { await Deepest(); await http.DeleteAsync("/"); await http.GetAsync("/"); }
                    async Task Deepest() => await http.PutAsync("/", null);
                }
                """).Paths("Root"));

    [Fact]
    public void All_that_the_catalogue_says_of_a_call_is_an_effect()
    {
        var code = Compiled.From("class Desk { Task Root(HttpClient http) => http.PostAsync(\"/\", null); }");

        var summary = code.Summaries.Of(code.Method("Root"), 8, Cancellation);

        Assert.Contains(summary.Effects, e => e.Entry.Role == CatalogueRole.HttpCall);
        Assert.Equal("non-idempotent", summary.First(e => e.Role == CatalogueRole.Effect)!.Entry["class"]);
        Assert.Null(summary.First(e => e.Role == CatalogueRole.ModelCall));
    }

    [Fact]
    public void Properties_of_the_catalogue_are_reached_through_their_accessors()
    {
        var code = Compiled.From("class Desk { int Root(Task<int> t) => t.Result; }");

        Assert.Equal("Task.Result", code.Summaries.Of(code.Method("Root"), 8, Cancellation).First(e => e.Role == CatalogueRole.BlockingWait)!.Witness.Describe());
    }

    [Fact]
    public void Nothing_is_followed_below_a_remote_call() =>
        Assert.Equal(["IChatClient.GetResponseAsync"], Compiled.From("""
            class Desk { Task Root(IChatClient client) => client.GetResponseAsync([]); }
            class Client(HttpClient http) : IChatClient
            {
                public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options, CancellationToken stop) =>
                    new(new ChatMessage(ChatRole.User, await http.GetStringAsync("/", stop)));
                public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options, CancellationToken stop) => throw new NotSupportedException();
                public object? GetService(Type type, object? key) => null;
                public void Dispose() { }
            }
            """).Paths("Desk.Root"));

    [Fact]
    public void Own_body_of_a_remote_call_is_read_when_it_is_asked_about() =>
        Assert.Equal(["HttpClient.GetStringAsync"], Compiled.With("agent-call N.Bot.Ask", "namespace N { class Bot { public Task Ask() => new HttpClient().GetStringAsync(\"/\"); } }").Paths("Bot.Ask"));

    [Theory]
    [InlineData("void Root() => Root();")]
    [InlineData("void Root() => Other(); void Other() => Root();")]
    [InlineData("void Root() { Root(); Other(); } void Other() { Root(); Other(); }")]
    [InlineData("void Root() => Local<int>(); void Local<T>() => Local<List<T>>();")]
    [InlineData("void Root() { Local<int>(); void Local<T>() => Local<List<T>>(); }")]
    public void Recursion_ends_and_finds_nothing(string members)
    {
        var code = Compiled.From($"class Desk {{ {members} }}");

        Assert.Empty(code.Summaries.Of(code.Method("Root"), 8, Cancellation).Effects);
    }

    [Fact]
    public void Recursion_is_no_cut()
    {
        var code = Compiled.From("class Desk { void Root() => Other(); void Other() => Root(); }");

        Assert.False(code.Summaries.Of(code.Method("Root"), 1, Cancellation).IsCut);
    }

    [Fact]
    public void Recursion_does_not_hide_what_it_reaches() =>
        Assert.Equal(["Desk.Other → HttpClient.GetStringAsync"], Compiled.From(
            "class Desk { void Root(int n) { Root(n - 1); Other(n); } void Other(int n) { Root(n); new HttpClient().GetStringAsync(\"/\"); } }").Paths("Root"));

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, false)]
    [InlineData(2, true)]
    [InlineData(8, true)]
    public void Depth_is_how_many_calls_are_followed(int depth, bool reaches)
    {
        var code = Compiled.From(Layers);

        var summary = code.Summaries.Of(code.Method("Plan"), depth, Cancellation);

        Assert.Equal(reaches, summary.First(e => e.IsRemoteCall()) != null);
        Assert.Equal(!reaches, summary.IsCut);
    }

    [Fact]
    public void Search_that_saw_everything_is_no_cut()
    {
        var code = Compiled.From("class Desk { void Root() => One(); void One() => Two(); void Two() { } }");

        Assert.False(code.Summaries.Of(code.Method("Root"), 1, Cancellation).IsCut);
        Assert.False(code.Summaries.Of(code.Method("Root"), 8, Cancellation).IsCut);
    }

    [Fact]
    public void Work_is_bounded()
    {
        var many = string.Join('\n', Enumerable.Range(0, 4000).Select(i => $"void M{i}() => Console.WriteLine();"));
        var calls = string.Join('\n', Enumerable.Range(0, 4000).Select(i => $"M{i}();"));
        var code = Compiled.From($$"""
            class Desk
            {
                void First() { {{calls}} Last(); }
                void Second() { Last(); {{calls}} }
                Task Last() => new HttpClient().GetStringAsync("/");
                {{many}}
            }
            """);

        var first = code.Summaries.Of(code.Method("First"), 8, Cancellation);
        var second = code.Summaries.Of(code.Method("Second"), 8, Cancellation);

        Assert.Empty(Compiled.Paths(first));
        Assert.Equal(["Desk.Last → HttpClient.GetStringAsync"], Compiled.Paths(second));
        Assert.True(first.IsCut && second.IsCut);
    }

    [Fact]
    public void Order_of_questions_changes_nothing()
    {
        var names = Enumerable.Range(0, 60).Select(i => $"M{i}").ToList();
        var source = Tangle(names);
        var expected = Ask(Compiled.From(source), names, depth: 3);

        Assert.Equal(expected, Ask(Compiled.From(source), names.AsEnumerable().Reverse(), depth: 3));
        Assert.Equal(expected, Ask(Compiled.From(source), names.OrderBy(n => n.GetHashCode(StringComparison.Ordinal)), depth: 3));
        Assert.Contains(expected.Values, text => text.StartsWith("cut", StringComparison.Ordinal));
        Assert.Contains(expected.Values, text => text.Contains("HttpClient", StringComparison.Ordinal));
        Assert.Contains("whole ", expected.Values);
    }

    [Fact]
    public void Deeper_question_before_changes_nothing()
    {
        const string Source = "class Desk { void A() => B(); void B() => C(); void C() => D(); void D() => E(); void E() { } }";
        var asked = Compiled.From(Source);
        foreach (var name in new[] { "E", "D", "C", "B" })
            asked.Summaries.Of(asked.Method(name), 8, Cancellation);
        var fresh = Compiled.From(Source);

        Assert.Equal(Print(fresh.Summaries.Of(fresh.Method("A"), 2, Cancellation)), Print(asked.Summaries.Of(asked.Method("A"), 2, Cancellation)));
    }

    [Fact]
    public async Task Questions_at_once_change_nothing()
    {
        var names = Enumerable.Range(0, 60).Select(i => $"M{i}").ToList();
        var source = Tangle(names);
        var expected = Ask(Compiled.From(source), names, depth: 3);
        var shared = Compiled.From(source);

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(start => Task.Run(() => Ask(shared, names.Skip(start * 10).Concat(names.Take(start * 10)), depth: 3))));

        Assert.All(answers, answer => Assert.Equal(expected, answer));
    }

    [Fact]
    public void Answer_is_made_once()
    {
        var code = Compiled.From(Layers);

        Assert.Same(code.Summaries.Of(code.Method("Plan"), 8, Cancellation), code.Summaries.Of(code.Method("Plan"), 8, Cancellation));
        Assert.NotSame(code.Summaries.Of(code.Method("Plan"), 8, Cancellation), code.Summaries.Of(code.Method("Plan"), 1, Cancellation));
    }

    [Fact]
    public void Cancelled_question_leaves_nothing_behind()
    {
        var code = Compiled.From(Layers);
        var expected = Print(Compiled.From(Layers) is var other ? other.Summaries.Of(other.Method("Plan"), 8, Cancellation) : null!);
        var cancelled = new CancellationToken(canceled: true);

        Assert.ThrowsAny<OperationCanceledException>(() => code.Summaries.Of(code.Method("Plan"), 8, cancelled));
        Assert.ThrowsAny<OperationCanceledException>(() => code.Summaries.Of(code.Operation("plan"), 8, cancelled));

        Assert.Equal(expected, Print(code.Summaries.Of(code.Method("Plan"), 8, Cancellation)));
    }

    [Theory]
    [InlineData("class Desk { async Task Root() { await new HttpClient().GetStringAsync(\"/\"); Missing(); } }")]
    [InlineData("class Desk { async Task Root() { await new HttpClient().GetStringAsync(\"/\"); ")]
    [InlineData("class Desk : Unknown { Unknown.Type field = new Unknown(); async Task Root(Unknown u) { u.Call(); await new HttpClient().GetStringAsync(\"/\"); } }")]
    [InlineData("interface I { void M(); } class Desk : I { async Task Root(I i) { i.M(); await new HttpClient().GetStringAsync(\"/\"); } }")]
    public void Code_that_does_not_compile_is_read_as_far_as_it_goes(string source) =>
        Assert.Contains("HttpClient.GetStringAsync", Compiled.Broken(source).Paths("Root"));

    [Fact]
    public void Call_that_the_compiler_cannot_resolve_is_unknown() =>
        Assert.Empty(Compiled.Broken("class Desk { Task Root() => new HttpClient().GetStringAsync(nope); }").Paths("Root"));

    // Every method calls some others, in cycles; a few reach the network, and a part of them nothing at all.
    private static string Tangle(List<string> names) => $$"""
        class Desk
        {
            readonly HttpClient http = new();
            {{string.Join('\n', names.Select((name, i) => $"void {name}() {{ {Callee(i)} }}"))}}
        }
        """;

    private static string Callee(int i) => i switch
    {
        < 20 => $"M{(i + 1) % 20}(); M{(i * 7) % 20}();",
        45 => "http.GetStringAsync(\"/\"); M20();",
        57 => "http.PostAsync(\"/\", null);",
        59 => "",
        _ => $"M{i % 20}(); M{20 + ((i * 3) % 40)}(); M{20 + ((i + 1) % 40)}();",
    };

    private static SortedDictionary<string, string> Ask(Compiled code, IEnumerable<string> names, int depth) =>
        new(names.ToDictionary(name => name, name => Print(code.Summaries.Of(code.Method(name), depth, Cancellation))), StringComparer.Ordinal);

    private static string Print(EffectSummary summary) =>
        (summary.IsCut ? "cut " : "whole ") + string.Join("; ", summary.Effects.Select(e => $"{e.Entry}: {e.Witness.Describe()}"));
}
