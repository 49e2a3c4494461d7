using AgentLint.Fixes.Isolation;
using AgentLint.Rules.Isolation;
using Xunit;

namespace AgentLint.Tests.Rules.Isolation;

/// <summary>A channel is bounded where its writers wait.</summary>
public sealed class AGL0405FixTests
{
    [Theory]
    [InlineData("[|Channel.CreateUnbounded<string>()|]", "await queue.Writer.WriteAsync(context.Message.Text);", "Channel.CreateBounded<string>(100)")]
    [InlineData("[|Channel.CreateUnbounded<string>()|]", "queue.Writer.TryWrite(context.Message.Text); await Task.Yield();", null)]
    [InlineData("[|Channel.CreateUnbounded<string>(new UnboundedChannelOptions { SingleReader = true })|]", "await queue.Writer.WriteAsync(context.Message.Text);", null)]
    public Task Channel(string made, string fill, string? mended) =>
        new FixTest<AGL0405_UnboundedAgentQueue, AGL0405Fix_BoundChannel>(File(made, fill), File(mended ?? made, fill)).RunAsync("Limit the channel to 100 items (writers wait when it is full)");

    private static string File(string made, string fill) => $$"""
        using System.Threading.Channels;
        using System.Threading.Tasks;
        using MassTransit;
        using Microsoft.Extensions.AI;

        public record Question(string Text);

        public class Inbox(IChatClient model) : IConsumer<Question>
        {
            private readonly Channel<string> queue = {{made}}; // the inbox

            public async Task Consume(ConsumeContext<Question> context)
            {
                {{fill}}
            }

            public async Task AnswerAsync()
            {
                await foreach (var text in queue.Reader.ReadAllAsync())
                    await model.GetResponseAsync(text);
            }
        }

        """;
}
