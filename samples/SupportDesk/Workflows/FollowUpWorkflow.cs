using Dapr.Workflow;
using SupportDesk.BackOffice;

namespace SupportDesk.Workflows;

/// <summary>Looks after a returned parcel, day after day.</summary>
public sealed class FollowUpWorkflow : Workflow<ReturnCase, bool>
{
    /// <summary>Set when the desk starts: the engine makes workflows without services.</summary>
    public static BackOfficeClient BackOffice { get; set; } = null!;

    public override async Task<bool> RunAsync(WorkflowContext context, ReturnCase input)
    {
        while (true)
        {
            var order = await BackOffice.GetOrderAsync(input.OrderId);
            if (order is { Status: "returned" })
            {
                await context.CallActivityAsync<bool>(nameof(TellCustomerActivity), input);
            }

            await context.CreateTimer(TimeSpan.FromDays(1));
        }
    }
}
