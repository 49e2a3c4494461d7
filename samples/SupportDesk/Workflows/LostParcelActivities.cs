using Microsoft.DurableTask;
using SupportDesk.BackOffice;

namespace SupportDesk.Workflows;

public sealed class AskCarrierActivity(BackOfficeClient backOffice) : TaskActivity<string, string>
{
    public override async Task<string> RunAsync(TaskActivityContext context, string input)
    {
        var shipment = await backOffice.GetShipmentAsync(input);
        return shipment?.State ?? "unknown";
    }
}

public sealed class SendAgainActivity(BackOfficeClient backOffice) : TaskActivity<LostParcel, string>
{
    public override Task<string> RunAsync(TaskActivityContext context, LostParcel input) => backOffice.SendAgainAsync(input.OrderId);
}

public sealed class MakeGoodActivity(BackOfficeClient backOffice) : TaskActivity<LostParcel, string>
{
    public override Task<string> RunAsync(TaskActivityContext context, LostParcel input)
        => backOffice.IssueVoucherAsync(input.CustomerId, input.OrderId, input.Value);
}
