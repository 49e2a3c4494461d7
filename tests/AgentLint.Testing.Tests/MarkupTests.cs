using System.Collections.Immutable;
using AgentLint.Testing.Tests.Subjects;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Testing.Tests;

/// <summary>What stands for what in the text of a test.</summary>
public class MarkupTests
{
    static CSharpAnalyzerTest<SmallTypeNameAnalyzer, DefaultVerifier> Test(string code) => new() { TestCode = code };

    [Fact]
    public Task Spans_can_nest()
    {
        var test = Test("{|#0:class {|#1:{|T0001:a|}|} { }|}");
        test.ExpectedDiagnostics.Add(new DiagnosticResult("T0001", DiagnosticSeverity.Warning).WithLocation(1));
        return test.IsRejectedAsync("Expected 2 diagnostics, found 1.");
    }

    [Fact]
    public Task Named_and_unnamed_spans_can_overlap() =>
        Test("class [|A {|CS0000:{ |]}|}").IsRejectedAsync("(0,6)-(0,10): warning T0001", "(0,8)-(0,11): error CS0000");

    [Fact]
    public Task Numbered_spans_can_overlap()
    {
        var test = Test("{|#0:class {|#1:a|#0} { }|#1}");
        test.ExpectedDiagnostics.Add(DiagnosticResult.CompilerError("CS0000").WithLocation(0).WithLocation(1));
        return test.IsRejectedAsync("CS0000", "(0,0)-(0,7)");
    }

    [Theory]
    [InlineData("class [|a { }", "is not closed")]
    [InlineData("class {|T0001:a { }", "is not closed")]
    [InlineData("class a|] { }", "'|]' in /0/Test0.cs closes nothing")]
    [InlineData("class a|} { }", "'|}' in /0/Test0.cs closes nothing")]
    [InlineData("class [|a|} { }", "'|}' in /0/Test0.cs closes nothing")]
    [InlineData("class {|#0:a|#1} { }", "'|#1}' in /0/Test0.cs closes nothing")]
    [InlineData("class {|#0:a|} { } class {|#0:b|} { }", "Marker #0 stands twice")]
    public Task Markup_that_makes_no_sense_is_rejected(string code, string because) => Test(code).IsRejectedAsync(because);

    [Fact]
    public Task Marker_that_stands_nowhere_is_rejected()
    {
        var test = Test("class {|#0:a|} { }");
        test.ExpectedDiagnostics.Add(new DiagnosticResult("T0001", DiagnosticSeverity.Warning).WithLocation(1));
        return test.IsRejectedAsync("T0001 is expected at marker #1, which stands nowhere");
    }

    [Fact]
    public Task Unnamed_span_needs_an_analyzer_of_one_id() =>
        new CSharpAnalyzerTest<TwoRulesAnalyzer, DefaultVerifier> { TestCode = "class [|a|] { }" }
            .IsRejectedAsync("'[|…|]' can stand only for an analyzer with a single diagnostic id");

    [Fact]
    public Task Unnamed_span_can_be_given_a_meaning() => new DefaultsToFirst { TestCode = "class [|a|] { }" }.IsAcceptedAsync();

    [Fact]
    public Task Markup_in_additional_files_is_taken_out()
    {
        var test = Test("class A { }");
        test.TestState.AdditionalFiles.Add(("/list.txt", "a {|#0:b|}"));
        test.ExpectedDiagnostics.Add(new DiagnosticResult("T0001", DiagnosticSeverity.Warning).WithLocation(0));
        return test.IsRejectedAsync("/list.txt: (0,2)-(0,3)");
    }

    [Fact]
    public Task Markup_compares_the_severity_of_the_rule()
    {
        var test = Test("class [|a|] { }");
        test.TestState.AnalyzerConfigFiles.Add(("/.editorconfig", "root = true\n[*.cs]\ndotnet_diagnostic.T0001.severity = error\n"));
        return test.IsRejectedAsync("severity: expected Warning, found Error", ".WithSeverity(DiagnosticSeverity.Error)");
    }

    sealed class TwoRulesAnalyzer : SmallTypeNameAnalyzer
    {
        static readonly DiagnosticDescriptor Other = new("T0002", "Other", "Other", "Test", DiagnosticSeverity.Warning, isEnabledByDefault: true);

        public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Rule, Other];
    }

    sealed class DefaultsToFirst : CSharpAnalyzerTest<TwoRulesAnalyzer, DefaultVerifier>
    {
        protected override DiagnosticDescriptor GetDefaultDiagnostic(DiagnosticAnalyzer[] analyzers) => analyzers[0].SupportedDiagnostics[0];
    }
}
