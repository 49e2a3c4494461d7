using System.Reflection;
using System.Runtime.Loader;
using AgentLint.Fixes.CircuitBreaking;
using AgentLint.Fixes.Isolation;
using AgentLint.Rules.CircuitBreaking;
using AgentLint.Rules.Isolation;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.Extensions.AI;
using Polly.CircuitBreaker;
using Xunit;

namespace AgentLint.Tests.Rules.Isolation;

/// <summary>
/// Programs before and after AgentLint's own fixes, compiled and run: work that was started twice is started once, a failure that was lost reaches the
/// caller, a tool ends after its work, a breaker that never opened opens, and retries no longer multiply what a party that is down is asked.
/// </summary>
public sealed class LeftWorkRunTests
{
    private static readonly string[] Parts = [.. Enumerable.Range(1, 8).Select(i => "part " + i)];

    private const string Twice = """
        using System.Collections.Generic;
        using System.Linq;
        using System.Threading.Tasks;
        using Microsoft.Extensions.AI;

        public static class Work
        {
            public static async Task<string> Run(IChatClient client, IReadOnlyList<string> parts)
            {
                var tasks = parts.[|Select|](part => client.GetResponseAsync(part));
                await Task.WhenAll(tasks);
                return string.Join(", ", tasks.Select(task => task.Result.Text).ToList());
            }
        }
        """;

    private const string Lost = """
        using System.Collections.Generic;
        using System.Threading.Tasks;
        using Microsoft.Extensions.AI;

        public static class Work
        {
            public static async Task<string> Run(IChatClient client, IReadOnlyList<string> parts)
            {
                await Task.Yield();
                _ = [|client.GetResponseAsync|](parts[0]);
                return "done";
            }
        }
        """;

    private const string Tool = """
        using System.Net.Http;
        using System.Threading.Tasks;
        using Microsoft.Extensions.AI;
        using ModelContextProtocol.Server;

        [McpServerToolType]
        public static class Work
        {
            [McpServerTool]
            public static async void [|Run|](IChatClient client) => await client.GetResponseAsync("Book a table.");
        }
        """;

    private const string Breaker = """
        using System;
        using System.Threading.Tasks;
        using Polly;
        using Polly.CircuitBreaker;

        public static class Work
        {
            public static object None => null;

            public static async Task Run(Func<Task> ask)
            {
                var breaker = new ResiliencePipelineBuilder().[|AddCircuitBreaker|](new CircuitBreakerStrategyOptions { MinimumThroughput = 2 }).Build();
                await breaker.ExecuteAsync(async _ => await ask());
            }
        }
        """;

    private const string Retry = """
        using System;
        using System.Threading.Tasks;
        using Microsoft.Extensions.AI;
        using ModelContextProtocol.Server;
        using Polly;
        using Polly.CircuitBreaker;
        using Polly.Retry;

        [McpServerToolType]
        public static class Work
        {
            private static readonly ResiliencePipeline Pipeline = new ResiliencePipelineBuilder().[|AddRetry|](new RetryStrategyOptions { Delay = TimeSpan.Zero }).Build();

            [McpServerTool]
            public static async Task Run(IChatClient client) => await Pipeline.ExecuteAsync(async token => await client.GetResponseAsync("Are you there?", cancellationToken: token));
        }
        """;

    [Fact]
    public async Task Work_that_was_started_twice_is_started_once()
    {
        var mended = Twice.Replace("[|Select|](part => client.GetResponseAsync(part))", "Select(part => client.GetResponseAsync(part)).ToArray()", StringComparison.Ordinal);
        await new FixTest<AGL0404_DeferredTaskSequence, AGL0404Fix_StoreTasks>(Twice, mended).RunAsync(null);

        Assert.Equal(2 * Parts.Length, await AskedAsync(Twice));
        Assert.Equal(Parts.Length, await AskedAsync(mended));

        static async Task<int> AskedAsync(string code)
        {
            var model = new Model((string _) => "yes");
            Assert.Equal(string.Join(", ", Parts.Select(_ => "yes")), await Load<Func<IChatClient, IReadOnlyList<string>, Task<string>>>(code)(model, Parts));
            return model.Asked;
        }
    }

    [Fact]
    public async Task Failure_that_was_lost_reaches_the_caller()
    {
        var mended = Lost.Replace("_ = [|client.GetResponseAsync|]", "await client.GetResponseAsync", StringComparison.Ordinal);
        await new FixTest<AGL0402_AbandonedAgentCall, AGL0402Fix_AwaitIt>(Lost, mended).RunAsync(null);

        Assert.Equal("done", await Load<Func<IChatClient, IReadOnlyList<string>, Task<string>>>(Lost)(new Model((string _) => Fail()), Parts));
        await Assert.ThrowsAsync<HttpRequestException>(() => Load<Func<IChatClient, IReadOnlyList<string>, Task<string>>>(mended)(new Model((string _) => Fail()), Parts));
    }

    [Fact]
    public async Task Tool_ends_after_its_work()
    {
        var mended = Tool.Replace("async void [|Run|]", "async Task Run", StringComparison.Ordinal);
        await new FixTest<AGL0403_AsyncVoidTool, AGL0403Fix_ReturnTask>(Tool, mended).RunAsync(null);

        var booked = new TaskCompletionSource<string>();
        var model = new Model((string _) => booked.Task);
        // It has returned, and nothing has been booked.
        Load<Action<IChatClient>>(Tool)(model);
        Assert.Equal(1, model.Asked);
        var ended = Load<Func<IChatClient, Task>>(mended)(model);
        Assert.False(ended.IsCompleted);
        booked.SetResult("booked");
        await ended;
    }

    [Fact]
    public async Task Breaker_that_never_opened_opens()
    {
        var mended = Breaker.Replace("        var breaker = new ResiliencePipelineBuilder().[|AddCircuitBreaker|](new CircuitBreakerStrategyOptions { MinimumThroughput = 2 }).Build();\n        await breaker.", "        await Breaker.", StringComparison.Ordinal)
            .Replace("    public static object None", "    private static readonly ResiliencePipeline Breaker = new ResiliencePipelineBuilder().AddCircuitBreaker(new CircuitBreakerStrategyOptions { MinimumThroughput = 2 }).Build();\n\n    public static object None", StringComparison.Ordinal);
        await new FixTest<AGL0502_PerCallPipeline, AGL0502Fix_KeepPipeline>(Breaker, mended).RunAsync(null);

        Assert.Equal((10, 0), await AskedAsync(Breaker));
        Assert.Equal((2, 8), await AskedAsync(mended));

        static async Task<(int Asked, int Refused)> AskedAsync(string code)
        {
            var run = Load<Func<Func<Task>, Task>>(code);
            var (asked, refused) = (0, 0);
            for (var i = 0; i < 10; i++)
                try
                {
                    await run(() => throw new HttpRequestException((++asked).ToString(System.Globalization.CultureInfo.InvariantCulture)));
                }
                catch (BrokenCircuitException)
                {
                    refused++;
                }
                catch (HttpRequestException)
                {
                }

            return (asked, refused);
        }
    }

    [Fact]
    public async Task Retries_end_when_the_breaker_is_open()
    {
        var mended = Retry.Replace("[|AddRetry|](new RetryStrategyOptions { Delay = TimeSpan.Zero })", "AddRetry(new RetryStrategyOptions { Delay = TimeSpan.Zero }).AddCircuitBreaker(new CircuitBreakerStrategyOptions())", StringComparison.Ordinal);
        await new FixTest<AGL0501_RetryWithoutCircuitBreaker, AGL0501Fix_AddBreaker>(Retry, mended).RunAsync(null);

        Assert.Equal(60 * 4, await AskedAsync(Retry));
        Assert.Equal(100, await AskedAsync(mended));

        static async Task<int> AskedAsync(string code)
        {
            var model = new Model((string _) => Fail());
            var run = Load<Func<IChatClient, Task>>(code);
            for (var i = 0; i < 60; i++)
                await Assert.ThrowsAnyAsync<Exception>(() => run(model));
            return model.Asked;
        }
    }

    private static string Fail() => throw new HttpRequestException();

    private static TRun Load<TRun>(string code)
        where TRun : Delegate
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
        return new AssemblyLoadContext(null).LoadFromStream(image).GetType("Work")!.GetMethod("Run", BindingFlags.Public | BindingFlags.Static)!.CreateDelegate<TRun>();
    }

    /// <summary>Counts how often it is asked.</summary>
    private sealed class Model(Func<string, Task<string>> answer) : IChatClient
    {
        public Model(Func<string, string> answer)
            : this(async text =>
            {
                await Task.Yield();
                return answer(text);
            })
        {
        }

        public int Asked { get; private set; }

        public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
        {
            Asked++;
            return new ChatResponse(new ChatMessage(ChatRole.Assistant, await answer(string.Concat(messages.Select(message => message.Text)))));
        }

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
