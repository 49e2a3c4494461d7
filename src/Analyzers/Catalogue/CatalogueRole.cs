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

    /// <summary>A member that carries an idempotency key, or (when stable) a value that a key can be made of.</summary>
    IdempotencyKey,

    /// <summary>A word that a parameter's name has where it is the key of an operation.</summary>
    KeyWord,

    /// <summary>Holds what a key can be made of that is the same in each attempt.</summary>
    KeySource,

    /// <summary>Declares a key that no two rows share.</summary>
    UniqueKey,

    /// <summary>Called again with the same arguments, it changes nothing more. Code of the program is held to it.</summary>
    Idempotent,

    /// <summary>Gives the same in each replay. Code of the program is held to it.</summary>
    Deterministic,

    /// <summary>Has messages sent with the change that is saved, and (with <c>inbox</c>) messages dropped that were handled.</summary>
    Outbox,

    /// <summary>Keeps the state of long-running work in the memory of the process.</summary>
    VolatileState,

    /// <summary>Connects to a broker that keeps messages when the process ends.</summary>
    DurableTransport,

    /// <summary>A word in the address of a POST, or the verb of a function around it, that says that it acts each time.</summary>
    Order,

    /// <summary>A word of an address: what is posted there reaches a state, and reaching it again changes nothing.</summary>
    State,

    /// <summary>A word, in the address or the body of a POST or of a function around it, that says that it asks.</summary>
    Question,

    /// <summary>What a place that must not be fed with unverified model output does with it: SQL text, a path, an address …</summary>
    Sink,

    /// <summary>Checks model output before it is used.</summary>
    Verifier,

    /// <summary>Holds what a model wrote: the arguments of a tool call, a message.</summary>
    TaintSource,

    /// <summary>The arguments that a model fills in when it calls a tool.</summary>
    ModelArguments,

    /// <summary>Stands beside what a model wrote, and comes from the provider: an id, the name of the model.</summary>
    ProviderMember,

    /// <summary>What its members give back is made of what they are given.</summary>
    Carrier,

    /// <summary>Gives a part of a text, so that what is shown of the part is not shown of the text.</summary>
    Part,

    /// <summary>A program that runs its argument as commands.</summary>
    CommandInterpreter,

    /// <summary>Authenticates a request to the host that it is sent to.</summary>
    Credential,

    /// <summary>Stands between a model and its tools, and may ask a person before one runs.</summary>
    ApprovalFilter,

    /// <summary>Tells whether there is a person who can be asked.</summary>
    HumanPresence,

    /// <summary>A word by which programs name the question to a person, or its answer.</summary>
    ApprovalWord,

    /// <summary>Says yes or no in place of a person: a rule that decides, or an answer that is given.</summary>
    ApprovalAnswer,

    // ---- roles of methods ---------------------------------------------------------------------------------------------
    ToolAttribute,

    /// <summary>The name of an attribute's property by which a tool declares what it does.</summary>
    ToolHint,
    ToolMember,
    ToolFactory,
    ToolRegistration,
    AgentAsTool,
    AgentMember,

    /// <summary>Overriding or implementing it makes a method one that each run of an agent calls, on one object for all of them.</summary>
    RunMember,
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

    /// <summary>Takes a delegate, or is an event or property that is set to one, which is run for each message.</summary>
    ConsumerFactory,

    /// <summary>A message type: a method of the host that takes one is run for each delivery.</summary>
    ConsumerParameter,

    /// <summary>The end of a type's name by which a framework finds its handlers, where it goes by names.</summary>
    ConsumerConvention,

    /// <summary>Takes messages that are delivered again until they are acknowledged: the loop around it consumes them.</summary>
    Receive,
    HandlerAttribute,
    HandlerMember,

    /// <summary>Carries the route, or a part of it, by which requests come to a handler.</summary>
    RouteAttribute,

    /// <summary>Its public methods answer requests.</summary>
    HandlerType,

    /// <summary>Proves that a request comes from the service that sends it: the request is a webhook, which is sent again until it is answered.</summary>
    WebhookCheck,

    /// <summary>A word of a route that says that a service sends what comes in there.</summary>
    WebhookWord,

    /// <summary>An event as a service sends it: a request handler that takes or reads one is a webhook.</summary>
    WebhookType,
    JobAttribute,
    JobMember,

    /// <summary>Schedules the call in its expression, or runs its delegate, as a job.</summary>
    JobFactory,

    /// <summary>Hands the object or the type whose activities a worker runs over to it.</summary>
    ActivityRegistration,

    /// <summary>Hands its argument to the one handler of that type, or to all of them.</summary>
    Dispatch,

    /// <summary>Marks a method that a test runner calls: nobody else waits for it.</summary>
    TestAttribute,
    HandlerFactory,

    // ---- durable execution ------------------------------------------------------------------------------------------
    /// <summary>Schedules an activity, a child workflow or a timer from workflow code.</summary>
    ActivityCall,

    /// <summary>Ends a workflow's history and starts it anew.</summary>
    ContinueAsNew,

    /// <summary>Gives, or does, something else when the same code runs again: a clock, a random number, an attempt's number, a thread.</summary>
    ReplayUnsafe,

    /// <summary>Leaves the scheduler that a workflow engine runs workflow code on, or decides by what the scheduler does not control.</summary>
    LeavesScheduler,

    /// <summary>Whether workflow code runs from its history, so that what it does has been done before.</summary>
    ReplayTest,

    /// <summary>Gives workflow code a logger that writes nothing while the workflow runs from its history.</summary>
    ReplaySafeLogger,

    /// <summary>Runs once in a program's life, or once in that of its object.</summary>
    RunsOnce,

    /// <summary>Makes a server, which answers many requests at once.</summary>
    WebHost,

    /// <summary>Has the host run background work: the program is a service.</summary>
    ServiceHost,

    /// <summary>Has the tools that a model asks for run at the same time.</summary>
    ConcurrentTools,

    /// <summary>An attribute or a call that has a store notice a change made in between.</summary>
    ConcurrencyToken,

    /// <summary>Takes back what a transaction has changed.</summary>
    Rollback,

    /// <summary>Has a store keep a member of a row as one value, which is written as a whole.</summary>
    DocumentColumn,

    /// <summary>Overriding it makes a method a command of a program at a console: it runs once, and nobody else waits.</summary>
    CommandMember,

    /// <summary>Takes the key that a conversation is kept under.</summary>
    SessionKey,

    /// <summary>Makes a scope of the container, from which services of one request are asked for.</summary>
    ServiceScope,

    /// <summary>Creates a context of one unit of work, which the caller disposes.</summary>
    ContextFactory,

    /// <summary>Changes something of which the whole process has one: its output, its environment.</summary>
    ProcessState,

    /// <summary>Reads or replaces an entry of a store in the process's own memory.</summary>
    LocalStore,

    /// <summary>Sends through an object that takes one such call at a time.</summary>
    SingleSender,

    /// <summary>Waits until nobody else is in what it guards.</summary>
    Lock,

    // ---- roles of types -----------------------------------------------------------------------------------------------
    ModelClient,
    Agent,
    Session,
    ThreadSafe,

    /// <summary>Serves one call at a time, and fails, or mixes up what it sends, when it is called before the last one has ended.</summary>
    OneAtATime,

    /// <summary>A connection to a database that runs within the process, over a file or in memory: a call of it crosses no network.</summary>
    EmbeddedDatabase,

    /// <summary>A collection for one thread at a time, and its members that change it.</summary>
    Collection,
    TurnBased,

    /// <summary>Puts a program together: who is given one runs before anything is served.</summary>
    Builder,

    /// <summary>Configures how messages reach one consumer, which is its type argument.</summary>
    ConsumerSettings,

    /// <summary>Background work that the host starts and stops.</summary>
    ServiceType,

    /// <summary>Part of a window: the program is for one person.</summary>
    UserInterface,

    /// <summary>What workflow code asks its engine through: a static class, or an object that the workflow is given.</summary>
    WorkflowContext,

    /// <summary>Settings that calls share, so that one call's change is every call's change.</summary>
    SharedOptions,

    // ---- composition -----------------------------------------------------------------------------------------------------
    ServiceRegistration,

    /// <summary>Asks the container for a service.</summary>
    ServiceLookup,
    Approval,

    /// <summary>Records the calls of a model client, an agent or a workflow as spans of a source.</summary>
    Telemetry,

    /// <summary>Listens to sources or meters by name.</summary>
    TelemetrySource,

    /// <summary>Sets up what listens to sources: a provider, a listener.</summary>
    TelemetryProvider,

    /// <summary>Makes a source of spans or of measurements that others listen to by its name.</summary>
    SourceName,

    /// <summary>A switch that writes prompts and answers into telemetry.</summary>
    SensitiveData,

    /// <summary>Puts a model client, an agent or a kernel together: the place for telemetry.</summary>
    Composition,

    /// <summary>Serves tools over standard input and output, where console output breaks the protocol.</summary>
    StdioServer,

    /// <summary>Writes to standard output, or decides whether a logger does.</summary>
    ConsoleOutput,

    /// <summary>Waits for a human's answer.</summary>
    HumanInput,

    /// <summary>Shortens a conversation's history.</summary>
    HistoryReducer,

    // ---- resilience --------------------------------------------------------------------------------------------------------
    /// <summary>Runs a delegate under a retry, timeout or breaker.</summary>
    ResilientExecute,

    /// <summary>Adds or builds a retry, with the library's defaults.</summary>
    Retry,

    /// <summary>Takes retries away again, or restricts them to what may be repeated.</summary>
    RetryOff,

    /// <summary>Sets how often a client retries: a number, or a policy.</summary>
    RetrySetting,

    /// <summary>Puts a pipeline into the container under a key, or takes it out again.</summary>
    RetryPipeline,

    /// <summary>Has an SDK send through an HTTP client of one's own, which may retry as well.</summary>
    RetryTransport,

    /// <summary>Names or makes the verb of a request.</summary>
    HttpVerb,

    /// <summary>Tells of an answer whether it succeeded, not what it says.</summary>
    AnswerStatus,

    /// <summary>The verb of a request: who looks at it tells requests that may be repeated from others.</summary>
    RequestVerb,

    /// <summary>Configures HTTP clients of the container, or makes one.</summary>
    HttpClient,

    /// <summary>An exception that says whether another attempt can end otherwise.</summary>
    Failure,

    /// <summary>Says of a policy or pipeline which failures it handles, by its type argument and its delegate.</summary>
    FailurePredicate,

    /// <summary>Gives the HTTP status of an answer or a failure, or whether it is one of success.</summary>
    StatusCode,

    /// <summary>Tells by its result, and not by an exception, whether a write was done, or which parts of it.</summary>
    Outcome,

    /// <summary>Its members write down or measure what happened, for people to read: a log, a console, a trace.</summary>
    Log,

    /// <summary>A whole word of a text that tells of a failure.</summary>
    FailureWord,

    /// <summary>A whole word of a member's name that says that an item needs no more work.</summary>
    DoneWord,

    /// <summary>Tells a broker what became of a message: it is done, it is to come again, or it is set aside.</summary>
    Settle,

    /// <summary>Makes the answer of a request handler.</summary>
    Response,

    /// <summary>What is said in a conversation: models, other agents and people read it.</summary>
    ChatMessage,

    /// <summary>Gives the time that a server wants to be left alone, or all that it says beside its answer.</summary>
    RetryAfter,

    /// <summary>May be sent once.</summary>
    SingleUse,

    Timeout,

    /// <summary>Given a token, or a time, it ends the wait: what it waits for goes on until it is ended itself.</summary>
    WaitOnly,
    CircuitBreaker,
    Hedging,
    Bulkhead,

    /// <summary>Makes a limiter, which limits nothing unless callers share it.</summary>
    Limiter,

    /// <summary>Gives a part of a sequence that is no longer than a number says.</summary>
    BoundsSequence,

    /// <summary>Makes a client that holds sockets, a connection or a process of its own: made once, and kept.</summary>
    CostlyClient,

    /// <summary>Makes a queue that accepts work faster than it is done, without limit.</summary>
    UnboundedQueue,

    /// <summary>A retry that an SDK brings along without being asked.</summary>
    SdkRetry,

    /// <summary>A bound of a framework's own loop, with its default.</summary>
    LoopLimit,

    /// <summary>Ends a conversation when a model writes certain words.</summary>
    TextSentinel,

    /// <summary>Switches on a framework's loop that runs the tools a model asks for.</summary>
    ToolLoop,

    /// <summary>Carries the tools that a model may call. A tool that takes one as a parameter is given the one that called it.</summary>
    ToolCarrier,

    /// <summary>Belongs to one request, and may not be used when that has been answered.</summary>
    RequestObject,

    /// <summary>A context that carries the cancellation token of what it belongs to: a request, a message, a call.</summary>
    TokenCarrier,

    /// <summary>What one agent sends another: whoever is given one and crosses the network calls an agent.</summary>
    AgentMessage,

    /// <summary>A member of what is sent over HTTP that shows that a model is asked.</summary>
    PromptMember,

    /// <summary>A word in the address of a POST that only the interfaces of models have.</summary>
    PromptAddress,

    // ---- delegates ---------------------------------------------------------------------------------------------------------
    /// <summary>Runs its delegate argument before it returns, or before the task or sequence that it returns has ended.</summary>
    RunsDelegate,

    /// <summary>Runs its delegate some time, and waits for nothing that it goes on with.</summary>
    RunsLater,
}

/// <summary>What a role is said of.</summary>
internal enum CatalogueTarget
{
    Name,
    Type,
    Member,
}
