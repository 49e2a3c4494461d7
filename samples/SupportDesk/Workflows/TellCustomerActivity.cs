using Dapr.Workflow;
using Microsoft.Extensions.Logging;
using SupportDesk.Mail;

namespace SupportDesk.Workflows;

public sealed class TellCustomerActivity(MailGateway mail, ILogger<TellCustomerActivity> logger) : WorkflowActivity<ReturnCase, bool>
{
    public override async Task<bool> RunAsync(WorkflowActivityContext context, ReturnCase input)
    {
        try
        {
            await mail.SendAsync(new MailMessage(input.CustomerId, $"Your return of {input.OrderId}", input.Reason));
            return true;
        }
        catch (Exception ex)
        {
            logger.LogError(ex, "Customer {Customer} was not told", input.CustomerId);
            return false;
        }
    }
}
