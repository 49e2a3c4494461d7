using System.Collections.Immutable;
using AgentLint.Tests.Repository;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Xunit;

namespace AgentLint.Tests.Fuzz;

/// <summary>The fuzz test finds what it is for, and the same again.</summary>
public sealed class VariantTests
{
    private static readonly Variant Unvaried = new(0, 0, new Seed("here", "", IsReported: true), "class a { }");

    [Fact]
    public void Seeds_are_many_and_most_are_programs_of_tests()
    {
        Assert.True(Seeds.Sample.Length > 40);
        Assert.True(Seeds.Pages.Length > 100);
        Assert.True(Seeds.Tests.Length > 2_000);
        Assert.True(Seeds.Reported.Length > 800);
    }

    [Fact]
    public void Variant_is_the_same_each_time()
    {
        for (var number = 0; number < 200; number++)
            Assert.Equal(Variant.Of(7, number), Variant.Of(7, number));
    }

    [Fact]
    public void Variants_differ()
    {
        var texts = Enumerable.Range(0, 300).Select(number => Variant.Of(7, number)).ToList();

        Assert.True(texts.Select(variant => variant.Text).Distinct(StringComparer.Ordinal).Count() > 280);
        Assert.True(texts.Count(variant => variant.Text != variant.Origin.Text) > 280);
        Assert.NotEqual(texts[0], Variant.Of(8, 0));
    }

    [Fact]
    public async Task Analyzer_that_throws_is_found() =>
        Assert.Contains("AD0001", Assert.Single((await new VariantCheck([new Thrower()], []).RunAsync(Unvaried, TestContext.Current.CancellationToken)).Failures), StringComparison.Ordinal);

    [Fact]
    public async Task Fix_that_breaks_the_code_is_found() =>
        Assert.Contains("leaves CS", Assert.Single((await new VariantCheck([new Reporter()], [new Breaker()]).RunAsync(Unvaried, TestContext.Current.CancellationToken)).Failures), StringComparison.Ordinal);

    [Fact]
    public async Task Fix_that_throws_is_found() =>
        Assert.Contains("no good", Assert.Single((await new VariantCheck([new Reporter()], [new Thrower.Fix()]).RunAsync(Unvaried, TestContext.Current.CancellationToken)).Failures), StringComparison.Ordinal);

    [Fact]
    public async Task Seeds_of_the_sample_are_reported_as_in_the_whole_program()
    {
        var seed = Seeds.Sample.Single(seed => seed.Origin.EndsWith("Tools/RefundTools.cs", StringComparison.Ordinal));

        var outcome = await new VariantCheck(AllRules.Analyzers, AllRules.Fixes).RunAsync(new Variant(0, 0, seed, seed.Text), TestContext.Current.CancellationToken);

        Assert.Empty(outcome.Failures);
        Assert.True(outcome.Reports > 0);
    }

#pragma warning disable RS1008, RS2008, RS1036, RS1038, RS1041
    [DiagnosticAnalyzer(LanguageNames.CSharp)]
    private class Reporter : DiagnosticAnalyzer
    {
        private static readonly DiagnosticDescriptor Rule = new("T0001", "T", "T", "T", DiagnosticSeverity.Warning, isEnabledByDefault: true);

        public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Rule];

        public override void Initialize(AnalysisContext context)
        {
            context.EnableConcurrentExecution();
            context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
            context.RegisterSyntaxNodeAction(Look, SyntaxKind.ClassDeclaration);
        }

        protected virtual void Look(SyntaxNodeAnalysisContext context) => context.ReportDiagnostic(Diagnostic.Create(Rule, ((ClassDeclarationSyntax)context.Node).Identifier.GetLocation()));
    }

    private sealed class Thrower : Reporter
    {
        protected override void Look(SyntaxNodeAnalysisContext context) => throw new InvalidOperationException("no good");

        public sealed class Fix : Breaker
        {
            public override Task RegisterCodeFixesAsync(CodeFixContext context) => throw new InvalidOperationException("no good");
        }
    }

    private class Breaker : CodeFixProvider
    {
        public override ImmutableArray<string> FixableDiagnosticIds => ["T0001"];

        public override Task RegisterCodeFixesAsync(CodeFixContext context)
        {
            context.RegisterCodeFix(Microsoft.CodeAnalysis.CodeActions.CodeAction.Create("Break", _ => Task.FromResult(context.Document.WithText(Microsoft.CodeAnalysis.Text.SourceText.From("class a {")))), context.Diagnostics);
            return Task.CompletedTask;
        }
    }
}
