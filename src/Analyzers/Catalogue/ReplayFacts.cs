namespace AgentLint.Catalogue;

/// <summary>What about an API differs when the same code runs again.</summary>
internal enum ReplayHazard
{
    Clock,
    Random,
    Guid,

    /// <summary>The number of an attempt.</summary>
    Attempt,

    /// <summary>The identity of one request or delivery.</summary>
    Request,

    /// <summary>A timer of the process, which the history does not hold.</summary>
    Delay,

    /// <summary>Work outside the scheduler of the workflow engine.</summary>
    Thread,

    Lock,

    /// <summary>What belongs to the machine or the process.</summary>
    Environment,
}

/// <summary>A <c>replay-unsafe</c> line.</summary>
/// <param name="Hazard">What differs.</param>
/// <param name="Entry">The line.</param>
internal readonly record struct ReplayUnsafeApi(ReplayHazard Hazard, CatalogueEntry Entry)
{
    /// <summary>The member of a workflow engine's context that gives the same on replay; null where there is none.</summary>
    public string? ReplacementIn(WorkflowApi api) => Entry[api.Fact];

    public static ReplayUnsafeApi? Of(CatalogueEntry entry) =>
        entry.Role == CatalogueRole.ReplayUnsafe && Enum.TryParse<ReplayHazard>(entry["kind"], ignoreCase: true, out var hazard) ? new(hazard, entry) : null;
}

/// <summary>A workflow engine, as the lines about what its workflow code must not do name it.</summary>
/// <param name="Fact">The name of the fact that holds its replacements.</param>
internal readonly record struct WorkflowApi(string Fact)
{
    public static WorkflowApi? Of(CatalogueEntry context) =>
        context.Role == CatalogueRole.WorkflowContext && context["api"] is { } fact ? new(fact) : null;
}

/// <summary>A <c>leaves-scheduler</c> line.</summary>
/// <param name="Api">The engine whose scheduler it leaves.</param>
/// <param name="Argument">The value of the first argument with which it does; null where it always does.</param>
/// <param name="Instead">The member of the engine's context that stays on its scheduler.</param>
/// <param name="Unless">The option with which it does not.</param>
/// <param name="OfSequences">Whether it does only where it is given a sequence of tasks with results.</param>
internal readonly record struct SchedulerExit(WorkflowApi Api, bool? Argument, string? Instead, string? Unless, bool OfSequences)
{
    public static SchedulerExit? Of(CatalogueEntry entry) =>
        entry.Role == CatalogueRole.LeavesScheduler && entry["api"] is { } api
            ? new(new WorkflowApi(api), entry["argument"] is { } value ? value == "true" : null, entry["instead"], entry["unless"], entry.Has("sequence"))
            : null;
}
