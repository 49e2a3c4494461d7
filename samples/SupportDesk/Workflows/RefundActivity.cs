using Dapr.Workflow;
using Microsoft.Extensions.Logging;
using SupportDesk.BackOffice;

namespace SupportDesk.Workflows;

public sealed class RefundActivity(RefundService refunds, ILogger<RefundActivity> logger) : WorkflowActivity<ReturnCase, string>
{
    public override async Task<string> RunAsync(WorkflowActivityContext context, ReturnCase input)
    {
        logger.LogInformation("Refunding order {Order} for {Instance}", input.OrderId, context.InstanceId);
        var receipt = await refunds.RefundAsync(input.OrderId, input.Amount, input.Reason);
        return receipt.Id;
    }
}
