namespace SupportDesk.BackOffice;

public sealed record Order(string Id, string CustomerId, string Status, decimal Total, string? TrackingNumber);

public sealed record Address(string Street, string City, string PostalCode, string Country);

public sealed record RefundRequest(string OrderId, decimal Amount, string Reason);

public sealed record RefundReceipt(string Id, decimal Amount, string State);

public sealed record RefundQuote(decimal Allowance, string Currency);

public sealed record Shipment(string TrackingNumber, string State, DateTimeOffset? DeliveredAt);
