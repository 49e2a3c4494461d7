using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Formatting;
using Microsoft.CodeAnalysis.Host.Mef;
using Microsoft.CodeAnalysis.Testing;
using Microsoft.CodeAnalysis.Text;

namespace AgentLint.Testing;

/// <summary>What <see cref="StrictAnalyzerTest{TAnalyzer}"/> and <see cref="StrictCodeFixTest{TAnalyzer, TCodeFix}"/> add to the official tests.</summary>
internal sealed class Passes
{
    /// <summary>Enough for races between threads; half of the analyses share a compilation, the others have one of their own.</summary>
    private const int ConcurrentRuns = 4;

    /// <summary>
    /// Whether the passes run that the official test lacks. They are about rules and fixes and not about the compiler: tests that run on several
    /// compilers need them on one. The switch <c>AgentLint.Testing.OfficialPassesOnly</c> of the test project leaves them out.
    /// </summary>
    public static bool AreRun { get; } = !(AppContext.TryGetSwitch("AgentLint.Testing.OfficialPassesOnly", out var officialOnly) && officialOnly);

    // One composition for all tests: making it anew costs more than most tests.
    private static readonly Lazy<MefHostServices> Host = new(() => MefHostServices.DefaultHost);

    private readonly ConcurrentDictionary<string, (Compilation Compilation, ImmutableArray<DiagnosticAnalyzer> Analyzers, AnalyzerOptions Options)> first = new(StringComparer.Ordinal);

    /// <summary>The framework by its name alone: its assemblies are added from the SDK's targeting pack, nothing is downloaded.</summary>
    public static ReferenceAssemblies Net10 { get; } = new("net10.0");

    public static CSharpParseOptions ParseOptions { get; } = new(LanguageVersion.Latest, DocumentationMode.Diagnose);

    public static Workspace CreateWorkspace() => new AdhocWorkspace(Host.Value);

    /// <summary>Adds the framework's assemblies to all projects that are of this framework.</summary>
    public static Project WithFramework(Project project)
    {
        var solution = project.Solution;
        foreach (var id in solution.ProjectIds)
        {
            solution = solution.AddMetadataReferences(id, RestoredPackages.All.Framework);
            if (id != project.Id)
                solution = solution
                    .WithProjectParseOptions(id, project.ParseOptions!)
                    .WithProjectCompilationOptions(id, project.CompilationOptions!.WithOutputKind(solution.GetProject(id)!.CompilationOptions!.OutputKind));
        }

        return solution.GetProject(project.Id)!;
    }

    /// <summary>
    /// Turns rules on that are off by default, unless the test's own configuration speaks of them, and ids off that the test disables. The official
    /// test names every rule in the compilation options, which overrule <c>.editorconfig</c>.
    /// </summary>
    public static Project WithSeverities(Project project, IEnumerable<DiagnosticAnalyzer> analyzers, IEnumerable<string> disabled)
    {
        var configuration = string.Concat(project.AnalyzerConfigDocuments.Select(document => document.TryGetText(out var text) ? text.ToString() : ""));
        var severities = project.CompilationOptions!.SpecificDiagnosticOptions.ToBuilder();
        severities["AD0001"] = ReportDiagnostic.Error;
        foreach (var rule in analyzers.SelectMany(analyzer => analyzer.SupportedDiagnostics).Where(rule => !rule.IsEnabledByDefault))
            if (!configuration.Contains(rule.Id + ".severity", StringComparison.Ordinal) && !configuration.Contains("dotnet_analyzer_diagnostic", StringComparison.Ordinal))
                severities.TryAdd(rule.Id, (ReportDiagnostic)((int)ReportDiagnostic.Hidden - (int)rule.DefaultSeverity));
        foreach (var id in disabled)
            severities[id] = ReportDiagnostic.Suppress;
        return project.WithCompilationOptions(project.CompilationOptions.WithSpecificDiagnosticOptions(severities.ToImmutable()).WithConcurrentBuild(false));
    }

    /// <summary>Remembers the first compilation of each project: it is the state before any fix.</summary>
    public void Remember(Compilation compilation, ImmutableArray<DiagnosticAnalyzer> analyzers, AnalyzerOptions options) =>
        first.TryAdd(compilation.AssemblyName!, (compilation, analyzers, options));

    /// <summary>
    /// Analyses the same sources many times at once, and demands the same reports each time; analyses them as generated code, and demands silence.
    /// The official test looks at generated code only where an analyzer has not said what it does there.
    /// </summary>
    public async Task VerifyAsync(bool determinism, bool generatedCode, CancellationToken cancellationToken)
    {
        foreach (var (compilation, analyzers, options) in first.Values)
        {
            if (!determinism && !generatedCode)
                continue;
            var expected = await AnalyzeAsync(compilation);
            if (determinism)
            {
                var runs = await Task.WhenAll(Enumerable.Range(0, ConcurrentRuns).Select(run => Task.Run(() => AnalyzeAsync(run % 2 == 0 ? compilation : compilation.Clone()), cancellationToken)));
                foreach (var reports in runs)
                    new DefaultVerifier().EqualOrDiff(Print(expected), Print(reports), $"The reports of {ConcurrentRuns} analyses at once are not the same");
            }

            if (generatedCode && expected.Any(IsInSource))
            {
                var generated = compilation.SyntaxTrees.Aggregate(compilation, (all, tree) => all.ReplaceSyntaxTree(tree, tree.WithChangedText(tree.GetText(cancellationToken).Replace(0, 0, "// <auto-generated/>\n"))));
                new DefaultVerifier().EqualOrDiff("", Print((await AnalyzeAsync(generated)).Where(IsInSource)), "The same sources as auto-generated code have reports");
            }

            Task<ImmutableArray<Diagnostic>> AnalyzeAsync(Compilation sources) => new CompilationWithAnalyzers(sources, analyzers, options).GetAnalyzerDiagnosticsAsync(cancellationToken);
        }

        static bool IsInSource(Diagnostic diagnostic) => diagnostic.Location.IsInSource;
    }

    /// <summary>Demands that what is reported in a file names its syntax tree: what names only its path cannot be suppressed there.</summary>
    public static void VerifyLocations(ImmutableArray<(Project Project, Diagnostic Diagnostic)> diagnostics)
    {
        foreach (var (project, diagnostic) in diagnostics)
        {
            foreach (var location in diagnostic.AdditionalLocations.Prepend(diagnostic.Location).Where(location => location.Kind == LocationKind.ExternalFile))
            {
                var span = location.GetLineSpan();
                if (project.Solution.Projects.SelectMany(p => p.Documents).Any(document => document.FilePath == span.Path))
                    new DefaultVerifier().Fail($"{diagnostic.Id} names the source file '{span.Path}' without its syntax tree");
                if (project.AdditionalDocuments.FirstOrDefault(document => document.FilePath == span.Path) is { } file
                    && file.TryGetText(out var text)
                    && (span.EndLinePosition.Line >= text.Lines.Count || span.EndLinePosition.Character > text.Lines[span.EndLinePosition.Line].Span.Length))
                    new DefaultVerifier().Fail($"{diagnostic.Id} lies outside of the text of the file: {span}");
            }
        }
    }

    /// <summary>Runs a test once more, with CR LF at the end of each line of its sources. A test that writes CR itself, or has but one line, says all there is to say.</summary>
    public static async Task RunWithCrLfAsync(IEnumerable<SolutionState> states, ICollection<Func<Microsoft.CodeAnalysis.Options.OptionSet, Microsoft.CodeAnalysis.Options.OptionSet>> options, Func<Task> run)
    {
        List<SourceFileList> lists = [.. states.SelectMany(state => state.AdditionalProjects.Values.Prepend<ProjectState>(state)).Select(project => project.Sources)];
        var texts = lists.SelectMany(files => files).Select(file => file.content.ToString()).ToList();
        if (texts.Any(text => text.Contains('\r', StringComparison.Ordinal)) || !texts.Any(text => text.Contains('\n', StringComparison.Ordinal)))
            return;
        foreach (var files in lists)
            for (var i = 0; i < files.Count; i++)
                files[i] = (files[i].filename, SourceText.From(files[i].content.ToString().ReplaceLineEndings("\r\n"), files[i].content.Encoding, files[i].content.ChecksumAlgorithm));
        options.Add(set => set.WithChangedOption(FormattingOptions.NewLine, LanguageNames.CSharp, "\r\n"));
        try
        {
            await run();
        }
        catch (InvalidOperationException failure)
        {
            throw new InvalidOperationException($"With CR LF at the ends of lines: {failure.Message}", failure);
        }
    }

    private static string Print(IEnumerable<Diagnostic> diagnostics) => string.Join('\n', diagnostics.Select(Print).Order(StringComparer.Ordinal));

    private static string Print(Diagnostic diagnostic) =>
        string.Join(' ', diagnostic.AdditionalLocations.Select(location => location.GetLineSpan().ToString()).Prepend(CSharpDiagnosticFormatter.Instance.Format(diagnostic, CultureInfo.InvariantCulture)));
}
