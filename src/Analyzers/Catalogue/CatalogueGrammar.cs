using System.Collections.Immutable;

namespace AgentLint.Catalogue;

/// <summary>The roles and facts that a catalogue line may use. Everything else is an error on that line.</summary>
internal static class CatalogueGrammar
{
    // A fact is spelled "name" when any text will do, "name!" when it is a flag, and "name=value|value" when its values form a closed set;
    // in a value, "#" stands for a number and "*" for the rest of the text.
    private static readonly ImmutableArray<string> Everywhere = ["since", "until", "note", "old", "derived!"];
    private static readonly ImmutableArray<string> Call = ["blocking!", "async", "connects!", "streams!", "continues!"];
    private const string Duration = "#s|#ms|infinite";
    private const string Verb = "verb=GET|POST|PUT|PATCH|DELETE";
    private const string Backoff = "backoff=none|constant|linear|exponential";

    private static readonly ImmutableDictionary<CatalogueRole, (CatalogueTarget Target, ImmutableSortedDictionary<string, ImmutableArray<string>> Facts)> Roles =
        new Dictionary<CatalogueRole, (CatalogueTarget, ImmutableSortedDictionary<string, ImmutableArray<string>>)>
        {
            [CatalogueRole.Library] = Name("assemblies", "package", "passive!", "with"),
            [CatalogueRole.Ignore] = Member(),

            [CatalogueRole.ModelCall] = Member([.. Call, "converts!"]),
            [CatalogueRole.AgentCall] = Member(Call),
            [CatalogueRole.ToolCall] = Member([.. Call, "asks-model!"]),
            [CatalogueRole.McpCall] = Member(Call),
            [CatalogueRole.HttpCall] = Member(Call),
            [CatalogueRole.MessageCall] = Member(Call),
            [CatalogueRole.DatabaseCall] = Member(Call),
            [CatalogueRole.StorageCall] = Member([.. Call, "pipelined!"]),
            [CatalogueRole.LocalCall] = Member("blocking!", "async", "queue!"),
            [CatalogueRole.Sleep] = Member("async"),
            [CatalogueRole.BlockingWait] = Member("async", "signal", "of-stream!"),
            [CatalogueRole.AwaitsAll] = Member(),
            [CatalogueRole.AwaitsAny] = Member(),
            [CatalogueRole.CompletionTest] = Member(),
            [CatalogueRole.CompletedTask] = Member(),
            [CatalogueRole.Continuation] = Member(),

            [CatalogueRole.Effect] = Member(
                "kind=payment|mail|sms|call|publish|http|insert|update|upsert|save|delete|append|upload|file|process|start|input|sql",
                "class=non-idempotent|idempotent|conditional|by-verb|by-sql|by-change",
                "overwrites!",
                "refuses!",
                "retried!",
                "notice!",
                "condition",
                "filters",
                "body=property:*|parameter:*",
                "key=header:*|property:*|parameter:*|entity:*",
                "key-parameter",
                "default=random|empty|none",
                "sql=parameter:*|property:*",
                "verb=GET|POST|PUT|PATCH|DELETE|parameter:*",
                "default-verb=GET|POST|PUT|PATCH|DELETE"),
            [CatalogueRole.IdempotencyKey] = Member("stable!", "header", "defaults!", "parameter"),
            [CatalogueRole.KeyWord] = Name("message!", "shows!"),
            [CatalogueRole.KeySource] = Type("ambient!", "scope=run|conversation", "expression", "message"),
            [CatalogueRole.UniqueKey] = Member(),
            [CatalogueRole.Idempotent] = Member(),
            [CatalogueRole.Deterministic] = Member(),
            [CatalogueRole.Outbox] = Member("inbox!"),
            [CatalogueRole.VolatileState] = Member("of"),
            [CatalogueRole.DurableTransport] = Member(),
            [CatalogueRole.Order] = Name("in=address|name", "verb!"),
            [CatalogueRole.State] = Name(),
            [CatalogueRole.Question] = Name("in=address|body|name|transport", "verb!"),
            [CatalogueRole.Sink] = Member("kind=sql|process|script|path|address|markup|store|parse|telemetry", "parameter", "access=read|write|delete", "argument!", "indexed!", "shared!"),
            [CatalogueRole.Verifier] = Member("clears=path|address|markup|all", "canonical!", "when=true|false"),
            [CatalogueRole.TaintSource] = Member("kind=answer|arguments"),
            [CatalogueRole.ModelArguments] = Type(),
            [CatalogueRole.ProviderMember] = Member(),
            [CatalogueRole.Carrier] = Type(),
            [CatalogueRole.Part] = Member(),
            [CatalogueRole.CommandInterpreter] = Name(),
            [CatalogueRole.Credential] = Member(),
            [CatalogueRole.ApprovalFilter] = Type(),
            [CatalogueRole.HumanPresence] = Member(),
            [CatalogueRole.ApprovalWord] = Name("in=call|parameter"),
            [CatalogueRole.ApprovalAnswer] = Member("parameter", "rule!", "always!", "yes"),

            [CatalogueRole.ToolAttribute] = Type("read-only", "idempotent", "destructive", "on=method|type|parameter", "methods", "concurrent!", "own-object!", "no-token!"),
            [CatalogueRole.ToolHint] = Name("kind=read-only|idempotent|destructive"),
            [CatalogueRole.ToolMember] = Member(),
            [CatalogueRole.ToolFactory] = Member("delegate=#", "hinted!"),
            [CatalogueRole.ToolRegistration] = Member("type-argument=#", "target=#", "hinted!"),
            [CatalogueRole.AgentAsTool] = Member(),
            [CatalogueRole.AgentMember] = Member(),
            [CatalogueRole.RunMember] = Member(),
            [CatalogueRole.WorkflowAttribute] = Type("on=method|type", "methods", "query!"),
            [CatalogueRole.WorkflowMember] = Member(),
            [CatalogueRole.WorkflowParameterAttribute] = Type(),
            [CatalogueRole.WorkflowFactory] = Member("delegate=#"),
            [CatalogueRole.ActivityAttribute] = Type("on=method|type", "methods"),
            [CatalogueRole.ActivityMember] = Member(),
            [CatalogueRole.ActivityParameterAttribute] = Type("own-object!"),
            [CatalogueRole.ActivityFactory] = Member("delegate=#"),
            [CatalogueRole.ConsumerAttribute] = Type("on=method|type|parameter", "methods", "own-object!"),
            [CatalogueRole.HandlerAttribute] = Type("on=method|type|parameter", "methods", "own-object!", Verb),
            [CatalogueRole.TestAttribute] = Type("on=method"),
            [CatalogueRole.ConsumerMember] = Member(),
            [CatalogueRole.ConsumerFactory] = Member(),
            [CatalogueRole.ConsumerParameter] = Type(),
            [CatalogueRole.ConsumerConvention] = Name("guards", "methods", "once!", "stops"),
            [CatalogueRole.Receive] = Member("hosted!"),
            [CatalogueRole.HandlerFactory] = Member(Verb),
            [CatalogueRole.HandlerMember] = Member(),
            [CatalogueRole.RouteAttribute] = Type(),
            [CatalogueRole.HandlerType] = Type("methods", "own-object!"),
            [CatalogueRole.WebhookCheck] = Member("part=code|comparison"),
            [CatalogueRole.WebhookWord] = Name(),
            [CatalogueRole.WebhookType] = Type(),
            [CatalogueRole.JobAttribute] = Type("on=method|type|parameter", "own-object!"),
            [CatalogueRole.JobMember] = Member("own-object!"),
            [CatalogueRole.JobFactory] = Member("expression!", "retried!"),
            [CatalogueRole.ActivityRegistration] = Member("shared!"),
            [CatalogueRole.Dispatch] = Member("argument=#", "handlers", "convention!", "all!"),

            [CatalogueRole.ActivityCall] = Member("options", "retry=none|unlimited", "waits=time|event"),
            [CatalogueRole.ContinueAsNew] = Member(),
            [CatalogueRole.ReplayUnsafe] = Member(
                "kind=clock|random|guid|attempt|request|delay|thread|lock|environment",
                "temporal",
                "durable-task",
                "dapr"),
            [CatalogueRole.LeavesScheduler] = Member("api=temporal|durable-task|dapr", "argument=true|false", "instead", "unless", "sequence!"),
            [CatalogueRole.ReplayTest] = Member(),
            [CatalogueRole.ReplaySafeLogger] = Member("api=temporal|durable-task|dapr"),

            [CatalogueRole.RunsOnce] = Member(),
            [CatalogueRole.WebHost] = Member(),
            [CatalogueRole.ServiceHost] = Member(),
            [CatalogueRole.ConcurrentTools] = Member(),
            [CatalogueRole.ConcurrencyToken] = Member(),
            [CatalogueRole.Rollback] = Member(),
            [CatalogueRole.DocumentColumn] = Member(),
            [CatalogueRole.ProcessState] = Member(),
            [CatalogueRole.LocalStore] = Member("access=read|write"),
            [CatalogueRole.SingleSender] = Member(),
            [CatalogueRole.CommandMember] = Member(),
            [CatalogueRole.SessionKey] = Member("parameter", "typed!"),
            [CatalogueRole.ServiceScope] = Member(),
            [CatalogueRole.ContextFactory] = Member(),
            [CatalogueRole.Lock] = Member("release", "scope!", "permits"),

            [CatalogueRole.ModelClient] = Type(),
            [CatalogueRole.Agent] = Type("keeps-history!"),
            [CatalogueRole.Session] = Type("of", "reducer", "reduce", "one-run!"),
            [CatalogueRole.ThreadSafe] = Type("checks", "add", "get-or-add", "remove"),
            [CatalogueRole.OneAtATime] = Type(),
            [CatalogueRole.EmbeddedDatabase] = Type(),
            [CatalogueRole.Collection] = Type("changes", "slots!", "concurrent"),
            [CatalogueRole.TurnBased] = Type("unless"),
            [CatalogueRole.Builder] = Type(),
            [CatalogueRole.ConsumerSettings] = Type(),
            [CatalogueRole.ServiceType] = Type(),
            [CatalogueRole.UserInterface] = Type(),
            [CatalogueRole.WorkflowContext] = Type("api=temporal|durable-task|dapr", "fails-with"),
            [CatalogueRole.SharedOptions] = Type("clone", "members"),

            [CatalogueRole.ServiceRegistration] = Member("lifetime=singleton|scoped|transient", "lifetime-parameter"),
            [CatalogueRole.ServiceLookup] = Member("makes!"),
            [CatalogueRole.Approval] = Type(),
            [CatalogueRole.Telemetry] = Member("source", "source-parameter"),
            [CatalogueRole.TelemetrySource] = Member("of=traces|metrics"),
            [CatalogueRole.SourceName] = Member("of=traces|metrics", "parameter"),
            [CatalogueRole.TelemetryProvider] = Member(),
            [CatalogueRole.SensitiveData] = Member("switch", "holds"),
            [CatalogueRole.Composition] = Member("kind=client|agent|kernel"),
            [CatalogueRole.StdioServer] = Member(),
            [CatalogueRole.ConsoleOutput] = Member("stderr", "host!", "off!"),
            [CatalogueRole.HumanInput] = Member(),
            [CatalogueRole.HistoryReducer] = Member("client!"),

            [CatalogueRole.ResilientExecute] = Member("blocking!", "async"),
            [CatalogueRole.Retry] = Member(
                "attempts=#|unlimited",
                "attempts-in",
                "delay=" + Duration,
                "delay-in",
                Backoff,
                "backoff-in",
                "jitter=true|false",
                "jitter-in",
                "forever!",
                "bounded",
                "posts!",
                "settings!",
                "handler!",
                "delay-by",
                "handles-in",
                "consumers!",
                "redelivers!",
                "requeue-in",
                "declared-by",
                "limits-in",
                "layer",
                "async"),
            [CatalogueRole.RetryOff] = Member("verbs=unsafe|all"),
            [CatalogueRole.RetrySetting] = Member("policy", "final!"),
            [CatalogueRole.RetryPipeline] = Member(),
            [CatalogueRole.RetryTransport] = Member(),
            [CatalogueRole.RequestVerb] = Member(),
            [CatalogueRole.HttpVerb] = Member("verb=GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS|TRACE|parameter:*"),
            [CatalogueRole.AnswerStatus] = Member(),
            [CatalogueRole.HttpClient] = Member("defaults!", "creates!"),
            [CatalogueRole.Failure] = Type("kind=permanent|parse|conflict|canceled|timeout|duplicate|remote|refusal", "computed!"),
            [CatalogueRole.FailurePredicate] = Member(),
            [CatalogueRole.StatusCode] = Member("success!", "sdk!", "throws!"),
            [CatalogueRole.RetryAfter] = Member(),
            [CatalogueRole.Outcome] = Member("look", "unless"),
            [CatalogueRole.Log] = Type("quiet", "silent"),
            [CatalogueRole.FailureWord] = Name(),
            [CatalogueRole.DoneWord] = Name(),
            [CatalogueRole.Settle] = Member("kind=done|again|aside"),
            [CatalogueRole.Response] = Member("success!"),
            [CatalogueRole.ChatMessage] = Type("says"),
            [CatalogueRole.SingleUse] = Type(),
            [CatalogueRole.Timeout] = Member("default=" + Duration, "parameter", "total!", "optimistic!", "within", "throws"),
            [CatalogueRole.WaitOnly] = Member("ends"),
            [CatalogueRole.CircuitBreaker] = Member("handles-in"),
            [CatalogueRole.Hedging] = Member("attempts=#", "posts!"),
            [CatalogueRole.Bulkhead] = Member("consumers!"),
            [CatalogueRole.Limiter] = Member(),
            [CatalogueRole.BoundsSequence] = Member(),
            [CatalogueRole.CostlyClient] = Member("holds", "shared"),
            [CatalogueRole.UnboundedQueue] = Member("bounded"),
            [CatalogueRole.SdkRetry] = Type("attempts=#|unlimited", "attempts-in", "layer", "delay=" + Duration, Backoff, "jitter=true|false", "options", "timeout=" + Duration),
            [CatalogueRole.LoopLimit] = Member("default=#|unlimited", "parameter", "unlimited", "ends", "or", "inner!"),
            [CatalogueRole.TextSentinel] = Member(),
            [CatalogueRole.ToolLoop] = Member("configure=#", "limit", "default=#|unlimited", "auto", "tools", "off"),

            [CatalogueRole.AgentMessage] = Type(),
            [CatalogueRole.ToolCarrier] = Type(),
            [CatalogueRole.RequestObject] = Type(),
            [CatalogueRole.TokenCarrier] = Type(),
            [CatalogueRole.PromptMember] = Name("beside", "exact!"),
            [CatalogueRole.PromptAddress] = Name(),
            [CatalogueRole.RunsDelegate] = Member("concurrent!", "apart!", "degree"),
            [CatalogueRole.RunsLater] = Member("timer!"),
        }.ToImmutableDictionary();

    private static readonly ImmutableDictionary<string, CatalogueRole> RolesByName =
        Roles.Keys.ToImmutableDictionary(NameOf, role => role, StringComparer.Ordinal);

    /// <summary>The names of all roles, as catalogue files spell them, in order.</summary>
    public static IEnumerable<string> RoleNames => RolesByName.Keys.OrderBy(name => name, StringComparer.Ordinal);

    public static bool TryGetRole(string name, out CatalogueRole role) => RolesByName.TryGetValue(name, out role);

    public static CatalogueTarget TargetOf(CatalogueRole role) => Roles[role].Target;

    public static bool Allows(CatalogueRole role, string fact) => Roles[role].Facts.ContainsKey(fact);

    /// <summary>Whether the fact may have this value. A flag's value is <c>true</c>.</summary>
    public static bool AllowsValue(CatalogueRole role, string fact, string value) =>
        ValuesOf(role, fact) is var values && (values.IsEmpty || values.Any(pattern => Matches(pattern, value)));

    /// <summary>The facts that a line of this role may carry, in order.</summary>
    public static IEnumerable<string> FactsOf(CatalogueRole role) => Roles[role].Facts.Keys;

    /// <summary>The closed set of a fact's values, <c>#</c> for a number and <c>*</c> for any rest; empty when any text will do.</summary>
    public static ImmutableArray<string> ValuesOf(CatalogueRole role, string fact) => Roles[role].Facts[fact];

    /// <summary>The name that catalogue files use for a role: <c>ModelCall</c> is <c>model-call</c>.</summary>
    public static string NameOf(CatalogueRole role) =>
        string.Concat(role.ToString().Select((c, i) => char.IsUpper(c) ? (i == 0 ? "" : "-") + char.ToLowerInvariant(c) : c.ToString()));

    private static bool Matches(string pattern, string value)
    {
        if (pattern[0] == '#')
        {
            var digits = value.Substring(0, Math.Max(0, value.Length - (pattern.Length - 1)));
            return digits.Length is > 0 and < 10 && digits.All(c => c is >= '0' and <= '9') && value.EndsWith(pattern.Substring(1), StringComparison.Ordinal);
        }

        return pattern[pattern.Length - 1] == '*'
            ? value.Length >= pattern.Length && value.StartsWith(pattern.Substring(0, pattern.Length - 1), StringComparison.Ordinal)
            : value == pattern;
    }

    private static (CatalogueTarget, ImmutableSortedDictionary<string, ImmutableArray<string>>) Name(params IEnumerable<string> facts) =>
        (CatalogueTarget.Name, Facts(facts));

    private static (CatalogueTarget, ImmutableSortedDictionary<string, ImmutableArray<string>>) Type(params IEnumerable<string> facts) =>
        (CatalogueTarget.Type, Facts(facts));

    private static (CatalogueTarget, ImmutableSortedDictionary<string, ImmutableArray<string>>) Member(params IEnumerable<string> facts) =>
        (CatalogueTarget.Member, Facts(facts));

    private static ImmutableSortedDictionary<string, ImmutableArray<string>> Facts(IEnumerable<string> facts) =>
        facts.Concat(Everywhere)
            .Select(fact => fact.EndsWith("!", StringComparison.Ordinal) ? fact.TrimEnd('!') + "=true" : fact)
            .Select(fact => fact.Split(['='], 2))
            .ToImmutableSortedDictionary(
                parts => parts[0],
                parts => parts.Length == 1 ? ImmutableArray<string>.Empty : [.. parts[1].Split('|')],
                StringComparer.Ordinal);
}
