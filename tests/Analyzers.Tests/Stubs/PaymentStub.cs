namespace AgentLint.Tests.Stubs;

internal static class PaymentStub
{
    /// <summary>Stripe.net, as far as refunds go.</summary>
    public static Stub Stripe { get; } = new("Stripe.net", """
        using System.Threading;
        using System.Threading.Tasks;

        namespace Stripe
        {
            public class RequestOptions { public string IdempotencyKey { get; set; } }
            public class Refund { public string Id { get; set; } }
            public class RefundCreateOptions { public string Charge { get; set; } }
            public class RefundService
            {
                public Task<Refund> CreateAsync(RefundCreateOptions options, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) => null;
            }
        }
        """);

    /// <summary>Azure.Messaging.ServiceBus, as far as messages are sent.</summary>
    public static Stub ServiceBus { get; } = new("Azure.Messaging.ServiceBus", """
        using System.Threading;
        using System.Threading.Tasks;

        namespace Azure.Messaging.ServiceBus
        {
            public class ServiceBusMessage
            {
                public ServiceBusMessage(string body) { }
                public string MessageId { get; set; }
                public string Subject { get; set; }
            }

            public class ServiceBusSender
            {
                public virtual Task SendMessageAsync(ServiceBusMessage message, CancellationToken cancellationToken = default) => null;
            }
        }
        """);

    /// <summary>Dapr.Workflow, as far as activities go.</summary>
    public static Stub Dapr { get; } = new("Dapr.Workflow", """
        using System.Threading.Tasks;

        namespace Dapr.Workflow
        {
            public abstract class WorkflowActivityContext { public abstract string TaskExecutionKey { get; } }
            public abstract class WorkflowActivity<TInput, TOutput> { public abstract Task<TOutput> RunAsync(WorkflowActivityContext context, TInput input); }
        }
        """);
}
