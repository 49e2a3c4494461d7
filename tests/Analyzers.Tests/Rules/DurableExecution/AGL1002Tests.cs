using AgentLint.Rules.DurableExecution;
using Xunit;
using static Microsoft.CodeAnalysis.DiagnosticSeverity;

namespace AgentLint.Tests.Rules.DurableExecution;

/// <summary>Workflow code that does remote work itself.</summary>
public sealed class AGL1002Tests
{
    [Theory]
    [InlineData("return await {|#0:http.GetStringAsync(order)|};", "HTTP call", "HttpClient.GetStringAsync")]
    [InlineData("return (await {|#0:model.GetResponseAsync(order)|}).Text;", "model call", "IChatClient.GetResponseAsync")]
    [InlineData("{|#0:File.WriteAllText(order, order)|}; return order;", "file access", "File.WriteAllText")]
    public Task Direct_call(string body, string noun, string what) =>
        Temporal(body).Expect(Warning, $"'OrderWorkflow.RunAsync' is replayed, and each replay repeats the {noun} '{what}'; move it into an activity, whose result is recorded").RunAsync();

    [Fact]
    public Task Through_an_interface_and_an_activity_that_is_called_directly() =>
        Temporal("return await {|#0:shop.ShipAsync(order)|};", """
            public interface IShop { Task<string> ShipAsync(string order); }
            public class WebShop(HttpClient http) : IShop
            {
                [Activity]
                public async Task<string> ShipAsync(string order) => await {|#1:http.GetStringAsync(order)|};
            }
            """, "private IShop shop = null!;")
            .ExpectPath(Warning, "'OrderWorkflow.RunAsync' is replayed, and each replay repeats the HTTP call 'HttpClient.GetStringAsync' (OrderWorkflow.RunAsync → IShop.ShipAsync → HttpClient.GetStringAsync); move it into an activity, whose result is recorded", 0, 1)
            .RunAsync();

    // A client of the program's own that asks through an activity, and one that asks itself.
    [Theory]
    [InlineData("Workflow.ExecuteActivityAsync((Model model) => model.AskAsync(\"\"), new ActivityOptions { StartToCloseTimeout = TimeSpan.FromMinutes(1) })", false)]
    [InlineData("base.GetResponseAsync(messages, options, cancellationToken)", true)]
    public Task Client_that_is_adapted_to_the_engine(string asks, bool isReported)
    {
        var test = Temporal($"return (await {(isReported ? "{|#0:asked.GetResponseAsync(order)|}" : "asked.GetResponseAsync(order)")}).Text;", $$"""
            public class Model { [Activity] public Task<ChatResponse> AskAsync(string text) => Task.FromResult(new ChatResponse()); }
            public class Adapted(IChatClient inner) : DelegatingChatClient(inner)
            {
                public override Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
                    {{asks}};
            }
            """, "private Adapted asked = null!;");
        return (isReported ? test.Expect(Warning, "'OrderWorkflow.RunAsync' is replayed, and each replay repeats the model call 'IChatClient.GetResponseAsync'; move it into an activity, whose result is recorded") : test).RunAsync();
    }

    [Theory]
    [InlineData("return await Workflow.ExecuteActivityAsync((Shop shop) => shop.ShipAsync(order), new ActivityOptions { StartToCloseTimeout = TimeSpan.FromMinutes(1) });")]
    [InlineData("await Workflow.DelayAsync(1); return order;")]
    [InlineData("if (!Workflow.Unsafe.IsReplaying) File.WriteAllText(order, order); return order;")]
    public Task Work_of_activities_is_silent(string body) => Temporal(body).RunAsync();

    [Fact]
    public Task Database_call_of_an_orchestrator_function() =>
        new RuleTest<AGL1002_RemoteCallInWorkflow>("""
            using Dapper;
            using Microsoft.Azure.Functions.Worker;
            using Microsoft.DurableTask;

            static class Orders
            {
                public static System.Data.IDbConnection Db = null!;

                [Function("Run")]
                public static async Task Run([OrchestrationTrigger] TaskOrchestrationContext context)
                {
                    await {|#0:Db.ExecuteAsync("delete from orders")|};
                    await context.CallActivityAsync(nameof(Step), "");
                }

                [Function("Step")]
                public static Task Step([ActivityTrigger] string input) => Db.ExecuteAsync("delete from orders");
            }
            """).Reference(Library.Functions)
            .Expect(Warning, "'Orders.Run' is replayed, and each replay repeats the database call 'IDbConnection.ExecuteAsync'; move it into an activity, whose result is recorded").RunAsync();

    [Fact]
    public Task Extension_of_the_context_that_posts_and_one_that_schedules() =>
        new RuleTest<AGL1002_RemoteCallInWorkflow>("""
            using Microsoft.DurableTask;

            static class Helpers
            {
                private static readonly HttpClient Http = new();
                public static Task TellAsync(this TaskOrchestrationContext context, string text) => Http.PostAsync("https://example.org/" + context.InstanceId, new StringContent(text));
                public static Task StepAsync(this TaskOrchestrationContext context) => context.CallActivityAsync("Step", "");
            }

            class Writing : TaskOrchestrator<string, string>
            {
                public override async Task<string> RunAsync(TaskOrchestrationContext context, string input)
                {
                    await context.StepAsync();
                    await {|#0:context.TellAsync(input)|};
                    return input;
                }
            }
            """).Reference(Library.DurableTask)
            .Expect(Warning, "'Writing.RunAsync' is replayed, and each replay repeats the HTTP call 'HttpClient.PostAsync' (Writing.RunAsync → TaskOrchestrationContext.TellAsync → HttpClient.PostAsync); move it into an activity, whose result is recorded").RunAsync();

    [Fact]
    public Task Agent_that_the_orchestration_context_hands_out() =>
        new RuleTest<AGL1002_RemoteCallInWorkflow>("""
            using Microsoft.Agents.AI;
            using Microsoft.DurableTask;

            static class Agents
            {
                public static AIAgent GetAgent(this TaskOrchestrationContext context, string name) => throw new NotSupportedException();
            }

            class Writing(AIAgent own) : TaskOrchestrator<string, string>
            {
                public override async Task<string> RunAsync(TaskOrchestrationContext context, string input)
                {
                    var durable = context.GetAgent("writer");
                    await durable.RunAsync(input);
                    return (await {|#0:own.RunAsync(input)|}).Text;
                }
            }
            """).Reference(Library.DurableTask, Library.AgentFramework)
            .Expect(Warning, "'Writing.RunAsync' is replayed, and each replay repeats the agent call 'AIAgent.RunAsync'; move it into an activity, whose result is recorded").RunAsync();

    private static RuleTest<AGL1002_RemoteCallInWorkflow> Temporal(string body, string types = "", string members = "") =>
        new RuleTest<AGL1002_RemoteCallInWorkflow>(TemporalProgram.Of(body, types, members + """

            private HttpClient http = new();
            private Microsoft.Extensions.AI.IChatClient model = null!;
            """).Replace("using Temporalio.Activities;", "using Microsoft.Extensions.AI;\nusing Temporalio.Activities;", StringComparison.Ordinal)).Reference(Library.Temporal);
}
