namespace AgentLint.Testing;

/// <summary>Checks of a fix that a test does without.</summary>
[Flags]
public enum CodeFixTestBehaviors
{
    /// <summary>All checks are made.</summary>
    None = 0,

    /// <summary>Do not run Fix All: the only way to accept a fix that has none.</summary>
    SkipFixAllCheck = SkipFixAllInDocumentCheck | SkipFixAllInProjectCheck | SkipFixAllInSolutionCheck,

    /// <summary>Do not run Fix All in each document.</summary>
    SkipFixAllInDocumentCheck = 1,

    /// <summary>Do not run Fix All in each project.</summary>
    SkipFixAllInProjectCheck = 2,

    /// <summary>Do not run Fix All in the solution.</summary>
    SkipFixAllInSolutionCheck = 4,

    /// <summary>Apply only the first fix that is offered, and let it be offered again. There is no Fix All then.</summary>
    FixOne = 8,

    /// <summary>Accept fixes of diagnostics that an editor does not show while only their own document is open.</summary>
    SkipLocalDiagnosticCheck = 16,
}
