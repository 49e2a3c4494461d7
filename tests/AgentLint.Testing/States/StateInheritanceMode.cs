namespace AgentLint.Testing;

/// <summary>What the state after the fix takes over from the state before it.</summary>
public enum StateInheritanceMode
{
    /// <summary>Files and references that it does not name itself, and the expected diagnostics that the fix does not declare.</summary>
    AutoInherit,

    /// <summary>Nothing.</summary>
    Explicit,

    /// <summary>Files and references that it does not name itself, and all expected diagnostics.</summary>
    AutoInheritAll,
}
