using Xunit;
using static Microsoft.CodeAnalysis.DiagnosticSeverity;

namespace AgentLint.Tests.Rules.Coupling;

/// <summary>Which loops AGL0602 reports that wait in each iteration although no iteration needs another.</summary>
public sealed class AGL0602LoopTests
{
    private const string Model = "'IChatClient.GetResponseAsync'";

    [Theory]
    // Adding to a result, in any of its forms.
    [InlineData("""var all = new List<string>(); foreach (var part in parts) { var answer = {|#0:await client.GetResponseAsync(part)|}; all.Add(answer.Text); } return all;""")]
    [InlineData("""var all = new List<string>(); foreach (var part in parts) all.Add(({|#0:await client.GetResponseAsync(part)|}).Text); return all;""")]
    [InlineData("""var all = new Dictionary<string, string>(); foreach (var part in parts) { all[part] = ({|#0:await client.GetResponseAsync(part)|}).Text; } return all.Values;""")]
    [InlineData("""var all = new StringBuilder(); foreach (var part in parts) { all.AppendLine(({|#0:await client.GetResponseAsync(part)|}).Text); } return [all.ToString()];""")]
    [InlineData("""var all = new string[parts.Count]; for (var i = 0; i < parts.Count; i++) { all[i] = ({|#0:await client.GetResponseAsync(parts[i])|}).Text; } return all;""")]
    [InlineData("""var all = new ConcurrentBag<string>(); foreach (var part in parts) { all.Add(({|#0:await client.GetResponseAsync(part)|}).Text); } return all;""")]
    [InlineData("""var all = new Queue<string>(); foreach (var part in parts) { all.Enqueue(({|#0:await client.GetResponseAsync(part)|}).Text); } return all;""")]
    [InlineData("""var all = new Stack<string>(); foreach (var part in parts) { all.Push(({|#0:await client.GetResponseAsync(part)|}).Text); } return all;""")]
    [InlineData("""var all = new List<string>(); foreach (var part in parts) { all.Insert(0, ({|#0:await client.GetResponseAsync(part)|}).Text); } return all;""")]
    [InlineData("""var all = new HashSet<string>(); foreach (var part in parts) { all.UnionWith((({|#0:await client.GetResponseAsync(part)|}).Text).Split(' ')); } return all;""")]
    [InlineData("""var all = new ConcurrentDictionary<string, string>(); foreach (var part in parts) { all.TryAdd(part, ({|#0:await client.GetResponseAsync(part)|}).Text); } return all.Values;""")]
    [InlineData("""var all = new HashSet<string>(); foreach (var part in parts) { _ = all.Add(({|#0:await client.GetResponseAsync(part)|}).Text); } return all;""")]
    [InlineData("""List<string>? all = parts.Count == 0 ? null : []; foreach (var part in parts) { var answer = {|#0:await client.GetResponseAsync(part)|}; all?.Add(answer.Text); } return all ?? [];""")]
    [InlineData("""var all = new List<string>(); foreach (var part in parts) { AddDeeper(all, ({|#0:await client.GetResponseAsync(part)|}).Text); } return all;""")]
    [InlineData("""var all = new string[parts.Count, 2]; for (var i = 0; i < parts.Count; i++) { all[i, 0] = ({|#0:await client.GetResponseAsync(parts[i])|}).Text; all[i, 1] = all[i, 0]; } return [all[0, 1]];""")]
    // The item's own slot, counters, flags.
    [InlineData("""foreach (var note in notes) { note.Summary = ({|#0:await client.GetResponseAsync(note.Text)|}).Text; } return [];""")]
    [InlineData("""for (int i = 0; i < notes.Count; ++i) { var note = notes[i]; note.Summary = ({|#0:await client.GetResponseAsync(note.Text)|}).Text; } return [];""")]
    [InlineData("""var done = 0; var length = 0; var any = false; foreach (var note in notes) { note.Summary = ({|#0:await client.GetResponseAsync(note.Text)|}).Text; done++; length += note.Summary.Length; any = true; } return [done + length + any.ToString()];""")]
    // Guards, failures that are noted, a conversation of the iteration's own.
    [InlineData("""var all = new List<string>(); foreach (var part in parts) { if (part == "") continue; try { all.Add(({|#0:await client.GetResponseAsync(part)|}).Text); } catch (HttpRequestException e) { logger.LogWarning(e, "No answer for {Part}", part); AddPlaceholder(all, part); } } return all;""")]
    [InlineData("""var all = new List<string>(); foreach (var part in parts) { var history = new List<ChatMessage> { new(ChatRole.User, part) }; var answer = {|#0:await client.GetResponseAsync(history)|}; history.AddMessages(answer); all.Add(history[^1].Text); } return all;""")]
    // A wait that a failure causes is no pace.
    [InlineData("""var all = new List<string>(); foreach (var part in parts) { try { all.Add(({|#0:await client.GetResponseAsync(part)|}).Text); } catch (HttpRequestException) { await Task.Delay(200); } } return all;""")]
    // A fan-out in each iteration.
    [InlineData("""var all = new List<string>(); foreach (var part in parts) { var a = client.GetResponseAsync(part); var b = other.GetResponseAsync(part); {|#0:await Task.WhenAll(a, b)|}; all.Add((await a).Text + (await b).Text); } return all;""")]
    // A batch of lines is added one by one.
    [InlineData("""var all = new List<string>(); foreach (var part in parts) { var answer = {|#0:await client.GetResponseAsync(part)|}; foreach (var line in answer.Text.Split('\n')) { all.Add(line.Trim()); } } return all;""")]
    public Task Loop_whose_iterations_need_nothing_of_each_other(string body) => Desk.Loop(In(body), Desk.LoopMessage(Model));

    [Fact]
    public Task Loop_that_calls_a_helper() => Desk.Loop(
        In("""foreach (var note in notes) { {|#0:await Summarise(note)|}; } return [];"""),
        Desk.LoopMessage("'Desk.Summarise' (Desk.Summarise → IChatClient.GetResponseAsync)"));

    [Fact]
    public Task Helper_that_tries_again_keeps_no_pace() => Desk.Loop(
        In("""var all = new List<string>(); foreach (var part in parts) { all.Add({|#0:await Stubborn(part)|}); } return all;"""),
        Desk.LoopMessage("'Desk.Stubborn' (Desk.Stubborn → IChatClient.GetResponseAsync)"));

    [Fact]
    public Task Prompts_that_are_posted_without_an_SDK() => Desk.Loop(
        In("""
            var pictures = new List<string>();
            foreach (var note in notes)
                try { pictures.Add({|#0:await Draw(note.Text)|}); }
                catch (HttpRequestException) { AddPlaceholder(pictures, note.Text); }
            return pictures;
            """),
        Desk.LoopMessage("'Desk.Draw' (Desk.Draw → HttpClient.PostAsync)"));

    [Fact]
    public Task Chats_that_are_posted_without_an_SDK() => Desk.Loop(
        In("""var all = new List<string>(); foreach (var part in parts) { all.Add(await Chat({|#0:await http.PostAsJsonAsync("/chat", new { model = "m", messages = new[] { part } })|})); } return all;"""),
        Desk.LoopMessage("'HttpClient.PostAsJsonAsync'"));

    [Fact]
    public Task Token_that_is_fetched_for_a_prompt_is_none() => Desk.Loop(
        In("""var all = new List<string>(); foreach (var part in parts) { all.Add({|#0:await Paint(part)|}); } return all;""") + """
            private async Task<string> Paint(string part)
            {
                var token = await http.GetStringAsync("/token");
                var request = new HttpRequestMessage(HttpMethod.Post, "/images") { Content = JsonContent.Create(new { prompt = part, n = 1, size = "small" }) };
                request.Headers.Add("Token", token);
                return await (await http.SendAsync(request)).Content.ReadAsStringAsync();
            }
            """,
        Desk.LoopMessage("'Desk.Paint' (Desk.Paint → HttpClient.SendAsync)"));

    [Fact]
    public Task Messages_to_agents_that_are_posted_without_an_SDK() => Desk.In(
        In("""
            var all = new List<string>();
            foreach (var part in parts)
            {
                var letter = new Contoso.Letter(part);
                var stock = Stock(letter);
                var price = Price(letter);
                {|#0:await Task.WhenAll(stock, price)|};
                all.Add(await stock + await price);
            }
            return all;
            """) + """
            private Task<string> Stock(Contoso.Letter letter) => Send("/stock", letter.Text);
            private Task<string> Price(Contoso.Letter letter) => Send("/price", letter.Text);
            private async Task<string> Send(string path, string text) => await (await http.PostAsJsonAsync(path, text)).Content.ReadAsStringAsync();
            """,
        "namespace Contoso { public record Letter(string Text); }")
        .Declare("agent-message Contoso.Letter")
        .Expect(Info, Desk.LoopMessage("'Desk.Stock' (Desk.Stock → Desk.Send → HttpClient.PostAsJsonAsync)"))
        .RunAsync();

    [Theory]
    // Carried from one iteration to the next.
    [InlineData("""var last = ""; foreach (var part in parts) { last = (await client.GetResponseAsync(last + part)).Text; } return [last];""")]
    [InlineData("""var last = ""; foreach (var part in parts) { var answer = await client.GetResponseAsync(part); if (answer.Text.Length > last.Length) last = answer.Text; } return [last];""")]
    [InlineData("""var all = new List<string>(); foreach (var part in parts) { var answer = await client.GetResponseAsync(string.Join(' ', all) + part); all.Add(answer.Text); } return all;""")]
    [InlineData("""var all = new List<string>(); foreach (var part in parts) { var answer = await client.GetResponseAsync(part); if (all.Contains(answer.Text)) continue; all.Add(answer.Text); } return all;""")]
    [InlineData("""var history = new List<ChatMessage>(); foreach (var part in parts) { history.Add(new(ChatRole.User, part)); history.AddMessages(await client.GetResponseAsync(history)); } return [];""")]
    [InlineData("""var history = new List<ChatMessage>(); foreach (var part in parts) { var answer = await client.GetResponseAsync(history); said.Add(answer.Text); } return [];""")]
    [InlineData("""var options = new ChatOptions(); foreach (var part in parts) { options.Instructions = part; await Keep((await client.GetResponseAsync("go", options)).Text); } return [];""")]
    [InlineData("""foreach (var part in parts) { latest = (await client.GetResponseAsync(part)).Text; } return [];""")]
    [InlineData("""foreach (var part in parts) { await Remember(part); } return [];""")]
    [InlineData("""var all = new List<string>(); foreach (var part in parts) { AddIfNew(all, (await client.GetResponseAsync(part)).Text); } return all;""")]
    [InlineData("""var all = new List<string>(); foreach (var part in parts) { AddFar(all, (await client.GetResponseAsync(part)).Text); } return all;""")]
    [InlineData("""var all = new HashSet<string>(); foreach (var part in parts) { if (!all.Add((await client.GetResponseAsync(part)).Text)) continue; said.Add(part); } return all;""")]
    [InlineData("""var all = new List<string>(); var any = false; foreach (var part in parts) { var before = any; any = true; all.Add((await client.GetResponseAsync(part + before)).Text); } return all;""")]
    [InlineData("""var all = new List<string>(); var n = 0; foreach (var part in parts) { n++; var m = 1; m += n; all.Add((await client.GetResponseAsync(part + m)).Text); } return all;""")]
    [InlineData("""var all = new List<string>(); var n = 0; foreach (var part in parts) { all.Add((await client.GetResponseAsync(part + n++)).Text); } return all;""")]
    [InlineData("""var all = new string[parts.Count]; for (var i = 1; i < parts.Count; i++) { all[i] = (await client.GetResponseAsync(parts[i] + all[i - 1])).Text; } return all;""")]
    [InlineData("""var all = new Dictionary<string, string>(); foreach (var part in parts) { all[part] = (await client.GetResponseAsync(part + all.Count)).Text; } return all.Values;""")]
    [InlineData("""for (var i = 0; i < notes.Count; i++) { var note = notes[0]; note.Summary = (await client.GetResponseAsync(note.Text + i)).Text; } return [];""")]
    [InlineData("""var all = new Stack<string>(); foreach (var part in parts) { all.Push((await client.GetResponseAsync(part + all.Peek())).Text); } return all;""")]
    // Ended by an answer.
    [InlineData("""foreach (var part in parts) { var answer = await client.GetResponseAsync(part); if (answer.Text == "stop") break; } return [];""")]
    [InlineData("""foreach (var part in parts) { var answer = await client.GetResponseAsync(part); if (answer.Text != "") return [answer.Text]; } return [];""")]
    // At a pace, or through a gate.
    [InlineData("""var all = new List<string>(); foreach (var part in parts) { all.Add((await client.GetResponseAsync(part)).Text); await Task.Delay(500); } return all;""")]
    [InlineData("""var all = new List<string>(); foreach (var part in parts) { await gate.WaitAsync(); all.Add((await client.GetResponseAsync(part)).Text); gate.Release(); } return all;""")]
    [InlineData("""var all = new List<string>(); foreach (var part in parts) { await Pause(); all.Add((await client.GetResponseAsync(part)).Text); } return all;""")]
    // What others can see.
    [InlineData("""foreach (var part in parts) { Console.WriteLine(part); var answer = await client.GetResponseAsync(part); Console.WriteLine(answer.Text); } return [];""")]
    [InlineData("""foreach (var part in parts) { var answer = await client.GetResponseAsync(part); await File.AppendAllTextAsync("log", answer.Text); } return [];""")]
    [InlineData("""foreach (var part in parts) { var answer = await client.GetResponseAsync(part); onStep(answer.Text); } return [];""")]
    [InlineData("""foreach (var part in parts) { var answer = await client.GetResponseAsync(part); progress.Report(answer.Text); } return [];""")]
    [InlineData("""var all = new List<string>(); foreach (var part in parts) { all.Add(await Post(part)); } return all;""")]
    [InlineData("""var all = new List<string>(); foreach (var part in parts) { all.Add(await Chat(await http.PostAsJsonAsync("/sms", new { to = part, messages = "!" }))); } return all;""")]
    // Nobody uses the answer; nothing is waited for; the loop is not over a collection.
    [InlineData("""foreach (var part in parts) { await client.GetResponseAsync(part); } return [];""")]
    [InlineData("""var running = new List<Task<ChatResponse>>(); foreach (var part in parts) { running.Add(client.GetResponseAsync(part)); } await Task.WhenAll(running); return [];""")]
    [InlineData("""var all = new List<string>(); for (var attempt = 0; attempt < 3; attempt++) { all.Add((await client.GetResponseAsync("again")).Text); } return all;""")]
    [InlineData("""var all = new List<string>(); while (all.Count < 3) { all.Add((await client.GetResponseAsync("again")).Text); } return all;""")]
    [InlineData("""var all = new List<string>(); await foreach (var part in stream) { all.Add((await client.GetResponseAsync(part)).Text); } return all;""")]
    [InlineData("""var all = new ConcurrentBag<string>(); await Parallel.ForEachAsync(parts, async (part, _) => { all.Add((await client.GetResponseAsync(part)).Text); }); return all;""")]
    [InlineData("""foreach (var word in (await client.GetResponseAsync("words")).Text.Split(' ')) { await Task.Yield(); said.Add(word); } return [];""")]
    public Task Nothing_is_reported_in(string body) => Desk.Silent(In(body));

    [Fact]
    public Task Answers_that_are_handed_out_one_by_one() => Desk.Silent("""
        public async IAsyncEnumerable<string> Run(IReadOnlyList<string> parts)
        {
            foreach (var part in parts)
                yield return (await client.GetResponseAsync(part)).Text;
        }
        """);

    [Fact]
    public Task Generator_that_has_no_batch_of_its_own() => Desk.Silent("", """
        using Microsoft.Extensions.AI;
        public class Local(HttpClient http) : IEmbeddingGenerator<string, Embedding<float>>
        {
            public async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellation = default)
            {
                var all = new GeneratedEmbeddings<Embedding<float>>();
                foreach (var value in values)
                    all.Add(await this.GenerateAsync(value, options, cancellation));
                return all;
            }
            public object? GetService(Type type, object? key = null) => http;
            public void Dispose() { }
        }
        """);

    [Fact]
    public Task Batch_form_of_a_call() => Desk.Silent("""
        private readonly HttpClient http = new();
        public async Task<string> Embed(string text) => await (await http.PostAsJsonAsync("/api/embeddings", new { Model = "m", Prompt = text })).Content.ReadAsStringAsync();
        public async Task<string[]> Embed(IReadOnlyList<string> texts)
        {
            var all = new string[texts.Count];
            for (var i = 0; i < texts.Count; i++)
                all[i] = await Embed(texts[i]);
            return all;
        }
        """);

    private static string In(string body) => $$"""
        private readonly List<string> said = [];
        private readonly SemaphoreSlim gate = new(1);
        private readonly HttpClient http = new();
        private string latest = "";
        public async Task<IEnumerable<string>> Run(IReadOnlyList<string> parts, List<Note> notes, IAsyncEnumerable<string> stream, Action<string> onStep, IProgress<string> progress)
        {
            {{body}}
        }
        public string Latest => latest;
        private static void AddPlaceholder(List<string> all, string part) => all.Add("?" + part);
        private static void AddIfNew(List<string> all, string part) { if (!all.Contains(part)) all.Add(part); }
        private static void AddDeeper(List<string> all, string part) => AddDeep(all, part);
        private static void AddDeep(List<string> all, string part) => AddPlaceholder(all, part);
        private static void AddFar(List<string> all, string part) => AddDeeper(all, part);
        private async Task Summarise(Note note) { var answer = await client.GetResponseAsync(note.Text); note.Summary = answer.Text; }
        private async Task<string> Remember(string text) { said.Add(text); return (await client.GetResponseAsync(text)).Text; }
        private async Task<string> Draw(string prompt)
        {
            var request = new { prompt, n = 1 };
            using var content = new StringContent(System.Text.Json.JsonSerializer.Serialize(request));
            using var response = await http.PostAsync("/images", content);
            return await response.Content.ReadAsStringAsync();
        }
        private async Task<string> Post(string text) => await (await http.PostAsync("/notes", new StringContent(text))).Content.ReadAsStringAsync();
        private static Task<string> Chat(HttpResponseMessage response) => response.Content.ReadAsStringAsync();
        private static Task Pause() => Task.Delay(200);
        private static Task Keep(string text) => Task.FromResult(text);
        private async Task<string> Stubborn(string part)
        {
            while (true)
                try { return (await client.GetResponseAsync(part)).Text; }
                catch (HttpRequestException) { await Task.Delay(200); }
        }
        """;
}
