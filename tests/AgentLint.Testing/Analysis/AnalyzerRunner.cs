using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Testing;

/// <summary>Runs the analyzers of a test. The same instances serve all passes, as they serve all projects of a build.</summary>
sealed class AnalyzerRunner(ImmutableArray<DiagnosticAnalyzer> analyzers, Func<Project, AnalyzerOptions> options)
{
    /// <summary>All diagnostics of the compiler and the analyzers in all projects, in order, the project under test first.</summary>
    public async Task<ImmutableArray<Diagnostic>> AnalyzeAsync(Solution solution, IVerifier verifier, CancellationToken cancellationToken)
    {
        var all = ImmutableArray.CreateBuilder<Diagnostic>();
        foreach (var id in solution.ProjectIds)
        {
            var project = solution.GetProject(id)!;
            var compilation = await project.GetCompilationAsync(cancellationToken);
            all.AddRange(await AnalyzeAsync(project, compilation!, verifier, cancellationToken));
        }

        return all.ToImmutable();
    }

    /// <summary>All diagnostics of the compiler and the analyzers in one compilation, in order.</summary>
    public async Task<ImmutableArray<Diagnostic>> AnalyzeAsync(Project project, Compilation compilation, IVerifier verifier, CancellationToken cancellationToken)
    {
        if (analyzers.IsEmpty)
        {
            return [.. compilation.GetDiagnostics(cancellationToken).InOrder()];
        }

        var crashes = new Crashes();
        var diagnostics = await Prepare(project, compilation, crashes).GetAllDiagnosticsAsync(cancellationToken);
        crashes.Verify(verifier);
        return [.. diagnostics.InOrder()];
    }

    /// <summary>What an editor shows, and can fix, while only this document is open: no reports from the end of the compilation or from other files.</summary>
    public async Task<ImmutableArray<Diagnostic>> AnalyzeLocallyAsync(Document document, IVerifier verifier, CancellationToken cancellationToken)
    {
        var compilation = await document.Project.GetCompilationAsync(cancellationToken);
        var tree = await document.GetSyntaxTreeAsync(cancellationToken);
        var model = compilation!.GetSemanticModel(tree!);
        if (analyzers.IsEmpty)
        {
            return model.GetDiagnostics(cancellationToken: cancellationToken);
        }

        var crashes = new Crashes();
        var prepared = Prepare(document.Project, compilation, crashes);
        var semantic = await prepared.GetAnalyzerSemanticDiagnosticsAsync(model, filterSpan: null, cancellationToken);
        var syntactic = await prepared.GetAnalyzerSyntaxDiagnosticsAsync(tree!, cancellationToken);
        crashes.Verify(verifier);
        return [.. semantic, .. syntactic, .. model.GetDiagnostics(cancellationToken: cancellationToken)];
    }

    CompilationWithAnalyzers Prepare(Project project, Compilation compilation, Crashes crashes) =>
        compilation.WithAnalyzers(analyzers, new CompilationWithAnalyzersOptions(
            options(project),
            onAnalyzerException: crashes.Add,
            concurrentAnalysis: true,
            logAnalyzerExecutionTime: false,
            reportSuppressedDiagnostics: false));

    /// <summary>Exceptions out of analyzers, which a build shows as AD0001. Reports of unsupported ids and of foreign locations are among them.</summary>
    sealed class Crashes
    {
        readonly ConcurrentQueue<string> seen = new();

        public void Add(Exception exception, DiagnosticAnalyzer analyzer, Diagnostic diagnostic) =>
            seen.Enqueue($"AD0001: '{analyzer.GetType().Name}' threw: {exception}");

        public void Verify(IVerifier verifier)
        {
            if (seen.TryPeek(out var first))
            {
                verifier.Fail(first);
            }
        }
    }
}
