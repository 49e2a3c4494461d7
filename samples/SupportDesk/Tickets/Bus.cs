// Stands in for MassTransit.Abstractions: as much of it as the desk uses.
namespace MassTransit;

public interface IPublishEndpoint
{
    Task Publish<T>(T message, CancellationToken cancellationToken = default)
        where T : class;
}
