using AgentLint.Fixes.SharedState;
using AgentLint.Rules.SharedState;
using Xunit;

namespace AgentLint.Tests.Rules.SharedState;

/// <summary>What the fix of AGL0708 makes, and where it is not offered.</summary>
public sealed class AGL0708FixTests
{
    private const string Each = "Await each item in a 'foreach'";
    private const string Together = "Wait for all with 'Parallel.ForEachAsync'";

    /// <summary>That items which do not need each other need not wait for each other either, AGL0602 says next.</summary>
    [Theory]
    [InlineData("items.ForEach([|async|] item => await Ask(item)); // all", "foreach (var item in items)\n    await Ask(item); // all")]
    [InlineData("Array.ForEach(items.ToArray(), [|async|] item => await Ask(item));", "foreach (var item in items.ToArray())\n    await Ask(item);")]
    [InlineData(
        """
        // Each of them.
        items.ForEach([|async|] item =>
        {
            if (item == "")
                return;
            await Ask(item);
        });
        """,
        """
        // Each of them.
        foreach (var item in items)
        {
            if (item == "")
                continue;
            await Ask(item);
        }
        """)]
    public Task Loop_that_waits(string code, string mended) => Run("async", code, mended, Each);

    [Theory]
    [InlineData("Parallel.ForEach(items, [|async|] item => await Ask(item));", "await Parallel.ForEachAsync(items, async (item, _) => await Ask(item));")]
    [InlineData(
        """
        Parallel.ForEach(items, [|async|] (item) =>
        {
            await Ask(item); // one
        });
        """,
        """
        await Parallel.ForEachAsync(items, async (item, _) =>
        {
            await Ask(item); // one
        });
        """)]
    public Task Parallel_loop_that_waits(string code, string mended) => Run("async", code, mended, Together);

    [Theory]
    // Nobody may await here; the lambda runs at its caller's pace; what it is given to has no form that waits.
    [InlineData("", "items.ForEach([|async|] item => await Ask(item));")]
    [InlineData("async", "Each(items, [|async|] item => await Ask(item));")]
    [InlineData("async", "var progress = new Progress<string>([|async|] item => await Ask(item));")]
    [InlineData("async", "using var timer = new Timer([|async|] _ => await Ask(\"\"), null, 0, 1000);")]
    public Task Not_offered(string modifier, string code) => Run(modifier, code, code, null);

    private static Task Run(string modifier, string code, string mended, string? title) =>
        new FixTest<AGL0708_AsyncLambdaAsAction, AGL0708Fix_AwaitEach>(In(modifier, code), In(modifier, mended)) { AsksAllRules = title != Each }.RunAsync(title);

    private static string In(string modifier, string code) => $$"""
        using System;
        using System.Collections.Generic;
        using System.Linq;
        using System.Threading;
        using System.Threading.Tasks;
        using Microsoft.Extensions.AI;

        public class Desk(IChatClient client)
        {
            public {{modifier}} {{(modifier == "" ? "void" : "Task")}} Run(List<string> items)
            {
                {{code.Replace("\n", "\n        ", StringComparison.Ordinal)}}
                {{(modifier == "" ? "" : "await Task.Yield();")}}
            }

            private async Task<string> Ask(string item) => (await client.GetResponseAsync(item)).Text;

            private static void Each(List<string> items, Action<string> action) { foreach (var item in items) action(item); }
        }
        """;
}
