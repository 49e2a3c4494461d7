namespace SupportDesk.Tickets;

public sealed record Ticket(string Id, string CustomerId, string Subject, string Body)
{
    public string State { get; init; } = "open";

    public string? Queue { get; init; }
}
