using AgentLint.Baseline;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Rules.Configuration;

/// <summary>A line of a baseline that cannot be read: without a report, its finding would be reported without an explanation.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL9007_UnreadableBaselineLine() : RuleAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL9007",
        "UnreadableBaselineLine",
        "Baseline line cannot be read",
        "{0}, so the line has no effect",
        "Files named AgentLint.baseline.txt among the AdditionalFiles list the accepted findings of a project, one per line. A line that cannot be read, or that is there twice, has no effect.",
        DiagnosticSeverity.Warning);

    private protected override void Start(AnalysisContext context) =>
        context.RegisterAdditionalFileAction(file =>
        {
            if (!BaselineFile.IsBaseline(file.AdditionalFile) || file.AdditionalFile.GetText(file.CancellationToken) is not { } text)
                return;
            foreach (var error in BaselineFile.Of(text).Errors)
                file.ReportDiagnostic(Diagnostic.Create(Rule.Descriptor, Location.Create(file.AdditionalFile.Path, error.Span, text.Lines.GetLinePositionSpan(error.Span)), error.Problem));
        });
}
