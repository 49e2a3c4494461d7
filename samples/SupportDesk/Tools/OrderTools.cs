using System.ComponentModel;
using ModelContextProtocol.Server;
using SupportDesk.BackOffice;

namespace SupportDesk.Tools;

[McpServerToolType]
public sealed class OrderTools(BackOfficeClient backOffice, RefundService refunds, ShipmentTracker shipments)
{
    static readonly Dictionary<string, string> StatusTexts = new()
    {
        ["paid"] = "paid, not yet packed",
        ["packed"] = "packed, waiting for the carrier",
        ["shipped"] = "on its way",
    };

    static int _lookups;

    [McpServerTool(Name = "find_order", ReadOnly = true), Description("Finds an order by its number.")]
    public async Task<Order?> FindOrderAsync(string orderId, CancellationToken cancellationToken)
    {
        _lookups++;
        return await refunds.GetOrderAsync(orderId, cancellationToken);
    }

    [McpServerTool(Name = "order_status", ReadOnly = true), Description("The state of an order, in words.")]
    public string GetOrderStatus(string orderId)
    {
        var order = backOffice.GetOrderAsync(orderId).Result;
        return order is null ? "unknown" : StatusTexts.GetValueOrDefault(order.Status, order.Status);
    }

    [McpServerTool(Name = "list_orders", ReadOnly = true), Description("All orders of a customer.")]
    public async Task<IReadOnlyList<Order>> ListOrdersAsync(string customerId)
    {
        try
        {
            return await backOffice.ListOrdersAsync(customerId);
        }
        catch (HttpRequestException)
        {
            return [];
        }
    }

    [McpServerTool(Name = "change_address", Idempotent = true), Description("Replaces the delivery address of an order.")]
    public async Task<string> ChangeAddressAsync(string orderId, Address address, CancellationToken cancellationToken)
    {
        await backOffice.ChangeAddressAsync(orderId, address, cancellationToken);
        return "changed";
    }

    [McpServerTool(Name = "cancel_order", Destructive = true, Idempotent = true), Description("Cancels an order.")]
    public async Task<string> CancelOrderAsync(McpServer server, string orderId, CancellationToken cancellationToken)
    {
        if (!await Approval.AskStrictlyAsync(server, $"Cancel order {orderId}?", cancellationToken))
        {
            return "not approved";
        }

        await backOffice.CancelOrderAsync(orderId, cancellationToken);
        return "cancelled";
    }

    [McpServerTool(Name = "wait_for_delivery", ReadOnly = true), Description("Waits until a parcel is delivered.")]
    public async Task<string> WaitForDeliveryAsync(string trackingNumber, CancellationToken cancellationToken)
    {
        for (var i = 0; i < 20; i++)
        {
            var shipment = await backOffice.GetShipmentAsync(trackingNumber, cancellationToken);
            if (shipment?.State == "delivered")
            {
                return $"delivered at {shipment.DeliveredAt:u}";
            }

            Thread.Sleep(3000);
        }

        return "not delivered yet";
    }

    [McpServerTool(Name = "confirm_delivery", ReadOnly = true), Description("Waits some minutes for a parcel to be delivered.")]
    public async Task<string> ConfirmDeliveryAsync(string trackingNumber, int minutes, CancellationToken cancellationToken)
    {
        var patience = TimeSpan.FromMinutes(Math.Clamp(minutes, 1, 10));
        var shipment = await shipments.WaitUntilDeliveredAsync(trackingNumber, patience, cancellationToken);
        return shipment?.State ?? "unknown";
    }

    [McpServerTool(Name = "track_parcel", ReadOnly = true), Description("Where a parcel is.")]
    public async Task<Shipment?> TrackParcelAsync(string trackingNumber, CancellationToken cancellationToken)
        => await shipments.FindAsync(trackingNumber, cancellationToken);

    [McpServerTool(Name = "dispatch_state", ReadOnly = true), Description("Waits until the carrier has the parcel.")]
    public async Task<string> WaitForDispatchAsync(string trackingNumber)
    {
        var shipment = await shipments.WaitUntilDispatchedAsync(trackingNumber);
        return shipment.State;
    }
}
