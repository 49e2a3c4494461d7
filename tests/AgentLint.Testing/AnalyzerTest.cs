using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Testing;

/// <summary>Runs analyzers over sources and demands the expected diagnostics: no other, no fewer, and the same ones however the sources are run.</summary>
/// <typeparam name="TVerifier">How failures are raised.</typeparam>
public abstract class AnalyzerTest<TVerifier>
    where TVerifier : IVerifier, new()
{
    /// <summary>Creates a test that has no source as yet.</summary>
    protected AnalyzerTest() => TestState = new(DefaultTestProjectName, DefaultFilePathPrefix, DefaultFileExt);

    /// <summary>Adds a source file with markup to <see cref="TestState"/>.</summary>
    public string? TestCode
    {
        set
        {
            if (value is not null)
            {
                TestState.Sources.Add(value);
            }
        }
    }

    /// <summary>The projects to analyse and what is expected of them.</summary>
    public SolutionState TestState { get; }

    /// <summary>The diagnostics that are expected in addition to those in the markup.</summary>
    public List<DiagnosticResult> ExpectedDiagnostics => TestState.ExpectedDiagnostics;

    /// <summary>The framework of projects that name none.</summary>
    public ReferenceAssemblies ReferenceAssemblies { get; set; } = ReferenceAssemblies.Default;

    /// <summary>Which of the compiler's own diagnostics have to be expected; errors, unless said otherwise.</summary>
    public CompilerDiagnostics CompilerDiagnostics { get; set; } = CompilerDiagnostics.Errors;

    /// <summary>Passes to do without.</summary>
    public TestBehaviors TestBehaviors { get; set; }

    /// <summary>Ids that are turned off by compilation options, as <c>NoWarn</c> does.</summary>
    public List<string> DisabledDiagnostics { get; } = [];

    /// <summary>Last changes to the solution before it is analysed; they are given the id of the project under test.</summary>
    public List<Func<Solution, ProjectId, Solution>> SolutionTransforms { get; } = [];

    /// <summary>The language of the sources.</summary>
    public abstract string Language { get; }

    /// <summary>What the names of unnamed source files start with.</summary>
    protected virtual string DefaultFilePathPrefix => "/0/Test";

    /// <summary>The name of the project under test.</summary>
    protected virtual string DefaultTestProjectName => "TestProject";

    /// <summary>The extension of unnamed source files, without dot.</summary>
    protected abstract string DefaultFileExt { get; }

    /// <summary>Runs the test.</summary>
    /// <param name="cancellationToken">Ends the test early.</param>
    /// <returns>A task that fails as <typeparamref name="TVerifier"/> does when the test fails.</returns>
    public Task RunAsync(CancellationToken cancellationToken = default) => RunImplAsync(cancellationToken);

    /// <summary>Runs the test.</summary>
    /// <param name="cancellationToken">Ends the test early.</param>
    /// <returns>A task that fails as <typeparamref name="TVerifier"/> does when the test fails.</returns>
    protected virtual async Task RunImplAsync(CancellationToken cancellationToken)
    {
        var run = CreateRun();
        foreach (var ending in LineEndingsToTest(TestState))
        {
            var state = run.Evaluator.Evaluate(TestState, ending);
            await VerifyTestStateAsync(run, state, cancellationToken);
        }
    }

    /// <summary>The analyzers to run; called once per test.</summary>
    /// <returns>The analyzers.</returns>
    protected abstract IEnumerable<DiagnosticAnalyzer> GetDiagnosticAnalyzers();

    /// <summary>How the sources are parsed.</summary>
    /// <returns>The options.</returns>
    protected abstract ParseOptions CreateParseOptions();

    /// <summary>How the sources are compiled; the test adds its own severities and the kind of output.</summary>
    /// <returns>The options.</returns>
    protected abstract CompilationOptions CreateCompilationOptions();

    /// <summary>The options that analyzers are given for a project; those of its files, unless said otherwise.</summary>
    /// <param name="project">The project.</param>
    /// <returns>The options.</returns>
    protected virtual AnalyzerOptions GetAnalyzerOptions(Project project) => project.AnalyzerOptions;

    /// <summary>The rule that <c>[|…|]</c> stands for: the only one there is, unless said otherwise.</summary>
    /// <param name="analyzers">The analyzers of the test.</param>
    /// <returns>The rule, or null when <c>[|…|]</c> has no meaning.</returns>
    protected virtual DiagnosticDescriptor? GetDefaultDiagnostic(DiagnosticAnalyzer[] analyzers)
    {
        var rules = analyzers.SelectMany(analyzer => analyzer.SupportedDiagnostics).ToArray();
        return rules.DistinctBy(rule => rule.Id).Count() == 1 ? rules[0] : null;
    }

    /// <summary>Whether a diagnostic of the compiler has to be expected.</summary>
    /// <param name="diagnostic">The diagnostic.</param>
    /// <param name="compilerDiagnostics">The level of the test.</param>
    /// <returns>Whether it counts.</returns>
    protected virtual bool IsCompilerDiagnosticIncluded(Diagnostic diagnostic, CompilerDiagnostics compilerDiagnostics) =>
        compilerDiagnostics switch
        {
            CompilerDiagnostics.None => false,
            CompilerDiagnostics.Errors => diagnostic.Severity >= DiagnosticSeverity.Error,
            CompilerDiagnostics.Warnings => diagnostic.Severity >= DiagnosticSeverity.Warning,
            CompilerDiagnostics.Suggestions => diagnostic.Severity >= DiagnosticSeverity.Info,
            _ => true,
        };

    private protected TestRun CreateRun()
    {
        DiagnosticAnalyzer[] analyzers = [.. GetDiagnosticAnalyzers()];
        ImmutableArray<DiagnosticDescriptor> supported = [.. analyzers.SelectMany(a => a.SupportedDiagnostics)];
        var verifier = new TVerifier();
        var options = new TestCompilationOptions(CreateCompilationOptions(), supported, DisabledDiagnostics);
        return new(
            verifier,
            supported,
            new StateEvaluator(supported, GetDefaultDiagnostic(analyzers), ReferenceAssemblies, verifier),
            new SolutionBuilder(Language, CreateParseOptions(), options, SolutionTransforms),
            new AnalyzerRunner([.. analyzers], GetAnalyzerOptions));
    }

    private protected ImmutableArray<LineEnding> LineEndingsToTest(params IEnumerable<SolutionState> states) =>
        TestBehaviors.HasFlag(TestBehaviors.SkipLineEndingCheck) ? [LineEnding.AsWritten] : LineEndings.VariantsOf(states);

    /// <summary>Demands what is expected of one state, and gives all that was found there, diagnostics of the compiler included.</summary>
    private protected async Task<Analyzed> VerifyStateAsync(TestRun run, EvaluatedSolution state, IVerifier verifier, CancellationToken cancellationToken)
    {
        var solution = await run.Builder.BuildAsync(state, cancellationToken);
        var diagnostics = await run.Runner.AnalyzeAsync(solution, verifier, cancellationToken);
        await LocationCheck.VerifyAsync(solution, diagnostics, verifier, cancellationToken);
        DiagnosticCheck.Verify(state, [.. diagnostics.Where(d => !d.IsFromCompiler() || IsCompilerDiagnosticIncluded(d, CompilerDiagnostics))], verifier);
        return new(solution, diagnostics);
    }

    /// <summary>Demands what is expected before any fix, also of the other ways to run the same sources.</summary>
    private protected async Task<Analyzed> VerifyTestStateAsync(TestRun run, EvaluatedSolution state, CancellationToken cancellationToken)
    {
        var verifier = run.Verifier.PushContext($"TestState, line endings {state.LineEnding}");
        var analyzed = await VerifyStateAsync(run, state, verifier, cancellationToken);

        // Other line endings make no difference to what follows.
        if (state.LineEnding != LineEnding.AsWritten)
        {
            return analyzed;
        }

        var (solution, diagnostics) = analyzed;
        var reports = diagnostics.Any(ExclusionCheck.IsSubject);
        if (reports && !TestBehaviors.HasFlag(TestBehaviors.SkipGeneratedCodeCheck))
        {
            await ExclusionCheck.VerifyGeneratedCodeAsync(solution, run.Runner, verifier, cancellationToken);
        }

        if (reports && !TestBehaviors.HasFlag(TestBehaviors.SkipSuppressionCheck))
        {
            var ids = run.Supported.Select(rule => rule.Id).Distinct();
            await ExclusionCheck.VerifySuppressionAsync(solution, ids, run.Runner, verifier, cancellationToken);
        }

        if (!TestBehaviors.HasFlag(TestBehaviors.SkipDeterminismCheck))
        {
            await DeterminismCheck.VerifyAsync(solution, diagnostics, run.Runner, verifier, cancellationToken);
        }

        return analyzed;
    }
}
