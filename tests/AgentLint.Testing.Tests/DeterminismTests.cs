using System.Collections.Concurrent;
using AgentLint.Testing.Tests.Subjects;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Testing.Tests;

/// <summary>Reports do not depend on what was analysed before or at the same time.</summary>
public class DeterminismTests
{
    [Fact]
    public Task Analyzer_that_remembers_is_rejected() =>
        new CSharpAnalyzerTest<RemembersAnalyzer, DefaultVerifier> { TestCode = "class [|a|] { }" }
            .IsRejectedAsync("8 analyses at once", "The reports are not the same on every run");

    [Fact]
    public Task Analyzer_that_remembers_is_accepted_when_the_test_says_so() =>
        new CSharpAnalyzerTest<RemembersAnalyzer, DefaultVerifier>
        {
            TestCode = "class [|a|] { }",
            TestBehaviors = TestBehaviors.SkipDeterminismCheck,
        }.IsAcceptedAsync();

    [Fact]
    public Task Analyzer_that_reports_as_it_pleases_is_rejected()
    {
        var test = new CSharpAnalyzerTest<CountingAnalyzer, DefaultVerifier> { TestCode = "class {|#0:a|} { }" };
        test.ExpectedDiagnostics.Add(new DiagnosticResult("T0001", DiagnosticSeverity.Warning).WithLocation(0));
        return test.IsRejectedAsync("The reports are not the same on every run");
    }

    [Fact]
    public Task Many_types_are_analysed_in_any_order() =>
        new CSharpAnalyzerTest<SmallTypeNameAnalyzer, DefaultVerifier>
        {
            TestCode = string.Concat(Enumerable.Range(0, 100).Select(i => $"class [|a{i}|] {{ }}\n")),
        }.IsAcceptedAsync();

    /// <summary>Reports a name once in its life.</summary>
    sealed class RemembersAnalyzer : SmallTypeNameAnalyzer
    {
        readonly ConcurrentDictionary<string, bool> seen = new(StringComparer.Ordinal);

        protected override void Report(SymbolAnalysisContext context)
        {
            if (seen.TryAdd(context.Symbol.Name, true))
            {
                base.Report(context);
            }
        }
    }

    /// <summary>Says in each message how often it has reported.</summary>
    sealed class CountingAnalyzer : SmallTypeNameAnalyzer
    {
        int count;

        protected override void Report(SymbolAnalysisContext context) =>
            context.ReportDiagnostic(Diagnostic.Create(Rule, context.Symbol.Locations[0], "a", Interlocked.Increment(ref count)));
    }
}
