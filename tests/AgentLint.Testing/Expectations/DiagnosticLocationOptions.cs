namespace AgentLint.Testing;

/// <summary>How an expected location is compared with the reported one.</summary>
[Flags]
public enum DiagnosticLocationOptions
{
    /// <summary>Start, end and file must be equal.</summary>
    None = 0,

    /// <summary>Only the start and the file must be equal.</summary>
    IgnoreLength = 1,

    /// <summary>The location is the span of a marker such as <c>{|#0:…|}</c>; its path is the marker's name.</summary>
    InterpretAsMarkupKey = 2,
}
