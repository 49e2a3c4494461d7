using System.ComponentModel;
using Microsoft.Extensions.Logging;
using ModelContextProtocol.Server;
using SupportDesk.BackOffice;
using SupportDesk.Telemetry;

namespace SupportDesk.Tools;

[McpServerToolType]
public sealed class RefundTools(RefundService refunds, BackOfficeClient backOffice, ILogger<RefundTools> logger)
{
    [McpServerTool(Name = "refund_allowance", ReadOnly = true), Description("How much of an order may be refunded.")]
    public async Task<string> GetAllowanceAsync(string orderId, CancellationToken cancellationToken)
    {
        var order = await refunds.GetOrderAsync(orderId, cancellationToken);
        return order is null ? "unknown order" : $"{Allowance(order.Id):0.00} of {order.Total:0.00}";
    }

    [McpServerTool(Name = "issue_refund", Destructive = true), Description("Refunds an amount.")]
    public async Task<string> IssueRefundAsync(string orderId, decimal amount, string reason)
    {
        if (amount > Allowance(orderId))
        {
            return "more than may be refunded";
        }

        try
        {
            var receipt = await refunds.RefundAsync(orderId, amount, reason);
            DeskTelemetry.Refunds.Add(1);
            return $"refunded {receipt.Amount:0.00}, receipt {receipt.Id}";
        }
        catch (Exception ex)
        {
            return $"Refund failed: {ex.Message}\n{ex.StackTrace}";
        }
    }

    [McpServerTool(Name = "refund_shipping", Destructive = true, Idempotent = true), Description("Refunds the shipping costs.")]
    public async Task<string> RefundShippingAsync(string orderId, decimal amount, bool approved, CancellationToken cancellationToken)
    {
        if (!approved)
        {
            return "ask the customer's agent for approval first";
        }

        var receipt = await refunds.RefundShippingAsync(orderId, amount, cancellationToken);
        return receipt.State;
    }

    [McpServerTool(Name = "issue_voucher", Idempotent = true), Description("Gives a voucher for a spoiled order, once.")]
    public async Task<string> IssueVoucherAsync(string customerId, string orderId, decimal value, CancellationToken cancellationToken)
    {
        try
        {
            return await backOffice.IssueVoucherAsync(customerId, orderId, value, cancellationToken);
        }
        catch (HttpRequestException ex)
        {
            logger.LogError(ex, "No voucher for order {Order}", orderId);
            return "error: the voucher could not be issued, try later";
        }
    }

    [McpServerTool(Name = "compensate", Idempotent = true), Description("Compensates for a late order with a voucher.")]
    public async Task<string> CompensateAsync(string orderId, CancellationToken cancellationToken)
    {
        using var activity = DeskTelemetry.ToolSource.StartActivity("compensate");
        var order = await refunds.GetOrderAsync(orderId, cancellationToken);
        return order is null ? "unknown order" : await refunds.CompensateAsync(order, 5m, cancellationToken);
    }

    [McpServerTool(Name = "charge_difference", Destructive = true), Description("Charges what an exchange costs more.")]
    public async Task<string> ChargeDifferenceAsync(McpServer server, string orderId, decimal amount, CancellationToken cancellationToken)
    {
        if (!await Approval.AskAsync(server, $"Charge {amount:0.00} for order {orderId}?", cancellationToken))
        {
            return "not approved";
        }

        await refunds.ChargeDifferenceAsync(orderId, amount, cancellationToken);
        return "charged";
    }

    decimal Allowance(string orderId)
        => refunds.GetAllowanceAsync(orderId).GetAwaiter().GetResult();
}
