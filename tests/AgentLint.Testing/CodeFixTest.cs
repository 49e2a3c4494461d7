using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;

namespace AgentLint.Testing;

/// <summary>
/// Runs analyzers as <see cref="AnalyzerTest{TVerifier}"/> does, then fixes one by one and all at once, and demands the expected
/// text each time. Where the fixed sources are the same as before, no fix may be offered; where there are none, fixes are not tested.
/// </summary>
/// <typeparam name="TVerifier">How failures are raised.</typeparam>
public abstract class CodeFixTest<TVerifier> : AnalyzerTest<TVerifier>
    where TVerifier : IVerifier, new()
{
    /// <summary>Creates a test that has no source as yet.</summary>
    protected CodeFixTest() => FixedState = new(DefaultTestProjectName, DefaultFilePathPrefix, DefaultFileExt);

    /// <summary>Adds a source file to <see cref="FixedState"/>; its markup declares the diagnostics that remain.</summary>
    public string? FixedCode
    {
        set
        {
            if (value is not null)
            {
                FixedState.Sources.Add(value);
            }
        }
    }

    /// <summary>The projects after the fix. What is not named here is as in the state before.</summary>
    public SolutionState FixedState { get; }

    /// <summary>
    /// The number of single fixes until none is offered: exact when positive or zero, at most its absolute value when negative.
    /// Null stands for at most one for each diagnostic that there was a fix for at first.
    /// </summary>
    public int? NumberOfIncrementalIterations { get; set; }

    /// <summary>The number of Fix All in the solution, counted likewise; null stands for at most one for each id and action.</summary>
    public int? NumberOfFixAllIterations { get; set; }

    /// <summary>The number of Fix All in documents, counted likewise; null stands for at most one for each document, id and action.</summary>
    public int? NumberOfFixAllInDocumentIterations { get; set; }

    /// <summary>The number of Fix All in projects, counted likewise; null stands for at most one for each project, id and action.</summary>
    public int? NumberOfFixAllInProjectIterations { get; set; }

    /// <summary>Checks to do without.</summary>
    public CodeFixTestBehaviors CodeFixTestBehaviors { get; set; }

    /// <summary>Which of the actions of a diagnostic is applied, from 0 in the order of registration; null stands for the first that fits.</summary>
    public int? CodeActionIndex { get; set; }

    /// <summary>The equivalence key of the action that is applied; null stands for any.</summary>
    public string? CodeActionEquivalenceKey { get; set; }

    /// <summary>Looks at each single action before it is applied, for example at its title.</summary>
    public Action<CodeAction, IVerifier>? CodeActionVerifier { get; set; }

    /// <summary>How closely the trees that a fix built are compared with what their text parses to.</summary>
    public CodeActionValidationMode CodeActionValidationMode { get; set; } = CodeActionValidationMode.SemanticStructure;

    /// <inheritdoc/>
    protected override async Task RunImplAsync(CancellationToken cancellationToken)
    {
        if (!HasFiles(FixedState))
        {
            await base.RunImplAsync(cancellationToken);
            return;
        }

        var run = CreateRun();
        var offers = new FixOffers([.. GetCodeFixProviders()], CodeActionIndex, CodeActionEquivalenceKey);
        var fixedState = StateInheritance.Complete(FixedState, TestState, offers.FixableIds);
        foreach (var ending in LineEndingsToTest(TestState, fixedState))
        {
            var state = run.Evaluator.Evaluate(TestState, ending);
            var before = await VerifyTestStateAsync(run, state, cancellationToken);

            var expected = run.Evaluator.Evaluate(fixedState, ending);
            var verifier = run.Verifier.PushContext($"FixedState, line endings {ending}");
            await VerifyStateAsync(run, expected, verifier, cancellationToken);
            if (state.HasSameFiles(expected))
            {
                var offered = await offers.FindAsync(before, verifier, cancellationToken);
                verifier.Empty("fixes that are offered although FixedState is the same as TestState", offered);
                continue;
            }

            // What an action may leave behind is known only where nothing is expected to be broken.
            var mustCompile = CompilerDiagnostics != CompilerDiagnostics.None
                && !before.Diagnostics.Any(d => d.IsCompilerError()) && !expected.Expected.Any(d => d.Id.StartsWith("CS", StringComparison.Ordinal));
            var fix = new FixVerification(before, expected, offers, new(CodeActionValidationMode), run.Runner, mustCompile);
            await VerifyFixAsync(fix, ending, run.Verifier, cancellationToken);
        }
    }

    /// <summary>The code fixes to run; called once per test.</summary>
    /// <returns>The code fixes.</returns>
    protected abstract IEnumerable<CodeFixProvider> GetCodeFixProviders();

    async Task VerifyFixAsync(FixVerification fix, LineEnding ending, IVerifier verifier, CancellationToken cancellationToken)
    {
        var single = verifier.PushContext($"fixes one by one, line endings {ending}");
        var offers = await fix.Offers.FindAsync(fix.Before, single, cancellationToken);
        single.NotEmpty("fixes that are offered", offers);
        if (ending == LineEnding.AsWritten && !CodeFixTestBehaviors.HasFlag(CodeFixTestBehaviors.SkipLocalDiagnosticCheck))
        {
            await LocalDiagnosticCheck.VerifyAsync(offers, fix.Runner, single, cancellationToken);
        }

        var once = CodeFixTestBehaviors.HasFlag(CodeFixTestBehaviors.FixOne);
        await fix.RunUntilStableAsync(
            NumberOfIncrementalIterations ?? -offers.Length,
            (current, offer) =>
            {
                CodeActionVerifier?.Invoke(offer.Action, single);
                return fix.StepAsync(offer.Action, current.Solution, single, cancellationToken);
            },
            once,
            single,
            cancellationToken);

        foreach (var (scope, iterations, skip) in FixAllPasses().Where(pass => !once && !CodeFixTestBehaviors.HasFlag(pass.Skip)))
        {
            await new FixAllCheck(fix, scope, iterations)
                .VerifyAsync(verifier.PushContext($"Fix All in {scope}, line endings {ending}"), cancellationToken);
        }
    }

    IEnumerable<(FixAllScope Scope, int? Iterations, CodeFixTestBehaviors Skip)> FixAllPasses() =>
    [
        (FixAllScope.Document, NumberOfFixAllInDocumentIterations, CodeFixTestBehaviors.SkipFixAllInDocumentCheck),
        (FixAllScope.Project, NumberOfFixAllInProjectIterations, CodeFixTestBehaviors.SkipFixAllInProjectCheck),
        (FixAllScope.Solution, NumberOfFixAllIterations, CodeFixTestBehaviors.SkipFixAllInSolutionCheck),
    ];

    static bool HasFiles(SolutionState state) =>
        state.AdditionalProjects.Values.Prepend(state).Any(p => p.Sources.Count + p.AdditionalFiles.Count + p.AnalyzerConfigFiles.Count > 0);
}
