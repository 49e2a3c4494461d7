using AgentLint.Testing.Tests.Subjects;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace AgentLint.Testing.Tests;

/// <summary>Fix All must lead to the same text as the fixes one by one, in each scope.</summary>
public class FixAllTests
{
    static CSharpCodeFixTest<SmallTypeNameAnalyzer, TFix, DefaultVerifier> Test<TFix>(CodeFixTestBehaviors behaviors = CodeFixTestBehaviors.None)
        where TFix : CodeFixProvider, new()
    {
        var test = new CSharpCodeFixTest<SmallTypeNameAnalyzer, TFix, DefaultVerifier> { CodeFixTestBehaviors = behaviors };
        test.TestState.Sources.Add("class [|a|] { class [|b|] { } }");
        test.TestState.Sources.Add("class [|c|] { }");
        test.FixedState.Sources.Add("class A { class B { } }");
        test.FixedState.Sources.Add("class C { }");
        test.TestState.AdditionalProjects["Other"].Sources.Add("class [|d|] { }");
        test.FixedState.AdditionalProjects["Other"].Sources.Add("class D { }");
        return test;
    }

    [Fact]
    public Task Fix_all_over_documents_and_projects_is_accepted() => Test<DocumentFix>().IsAcceptedAsync();

    [Fact]
    public Task Fix_all_that_drops_overlapping_edits_is_rejected() =>
        // The batch fixer keeps but one of several edits of the same place.
        new CSharpCodeFixTest<SmallTypeNameAnalyzer, OverlappingFix, DefaultVerifier>
        {
            TestCode = "class [|a|] { } class [|b|] { }",
            FixedCode = "/*b*//*a*/class A { } class B { }",
        }.IsRejectedAsync("In Fix All in Document");

    [Fact]
    public Task Missing_fix_all_is_rejected() => Test<NoFixAllFix>().IsRejectedAsync("NoFixAllFix has no Fix All");

    [Fact]
    public Task Missing_fix_all_is_accepted_when_the_test_says_so() =>
        Test<NoFixAllFix>(CodeFixTestBehaviors.SkipFixAllCheck).IsAcceptedAsync();

    [Fact]
    public Task Missing_scope_is_rejected() => Test<NoSolutionScopeFix>().IsRejectedAsync("NoSolutionScopeFix has no Fix All in Solution");

    [Fact]
    public Task Missing_scope_is_accepted_when_the_test_says_so() =>
        Test<NoSolutionScopeFix>(CodeFixTestBehaviors.SkipFixAllInSolutionCheck).IsAcceptedAsync();

    [Theory]
    [InlineData(CodeFixTestBehaviors.None, "Fix All in Document")]
    [InlineData(CodeFixTestBehaviors.SkipFixAllInDocumentCheck, "Fix All in Project")]
    [InlineData(CodeFixTestBehaviors.SkipFixAllInDocumentCheck | CodeFixTestBehaviors.SkipFixAllInProjectCheck, "Fix All in Solution")]
    public Task Fix_all_with_another_text_is_rejected_in_each_scope(CodeFixTestBehaviors behaviors, string scope) =>
        Test<OtherTextFix>(behaviors).IsRejectedAsync($"In {scope}", "+// all");

    [Fact]
    public Task Fix_all_that_does_nothing_is_rejected() => Test<EmptyFixAllFix>().IsRejectedAsync("Fix All in Document has nothing to offer");

    [Fact]
    public Task Fix_all_that_changes_nothing_is_rejected() => Test<IdleFixAllFix>().IsRejectedAsync("changes nothing");

    [Fact]
    public Task Fix_all_that_fixes_one_at_a_time_is_rejected() =>
        Test<OneAtATimeFix>().IsRejectedAsync("In Fix All in Document", "iterations, which should be enough");

    [Theory]
    [InlineData(3, true)]
    [InlineData(2, false)]
    [InlineData(4, false)]
    public Task Number_of_documents_is_held(int iterations, bool isRight)
    {
        var test = Test<DocumentFix>();
        test.NumberOfFixAllInDocumentIterations = iterations;
        return isRight ? test.IsAcceptedAsync() : test.IsRejectedAsync("Fix All in Document", "iterations");
    }

    [Fact]
    public Task Action_without_equivalence_key_is_rejected() => Test<NoKeyFix>().IsRejectedAsync("no equivalence key");

    [Fact]
    public Task Fix_of_a_report_from_the_end_of_the_compilation_is_rejected() =>
        AtEnd(CodeFixTestBehaviors.None).IsRejectedAsync("An editor cannot offer 'Capitalize' for T0001");

    [Fact]
    public Task Fix_of_a_report_from_the_end_of_the_compilation_is_accepted_when_the_test_says_so() =>
        AtEnd(CodeFixTestBehaviors.SkipLocalDiagnosticCheck).IsAcceptedAsync();

    static CSharpCodeFixTest<ReportsAtEndAnalyzer, CapitalizeFix, DefaultVerifier> AtEnd(CodeFixTestBehaviors behaviors) => new()
    {
        TestCode = "class [|a|] { }",
        FixedCode = "class A { }",
        CodeFixTestBehaviors = behaviors,
    };

    static async Task<Document?> CapitalizeAllAsync(Document document, IEnumerable<Diagnostic> diagnostics)
    {
        var text = await document.GetTextAsync();
        var changes = diagnostics.Select(d => new TextChange(
            d.Location.SourceSpan, text.ToString(d.Location.SourceSpan).ToUpperInvariant()));
        return document.WithText(text.WithChanges(changes));
    }

    sealed class DocumentFix : CapitalizeFix
    {
        public override FixAllProvider GetFixAllProvider() =>
            FixAllProvider.Create((_, document, diagnostics) => CapitalizeAllAsync(document, diagnostics));
    }

    /// <summary>Writes the old name at the start of the file.</summary>
    sealed class OverlappingFix : CapitalizeFix
    {
        protected override async Task<Document> EditAsync(Document document, Diagnostic diagnostic, CancellationToken cancellationToken)
        {
            var text = await document.GetTextAsync(cancellationToken);
            var name = text.ToString(diagnostic.Location.SourceSpan);
            return document.WithText(text.Replace(diagnostic.Location.SourceSpan, name.ToUpperInvariant()).Replace(0, 0, $"/*{name}*/"));
        }
    }

    sealed class NoFixAllFix : CapitalizeFix
    {
        public override FixAllProvider? GetFixAllProvider() => null;
    }

    sealed class NoSolutionScopeFix : CapitalizeFix
    {
        public override FixAllProvider GetFixAllProvider() =>
            FixAllProvider.Create((_, document, diagnostics) => CapitalizeAllAsync(document, diagnostics), [FixAllScope.Document, FixAllScope.Project]);
    }

    sealed class OtherTextFix : CapitalizeFix
    {
        public override FixAllProvider GetFixAllProvider() => FixAllProvider.Create(async (_, document, diagnostics) =>
        {
            var changed = (await CapitalizeAllAsync(document, diagnostics))!;
            var text = await changed.GetTextAsync();
            return changed.WithText(text.Replace(0, 0, "// all\n"));
        });
    }

    sealed class EmptyFixAllFix : CapitalizeFix
    {
        public override FixAllProvider GetFixAllProvider() => new Provider();

        sealed class Provider : FixAllProvider
        {
            public override Task<CodeAction?> GetFixAsync(FixAllContext fixAllContext) => Task.FromResult<CodeAction?>(null);
        }
    }

    sealed class IdleFixAllFix : CapitalizeFix
    {
        public override FixAllProvider GetFixAllProvider() =>
            FixAllProvider.Create((_, document, _) => Task.FromResult<Document?>(document));
    }

    sealed class OneAtATimeFix : CapitalizeFix
    {
        public override FixAllProvider GetFixAllProvider() =>
            FixAllProvider.Create((_, document, diagnostics) => CapitalizeAllAsync(document, diagnostics.Take(1)));
    }

    sealed class NoKeyFix : CapitalizeFix
    {
        protected override string? EquivalenceKey => null;
    }

    sealed class ReportsAtEndAnalyzer : SmallTypeNameAnalyzer
    {
        public override void Initialize(AnalysisContext context)
        {
            context.ConfigureGeneratedCodeAnalysis(GeneratedCode);
            context.EnableConcurrentExecution();
            context.RegisterCompilationAction(end =>
            {
                foreach (var type in end.Compilation.SourceModule.GlobalNamespace.GetTypeMembers().Where(t => char.IsLower(t.Name[0])))
                {
                    end.ReportDiagnostic(Diagnostic.Create(Rule, type.Locations[0], type.Name, type.Name[0]));
                }
            });
        }
    }
}
