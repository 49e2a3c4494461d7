using AgentLint.Rules.Loops;
using Xunit;
using static Microsoft.CodeAnalysis.DiagnosticSeverity;

namespace AgentLint.Tests.Rules.Loops;

/// <summary>Conversations that only get longer are reported where they grow.</summary>
public sealed class AGL0904Tests
{
    private const string Read = "var input = Console.ReadLine();";
    private const string Grow = "messages.Add(new ChatMessage(ChatRole.User, input));";
    private const string Ask = "var answer = await chat.GetResponseAsync(messages);";
    private const string Reported = "{|#0:messages.Add|}(new ChatMessage(ChatRole.User, input));";

    // ---- Loops: reported ---------------------------------------------------------------------------------------------------

    [Fact]
    public Task Loop_that_waits_for_somebody() => new RuleTest<AGL0904_UnboundedHistory>(InLoop($$"""
        while (true)
        {
            {{Read}}
            {{Reported}}
            var answer = await {|#1:chat.GetResponseAsync(messages)|};
            messages.AddMessages(answer);
        }
        """)).ExpectPath(Info, Grows("messages", "turn", "Desk.ChatAsync", "ChatClientExtensions.GetResponseAsync"), 0, 1).RunAsync();

    [Theory]
    [InlineData("while (!token.IsCancellationRequested)")]
    [InlineData("for (;;)")]
    public Task Loop_that_is_ended_from_outside(string head) => Loop($$"""
        {{head}}
        {
            var input = Next();
            {{Reported}}
            {{Ask}}
        }
        """, "turn").RunAsync();

    [Fact]
    public Task Loop_over_what_arrives() => Loop($$"""
        while (true)
        {
            var input = await inbox.ReadAsync();
            {{Reported}}
            {{Ask}}
        }
        """, "turn").RunAsync();

    [Theory]
    [InlineData("{|#0:messages.Insert|}(0, new ChatMessage(ChatRole.User, input));")]
    [InlineData("{|#0:messages.AddRange|}([new ChatMessage(ChatRole.User, input)]);")]
    public Task Other_ways_to_grow(string grow) => Loop(Turn(grow, Ask, Read), "turn").RunAsync();

    [Theory]
    [InlineData("await chat.GetResponseAsync([new(ChatRole.System, \"Be brief.\"), .. messages]);")]
    [InlineData("await chat.GetResponseAsync(messages.Append(new(ChatRole.System, \"Be brief.\")));")]
    [InlineData("await chat.GetResponseAsync(messages.ToList());")]
    [InlineData("await foreach (var part in chat.GetStreamingResponseAsync(messages)) Console.Write(part);", "ChatClientExtensions.GetStreamingResponseAsync")]
    public Task Other_ways_to_send_all_of_it(string ask, string? call = null) => new RuleTest<AGL0904_UnboundedHistory>(InLoop(Turn(Reported, ask, Read)))
        .Expect(Info, Grows("messages", "turn", "Desk.ChatAsync", call ?? "ChatClientExtensions.GetResponseAsync")).RunAsync();

    [Theory]
    [InlineData("if (messages.Count == 0) Console.WriteLine();")]
    [InlineData("Console.WriteLine($\"{messages.Count} messages\");")]
    [InlineData("for (var i = 0; i < messages.Count; i++) Console.WriteLine(messages[i].Text);")]
    [InlineData("foreach (var message in messages) Console.WriteLine(message.Text);")]
    [InlineData("Console.WriteLine(messages[^1].Text);")]
    [InlineData("Console.WriteLine(messages.Last().Text);")]
    [InlineData("Console.WriteLine(string.Join('\\n', messages.Select(message => message.Text)));")]
    [InlineData("Console.WriteLine(System.Text.Json.JsonSerializer.Serialize(messages));")]
    [InlineData("Show(messages);")]
    [InlineData("var copy = new List<ChatMessage>(messages); copy.Clear();")]
    [InlineData("n++;")]
    public Task What_only_reads_it(string statement) => Loop(Turn(Reported, Ask + statement, Read), "turn").RunAsync();

    // ---- Loops: silent -----------------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("messages.Clear();")]
    [InlineData("messages.RemoveAt(0);")]
    [InlineData("messages.RemoveRange(0, 2);")]
    [InlineData("messages.RemoveAll(message => message.Role == ChatRole.Tool);")]
    [InlineData("messages[0] = new(ChatRole.System, input);")]
    [InlineData("messages = [];")]
    [InlineData("messages = messages.TakeLast(20).ToList();")]
    [InlineData("messages = [.. await reducer.ReduceAsync(messages, token)];")]
    [InlineData("if (messages.Count > 20) return;")]
    [InlineData("if (20 <= messages.Count - 1) return;")]
    [InlineData("var size = messages.Count; if (size > 20) return;")]
    [InlineData("if (messages.Sum(message => message.Text.Length) > 1000) return;")]
    [InlineData("if (Tokens(messages) > 1000) return;")]
    [InlineData("Trim(messages);")]
    [InlineData("keeper.Keep(messages);")]
    [InlineData("shorten(messages);")]
    [InlineData("var same = messages; same.Clear();")]
    [InlineData("var request = new Request { Messages = messages }; request.Messages.Clear();")]
    [InlineData("Swap(ref messages);")]
    [InlineData("Action reset = () => messages = []; reset();")]
    public Task What_may_shorten_it(string statement) => new RuleTest<AGL0904_UnboundedHistory>(InLoop(Turn(Grow, Ask + statement, Read))).RunAsync();

    [Theory]
    [InlineData("await chat.GetResponseAsync(messages.TakeLast(20));")]
    [InlineData("await chat.GetResponseAsync(messages.Where(message => message.Role != ChatRole.Tool));")]
    [InlineData("await chat.GetResponseAsync([.. messages.Skip(1)]);")]
    [InlineData("await chat.GetResponseAsync(messages.GetRange(0, 1));")]
    [InlineData("await chat.GetResponseAsync(input);")]
    [InlineData("await chat.GetResponseAsync(messages[0]);")]
    [InlineData("Console.WriteLine(messages.Last().Text);")]
    public Task What_is_not_sent_whole(string ask) => new RuleTest<AGL0904_UnboundedHistory>(InLoop(Turn(Grow, ask, Read))).RunAsync();

    [Theory]
    [InlineData("for (var i = 0; i < 10; i++)")]
    [InlineData("foreach (var item in items)")]
    [InlineData("while (n++ < 10)")]
    [InlineData("while (DateTime.UtcNow < until)")]
    public Task Loop_that_ends(string head) => new RuleTest<AGL0904_UnboundedHistory>(InLoop(head + "{" + Read + Grow + Ask + "}")).RunAsync();

    [Theory]
    [InlineData("if (n++ == 10) break;")]
    [InlineData("++n; if (n >= 10) break;")]
    [InlineData("n--; if (n <= -10) break;")]
    [InlineData("--n; if (-10 > n) break;")]
    [InlineData("n += 1; if (n == 10) return;")]
    [InlineData("n -= 1; if (n < -10) return;")]
    [InlineData("n = n + 1; if (10 < n) return;")]
    [InlineData("n = 1 + n; if (n != 10) continue; return;")]
    [InlineData("Turns.Count++; if (Turns.Count > 10) return;")]
    [InlineData("if (DateTime.UtcNow > until) return;")]
    [InlineData("if (until - DateTime.UtcNow < TimeSpan.Zero) return;")]
    [InlineData("if (end <= DateTimeOffset.UtcNow) return;")]
    [InlineData("if (TimeOnly.FromDateTime(until) == TimeOnly.MinValue) return;")]
    public Task Loop_that_a_count_or_a_clock_ends(string end) =>
        new RuleTest<AGL0904_UnboundedHistory>(InLoop("var end = new DateTimeOffset(until);" + Turn(Grow, Ask + end, Read)).Replace("// members", "private static class Turns { public static int Count; }", StringComparison.Ordinal)).RunAsync();

    [Theory]
    [InlineData("var m = 0; m++; if (m > 1) Console.WriteLine();")]
    [InlineData("n = 1; if (n == 1) Console.WriteLine();")]
    [InlineData("n = items.Length + 1; if (n == 3) Console.WriteLine();")]
    [InlineData("n++; Console.WriteLine(n + 1);")]
    [InlineData("n++; if (input == \"\") Console.WriteLine();")]
    [InlineData("Console.WriteLine(until.AddDays(1));")]
    [InlineData("Func<string> last = () => { return input; }; Console.WriteLine(last());")]
    [InlineData("switch (input) { case \"\": break; }")]
    public Task Count_or_clock_that_ends_nothing(string statement) => Loop(Turn(Reported, Ask + statement, Read), "turn").RunAsync();

    [Theory]
    [InlineData("while (items.Length > 0) { var input = Next(); " + Grow + Ask + "}")]
    [InlineData("while (true) { var input = Next(); if (input == \"\") goto end; " + Grow + Ask + "} end: return;")]
    [InlineData("while (!keeper.Equals(chat)) { var input = Next(); " + Grow + Ask + "}")]
    [InlineData("do { var input = Next(); " + Grow + Ask + "} while (items.Length > 0);")]
    [InlineData("for (; items.Length > 0;) { var input = Next(); " + Grow + Ask + "}")]
    public Task Loop_that_something_else_may_end(string loop) => new RuleTest<AGL0904_UnboundedHistory>(InLoop(loop)).RunAsync();

    [Theory]
    [InlineData("do { var input = Next(); " + Reported + Ask + "} while (true);")]
    [InlineData("while (!token.IsCancellationRequested) { var input = Next(); Func<string> same = () => { return input; }; " + Reported + Ask + " }")]
    [InlineData("while (true) { var input = Next(); foreach (var item in items) { if (item == \"\") break; } " + Reported + Ask + " }")]
    public Task Loop_that_only_a_token_ends(string loop) => Loop(loop, "turn").RunAsync();

    // What is read may run dry, which nothing here shows.
    [Theory]
    [InlineData("while (Feed() is { } input) {" + Grow + Ask + "}")]
    [InlineData("string? input; while ((input = Feed()) != null) {" + Grow + Ask + "}")]
    [InlineData("while (true) { var input = Feed(); if (input == null) break; " + Grow + Ask + "}")]
    [InlineData("while (true) { var input = Feed(); if (input == null) return; " + Grow + Ask + "}")]
    [InlineData("while (!token.IsCancellationRequested) { var input = Feed(); if (input == null) break; " + Grow + Ask + "}")]
    public Task Loop_over_what_may_run_dry(string loop) => new RuleTest<AGL0904_UnboundedHistory>(InLoop(loop)).RunAsync();

    [Fact]
    public Task Loop_over_what_may_run_dry_within_each_turn() => Loop(Turn(Reported, Ask + "while (true) { if (Feed() == null) break; }", Read), "turn").RunAsync();

    [Theory]
    [InlineData("", "{|#0:messages.Add|}")]
    [InlineData("[Xunit.Fact]", "messages.Add")]
    public Task Loop_of_a_test(string attribute, string add)
    {
        var test = new RuleTest<AGL0904_UnboundedHistory>(
            $$"""
            using Microsoft.Extensions.AI;

            public class Desk
            {
                {{attribute}}
                public Task Test() => Task.CompletedTask;

                public async Task ChatAsync(IChatClient chat)
                {
                    List<ChatMessage> messages = [];
                    while (true)
                    {
                        {{add}}(new ChatMessage(ChatRole.User, Console.ReadLine()));
                        await chat.GetResponseAsync(messages);
                    }
                }
            }
            """).Reference(typeof(FactAttribute));
        return (attribute.Length > 0 ? test : test.Expect(Info, Grows("messages", "turn", "Desk.ChatAsync", "ChatClientExtensions.GetResponseAsync"))).RunAsync();
    }

    [Theory]
    [InlineData("while (true) { List<ChatMessage> messages = []; " + Read + Grow + Ask + " }")]
    [InlineData("while (true) { " + Read + Ask + " }")]
    [InlineData("while (true) { " + Read + Ask + " if (input == \"\") { " + Grow + " return; } }")]
    [InlineData("while (true) { " + Read + Ask + " if (input == \"\") { " + Grow + " break; } }")]
    [InlineData("while (true) { " + Read + Grow + " }")]
    [InlineData(Read + Grow + Ask)]
    public Task What_does_not_grow_in_a_loop(string statements)
    {
        var code = InLoop(statements);
        return new RuleTest<AGL0904_UnboundedHistory>(statements.Contains("List<ChatMessage> messages", StringComparison.Ordinal) ? code.Replace("List<ChatMessage> messages = [];\n", "", StringComparison.Ordinal) : code).RunAsync();
    }

    [Fact]
    public Task Loop_that_only_an_answer_ends_is_another_rules() => new RuleTest<AGL0904_UnboundedHistory>(InLoop("""
        while (true)
        {
            var answer = await chat.GetResponseAsync(messages);
            messages.AddMessages(answer);
            if (answer.FinishReason != ChatFinishReason.ToolCalls)
                return;
        }
        """)).RunAsync();

    [Fact]
    public Task Client_that_shortens_what_it_sends() => new RuleTest<AGL0904_UnboundedHistory>(
        InLoop(Turn(Grow, Ask, Read)),
        """
        using Microsoft.Extensions.AI;

        public static class Setup
        {
            public static IChatClient Build(IChatClient inner, IChatReducer reducer) => new ChatClientBuilder(inner).UseChatReducer(reducer).Build();
        }
        """).Reference(Library.ExtensionsAI).RunAsync();

    [Fact]
    public Task Client_that_shortens_nothing() => new RuleTest<AGL0904_UnboundedHistory>(
        InLoop(Turn(Reported, Ask, Read)),
        """
        using Microsoft.Extensions.AI;

        public static class Setup
        {
            public static IChatClient Build(IChatClient inner) => new ChatClientBuilder(inner).Build();
        }
        """).Reference(Library.ExtensionsAI).Expect(Info, Grows("messages", "turn", "Desk.ChatAsync", "ChatClientExtensions.GetResponseAsync")).RunAsync();

    // ---- Methods of the project ----------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("private async Task SendAsync(List<ChatMessage> all) { var answer = await chat.GetResponseAsync(all); all.AddMessages(answer); }")]
    [InlineData("private Task SendAsync(IEnumerable<ChatMessage> all) => chat.GetResponseAsync(all);")]
    public Task Method_that_sends_it(string method) => Through(Reported, method).Expect(Info, Grows("messages", "turn", "Desk.ChatAsync", "ChatClientExtensions.GetResponseAsync")).RunAsync();

    [Theory]
    [InlineData("private async Task SendAsync(List<ChatMessage> all) { await chat.GetResponseAsync(all); all.Clear(); }")]
    [InlineData("private async Task SendAsync(IEnumerable<ChatMessage> all) { all = all.TakeLast(20); await chat.GetResponseAsync(all); }")]
    [InlineData("private Task SendAsync(IEnumerable<ChatMessage> all) => chat.GetResponseAsync(all.TakeLast(20));")]
    [InlineData("private Task SendAsync(List<ChatMessage> all) => Later(() => chat.GetResponseAsync(Held = all)); private List<ChatMessage>? Held; private Task Later(Func<Task> send) => send();")]
    public Task Method_that_may_shorten_it(string method) => Through(Grow, method).RunAsync();

    [Fact]
    public Task Method_that_adds_to_it() => new RuleTest<AGL0904_UnboundedHistory>(InLoop(Turn("{|#0:Put|}(messages, input);", Ask, Read)))
        .Expect(Info, Grows("messages", "turn", "Desk.ChatAsync", "ChatClientExtensions.GetResponseAsync")).RunAsync();

    // ---- Objects that stay ---------------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("private readonly List<ChatMessage> history = [];")]
    [InlineData("private readonly List<ChatMessage> history; public Desk() { history = [new(ChatRole.System, \"Be brief.\")]; history.Add(new(ChatRole.System, \"Be kind.\")); }")]
    [InlineData("private List<ChatMessage>? history;", "history ??= [];")]
    [InlineData("private List<ChatMessage> history { get; } = [];")]
    [InlineData("private readonly List<ChatMessage> history = []; public IReadOnlyList<ChatMessage> All => history;")]
    [InlineData("private static readonly List<ChatMessage> history = [];", "", "services.AddScoped<Desk>();")]
    [InlineData("private static readonly List<ChatMessage> history = [];", "", "")]
    public Task Field_of_an_object_that_stays(string field, string statement = "", string registration = "services.AddSingleton<Desk>();") =>
        Held(field, statement, registration, "{|#0:history.Add|}").Expect(Info, Grows("history", "call", "Desk.AskAsync", "ChatClientExtensions.GetResponseAsync")).RunAsync();

    [Theory]
    [InlineData("private readonly List<ChatMessage> history = [];", "", "services.AddScoped<Desk>();")]
    [InlineData("private readonly List<ChatMessage> history = [];", "", "services.AddTransient<Desk>();")]
    [InlineData("private readonly List<ChatMessage> history = [];", "", "services.AddSingleton<Desk>(); services.AddScoped<Desk>();")]
    [InlineData("private readonly List<ChatMessage> history = [];", "", "")]
    [InlineData("public readonly List<ChatMessage> history = [];", "", "services.AddSingleton<Desk>();")]
    [InlineData("internal static readonly List<ChatMessage> history = [];", "", "")]
    [InlineData("[ThreadStatic] private static List<ChatMessage> history;", "", "")]
    [InlineData("private List<ChatMessage> history = [];", "history = [];", "services.AddSingleton<Desk>();")]
    [InlineData("private List<ChatMessage> history = []; public void Reset() => history = new();", "", "services.AddSingleton<Desk>();")]
    [InlineData("private readonly List<ChatMessage> history = []; public void Reset() => history.Clear();", "", "services.AddSingleton<Desk>();")]
    [InlineData("private readonly List<ChatMessage> history = []; public List<ChatMessage> All => history;", "", "services.AddSingleton<Desk>();")]
    [InlineData("private readonly List<ChatMessage> history = [];", "if (history.Count > 20) history.RemoveAt(0);", "services.AddSingleton<Desk>();")]
    [InlineData("private readonly List<ChatMessage> history = []; private class Part(Desk desk) { public void Reset() => desk.history.Clear(); }", "", "services.AddSingleton<Desk>();")]
    public Task Field_that_is_shortened_or_dies(string field, string statement, string registration) => Held(field, statement, registration, "history.Add").RunAsync();

    // Whose conversation it is comes first.
    [Theory]
    [InlineData("private readonly List<ChatMessage> history = [];")]
    [InlineData("private static readonly List<ChatMessage> history = [];")]
    public Task Field_that_all_callers_share_is_reported_for_that(string field) => Held(field, "", "services.AddSingleton<Desk>();", "history.Add", isGuarded: false).RunAsync();

    [Fact]
    public Task Field_that_only_a_constructor_fills() => Held("private readonly List<ChatMessage> history = []; public Desk() => history.Add(new(ChatRole.System, \"Be brief.\"));", "", "services.AddSingleton<Desk>();", "new List<ChatMessage>().Add").RunAsync();

    [Fact]
    public Task Field_of_the_programs_own_class() => new RuleTest<AGL0904_UnboundedHistory>("""
        using Microsoft.Extensions.AI;

        public static class Program
        {
            private static readonly List<ChatMessage> history = [];

            public static async Task Main()
            {
                await AskAsync(null!, "a");
                await AskAsync(null!, "b");
            }

            private static async Task AskAsync(IChatClient chat, string text)
            {
                history.Add(new ChatMessage(ChatRole.User, text));
                await chat.GetResponseAsync(history);
            }
        }
        """) { TestState = { OutputKind = Microsoft.CodeAnalysis.OutputKind.ConsoleApplication } }.RunAsync();

    // ---- Other libraries ------------------------------------------------------------------------------------------------------

    [Fact]
    public Task SDK() => new RuleTest<AGL0904_UnboundedHistory>("""
        using OpenAI.Chat;

        public class Desk(ChatClient client)
        {
            public async Task ChatAsync()
            {
                var messages = new List<ChatMessage> { new SystemChatMessage("Be brief.") };
                while (true)
                {
                    {|#0:messages.Add|}(new UserChatMessage(Console.ReadLine()));
                    ChatCompletion answer = await client.CompleteChatAsync(messages);
                    messages.Add(new AssistantChatMessage(answer));
                }
            }
        }
        """).Expect(Info, Grows("messages", "turn", "Desk.ChatAsync", "ChatClient.CompleteChatAsync")).RunAsync();

    [Fact]
    public Task Kernel() => Kernel_loop("{|#0:history.AddUserMessage|}(Console.ReadLine());").Expect(Info, Grows("history", "turn", "Desk.ChatAsync", "IChatCompletionService.GetChatMessageContentAsync")).RunAsync();

    [Theory]
    [InlineData("history.AddUserMessage(Console.ReadLine()); await history.ReduceInPlaceAsync(new ChatHistoryTruncationReducer(20), default);")]
    [InlineData("history.AddUserMessage(Console.ReadLine()); if (await reducer.ReduceAsync(history) is { } shorter) history = [.. shorter];")]
    [InlineData("history.AddUserMessage(Console.ReadLine()); history.RemoveRange(1, 2);")]
    public Task Kernel_with_a_reducer(string statements) => Kernel_loop(statements).RunAsync();

    // ---- Threads ----------------------------------------------------------------------------------------------------------------

    [Fact]
    public Task Microsoft_semantic_kernel_6155_before() =>
        Kernel_loop("{|#0:history.AddUserMessage|}(Console.ReadLine());").Expect(Info, Grows("history", "turn", "Desk.ChatAsync", "IChatCompletionService.GetChatMessageContentAsync")).RunAsync();

    [Fact]
    public Task Microsoft_semantic_kernel_6155_after() =>
        Kernel_loop("history.AddUserMessage(Console.ReadLine()); await history.ReduceInPlaceAsync(reducer, default);").RunAsync();

    // The documents that a question was looked up in stay in the conversation.
    [Fact]
    public Task Microsoft_semantic_kernel_13118_before() => Held(
        "private readonly List<ChatMessage> history = [];",
        "var context = new ChatMessage(ChatRole.User, text + string.Join(' ', Directory.GetFiles(text)));",
        "services.AddSingleton<Desk>();",
        "{|#0:history.Add|}").Expect(Info, Grows("history", "call", "Desk.AskAsync", "ChatClientExtensions.GetResponseAsync")).RunAsync();

    [Fact]
    public Task Microsoft_semantic_kernel_13118_after() => Held(
        "private readonly List<ChatMessage> history = [];",
        "var context = new ChatMessage(ChatRole.User, text + string.Join(' ', Directory.GetFiles(text))); history.Remove(context);",
        "services.AddSingleton<Desk>();",
        "history.Add").RunAsync();

    [Theory]
    [InlineData("services.AddSingleton<Desk>();", true)]
    [InlineData("services.AddTransient<Desk>();", false)]
    public Task Microsoft_semantic_kernel_3559_before_and_after(string registration, bool isReported)
    {
        var test = Held("private readonly List<ChatMessage> history = [];", "", registration, isReported ? "{|#0:history.Add|}" : "history.Add");
        return (isReported ? test.Expect(Info, Grows("history", "call", "Desk.AskAsync", "ChatClientExtensions.GetResponseAsync")) : test).RunAsync();
    }

    // ---- Limits -----------------------------------------------------------------------------------------------------------------

    [Fact]
    public Task Variable_that_a_handler_captures_is_not_looked_at() => new RuleTest<AGL0904_UnboundedHistory>("""
        using Microsoft.Extensions.AI;

        public static class Setup
        {
            public static Func<string, Task> Handler(IChatClient chat)
            {
                List<ChatMessage> history = [];
                return async text =>
                {
                    history.Add(new ChatMessage(ChatRole.User, text));
                    await chat.GetResponseAsync(history);
                };
            }
        }
        """).RunAsync();

    [Fact]
    public Task Loop_that_a_timer_drives_is_not_known_to_go_on() => new RuleTest<AGL0904_UnboundedHistory>(InLoop("var timer = new PeriodicTimer(TimeSpan.FromSeconds(1)); while (await timer.WaitForNextTickAsync(token)) { var input = Next(); " + Grow + Ask + " }")).RunAsync();

    [Fact]
    public Task Field_that_its_own_project_can_see_is_not_looked_at() =>
        new RuleTest<AGL0904_UnboundedHistory>(InLoop(Turn(Grow, Ask, Read)).Replace("List<ChatMessage> messages = [];\n", "", StringComparison.Ordinal).Replace("// members", "internal readonly List<ChatMessage> messages = [];", StringComparison.Ordinal)).RunAsync();

    [Fact]
    public Task Session_of_an_agent_is_not_looked_at() => new RuleTest<AGL0904_UnboundedHistory>("""
        using Microsoft.Agents.AI;

        public class Desk(AIAgent agent, AgentSession session)
        {
            public async Task ChatAsync()
            {
                while (true)
                    await agent.RunAsync(Console.ReadLine()!, session);
            }
        }
        """).Reference(Library.AgentFramework).RunAsync();

    [Fact]
    public Task Loop_with_a_counter_that_bounds_nothing_is_silent() => new RuleTest<AGL0904_UnboundedHistory>(InLoop(Turn(Grow, Ask + "n++; if (n == 3) Console.WriteLine();", Read))).RunAsync();

    // ---- Programs ----------------------------------------------------------------------------------------------------------------

    private static string Grows(string variable, string unit, string function, string call) =>
        $"'{variable}' grows with each {unit} of '{function}' and is never shortened: '{call.Replace("ChatClientExtensions", "IChatClient", StringComparison.Ordinal)}' sends all of it";

    private static string Turn(string grow, string ask, string read) => $"while (true) {{ {read} {grow} {ask} }}";

    private static RuleTest<AGL0904_UnboundedHistory> Loop(string statements, string unit) =>
        new RuleTest<AGL0904_UnboundedHistory>(InLoop(statements)).Expect(Info, Grows("messages", unit, "Desk.ChatAsync", "ChatClientExtensions.GetResponseAsync"));

    private static RuleTest<AGL0904_UnboundedHistory> Through(string grow, string method) =>
        new(InLoop(Turn(grow, "await SendAsync(messages);", Read)).Replace("// members", method, StringComparison.Ordinal));

    private static string InLoop(string statements) =>
        $$"""
        using System.Threading.Channels;
        using Microsoft.Extensions.AI;

        public class Request { public List<ChatMessage> Messages { get; set; } = []; }
        public interface IKeeper { void Keep(List<ChatMessage> all); }

        public class Desk(IChatClient chat, ChannelReader<string> inbox, IChatReducer reducer, IKeeper keeper, Action<List<ChatMessage>> shorten, string[] items)
        {
            public async Task ChatAsync(CancellationToken token, DateTime until)
            {
                var n = 0;
        List<ChatMessage> messages = [];
                {{statements}}
            }

            private static string Next() => "";
            private static string? Feed() => null;
            private static int Tokens(IEnumerable<ChatMessage> all) => all.Sum(message => message.Text.Length);
            private static void Show(IReadOnlyList<ChatMessage> all) { foreach (var message in all) Console.WriteLine(message.Text); }
            private static void Put(List<ChatMessage> all, string text) => all.Add(new ChatMessage(ChatRole.User, text));
            private static void Trim(List<ChatMessage> all) => all.RemoveRange(0, 1);
            private static void Swap(ref List<ChatMessage> all) => all = [];
            // members
        }
        """.ReplaceLineEndings("\n");

    private static RuleTest<AGL0904_UnboundedHistory> Held(string field, string statement, string registration, string add, bool isGuarded = true) => new(
        $$"""
        using Microsoft.Extensions.AI;
        using Microsoft.Extensions.DependencyInjection;

        public class Desk
        {
            {{field}}
            {{(isGuarded ? "private readonly SemaphoreSlim gate = new(1);" : "")}}

            public async Task<string> AskAsync(IChatClient chat, string text)
            {
                {{(isGuarded ? "await gate.WaitAsync();" : "")}}
                {{statement}}
                {{add}}(new ChatMessage(ChatRole.User, text));
                var answer = await chat.GetResponseAsync(history);
                {{(isGuarded ? "gate.Release();" : "")}}
                return answer.Text;
            }
        }

        public static class Setup
        {
            public static void Add(IServiceCollection services)
            {
                {{registration}}
            }
        }
        """);

    private static RuleTest<AGL0904_UnboundedHistory> Kernel_loop(string statements) => new RuleTest<AGL0904_UnboundedHistory>(
        $$"""
        using Microsoft.SemanticKernel.ChatCompletion;

        public class Desk(IChatCompletionService chat, IChatHistoryReducer reducer)
        {
            public async Task ChatAsync()
            {
                var history = new ChatHistory("Be brief.");
                while (true)
                {
                    {{statements}}
                    var answer = await chat.GetChatMessageContentAsync(history);
                    history.AddAssistantMessage(answer.Content);
                }
            }
        }
        """).Reference(Library.SemanticKernel);
}
