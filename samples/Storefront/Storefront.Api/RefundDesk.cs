using Storefront.Contracts;

namespace Storefront.Api;

/// <summary>Lives as long as the program, and is given a service of one request.</summary>
public sealed class RefundDesk(IRefundService refunds)
{
    // Another key in each run is no key.
    public Task<Receipt> RefundAsync(string orderId, decimal amount, CancellationToken cancellation) =>
        refunds.RefundAsync(orderId, amount, Guid.NewGuid().ToString(), cancellation);
}
