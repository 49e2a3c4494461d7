using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.InteropServices;
using Google.Protobuf.WellKnownTypes;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Common;
using Temporalio.Converters;
using Temporalio.Runtime;
using Temporalio.Worker;
using Temporalio.Worker.Interceptors;
using Temporalio.Workflows;

namespace AgentLint.Tests.Rules.DurableExecution;

/// <summary>
/// The history of a workflow's run as a Temporal server writes it, and its replay by the SDK's own replayer. No server is needed: the first part of the
/// history makes the SDK run the workflow's first task, and what the workflow then asks for is written down as what the server recorded and completed.
/// </summary>
internal sealed class RecordedRun
{
    /// <summary>When the recorded run took place.</summary>
    public static readonly DateTime Day = new(2020, 1, 15, 0, 0, 0, DateTimeKind.Utc);

    private static readonly Lazy<TemporalRuntime> Runtime = new(() =>
    {
        NativeLibrary.SetDllImportResolver(typeof(Workflow).Assembly, LoadBridge);
        return new TemporalRuntime(new TemporalRuntimeOptions { Telemetry = new TelemetryOptions { Logging = null } });
    });

    private readonly History history = new();

    private RecordedRun()
    {
    }

    /// <summary>Runs a workflow for the first time, up to its first wait, and records that all it asked for was done.</summary>
    public static async Task<RecordedRun> OfAsync(System.Type workflow, object input)
    {
        var run = new RecordedRun();
        var run0 = Guid.NewGuid().ToString();
        run.Add(EventType.WorkflowExecutionStarted, e => e.WorkflowExecutionStartedEventAttributes = new()
        {
            WorkflowType = new() { Name = workflow.Name },
            TaskQueue = new() { Name = "orders" },
            OriginalExecutionRunId = run0,
            FirstExecutionRunId = run0,
            Attempt = 1,
            Input = Payloads(input),
            WorkflowTaskTimeout = Duration.FromTimeSpan(TimeSpan.FromSeconds(10)),
            FirstWorkflowTaskBackoff = Duration.FromTimeSpan(TimeSpan.Zero),
        });
        run.StartTask();
        var asked = new Asked();
        await run.ReplayAsync(workflow, asked);
        var task = run.CompleteTask();
        var done = new List<Action>();
        foreach (var command in asked.Commands)
            done.Add(run.Record(command, task, input));
        foreach (var complete in done)
            complete();
        run.StartTask();
        var last = run.CompleteTask();
        run.Add(EventType.WorkflowExecutionCompleted, e => e.WorkflowExecutionCompletedEventAttributes = new() { WorkflowTaskCompletedEventId = last, Result = Payloads(input) });
        return run;
    }

    /// <summary>Runs a workflow again over the history; the engine's verdict is null where it is accepted.</summary>
    public Task<Exception?> ReplayAsync(System.Type workflow) => ReplayAsync(workflow, null);

    private async Task<Exception?> ReplayAsync(System.Type workflow, IWorkerInterceptor? interceptor)
    {
        var options = new WorkflowReplayerOptions { Runtime = Runtime.Value, Interceptors = interceptor == null ? [] : [interceptor] }.AddWorkflow(workflow);
        return (await new WorkflowReplayer(options).ReplayWorkflowAsync(new WorkflowHistory("order-1", history.Events), throwOnReplayFailure: false)).ReplayFailure;
    }

    private Action Record(object command, long task, object result)
    {
        if (command is TimeSpan delay)
        {
            var started = Add(EventType.TimerStarted, e => e.TimerStartedEventAttributes = new()
            {
                TimerId = "1",
                StartToFireTimeout = Duration.FromTimeSpan(delay),
                WorkflowTaskCompletedEventId = task,
            });
            return () => Add(EventType.TimerFired, e => e.TimerFiredEventAttributes = new() { TimerId = "1", StartedEventId = started });
        }

        var activity = (ScheduleActivityInput)command;
        var scheduled = Add(EventType.ActivityTaskScheduled, e => e.ActivityTaskScheduledEventAttributes = new()
        {
            ActivityId = activity.Options.ActivityId ?? "1",
            ActivityType = new() { Name = activity.Activity },
            TaskQueue = new() { Name = "orders" },
            WorkflowTaskCompletedEventId = task,
        });
        return () =>
        {
            var started = Add(EventType.ActivityTaskStarted, e => e.ActivityTaskStartedEventAttributes = new() { ScheduledEventId = scheduled, Attempt = 1 });
            Add(EventType.ActivityTaskCompleted, e => e.ActivityTaskCompletedEventAttributes = new() { ScheduledEventId = scheduled, StartedEventId = started, Result = Payloads(result) });
        };
    }

    private void StartTask()
    {
        var scheduled = Add(EventType.WorkflowTaskScheduled, e => e.WorkflowTaskScheduledEventAttributes = new()
        {
            TaskQueue = new() { Name = "orders" },
            StartToCloseTimeout = Duration.FromTimeSpan(TimeSpan.FromSeconds(10)),
            Attempt = 1,
        });
        Add(EventType.WorkflowTaskStarted, e => e.WorkflowTaskStartedEventAttributes = new() { ScheduledEventId = scheduled, RequestId = scheduled.ToString() });
    }

    // The flag says that the SDK of that day compared the ids of steps and not only their kinds.
    private long CompleteTask() => Add(EventType.WorkflowTaskCompleted, e => e.WorkflowTaskCompletedEventAttributes = new()
    {
        ScheduledEventId = history.Events.Count - 2,
        StartedEventId = history.Events.Count - 1,
        SdkMetadata = new() { CoreUsedFlags = { 1 } },
    });

    private long Add(EventType type, Action<HistoryEvent> set)
    {
        var happened = new HistoryEvent { EventId = history.Events.Count + 1, EventType = type, EventTime = Timestamp.FromDateTime(Day.AddMinutes(history.Events.Count)) };
        history.Events.Add(happened);
        set(happened);
        return happened.EventId;
    }

    private static Payloads Payloads(object value) => new() { Payloads_ = { DataConverter.Default.PayloadConverter.ToPayload(value) } };

    // Programs under test are compiled against what was restored; of the native libraries, one for each system, only that of this system is read.
    private static nint LoadBridge(string name, Assembly assembly, DllImportSearchPath? search)
    {
        var system = OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux";
        var folder = RestoredPackages.All.PathOf("Temporalio", $"runtimes/{system}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}/native");
        return Directory.EnumerateFiles(folder, $"*{name}*").FirstOrDefault() is { } file ? NativeLibrary.Load(file) : 0;
    }

    /// <summary>Writes down what a workflow asks of its engine.</summary>
    private sealed class Asked : IWorkerInterceptor
    {
        private readonly ConcurrentQueue<object> commands = new();

        public IEnumerable<object> Commands => commands;

        public WorkflowInboundInterceptor InterceptWorkflow(WorkflowInboundInterceptor nextInterceptor) => new Inbound(nextInterceptor, commands);

        private sealed class Inbound(WorkflowInboundInterceptor next, ConcurrentQueue<object> commands) : WorkflowInboundInterceptor(next)
        {
            public override void Init(WorkflowOutboundInterceptor outbound) => base.Init(new Outbound(outbound, commands));
        }

        private sealed class Outbound(WorkflowOutboundInterceptor next, ConcurrentQueue<object> commands) : WorkflowOutboundInterceptor(next)
        {
            public override Task<TResult> ScheduleActivityAsync<TResult>(ScheduleActivityInput input)
            {
                commands.Enqueue(input);
                return base.ScheduleActivityAsync<TResult>(input);
            }

            public override Task DelayAsync(DelayAsyncInput input)
            {
                commands.Enqueue(input.Delay);
                return base.DelayAsync(input);
            }
        }
    }
}
