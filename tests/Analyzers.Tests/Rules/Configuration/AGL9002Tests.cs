using AgentLint.Rules.Configuration;
using Xunit;
using Verify = Microsoft.CodeAnalysis.CSharp.Testing.CSharpAnalyzerVerifier<AgentLint.Rules.Configuration.AGL9002_UnreadableCatalogueLine, Microsoft.CodeAnalysis.Testing.DefaultVerifier>;

namespace AgentLint.Tests.Rules.Configuration;

/// <summary>A catalogue line that cannot be read is reported where it stands, in every project.</summary>
public sealed class AGL9002Tests
{
    private const string Code = "namespace Contoso; public class Assistant { public string Ask(string question) => question; }";

    [Theory]
    [InlineData("model-cal Contoso.Assistant.Ask", "'model-cal' is not a role")]
    [InlineData("model-call", "'model-call' names no symbol")]
    [InlineData("model-call Assistant", "'Assistant' does not have the form Namespace.Type.Member")]
    [InlineData("model-call Contoso.Assistant.Ask blocks", "'blocks' is not a fact of 'model-call'")]
    public Task Line_that_cannot_be_read_is_reported_with_the_reason(string line, string problem) =>
        Run($"# our own\nmodel-call Contoso.Assistant.Ask\n{{|#0:{line}|}} # why\n", Verify.Diagnostic("AGL9002").WithLocation(0).WithArguments(problem));

    [Fact]
    public Task Other_files_are_not_read() => Run("model-cal Contoso.Assistant.Ask", "notes.txt");

    [Fact]
    public Task Line_that_names_nothing_is_silent_by_default() => Run("model-call Fabrikam.Assistant.Ask\nmodel-call Contoso.Assistant.Answer\n");

    [Fact]
    public Task Line_that_names_nothing_is_reported_when_asked_for()
    {
        var test = Create("{|#0:model-call Fabrikam.Assistant.Ask|}\n{|#1:model-call Contoso.Assistant.Answer|}\nmodel-call Contoso.Assistant.Ask,As*\n", "AgentLint.own.txt");
        test.TestState.AnalyzerConfigFiles.Add(("/.globalconfig", "is_global = true\nagentlint.AGL9002.report_unknown_symbols = true\n"));
        test.ExpectedDiagnostics.Add(Verify.Diagnostic("AGL9002").WithLocation(0).WithArguments("'Fabrikam.Assistant' is not in this compilation"));
        test.ExpectedDiagnostics.Add(Verify.Diagnostic("AGL9002").WithLocation(1).WithArguments("'Contoso.Assistant.Answer' is not in this compilation"));
        return test.RunAsync(TestContext.Current.CancellationToken);
    }

    private static Task Run(string catalogue, params DiagnosticResult[] expected)
    {
        var test = Create(catalogue, "AgentLint.own.txt");
        test.ExpectedDiagnostics.AddRange(expected);
        return test.RunAsync(TestContext.Current.CancellationToken);
    }

    private static Task Run(string text, string fileName) => Create(text, fileName).RunAsync(TestContext.Current.CancellationToken);

    private static StrictAnalyzerTest<AGL9002_UnreadableCatalogueLine> Create(string text, string fileName)
    {
        var test = new StrictAnalyzerTest<AGL9002_UnreadableCatalogueLine> { TestCode = Code };
        test.TestState.AdditionalFiles.Add(("/" + fileName, text));
        // Neither a pragma nor a header in a source file says anything about another file.
        test.TestBehaviors |= TestBehaviors.SkipGeneratedCodeCheck | TestBehaviors.SkipSuppressionCheck;
        return test;
    }
}
