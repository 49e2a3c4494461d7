namespace Storefront.Contracts;

public sealed record Order(string Id, string Customer, decimal Total, string State);

public sealed record Receipt(string Id, decimal Amount);

/// <summary>What the shop does with orders.</summary>
public interface IOrderService
{
    Task<Order?> FindAsync(string orderId, CancellationToken cancellation = default);

    Task CancelAsync(string orderId, string reason);
}

/// <summary>What the shop does with money.</summary>
public interface IRefundService
{
    Task<Receipt> RefundAsync(string orderId, decimal amount, string? operation = null, CancellationToken cancellation = default);
}

/// <summary>Rows of orders.</summary>
public interface IOrderStore
{
    Task<Order?> FindAsync(string orderId, CancellationToken cancellation = default);

    Task RemoveAsync(string orderId, CancellationToken cancellation = default);
}

/// <summary>The payment provider.</summary>
public interface IPayments
{
    Task<Receipt> RefundAsync(string orderId, decimal amount, string? operation, CancellationToken cancellation = default);
}

/// <summary>Letters to customers.</summary>
public interface IMailer
{
    Task SendAsync(string customer, string text, CancellationToken cancellation = default);
}

/// <summary>Answers out of what the shop knows.</summary>
public interface IAdvisor
{
    Task<string> AdviseAsync(string question, CancellationToken cancellation = default);
}
