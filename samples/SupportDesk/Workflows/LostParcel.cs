namespace SupportDesk.Workflows;

public sealed record LostParcel(string OrderId, string CustomerId, string TrackingNumber, decimal Value);
