using AgentLint.Rules.Isolation;
using Xunit;
using static Microsoft.CodeAnalysis.DiagnosticSeverity;

namespace AgentLint.Tests.Rules.Isolation;

/// <summary>Gates for one at a time that are held while a model works, where several callers come at once.</summary>
public sealed class AGL0406Tests
{
    private const string Ask = "await model.GetResponseAsync(context.Message.Text);";

    [Theory]
    [InlineData("private static readonly SemaphoreSlim Gate = new(1, 1);")]
    [InlineData("private readonly SemaphoreSlim Gate = new(1);")]
    public Task Gate_of_all_callers(string field) => Consumer(field, "await Gate.WaitAsync(); try { await model.{|#0:GetResponseAsync|}(context.Message.Text); } finally { Gate.Release(); }")
        .Expect(Info, "'Answers.Consume' holds 'Answers.Gate' during the model call 'IChatClient.GetResponseAsync', which is reached from 'Answers.Consume': all other callers wait until the call ends")
        .RunAsync();

    [Theory]
    [InlineData("private readonly SemaphoreSlim Gate = new(8, 8);", "await Gate.WaitAsync(); try { " + Ask + " } finally { Gate.Release(); }")]
    [InlineData("private readonly SemaphoreSlim Gate = new(1, 1);", "await Gate.WaitAsync(); try { await Task.Yield(); } finally { Gate.Release(); } " + Ask)]
    [InlineData("private readonly System.Collections.Concurrent.ConcurrentDictionary<string, SemaphoreSlim> Gates = new();", "var gate = Gates.GetOrAdd(context.Message.Text, _ => new SemaphoreSlim(1, 1)); await gate.WaitAsync(); try { " + Ask + " } finally { gate.Release(); }")]
    [InlineData("", "var gate = new SemaphoreSlim(1, 1); await gate.WaitAsync(); try { " + Ask + " } finally { gate.Release(); }")]
    public Task Gate_that_lets_others_through(string field, string code) => Consumer(field, code).RunAsync();

    [Fact]
    public Task Gate_that_callers_hold_is_reported_where_they_take_it() => Consumer(
        "private readonly SemaphoreSlim Gate = new(1, 1); private async Task AskAsync(string text) => await model.GetResponseAsync(text);",
        "await Gate.WaitAsync(); try { await {|#0:AskAsync|}(context.Message.Text); } finally { Gate.Release(); }")
        .Expect(Info, "'Answers.Consume' holds 'Answers.Gate' during the model call 'IChatClient.GetResponseAsync' (Answers.Consume → Answers.AskAsync → IChatClient.GetResponseAsync), which is reached from 'Answers.Consume': all other callers wait until the call ends")
        .RunAsync();

    private static RuleTest<AGL0406_GateHeldAcrossCall> Consumer(string field, string code) => new($$"""
        using MassTransit;
        using Microsoft.Extensions.AI;

        public record Question(string Text);

        public class Answers(IChatClient model) : IConsumer<Question>
        {
            {{field}}

            public async Task Consume(ConsumeContext<Question> context) { {{code}} }
        }
        """);
}
