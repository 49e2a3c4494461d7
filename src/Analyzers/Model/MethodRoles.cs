namespace AgentLint.Model;

/// <summary>What a method is to an agent program. A method can be more than one thing.</summary>
[Flags]
internal enum MethodRoles
{
    None = 0,

    /// <summary>A model can call it.</summary>
    Tool = 1,

    /// <summary>An agent's own turn: it answers by calling a model.</summary>
    Agent = 2,

    /// <summary>Replayed from a history: it must be deterministic.</summary>
    Workflow = 4,

    /// <summary>A workflow's side-effecting step.</summary>
    Activity = 8,

    /// <summary>Handles a message that is delivered at least once.</summary>
    Consumer = 16,

    /// <summary>Answers a request, as an endpoint does.</summary>
    Handler = 32,

    /// <summary>A test runner calls it.</summary>
    Test = 64,

    /// <summary>Run by a schedule, or by a host that goes through pending work over and over: what one run left half done, the next does again.</summary>
    Job = 128,

    /// <summary>Called by a framework in each run of an agent, on one object for all conversations of the agent.</summary>
    Hook = 256,

    /// <summary>Run by something else than this program's own calls.</summary>
    Root = Tool | Agent | Workflow | Activity | Consumer | Handler | Job | Hook,
}
