namespace AgentLint.Catalogue;

/// <summary>What a source emits, and a listener listens to.</summary>
internal enum SignalKind
{
    Traces,
    Metrics,
}

/// <summary>A line about telemetry: what makes or records a source, or listens to some.</summary>
/// <param name="Kind">What is emitted.</param>
/// <param name="Parameter">The parameter that holds the source's name; null where it has a fixed one.</param>
/// <param name="Default">The name of the source where the call gives none.</param>
internal sealed record SignalSource(SignalKind Kind, string? Parameter, string? Default)
{
    public static SignalSource? Of(CatalogueEntry entry) => entry.Role switch
    {
        CatalogueRole.SourceName => new(KindOf(entry), entry["parameter"], null),
        CatalogueRole.Telemetry when entry.Has("source") => new(SignalKind.Traces, entry["source-parameter"], entry["source"]),
        _ => null,
    };

    /// <summary>What a <c>telemetry-source</c> line listens to.</summary>
    public static SignalKind? ListensTo(CatalogueEntry entry) => entry.Role == CatalogueRole.TelemetrySource ? KindOf(entry) : null;

    private static SignalKind KindOf(CatalogueEntry entry) => entry["of"] == "metrics" ? SignalKind.Metrics : SignalKind.Traces;
}

/// <summary>A <c>console-output</c> line.</summary>
/// <param name="ErrorSetting">The setting of a console logger that sends its lines to standard error.</param>
/// <param name="IsHost">Whether it makes a host that logs to the console unless told otherwise.</param>
/// <param name="IsOff">Whether it removes the loggers that the host brings along.</param>
internal readonly record struct ConsoleWriter(string? ErrorSetting, bool IsHost, bool IsOff)
{
    public static ConsoleWriter Of(CatalogueEntry entry) => new(entry["stderr"], entry.Has("host"), entry.Has("off"));

    /// <summary>Whether it writes itself, at the place where it is called.</summary>
    public bool WritesNow => ErrorSetting == null && !IsHost && !IsOff;
}
