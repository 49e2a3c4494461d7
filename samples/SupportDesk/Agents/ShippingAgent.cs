using Microsoft.Extensions.AI;

namespace SupportDesk.Agents;

/// <summary>Parcels, addresses and delays.</summary>
public sealed class ShippingAgent(IChatClient chat, BillingAgent billing)
{
    public async Task<string> HandleAsync(string message, CancellationToken cancellationToken)
    {
        var response = await chat.GetResponseAsync(
            $"You answer questions on parcels. Say BILLING if this is about money.\n{message}", cancellationToken: cancellationToken);
        if (response.Text.Contains("BILLING"))
        {
            return await billing.HandleAsync(message, cancellationToken);
        }

        return response.Text;
    }
}
