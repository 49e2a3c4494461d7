using AgentLint.Testing.Tests.Subjects;
using Microsoft.CodeAnalysis;
using Verify = AgentLint.Testing.CSharpAnalyzerVerifier<AgentLint.Testing.Tests.Subjects.SmallTypeNameAnalyzer, AgentLint.Testing.DefaultVerifier>;

namespace AgentLint.Testing.Tests;

/// <summary>Spans, ids, severities, messages and numbers of diagnostics.</summary>
public class ExactDiagnosticsTests
{
    static CSharpAnalyzerTest<SmallTypeNameAnalyzer, DefaultVerifier> Test(string code, params DiagnosticResult[] expected)
    {
        var test = new CSharpAnalyzerTest<SmallTypeNameAnalyzer, DefaultVerifier> { TestCode = code };
        test.ExpectedDiagnostics.AddRange(expected);
        return test;
    }

    [Theory]
    [InlineData("class A { }")]
    [InlineData("class [|a|] { }")]
    [InlineData("class {|T0001:a|} { }")]
    [InlineData("class [|a|]\n{\n    class [|b|] { }\n}\n")]
    public Task Markup_that_is_right_is_accepted(string code) => Test(code).IsAcceptedAsync();

    [Fact]
    public Task Whole_expectation_that_is_right_is_accepted() =>
        Test("class a { }", Verify.Diagnostic().WithSpan(1, 7, 1, 8).WithArguments("a", 'a').WithSeverity(DiagnosticSeverity.Warning)).IsAcceptedAsync();

    [Fact]
    public Task Expectation_at_a_marker_is_accepted() =>
        Test("class {|#0:a|} { }", Verify.Diagnostic("T0001").WithLocation(0).WithMessage("Type 'a' starts with 'a'")).IsAcceptedAsync();

    [Fact]
    public Task Start_alone_is_accepted() =>
        Test("class abc { }", Verify.Diagnostic().WithLocation(1, 7).WithArguments("abc", 'a')).IsAcceptedAsync();

    [Fact]
    public Task Id_and_severity_without_message_are_accepted() =>
        Test("class {|#0:a|} { }", new DiagnosticResult("T0001", DiagnosticSeverity.Warning).WithLocation(0)).IsAcceptedAsync();

    [Fact]
    public Task Arguments_without_rule_are_compared_with_the_reported_rule() =>
        Test("class {|#0:a|} { }", new DiagnosticResult("T0001", DiagnosticSeverity.Warning).WithLocation(0).WithArguments("b", 'a'))
            .IsRejectedAsync("message: expected 'Type 'b' starts with 'a'', found 'Type 'a' starts with 'a''");

    [Fact]
    public Task Missing_diagnostic_is_rejected() =>
        Test("class [|A|] { }").IsRejectedAsync("Expected 1 diagnostics, found 0.", "/0/Test0.cs: (0,6)-(0,7): warning T0001");

    [Fact]
    public Task Surplus_diagnostic_is_rejected_and_printed_to_be_pasted() =>
        Test("class a { }").IsRejectedAsync(
            "Expected 0 diagnostics, found 1.",
            """Diagnostic("T0001").WithSpan(1, 7, 1, 8).WithMessage("Type 'a' starts with 'a'"),""");

    [Fact]
    public Task What_is_printed_is_accepted_when_pasted() =>
        Test("class a { }", Verify.Diagnostic("T0001").WithSpan(1, 7, 1, 8).WithMessage("Type 'a' starts with 'a'")).IsAcceptedAsync();

    [Fact]
    public Task Same_diagnostic_must_be_expected_once() =>
        Test("class {|#0:a|} { }", At(0), At(0)).IsRejectedAsync("Expected 2 diagnostics, found 1.");

    [Fact]
    public Task Wrong_end_is_rejected() =>
        Test("class [|ab|]c { }").IsRejectedAsync("location: expected /0/Test0.cs: (0,6)-(0,8), found /0/Test0.cs: (0,6)-(0,9)");

    [Fact]
    public Task Wrong_start_is_rejected() =>
        Test("class abc { }", Verify.Diagnostic().WithLocation(1, 6).WithArguments("abc", 'a')).IsRejectedAsync("location: expected");

    [Fact]
    public Task Wrong_id_is_rejected() =>
        Test("class {|#0:a|} { }", new DiagnosticResult("T0002", DiagnosticSeverity.Warning).WithLocation(0)).IsRejectedAsync("warning T0002", "\"T0001\"");

    [Fact]
    public Task Wrong_severity_is_rejected() =>
        Test("class {|#0:a|} { }", At(0).WithSeverity(DiagnosticSeverity.Error)).IsRejectedAsync("severity: expected Error, found Warning");

    [Fact]
    public Task Wrong_message_is_rejected() =>
        Test("class {|#0:a|} { }", At(0).WithMessage("Type")).IsRejectedAsync("message: expected 'Type'");

    [Fact]
    public Task Wrong_arguments_are_rejected() =>
        Test("class {|#0:a|} { }", At(0).WithArguments("a", 'b')).IsRejectedAsync("message: expected 'Type 'a' starts with 'b''");

    [Fact]
    public Task Rule_with_placeholders_needs_arguments() =>
        Test("class {|#0:a|} { }", Verify.Diagnostic(SmallTypeNameAnalyzer.Rule).WithLocation(0)).IsRejectedAsync("message: expected 'Type '{0}'");

    [Fact]
    public Task Open_expectation_leaves_the_exact_one_its_diagnostic() =>
        // The first fits both diagnostics, the second only the first of them.
        Test(
            "class {|#0:a|} { }\nclass {|#1:b|} { }",
            At(1).WithMessage(null),
            At(0).WithArguments("a", 'a')).IsAcceptedAsync();

    [Fact]
    public Task Diagnostic_that_is_turned_off_is_not_expected()
    {
        var test = Test("class a { }");
        test.DisabledDiagnostics.Add("T0001");
        return test.IsAcceptedAsync();
    }

    [Fact]
    public Task Test_without_source_is_rejected() =>
        new CSharpAnalyzerTest<SmallTypeNameAnalyzer, DefaultVerifier>().IsRejectedAsync("The test has no source");

    [Fact]
    public Task Short_form_runs_the_test() =>
        Assert.ThrowsAsync<AnalyzerTestFailedException>(() => Verify.VerifyAnalyzerAsync("class a { }"));

    [Fact]
    public async Task Short_form_takes_expectations() =>
        Assert.Null(await Record.ExceptionAsync(() => Verify.VerifyAnalyzerAsync("class {|#0:a|} { }", At(0))));

    [Fact]
    public void Short_form_knows_only_the_rules_of_the_analyzer() =>
        Assert.Throws<AnalyzerTestFailedException>(() => Verify.Diagnostic("T0002"));

    static DiagnosticResult At(int marker) => Verify.Diagnostic().WithLocation(marker).WithMessage(null);
}
