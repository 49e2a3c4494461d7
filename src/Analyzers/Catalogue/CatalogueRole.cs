namespace AgentLint.Catalogue;

/// <summary>What an API means to a distributed program. The names in catalogue files are the members in kebab-case.</summary>
internal enum CatalogueRole
{
    /// <summary>A library that AgentLint knows, and the assemblies that show it is referenced.</summary>
    Library,

    /// <summary>Takes every other role from a member or type: the last word is the user's.</summary>
    Ignore,

    // ---- calls that cross the network, by what answers -----------------------------------------------------------
    ModelCall,
    AgentCall,
    ToolCall,
    McpCall,
    HttpCall,
    MessageCall,
    DatabaseCall,
    StorageCall,

    // ---- work that stays on this machine ---------------------------------------------------------------------------
    /// <summary>Returns a task although nothing leaves the process (a delay, a local pipe, a file).</summary>
    LocalCall,

    /// <summary>Holds the thread on purpose, as <c>Thread.Sleep</c> does.</summary>
    Sleep,

    /// <summary>Holds the thread until a task has ended: <c>Task.Wait</c>, <c>Result</c>, <c>GetResult</c>.</summary>
    BlockingWait,

    // ---- tasks whose end is known -------------------------------------------------------------------------------------
    /// <summary>Awaited, it has seen all the tasks that it was given end.</summary>
    AwaitsAll,

    /// <summary>Awaited, it gives the one of its tasks that has ended.</summary>
    AwaitsAny,

    /// <summary>True where the task has ended.</summary>
    CompletionTest,

    /// <summary>Makes a task that has ended already.</summary>
    CompletedTask,

    /// <summary>Runs its delegate with a task that has ended.</summary>
    Continuation,

    // ---- writes -------------------------------------------------------------------------------------------------------
    /// <summary>A remote or durable write, and how it takes an idempotency key.</summary>
    Effect,

    /// <summary>A property, header or field that carries an idempotency key.</summary>
    IdempotencyKey,

    // ---- roles of methods ---------------------------------------------------------------------------------------------
    ToolAttribute,
    ToolMember,
    ToolFactory,
    ToolRegistration,
    AgentAsTool,
    AgentMember,
    WorkflowAttribute,
    WorkflowMember,
    WorkflowParameterAttribute,
    WorkflowFactory,
    ActivityAttribute,
    ActivityMember,
    ActivityParameterAttribute,
    ActivityFactory,
    ConsumerAttribute,
    ConsumerMember,
    HandlerAttribute,
    HandlerFactory,

    // ---- roles of types -----------------------------------------------------------------------------------------------
    ModelClient,
    Agent,
    Session,
    ThreadSafe,
    TurnBased,
    WorkflowContext,

    // ---- composition -----------------------------------------------------------------------------------------------------
    ServiceRegistration,
    Approval,
    Telemetry,
    TelemetrySource,

    // ---- resilience --------------------------------------------------------------------------------------------------------
    /// <summary>Runs a delegate under a retry, timeout or breaker.</summary>
    ResilientExecute,

    /// <summary>Adds or builds a retry, with the library's defaults.</summary>
    Retry,
    Timeout,
    CircuitBreaker,
    Hedging,
    Bulkhead,

    /// <summary>A retry that an SDK brings along without being asked.</summary>
    SdkRetry,

    /// <summary>A bound of a framework's own loop, with its default.</summary>
    LoopLimit,

    // ---- delegates ---------------------------------------------------------------------------------------------------------
    /// <summary>Runs its delegate argument before it returns, or before the task or sequence that it returns has ended.</summary>
    RunsDelegate,
}

/// <summary>What a role is said of.</summary>
internal enum CatalogueTarget
{
    Name,
    Type,
    Member,
}
