using System.Collections.Concurrent;
using Microsoft.Extensions.AI;
using SupportDesk.Telemetry;
using SupportDesk.Tickets;

namespace SupportDesk.Agents;

/// <summary>Talks to the customer, and brings in the others.</summary>
public sealed class ConciergeAgent(
    IChatClient chat, ToolLoop loop, ResearchAgent research, TriageAgent triage, DeskToolbox toolbox, TicketStore tickets, AuditTrail audit)
{
    readonly List<ChatMessage> _history = [new(ChatRole.System, "You help the customers of an online shop.")];
    readonly Dictionary<string, Triage> _triage = [];
    readonly ConcurrentDictionary<string, List<ChatMessage>> _investigations = new();

    public async Task<string> AskAsync(string customerId, string message, CancellationToken cancellationToken)
    {
        using var activity = DeskTelemetry.Source.StartActivity("concierge");
        audit.Add($"{customerId} asked");

        _triage[customerId] = await triage.ClassifyAsync(message, cancellationToken);
        _history.Add(new ChatMessage(ChatRole.User, $"[{customerId}] {message}"));
        var reply = await loop.RunAsync(_history, new ChatOptions { Tools = toolbox.Tools }, cancellationToken);
        _history.Add(new ChatMessage(ChatRole.Assistant, reply));
        return reply;
    }

    public async Task<string> InvestigateAsync(string question, CancellationToken cancellationToken)
    {
        var asked = _investigations.GetOrAdd("research", _ => []);
        lock (asked)
            asked.Add(new ChatMessage(ChatRole.User, question));
        var intro = await chat.GetResponseAsync($"Restate as one precise question:\n{question}", cancellationToken: cancellationToken);
        return await research.AnswerAsync(intro.Text, cancellationToken);
    }

    public async Task<string> LookUpAsync(string question, CancellationToken cancellationToken)
        => await loop.RunBrieflyAsync(question, new ChatOptions { Tools = [.. toolbox.ReadOnlyTools] }, cancellationToken);

    /// <summary>One ticket's conversation; the caller keeps the messages.</summary>
    public async Task<ChatResponse> ContinueAsync(Ticket ticket, IReadOnlyList<ChatMessage> conversation, CancellationToken cancellationToken)
    {
        List<ChatMessage> messages = [new(ChatRole.System, $"Ticket {ticket.Id}: {ticket.Subject}"), .. conversation];
        var pending = tickets.OrdersOfAsync(ticket.CustomerId);
        var orders = pending.IsCompletedSuccessfully ? pending.Result : await pending;
        messages.Add(new ChatMessage(ChatRole.System, $"The customer has {orders.Count} orders."));
        return await chat.GetResponseAsync(messages, cancellationToken: cancellationToken);
    }
}
