using AgentLint.Fixes.DurableExecution;
using AgentLint.Rules.DurableExecution;
using Xunit;

namespace AgentLint.Tests.Rules.DurableExecution;

/// <summary>Workflow code asks its engine instead of the process.</summary>
public sealed class AGL1001FixTests
{
    [Theory]
    [InlineData("return [|DateTime.UtcNow|].ToString();", "return Workflow.UtcNow.ToString();", "Use 'Workflow.UtcNow'")]
    [InlineData("return [|DateTime.Today|].ToString();", "return Workflow.UtcNow.Date.ToString();", "Use 'Workflow.UtcNow'")]
    [InlineData("DateTimeOffset at = [|DateTimeOffset.UtcNow|]; return at.ToString();", "DateTimeOffset at = new DateTimeOffset(Workflow.UtcNow); return at.ToString();", "Use 'Workflow.UtcNow'")]
    [InlineData("return /* id */ [|Guid.NewGuid()|].ToString();", "return /* id */ Workflow.NewGuid().ToString();", "Use 'Workflow.NewGuid'")]
    [InlineData("return [|new Random()|].Next(9).ToString();", "return Workflow.Random.Next(9).ToString();", "Use 'Workflow.Random'")]
    [InlineData("await [|Task.Delay(1000)|]; return order;", "await Workflow.DelayAsync(1000); return order;", "Use 'Workflow.DelayAsync'")]
    [InlineData("await [|Task.Run(() => Workflow.DelayAsync(1))|]; return order;", "await Workflow.RunTaskAsync(() => Workflow.DelayAsync(1)); return order;", "Use 'Workflow.RunTaskAsync'")]
    public Task Temporal(string body, string fixedBody, string title) =>
        new FixTest<AGL1001_NonDeterministicWorkflow, AGL1001Fix_AskTheEngine>(Imports + TemporalProgram.Of(body), Imports + TemporalProgram.Of(fixedBody)).Reference(Library.Temporal).RunAsync(title);

    // One report stands for all of a line.
    [Fact]
    public Task All_of_a_line() => new FixTest<AGL1001_NonDeterministicWorkflow, AGL1001Fix_AskTheEngine>(
        Imports + TemporalProgram.Of("await Workflow.DelayAsync([|DateTime.UtcNow|].AddHours(1) - DateTime.UtcNow); return order;"),
        Imports + TemporalProgram.Of("await Workflow.DelayAsync(Workflow.UtcNow.AddHours(1) - Workflow.UtcNow); return order;")).Reference(Library.Temporal).RunAsync("Use 'Workflow.UtcNow'");

    [Theory]
    [InlineData("return [|Environment.MachineName|];")]
    [InlineData("return [|Stamp()|];")]
    public Task Not_offered(string body) =>
        new FixTest<AGL1001_NonDeterministicWorkflow, AGL1001Fix_AskTheEngine>(
            Imports + TemporalProgram.Of(body, "", "private static string Stamp() => DateTime.UtcNow.ToString();"),
            Imports + TemporalProgram.Of(body, "", "private static string Stamp() => DateTime.UtcNow.ToString();")).Reference(Library.Temporal).RunAsync(null);

    [Theory]
    [InlineData("await context.CreateTimer([|DateTime.UtcNow|].AddSeconds(5), CancellationToken.None);", "await context.CreateTimer(context.CurrentUtcDateTime.AddSeconds(5), CancellationToken.None);")]
    [InlineData("await [|Task.Delay(500)|];", "await context.CreateTimer(TimeSpan.FromMilliseconds(500), CancellationToken.None);")]
    [InlineData("await [|Task.Delay(TimeSpan.FromSeconds(5))|];", "await context.CreateTimer(TimeSpan.FromSeconds(5), CancellationToken.None);")]
    public Task Durable_task(string body, string fixedBody) =>
        new FixTest<AGL1001_NonDeterministicWorkflow, AGL1001Fix_AskTheEngine>(Durable(body), Durable(fixedBody)).Reference(Library.DurableTask).RunAsync(null);

    private const string Imports = """
        using System;
        using System.Threading.Tasks;

        """;

    private static string Durable(string body) => $$"""
        using System;
        using System.Threading;
        using System.Threading.Tasks;
        using Microsoft.DurableTask;

        class Cleaning : TaskOrchestrator<string, string>
        {
            public override async Task<string> RunAsync(TaskOrchestrationContext context, string input)
            {
                {{body}}
                return input;
            }
        }
        """;
}
