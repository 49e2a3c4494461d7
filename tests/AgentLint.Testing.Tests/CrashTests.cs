using AgentLint.Testing.Tests.Subjects;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Testing.Tests;

/// <summary>Exceptions out of analyzers and fixes fail the test, wherever they are thrown.</summary>
public class CrashTests
{
    static CSharpAnalyzerTest<TAnalyzer, DefaultVerifier> Analyze<TAnalyzer>(string code)
        where TAnalyzer : DiagnosticAnalyzer, new() => new() { TestCode = code };

    static CSharpCodeFixTest<SmallTypeNameAnalyzer, TFix, DefaultVerifier> Fix<TFix>()
        where TFix : CodeFixProvider, new() => new() { TestCode = "class [|a|] { }", FixedCode = "class A { }" };

    [Fact]
    public Task Analyzer_that_throws_is_rejected() =>
        Analyze<ThrowingAnalyzer>("class [|a|] { }").IsRejectedAsync("AD0001: 'ThrowingAnalyzer' threw: ", "no good");

    [Fact]
    public Task Analyzer_that_throws_at_start_is_rejected() =>
        Analyze<ThrowingAtStartAnalyzer>("class A { }").IsRejectedAsync("AD0001: 'ThrowingAtStartAnalyzer' threw: ");

    [Fact]
    public Task Report_of_an_unsupported_id_is_rejected() =>
        Analyze<UnsupportedIdAnalyzer>("class a { }").IsRejectedAsync("AD0001", "T9999");

    [Fact]
    public Task Fix_that_throws_when_asked_is_rejected() =>
        Fix<ThrowsWhenAskedFix>().IsRejectedAsync("ThrowsWhenAskedFix was asked to fix T0001", "no good");

    [Fact]
    public Task Fix_that_throws_when_applied_is_rejected() =>
        Fix<ThrowsWhenAppliedFix>().IsRejectedAsync("'Capitalize' was applied", "no good");

    [Fact]
    public Task Fix_all_that_throws_is_rejected() =>
        Fix<ThrowsInFixAllFix>().IsRejectedAsync("ThrowsInFixAllFix was asked to fix all in Document", "no good");

    [Fact]
    public Task Cancellation_is_no_failure_of_the_subject() =>
        Assert.ThrowsAnyAsync<OperationCanceledException>(() => Fix<CapitalizeFix>().RunAsync(new CancellationToken(canceled: true)));

    sealed class ThrowingAnalyzer : SmallTypeNameAnalyzer
    {
        protected override void Report(SymbolAnalysisContext context) => throw new InvalidOperationException("no good");
    }

    sealed class ThrowingAtStartAnalyzer : SmallTypeNameAnalyzer
    {
        public override void Initialize(AnalysisContext context) => throw new InvalidOperationException("no good");
    }

    sealed class UnsupportedIdAnalyzer : SmallTypeNameAnalyzer
    {
        static readonly DiagnosticDescriptor Foreign = new("T9999", "Foreign", "Foreign", "Test", DiagnosticSeverity.Warning, isEnabledByDefault: true);

        protected override void Report(SymbolAnalysisContext context) =>
            context.ReportDiagnostic(Diagnostic.Create(Foreign, context.Symbol.Locations[0]));
    }

    sealed class ThrowsWhenAskedFix : CapitalizeFix
    {
        public override Task RegisterCodeFixesAsync(CodeFixContext context) => throw new InvalidOperationException("no good");
    }

    sealed class ThrowsWhenAppliedFix : CapitalizeFix
    {
        protected override SyntaxNode Edit(BaseTypeDeclarationSyntax type) => throw new InvalidOperationException("no good");
    }

    sealed class ThrowsInFixAllFix : CapitalizeFix
    {
        public override FixAllProvider GetFixAllProvider() =>
            FixAllProvider.Create((_, _, _) => throw new InvalidOperationException("no good"));
    }
}
