using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Testing;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Testing;
using Microsoft.CodeAnalysis.Testing.Model;

namespace AgentLint.Testing;

/// <summary>
/// The official test of a code fix, on .NET 10 as it is installed, and with passes that it lacks: each step of a fix leaves code that compiles,
/// what is fixed is offered no fix again, and the same test with CR LF at the ends of lines.
/// </summary>
public class StrictCodeFixTest<TAnalyzer, TCodeFix> : CSharpCodeFixTest<TAnalyzer, TCodeFix, DefaultVerifier>
    where TAnalyzer : DiagnosticAnalyzer, new()
    where TCodeFix : CodeFixProvider, new()
{
    private readonly Passes passes = new();
    private bool mustCompile;

    public StrictCodeFixTest()
    {
        ReferenceAssemblies = Passes.Net10;
        // The markup of the fixed code declares what remains.
        FixedState.MarkupHandling = MarkupMode.Allow;
        BatchFixedState.MarkupHandling = MarkupMode.Allow;
    }

    /// <summary>For a test whose code is too large to be analysed many times at once.</summary>
    public bool SkipsDeterminism { get; set; }

    /// <summary>For a test whose meaning hangs on its line endings.</summary>
    public bool SkipsLineEndings { get; set; }

    protected override async Task RunImplAsync(CancellationToken cancellationToken)
    {
        mustCompile = CompilerDiagnostics != CompilerDiagnostics.None
            && !TestState.ExpectedDiagnostics.Concat(FixedState.ExpectedDiagnostics).Any(expected => expected.Id.StartsWith("CS", StringComparison.Ordinal))
            && !TestState.Sources.Concat(FixedState.Sources).Any(file => file.content.ToString().Contains("{|CS", StringComparison.Ordinal));
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
        await Passes.RunWithCrLfAsync([TestState, FixedState, BatchFixedState], OptionsTransforms, () => base.RunImplAsync(cancellationToken));
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
        // All that a fix makes on its way passes here.
        if (mustCompile && diagnostics.FirstOrDefault(found => found.diagnostic.Severity == DiagnosticSeverity.Error && found.diagnostic.Id.StartsWith("CS", StringComparison.Ordinal)) is { diagnostic: { } error })
            Verify.Fail($"The code does not compile: {error}\n{error.Location.SourceTree}");
        return base.FilterDiagnostics(diagnostics);
    }
}
