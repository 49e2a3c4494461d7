using AgentLint.Fixes.Coupling;
using AgentLint.Rules.Coupling;
using Microsoft.Extensions.AI;
using Xunit;

namespace AgentLint.Tests.Rules.Coupling;

/// <summary>Code before and after AgentLint's own fix, compiled and run with a model that does not answer yet: before, the caller's thread waits; after, it has returned.</summary>
public sealed class HeldThreadRunTests
{
    private const string Blocking = """
        using System.Threading.Tasks;
        using Microsoft.Extensions.AI;

        public static class Work
        {
            public static string Run(IChatClient client) => client.GetResponseAsync("Hello").[|Result|].Text;
        }
        """;

    [Fact]
    public async Task Thread_is_not_held_while_the_model_works()
    {
        var mended = Blocking.Replace("public static string Run(IChatClient client) => client.GetResponseAsync(\"Hello\").[|Result|].Text;", "public static async Task<string> Run(IChatClient client) => (await client.GetResponseAsync(\"Hello\")).Text;", StringComparison.Ordinal);
        await new FixTest<AGL0601_BlockingAgentCall, AGL0601Fix_AwaitInstead>(Blocking, mended).RunAsync(null);

        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var answer = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var model = new CountingModel(_ =>
        {
            asked.TrySetResult();
            return answer.Task;
        });
        var text = "";
        var caller = new Thread(() => text = RunnableProgram.Run<Func<IChatClient, string>>(Blocking)(model)) { IsBackground = true };
        caller.Start();
        await asked.Task;
        Assert.True(caller.IsAlive);

        var work = RunnableProgram.Run<Func<IChatClient, Task<string>>>(mended)(model);
        // This thread is free, and the model has not answered.
        Assert.False(work.IsCompleted);
        Assert.True(caller.IsAlive);

        answer.SetResult("Hello");
        Assert.Equal("Hello", await work);
        caller.Join();
        Assert.Equal("Hello", text);
    }
}
