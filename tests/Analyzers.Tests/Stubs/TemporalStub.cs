namespace AgentLint.Tests.Stubs;

internal static class TemporalStub
{
    public static Stub Library { get; } = new("Temporalio", """
        using System;
        using System.Linq.Expressions;
        using System.Threading.Tasks;

        namespace Temporalio.Workflows
        {
            [AttributeUsage(AttributeTargets.Class | AttributeTargets.Interface)]
            public sealed class WorkflowAttribute : Attribute { }
            [AttributeUsage(AttributeTargets.Method)]
            public sealed class WorkflowRunAttribute : Attribute { }
            [AttributeUsage(AttributeTargets.Method)]
            public sealed class WorkflowSignalAttribute : Attribute { }
            [AttributeUsage(AttributeTargets.Method | AttributeTargets.Property)]
            public sealed class WorkflowQueryAttribute : Attribute { }

            public class ActivityOptions
            {
                public TimeSpan? StartToCloseTimeout { get; set; }
                public Temporalio.Common.RetryPolicy RetryPolicy { get; set; }
            }

            public static class Workflow
            {
                public static Task<TResult> ExecuteActivityAsync<TActivity, TResult>(Expression<Func<TActivity, Task<TResult>>> call, ActivityOptions options) => null;
            }
        }

        namespace Temporalio.Common
        {
            public sealed class RetryPolicy
            {
                public int MaximumAttempts { get; set; }
            }
        }

        namespace Temporalio.Activities
        {
            [AttributeUsage(AttributeTargets.Method)]
            public sealed class ActivityAttribute : Attribute { }
            public class ActivityInfo { public string WorkflowId { get; } public string WorkflowRunId { get; } public string ActivityId { get; } }
            public class ActivityExecutionContext { public static ActivityExecutionContext Current => null; public ActivityInfo Info => null; }
        }
        """);
}
