using AgentLint.Rules.Isolation;
using Xunit;
using static Microsoft.CodeAnalysis.DiagnosticSeverity;

namespace AgentLint.Tests.Rules.Isolation;

/// <summary>Queues without a bound between a request and a model are reported where they are made.</summary>
public sealed class AGL0405Tests
{
    private const string Read = "public async Task AnswerAsync() { await foreach (var text in queue.Reader.ReadAllAsync()) await model.GetResponseAsync(text); }";
    private const string Fill = "await queue.Writer.WriteAsync(context.Message.Text);";

    [Fact]
    public Task Channel_from_a_message_to_a_model() => Inbox("private readonly Channel<string> queue = {|#0:Channel.CreateUnbounded<string>()|};", Fill, Read)
        .Expect(Info, "'Inbox.queue' has no capacity limit: it is filled from 'Inbox.Consume' and drained by code that waits for the model call 'IChatClient.GetResponseAsync'")
        .RunAsync();

    [Fact]
    public Task Queue_from_a_message_to_a_model() => Inbox(
        "private readonly System.Collections.Concurrent.ConcurrentQueue<string> queue = {|#0:new System.Collections.Concurrent.ConcurrentQueue<string>()|};",
        "queue.Enqueue(context.Message.Text); await Task.Yield();",
        "public async Task AnswerAsync() { while (queue.TryDequeue(out var text)) await model.GetResponseAsync(text); }")
        .Expect(Info, "'Inbox.queue' has no capacity limit: it is filled from 'Inbox.Consume' and drained by code that waits for the model call 'IChatClient.GetResponseAsync'")
        .RunAsync();

    [Theory]
    [InlineData("private readonly Channel<string> queue = Channel.CreateBounded<string>(100);", Fill, Read)]
    [InlineData("private readonly Channel<string> queue = Channel.CreateUnbounded<string>();", Fill, "public async Task AnswerAsync() { await foreach (var text in queue.Reader.ReadAllAsync()) Console.WriteLine(text); }")]
    [InlineData("private readonly Channel<string> queue = Channel.CreateUnbounded<string>();", "await Task.Yield();", Read)]
    [InlineData("", "var queue = Channel.CreateUnbounded<string>(); await queue.Writer.WriteAsync(context.Message.Text); await model.GetResponseAsync(await queue.Reader.ReadAsync());", "")]
    public Task Queue_that_is_bounded_or_leads_to_no_model(string field, string fill, string read) => Inbox(field, fill, read).RunAsync();

    [Fact]
    public Task Reader_of_another_object_is_not_followed() => Inbox("private readonly Channel<string> queue = Channel.CreateUnbounded<string>();", Fill, "public Task AnswerAsync(Worker worker) => worker.RunAsync(queue.Reader);", """
        public class Worker(Microsoft.Extensions.AI.IChatClient model)
        {
            public async Task RunAsync(System.Threading.Channels.ChannelReader<string> reader) { Console.WriteLine(model); await reader.ReadAsync(); }
        }
        """).RunAsync();

    private static RuleTest<AGL0405_UnboundedAgentQueue> Inbox(string field, string fill, string read, params IEnumerable<string> files) => new([$$"""
        using System.Threading.Channels;
        using MassTransit;
        using Microsoft.Extensions.AI;

        public record Question(string Text);

        public class Inbox(IChatClient model) : IConsumer<Question>
        {
            {{field}}

            public object Model => model;

            public async Task Consume(ConsumeContext<Question> context) { {{fill}} }

            {{read}}
        }
        """, .. files]);
}
