// The few declarations of Dapr.Workflow that the refund workflow is written against, so that the desk builds and runs on its
// own. A deployment with a Dapr sidecar removes this file and references the package.
namespace Dapr.Workflow;

public abstract class WorkflowContext
{
    public abstract string InstanceId { get; }

    public abstract DateTime CurrentUtcDateTime { get; }

    public abstract Task<T> CallActivityAsync<T>(string name, object? input = null, WorkflowTaskOptions? options = null);

    public abstract Task CreateTimer(TimeSpan delay, CancellationToken cancellationToken = default);

    public abstract Guid NewGuid();

    public abstract void ContinueAsNew(object? newInput = null, bool preserveUnprocessedEvents = true);
}

public abstract class WorkflowActivityContext
{
    public abstract string InstanceId { get; }

    public abstract string TaskExecutionKey { get; }
}

public abstract class Workflow<TInput, TOutput>
{
    public abstract Task<TOutput> RunAsync(WorkflowContext context, TInput input);
}

public abstract class WorkflowActivity<TInput, TOutput>
{
    public abstract Task<TOutput> RunAsync(WorkflowActivityContext context, TInput input);
}

public record WorkflowTaskOptions(WorkflowRetryPolicy? RetryPolicy = null);

public sealed class WorkflowRetryPolicy(
    int maxNumberOfAttempts, TimeSpan firstRetryInterval, double backoffCoefficient = 1.0, TimeSpan? maxRetryInterval = null)
{
    public int MaxNumberOfAttempts { get; } = maxNumberOfAttempts;

    public TimeSpan FirstRetryInterval { get; } = firstRetryInterval;

    public double BackoffCoefficient { get; } = backoffCoefficient;

    public TimeSpan MaxRetryInterval { get; } = maxRetryInterval ?? TimeSpan.FromHours(1);
}
