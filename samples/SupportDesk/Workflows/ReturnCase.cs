namespace SupportDesk.Workflows;

public sealed record ReturnCase(string OrderId, string CustomerId, decimal Amount, string Reason);

public sealed record ReturnOutcome(string CaseNumber, string State, DateTime DecidedAt);
