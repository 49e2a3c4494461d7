using AgentLint.Tests.Repository;
using AgentLint.Tests.Stubs;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Tests.Pages;

/// <summary>Applies a rule's fix to a sample of its page, beside all rules.</summary>
internal sealed class PageFix : StrictCodeFixTest<EmptyDiagnosticAnalyzer, EmptyCodeFixProvider>
{
    private readonly string id;
    private readonly Sample sample;

    public PageFix(string id, Sample sample, IEnumerable<Diagnostic> reports, string fixedCode)
    {
        this.id = id;
        this.sample = sample;
        TestCode = sample.Code;
        FixedCode = fixedCode;
        TestState.OutputKind = sample.OutputKind;
        Libraries.AddTo(TestState);
        Libraries.AddTo(TestState, Library.UsedBy(sample.Code + fixedCode));
        TestState.AdditionalReferences.AddRange(MissingLibraries.UsedBy(sample.Code).Select(stub => stub.Reference));
        foreach (var report in reports)
            ExpectedDiagnostics.Add(
                new DiagnosticResult(report.Id, report.Severity)
                    .WithSpan(new FileLinePositionSpan("", report.Location.GetLineSpan().Span))
                    .WithOptions(DiagnosticOptions.IgnoreAdditionalLocations));
        // The rule's own tests see to that.
        SkipsDeterminism = true;
        TestBehaviors = TestBehaviors.SkipGeneratedCodeCheck | TestBehaviors.SkipSuppressionCheck;
    }

    public static bool IsFor(string id) => FixesOf(id).Any();

    protected override IEnumerable<DiagnosticAnalyzer> GetDiagnosticAnalyzers() => AllRules.Analyzers;

    protected override IEnumerable<CodeFixProvider> GetCodeFixProviders() => FixesOf(id);

    protected override ParseOptions CreateParseOptions() => Sample.ParseOptions;

    protected override CompilationOptions CreateCompilationOptions() => sample.CompilationOptions;

    private static IEnumerable<CodeFixProvider> FixesOf(string id) => AllRules.Fixes.Where(fix => fix.FixableDiagnosticIds.Contains(id));
}
