using AgentLint.Rules.DurableExecution;
using Xunit;
using static Microsoft.CodeAnalysis.DiagnosticSeverity;

namespace AgentLint.Tests.Rules.DurableExecution;

/// <summary>Endless loops of workflow code.</summary>
public sealed class AGL1004Tests
{
    private const string Step = "await Workflow.ExecuteActivityAsync((Shop shop) => shop.ShipAsync(order), new ActivityOptions { StartToCloseTimeout = TimeSpan.FromMinutes(1) });";

    [Theory]
    [InlineData("{|#0:while|} (true) { " + Step + " }", "Workflow.ExecuteActivityAsync", "")]
    [InlineData("{|#0:for|} (;;) { await Workflow.DelayAsync(1000); }", "Workflow.DelayAsync", "")]
    [InlineData("{|#0:do|} { await TurnAsync(); } while (true);", "Workflow.DelayAsync", " (OrderWorkflow.TurnAsync → Workflow.DelayAsync)")]
    public Task Loop_without_end(string body, string step, string path) =>
        Temporal(body).Expect(Info, $"'OrderWorkflow.RunAsync' repeats '{step}' without end{path}, and its history grows with each iteration; continue as new after a number of iterations").RunAsync();

    [Theory]
    [InlineData("for (var turn = 0; turn < 100; turn++) { " + Step + " } return order;")]
    [InlineData("while (true) { " + Step + " if (order == \"\") break; } return order;")]
    [InlineData("while (true) { " + Step + " if (Workflow.ContinueAsNewSuggested) throw Workflow.CreateContinueAsNewException((OrderWorkflow w) => w.RunAsync(order)); }")]
    [InlineData("while (order.Length < 9) { order += order; } return order;")]
    public Task Loop_that_ends_or_starts_anew(string body) => Temporal(body).RunAsync();

    [Fact]
    public Task Chat_orchestrator() =>
        new RuleTest<AGL1004_EndlessWorkflow>("""
            using Microsoft.DurableTask;

            class Chat : TaskOrchestrator<string, string>
            {
                public override async Task<string> RunAsync(TaskOrchestrationContext context, string input)
                {
                    {|#0:while|} (true)
                        await context.CallActivityAsync("Answer", await context.WaitForExternalEvent<string>("question"));
                }
            }

            class Counted : TaskOrchestrator<int, string>
            {
                public override async Task<string> RunAsync(TaskOrchestrationContext context, int turn)
                {
                    await context.CallActivityAsync("Answer", turn);
                    context.ContinueAsNew(turn + 1);
                    return "";
                }
            }
            """).Reference(Library.DurableTask)
            .Expect(Info, "'Chat.RunAsync' repeats 'TaskOrchestrationContext.CallActivityAsync' without end, and its history grows with each iteration; continue as new after a number of iterations").RunAsync();

    // The type declares its primary constructor, which has no loop.
    [Fact]
    public Task Workflow_with_a_primary_constructor_is_reported_once() =>
        new RuleTest<AGL1004_EndlessWorkflow>("""
            using Microsoft.DurableTask;

            class Chat(string activity) : TaskOrchestrator<string, string>
            {
                public override async Task<string> RunAsync(TaskOrchestrationContext context, string input)
                {
                    {|#0:while|} (true)
                        await context.CallActivityAsync(activity, await context.WaitForExternalEvent<string>("question"));
                }
            }
            """).Reference(Library.DurableTask)
            .Expect(Info, "'Chat.RunAsync' repeats 'TaskOrchestrationContext.CallActivityAsync' without end, and its history grows with each iteration; continue as new after a number of iterations").RunAsync();

    private static RuleTest<AGL1004_EndlessWorkflow> Temporal(string body) =>
        new RuleTest<AGL1004_EndlessWorkflow>(TemporalProgram.Of(body, "", "private static Task TurnAsync() => Workflow.DelayAsync(1000);")).Reference(Library.Temporal);
}
