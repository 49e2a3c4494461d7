using System.Collections.Concurrent;
using System.Collections.Immutable;
using AgentLint.Tests.Repository;
using AgentLint.Tests.Stubs;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace AgentLint.Tests.Fuzz;

/// <summary>What was found on a variant.</summary>
internal sealed record Outcome(int Reports, int Fixes, bool Compiles, ImmutableArray<string> Failures);

/// <summary>Analyses variants with all analyzers, and applies every fix that is offered.</summary>
internal sealed class VariantCheck(ImmutableArray<DiagnosticAnalyzer> analyzers, ImmutableArray<CodeFixProvider> fixes)
{
    private static readonly Lazy<Project> Alone = new(() => Create(
        "Variant",
        OutputKind.DynamicallyLinkedLibrary,
        [.. SupportDesk.References, .. LibrariesWithoutPackage()],
        [("Imports.cs", SupportDesk.ImplicitUsings + "\nglobal using System.ComponentModel;\nglobal using System.Net.Http.Json;\nglobal using Microsoft.Extensions.AI;\nglobal using Microsoft.Extensions.DependencyInjection;\n"), ("Variant.cs", "")]));

    private static readonly Lazy<Project> AloneProgram = new(() => WithOutput(Alone.Value, OutputKind.ConsoleApplication));

    private static readonly Lazy<Project> Sample = new(() => Create("SupportDesk", OutputKind.ConsoleApplication, SupportDesk.References, [("ImplicitUsings.cs", SupportDesk.ImplicitUsings), .. SupportDesk.Files]));

    /// <summary>Compiles what all variants share, so that the first ones do not pay for it.</summary>
    public static async Task PrepareAsync(CancellationToken cancellation)
    {
        foreach (var project in new[] { Alone, AloneProgram, Sample })
            (await project.Value.GetCompilationAsync(cancellation))!.GetTypesByMetadataName("System.Object");
    }

    public async Task<Outcome> RunAsync(Variant variant, CancellationToken cancellation)
    {
        var document = Place(variant);
        var project = document.Project;
        var compilation = (await project.GetCompilationAsync(cancellation))!;
        var failures = new ConcurrentQueue<string>();
        var prepared = compilation.WithAnalyzers(analyzers, new CompilationWithAnalyzersOptions(
            project.AnalyzerOptions,
            (exception, analyzer, _) => failures.Enqueue($"AD0001 {analyzer.GetType().Name}: {exception}"),
            concurrentAnalysis: false,
            logAnalyzerExecutionTime: false,
            reportSuppressedDiagnostics: false));
        // Of the sample, the rules look at the file that is varied, with all others around it.
        var reports = variant.Origin.IsSample
            ? [
                .. await prepared.GetAnalyzerSyntaxDiagnosticsAsync((await document.GetSyntaxTreeAsync(cancellation))!, cancellation),
                .. await prepared.GetAnalyzerSemanticDiagnosticsAsync((await document.GetSemanticModelAsync(cancellation))!, filterSpan: null, cancellation),
            ]
            : await prepared.GetAnalyzerDiagnosticsAsync(cancellation);

        var applied = 0;
        Dictionary<string, int>? before = null;
        foreach (var report in reports)
        {
            if (report.Location.SourceTree is not { } tree || project.GetDocument(tree) is not { } place)
                continue;
            foreach (var fix in fixes)
            {
                if (!fix.FixableDiagnosticIds.Contains(report.Id))
                    continue;
                var name = $"{fix.GetType().Name} for {report}";
                try
                {
                    var actions = new List<CodeAction>();
                    await fix.RegisterCodeFixesAsync(new CodeFixContext(place, report, (action, _) => actions.Add(action), cancellation));
                    foreach (var action in actions)
                    {
                        applied++;
                        var operations = await action.GetOperationsAsync(project.Solution, CodeActionProgress.Instance, cancellation);
                        var mended = operations.OfType<ApplyChangesOperation>().Single().ChangedSolution.GetProject(project.Id)!;
                        before ??= ErrorsOf(compilation, cancellation);
                        var after = ErrorsOf((await (await ReparseAsync(mended, project, cancellation)).GetCompilationAsync(cancellation))!, cancellation);
                        if (after.Where(error => error.Value > before.GetValueOrDefault(error.Key)).Select(error => error.Key).ToList() is { Count: > 0 } added)
                            failures.Enqueue($"{name}\nleaves {string.Join(", ", added)} in\n{await TextsAsync(mended, project, cancellation)}");
                    }
                }
                catch (Exception exception) when (exception is not OperationCanceledException)
                {
                    failures.Enqueue($"{name}\nthrew {exception}");
                }
            }
        }

        return new(reports.Length, applied, before is { Count: 0 }, [.. failures]);
    }

    private static Document Place(Variant variant)
    {
        var isProgram = !variant.Origin.IsSample && CSharpSyntaxTree.ParseText(variant.Text, SupportDesk.ParseOptions).GetCompilationUnitRoot().Members
            .Any(member => member is Microsoft.CodeAnalysis.CSharp.Syntax.GlobalStatementSyntax);
        var (project, path) = variant.Origin.IsSample ? (Sample.Value, variant.Origin.Origin["samples/SupportDesk/".Length..]) : ((isProgram ? AloneProgram : Alone).Value, "Variant.cs");
        return project.Documents.Single(document => document.FilePath == path).WithText(SourceText.From(variant.Text));
    }

    // What counts is the text that a user gets, not the tree that a fix has built.
    private static async Task<Project> ReparseAsync(Project mended, Project project, CancellationToken cancellation)
    {
        foreach (var id in mended.GetChanges(project).GetChangedDocuments())
            mended = mended.GetDocument(id)!.WithText(SourceText.From((await mended.GetDocument(id)!.GetTextAsync(cancellation)).ToString())).Project;
        return mended;
    }

    private static async Task<string> TextsAsync(Project mended, Project project, CancellationToken cancellation)
    {
        var texts = new List<string>();
        foreach (var id in mended.GetChanges(project).GetChangedDocuments())
            texts.Add((await mended.GetDocument(id)!.GetTextAsync(cancellation)).ToString());
        return string.Join("\n----\n", texts);
    }

    // Some errors of asynchronous code the compiler finds only when it emits, which it does only where there are no others.
    private static Dictionary<string, int> ErrorsOf(Compilation compilation, CancellationToken cancellation) =>
        compilation.Emit(Stream.Null, cancellationToken: cancellation).Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error).CountBy(d => d.Id).ToDictionary();

    private static Project Create(string name, OutputKind output, IEnumerable<MetadataReference> references, IEnumerable<(string Path, string Text)> files)
    {
        var id = ProjectId.CreateNewId();
        // Held by what it makes.
        var solution = new AdhocWorkspace().CurrentSolution.AddProject(ProjectInfo.Create(
            id,
            VersionStamp.Default,
            name,
            name,
            LanguageNames.CSharp,
            compilationOptions: SupportDesk.CompilationOptions.WithOutputKind(output).WithSpecificDiagnosticOptions(
                AllRules.Analyzers.SelectMany(analyzer => analyzer.SupportedDiagnostics).DistinctBy(rule => rule.Id).Select(rule => KeyValuePair.Create(rule.Id, ReportDiagnostic.Warn))),
            parseOptions: SupportDesk.ParseOptions,
            metadataReferences: references));
        foreach (var (path, text) in files)
            solution = solution.AddDocument(DocumentInfo.Create(DocumentId.CreateNewId(id), path, loader: TextLoader.From(TextAndVersion.Create(SourceText.From(text), VersionStamp.Default, path)), filePath: path));
        return solution.GetProject(id)!;
    }

    private static Project WithOutput(Project project, OutputKind output) => project.WithCompilationOptions(project.CompilationOptions!.WithOutputKind(output));

    /// <summary>Stands in for libraries that the registry lacks; of those that declare the same types, the first.</summary>
    private static IEnumerable<MetadataReference> LibrariesWithoutPackage() =>
        MissingLibraries.All
            .Where(stub => !SupportDesk.References.Any(reference => Path.GetFileNameWithoutExtension(reference.Display) == stub.Assembly))
            .DistinctBy(stub => stub.Assembly)
            .Select(stub => stub.Reference);

    private sealed class CodeActionProgress : IProgress<CodeAnalysisProgress>
    {
        public static CodeActionProgress Instance { get; } = new();

        public void Report(CodeAnalysisProgress value)
        {
        }
    }
}
