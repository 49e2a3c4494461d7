using AgentLint.Rules.SharedState;
using AgentLint.Tests.Stubs;
using Xunit;
using static Microsoft.CodeAnalysis.DiagnosticSeverity;

namespace AgentLint.Tests.Rules.SharedState;

/// <summary>What branches that run at the same time change: reported where one change can undo another, silent where each has its own place or a guard.</summary>
public sealed class AGL0706Tests
{
    [Theory]
    [InlineData("var all = new List<string>(); await Task.WhenAll(items.Select(async item => { var r = await Ask(item); {|#0:all.Add(r)|}; })); return all;", "all", "'List.Add'")]
    [InlineData("var all = new List<string>(); await Task.WhenAll(items.Select(async item => {|#0:all.Add(await Ask(item))|})); return all;", "all", "'List.Add'")]
    [InlineData("var all = new List<string>(); var tasks = items.Select(async item => { var r = await Ask(item); {|#0:all.AddRange([r])|}; }).ToList(); await Task.WhenAll(tasks); return all;", "all", "'List.AddRange'")]
    [InlineData("var all = new List<string>(); await Task.WhenAll(items.Select(One)); return all; async Task One(string item) { var r = await Ask(item); {|#0:all.Add(r)|}; }", "all", "'List.Add'")]
    [InlineData("var all = new List<string>(); await Task.WhenAll(items.Select(item => One(item))); return all; async Task One(string item) { var r = await Ask(item); {|#0:all.Add(r)|}; }", "all", "'List.Add'")]
    [InlineData("var all = new List<string>(); await Task.WhenAll(from item in items select One(item)); return all; async Task One(string item) { await Task.Yield(); {|#0:all.Add(item)|}; }", "all", "'List.Add'")]
    [InlineData("var all = new List<string>(); var tasks = new List<Task>(); foreach (var item in items) tasks.Add(One(item)); await Task.WhenAll(tasks); return all; async Task One(string item) { var r = await Ask(item); {|#0:all.Add(r)|}; }", "all", "'List.Add'")]
    [InlineData("var all = new List<string>(); var tasks = new List<Task>(); foreach (var item in items) { var task = Task.Run(() => {|#0:all.Add(item)|}); tasks.Add(task); } await Task.WhenAll(tasks); return all;", "all", "'List.Add'")]
    [InlineData("var all = new List<string>(); var tasks = new Task[items.Count]; for (var i = 0; i < items.Count; i++) { var item = items[i]; tasks[i] = Task.Run(async () => { {|#0:all.Add(await Ask(item))|}; }); } await Task.WhenAll(tasks); return all;", "all", "'List.Add'")]
    [InlineData("var all = new Dictionary<string, string>(); await Task.WhenAll(items.Select(async item => { var r = await Ask(item); {|#0:all[item] = r|}; })); return [];", "all", "'Dictionary[] ='")]
    [InlineData("var all = new Dictionary<string, int>(); await Task.WhenAll(items.Select(async item => { await Ask(item); {|#0:all[item]++|}; })); return [];", "all", "'Dictionary[] ++'")]
    [InlineData("IDictionary<string, string> all = new Dictionary<string, string>(); await Task.WhenAll(items.Select(async item => { var r = await Ask(item); {|#0:all.Add(item, r)|}; })); return [];", "all", "'IDictionary.Add'")]
    [InlineData("IList<string> all = []; await Task.WhenAll(items.Select(async item => { var r = await Ask(item); {|#0:all.Add(r)|}; })); return [];", "all", "'IList.Add'")]
    [InlineData("var all = new StringBuilder(); await Task.WhenAll(items.Select(async item => { var r = await Ask(item); {|#0:all.Append(r)|}; })); return [];", "all", "'StringBuilder.Append'")]
    [InlineData("var total = 0; await Task.WhenAll(items.Select(async item => { var r = await Ask(item); {|#0:total += r.Length|}; })); return [];", "total", "'+='")]
    [InlineData("var total = 0; await Task.WhenAll(items.Select(async item => {|#0:total += (await Ask(item)).Length|})); return [];", "total", "'+='")]
    [InlineData("var count = 0; await Parallel.ForEachAsync(items, async (item, token) => { {|#0:count++|}; await Ask(item); }); return [];", "count", "'++'", "run by 'Parallel.ForEachAsync'")]
    [InlineData("var count = 0; Parallel.For(0, 10, i => {|#0:count++|}); return [];", "count", "'++'", "run by 'Parallel.For'")]
    [InlineData("var all = new List<string>(); Parallel.Invoke(() => {|#0:all.Add(\"a\")|}, () => all.Add(\"b\")); return all;", "all", "'List.Add'", "run by 'Parallel.Invoke'")]
    [InlineData("IEnumerable<string> all = []; await Task.WhenAll(items.Select(async item => { var r = await Ask(item); {|#0:all = all.Append(r)|}; })); return [];", "all", "'='")]
    [InlineData("var first = Task.Run(async () => {|#0:found.Add(await Ask(\"a\"))|}); var second = Task.Run(async () => found.Add(await Ask(\"b\"))); await Task.WhenAll(first, second); return [];", "found", "'List.Add'")]
    [InlineData("await Task.WhenAll(items.Select(One)); return []; async Task One(string item) { var r = await Ask(item); {|#0:found.Add(r)|}; }", "found", "'List.Add'")]
    [InlineData("await Task.WhenAll(items.Select(async item => { var r = await Ask(item); {|#0:usage.Tokens += r.Length|}; })); return [];", "usage.Tokens", "'+='")]
    [InlineData("var total = 0; var a = Task.Run(async () => {|#0:total += (await Ask(\"a\")).Length|}); var b = Task.Run(async () => total += (await Ask(\"b\")).Length); await a; await b; return [];", "total", "'+='", "started together")]
    [InlineData("var all = new List<string>(); Task one = Task.CompletedTask; if (items.Count > 1) one = Fill(\"a\"); var two = Fill(\"b\"); await Task.WhenAll(one, two); return all; async Task Fill(string item) { {|#0:all.Add(await Ask(item))|}; }", "all", "'List.Add'")]
    // Two functions that change the same.
    [InlineData("var all = new List<string>(); await Task.WhenAll(One(), Two()); return all; async Task One() { {|#0:all.Add(await Ask(\"1\"))|}; } async Task Two() { all.Add(await Ask(\"2\")); }", "all", "'List.Add'")]
    // In a loop that waits; after a wait on one way only; in a stream.
    [InlineData("var all = new List<string>(); await Task.WhenAll(items.Select(async item => { for (var i = 0; i < 3; i++) { {|#0:all.Add(item)|}; await Ask(item); } })); return all;", "all", "'List.Add'")]
    [InlineData("var all = new List<string>(); await Task.WhenAll(items.Select(async item => { if (item != \"\") await Ask(item); {|#0:all.Add(item)|}; })); return all;", "all", "'List.Add'")]
    [InlineData("var all = new List<string>(); await Task.WhenAll(items.Select(async item => { await foreach (var part in client.GetStreamingResponseAsync(item)) {|#0:all.Add(part.Text)|}; })); return all;", "all", "'List.Add'")]
    // A variable of the branches around the branches.
    [InlineData("await Task.WhenAll(items.Select(async item => { var own = new List<string>(); await Task.WhenAll(item.Split(' ').Select(async word => {|#0:own.Add(await Ask(word))|})); })); return [];", "own", "'List.Add'")]
    [InlineData("foreach (var item in items) { var own = new List<string>(); await Task.WhenAll(item.Split(' ').Select(async word => {|#0:own.Add(await Ask(word))|})); } return [];", "own", "'List.Add'")]
    // A gate for several is none, nor is one that each has for itself, or that is held around all.
    [InlineData("var all = new List<string>(); using var gate = new SemaphoreSlim(4); await Task.WhenAll(items.Select(async item => { await gate.WaitAsync(); try { var r = await Ask(item); {|#0:all.Add(r)|}; } finally { gate.Release(); } })); return all;", "all", "'List.Add'")]
    [InlineData("var all = new List<string>(); await Task.WhenAll(items.Select(async item => { var gate = new object(); var r = await Ask(item); lock (gate) {|#0:all.Add(r)|}; })); return all;", "all", "'List.Add'")]
    [InlineData("var all = new List<string>(); using var gate = new SemaphoreSlim(1); await gate.WaitAsync(); try { await Task.WhenAll(items.Select(async item => { var r = await Ask(item); {|#0:all.Add(r)|}; })); } finally { gate.Release(); } return all;", "all", "'List.Add'")]
    [InlineData("var all = new List<string>(); var other = new object(); await Task.WhenAll(items.Select(async item => { var r = await Ask(item); lock (other) { r += \"\"; } {|#0:all.Add(r)|}; })); return all;", "all", "'List.Add'")]
    public Task Change_that_can_be_lost(string body, string what, string by, string runs = "awaited by 'Task.WhenAll'") => In(body).Expect(Warning, Message(what, by, runs)).RunAsync();

    [Theory]
    // Each branch has a slot of its own, or a variable.
    [InlineData("var all = new string[items.Count]; await Parallel.ForAsync(0, items.Count, async (i, token) => all[i] = await Ask(items[i])); return [.. all];")]
    [InlineData("var all = new string[items.Count]; await Task.WhenAll(items.Select(async (item, i) => all[i] = await Ask(item))); return [.. all];")]
    [InlineData("var all = new List<string>(items); await Task.WhenAll(items.Select(async (item, i) => { all[i] = await Ask(item); })); return all;")]
    [InlineData("var a = \"\"; var b = \"\"; await Task.WhenAll(Task.Run(async () => a = await Ask(\"a\")), Task.Run(async () => b = await Ask(\"b\"))); return [a, b];")]
    [InlineData("await Task.WhenAll(items.Select(async item => { var own = new List<string>(); own.Add(await Ask(item)); return own; })); return [];")]
    [InlineData("var tasks = new List<Task>(); foreach (var item in items) { var own = new List<string>(); tasks.Add(Task.Run(async () => own.Add(await Ask(item)))); } await Task.WhenAll(tasks); return [];")]
    [InlineData("await Task.WhenAll(items.Select(One)); return []; async Task<int> One(string item) { var count = 0; await Ask(item); Add(); return count; void Add() => count++; }")]
    [InlineData("await Task.WhenAll(items.Select(One)); return []; async Task<int> One(string item) { var own = new List<string>(); await Ask(item); Keep(own, item); return own.Count; } static void Keep(List<string> list, string item) => list.Add(item);")]
    [InlineData("var boxes = items.Select(i => new Box()).ToList(); await Task.WhenAll(boxes.Select(async box => { box.Items.Add(await Ask(\"\")); box.Count++; })); return [];")]
    [InlineData("var byItem = items.ToDictionary(i => i, i => new List<string>()); await Task.WhenAll(items.Select(async item => byItem[item].Add(await Ask(item)))); return [];")]
    // Concurrent and immutable types, Interlocked, locks.
    [InlineData("var all = new ConcurrentBag<string>(); await Task.WhenAll(items.Select(async item => all.Add(await Ask(item)))); return [.. all];")]
    [InlineData("var all = new ConcurrentDictionary<string, string>(); await Task.WhenAll(items.Select(async item => all[item] = await Ask(item))); return [];")]
    [InlineData("IDictionary<string, string> all = new ConcurrentDictionary<string, string>(); await Task.WhenAll(items.Select(async item => all.Add(item, await Ask(item)))); return [];")]
    [InlineData("var count = 0; await Task.WhenAll(items.Select(async item => { await Ask(item); Interlocked.Increment(ref count); })); return [];")]
    [InlineData("var all = new List<string>(); await Task.WhenAll(items.Select(async item => { var r = await Ask(item); lock (all) all.Add(r); })); return all;")]
    [InlineData("var all = new Dictionary<string, string>(); await Parallel.ForEachAsync(items, async (item, token) => { var r = await Ask(item); lock (all) { all.Add(item, r); } }); return [];")]
    [InlineData("var all = new List<string>(); using var gate = new SemaphoreSlim(1); await Task.WhenAll(items.Select(async item => { var r = await Ask(item); await gate.WaitAsync(); try { all.Add(r); } finally { gate.Release(); } })); return all;")]
    [InlineData("var all = new List<string>(); using var gate = new SemaphoreSlim(1, 1); await Task.WhenAll(items.Select(One)); return all; async Task One(string item) { await gate.WaitAsync(); try { var r = await Ask(item); all.Add(r); } finally { gate.Release(); } }")]
    [InlineData("var all = new List<string>(); var gate = new Lock(); await Parallel.ForEachAsync(items, async (item, token) => { var r = await Ask(item); using (gate.EnterScope()) all.Add(r); }); return all;")]
    // Before the first wait: one after the other, on the thread that starts them.
    [InlineData("var all = new List<string>(); await Task.WhenAll(items.Select(async item => { all.Add(item); await Ask(item); })); return all;")]
    [InlineData("var count = 0; await Task.WhenAll(items.Select(item => { count++; return Ask(item); })); return [];")]
    [InlineData("var all = new List<string>(); await Task.WhenAll(items.Select(async item => { await Task.CompletedTask; all.Add(item); })); return all;")]
    [InlineData("var all = new List<string>(); await Task.WhenAll(items.Select(async item => { if (item == \"\") { await Ask(item); return; } all.Add(item); })); return all;")]
    [InlineData("var total = 0; var a = Task.Run(async () => total += (await Ask(\"a\")).Length); await a; var b = Task.Run(async () => total += (await Ask(\"b\")).Length); await b; return [];")]
    // After all have ended; one branch alone; one at a time.
    [InlineData("var all = new List<string>(); var answers = await Task.WhenAll(items.Select(Ask)); all.AddRange(answers); return all;")]
    [InlineData("var all = new List<string>(); await Task.WhenAll(Fill(), Ask(\"b\")); return all; async Task Fill() { all.Add(await Ask(\"a\")); }")]
    [InlineData("var all = new List<string>(); var tasks = new List<Task<string>>(); foreach (var item in items) { tasks.Add(Ask(item)); all.Add(await Ask(item)); } await Task.WhenAll(tasks); return all;")]
    [InlineData("var all = new List<string>(); await Parallel.ForEachAsync(items, new ParallelOptions { MaxDegreeOfParallelism = 1 }, async (item, token) => all.Add(await Ask(item))); return all;")]
    [InlineData("var all = new List<string>(); foreach (var item in items) all.Add(await Ask(item)); return all;")]
    // Only one of two; one after the other; another list for each.
    [InlineData("var all = new List<string>(); Task one; if (items.Count > 1) one = Fill(\"a\"); else one = Fill(\"b\"); await Task.WhenAll(one); return all; async Task Fill(string item) { all.Add(await Ask(item)); }")]
    [InlineData("var all = new List<string>(); await Task.WhenAll(items.Count > 1 ? Fill(\"a\") : Fill(\"b\")); return all; async Task Fill(string item) { all.Add(await Ask(item)); }")]
    [InlineData("var all = new List<string>(); var first = Fill(\"a\"); await first; var second = Fill(\"b\"); await Task.WhenAll(first, second); return all; async Task Fill(string item) { all.Add(await Ask(item)); }")]
    [InlineData("var batch = new List<string>(); var tasks = new List<Task>(); foreach (var item in items) { batch.Add(item); if (batch.Count == 10) { tasks.Add(Fill(item, batch)); batch = new List<string>(); } } await Task.WhenAll(tasks); return [];")]
    // A switch that is set, not read; a value that is made once.
    [InlineData("var failed = false; await Task.WhenAll(items.Select(async item => { await Ask(item); failed = true; })); return [];")]
    [InlineData("string? last = null; await Task.WhenAll(items.Select(async item => { var r = await Ask(item); last = r; })); return [];")]
    [InlineData("string? last = null; await Task.WhenAll(items.Select(async item => last ??= await Ask(item))); return [];")]
    public Task Change_that_cannot_be_lost(string body) => In(body).RunAsync();

    /// <summary>The limits on the page.</summary>
    [Theory]
    [InlineData("var best = 0; await Task.WhenAll(items.Select(async item => { var r = await Ask(item); if (r.Length > best) best = r.Length; })); return [];")]
    [InlineData("var all = new List<string>(); await Task.WhenAll(Fill(), Show()); return all; async Task Fill() { all.Add(await Ask(\"a\")); } async Task Show() { await Ask(\"b\"); Console.WriteLine(all.Count); }")]
    [InlineData("var sums = new int[1]; await Task.WhenAll(items.Select(async item => { var r = await Ask(item); sums[0] += r.Length; })); return [];")]
    [InlineData("var all = new List<string>(); await Task.WhenAll(Start(item => all.Add(item))); return all; List<Task> Start(Action<string> found) => [.. items.Select(async item => found(await Ask(item)))];")]
    [InlineData("var all = new List<string>(); var one = new object(); var two = new object(); await Task.WhenAll(Task.Run(() => { lock (one) all.Add(\"a\"); }), Task.Run(() => { lock (two) all.Add(\"b\"); })); return all;")]
    public Task Change_that_is_not_seen(string body) => In(body).RunAsync();

    [Fact]
    public Task Report_names_the_branches_and_every_change() => In("""
        var all = new List<string>();
        await {|#3:Task.WhenAll(items.Select({|#1:async item =>
        {
            {|#0:all.Add(await Ask(item))|};
            {|#2:all.Remove("")|};
        }|}))|};
        return all;
        """).ExpectPath(Warning, Message("all", "'List.Add' and 'List.Remove'"), 0, 1, 2, 3).RunAsync();

    [Fact]
    public Task Collection_in_another_file() => In(
        """
        var notes = new Notes();
        await Task.WhenAll(items.Select(async item => { var r = await Ask(item); {|#0:notes.Keep(item, r)|}; }));
        return [];
        """,
        "public class Notes { private readonly Dictionary<string, string> kept = []; public void Keep(string key, string value) => kept[key] = value; }")
        .Expect(Warning, Message("notes.kept", "'Dictionary[] =' (Notes.Keep → Dictionary[] =)")).RunAsync();

    [Theory]
    [InlineData("private readonly ConcurrentDictionary<string, string> kept = []; public void Keep(string key, string value) => kept[key] = value;")]
    [InlineData("private readonly Dictionary<string, string> kept = []; public void Keep(string key, string value) { lock (kept) kept[key] = value; }")]
    public Task Collection_in_another_file_that_is_guarded(string members) => In(
        "var notes = new Notes(); await Task.WhenAll(items.Select(async item => { var r = await Ask(item); notes.Keep(item, r); })); return [];",
        "using System.Collections.Concurrent; public class Notes { " + members + " }").RunAsync();

    [Fact]
    public Task List_that_a_method_is_given() => In("""
        var all = new List<string>();
        var tasks = new List<Task>();
        foreach (var item in items)
            tasks.Add({|#0:Fill(item, all)|});
        await Task.WhenAll(tasks);
        return all;
        """).Expect(Warning, Message("all", "'List.Add' (Desk.Fill → List.Add)")).RunAsync();

    [Theory]
    [InlineData("{|#0:all.Average(r => r.Length)|}", "Average")]
    [InlineData("{|#0:all.Contains(item)|}", "Contains")]
    public Task Read_outside_of_the_lock(string read, string by) => In(
        $"var all = new List<string>(); await Task.WhenAll(items.Select(async item => {{ var r = await Ask(item); lock (all) all.Add(r); Console.WriteLine({read}); }})); return all;")
        .Expect(Warning, $"'all' is read by '{by}' in concurrent branches (awaited by 'Task.WhenAll'), without the lock that 'List.Add' holds while changing it").RunAsync();

    [Theory]
    [InlineData("lock (all) Console.WriteLine(all.Average(r => r.Length));")]
    [InlineData("Console.WriteLine(all.Count);")]
    [InlineData("Console.WriteLine(r.Contains('a'));")]
    public Task Read_under_the_lock_or_not_torn(string code) => In(
        $"var all = new List<string>(); await Task.WhenAll(items.Select(async item => {{ var r = await Ask(item); lock (all) all.Add(r); {code} }})); return all;").RunAsync();

    [Fact]
    public Task Read_when_all_have_ended() => In(
        "var all = new List<string>(); await Task.WhenAll(items.Select(async item => { var r = await Ask(item); lock (all) all.Add(r); })); Console.WriteLine(all.Average(r => r.Length)); return all;").RunAsync();

    [Fact]
    public Task Getter_that_makes_a_new_one_each_time() => In(
        "var notes = new Notes(); await Task.WhenAll(items.Select(async item => { var r = await Ask(item); notes.Copy.Add(r); })); return [];",
        "public class Notes { private readonly List<string> kept = []; public List<string> Copy => [.. kept]; }").RunAsync();

    [Fact]
    public Task Method_of_each_item_changes_its_own() => In("var boxes = items.Select(i => new Box()).ToList(); await Task.WhenAll(boxes.Select(box => box.Fill(client))); return [];").RunAsync();

    [Theory]
    [InlineData("public class W : Microsoft.DurableTask.TaskOrchestrator<string, string> { public override async Task<string> RunAsync(Microsoft.DurableTask.TaskOrchestrationContext context, string input) {")]
    public Task Workflow_goes_on_on_one_thread(string head) => new RuleTest<AGL0706_CapturedStateMutatedConcurrently>(
        head + " var all = new List<string>(); await Task.WhenAll(input.Split(' ').Select(async word => { await context.CallActivityAsync<string>(\"A\", word); all.Add(word); })); return all[0]; } }")
        .Reference(Library.DurableTask).RunAsync();

    [Theory]
    [InlineData("Microsoft.AspNetCore.Components.ComponentBase")]
    [InlineData("System.Windows.Threading.DispatcherObject")]
    public Task Screen_goes_on_on_one_thread(string type) => new RuleTest<AGL0706_CapturedStateMutatedConcurrently>(
        $"public class Page : {type}" + " { public async Task Load(List<string> items) { var count = 0; await Task.WhenAll(items.Select(async item => { await Task.Delay(1); count++; })); } }")
        .Reference(Library.AspNetCore).Reference(WindowsBaseStub.Library).RunAsync();

    private static string Message(string what, string by, string runs = "awaited by 'Task.WhenAll'") =>
        $"'{what}' is changed by {by} in concurrent branches ({runs}), and no lock or concurrent type protects it";

    private static RuleTest<AGL0706_CapturedStateMutatedConcurrently> In(string body, params IEnumerable<string> files) => new([
        $$"""
        using System.Collections.Concurrent;
        using System.Text;
        using Microsoft.Extensions.AI;

        public class Usage { public int Tokens { get; set; } }
        public class Box
        {
            public List<string> Items { get; } = [];
            public int Count;
            public async Task Fill(IChatClient client) { var r = await client.GetResponseAsync(""); Items.Add(r.Text); Count++; }
        }

        public class Desk(IChatClient client)
        {
            private readonly List<string> found = [];
            private readonly Usage usage = new();

            public async Task<List<string>> Run(IReadOnlyList<string> items)
            {
                {{body}}
            }

            private async Task<string> Ask(string item) => (await client.GetResponseAsync(item)).Text;

            private async Task Fill(string item, List<string> list)
            {
                var r = await Ask(item);
                list.Add(r);
            }
        }
        """,
        .. files]);
}
