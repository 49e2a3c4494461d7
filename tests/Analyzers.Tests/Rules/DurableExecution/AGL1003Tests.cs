using AgentLint.Rules.DurableExecution;
using Xunit;
using static Microsoft.CodeAnalysis.DiagnosticSeverity;

namespace AgentLint.Tests.Rules.DurableExecution;

/// <summary>State of workflow code that its history does not restore.</summary>
public sealed class AGL1003Tests
{
    [Theory]
    [InlineData("{|#0:Totals.Count++|}; return order;", "Totals.Count")]
    [InlineData("{|#0:Totals.Count += 2|}; return order;", "Totals.Count")]
    [InlineData("{|#0:Totals.Last = order|}; return order;", "Totals.Last")]
    [InlineData("{|#0:Totals.Orders.Add(order)|}; return order;", "Totals.Orders")]
    [InlineData("{|#0:Totals.ByOrder[order] = 1|}; return order;", "Totals.ByOrder")]
    public Task Static_variable(string body, string variable) =>
        Temporal(body).Expect(Warning, $"'OrderWorkflow.RunAsync' is replayed, and each replay changes '{variable}' again; keep it in the workflow's own state, or change it in an activity").RunAsync();

    [Fact]
    public Task Through_a_helper() =>
        Temporal("{|#0:Totals.Note(order)|}; return order;")
            .Expect(Warning, "'OrderWorkflow.RunAsync' is replayed, and each replay changes 'Totals.Last' again (OrderWorkflow.RunAsync → Totals.Note); keep it in the workflow's own state, or change it in an activity").RunAsync();

    [Theory]
    [InlineData("count++; seen.Add(order); return order;")]
    [InlineData("var seen = new List<string>(); seen.Add(order); return seen[0] + Totals.Limit;")]
    [InlineData("return (Totals.Last ??= \"none\") + Totals.Orders.Count;")]
    public Task State_of_the_workflow_is_restored(string body) => Temporal(body).RunAsync();

    [Fact]
    public Task Variable_around_an_orchestrator_lambda() =>
        new RuleTest<AGL1003_WorkflowStateOutsideHistory>("""
            using Microsoft.DurableTask;

            static class Setup
            {
                public static void Add(DurableTaskRegistry registry)
                {
                    var runs = 0;
                    registry.AddOrchestratorFunc<string, int>("Clean", (context, input) =>
                    {
                        var own = 0;
                        own++;
                        {|#0:runs++|};
                        return Task.FromResult(own);
                    });
                }
            }
            """).Reference(Library.DurableTask)
            .Expect(Warning, "'the orchestrator lambda' is replayed, and each replay changes 'runs' again; keep it in the workflow's own state, or change it in an activity").RunAsync();

    [Theory]
    [InlineData("bus.AddSagaStateMachine<Orders, Order>().{|#0:InMemoryRepository|}();", "UsingRabbitMq", "ISagaRegistrationConfigurator.InMemoryRepository")]
    [InlineData("bus.{|#0:SetInMemorySagaRepositoryProvider|}();", "UsingRabbitMq", "IRegistrationConfigurator.SetInMemorySagaRepositoryProvider")]
    public Task Sagas_in_memory_beside_a_broker(string repository, string transport, string name) => Sagas(repository, transport)
        .Expect(Info, $"'{name}' keeps the sagas in the memory of the process: a restart loses them, while the broker keeps their messages; keep them in a database")
        .RunAsync();

    [Theory]
    // Where the messages are lost together with the sagas, nothing is left half done.
    [InlineData("bus.AddSagaStateMachine<Orders, Order>().InMemoryRepository();", "UsingInMemory")]
    [InlineData("bus.AddSagaStateMachine<Orders, Order>();", "UsingRabbitMq")]
    public Task Sagas_in_memory_with_their_messages_or_elsewhere(string repository, string transport) => Sagas(repository, transport).RunAsync();

    private static RuleTest<AGL1003_WorkflowStateOutsideHistory> Sagas(string repository, string transport) =>
        new RuleTest<AGL1003_WorkflowStateOutsideHistory>($$"""
            using MassTransit;
            using Microsoft.Extensions.DependencyInjection;

            public class Order : SagaStateMachineInstance { public Guid CorrelationId { get; set; } public string? State { get; set; } }
            public class Orders : MassTransitStateMachine<Order>;

            static class Setup
            {
                public static void Add(IServiceCollection services) => services.AddMassTransit(bus =>
                {
                    {{repository}}
                    bus.{{transport}}((context, settings) => settings.ConfigureEndpoints(context));
                });
            }
            """).Reference(Library.MassTransit);

    private static RuleTest<AGL1003_WorkflowStateOutsideHistory> Temporal(string body) =>
        new RuleTest<AGL1003_WorkflowStateOutsideHistory>(TemporalProgram.Of(body, """
            static class Totals
            {
                public static readonly string Limit = "9";
                public static int Count;
                public static string? Last { get; set; }
                public static List<string> Orders = new();
                public static Dictionary<string, int> ByOrder = new();
                public static void Note(string order) => Last = order;
            }
            """, "private int count; private readonly List<string> seen = new();")).Reference(Library.Temporal);
}
