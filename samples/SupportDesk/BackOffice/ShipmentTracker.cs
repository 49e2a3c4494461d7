using Microsoft.Extensions.Logging;

namespace SupportDesk.BackOffice;

public sealed class ShipmentTracker(BackOfficeClient backOffice, ILogger<ShipmentTracker> logger)
{
    public async Task<Shipment> WaitUntilDispatchedAsync(string trackingNumber)
    {
        Shipment? shipment;
        do
        {
            await Task.Delay(2000);
            shipment = await backOffice.GetShipmentAsync(trackingNumber);
        }
        while (shipment is null or { State: "label-printed" or "awaiting-pickup" });

        return shipment;
    }

    public async Task<Shipment?> WaitUntilDeliveredAsync(string trackingNumber, TimeSpan patience, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(patience);
        while (true)
        {
            var shipment = await backOffice.GetShipmentAsync(trackingNumber, deadline.Token);
            if (shipment is { State: "delivered" })
            {
                return shipment;
            }

            await Task.Delay(TimeSpan.FromSeconds(3), deadline.Token);
        }
    }

    public async Task<Shipment?> FindAsync(string trackingNumber, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await backOffice.GetShipmentAsync(trackingNumber, cancellationToken);
            }
            catch (HttpRequestException ex)
            {
                logger.LogWarning(ex, "Shipment {Tracking} could not be read", trackingNumber);
                await Task.Delay(500 + Random.Shared.Next(250), cancellationToken);
            }
        }
    }
}
