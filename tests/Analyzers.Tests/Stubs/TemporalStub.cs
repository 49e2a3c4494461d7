namespace AgentLint.Tests.Stubs;

internal static class TemporalStub
{
    public static Stub Library { get; } = new("Temporalio", """
        using System;

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
        }

        namespace Temporalio.Activities
        {
            [AttributeUsage(AttributeTargets.Method)]
            public sealed class ActivityAttribute : Attribute { }
            public class ActivityInfo { public string WorkflowId { get; } public string ActivityId { get; } }
            public class ActivityExecutionContext { public static ActivityExecutionContext Current => null; public ActivityInfo Info => null; }
        }
        """);
}
