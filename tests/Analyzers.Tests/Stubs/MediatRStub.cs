namespace AgentLint.Tests.Stubs;

/// <summary>MediatR from version 8 on.</summary>
internal static class MediatRStub
{
    public static Stub Library { get; } = new("MediatR", """
        namespace MediatR
        {
            public interface IRequest<T>;
            public interface INotification;
            public interface IRequestHandler<TRequest, TResponse> { System.Threading.Tasks.Task<TResponse> Handle(TRequest request, System.Threading.CancellationToken token); }
            public interface INotificationHandler<T> { System.Threading.Tasks.Task Handle(T notification, System.Threading.CancellationToken token); }
            public interface ISender { System.Threading.Tasks.Task<T> Send<T>(IRequest<T> request, System.Threading.CancellationToken token = default); }
            public interface IPublisher { System.Threading.Tasks.Task Publish(object notification, System.Threading.CancellationToken token = default); }
        }
        """);
}
