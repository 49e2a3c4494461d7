using System.Collections.Immutable;

namespace AgentLint.Catalogue;

/// <summary>The roles and facts that a catalogue line may use. Everything else is an error on that line.</summary>
internal static class CatalogueGrammar
{
    private static readonly ImmutableHashSet<string> Everywhere = Words("since until note");
    private static readonly ImmutableHashSet<string> Call = Words("blocking async connects streams");

    private static readonly ImmutableDictionary<CatalogueRole, (CatalogueTarget Target, ImmutableHashSet<string> Facts)> Roles =
        new Dictionary<CatalogueRole, (CatalogueTarget, ImmutableHashSet<string>)>
        {
            [CatalogueRole.Library] = (CatalogueTarget.Name, Words("assemblies package passive")),
            [CatalogueRole.Ignore] = (CatalogueTarget.Member, Words("")),

            [CatalogueRole.ModelCall] = (CatalogueTarget.Member, Call),
            [CatalogueRole.AgentCall] = (CatalogueTarget.Member, Call),
            [CatalogueRole.ToolCall] = (CatalogueTarget.Member, Call),
            [CatalogueRole.McpCall] = (CatalogueTarget.Member, Call),
            [CatalogueRole.HttpCall] = (CatalogueTarget.Member, Call),
            [CatalogueRole.MessageCall] = (CatalogueTarget.Member, Call),
            [CatalogueRole.DatabaseCall] = (CatalogueTarget.Member, Call),
            [CatalogueRole.StorageCall] = (CatalogueTarget.Member, Call),
            [CatalogueRole.LocalCall] = (CatalogueTarget.Member, Words("blocking async")),
            [CatalogueRole.Sleep] = (CatalogueTarget.Member, Words("async")),
            [CatalogueRole.BlockingWait] = (CatalogueTarget.Member, Words("async")),
            [CatalogueRole.AwaitsAll] = (CatalogueTarget.Member, Words("")),
            [CatalogueRole.AwaitsAny] = (CatalogueTarget.Member, Words("")),
            [CatalogueRole.CompletionTest] = (CatalogueTarget.Member, Words("")),
            [CatalogueRole.CompletedTask] = (CatalogueTarget.Member, Words("")),
            [CatalogueRole.Continuation] = (CatalogueTarget.Member, Words("")),

            [CatalogueRole.Effect] = (CatalogueTarget.Member, Words("kind class key key-parameter default sql verb")),
            [CatalogueRole.IdempotencyKey] = (CatalogueTarget.Member, Words("stable")),

            [CatalogueRole.ToolAttribute] = (CatalogueTarget.Type, Words("read-only idempotent destructive on")),
            [CatalogueRole.ToolMember] = (CatalogueTarget.Member, Words("")),
            [CatalogueRole.ToolFactory] = (CatalogueTarget.Member, Words("delegate")),
            [CatalogueRole.ToolRegistration] = (CatalogueTarget.Member, Words("type-argument target attribute")),
            [CatalogueRole.AgentAsTool] = (CatalogueTarget.Member, Words("session")),
            [CatalogueRole.AgentMember] = (CatalogueTarget.Member, Words("")),
            [CatalogueRole.WorkflowAttribute] = (CatalogueTarget.Type, Words("on")),
            [CatalogueRole.WorkflowMember] = (CatalogueTarget.Member, Words("")),
            [CatalogueRole.WorkflowParameterAttribute] = (CatalogueTarget.Type, Words("")),
            [CatalogueRole.WorkflowFactory] = (CatalogueTarget.Member, Words("delegate")),
            [CatalogueRole.ActivityAttribute] = (CatalogueTarget.Type, Words("on")),
            [CatalogueRole.ActivityMember] = (CatalogueTarget.Member, Words("")),
            [CatalogueRole.ActivityParameterAttribute] = (CatalogueTarget.Type, Words("")),
            [CatalogueRole.ActivityFactory] = (CatalogueTarget.Member, Words("delegate")),
            [CatalogueRole.ConsumerAttribute] = (CatalogueTarget.Type, Words("on")),
            [CatalogueRole.ConsumerMember] = (CatalogueTarget.Member, Words("")),
            [CatalogueRole.HandlerAttribute] = (CatalogueTarget.Type, Words("on")),
            [CatalogueRole.HandlerFactory] = (CatalogueTarget.Member, Words("delegate")),

            [CatalogueRole.ModelClient] = (CatalogueTarget.Type, Words("")),
            [CatalogueRole.Agent] = (CatalogueTarget.Type, Words("")),
            [CatalogueRole.Session] = (CatalogueTarget.Type, Words("")),
            [CatalogueRole.ThreadSafe] = (CatalogueTarget.Type, Words("")),
            [CatalogueRole.TurnBased] = (CatalogueTarget.Type, Words("")),
            [CatalogueRole.WorkflowContext] = (CatalogueTarget.Type, Words("")),

            [CatalogueRole.ServiceRegistration] = (CatalogueTarget.Member, Words("lifetime")),
            [CatalogueRole.Approval] = (CatalogueTarget.Type, Words("")),
            [CatalogueRole.Telemetry] = (CatalogueTarget.Member, Words("source source-parameter")),
            [CatalogueRole.TelemetrySource] = (CatalogueTarget.Member, Words("")),

            [CatalogueRole.ResilientExecute] = (CatalogueTarget.Member, Words("blocking async")),
            [CatalogueRole.Retry] = (CatalogueTarget.Member, Words("attempts delay backoff jitter forever posts async")),
            [CatalogueRole.Timeout] = (CatalogueTarget.Member, Words("default")),
            [CatalogueRole.CircuitBreaker] = (CatalogueTarget.Member, Words("")),
            [CatalogueRole.Hedging] = (CatalogueTarget.Member, Words("attempts")),
            [CatalogueRole.Bulkhead] = (CatalogueTarget.Member, Words("")),
            [CatalogueRole.SdkRetry] = (CatalogueTarget.Type, Words("attempts jitter")),
            [CatalogueRole.LoopLimit] = (CatalogueTarget.Member, Words("default unlimited")),

            [CatalogueRole.RunsDelegate] = (CatalogueTarget.Member, Words("")),
        }.ToImmutableDictionary();

    private static readonly ImmutableDictionary<string, CatalogueRole> RolesByName =
        Roles.Keys.ToImmutableDictionary(NameOf, role => role, StringComparer.Ordinal);

    /// <summary>The names of all roles, as catalogue files spell them, in order.</summary>
    public static IEnumerable<string> RoleNames => RolesByName.Keys.OrderBy(name => name, StringComparer.Ordinal);

    public static bool TryGetRole(string name, out CatalogueRole role) => RolesByName.TryGetValue(name, out role);

    public static CatalogueTarget TargetOf(CatalogueRole role) => Roles[role].Target;

    public static bool Allows(CatalogueRole role, string fact) => Roles[role].Facts.Contains(fact) || Everywhere.Contains(fact);

    /// <summary>The facts that a line of this role may carry, in order.</summary>
    public static IEnumerable<string> FactsOf(CatalogueRole role) =>
        Roles[role].Facts.Union(Everywhere).OrderBy(name => name, StringComparer.Ordinal);

    /// <summary>The name that catalogue files use for a role: <c>ModelCall</c> is <c>model-call</c>.</summary>
    public static string NameOf(CatalogueRole role) =>
        string.Concat(role.ToString().Select((c, i) => char.IsUpper(c) ? (i == 0 ? "" : "-") + char.ToLowerInvariant(c) : c.ToString()));

    private static ImmutableHashSet<string> Words(string words) =>
        words.Split([' '], StringSplitOptions.RemoveEmptyEntries).ToImmutableHashSet(StringComparer.Ordinal);
}
