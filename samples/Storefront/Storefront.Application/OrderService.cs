using Storefront.Contracts;

namespace Storefront.Application;

internal sealed class OrderService(IOrderStore orders, IMailer mailer) : IOrderService
{
    public Task<Order?> FindAsync(string orderId, CancellationToken cancellation = default) => orders.FindAsync(orderId, cancellation);

    public async Task CancelAsync(string orderId, string reason)
    {
        await orders.RemoveAsync(orderId);
        await mailer.SendAsync("orders@storefront.example", "An order is cancelled: " + reason);
    }
}
