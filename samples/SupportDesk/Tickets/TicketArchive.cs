using System.Data.Common;
using MassTransit;

namespace SupportDesk.Tickets;

public sealed record TicketClosed(string TicketId);

/// <summary>Closes tickets for good, and tells the other systems.</summary>
public sealed class TicketArchive(DbConnection database, IPublishEndpoint bus)
{
    public async Task CloseAsync(string ticketId, CancellationToken cancellationToken)
    {
        await bus.Publish(new TicketClosed(ticketId), cancellationToken);
        await using var command = database.CreateCommand();
        command.CommandText = "UPDATE tickets SET state = 'closed' WHERE id = @id";
        command.Parameters.Add(ticketId);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Sends what was closed while the bus was away.</summary>
    public async Task RelayAsync(IReadOnlyList<ClosedTicket> waiting, CancellationToken cancellationToken)
    {
        foreach (var ticket in waiting)
        {
            await bus.Publish(new TicketClosed(ticket.Id), cancellationToken);
            await using var command = database.CreateCommand();
            command.CommandText = "UPDATE tickets SET told = 1 WHERE id = @id";
            command.Parameters.Add(ticket.Id);
            ticket.IsTold = await command.ExecuteNonQueryAsync(cancellationToken) > 0;
        }
    }
}

public sealed class ClosedTicket
{
    public required string Id { get; init; }

    public bool IsTold { get; set; }
}
