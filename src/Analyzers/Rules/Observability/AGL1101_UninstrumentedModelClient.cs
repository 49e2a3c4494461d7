using AgentLint.Analysis;
using AgentLint.Analysis.Checks.Observability;
using AgentLint.Catalogue;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Rules.Observability;

/// <summary>A traced or serving program builds a model client whose calls no trace records.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL1101_UninstrumentedModelClient() : AgentAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL1101",
        "UninstrumentedModelClient",
        "A model client is built without telemetry",
        "'{0}' builds a model client, and nothing in this program records its calls: {1}",
        "Traces show why an agent acted as it did: which model was asked, which tools it called, how many tokens that took. Traces of HTTP calls alone show none of this.",
        DiagnosticSeverity.Info);

    private protected override void Register(RuleContext context) =>
        context.OnUse(entry => entry.Role == CatalogueRole.Composition, Check);

    // One report for a program: what mends one composition shows how to mend the others.
    private static void Check(UseContext context)
    {
        var setup = TelemetrySetup.Of(context.Model);
        if (CompositionRoots.Of(context.Model).AreTraced && !setup.RecordsModels && !CompositionRoots.Of(context.Model).MayBeRecordedElsewhere && setup.Composition is { } first && first.Name == context.Use.Name && !CompositionRoots.Of(context.Model).HearsKernels(context.Use.Entry))
            context.Report(
                Rule,
                context.Use.Name,
                DiagnosticSeverity.Info,
                setup.To(SignalKind.Traces).Site is { } listener ? [listener.GetLocation()] : [],
                Witness.NameOf(context.Use.Symbol),
                // A kernel records by itself, and is only to be listened to.
                context.Use.Entry["kind"] == "kernel" && context.Use.Entry.Library is { Type: var library }
                    ? $"add '.AddSource(\"{library}*\")' to the tracing of the program"
                    : "add '.UseOpenTelemetry()' to the client or agent");
    }
}
