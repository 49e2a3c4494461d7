using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SupportDesk.Agents;
using SupportDesk.Mail;

namespace SupportDesk.Tickets;

/// <summary>Sorts new tickets in the background.</summary>
public sealed class TicketIntake(TriageAgent triage, TicketStore tickets, MailGateway mail, ILogger<TicketIntake> logger)
    : BackgroundService
{
    readonly Channel<Ticket> _queue = Channel.CreateUnbounded<Ticket>();

    public void Enqueue(Ticket ticket) => _queue.Writer.TryWrite(ticket);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var reminder = new Timer(async _ => await RemindAsync(), null, TimeSpan.FromHours(1), TimeSpan.FromHours(1));
        await foreach (var ticket in _queue.Reader.ReadAllAsync(stoppingToken))
        {
            try
            {
                var result = await triage.ClassifyAsync(ticket.Body, stoppingToken);
                if (result.Queue == "other")
                {
                    result = await triage.ReclassifyAsync(ticket.Body, result, stoppingToken);
                }

                var urgent = await triage.IsEscalationAsync(ticket.Body, stoppingToken);
                tickets.Update(ticket with { Queue = urgent ? "escalations" : result.Queue });
                var tags = await triage.TagAsync(ticket.Body, stoppingToken);
                logger.LogInformation("Ticket {Ticket} went to {Queue}, tags {Tags}", ticket.Id, result.Queue, tags.Keys);
            }
            catch (Exception ex) when (ex is not OperationCanceledException)
            {
                logger.LogError(ex, "Ticket {Ticket} could not be sorted", ticket.Id);
            }
        }
    }

    async Task RemindAsync()
    {
        foreach (var ticket in tickets.Open())
        {
            await mail.SendAsync(new MailMessage(ticket.CustomerId, $"Ticket {ticket.Id}", "We have not forgotten you."));
        }
    }
}
