using System.Diagnostics;
using System.Diagnostics.Metrics;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace SupportDesk.Telemetry;

/// <summary>The desk's traces and counters.</summary>
public static class DeskTelemetry
{
    public static readonly ActivitySource Source = new("SupportDesk.Agents");
    public static readonly ActivitySource ToolSource = new("SupportDesk.Tools");
    static readonly Meter Meter = new("SupportDesk.Desk");

    public static readonly Counter<int> Refunds = Meter.CreateCounter<int>("refunds");

    public static TracerProvider StartTracing()
    {
        Environment.SetEnvironmentVariable("OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT", "true");
        return Sdk.CreateTracerProviderBuilder().AddSource("SupportDesk.Agent", "SupportDesk.Tools*").Build();
    }

    public static MeterProvider StartMetrics() => Sdk.CreateMeterProviderBuilder().AddMeter("SupportDesk").Build();
}
