namespace SupportDesk.Agents;

public sealed record Triage(string Queue, string Urgency, string Sentiment, string Language);
