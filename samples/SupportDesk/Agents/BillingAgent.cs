using Microsoft.Extensions.AI;

namespace SupportDesk.Agents;

/// <summary>Invoices, charges and refunds.</summary>
public sealed class BillingAgent(IChatClient chat)
{
    public async Task<string> HandleAsync(string message, CancellationToken cancellationToken)
    {
        var response = await chat.GetResponseAsync(
            $"You answer questions on billing. Say SHIPPING if this is about a parcel.\n{message}", cancellationToken: cancellationToken);
        return response.Text.Contains("SHIPPING")
            ? await new ShippingAgent(chat, this).HandleAsync(message, cancellationToken)
            : response.Text;
    }
}
