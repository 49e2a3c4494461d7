using System.Runtime.Loader;
using AgentLint.Fixes.Coupling;
using AgentLint.Rules.Coupling;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.Extensions.AI;
using Xunit;

namespace AgentLint.Tests.Rules.Coupling;

/// <summary>Code before and after the fixes of AGL0602, compiled and run: same results, same exceptions, less time.</summary>
[Collection(nameof(AloneCollection))]
public sealed class AGL0602RunTests
{
    private const string Pair = """
        using System.Collections.Generic;
        using System.Threading.Tasks;
        using Microsoft.Extensions.AI;

        public static class Work
        {
            public static async Task<string> Run(IChatClient client, IReadOnlyList<string> parts)
            {
                var first = await client.GetResponseAsync(parts[0]);
                var length = first.Text.Length;
                var second = [|await client.GetResponseAsync(parts[1])|];
                return first.Text + length + second.Text;
            }
        }
        """;

    private const string PairTogether = """
        using System.Collections.Generic;
        using System.Threading.Tasks;
        using Microsoft.Extensions.AI;

        public static class Work
        {
            public static async Task<string> Run(IChatClient client, IReadOnlyList<string> parts)
            {
                var firstTask = client.GetResponseAsync(parts[0]);
                var secondTask = client.GetResponseAsync(parts[1]);
                await Task.WhenAll(firstTask, secondTask);
                var first = await firstTask;
                var length = first.Text.Length;
                var second = await secondTask;
                return first.Text + length + second.Text;
            }
        }
        """;

    private const string Loop = """
        using System.Collections.Generic;
        using System.Linq;
        using System.Threading.Tasks;
        using Microsoft.Extensions.AI;

        public static class Work
        {
            public static async Task<string> Run(IChatClient client, IReadOnlyList<string> parts)
            {
                var all = new List<string>();
                foreach (var part in parts)
                {
                    var answer = [|await client.GetResponseAsync(part)|];
                    all.Add(answer.Text);
                }

                return string.Join(' ', all);
            }
        }
        """;

    private const string LoopTogether = """
        using System.Collections.Generic;
        using System.Linq;
        using System.Threading.Tasks;
        using Microsoft.Extensions.AI;

        public static class Work
        {
            public static async Task<string> Run(IChatClient client, IReadOnlyList<string> parts)
            {
                var all = new List<string>();
                var allInOrder = new string[parts.Count];
                await Parallel.ForEachAsync(Enumerable.Range(0, parts.Count), new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (index, _) =>
                {
                    var part = parts[index];
                    var answer = await client.GetResponseAsync(part);
                    allInOrder[index] = answer.Text;
                });
                all.AddRange(allInOrder);

                return string.Join(' ', all);
            }
        }
        """;

    [Fact]
    public async Task Calls_that_are_started_together_give_the_same_in_less_time()
    {
        await Check<AGL0602Fix_StartTogether>(Pair, PairTogether, ["one", "two"], mostAtOnce: 2);
    }

    [Theory]
    [InlineData("!one", "two")]
    [InlineData("one", "!two")]
    [InlineData("!one", "!two")]
    public async Task Calls_that_are_started_together_fail_with_the_same_exception(string first, string second)
    {
        var before = await Run(Pair, [first, second]);
        var after = await Run(PairTogether, [first, second]);

        Assert.NotNull(before.Failure);
        Assert.Equal((before.Failure.GetType(), before.Failure.Message), (after.Failure?.GetType(), after.Failure?.Message));
        // As the title says: all calls are made.
        Assert.Equal((first[0] == '!' ? 1 : 2, 2), (before.Calls, after.Calls));
    }

    /// <summary>The limit on the page: who gives up and who fails are told apart, whichever comes first.</summary>
    [Fact]
    public async Task Call_that_is_cancelled_before_one_that_fails()
    {
        var before = await Run(Pair, ["?one", "!two"]);
        var after = await Run(PairTogether, ["?one", "!two"]);

        Assert.Equal(("?one", "!two"), (before.Failure?.Message, after.Failure?.Message));
    }

    [Fact]
    public async Task Calls_that_are_cancelled_are_cancelled()
    {
        var before = await Run(Pair, ["one", "?two"]);
        var after = await Run(PairTogether, ["one", "?two"]);

        Assert.IsType<OperationCanceledException>(before.Failure);
        Assert.Equal((before.Failure.GetType(), before.Failure.Message), (after.Failure?.GetType(), after.Failure?.Message));
    }

    [Fact]
    public async Task Iterations_that_run_together_give_the_same_in_less_time_and_keep_the_bound()
    {
        await Check<AGL0602Fix_RunIterationsTogether>(Loop, LoopTogether, [.. Enumerable.Range(0, 8).Select(i => "part" + i)], mostAtOnce: 4);
    }

    /// <summary>The limit on the page: of several iterations that fail, the first to fail is heard, not the first in order.</summary>
    [Fact]
    public async Task Iterations_that_fail_sooner_than_those_before_them()
    {
        var before = await Run(Loop, ["!a, which takes longer", "!b"]);
        var after = await Run(LoopTogether, ["!a, which takes longer", "!b"]);

        Assert.Equal(("!a, which takes longer", "!b"), (before.Failure?.Message, after.Failure?.Message));
    }

    [Theory]
    [InlineData("!b")]
    [InlineData("?b")]
    public async Task Iterations_that_run_together_fail_with_the_same_exception(string second)
    {
        var before = await Run(Loop, ["a", second, "c"]);
        var after = await Run(LoopTogether, ["a", second, "c"]);

        Assert.NotNull(before.Failure);
        Assert.Equal((before.Failure.GetType(), before.Failure.Message), (after.Failure?.GetType(), after.Failure?.Message));
    }

    private static async Task Check<TFix>(string code, string fixedCode, string[] parts, int mostAtOnce)
        where TFix : CodeFixProvider, new()
    {
        await new FixTest<AGL0602_SequentialIndependentCalls, TFix>(code, fixedCode).RunAsync(null);

        var before = await Run(code, parts);
        var after = await Run(fixedCode, parts);

        Assert.Equal((before.Result, before.Failure), (after.Result, after.Failure));
        Assert.Equal((1, mostAtOnce), (before.MostAtOnce, after.MostAtOnce));
    }

    private static async Task<Outcome> Run(string code, IReadOnlyList<string> parts)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var compilation = CSharpCompilation.Create(
            "Work",
            [CSharpSyntaxTree.ParseText(code.Replace("[|", "", StringComparison.Ordinal).Replace("|]", "", StringComparison.Ordinal), cancellationToken: cancellation)],
            [.. Libraries.Framework, .. Libraries.All],
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        using var image = new MemoryStream();
        Assert.True(compilation.Emit(image, cancellationToken: cancellation).Success);
        image.Position = 0;
        var work = new AssemblyLoadContext(null).LoadFromStream(image).GetType("Work")!.GetMethod("Run")!.CreateDelegate<Func<IChatClient, IReadOnlyList<string>, Task<string>>>();

        using var client = new SlowClient();
        try
        {
            return new Outcome(await work(client, parts), null, client.MostAtOnce, client.Calls);
        }
        catch (Exception failure) when (failure is InvalidOperationException or OperationCanceledException)
        {
            return new Outcome(null, failure, client.MostAtOnce, client.Calls);
        }
    }

    private sealed record Outcome(string? Result, Exception? Failure, int MostAtOnce, int Calls);

    /// <summary>
    /// Answers after a while with what it was asked; fails when that starts with an exclamation mark, and gives up when it starts with a
    /// question mark. What is longer takes longer.
    /// </summary>
    private sealed class SlowClient : IChatClient
    {
        private int running;

        public int MostAtOnce { get; private set; }

        public int Calls { get; private set; }

        public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
        {
            lock (this)
            {
                MostAtOnce = Math.Max(MostAtOnce, ++running);
                Calls++;
            }

            var text = messages.Last().Text;
            await Task.Delay(text.Length > 10 ? 1000 : 200, cancellationToken);
            lock (this)
                running--;
            return text[0] switch
            {
                '!' => throw new InvalidOperationException(text),
                '?' => throw new OperationCanceledException(text),
                _ => new ChatResponse(new ChatMessage(ChatRole.Assistant, text)),
            };
        }

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
