using AgentLint.Fixes.DurableExecution;
using AgentLint.Rules.DurableExecution;
using Temporalio.Exceptions;
using Xunit;

namespace AgentLint.Tests.Rules.DurableExecution;

/// <summary>
/// Temporal workflows before and after AgentLint's own fixes, compiled and replayed by the SDK's own replayer over the recorded history of a run: before,
/// the engine rejects the replay; after, it accepts it.
/// </summary>
public sealed class AGL1001ReplayTests
{
    private const string Imports = """
        using System;
        using System.Threading.Tasks;

        """;

    private const string Options = "new ActivityOptions { StartToCloseTimeout = TimeSpan.FromMinutes(1) }";

    [Theory]
    // What was due on the day of the run is late on the day of the replay.
    [InlineData(
        "return [|DateTime.UtcNow|] < new DateTime(2020, 2, 1) ? await Workflow.ExecuteActivityAsync((Shop shop) => shop.ShipAsync(order), " + Options + ") : await Workflow.ExecuteActivityAsync((Shop shop) => shop.RefundAsync(order), " + Options + ");",
        "return Workflow.UtcNow < new DateTime(2020, 2, 1) ? await Workflow.ExecuteActivityAsync((Shop shop) => shop.ShipAsync(order), " + Options + ") : await Workflow.ExecuteActivityAsync((Shop shop) => shop.RefundAsync(order), " + Options + ");")]
    [InlineData(
        "await [|Task.Delay(TimeSpan.FromHours(1))|]; return order;",
        "await Workflow.DelayAsync(TimeSpan.FromHours(1)); return order;")]
    [InlineData(
        "return await [|Task.Run(() => Workflow.ExecuteActivityAsync((Shop shop) => shop.ShipAsync(order), " + Options + "))|];",
        "return await Workflow.RunTaskAsync(() => Workflow.ExecuteActivityAsync((Shop shop) => shop.ShipAsync(order), " + Options + "));")]
    public async Task History_of_the_run_that_was_meant(string body, string fixedBody)
    {
        await Fix(body, fixedBody);
        var (before, after) = (Load(body), Load(fixedBody));

        var recorded = await RecordedRun.OfAsync(after, "order");

        // Code on another thread is refused by the replay, or by the workflow's scheduler, whichever meets it first.
        Assert.IsAssignableFrom<InvalidWorkflowOperationException>(await recorded.ReplayAsync(before));
        Assert.Null(await recorded.ReplayAsync(after));
    }

    [Theory]
    [InlineData("[|Guid.NewGuid()|]", "Workflow.NewGuid()")]
    [InlineData("[|new Random()|].Next()", "Workflow.Random.Next()")]
    [InlineData("[|DateTime.UtcNow|].Ticks", "Workflow.UtcNow.Ticks")]
    public async Task History_of_its_own_run(string id, string fixedId)
    {
        var (body, fixedBody) = (Shipping(id), Shipping(fixedId));
        await Fix(body, fixedBody);
        var (before, after) = (Load(body), Load(fixedBody));

        Assert.IsType<WorkflowNondeterminismException>(await (await RecordedRun.OfAsync(before, "order")).ReplayAsync(before));
        Assert.Null(await (await RecordedRun.OfAsync(after, "order")).ReplayAsync(after));

        static string Shipping(string id) =>
            "return await Workflow.ExecuteActivityAsync((Shop shop) => shop.ShipAsync(order), new ActivityOptions { ActivityId = \"ship-\" + " + id + ", StartToCloseTimeout = TimeSpan.FromMinutes(1) });";
    }

    private static Task Fix(string body, string fixedBody) =>
        new FixTest<AGL1001_NonDeterministicWorkflow, AGL1001Fix_AskTheEngine>(Program(body), Program(fixedBody)) { AsksAllRules = true }.Reference(Library.Temporal).RunAsync(null);

    private static string Program(string body) => Imports + TemporalProgram.Of(body, activity: "return Task.FromResult(order); } [Activity] public Task<string> RefundAsync(string order) { return Task.FromResult(order);");

    private static Type Load(string body) => LoadedProgram.Of(Program(body), Library.Temporal).GetType("OrderWorkflow")!;
}
