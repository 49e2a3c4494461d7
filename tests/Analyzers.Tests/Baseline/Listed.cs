using System.Collections.Immutable;
using AgentLint.Baseline;
using AgentLint.Tests.Repository;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;
using Xunit;

namespace AgentLint.Tests.Baseline;

/// <summary>What all analyzers say of a program that has a baseline, and the baseline that they would write of it.</summary>
internal static class Listed
{
    public const string File = "/src/AgentLint.baseline.txt";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>The lines of a baseline for everything that is found.</summary>
    public static async Task<string> WriteAsync(Compilation compilation, string? baseline = null) =>
        string.Join('\n', (await DiagnosticsAsync(compilation, baseline, "write")).Where(d => d.Properties.ContainsKey(BaselineLine.Property)).Select(d => $"{d.Id} {d.Properties[BaselineLine.Property]}"));

    /// <summary>The reports as <c>File1.cs(3): AGL0601</c>, in order.</summary>
    public static async Task<IReadOnlyList<string>> ReportsAsync(Compilation compilation, string? baseline, string framework = "net10.0") =>
        [.. (await DiagnosticsAsync(compilation, baseline, "", framework)).Select(Show)];

    public static async Task<ImmutableArray<Diagnostic>> DiagnosticsAsync(Compilation compilation, string? baseline, string request = "", string framework = "net10.0", string file = File)
    {
        var reports = await Driver(compilation, baseline, request, framework, file).GetAnalyzerDiagnosticsAsync(Cancellation);
        return [.. reports.OrderBy(d => d.Location.GetLineSpan().Path, StringComparer.Ordinal).ThenBy(d => d.Location.SourceSpan.Start).ThenBy(d => d.Id, StringComparer.Ordinal)];
    }

    public static CompilationWithAnalyzers Driver(
        Compilation compilation, string? baseline, string request = "", string framework = "net10.0", string file = File, ImmutableArray<DiagnosticAnalyzer> analyzers = default)
    {
        var options = new AnalyzerOptions(baseline == null ? [] : [new Text(file, baseline)], new Properties(request, framework));
        return compilation.WithAnalyzers(analyzers.IsDefault ? AllRules.Analyzers : analyzers, new CompilationWithAnalyzersOptions(options, onAnalyzerException: null, concurrentAnalysis: true, logAnalyzerExecutionTime: false));
    }

    public static string Show(Diagnostic report) => $"{Path.GetFileName(report.Location.GetLineSpan().Path)}({report.Location.GetLineSpan().StartLinePosition.Line + 1}): {report.Id}";

    private sealed class Text(string path, string text) : AdditionalText
    {
        private readonly SourceText _text = SourceText.From(text);

        public override string Path => path;

        public override SourceText GetText(CancellationToken cancellationToken = default) => _text;
    }

    private sealed class Properties(string request, string framework) : AnalyzerConfigOptionsProvider
    {
        private static readonly Values Empty = new([]);

        public override AnalyzerConfigOptions GlobalOptions { get; } = new Values(new() { ["build_property.AgentLintBaseline"] = request, ["build_property.TargetFramework"] = framework });

        public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => Empty;

        public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) => Empty;
    }

    private sealed class Values(Dictionary<string, string> values) : AnalyzerConfigOptions
    {
        // The attribute that the base has is known here twice: by the framework, and by the analyzers' copy.
#nullable disable
        public override bool TryGetValue(string key, out string value) => values.TryGetValue(key, out value);
#nullable restore
    }
}
