using Microsoft.EntityFrameworkCore;
using Storefront.Contracts;

namespace Storefront.Infrastructure;

public sealed class StoreContext(DbContextOptions<StoreContext> options) : DbContext(options)
{
    public DbSet<Order> Orders => Set<Order>();
}

internal sealed class OrderStore(StoreContext context) : IOrderStore
{
    public Task<Order?> FindAsync(string orderId, CancellationToken cancellation = default) =>
        context.Orders.SingleOrDefaultAsync(order => order.Id == orderId, cancellation);

    public Task RemoveAsync(string orderId, CancellationToken cancellation = default) =>
        context.Orders.Where(order => order.Id == orderId).ExecuteDeleteAsync(cancellation);
}
