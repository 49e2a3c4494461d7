using AgentLint.Analysis.Core;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;

namespace AgentLint.Analysis.Checks.Observability;

/// <summary>Whether model calls of a program are expected in traces.</summary>
internal sealed class CompositionRoots
{
    private readonly AgentModel model;
    private readonly Lazy<bool> isTraced;
    private readonly Lazy<bool> isRecordedElsewhere;

    private CompositionRoots(AgentModel model)
    {
        this.model = model;
        isRecordedElsewhere = new(IsRecordedElsewhere);
        isTraced = new(() => ProgramHost.Of(model, CancellationToken.None) is var host
            && (host == HostKind.Service || (host != HostKind.Library && TelemetrySetup.Of(model).To(SignalKind.Traces).Site != null)));
    }

    public static CompositionRoots Of(AgentModel model) => model.Shared(m => new CompositionRoots(m));

    /// <summary>Whether it is a program of its own that sets up tracing already, or answers requests. A library leaves telemetry to its host.</summary>
    public bool AreTraced => isTraced.Value;

    /// <summary>
    /// Whether another project or package may record the calls: it is compiled against what can, or the program listens to a source whose name it declares.
    /// </summary>
    public bool MayBeRecordedElsewhere => isRecordedElsewhere.Value;

    private bool IsRecordedElsewhere()
    {
        var recorders = new HashSet<string>(model.Catalogue.Of(CatalogueRole.Telemetry).SelectMany(entry => entry.Library?.List("assemblies") ?? []), StringComparer.Ordinal);
        var members = new NameSet(model.Catalogue.Of(CatalogueRole.Telemetry).SelectMany(entry => entry.Members));
        var known = new HashSet<string>(model.Catalogue.Of(CatalogueRole.Library).SelectMany(library => library.List("assemblies")), StringComparer.Ordinal);
        return !TelemetrySetup.Of(model).To(SignalKind.Traces).AreAllOwn
            || model.Compilation.SourceModule.ReferencedAssemblySymbols.Any(assembly =>
                !known.Contains(assembly.Name)
                // A file refers to what it uses; a project in an editor to all that it could.
                && (assembly is ISourceAssemblySymbol { Compilation: var project }
                    ? project.SyntaxTrees.Any(tree => NameIndex.Of(tree, CancellationToken.None).MentionsAny(members))
                    : assembly.Modules.Any(module => module.ReferencedAssemblies.Any(reference => recorders.Contains(reference.Name)))));
    }

    /// <summary>Whether a composition is of a framework that records by itself, and what it records is listened to.</summary>
    public bool HearsKernels(CatalogueEntry composition) =>
        composition["kind"] == "kernel" && TelemetrySetup.Of(model).To(SignalKind.Traces).Names.Any(name => name.Contains('*') || name.StartsWith(composition.Library?.Type ?? name, StringComparison.OrdinalIgnoreCase));
}
