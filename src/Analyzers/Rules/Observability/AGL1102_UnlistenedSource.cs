using AgentLint.Analysis.Checks.Observability;
using AgentLint.Catalogue;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Rules.Observability;

/// <summary>A source of spans or measurements is not registered with any listener.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL1102_UnlistenedSource() : AgentAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL1102",
        "UnlistenedSource",
        "A telemetry source has no listener",
        "Source '{0}' has no listener: {1}; {2}",
        "A tracer or meter provider collects only the sources that are registered by name. A source that no name matches records nothing, and no error is raised.",
        DiagnosticSeverity.Warning);

    private protected override void Register(RuleContext context) =>
        context.OnFile(Check);

    private static void Check(FileContext context)
    {
        var setup = TelemetrySetup.Of(context.Model);
        foreach (var source in EmittedSources.Of(context.Model).In(context.Semantics, context.Cancellation))
            if (setup.IsUnheard(source) && setup.To(source.Kind) is { Site: { } listener, Names: var names })
                context.Report(
                    Rule,
                    source.Site,
                    DiagnosticSeverity.Warning,
                    [listener.GetLocation()],
                    source.Name,
                    (source.Kind == SignalKind.Traces ? "'AddSource'" : "'AddMeter'")
                        + " names " + string.Join(", ", names.Distinct(StringComparer.Ordinal).Take(3).Select(name => $"'{name}'")) + (names.Length > 3 ? " and others" : ""),
                    $"add '{source.Name}' there");
            else if (setup.HearsNothing)
            {
                // The first one of a file speaks for all: what is missing is the provider.
                context.Report(Rule, source.Site, DiagnosticSeverity.Info, [], source.Name, "the program sets up no provider", $"add one, and '{source.Name}' to it");
                return;
            }
    }
}
