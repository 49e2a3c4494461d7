using Dapr.Workflow;

namespace SupportDesk.Workflows;

/// <summary>Reminds the customer to send the parcel, once a week.</summary>
public sealed class ReminderWorkflow : Workflow<ReturnCase, bool>
{
    public override async Task<bool> RunAsync(WorkflowContext context, ReturnCase input)
    {
        var reference = context.NewGuid();
        await context.CreateTimer(TimeSpan.FromDays(7));
        var told = await context.CallActivityAsync<bool>(
            nameof(TellCustomerActivity), input with { Reason = $"{input.Reason} ({reference}, {context.CurrentUtcDateTime:d})" });
        if (!told)
        {
            context.ContinueAsNew(input);
        }

        return told;
    }
}
