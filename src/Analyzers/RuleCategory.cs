using System.Collections.Immutable;

namespace AgentLint;

/// <summary>The families of faults. The number is the first two digits of a rule's id, the name its folder.</summary>
public enum RuleCategory
{
    Idempotency = 1,
    Retries = 2,
    Deadlines = 3,
    Isolation = 4,
    Fallback = 5,
    Coupling = 6,
    SharedState = 7,
    Verification = 8,
    Loops = 9,
    DurableExecution = 10,
    Observability = 11,
    Configuration = 90,
}
