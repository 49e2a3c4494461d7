using Dapr.Workflow;
using SupportDesk.BackOffice;

namespace SupportDesk.Workflows;

/// <summary>Looks after a returned parcel, day after day.</summary>
public sealed class FollowUpWorkflow(BackOfficeClient backOffice) : Workflow<ReturnCase, bool>
{
    public override async Task<bool> RunAsync(WorkflowContext context, ReturnCase input)
    {
        while (true)
        {
            var order = await backOffice.GetOrderAsync(input.OrderId);
            if (order is { Status: "returned" })
            {
                await context.CallActivityAsync<bool>(nameof(TellCustomerActivity), input);
            }

            await context.CreateTimer(TimeSpan.FromDays(1));
        }
    }
}
