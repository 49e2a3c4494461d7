using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Testing;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Testing;
using Microsoft.CodeAnalysis.Testing.Model;

namespace AgentLint.Testing;

/// <summary>
/// The official test of an analyzer, on .NET 10 as it is installed, and with passes that it lacks: the same reports when the same sources are
/// analysed many times at once, and the same test with CR LF at the ends of lines.
/// </summary>
public class StrictAnalyzerTest<TAnalyzer> : CSharpAnalyzerTest<TAnalyzer, DefaultVerifier>
    where TAnalyzer : DiagnosticAnalyzer, new()
{
    private readonly Passes passes = new();

    public StrictAnalyzerTest() => ReferenceAssemblies = Passes.Net10;

    /// <summary>For a test whose code is too large to be analysed many times at once.</summary>
    public bool SkipsDeterminism { get; set; }

    /// <summary>For a test whose meaning hangs on its line endings.</summary>
    public bool SkipsLineEndings { get; set; }

    protected override async Task RunImplAsync(CancellationToken cancellationToken)
    {
        // That reports can be suppressed in source does not hang on the compiler either.
        if (!Passes.AreRun)
            TestBehaviors |= TestBehaviors.SkipSuppressionCheck;
        await base.RunImplAsync(cancellationToken);
        if (!Passes.AreRun)
            return;
        await passes.VerifyAsync(!SkipsDeterminism, !TestBehaviors.HasFlag(TestBehaviors.SkipGeneratedCodeCheck), cancellationToken);
        if (SkipsLineEndings)
            return;
        TestBehaviors |= TestBehaviors.SkipGeneratedCodeCheck | TestBehaviors.SkipSuppressionCheck;
        await Passes.RunWithCrLfAsync([TestState], OptionsTransforms, () => base.RunImplAsync(cancellationToken));
    }

    protected override ParseOptions CreateParseOptions() => Passes.ParseOptions;

    protected override Task<Workspace> CreateWorkspaceImplAsync() => Task.FromResult(Passes.CreateWorkspace());

    protected override async Task<Project> CreateProjectImplAsync(EvaluatedProjectState primaryProject, ImmutableArray<EvaluatedProjectState> additionalProjects, CancellationToken cancellationToken) =>
        Passes.WithFramework(await base.CreateProjectImplAsync(primaryProject, additionalProjects, cancellationToken));

    protected override Project ApplyCompilationOptions(Project project) => Passes.WithSeverities(project, GetDiagnosticAnalyzers(), DisabledDiagnostics);

    protected override CompilationWithAnalyzers CreateCompilationWithAnalyzers(Compilation compilation, ImmutableArray<DiagnosticAnalyzer> analyzers, AnalyzerOptions options, CancellationToken cancellationToken)
    {
        passes.Remember(compilation, analyzers, options);
        return base.CreateCompilationWithAnalyzers(compilation, analyzers, options, cancellationToken);
    }

    protected override ImmutableArray<(Project project, Diagnostic diagnostic)> FilterDiagnostics(ImmutableArray<(Project project, Diagnostic diagnostic)> diagnostics)
    {
        Passes.VerifyLocations(diagnostics);
        return base.FilterDiagnostics(diagnostics);
    }
}
