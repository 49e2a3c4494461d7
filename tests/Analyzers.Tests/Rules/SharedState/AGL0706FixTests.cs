using AgentLint.Fixes.SharedState;
using AgentLint.Rules.SharedState;
using Microsoft.CodeAnalysis.CodeFixes;
using Xunit;

namespace AgentLint.Tests.Rules.SharedState;

/// <summary>What the fixes of AGL0706 make, and where they are not offered.</summary>
public sealed class AGL0706FixTests
{
    private const string Return = "Return the result of each branch and add all results at the end";
    private const string Lock = "Guard the change with a lock";
    private const string Count = "Count with 'Interlocked'";

    [Theory]
    [InlineData(
        """
        var all = new List<string>();
        await Task.WhenAll(items.Select(async item =>
        {
            var answer = await Ask(item);
            // Kept for the report.
            [|all.Add(answer)|]; // trimmed
        }));
        """,
        """
        var all = new List<string>();
        all.AddRange(await Task.WhenAll(items.Select(async item =>
        {
            var answer = await Ask(item);
            // Kept for the report.
            return answer; // trimmed
        })));
        """)]
    [InlineData(
        """
        var all = new List<string>();
        await Task.WhenAll(items.Select(async item => [|all.Add(await Ask(item))|])).ConfigureAwait(false);
        """,
        """
        var all = new List<string>();
        all.AddRange(await Task.WhenAll(items.Select(async item => await Ask(item))).ConfigureAwait(false));
        """)]
    [InlineData(
        """
        var all = new List<string>();
        var tasks = items.Select(async item =>
        {
            var answer = await Ask(item);
            [|all.AddRange(answer.Split(' '))|];
        });
        await Task.WhenAll(tasks);
        """,
        """
        var all = new List<string>();
        var tasks = items.Select(async item =>
        {
            var answer = await Ask(item);
            return answer.Split(' ');
        });
        all.AddRange((await Task.WhenAll(tasks)).SelectMany(part => part));
        """)]
    [InlineData(
        """
        var all = new List<string>();
        await Task.WhenAll(items.Select(One));

        async Task One(string item)
        {
            var answer = await Ask(item);
            [|all.Add(answer)|];
        }
        """,
        """
        var all = new List<string>();
        all.AddRange(await Task.WhenAll(items.Select(One)));

        async Task<string> One(string item)
        {
            var answer = await Ask(item);
            return answer;
        }
        """)]
    [InlineData(
        """
        var first = new List<string>();
        var second = new List<string>();
        await Task.WhenAll(items.Select(async item => [|first.Add(await Ask(item))|]));
        await Task.WhenAll(first.Select(async item => [|second.Add(await Ask(item))|]));
        """,
        """
        var first = new List<string>();
        var second = new List<string>();
        first.AddRange(await Task.WhenAll(items.Select(async item => await Ask(item))));
        second.AddRange(await Task.WhenAll(first.Select(async item => await Ask(item))));
        """)]
    public Task Results_are_returned(string body, string mended) => Run<AGL0706Fix_CollectResults>(body, mended, Return);

    [Theory]
    // What is added is followed by more, or the branch returns before.
    [InlineData("var all = new List<string>(); await Task.WhenAll(items.Select(async item => { var r = await Ask(item); [|all.Add(r)|]; await Ask(r); }));")]
    [InlineData("var all = new List<string>(); await Task.WhenAll(items.Select(async item => { var r = await Ask(item); if (r == \"\") return; [|all.Add(r)|]; }));")]
    [InlineData("var all = new List<string>(); await Task.WhenAll(items.Select(async item => { var r = await Ask(item); if (r != \"\") [|all.Add(r)|]; }));")]
    [InlineData("var all = new List<string>(); await Task.WhenAll(items.Select(async item => { var r = await Ask(item); r += all.Count; [|all.Add(r)|]; }));")]
    // Nothing takes the results.
    [InlineData("var all = new List<string>(); var ended = Task.WhenAll(items.Select(async item => [|all.Add(await Ask(item))|])); await ended;")]
    [InlineData("var all = new List<string>(); await Parallel.ForEachAsync(items, async (item, token) => [|all.Add(await Ask(item))|]);")]
    [InlineData("var all = new List<string>(); var tasks = new List<Task>(); foreach (var item in items) tasks.Add(One(item)); await Task.WhenAll(tasks); async Task One(string item) { var r = await Ask(item); [|all.Add(r)|]; }")]
    [InlineData("var total = 0; await Task.WhenAll(items.Select(async item => { await Ask(item); [|total++|]; }));")]
    public Task Results_cannot_be_returned(string body) => Run<AGL0706Fix_CollectResults>(body, body, null);

    [Theory]
    [InlineData("await Ask(item); [|count++|];", "await Ask(item); Interlocked.Increment(ref count);")]
    [InlineData("await Ask(item); [|--count|];", "await Ask(item); Interlocked.Decrement(ref count);")]
    [InlineData("var r = await Ask(item); [|count += r.Length|];", "var r = await Ask(item); Interlocked.Add(ref count, r.Length);")]
    [InlineData("var r = await Ask(item); [|count -= r.Length + 1|];", "var r = await Ask(item); Interlocked.Add(ref count, -(r.Length + 1));")]
    [InlineData("await Ask(item); [|total++|];", "await Ask(item); Interlocked.Increment(ref total);")]
    public Task Counter(string code, string mended) => Run<AGL0706Fix_KeepApart>(
        $"var count = 0; await Task.WhenAll(items.Select(async item => {{ {code} }}));", $"var count = 0; await Task.WhenAll(items.Select(async item => {{ {mended} }}));", Count);

    [Theory]
    [InlineData(
        """
        var all = new List<string>();
        await Parallel.ForEachAsync(items, async (item, token) =>
        {
            var answer = await Ask(item);
            // The first.
            [|all.Add(answer)|];
            all.Add(item); // The second.
        });
        """,
        """
        var all = new List<string>();
        await Parallel.ForEachAsync(items, async (item, token) =>
        {
            var answer = await Ask(item);
            // The first.
            lock (all)
            {
                all.Add(answer);
            }
            lock (all)
            {
                all.Add(item);
            } // The second.
        });
        """)]
    [InlineData(
        """
        var all = new List<string>();
        await Parallel.ForEachAsync(items, async (item, token) =>
        {
            // Waits.
            [|all.Add(await Ask(item))|];
        });
        """,
        """
        var all = new List<string>();
        await Parallel.ForEachAsync(items, async (item, token) =>
        {
            // Waits.
            var added = await Ask(item);
            lock (all)
            {
                all.Add(added);
            }
        });
        """)]
    [InlineData(
        """
        var all = new List<string>();
        await Parallel.ForEachAsync(items, async (item, token) => [|all.Add(await Ask(item))|]);
        """,
        """
        var all = new List<string>();
        await Parallel.ForEachAsync(items, async (item, token) =>
        {
            var added = await Ask(item);
            lock (all)
            {
                all.Add(added);
            }
        });
        """)]
    [InlineData(
        """
        IEnumerable<string> all = [];
        await Task.WhenAll(items.Select(async item =>
        {
            var answer = await Ask(item);
            [|all = all.Append(answer)|];
        }));
        """,
        """
        IEnumerable<string> all = [];
        var gate = new object();
        await Task.WhenAll(items.Select(async item =>
        {
            var answer = await Ask(item);
            lock (gate)
            {
                all = all.Append(answer);
            }
        }));
        """)]
    [InlineData(
        """
        var cost = 0m;
        await Task.WhenAll(items.Select(async item =>
        {
            var answer = await Ask(item);
            [|cost += answer.Length * 0.1m|];
        }));
        """,
        """
        var cost = 0m;
        var gate = new object();
        await Task.WhenAll(items.Select(async item =>
        {
            var answer = await Ask(item);
            lock (gate)
            {
                cost += answer.Length * 0.1m;
            }
        }));
        """)]
    public Task Lock_around_each_change(string body, string mended) => Run<AGL0706Fix_KeepApart>(body, mended, Lock);

    [Theory]
    [InlineData("await Task.WhenAll(items.Select(async item => { var r = await Ask(item); [|found.Add(r)|]; }));")]
    [InlineData("IEnumerable<string> all = []; await Task.WhenAll(items.Select(async item => { [|all = all.Append(await Ask(item))|]; }));")]
    public Task No_lock(string body) => Run<AGL0706Fix_KeepApart>(body, body, null);

    [Theory]
    [InlineData("var all = new Dictionary<string, string>();", "[|all[item] = r|];", "var all = new ConcurrentDictionary<string, string>();", "all[item] = r;")]
    [InlineData("var all = new Dictionary<string, string>(StringComparer.Ordinal);", "[|all.Add(item, r)|];", "var all = new ConcurrentDictionary<string, string>(StringComparer.Ordinal);", "all.TryAdd(item, r);")]
    [InlineData("Dictionary<string, string> all = new();", "[|all[item] = r|];", "ConcurrentDictionary<string, string> all = new();", "all[item] = r;")]
    [InlineData("var all = new Queue<string>();", "[|all.Enqueue(r)|];", "var all = new ConcurrentQueue<string>();", "all.Enqueue(r);")]
    public Task Concurrent_type(string declaration, string change, string concurrent, string mended) => Run<AGL0706Fix_UseConcurrentType>(
        $"{declaration} await Task.WhenAll(items.Select(async item => {{ var r = await Ask(item); {change} }})); foreach (var one in all) Console.WriteLine(one);",
        $"{concurrent} await Task.WhenAll(items.Select(async item => {{ var r = await Ask(item); {mended} }})); foreach (var one in all) Console.WriteLine(one);",
        $"Use '{concurrent[concurrent.IndexOf("Concurrent", StringComparison.Ordinal)..concurrent.IndexOf('<', StringComparison.Ordinal)]}' instead of '{(declaration.Contains("Queue", StringComparison.Ordinal) ? "Queue" : "Dictionary")}'");

    [Fact]
    public Task Bag_keeps_no_order() => Run<AGL0706Fix_UseConcurrentType>(
        "var all = new List<string>(); await Parallel.ForEachAsync(items, async (item, token) => [|all.Add(await Ask(item))|]); Console.WriteLine(string.Join(' ', all));",
        "var all = new ConcurrentBag<string>(); await Parallel.ForEachAsync(items, async (item, token) => all.Add(await Ask(item))); Console.WriteLine(string.Join(' ', all));",
        "Use 'ConcurrentBag' instead of 'List', which keeps no order");

    [Theory]
    // Used as the type that it is.
    [InlineData("var all = new List<string>(); await Parallel.ForEachAsync(items, async (item, token) => [|all.Add(await Ask(item))|]); all.Sort();")]
    [InlineData("var all = new List<string>(); await Parallel.ForEachAsync(items, async (item, token) => [|all.AddRange([await Ask(item)])|]);")]
    // Two steps there as well; no twin.
    [InlineData("var all = new Dictionary<string, int>(); await Task.WhenAll(items.Select(async item => { await Ask(item); [|all[item]++|]; }));")]
    [InlineData("var all = new HashSet<string>(); await Task.WhenAll(items.Select(async item => { var r = await Ask(item); [|all.Add(r)|]; }));")]
    public Task No_concurrent_type(string body) => Run<AGL0706Fix_UseConcurrentType>(body, body, null);

    private static Task Run<TFix>(string body, string mended, string? title)
        where TFix : CodeFixProvider, new() =>
        new FixTest<AGL0706_CapturedStateMutatedConcurrently, TFix>(In(body), In(mended)) { AsksAllRules = true }.RunAsync(title);

    private static string In(string body) => $$"""
        #nullable enable
        using System;
        using System.Collections.Concurrent;
        using System.Collections.Generic;
        using System.Linq;
        using System.Threading;
        using System.Threading.Tasks;
        using Microsoft.Extensions.AI;

        public class Desk(IChatClient client)
        {
            private readonly List<string> found = [];
            private int total;

            public async Task Run(IReadOnlyList<string> items)
            {
                {{body.Replace("\n", "\n        ", StringComparison.Ordinal)}}
                found.Add(total.ToString());
            }

            private async Task<string> Ask(string item) => (await client.GetResponseAsync(item)).Text;
        }
        """;
}
