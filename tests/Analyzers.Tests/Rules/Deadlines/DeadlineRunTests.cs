using System.Runtime.Loader;
using AgentLint.Fixes.Deadlines;
using AgentLint.Rules.Deadlines;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.Extensions.AI;
using Xunit;

namespace AgentLint.Tests.Rules.Deadlines;

/// <summary>
/// Code before and after AgentLint's own fixes, compiled and run with a caller that gives up while the model works: before, the work goes on; after, it
/// ends. The model waits until the test lets it go on, so that nothing of it is luck.
/// </summary>
public sealed class DeadlineRunTests
{
    private const string Dropped = """
        using System.Threading;
        using System.Threading.Tasks;
        using Microsoft.Extensions.AI;

        public static class Work
        {
            public static async Task<string> Run(IChatClient model, string[] parts, CancellationToken token) => await [|AskAsync|](model, parts[0]);

            private static async Task<string> AskAsync(IChatClient model, string part) => (await model.GetResponseAsync(part)).Text;
        }

        """;

    private const string Passed = """
        using System.Threading;
        using System.Threading.Tasks;
        using Microsoft.Extensions.AI;

        public static class Work
        {
            public static async Task<string> Run(IChatClient model, string[] parts, CancellationToken token) => await AskAsync(model, parts[0], token);

            private static async Task<string> AskAsync(IChatClient model, string part, CancellationToken cancellationToken = default) => (await model.GetResponseAsync(part, cancellationToken: cancellationToken)).Text;
        }

        """;

    private const string Tool = """
        using System.Threading;
        using System.Threading.Tasks;
        using Microsoft.Extensions.AI;
        using ModelContextProtocol.Server;

        [McpServerToolType]
        public static class Work
        {
            [McpServerTool]
            public static async Task<string> [|Run|](IChatClient model, string part) => (await model.GetResponseAsync(part)).Text;
        }

        """;

    private const string Swallowed = """
        using System;
        using System.Collections.Generic;
        using System.Threading;
        using System.Threading.Tasks;
        using Microsoft.Extensions.AI;

        public static class Work
        {
            public static async Task<string> Run(IChatClient model, string[] parts, CancellationToken token)
            {
                var all = new List<string>();
                foreach (var part in parts)
                    try
                    {
                        all.Add((await model.GetResponseAsync(part, cancellationToken: token)).Text);
                    }
                    [|catch|] (Exception)
                    {
                        all.Add("failed");
                    }

                return string.Join(' ', all);
            }
        }

        """;

    private const string LetThrough = """
        using System;
        using System.Collections.Generic;
        using System.Threading;
        using System.Threading.Tasks;
        using Microsoft.Extensions.AI;

        public static class Work
        {
            public static async Task<string> Run(IChatClient model, string[] parts, CancellationToken token)
            {
                var all = new List<string>();
                foreach (var part in parts)
                    try
                    {
                        all.Add((await model.GetResponseAsync(part, cancellationToken: token)).Text);
                    }
                    catch (Exception exception) when (exception is not OperationCanceledException || !token.IsCancellationRequested)
                    {
                        all.Add("failed");
                    }

                return string.Join(' ', all);
            }
        }

        """;

    private const string Ended = """
        using System;
        using System.Threading;
        using System.Threading.Tasks;
        using Microsoft.Extensions.AI;

        public static class Work
        {
            private static readonly CancellationTokenSource Stop = new();
            private static int failures;

            public static async Task<string> Run(IChatClient model, string[] parts, CancellationToken token)
            {
                await ServeAsync(model, parts, Stop.Token);
                return failures + " failures";
            }

            private static async Task ServeAsync(IChatClient model, string[] parts, CancellationToken token)
            {
                while (!token.IsCancellationRequested)
                {
                    try
                    {
                        await model.GetResponseAsync(parts[0], cancellationToken: token);
                    }
                    [|catch|] (OperationCanceledException)
                    {
                        break;
                    }
                    catch (Exception)
                    {
                        if (++failures == 3)
                            Stop.Cancel();
                    }
                }
            }
        }

        """;

    [Fact]
    public async Task Cancellation_arrives_at_the_model_when_the_token_is_passed()
    {
        await new FixTest<AGL0301_DroppedCancellationToken, AGL0301Fix_PassToken>(Dropped, Passed).RunAsync(null);

        Assert.Equal((false, "one", 1), await GiveUpAsync(Dropped, ["one"]));
        Assert.Equal((true, null, 1), await GiveUpAsync(Passed, ["one"]));
    }

    [Fact]
    public async Task Cancellation_arrives_at_the_model_when_the_tool_takes_a_token()
    {
        var mended = Tool
            .Replace("[|Run|](IChatClient model, string part)", "Run(IChatClient model, string part, CancellationToken cancellationToken = default)", StringComparison.Ordinal)
            .Replace("GetResponseAsync(part)", "GetResponseAsync(part, cancellationToken: cancellationToken)", StringComparison.Ordinal);
        await new FixTest<AGL0302_ToolWithoutCancellationToken, AGL0302Fix_TakeToken>(Tool, mended).RunAsync(null);

        Assert.Equal((false, "one"), await GiveUpAsync(Tool));
        Assert.Equal((true, null), await GiveUpAsync(mended));

        // The tool as a host calls it, which gives it a token if it takes one.
        static async Task<(bool IsCanceled, string? Result)> GiveUpAsync(string code)
        {
            using var caller = new CancellationTokenSource();
            using var model = new WaitingModel();
            var tool = AIFunctionFactory.Create(RunnableProgram.Load(code, []).GetType("Work")!.GetMethod("Run")!, target: null);
            var work = tool.InvokeAsync(new AIFunctionArguments { ["model"] = model, ["part"] = "one" }, caller.Token).AsTask();
            await model.Asked.Task;
            await caller.CancelAsync();
            model.GoOn.TrySetResult();
            try
            {
                return (false, (await work)?.ToString());
            }
            catch (OperationCanceledException)
            {
                return (true, null);
            }
        }
    }

    [Fact]
    public async Task Loop_ends_when_the_cancellation_is_let_through()
    {
        await new FixTest<AGL0305_SwallowedCancellation, AGL0305Fix_LetCancellationThrough>(Swallowed, LetThrough).RunAsync(null);

        Assert.Equal((false, "failed failed failed", 3), await GiveUpAsync(Swallowed, ["one", "two", "three"]));
        Assert.Equal((true, null, 1), await GiveUpAsync(LetThrough, ["one", "two", "three"]));
        // A time limit of the model's own client is a failure, and the loop goes on.
        Assert.Equal("failed failed", await (await StartAsync(LetThrough))(new WaitingModel { IsTooSlow = true }, ["one", "two"], CancellationToken.None));
    }

    [Fact]
    public async Task Service_goes_on_after_a_timeout_when_the_token_is_asked()
    {
        var mended = Ended.Replace("[|catch|] (OperationCanceledException)", "catch (OperationCanceledException) when (token.IsCancellationRequested)", StringComparison.Ordinal);
        await new FixTest<AGL0305_SwallowedCancellation, AGL0305Fix_AskToken>(Ended, mended).RunAsync(null);

        Assert.Equal("0 failures", await (await StartAsync(Ended))(new WaitingModel { IsTooSlow = true }, ["one"], CancellationToken.None));
        Assert.Equal("3 failures", await (await StartAsync(mended))(new WaitingModel { IsTooSlow = true }, ["one"], CancellationToken.None));
    }

    /// <summary>Whether the work ends as cancelled, what it gives back otherwise, and how often the model was asked.</summary>
    private static async Task<(bool IsCanceled, string? Result, int Calls)> GiveUpAsync(string code, string[] parts)
    {
        using var caller = new CancellationTokenSource();
        using var model = new WaitingModel();
        var work = (await StartAsync(code))(model, parts, caller.Token);
        await model.Asked.Task;
        await caller.CancelAsync();
        model.GoOn.TrySetResult();
        try
        {
            return (false, await work, model.Calls);
        }
        catch (OperationCanceledException)
        {
            return (true, null, model.Calls);
        }
    }

    private static async Task<Func<IChatClient, string[], CancellationToken, Task<string>>> StartAsync(string code)
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
        return new AssemblyLoadContext(null).LoadFromStream(image).GetType("Work")!.GetMethod("Run")!.CreateDelegate<Func<IChatClient, string[], CancellationToken, Task<string>>>();
    }

    /// <summary>Answers with what it was asked, once it may go on; a cancelled token ends it before.</summary>
    private sealed class WaitingModel : IChatClient
    {
        public TaskCompletionSource Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource GoOn { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Calls { get; private set; }

        public bool IsTooSlow { get; init; }

        public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
        {
            Calls++;
            Asked.TrySetResult();
            if (IsTooSlow)
                throw new TaskCanceledException("The request was canceled due to the configured HttpClient.Timeout", new TimeoutException());
            cancellationToken.ThrowIfCancellationRequested();
            await GoOn.Task.WaitAsync(cancellationToken);
            return new ChatResponse(new ChatMessage(ChatRole.Assistant, messages.Last().Text));
        }

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
