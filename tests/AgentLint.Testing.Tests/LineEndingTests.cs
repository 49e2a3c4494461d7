using AgentLint.Testing.Tests.Subjects;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Formatting;

namespace AgentLint.Testing.Tests;

/// <summary>Each test runs with LF and with CR LF, unless it writes CR itself.</summary>
public class LineEndingTests
{
    [Fact]
    public Task Analyzer_that_sees_only_line_feeds_is_rejected() =>
        new CSharpAnalyzerTest<LineFeedAnalyzer, DefaultVerifier> { TestCode = "class [|a|]\n{\n}\n" }
            .IsRejectedAsync("In TestState, line endings CrLf", "Missing");

    [Fact]
    public Task Analyzer_that_sees_only_line_feeds_is_accepted_when_the_test_says_so() =>
        new CSharpAnalyzerTest<LineFeedAnalyzer, DefaultVerifier>
        {
            TestCode = "class [|a|]\n{\n}\n",
            TestBehaviors = TestBehaviors.SkipLineEndingCheck,
        }.IsAcceptedAsync();

    [Fact]
    public Task Text_with_carriage_returns_runs_as_it_is() =>
        new CSharpAnalyzerTest<LineFeedAnalyzer, DefaultVerifier> { TestCode = "class a\r\n{\r\n}\r\n" }.IsAcceptedAsync();

    [Fact]
    public Task Fix_that_inserts_line_feeds_is_rejected() =>
        Fix<LineFeedFix>("class [|a|]\n{ }\n", "class A\n{\n}\n")
            .IsRejectedAsync("In fixes one by one, line endings CrLf", "Only line endings differ");

    [Fact]
    public Task Fix_that_leaves_line_endings_to_the_formatter_is_accepted() =>
        Fix<FormattedFix>("class [|a|]\n{ }\n", "class A\n{\n}\n").IsAcceptedAsync();

    [Fact]
    public Task Fix_that_keeps_line_endings_is_accepted() => Fix<CapitalizeFix>("class [|a|]\n{ }\n", "class A\n{ }\n").IsAcceptedAsync();

    [Fact]
    public Task Configured_line_ending_is_what_the_formatter_inserts()
    {
        var test = Fix<FormattedFix>("class [|a|] { }", "class A\r\n{\r\n}");
        test.TestState.AnalyzerConfigFiles.Add(("/.editorconfig", "root = true\n[*.cs]\nend_of_line = crlf\n"));
        return test.IsAcceptedAsync();
    }

    [Fact]
    public Task Fixed_text_is_compared_with_its_line_endings() =>
        Fix<CapitalizeFix>("class [|a|]\r\n{ }\r\n", "class A\r\n{ }\n").IsRejectedAsync("Only line endings differ", "+{ }<CR><LF>");

    static CSharpCodeFixTest<SmallTypeNameAnalyzer, TFix, DefaultVerifier> Fix<TFix>(string code, string fixedCode)
        where TFix : CapitalizeFix, new() => new() { TestCode = code, FixedCode = fixedCode };

    sealed class LineFeedAnalyzer : SmallTypeNameAnalyzer
    {
        protected override void Report(SymbolAnalysisContext context)
        {
            if (!context.Symbol.Locations[0].SourceTree!.ToString().Contains('\r', StringComparison.Ordinal))
            {
                base.Report(context);
            }
        }
    }

    sealed class LineFeedFix : CapitalizeFix
    {
        protected override SyntaxNode Edit(BaseTypeDeclarationSyntax type) =>
            Capitalize(type).WithOpenBraceToken(SyntaxFactory.Token(SyntaxKind.OpenBraceToken).WithTrailingTrivia(SyntaxFactory.LineFeed));
    }

    sealed class FormattedFix : CapitalizeFix
    {
        protected override SyntaxNode Edit(BaseTypeDeclarationSyntax type) =>
            Capitalize(type)
                .WithIdentifier(SyntaxFactory.Identifier("A"))
                .WithOpenBraceToken(SyntaxFactory.Token(SyntaxKind.OpenBraceToken).WithTrailingTrivia(SyntaxFactory.ElasticMarker))
                .WithCloseBraceToken(type.CloseBraceToken.WithLeadingTrivia(SyntaxFactory.ElasticMarker))
                .WithAdditionalAnnotations(Formatter.Annotation);
    }
}
