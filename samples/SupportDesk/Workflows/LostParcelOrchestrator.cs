using Microsoft.DurableTask;

namespace SupportDesk.Workflows;

/// <summary>Waits for a parcel that is late, and makes good when it does not come.</summary>
public sealed class LostParcelOrchestrator : TaskOrchestrator<LostParcel, string>
{
    static readonly TaskOptions Patient = TaskOptions.FromRetryPolicy(new RetryPolicy(5, TimeSpan.FromSeconds(2), 2.0));

    public override async Task<string> RunAsync(TaskOrchestrationContext context, LostParcel input)
    {
        var state = await context.CallActivityAsync<string>(nameof(AskCarrierActivity), input.TrackingNumber, Patient);
        while (state == "in transit")
        {
            await context.CreateTimer(TimeSpan.FromHours(12), CancellationToken.None);
            state = await context.CallActivityAsync<string>(nameof(AskCarrierActivity), input.TrackingNumber, Patient);
        }

        return state == "delivered"
            ? state
            : await context.CallActivityAsync<string>(nameof(SendAgainActivity), input, Patient);
    }
}

/// <summary>Asks the carrier for two weeks, then stops.</summary>
public sealed class LateParcelOrchestrator : TaskOrchestrator<LostParcel, string>
{
    public override async Task<string> RunAsync(TaskOrchestrationContext context, LostParcel input)
    {
        for (var day = 0; day < 14; day++)
        {
            var state = await context.CallActivityAsync<string>(nameof(AskCarrierActivity), input.TrackingNumber);
            if (state == "delivered")
            {
                return state;
            }

            await context.CreateTimer(TimeSpan.FromDays(1), CancellationToken.None);
        }

        return await context.CallActivityAsync<string>(nameof(MakeGoodActivity), input);
    }
}
