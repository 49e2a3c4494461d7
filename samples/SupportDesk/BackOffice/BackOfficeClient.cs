using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;

namespace SupportDesk.BackOffice;

/// <summary>The shop's back office over HTTP.</summary>
public sealed class BackOfficeClient(HttpClient http)
{
    public async Task<Order?> GetOrderAsync(string orderId, CancellationToken cancellationToken = default)
    {
        using var response = await http.GetAsync($"orders/{Uri.EscapeDataString(orderId)}", cancellationToken);
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }

        response.EnsureSuccessStatusCode();
        return await response.Content.ReadFromJsonAsync<Order>(cancellationToken);
    }

    public async Task<IReadOnlyList<Order>> ListOrdersAsync(string customerId, CancellationToken cancellationToken = default)
    {
        var orders = new List<Order>();
        string? cursor = "";
        do
        {
            var page = await http.GetFromJsonAsync<OrderPage>(
                $"customers/{Uri.EscapeDataString(customerId)}/orders?cursor={cursor}", cancellationToken);
            orders.AddRange(page?.Items ?? []);
            cursor = page?.Next;
        }
        while (!string.IsNullOrEmpty(cursor));

        return orders;
    }

    public async Task<RefundQuote> QuoteRefundAsync(string orderId, CancellationToken cancellationToken = default)
    {
        using var response = await http.PostAsJsonAsync("refunds/quote", new { orderId }, cancellationToken);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadFromJsonAsync<RefundQuote>(cancellationToken) ?? new RefundQuote(0, "EUR");
    }

    public async Task<RefundReceipt> PostRefundAsync(RefundRequest request, CancellationToken cancellationToken = default)
    {
        using var response = await http.PostAsJsonAsync("refunds", request, cancellationToken);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<RefundReceipt>(cancellationToken))!;
    }

    public async Task<string> IssueVoucherAsync(string customerId, string orderId, decimal value, CancellationToken cancellationToken = default)
    {
        var operation = SHA256.HashData(Encoding.UTF8.GetBytes($"voucher|{customerId}|{orderId}|{value}"));
        using var request = new HttpRequestMessage(HttpMethod.Post, "vouchers");
        request.Headers.Add("Idempotency-Key", Convert.ToHexString(operation));
        request.Content = JsonContent.Create(new { customerId, orderId, value });

        using var response = await http.SendAsync(request, cancellationToken);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadAsStringAsync(cancellationToken);
    }

    public async Task ChargeAsync(string orderId, decimal amount, string idempotencyKey, CancellationToken cancellationToken = default)
    {
        using var response = await http.PostAsJsonAsync($"orders/{Uri.EscapeDataString(orderId)}/charges", new { amount }, cancellationToken);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>Sends the goods of an order once more, and gives the number of the new parcel.</summary>
    public async Task<string> SendAgainAsync(string orderId, CancellationToken cancellationToken = default)
    {
        using var response = await http.PostAsJsonAsync("parcels", new { orderId }, cancellationToken);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadAsStringAsync(cancellationToken);
    }

    public async Task ChangeAddressAsync(string orderId, Address address, CancellationToken cancellationToken = default)
    {
        using var response = await http.PutAsJsonAsync($"orders/{Uri.EscapeDataString(orderId)}/address", address, cancellationToken);
        response.EnsureSuccessStatusCode();
    }

    public async Task CancelOrderAsync(string orderId, CancellationToken cancellationToken = default)
    {
        using var response = await http.DeleteAsync($"orders/{Uri.EscapeDataString(orderId)}", cancellationToken);
        response.EnsureSuccessStatusCode();
    }

    public async Task<Shipment?> GetShipmentAsync(string trackingNumber, CancellationToken cancellationToken = default)
        => await http.GetFromJsonAsync<Shipment>($"shipments/{Uri.EscapeDataString(trackingNumber)}", cancellationToken);

    sealed record OrderPage(IReadOnlyList<Order> Items, string? Next);
}
