using System.Collections.Immutable;
using System.Reflection;
using AgentLint.Docs;
using DiffPlex;
using DiffPlex.DiffBuilder;
using DiffPlex.DiffBuilder.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Host.Mef;
using Microsoft.CodeAnalysis.Text;

namespace AgentLint.Site;

/// <summary>What a fix changes in a file: the lines that differ, with a few around them.</summary>
internal sealed record FileDiff(string File, IReadOnlyList<(char Sign, string Text)> Lines);

/// <summary>The product's own fix of a report, applied to the sample.</summary>
internal sealed record SampleFix(string Title, IReadOnlyList<FileDiff> Files)
{
    private const int Around = 1;

    /// <summary>Applies the first fix of a report, or returns null where there is none.</summary>
    public static async Task<SampleFix?> OfAsync(SampleBuild build, SampleReport report)
    {
        using var workspace = new AdhocWorkspace(MefHostServices.DefaultHost);
        var project = workspace.AddProject(ProjectInfo.Create(
            ProjectId.CreateNewId(), VersionStamp.Default, "SupportDesk", "SupportDesk", LanguageNames.CSharp,
            compilationOptions: new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable),
            parseOptions: new CSharpParseOptions(LanguageVersion.Preview),
            metadataReferences: build.References.Select(path => MetadataReference.CreateFromFile(path))));
        var solution = project.Solution;
        foreach (var file in build.Sources)
            solution = solution.AddDocument(DocumentId.CreateNewId(project.Id), Name(file), SourceText.From(File.ReadAllText(file)), filePath: file);
        project = solution.GetProject(project.Id)!;

        var compilation = await project.GetCompilationAsync() ?? throw new DocsException("The sample has no compilation");
        var analyzers = Instances<DiagnosticAnalyzer>(typeof(RuleAnalyzer).Assembly).Where(analyzer => analyzer.SupportedDiagnostics.Any(rule => rule.Id == report.Id)).ToImmutableArray();
        var diagnostics = await compilation.WithAnalyzers(analyzers).GetAnalyzerDiagnosticsAsync();
        var diagnostic = diagnostics.SingleOrDefault(IsReport)
            ?? throw new DocsException($"What the build of the sample reports in {report.Place.File}({report.Place.Line}) is not found again: {report.Id}");

        CodeAction? action = null;
        foreach (var fix in Instances<CodeFixProvider>(Assembly.Load("AgentLint.CodeFixes")).Where(fix => fix.FixableDiagnosticIds.Contains(report.Id)))
            await fix.RegisterCodeFixesAsync(new CodeFixContext(project.GetDocument(diagnostic.Location.SourceTree)!, diagnostic, (offered, _) => action ??= offered, CancellationToken.None));
        if (action == null)
            return null;

        var changed = (await action.GetOperationsAsync(CancellationToken.None)).OfType<ApplyChangesOperation>().Single().ChangedSolution;
        var files = new List<FileDiff>();
        foreach (var id in changed.GetChanges(project.Solution).GetProjectChanges().SelectMany(change => change.GetChangedDocuments()))
        {
            var before = await project.GetDocument(id)!.GetTextAsync();
            var after = await changed.GetDocument(id)!.GetTextAsync();
            files.Add(new FileDiff(Name(project.GetDocument(id)!.FilePath!), Diff(before.ToString(), after.ToString())));
        }

        // The file of the report first, then along the path.
        var order = report.Path.Select(place => place.File).Prepend(report.Place.File).Distinct().ToList();
        return new SampleFix(action.Title, [.. files.OrderBy(file => order.IndexOf(file.File) is var at and >= 0 ? at : int.MaxValue).ThenBy(file => file.File, StringComparer.Ordinal)]);

        string Name(string file) => Path.GetRelativePath(build.Folder, file).Replace('\\', '/');

        bool IsReport(Diagnostic candidate)
        {
            var span = candidate.Location.GetLineSpan();
            return candidate.Id == report.Id && Name(span.Path) == report.Place.File && span.StartLinePosition == new LinePosition(report.Place.Line - 1, report.Place.Column - 1);
        }
    }

    private static List<(char Sign, string Text)> Diff(string before, string after)
    {
        var lines = new InlineDiffBuilder(new Differ()).BuildDiffModel(before, after).Lines;
        var shown = new List<(char, string)>();
        var last = -1;
        for (var i = 0; i < lines.Count; i++)
        {
            if (!Enumerable.Range(Math.Max(0, i - Around), Math.Min(lines.Count, i + Around + 1) - Math.Max(0, i - Around)).Any(near => lines[near].Type != ChangeType.Unchanged))
                continue;
            if (last >= 0 && i > last + 1)
                shown.Add(('…', ""));
            shown.Add((lines[i].Type switch { ChangeType.Inserted => '+', ChangeType.Deleted => '-', _ => ' ' }, lines[i].Text));
            last = i;
        }

        return shown;
    }

    private static IEnumerable<T> Instances<T>(Assembly assembly)
        where T : class =>
        assembly.GetTypes().Where(type => !type.IsAbstract && typeof(T).IsAssignableFrom(type)).OrderBy(type => type.Name, StringComparer.Ordinal).Select(type => (T)Activator.CreateInstance(type, nonPublic: true)!);
}
