namespace AgentLint.Tests.Rules.DurableExecution;

/// <summary>A Temporal workflow around a body.</summary>
internal static class TemporalProgram
{
    public static string Of(string body, string types = "", string members = "", string activity = "return Task.FromResult(order);") => $$"""
        using Temporalio.Activities;
        using Temporalio.Common;
        using Temporalio.Workflows;

        [Workflow]
        public class OrderWorkflow
        {
            {{members}}

            [WorkflowRun]
            public async Task<string> RunAsync(string order)
            {
                {{body}}
            }
        }

        public class Shop
        {
            [Activity]
            public Task<string> ShipAsync(string order) { {{activity}} }
        }

        {{types}}
        """;
}
