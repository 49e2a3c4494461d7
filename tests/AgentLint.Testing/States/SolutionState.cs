namespace AgentLint.Testing;

/// <summary>The project under test, the projects beside it, and what is expected of them.</summary>
/// <param name="name">The name of the project under test.</param>
/// <param name="defaultPrefix">What the names of unnamed source files start with.</param>
/// <param name="defaultExtension">The extension of unnamed source files, without dot.</param>
public class SolutionState(string name, string defaultPrefix, string defaultExtension)
    : ProjectState(name, defaultPrefix, defaultExtension)
{
    /// <summary>The projects beside the one under test.</summary>
    public ProjectCollection AdditionalProjects { get; } = new(defaultExtension);

    /// <summary>The diagnostics that are expected in addition to those in the markup.</summary>
    public List<DiagnosticResult> ExpectedDiagnostics { get; } = [];

    /// <summary>What a state after the fix takes over from the state before it; null stands for <see cref="StateInheritanceMode.AutoInherit"/>.</summary>
    public StateInheritanceMode? InheritanceMode { get; set; }
}
