using System.Net.Http.Json;
using Storefront.Contracts;

namespace Storefront.Infrastructure;

internal sealed class PaymentsClient(HttpClient http) : IPayments
{
    public async Task<Receipt> RefundAsync(string orderId, decimal amount, string? operation, CancellationToken cancellation = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "refunds") { Content = JsonContent.Create(new { orderId, amount }) };
        if (operation != null)
        {
            request.Headers.Add("Idempotency-Key", operation);
        }

        using var answer = await http.SendAsync(request, cancellation);
        answer.EnsureSuccessStatusCode();
        return await answer.Content.ReadFromJsonAsync<Receipt>(cancellation) ?? new Receipt("", amount);
    }
}
