using System.Collections.Concurrent;
using AgentLint.Baseline;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Rules.Configuration;

/// <summary>A line of the baseline whose finding no longer exists: if it stayed, it would hide the same fault when it comes back.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL9006_StaleBaselineEntry() : RuleAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL9006",
        "StaleBaselineEntry",
        "Baseline lists a finding that is gone",
        "{0} is no longer found in '{1}': delete the line, or write the baseline again",
        "A baseline lists the accepted findings of a project. A line whose finding is fixed, or whose code has changed, would hide the same fault when it comes back.",
        DiagnosticSeverity.Warning,
        atEnd: true);

    private protected override void Start(AnalysisContext context) =>
        context.RegisterCompilationStartAction(start =>
        {
            var baselines = Baselines.Of(start.Compilation, start.Options, start.CancellationToken);
            if (baselines.IsEmpty)
                return;
            // The files that rules are shown: those which are not generated.
            var files = new ConcurrentDictionary<SyntaxTree, bool>();
            start.RegisterSemanticModelAction(file => files.TryAdd(file.SemanticModel.SyntaxTree, true));
            // The compiler comes to the end when all rules have seen all files.
            start.RegisterCompilationEndAction(end =>
            {
                var hasModel = AgentModel.TryGet(end.Compilation, end.Options, end.CancellationToken) != null;
                foreach (var baseline in baselines)
                    foreach (var entry in baseline.Stale([.. files.Keys], hasModel))
                        end.ReportDiagnostic(Diagnostic.Create(
                            Rule.Descriptor, Location.Create(baseline.Path, entry.Span, baseline.Text.Lines.GetLinePositionSpan(entry.Span)), entry.Line.Rule, entry.Line.Member));
            });
        });
}
