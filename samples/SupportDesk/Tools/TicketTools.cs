using System.ComponentModel;
using Microsoft.Extensions.Logging;
using ModelContextProtocol.Server;
using SupportDesk.Agents;
using SupportDesk.Mail;
using SupportDesk.Tickets;

namespace SupportDesk.Tools;

[McpServerToolType]
public sealed class TicketTools(TicketStore tickets, TicketIntake intake, TriageAgent triage, MailGateway mail, ILogger<TicketTools> logger)
{
    static readonly Dictionary<string, string> Drafts = [];

    [McpServerTool(Name = "create_ticket"), Description("Creates a ticket and tells the customer.")]
    public async Task<string> CreateTicketAsync(string customerId, string subject, string body)
    {
        var ticket = tickets.Create(customerId, subject, body);
        intake.Enqueue(ticket);
        await mail.SendAsync(new MailMessage(customerId, $"Ticket {ticket.Id}", "We have it, and will be back soon."));
        return ticket.Id;
    }

    [McpServerTool(Name = "open_ticket", Idempotent = true), Description("Opens a ticket, or finds the open one.")]
    public string OpenTicket(string customerId, string subject, string body)
        => tickets.GetOrCreate(customerId, subject, body).Id;

    [McpServerTool(Name = "close_ticket", Idempotent = true), Description("Closes a ticket.")]
    public string CloseTicket(string ticketId)
    {
        if (tickets.Find(ticketId) is not { } ticket)
        {
            return "unknown ticket";
        }

        tickets.Update(ticket with { State = "closed" });
        return "closed";
    }

    [McpServerTool(Name = "delete_ticket", Destructive = false), Description("Removes a ticket.")]
    public bool DeleteTicket(string ticketId) => tickets.Delete(ticketId);

    [McpServerTool(Name = "save_draft"), Description("Keeps a draft reply to a ticket.")]
    public string SaveDraft(string ticketId, string text)
    {
        Drafts[ticketId] = Drafts.TryGetValue(ticketId, out var draft) ? $"{draft}\n{text}" : text;
        return $"{Drafts.Count} drafts";
    }

    [McpServerTool(Name = "suggest_queue", ReadOnly = true), Description("The queue that a ticket belongs in.")]
    public string SuggestQueue(string ticketId)
        => tickets.Find(ticketId) is { } ticket ? ticket.Queue ?? QueueOf(ticket) : "unknown ticket";

    [McpServerTool(Name = "reopen_ticket"), Description("Opens a closed ticket again.")]
    public string ReopenTicket(string ticketId) => $"reopened {tickets.Reopen(ticketId)} times";

    [McpServerTool(Name = "broadcast"), Description("Writes to the customers of several tickets.")]
    public async Task<string> BroadcastAsync(string[] ticketIds, string text, CancellationToken cancellationToken)
    {
        var customers = ticketIds.Select(tickets.Find).OfType<Ticket>().Select(t => t.CustomerId).Distinct().ToList();
        try
        {
            await Task.WhenAll(customers.Select(c => mail.SendAsync(new MailMessage(c, "News on your ticket", text), cancellationToken)));
            return $"sent to {customers.Count}";
        }
        catch (Exception ex)
        {
            logger.LogError(ex, "Broadcast to {Count} customers failed", customers.Count);
            return "not sent to everybody";
        }
    }

    string QueueOf(Ticket ticket)
    {
        var triaged = triage.ClassifyAsync(ticket.Body, CancellationToken.None).GetAwaiter().GetResult();
        return triaged.Queue;
    }
}
