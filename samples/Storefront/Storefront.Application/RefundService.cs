using Storefront.Contracts;

namespace Storefront.Application;

internal sealed class RefundService(IPayments payments) : IRefundService
{
    public Task<Receipt> RefundAsync(string orderId, decimal amount, string? operation = null, CancellationToken cancellation = default) =>
        payments.RefundAsync(orderId, Math.Round(amount, 2), operation, cancellation);
}
