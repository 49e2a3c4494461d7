namespace AgentLint.Testing;

/// <summary>What of a diagnostic is not compared.</summary>
[Flags]
public enum DiagnosticOptions
{
    /// <summary>Everything that is expected is compared.</summary>
    None = 0,

    /// <summary>Only the primary location is compared.</summary>
    IgnoreAdditionalLocations = 1,

    /// <summary>Any severity will do.</summary>
    IgnoreSeverity = 2,
}
