using AgentLint.Analysis.Core;
using AgentLint.Catalogue;
using AgentLint.Model;

namespace AgentLint.Analysis.Checks.Observability;

/// <summary>Whether model calls of a program are expected in traces.</summary>
internal sealed class CompositionRoots
{
    private readonly AgentModel model;
    private readonly Lazy<bool> isTraced;

    private CompositionRoots(AgentModel model)
    {
        this.model = model;
        isTraced = new(() => ProgramHost.Of(model, CancellationToken.None) is var host
            && (host == HostKind.Service || (host != HostKind.Library && TelemetrySetup.Of(model).To(SignalKind.Traces).Site != null)));
    }

    public static CompositionRoots Of(AgentModel model) => model.Shared(m => new CompositionRoots(m));

    /// <summary>Whether it is a program of its own that sets up tracing already, or answers requests. A library leaves telemetry to its host.</summary>
    public bool AreTraced => isTraced.Value;

    /// <summary>Whether a composition is of a framework that records by itself, and what it records is listened to.</summary>
    public bool HearsKernels(CatalogueEntry composition) =>
        composition["kind"] == "kernel" && TelemetrySetup.Of(model).To(SignalKind.Traces).Names.Any(name => name.Contains('*') || name.StartsWith(composition.Library?.Type ?? name, StringComparison.OrdinalIgnoreCase));
}
