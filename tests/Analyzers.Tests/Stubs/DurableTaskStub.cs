namespace AgentLint.Tests.Stubs;

internal static class DurableTaskStub
{
    public static Stub Library { get; } = new("Microsoft.DurableTask.Abstractions", """
        using System;
        using System.Threading.Tasks;

        namespace Microsoft.DurableTask
        {
            public abstract class TaskOrchestrationContext
            {
                public Task<T> CallActivityAsync<T>(TaskName name, object input = null, TaskOptions options = null) => null;
            }

            public readonly struct TaskName
            {
                public TaskName(string name) { }
                public static implicit operator TaskName(string value) => new TaskName(value);
            }

            public class TaskOptions
            {
                public TaskOptions(RetryPolicy policy) { }
            }

            public class RetryPolicy
            {
                public RetryPolicy(int maxNumberOfAttempts, TimeSpan firstRetryInterval, double backoffCoefficient = 1) { }
            }

            public abstract class TaskActivityContext { public abstract string InstanceId { get; } }

            public abstract class TaskOrchestrator<TInput, TOutput>
            {
                public abstract Task<TOutput> RunAsync(TaskOrchestrationContext context, TInput input);
            }

            public abstract class TaskActivity<TInput, TOutput>
            {
                public abstract Task<TOutput> RunAsync(TaskActivityContext context, TInput input);
            }

            public sealed class DurableTaskRegistry
            {
                public DurableTaskRegistry AddOrchestratorFunc<TInput, TOutput>(string name, Func<TaskOrchestrationContext, TInput, Task<TOutput>> orchestrator) => this;
                public DurableTaskRegistry AddActivityFunc<TInput, TOutput>(string name, Func<TaskActivityContext, TInput, Task<TOutput>> activity) => this;
            }
        }
        """);

    public static Stub Functions { get; } = new("Microsoft.Azure.Functions.Worker.Extensions.DurableTask", """
        using System;

        namespace Microsoft.Azure.Functions.Worker
        {
            [AttributeUsage(AttributeTargets.Parameter)]
            public sealed class OrchestrationTriggerAttribute : Attribute { }
            [AttributeUsage(AttributeTargets.Parameter)]
            public sealed class ActivityTriggerAttribute : Attribute { }
            [AttributeUsage(AttributeTargets.Parameter)]
            public sealed class EntityTriggerAttribute : Attribute { }
        }
        """);
}
