using AgentLint.Rules.DurableExecution;
using Xunit;
using static Microsoft.CodeAnalysis.DiagnosticSeverity;

namespace AgentLint.Tests.Rules.DurableExecution;

/// <summary>Workflow code that takes another path, or gives another value, when it is replayed.</summary>
public sealed class AGL1001Tests
{
    // ---- Temporal ---------------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("return {|#0:DateTime.UtcNow|}.ToString();", "reads the clock", "DateTime.UtcNow", "; use 'Workflow.UtcNow'")]
    [InlineData("return {|#0:DateTimeOffset.Now|}.ToString();", "reads the clock", "DateTimeOffset.Now", "; use 'Workflow.UtcNow'")]
    [InlineData("return {|#0:Guid.NewGuid()|}.ToString();", "creates a new id", "Guid.NewGuid", "; use 'Workflow.NewGuid'")]
    [InlineData("return {|#0:new Random()|}.Next().ToString();", "generates a random value", "new Random", "; use 'Workflow.Random'")]
    [InlineData("return {|#0:Random.Shared|}.Next().ToString();", "generates a random value", "Random.Shared", "; use 'Workflow.Random'")]
    [InlineData("await {|#0:Task.Delay(1000)|}; return order;", "starts a timer that is not in the history", "Task.Delay", "; use 'Workflow.DelayAsync'")]
    [InlineData("return await {|#0:Task.Run(() => order)|};", "leaves the workflow's scheduler", "Task.Run", "; use 'Workflow.RunTaskAsync'")]
    [InlineData("await {|#0:Workflow.DelayAsync(1000).ConfigureAwait(false)|}; return order;", "leaves the workflow's scheduler", "Task.ConfigureAwait", "; do this in an activity")]
    [InlineData("return await await {|#0:Task.WhenAny(new List<Task<string>> { Task.FromResult(order), Task.FromResult(order) })|};", "leaves the workflow's scheduler", "Task.WhenAny", "; use 'Workflow.WhenAnyAsync'")]
    [InlineData("return {|#0:Environment.MachineName|};", "reads the machine's settings", "Environment.MachineName", "; do this in an activity")]
    [InlineData("return {|#0:HashCode.Combine(order)|}.ToString();", "generates a random value", "HashCode.Combine", "; do this in an activity")]
    public Task Workflow_method(string body, string does, string what, string remedy) =>
        Temporal(body).Expect(Warning, $"'OrderWorkflow.RunAsync' is replayed, but {does} with '{what}', which differs in each replay{remedy}").RunAsync();

    [Theory]
    [InlineData("return Workflow.UtcNow.ToString() + Workflow.NewGuid();")]
    [InlineData("return Workflow.Random.Next().ToString();")]
    [InlineData("await Workflow.DelayAsync(TimeSpan.FromSeconds(1)); return order;")]
    [InlineData("await Workflow.WhenAnyAsync(Workflow.DelayAsync(1), Workflow.DelayAsync(2)); return order;")]
    [InlineData("await Workflow.DelayAsync(1).ConfigureAwait(true); return order;")]
    // Two tasks, or no results: the scheduler keeps its order.
    [InlineData("await Task.WhenAny(Workflow.DelayAsync(1), Workflow.WaitConditionAsync(() => order == \"\")); return order;")]
    [InlineData("return await await Task.WhenAny(Task.FromResult(order), Task.FromResult(order));")]
    // Outside of a workflow nothing is replayed.
    [InlineData("return (Workflow.InWorkflow ? Workflow.NewGuid() : Guid.NewGuid()).ToString();")]
    [InlineData("if (Workflow.InWorkflow) return order; return Guid.NewGuid().ToString();")]
    [InlineData("return new Random(17).Next().ToString();")]
    [InlineData("return new DateTime(2020, 1, 1).AddDays(1).ToString();")]
    [InlineData("if (!Workflow.Unsafe.IsReplaying) Console.WriteLine(DateTime.UtcNow); return order;")]
    [InlineData("if (Workflow.Unsafe.IsReplaying || order == \"\") { } else { Console.WriteLine(DateTime.UtcNow); } return order;")]
    public Task What_the_engine_records_is_silent(string body) => Temporal(body).RunAsync();

    [Fact]
    public Task Id_that_is_made_while_a_workflow_runs() =>
        Temporal("if (Workflow.InWorkflow) { Console.WriteLine(order); } return {|#0:Guid.NewGuid()|}.ToString();")
            .Expect(Warning, "'OrderWorkflow.RunAsync' is replayed, but creates a new id with 'Guid.NewGuid', which differs in each replay; use 'Workflow.NewGuid'").RunAsync();

    [Fact]
    public Task Condition_on_replay_that_has_the_wrong_outcome() =>
        Temporal("if (Workflow.Unsafe.IsReplaying) Console.WriteLine({|#0:DateTime.UtcNow|}); return order;")
            .Expect(Warning, "'OrderWorkflow.RunAsync' is replayed, but reads the clock with 'DateTime.UtcNow', which differs in each replay; use 'Workflow.UtcNow'").RunAsync();

    [Fact]
    public Task Argument_of_a_scheduled_activity_is_evaluated_by_the_workflow() =>
        Temporal("return await Workflow.ExecuteActivityAsync((Shop shop) => shop.ShipAsync({|#0:Guid.NewGuid()|}.ToString()), new ActivityOptions { StartToCloseTimeout = TimeSpan.FromMinutes(1) });")
            .Expect(Warning, "'OrderWorkflow.RunAsync' is replayed, but creates a new id with 'Guid.NewGuid', which differs in each replay; use 'Workflow.NewGuid'").RunAsync();

    [Fact]
    public Task Through_helpers_with_the_path() =>
        Temporal("return {|#0:Prices.Quote(order)|};", """
            static class Prices
            {
                public static string Quote(string order) => {|#1:Stamp(order)|};
                private static string Stamp(string order) => order + {|#2:DateTime.UtcNow|};
            }
            """)
            .ExpectPath(Warning, "'OrderWorkflow.RunAsync' is replayed, but reads the clock with 'DateTime.UtcNow' (OrderWorkflow.RunAsync → Prices.Quote → Prices.Stamp → DateTime.UtcNow), which differs in each replay; use 'Workflow.UtcNow'", 0, 1, 2)
            .RunAsync();

    [Fact]
    public Task Initializer_of_an_object_that_the_workflow_makes() =>
        Temporal("return {|#0:new Receipt()|}.At.ToString();", "class Receipt { public DateTime At { get; } = {|#1:DateTime.UtcNow|}; }")
            .ExpectPath(Warning, "'OrderWorkflow.RunAsync' is replayed, but reads the clock with 'DateTime.UtcNow' (OrderWorkflow.RunAsync → new Receipt → DateTime.UtcNow), which differs in each replay; use 'Workflow.UtcNow'", 0, 1)
            .RunAsync();

    [Fact]
    public Task One_helper_that_is_called_twice_is_reported_once() =>
        Temporal("return {|#0:Stamp()|} + Stamp();", "", "private string Stamp() => DateTime.UtcNow.ToString();")
            .Expect(Warning, "'OrderWorkflow.RunAsync' is replayed, but reads the clock with 'DateTime.UtcNow' (OrderWorkflow.RunAsync → OrderWorkflow.Stamp → DateTime.UtcNow), which differs in each replay; use 'Workflow.UtcNow'")
            .RunAsync();

    [Fact]
    public Task Initializer_of_the_workflow_itself() =>
        Temporal("return started.ToString();", "", "private readonly DateTime started = {|#0:DateTime.UtcNow|};")
            .Expect(Warning, "'new OrderWorkflow' is replayed, but reads the clock with 'DateTime.UtcNow', which differs in each replay; use 'Workflow.UtcNow'").RunAsync();

    [Fact]
    public Task Signal_is_recorded_and_query_is_not() =>
        Temporal("return order;", "", """
            private DateTime at;
            [WorkflowSignal] public Task ChangeAsync() { at = {|#0:DateTime.UtcNow|}; return Task.CompletedTask; }
            [WorkflowQuery] public TimeSpan Age() => DateTime.UtcNow - at;
            """)
            .Expect(Warning, "'OrderWorkflow.ChangeAsync' is replayed, but reads the clock with 'DateTime.UtcNow', which differs in each replay; use 'Workflow.UtcNow'").RunAsync();

    [Fact]
    public Task Activity_may_do_all_of_it() =>
        Temporal("return order;", "class Clock { [Activity] public DateTime Now() => DateTime.UtcNow; public Guid Id() => Guid.NewGuid(); }").RunAsync();

    [Fact]
    public Task Code_that_no_workflow_reaches() =>
        Temporal("return order;", "class Host { public DateTime Now() => DateTime.UtcNow; }").RunAsync();

    // ---- Durable Task, Functions, Dapr ------------------------------------------------------------------------------

    [Fact]
    public Task Orchestrator_class() =>
        new RuleTest<AGL1001_NonDeterministicWorkflow>("""
            using Microsoft.DurableTask;

            class Cleaning : TaskOrchestrator<string, string>
            {
                public override async Task<string> RunAsync(TaskOrchestrationContext context, string input)
                {
                    await context.CreateTimer({|#0:DateTime.UtcNow|}.AddSeconds(5), CancellationToken.None);
                    await context.CreateTimer(context.CurrentUtcDateTime.AddSeconds(5), CancellationToken.None);
                    await Task.WhenAny(context.WaitForExternalEvent<string>("a"), context.WaitForExternalEvent<string>("b"));
                    return context.NewGuid().ToString();
                }
            }
            """).Reference(Library.DurableTask)
            .Expect(Warning, "'Cleaning.RunAsync' is replayed, but reads the clock with 'DateTime.UtcNow', which differs in each replay; use 'context.CurrentUtcDateTime'").RunAsync();

    [Fact]
    public Task Orchestrator_lambda() =>
        new RuleTest<AGL1001_NonDeterministicWorkflow>("""
            using Microsoft.DurableTask;

            static class Setup
            {
                public static void Add(DurableTaskRegistry registry) =>
                    registry.AddOrchestratorFunc<string, string>("Clean", async (context, input) =>
                    {
                        await context.CallActivityAsync("Step", input);
                        return {|#0:Guid.NewGuid()|}.ToString();
                    });
            }
            """).Reference(Library.DurableTask)
            .Expect(Warning, "'the orchestrator lambda' is replayed, but creates a new id with 'Guid.NewGuid', which differs in each replay; use 'context.NewGuid'").RunAsync();

    [Fact]
    public Task Orchestrator_that_is_a_local_function() =>
        new RuleTest<AGL1001_NonDeterministicWorkflow>("""
            using Microsoft.DurableTask;

            static class Setup
            {
                public static void Add(DurableTaskRegistry registry)
                {
                    registry.AddOrchestratorFunc<string, string>("Clean", Clean);

                    static Task<string> Clean(TaskOrchestrationContext context, string input) => Task.FromResult({|#0:Guid.NewGuid()|}.ToString());
                }
            }
            """).Reference(Library.DurableTask)
            .Expect(Warning, "'Clean' is replayed, but creates a new id with 'Guid.NewGuid', which differs in each replay; use 'context.NewGuid'").RunAsync();

    [Fact]
    public Task Orchestrator_function_beside_an_activity() =>
        new RuleTest<AGL1001_NonDeterministicWorkflow>("""
            using Microsoft.Azure.Functions.Worker;
            using Microsoft.DurableTask;

            static class Orders
            {
                [Function("Run")]
                public static async Task<string> Run([OrchestrationTrigger] TaskOrchestrationContext context)
                {
                    await {|#0:Task.Delay(TimeSpan.FromSeconds(1))|};
                    return await context.CallActivityAsync<string>(nameof(Step), "");
                }

                [Function("Step")]
                public static async Task<string> Step([ActivityTrigger] string input)
                {
                    await Task.Delay(1);
                    return DateTime.UtcNow.ToString();
                }
            }
            """).Reference(Library.Functions)
            .Expect(Warning, "'Orders.Run' is replayed, but starts a timer that is not in the history with 'Task.Delay', which differs in each replay; use 'context.CreateTimer'").RunAsync();

    [Fact]
    public Task Dapr_workflow() =>
        new RuleTest<AGL1001_NonDeterministicWorkflow>("""
            using Dapr.Workflow;

            class Orders : Workflow<string, string>
            {
                public override Task<string> RunAsync(WorkflowContext context, string input) =>
                    Task.FromResult({|#0:DateTime.Now|}.ToString() + context.CurrentUtcDateTime);
            }
            """).Reference(Library.Dapr)
            .Expect(Warning, "'Orders.RunAsync' is replayed, but reads the clock with 'DateTime.Now', which differs in each replay; use 'context.CurrentUtcDateTime'").RunAsync();

    // ---- what a user declares ---------------------------------------------------------------------------------------

    private const string Legacy = """
        public static class Legacy
        {
            public static string Sequence() => "";
            public static string Cached() => DateTime.UtcNow.ToString();
            public static string Behind() => Cached();
        }
        """;

    [Fact]
    public Task Method_that_a_catalogue_line_declares_not_deterministic() =>
        Temporal("return {|#0:Legacy.Sequence()|};", Legacy).Declare("replay-unsafe Legacy.Sequence kind=environment")
            .Expect(Warning, "'OrderWorkflow.RunAsync' is replayed, but reads the machine's settings with 'Legacy.Sequence', which differs in each replay; do this in an activity").RunAsync();

    // The method's own code is held to it.
    [Theory]
    [InlineData("Cached")]
    [InlineData("Behind")]
    public Task Method_that_a_catalogue_line_declares_deterministic(string method) =>
        Temporal($"return Legacy.{method}();", Legacy.Replace("DateTime.UtcNow", "{|#0:DateTime.UtcNow|}", StringComparison.Ordinal)).Declare("deterministic Legacy.Cached")
            .Expect(Warning, "'Legacy.Cached' is declared deterministic, but reads the clock with 'DateTime.UtcNow', which differs in each call; take it as a parameter").RunAsync();

    // ---- extensions of the program's own ----------------------------------------------------------------------------

    [Fact]
    public Task Extension_of_the_context_that_reads_the_clock() =>
        Orchestrator("{|#0:context.Stamp()|};").Expect(
            Warning,
            "'Orders.Run' is replayed, but reads the clock with 'DateTime.UtcNow' (Orders.Run → TaskOrchestrationContext.Stamp → DateTime.UtcNow), which differs in each replay; use 'context.CurrentUtcDateTime'").RunAsync();

    [Theory]
    [InlineData("await context.StepAsync();")]
    // What a logger of the engine is told decides nothing.
    [InlineData("context.CreateReplaySafeLogger(\"a\").Stamped();")]
    public Task Extension_of_what_the_engine_hands_out(string body) => Orchestrator(body).RunAsync();

    // ---- the host's token -------------------------------------------------------------------------------------------

    [Fact]
    public Task Token_of_the_host_that_an_orchestrator_function_asks() =>
        new RuleTest<AGL1001_NonDeterministicWorkflow>("""
            using Microsoft.Azure.Functions.Worker;
            using Microsoft.DurableTask;

            public static class Orders
            {
                [Function("Run")]
                public static void Run([OrchestrationTrigger] TaskOrchestrationContext context, {|#0:CancellationToken token|}) => token.ThrowIfCancellationRequested();

                [Function("Idle")]
                public static void Idle([OrchestrationTrigger] TaskOrchestrationContext context, CancellationToken token) { }

                [Function("Step")]
                public static void Step([ActivityTrigger] string input, CancellationToken token) => token.ThrowIfCancellationRequested();
            }
            """).Reference(Library.Functions)
            .Expect(Info, "'Orders.Run' is replayed, but depends on the shutdown of its host with 'token', which differs in each replay; do without the token, which the engine does not record").RunAsync();

    // ---- Durable Task's own thread, as its test host shows -----------------------------------------------------------

    [Theory]
    [InlineData("await {|#0:context.CallActivityAsync(\"Step\").ConfigureAwait(false)|};", "Task.ConfigureAwait")]
    [InlineData("await {|#0:context.CallActivityAsync<string>(\"Step\").ConfigureAwait(false)|};", "Task.ConfigureAwait")]
    [InlineData("await {|#0:context.CallActivityAsync<string>(\"Step\").ContinueWith(step => step.Result)|};", "Task.ContinueWith")]
    public Task Leaves_the_thread_of_the_orchestration(string body, string what) =>
        Orchestrator(body).Expect(Warning, $"'Orders.Run' is replayed, but leaves the workflow's scheduler with '{what}', which differs in each replay; do this in an activity").RunAsync();

    [Theory]
    [InlineData("await context.CallActivityAsync(\"Step\").ConfigureAwait(true);")]
    [InlineData("await context.CallActivityAsync<string>(\"Step\").ContinueWith(step => step.Result, TaskContinuationOptions.ExecuteSynchronously);")]
    public Task Stays_on_the_thread_of_the_orchestration(string body) => Orchestrator(body).RunAsync();

    // ---- log lines --------------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("{|#0:logger.LogInformation(\"a\")|};", "ILogger.LogInformation", "")]
    [InlineData("var own = functions.GetLogger(\"a\"); {|#0:own.LogWarning(\"a\")|};", "ILogger.LogWarning", "")]
    [InlineData("{|#0:given.LogInformation(\"a\")|};", "ILogger.LogInformation", "")]
    [InlineData("{|#0:Tell(logger)|};", "ILogger.LogInformation", " (Orders.Run → Orders.Tell → ILogger.LogInformation)")]
    [InlineData("{|#0:Tell()|};", "ILogger.LogInformation", " (Orders.Run → Orders.Tell → ILogger.LogInformation)")]
    [InlineData("Tell(context.CreateReplaySafeLogger(\"a\")); {|#0:logger.LogInformation(\"b\")|}; logger.LogInformation(\"c\");", "ILogger.LogInformation", "")]
    public Task Logger_that_does_not_come_from_the_engine(string body, string what, string way) =>
        Orchestrator(body).Expect(Info, $"'Orders.Run' is replayed, but writes a log line with '{what}'{way}, which each replay writes again; use 'context.CreateReplaySafeLogger'").RunAsync();

    [Theory]
    [InlineData("var safe = context.CreateReplaySafeLogger(\"a\"); safe.LogInformation(\"a\"); Tell(safe);")]
    [InlineData("ILogger safe = context.CreateReplaySafeLogger<Orders>(); var other = safe; other.LogInformation(\"a\");")]
    [InlineData("if (!context.IsReplaying) logger.LogInformation(\"a\");")]
    [InlineData("given = context.CreateReplaySafeLogger(\"a\"); given.LogInformation(\"a\");")]
    [InlineData("var steps = new Steps(context.CreateReplaySafeLogger(\"a\")); steps.Undo();")]
    [InlineData("await context.CallActivityAsync(\"Step\", \"\");")]
    public Task Logger_that_comes_from_the_engine(string body) => Orchestrator(body).RunAsync();

    [Fact]
    public Task Logger_of_the_engine_in_a_temporal_workflow() =>
        Temporal("Workflow.Logger.LogInformation(order); {|#0:Log.LogInformation(order)|}; await Workflow.DelayAsync(1000); return order;", "", "private static readonly Microsoft.Extensions.Logging.ILogger Log = null!;")
            .Expect(Info, "'OrderWorkflow.RunAsync' is replayed, but writes a log line with 'ILogger.LogInformation', which each replay writes again; use 'Workflow.Logger'").RunAsync();

    private static RuleTest<AGL1001_NonDeterministicWorkflow> Orchestrator(string body) =>
        new RuleTest<AGL1001_NonDeterministicWorkflow>($$"""
            using Microsoft.Azure.Functions.Worker;
            using Microsoft.DurableTask;
            using Microsoft.Extensions.Logging;

            public class Orders(ILogger<Orders> logger)
            {
                [Function("Run")]
                public async Task Run([OrchestrationTrigger] TaskOrchestrationContext context, FunctionContext functions, ILogger given)
                {
                    {{body}}
                    await context.CallActivityAsync(nameof(Step), "");
                }

                [Function("Step")]
                public void Step([ActivityTrigger] string input) => logger.LogInformation(input);

                private void Tell() => logger.LogInformation("");
                private static void Tell(ILogger log) => log.LogInformation("");
            }

            public static class Helpers
            {
                public static string Stamp(this TaskOrchestrationContext context) => context.InstanceId + DateTime.UtcNow;
                public static void Stamped(this ILogger logger) => logger.LogInformation(DateTime.UtcNow.ToString());
                public static Task StepAsync(this TaskOrchestrationContext context) => context.CallActivityAsync("Step", context.CurrentUtcDateTime);
            }

            public class Steps(ILogger logger)
            {
                public void Undo() => logger.LogInformation("");
            }
            """).Reference(Library.Functions);

    internal static RuleTest<AGL1001_NonDeterministicWorkflow> Temporal(string body, string types = "", string members = "") =>
        new RuleTest<AGL1001_NonDeterministicWorkflow>("using Microsoft.Extensions.Logging;\n" + TemporalProgram.Of(body, types, members)).Reference(Library.Temporal);
}
