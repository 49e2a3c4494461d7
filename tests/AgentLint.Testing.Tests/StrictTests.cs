using System.Collections.Immutable;
using AgentLint.Testing.Tests.Subjects;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Testing;
using Microsoft.CodeAnalysis.Text;

namespace AgentLint.Testing.Tests;

/// <summary>What the subclasses add to the official tests: a good analyzer and a good fix pass, each kind of bad one is rejected, and the test says why.</summary>
public sealed class StrictTests
{
    private const string Small = "class [|small|]\n{\n}\n";
    private const string Capital = "class Small\n{\n}\n";

    [Fact]
    public Task Good_analyzer_passes() => new StrictAnalyzerTest<SmallTypeNameAnalyzer> { TestCode = Small }.RunAsync(TestContext.Current.CancellationToken);

    [Fact]
    public Task Good_fix_passes() => Fix<CapitalizeFix>(Small, Capital).RunAsync(TestContext.Current.CancellationToken);

    [Fact]
    public Task Framework_is_the_installed_one() =>
        new StrictAnalyzerTest<SmallTypeNameAnalyzer> { TestCode = "class C { System.Threading.Lock gate = new(); }" }.RunAsync(TestContext.Current.CancellationToken);

    [Fact]
    public Task Report_that_is_not_expected() => RejectedAsync(new StrictAnalyzerTest<SmallTypeNameAnalyzer> { TestCode = "class small { }" }, "expected \"0\" actual \"1\"");

    [Fact]
    public Task Report_that_is_missing() => RejectedAsync(new StrictAnalyzerTest<SmallTypeNameAnalyzer> { TestCode = "class [|Large|] { }" }, "expected \"1\" actual \"0\"");

    [Fact]
    public Task Code_that_does_not_compile() => RejectedAsync(new StrictAnalyzerTest<SmallTypeNameAnalyzer> { TestCode = "class C : Missing { }" }, "CS0246");

    [Fact]
    public Task Analyzer_that_throws() => RejectedAsync(new StrictAnalyzerTest<Throwing> { TestCode = "class small { }" }, "AD0001");

    [Fact]
    public Task Analyzer_that_reports_in_generated_code() => RejectedAsync(new StrictAnalyzerTest<InGeneratedCode> { TestCode = Small }, "auto-generated");

    [Fact]
    public Task Report_that_no_pragma_suppresses() => RejectedAsync(WithFileLocation("/0/Test0.cs"), "without its syntax tree");

    [Fact]
    public Task Analyzer_that_reports_once_only() => RejectedAsync(new StrictAnalyzerTest<Forgetful> { TestCode = Small, TestBehaviors = TestBehaviors.SkipGeneratedCodeCheck | TestBehaviors.SkipSuppressionCheck }, "analyses at once are not the same");

    [Fact]
    public Task Analyzer_that_stumbles_over_carriage_returns() => RejectedAsync(new StrictAnalyzerTest<LineFeedsOnly> { TestCode = Small }, "With CR LF");

    [Theory]
    [InlineData("dotnet_diagnostic.T0001.severity = error", DiagnosticSeverity.Error)]
    [InlineData("dotnet_analyzer_diagnostic.category-Test.severity = error", DiagnosticSeverity.Error)]
    [InlineData("unrelated = true", DiagnosticSeverity.Warning)]
    public Task Editorconfig_sets_severities(string line, DiagnosticSeverity severity)
    {
        var test = new StrictAnalyzerTest<SmallTypeNameAnalyzer> { TestCode = "class {|#0:small|} { }" };
        test.TestState.AnalyzerConfigFiles.Add(("/.editorconfig", $"root = true\n[*.cs]\n{line}\n"));
        test.ExpectedDiagnostics.Add(new DiagnosticResult(SmallTypeNameAnalyzer.Id, severity).WithLocation(0));
        return test.RunAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public Task Fix_with_another_text() => RejectedAsync(Fix<CapitalizeFix>(Small, "class SMALL\n{\n}\n"), "did not match");

    [Fact]
    public Task Fix_that_is_offered_where_none_may_be() => RejectedAsync(Fix<CapitalizeFix>(Small, Small), "did not match");

    [Fact]
    public Task Fix_that_leaves_code_that_does_not_compile() => RejectedAsync(Fix<Breaking>(Small, "class Small : Missing\n{\n}\n"), "CS0246");

    [Fact]
    public Task Fix_without_fix_all() => RejectedAsync(Fix<OneOnly>("class [|a|] { }\nclass [|b|] { }\n", "class A { }\nclass B { }\n", all: "class A { }\nclass b { }\n"), "Fix all");

    [Fact]
    public Task Fix_that_writes_line_feeds_only() => RejectedAsync(Fix<LineFeeds>(Small, "class Small\n{\n}\n\n"), "With CR LF");

    [Fact]
    public Task Fix_whose_tree_its_text_does_not_parse_to() => RejectedAsync(Fix<OddTree>(Small, "class Small.Type\n{\n}\n", CompilerDiagnostics.None), "Token");

    private static StrictCodeFixTest<SmallTypeNameAnalyzer, TFix> Fix<TFix>(string code, string fixedCode, CompilerDiagnostics errors = CompilerDiagnostics.Errors, string? all = null)
        where TFix : CodeFixProvider, new()
    {
        var test = new StrictCodeFixTest<SmallTypeNameAnalyzer, TFix> { TestCode = code, FixedCode = fixedCode, CompilerDiagnostics = errors };
        if (all != null)
            test.BatchFixedState.Sources.Add(all);
        return test;
    }

    private static StrictAnalyzerTest<ByPath> WithFileLocation(string path)
    {
        var test = new StrictAnalyzerTest<ByPath> { TestCode = "class small { }" };
        test.ExpectedDiagnostics.Add(new DiagnosticResult(SmallTypeNameAnalyzer.Rule).WithSpan(path, 1, 1, 1, 2).WithArguments("small", "s"));
        return test;
    }

    private static async Task RejectedAsync(AnalyzerTest<DefaultVerifier> test, string because)
    {
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => test.RunAsync(TestContext.Current.CancellationToken));
        Assert.Contains(because, failure.Message, StringComparison.Ordinal);
    }

    [DiagnosticAnalyzer(LanguageNames.CSharp)]
    private sealed class Throwing : SmallTypeNameAnalyzer
    {
        protected override void Report(SymbolAnalysisContext context) => throw new InvalidOperationException();
    }

    [DiagnosticAnalyzer(LanguageNames.CSharp)]
    private sealed class InGeneratedCode : SmallTypeNameAnalyzer
    {
        protected override GeneratedCodeAnalysisFlags GeneratedCode => GeneratedCodeAnalysisFlags.Analyze | GeneratedCodeAnalysisFlags.ReportDiagnostics;
    }

    [DiagnosticAnalyzer(LanguageNames.CSharp)]
    private sealed class ByPath : SmallTypeNameAnalyzer
    {
        protected override void Report(SymbolAnalysisContext context) =>
            context.ReportDiagnostic(Create(context, Location.Create("/0/Test0.cs", new TextSpan(0, 1), new LinePositionSpan(new(0, 0), new(0, 1)))));
    }

    [DiagnosticAnalyzer(LanguageNames.CSharp)]
    private sealed class Forgetful : SmallTypeNameAnalyzer
    {
        private int reports;

        protected override void Report(SymbolAnalysisContext context)
        {
            if (Interlocked.Increment(ref reports) < 4)
                base.Report(context);
        }
    }

    [DiagnosticAnalyzer(LanguageNames.CSharp)]
    private sealed class LineFeedsOnly : SmallTypeNameAnalyzer
    {
        protected override void Report(SymbolAnalysisContext context)
        {
            if (!context.Symbol.Locations[0].SourceTree!.ToString().Contains('\r', StringComparison.Ordinal))
                base.Report(context);
        }
    }

    private sealed class Breaking : CapitalizeFix
    {
        protected override SyntaxNode Edit(BaseTypeDeclarationSyntax type) =>
            SyntaxFactory.ParseMemberDeclaration(Capitalize(type).ToFullString().Replace("Small", "Small : Missing", StringComparison.Ordinal))!;
    }

    private sealed class OneOnly : CapitalizeFix
    {
        public override FixAllProvider? GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;
    }

    private sealed class LineFeeds : CapitalizeFix
    {
        protected override SyntaxNode Edit(BaseTypeDeclarationSyntax type) => Capitalize(type).WithTrailingTrivia(SyntaxFactory.LineFeed, SyntaxFactory.LineFeed);
    }

    private sealed class OddTree : CapitalizeFix
    {
        protected override SyntaxNode Edit(BaseTypeDeclarationSyntax type) =>
            type.WithIdentifier(SyntaxFactory.Identifier("Small.Type").WithTriviaFrom(type.Identifier));
    }
}
