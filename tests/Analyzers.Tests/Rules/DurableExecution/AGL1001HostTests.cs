using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using AgentLint.Fixes.DurableExecution;
using AgentLint.Rules.DurableExecution;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Testing;
using Microsoft.DurableTask.Worker;
using Xunit;

namespace AgentLint.Tests.Rules.DurableExecution;

/// <summary>
/// Durable Task orchestrators before and after AgentLint's own fixes, compiled and run by the engine's own test host, which replays them after each step:
/// before, the engine fails them, loses them, or gives one order two ids; after, they complete as written.
/// </summary>
public sealed class AGL1001HostTests
{
    [Fact]
    public async Task Name_of_a_step_differs_in_each_replay()
    {
        const string Body = """
            try { await context.CallActivityAsync<string>("Archive-" + [|DateTime.UtcNow|].Ticks, input); } catch (TaskFailedException) { }
            await context.CallActivityAsync<string>("Confirm", input);
            """;
        var mended = Body.Replace("[|DateTime.UtcNow|]", "context.CurrentUtcDateTime", StringComparison.Ordinal);
        await Fix(Body, mended);
        await using var host = new Host(Body, mended);
        await host.StartAsync();

        var failed = await host.RunAsync("Before");
        Assert.Equal(OrchestrationRuntimeStatus.Failed, failed.RuntimeStatus);
        Assert.Equal("DurableTask.Core.Exceptions.NonDeterministicOrchestrationException", failed.FailureDetails?.ErrorType);
        Assert.Empty(host.Steps);

        Assert.Equal(OrchestrationRuntimeStatus.Completed, (await host.RunAsync("After")).RuntimeStatus);
        Assert.Equal(["Confirm order"], host.Steps);
    }

    [Theory]
    [InlineData("[|Guid.NewGuid()|].ToString()", "context.NewGuid().ToString()")]
    [InlineData("[|DateTime.UtcNow|].Ticks.ToString()", "context.CurrentUtcDateTime.Ticks.ToString()")]
    public async Task Id_of_an_order_is_another_one_for_its_second_step(string id, string mendedId)
    {
        var (body, mended) = (Ordering(id), Ordering(mendedId));
        await Fix(body, mended);
        await using var host = new Host(body, mended);
        await host.StartAsync();

        await host.RunAsync("Before");
        Assert.Equal(2, host.Steps.Select(step => step.Split(' ')[1]).Distinct().Count());

        host.Steps.Clear();
        await host.RunAsync("After");
        Assert.Equal(2, host.Steps.Count);
        Assert.Single(host.Steps.Select(step => step.Split(' ')[1]).Distinct());

        static string Ordering(string id) => $"""
            var id = {id};
            await context.CallActivityAsync<string>("Reserve", id);
            await context.CallActivityAsync<string>("Confirm", id);
            """;
    }

    [Fact]
    public async Task Wait_that_the_engine_does_not_know_is_never_over()
    {
        const string Body = """
            await context.CallActivityAsync<string>("Reserve", input);
            await [|Task.Delay(50)|];
            await context.CallActivityAsync<string>("Confirm", input);
            """;
        var mended = Body.Replace("[|Task.Delay(50)|]", "context.CreateTimer(TimeSpan.FromMilliseconds(50), CancellationToken.None)", StringComparison.Ordinal);
        await Fix(Body, mended);
        await using var host = new Host(Body, mended);
        await host.StartAsync();

        var lost = await host.ScheduleAsync("Before", "lost");
        // The same steps with a timer of the engine are all done meanwhile, twice.
        await host.RunAsync("After");
        await host.RunAsync("After");

        Assert.Equal(["Reserve lost", "Reserve order", "Confirm order", "Reserve order", "Confirm order"], host.Steps.OrderBy(step => step.EndsWith("order", StringComparison.Ordinal)));
        Assert.Equal(OrchestrationRuntimeStatus.Running, (await host.StatusAsync(lost)).RuntimeStatus);
    }

    private static Task Fix(string body, string mended) =>
        new FixTest<AGL1001_NonDeterministicWorkflow, AGL1001Fix_AskTheEngine>(Program(body, "Before"), Program(mended, "Before")).Reference(Library.DurableTask).RunAsync(null);

    private static string Program(string body, string name) => $$"""
        using System;
        using System.Threading;
        using System.Threading.Tasks;
        using Microsoft.DurableTask;

        public class {{name}} : TaskOrchestrator<string, string>
        {
            public override async Task<string> RunAsync(TaskOrchestrationContext context, string input)
            {
                {{body}}
                return input;
            }
        }
        """;

    /// <summary>The engine with both versions of an orchestrator, and what their steps were given.</summary>
    private sealed class Host(string before, string after) : IAsyncDisposable
    {
        private DurableTaskTestHost host = null!;

        public ConcurrentQueue<string> Steps { get; } = new();

        public async Task StartAsync()
        {
            var orchestrators = new[] { (Code: before, Name: "Before"), (Code: after, Name: "After") }
                .Select(it => LoadedProgram.Of(Program(it.Code, it.Name), Library.DurableTask).GetType(it.Name)!).ToList();
            host = await DurableTaskTestHost.StartAsync(
                registry =>
                {
                    foreach (var orchestrator in orchestrators)
                        registry.AddOrchestrator(orchestrator.Name, orchestrator);
                    foreach (var step in new[] { "Reserve", "Confirm" })
                        registry.AddActivityFunc<string, string>(step, (_, input) => { Steps.Enqueue($"{step} {input}"); return input; });
                },
                new DurableTaskTestHostOptions { Port = FreePort() },
                TestContext.Current.CancellationToken);
        }

        public Task<string> ScheduleAsync(string orchestrator, string input) =>
            host.Client.ScheduleNewOrchestrationInstanceAsync(orchestrator, input, TestContext.Current.CancellationToken);

        public async Task<OrchestrationMetadata> StatusAsync(string id) => (await host.Client.GetInstanceAsync(id, TestContext.Current.CancellationToken))!;

        public async Task<OrchestrationMetadata> RunAsync(string orchestrator) =>
            await host.Client.WaitForInstanceCompletionAsync(await ScheduleAsync(orchestrator, "order"), getInputsAndOutputs: true, TestContext.Current.CancellationToken);

        public ValueTask DisposeAsync() => host.DisposeAsync();

        private static int FreePort()
        {
            using var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            return ((IPEndPoint)listener.LocalEndpoint).Port;
        }
    }
}
