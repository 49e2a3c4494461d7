using MassTransit;
using SupportDesk.Mail;

namespace SupportDesk.Tickets;

/// <summary>Asks the customer how it went.</summary>
public sealed class SurveyConsumer(TicketStore tickets, MailGateway mail) : IConsumer<TicketClosed>
{
    public async Task Consume(ConsumeContext<TicketClosed> context)
    {
        if (tickets.Find(context.Message.TicketId) is { } ticket)
        {
            await mail.SendAsync(new MailMessage(ticket.CustomerId, $"Ticket {ticket.Id}", "How did we do?"), context.CancellationToken);
        }
    }
}

/// <summary>Takes closed tickets off the list.</summary>
public sealed class ArchiveConsumer(TicketStore tickets) : IConsumer<TicketClosed>
{
    public Task Consume(ConsumeContext<TicketClosed> context)
    {
        if (tickets.Find(context.Message.TicketId) is { } ticket)
        {
            tickets.Update(ticket with { State = "archived" });
        }

        return Task.CompletedTask;
    }
}
