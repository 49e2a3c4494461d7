using Microsoft.Extensions.Logging;

namespace SupportDesk.Mail;

/// <summary>A reminder that a customer is to be sent.</summary>
public sealed class Reminder(string ticketId, string customerId)
{
    public string TicketId { get; } = ticketId;

    public string CustomerId { get; } = customerId;

    public bool Sent { get; set; }
}

/// <summary>Sends what is due, over and over: what is not marked as sent is sent by the next sweep.</summary>
public sealed class ReminderSweep(MailGateway mail, ILogger<ReminderSweep> logger)
{
    public async Task RunAsync(IEnumerable<Reminder> due, CancellationToken cancellationToken)
    {
        foreach (var reminder in due.Where(r => !r.Sent))
        {
            try
            {
                await mail.SendAsync(new MailMessage(reminder.CustomerId, $"Ticket {reminder.TicketId}", "We have not forgotten you."), cancellationToken);
            }
            catch (Exception ex) when (ex is not OperationCanceledException)
            {
                logger.LogError(ex, "Reminder for {Ticket} could not be sent", reminder.TicketId);
            }

            reminder.Sent = true;
        }
    }

    public async Task RunLateAsync(IEnumerable<Reminder> late, CancellationToken cancellationToken)
    {
        foreach (var reminder in late.Where(r => !r.Sent))
        {
            try
            {
                await mail.SendAsync(new MailMessage(reminder.CustomerId, $"Ticket {reminder.TicketId}", "It takes longer than we thought."), cancellationToken);
                reminder.Sent = true;
            }
            catch (Exception ex) when (ex is not OperationCanceledException)
            {
                logger.LogError(ex, "Reminder for {Ticket} could not be sent", reminder.TicketId);
            }
        }
    }
}
