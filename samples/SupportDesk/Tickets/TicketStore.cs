using System.Collections.Concurrent;
using SupportDesk.BackOffice;

namespace SupportDesk.Tickets;

/// <summary>Tickets, in memory until the desk gets its database.</summary>
public sealed class TicketStore(BackOfficeClient backOffice)
{
    readonly ConcurrentDictionary<string, Ticket> _tickets = new();
    readonly ConcurrentDictionary<string, IReadOnlyList<Order>> _orders = new();
    readonly Dictionary<string, int> _reopened = [];
    readonly Lock _lock = new();
    int _last = 1000;

    public Ticket Create(string customerId, string subject, string body)
    {
        var ticket = new Ticket($"T-{Interlocked.Increment(ref _last)}", customerId, subject, body);
        _tickets[ticket.Id] = ticket;
        return ticket;
    }

    /// <summary>Creates the ticket unless the customer has one open under the same subject.</summary>
    public Ticket GetOrCreate(string customerId, string subject, string body)
        => _tickets.Values.FirstOrDefault(t => t.CustomerId == customerId && t.Subject == subject && t.State == "open")
            ?? Create(customerId, subject, body);

    public Ticket? Find(string id) => _tickets.GetValueOrDefault(id);

    public IReadOnlyList<Ticket> Open() => [.. _tickets.Values.Where(t => t.State == "open")];

    public void Update(Ticket ticket) => _tickets[ticket.Id] = ticket;

    public bool Delete(string id) => _tickets.TryRemove(id, out _);

    public int Reopen(string id)
    {
        lock (_lock)
        {
            _reopened[id] = _reopened.GetValueOrDefault(id) + 1;
            return _reopened[id];
        }
    }

    public async Task<IReadOnlyList<Order>> OrdersOfAsync(string customerId)
    {
        if (!_orders.ContainsKey(customerId))
        {
            var orders = await backOffice.ListOrdersAsync(customerId);
            _orders[customerId] = orders;
        }

        return _orders[customerId];
    }
}
