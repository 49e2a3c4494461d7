using System.Reflection;
using AgentLint.Fixes.Isolation;
using AgentLint.Rules.Isolation;
using Microsoft.Extensions.AI;
using Xunit;

namespace AgentLint.Tests.Rules.Isolation;

/// <summary>Programs before and after AgentLint's own fixes, compiled and run: how many calls run at once, and how much a queue takes.</summary>
public sealed class CrowdRunTests
{
    private const int Many = 40;

    private const string FanOut = """
        using System.Linq;
        using System.Threading;
        using System.Threading.Tasks;
        using Microsoft.Extensions.AI;

        public static class Work
        {
            public static async Task Run(IChatClient model, string[] items, CancellationToken token)
            {
                await [|Task.WhenAll|](items.Select(item => model.GetResponseAsync(item)));
            }
        }
        """;

    private const string Queue = """
        using System.Threading.Channels;
        using System.Threading.Tasks;
        using MassTransit;
        using Microsoft.Extensions.AI;

        public record Question(string Text);

        public class Work(IChatClient model) : IConsumer<Question>
        {
            private readonly Channel<string> queue = [|Channel.CreateUnbounded<string>()|];

            public async Task Consume(ConsumeContext<Question> context)
            {
                await PutAsync(context.Message.Text);
            }

            public async Task PutAsync(string text)
            {
                await queue.Writer.WriteAsync(text);
            }

            public async Task AnswerAsync()
            {
                await foreach (var text in queue.Reader.ReadAllAsync())
                    await model.GetResponseAsync(text);
            }
        }
        """;

    [Fact]
    public async Task Few_calls_run_at_once()
    {
        var mended = FanOut.Replace(
            "await [|Task.WhenAll|](items.Select(item => model.GetResponseAsync(item)))",
            "await Parallel.ForEachAsync(items, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = token }, async (item, _) => await model.GetResponseAsync(item))",
            StringComparison.Ordinal);
        await new FixTest<AGL0401_UnboundedFanOut, AGL0401Fix_LimitDegree>(FanOut, mended).RunAsync(null);

        // All have been asked before any has answered.
        var answer = new TaskCompletionSource<string>();
        using var crowded = new CountingModel(_ => answer.Task);
        var all = Run(FanOut)(crowded, Items(), CancellationToken.None);
        Assert.Equal(Many, crowded.Asked);
        answer.SetResult("yes");
        await all;

        var (now, most) = (0, 0);
        var gate = new Lock();
        using var calm = new CountingModel(async _ =>
        {
            lock (gate)
                most = Math.Max(most, ++now);
            await Task.Delay(1, TestContext.Current.CancellationToken);
            lock (gate)
                now--;
            return "yes";
        });
        await Run(mended)(calm, Items(), CancellationToken.None);
        Assert.Equal(Many, calm.Asked);
        Assert.InRange(most, 1, 8);

        static string[] Items() => [.. Enumerable.Range(1, Many).Select(number => "item " + number)];

        static Func<IChatClient, string[], CancellationToken, Task> Run(string code) => RunnableProgram.Run<Func<IChatClient, string[], CancellationToken, Task>>(code);
    }

    [Fact]
    public async Task Writer_waits_for_a_full_queue()
    {
        var mended = Queue.Replace("[|Channel.CreateUnbounded<string>()|]", "Channel.CreateBounded<string>(100)", StringComparison.Ordinal);
        await new FixTest<AGL0405_UnboundedAgentQueue, AGL0405Fix_BoundChannel>(Queue, mended).RunAsync(null);

        Assert.Equal(1000, Taken(Queue));
        Assert.Equal(100, Taken(mended));

        // Nothing reads: a thousand are put into the queue as far as it takes them.
        static int Taken(string code)
        {
            using var model = new CountingModel(Task.FromResult);
            var work = Activator.CreateInstance(RunnableProgram.Load(code, []).GetType("Work")!, model)!;
            var put = work.GetType().GetMethod("PutAsync", BindingFlags.Public | BindingFlags.Instance)!.CreateDelegate<Func<string, Task>>(work);
            return Enumerable.Range(0, 1000).Select(number => put("question " + number)).ToList().Count(task => task.IsCompletedSuccessfully);
        }
    }
}
