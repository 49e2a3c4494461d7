using System.Reflection;
using AgentLint.Fixes.Loops;
using AgentLint.Rules.Loops;
using Microsoft.Extensions.AI;
using Xunit;

namespace AgentLint.Tests.Rules.Loops;

/// <summary>Loops before and after AgentLint's own fixes, compiled and run with a model that is not done for a thousand rounds: how often it is asked.</summary>
public sealed class LoopRunTests
{
    private const int Enough = 1000;

    private const string Drafts = """
        using System;
        using System.Threading.Tasks;
        using Microsoft.Extensions.AI;

        public static class Work
        {
            public static async Task<string> Run(IChatClient client, string text)
            {
                [|while (!text.Contains("DONE"))|]
                {
                    text = (await client.GetResponseAsync("Longer: " + text)).Text;
                }

                return text;
            }
        }
        """;

    private const string Tools = """
        using Microsoft.Extensions.AI;

        public static class Work
        {
            public static IChatClient Run(IChatClient client) => new FunctionInvokingChatClient(client) { MaximumIterationsPerRequest = [|int.MaxValue|] };
        }
        """;

    [Fact]
    public async Task Own_loop_ends_after_its_rounds()
    {
        var mended = Drafts
            .Replace("        [|while (!text.Contains(\"DONE\"))|]\n        {\n", "        var rounds = 0;\n        while (!text.Contains(\"DONE\"))\n        {\n            if (++rounds > 20)\n                throw new InvalidOperationException(\"No end after 20 rounds\");\n", StringComparison.Ordinal);
        await new FixTest<AGL0901_UnboundedAgentLoop, AGL0901Fix_LimitRounds>(Drafts, mended).RunAsync(null);

        using var before = Model();
        Assert.Equal("DONE", await RunnableProgram.Run<Func<IChatClient, string, Task<string>>>(Drafts)(before, ""));
        Assert.Equal(Enough, before.Asked);
        using var after = Model();
        await Assert.ThrowsAsync<InvalidOperationException>(() => RunnableProgram.Run<Func<IChatClient, string, Task<string>>>(mended)(after, ""));
        Assert.Equal(20, after.Asked);

        static CountingModel Model()
        {
            var rounds = 0;
            return new CountingModel(_ => Task.FromResult(++rounds == Enough ? "DONE" : "more"));
        }
    }

    [Fact]
    public async Task Loop_of_the_framework_ends_after_its_rounds()
    {
        var mended = Tools.Replace("[|int.MaxValue|]", "40", StringComparison.Ordinal);
        var test = new FixTest<AGL0902_UnlimitedFrameworkLoop, AGL0902Fix_SetLimit>(Tools, mended);
        Libraries.AddTo(test.TestState, Library.ExtensionsAI);
        await test.RunAsync(null);

        Assert.Equal(Enough, await AskedAsync(Tools));
        // Forty rounds, and the one in which the framework offers no tools any more.
        Assert.Equal(41, await AskedAsync(mended));

        static async Task<int> AskedAsync(string code)
        {
            var rounds = 0;
            using var model = new CountingModel((_, options, _) => Task.FromResult(new ChatResponse(++rounds == Enough || options?.Tools is not { Count: > 0 }
                ? new ChatMessage(ChatRole.Assistant, "DONE")
                : new ChatMessage(ChatRole.Assistant, [new FunctionCallContent("call " + rounds, "note", new Dictionary<string, object?>())]))));
            var make = RunnableProgram.Load(code, [Library.ExtensionsAI], "Microsoft.Extensions.AI.dll").GetType("Work")!.GetMethod("Run", BindingFlags.Public | BindingFlags.Static)!.CreateDelegate<Func<IChatClient, IChatClient>>();
            using var client = make(model);
            await client.GetResponseAsync([new ChatMessage(ChatRole.User, "Work.")], new ChatOptions { Tools = [AIFunctionFactory.Create(() => "noted", "note")] }, TestContext.Current.CancellationToken);
            return model.Asked;
        }
    }
}
