using Microsoft.Extensions.Logging;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;

namespace SupportDesk.BackOffice;

/// <summary>Money back, vouchers and corrections.</summary>
public sealed class RefundService(BackOfficeClient backOffice, ILogger<RefundService> logger)
{
    static readonly ResiliencePipeline Pipeline = new ResiliencePipelineBuilder()
        .AddRetry(new RetryStrategyOptions { ShouldHandle = new PredicateBuilder().Handle<HttpRequestException>() })
        .AddTimeout(TimeSpan.FromSeconds(20))
        .Build();

    static readonly ResiliencePipeline Reads = new ResiliencePipelineBuilder()
        .AddRetry(new RetryStrategyOptions
        {
            ShouldHandle = new PredicateBuilder().Handle<HttpRequestException>(e => e.StatusCode is null or >= System.Net.HttpStatusCode.InternalServerError),
            MaxRetryAttempts = 3,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            Delay = TimeSpan.FromMilliseconds(300),
            MaxDelay = TimeSpan.FromSeconds(5),
        })
        .AddCircuitBreaker(new CircuitBreakerStrategyOptions())
        .AddTimeout(new TimeoutStrategyOptions { Timeout = TimeSpan.FromSeconds(10) })
        .Build();

    public async Task<decimal> GetAllowanceAsync(string orderId, CancellationToken cancellationToken = default)
    {
        var quote = await backOffice.QuoteRefundAsync(orderId, cancellationToken);
        return quote.Allowance;
    }

    public async Task<Order?> GetOrderAsync(string orderId, CancellationToken cancellationToken)
        => await Reads.ExecuteAsync(async token => await backOffice.GetOrderAsync(orderId, token), cancellationToken);

    public async Task<RefundReceipt> RefundAsync(string orderId, decimal amount, string reason)
    {
        var request = new RefundRequest(orderId, amount, reason);
        var receipt = await Pipeline.Execute(async () => await backOffice.PostRefundAsync(request));
        logger.LogInformation("Refund {Refund} of {Amount} for order {Order}", receipt.Id, receipt.Amount, orderId);
        return receipt;
    }

    public async Task<RefundReceipt> RefundShippingAsync(string orderId, decimal amount, CancellationToken cancellationToken)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await Pipeline.ExecuteAsync(
                    async _ => await backOffice.PostRefundAsync(new RefundRequest(orderId, amount, "shipping")), cancellationToken);
            }
            catch (Exception ex) when (attempt < 3)
            {
                logger.LogWarning(ex, "Refund of shipping for {Order} failed, trying again", orderId);
                await Task.Delay(TimeSpan.FromSeconds(1 << attempt), cancellationToken);
            }
        }
    }

    public Task<string> CompensateAsync(Order order, decimal value, CancellationToken cancellationToken)
    {
        var pipeline = new ResiliencePipelineBuilder()
            .AddRetry(new RetryStrategyOptions { UseJitter = true, BackoffType = DelayBackoffType.Exponential })
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions())
            .Build();

        return pipeline.Execute(() => backOffice.IssueVoucherAsync(order.CustomerId, order.Id, value, cancellationToken));
    }

    public async Task ChargeDifferenceAsync(string orderId, decimal amount, CancellationToken cancellationToken)
        => await Reads.ExecuteAsync(
            async token => await backOffice.ChargeAsync(orderId, amount, Guid.NewGuid().ToString("N"), token),
            cancellationToken);
}
