namespace AgentLint.Testing;

/// <summary>Passes over the test code that a test does without.</summary>
[Flags]
public enum TestBehaviors
{
    /// <summary>All passes are made.</summary>
    None = 0,

    /// <summary>Do not demand silence in generated code: for analyzers that report there on purpose.</summary>
    SkipGeneratedCodeCheck = 1,

    /// <summary>Do not demand silence under <c>#pragma warning disable</c>: for diagnostics that cannot be suppressed.</summary>
    SkipSuppressionCheck = 2,

    /// <summary>Do not run the test with CR LF as well: for code whose meaning hangs on its line endings.</summary>
    SkipLineEndingCheck = 0x100,

    /// <summary>Do not analyse many times at once: for tests whose code is too large for that.</summary>
    SkipDeterminismCheck = 0x200,
}
