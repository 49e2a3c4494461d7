using Microsoft.Extensions.AI;
using SupportDesk.BackOffice;
using SupportDesk.Tools;

namespace SupportDesk.Agents;

/// <summary>What the concierge may do itself.</summary>
public sealed class DeskToolbox(OrderTools orders, RefundTools refunds, TicketTools tickets, BackOfficeClient backOffice, RemoteToolCatalog remote)
{
    public IList<AITool> Tools { get; } =
    [
        AIFunctionFactory.Create(orders.FindOrderAsync),
        AIFunctionFactory.Create(orders.ChangeAddressAsync),
        AIFunctionFactory.Create(refunds.IssueRefundAsync),
        new ApprovalRequiredAIFunction(AIFunctionFactory.Create(backOffice.CancelOrderAsync, "cancel_order")),
        AIFunctionFactory.Create(tickets.DeleteTicket),
        .. remote.Tools,
    ];

    public IEnumerable<AITool> ReadOnlyTools => [AIFunctionFactory.Create(orders.FindOrderAsync), .. remote.Tools];
}
