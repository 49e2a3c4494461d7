using AgentLint.Testing.Tests.Subjects;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Testing.Tests;

/// <summary>Fixes that are applied one by one.</summary>
public class FixTests
{
    static CSharpCodeFixTest<SmallTypeNameAnalyzer, TFix, DefaultVerifier> Test<TFix>(string code, string fixedCode)
        where TFix : CodeFixProvider, new() => new() { TestCode = code, FixedCode = fixedCode };

    [Theory]
    [InlineData("class [|a|] { }", "class A { }")]
    [InlineData("class [|a|] { } // stays\n\nenum [|b|] { }\n", "class A { } // stays\n\nenum B { }\n")]
    public Task Fix_that_is_right_is_accepted(string code, string fixedCode) => Test<CapitalizeFix>(code, fixedCode).IsAcceptedAsync();

    [Fact]
    public async Task Short_form_runs_the_test()
    {
        Assert.Null(await Record.ExceptionAsync(() =>
            CSharpCodeFixVerifier<SmallTypeNameAnalyzer, CapitalizeFix, DefaultVerifier>.VerifyCodeFixAsync("class [|a|] { }", "class A { }")));
        await Assert.ThrowsAsync<AnalyzerTestFailedException>(() =>
            CSharpCodeFixVerifier<SmallTypeNameAnalyzer, CapitalizeFix, DefaultVerifier>.VerifyCodeFixAsync("class [|a|] { }", "class B { }"));
    }

    [Fact]
    public Task Other_text_is_rejected_with_a_diff() =>
        Test<CapitalizeFix>("class [|a|] { }\n", "class B { }\n")
            .IsRejectedAsync("In fixes one by one", "'/0/Test0.cs' is not as expected", "-class B { }", "+class A { }");

    [Fact]
    public Task Other_blanks_are_rejected() => Test<CapitalizeFix>("class [|a|] { }", "class A  { }").IsRejectedAsync("is not as expected");

    [Fact]
    public Task Blank_at_the_end_is_rejected() => Test<CapitalizeFix>("class [|a|] { }\n", "class A { }\n\n").IsRejectedAsync("is not as expected");

    [Fact]
    public Task Lost_comment_is_rejected() =>
        Test<LosesCommentFix>("/* why */ class [|a|] { }", "/* why */ class A { }").IsRejectedAsync("-/* why */ class A { }");

    [Fact]
    public Task Fix_that_is_not_offered_is_rejected() =>
        Test<NothingOfferedFix>("class [|a|] { }", "class A { }").IsRejectedAsync("'fixes that are offered' should not be empty");

    [Fact]
    public Task Fix_that_changes_nothing_is_rejected() =>
        Test<NoChangeFix>("class [|a|] { }", "class A { }").IsRejectedAsync("'Capitalize' changes nothing");

    [Fact]
    public Task Fix_offered_for_an_undeclared_id_is_rejected() =>
        Test<UndeclaredIdFix>("class [|a|] { }", "class A { }").IsRejectedAsync("offers a fix for CS0246, which is not in its FixableDiagnosticIds");

    [Fact]
    public Task Fix_offered_for_a_diagnostic_that_was_not_asked_about_is_rejected() =>
        Test<OtherDiagnosticFix>("class [|a|] { }", "class A { }").IsRejectedAsync("offers a fix for a diagnostic that it was not asked about");

    [Fact]
    public Task No_fix_is_offered_where_none_is_expected() =>
        Test<NothingOfferedFix>("class [|a|] { }", "class [|a|] { }").IsAcceptedAsync();

    [Fact]
    public Task Offer_where_none_is_expected_is_rejected() =>
        Test<CapitalizeFix>("class [|a|] { }", "class [|a|] { }").IsRejectedAsync("fixes that are offered although", "'Capitalize' for T0001");

    [Fact]
    public Task Even_an_offer_to_change_nothing_is_rejected_where_none_is_expected() =>
        Test<NoChangeFix>("class [|a|] { }", "class [|a|] { }").IsRejectedAsync("fixes that are offered although");

    [Fact]
    public Task Stated_diagnostics_outlive_a_fix_that_is_not_offered()
    {
        var test = Test<NothingOfferedFix>("class {|#0:a|} { }", "class {|#0:a|} { }");
        test.ExpectedDiagnostics.Add(new DiagnosticResult("T0001", DiagnosticSeverity.Warning).WithLocation(0));
        return test.IsAcceptedAsync();
    }

    [Fact]
    public Task Without_fixed_code_no_fix_is_tested() =>
        new CSharpCodeFixTest<SmallTypeNameAnalyzer, NoChangeFix, DefaultVerifier> { TestCode = "class [|a|] { }" }.IsAcceptedAsync();

    [Fact]
    public Task Fix_that_is_offered_for_ever_is_rejected() =>
        Test<GrowsForEverFix>("class [|a|] { }", "class aa { }")
            .IsRejectedAsync("In FixedState", "T0001");

    [Fact]
    public Task Fix_that_applied_twice_is_not_as_applied_once_is_rejected() =>
        Test<GrowsForEverFix>("class [|a|] { }", "class [|aa|] { }")
            .IsRejectedAsync("After 1 iterations, which should be enough, there is still 'Capitalize' for T0001");

    [Fact]
    public Task Fix_that_may_be_offered_again_is_accepted_when_the_test_says_so()
    {
        var test = Test<GrowsForEverFix>("class [|a|] { }", "class [|aa|] { }");
        test.CodeFixTestBehaviors = CodeFixTestBehaviors.FixOne;
        return test.IsAcceptedAsync();
    }

    [Theory]
    [InlineData(2, true)]
    [InlineData(-2, true)]
    [InlineData(-9, true)]
    [InlineData(1, false)]
    [InlineData(-1, false)]
    [InlineData(3, false)]
    public Task Number_of_iterations_is_held(int iterations, bool isRight)
    {
        var test = Test<CapitalizeFix>("class [|a|] { }\nclass [|b|] { }", "class A { }\nclass B { }");
        test.NumberOfIncrementalIterations = iterations;
        return isRight ? test.IsAcceptedAsync() : test.IsRejectedAsync("iterations");
    }

    [Fact]
    public Task Diagnostic_that_the_fix_introduces_must_be_declared() =>
        Test<AddSmallTypeFix>("class [|a|] { }", "class A { class b { } }").IsRejectedAsync("In FixedState", "T0001");

    [Fact]
    public Task Diagnostic_that_remains_can_be_declared_in_markup() =>
        Test<OnlyAFix>("class [|a|] { }\nclass [|b|] { }", "class A { }\nclass [|b|] { }").IsAcceptedAsync();

    [Fact]
    public Task Diagnostic_that_remains_can_be_declared_in_the_state()
    {
        var test = Test<OnlyAFix>("class [|a|] { }\nclass [|b|] { }", "class A { }\nclass {|#0:b|} { }");
        test.FixedState.ExpectedDiagnostics.Add(new DiagnosticResult("T0001", DiagnosticSeverity.Warning).WithLocation(0));
        return test.IsAcceptedAsync();
    }

    [Fact]
    public Task Diagnostic_that_remains_undeclared_is_rejected() =>
        Test<OnlyAFix>("class [|a|] { }\nclass [|b|] { }", "class A { }\nclass b { }").IsRejectedAsync("In FixedState", "T0001");

    [Fact]
    public Task Intended_diagnostic_that_the_fix_removed_is_rejected() =>
        Test<CapitalizeFix>("class [|a|] { }", "class [|A|] { }").IsRejectedAsync("In FixedState", "Missing");

    [Theory]
    [InlineData(0, null, "class A { }")]
    [InlineData(1, null, "class _a { }")]
    [InlineData(null, "underscore", "class _a { }")]
    [InlineData(1, "underscore", "class _a { }")]
    public Task Action_is_chosen_by_index_or_key(int? index, string? key, string fixedCode)
    {
        var test = Test<TwoActionsFix>("class [|a|] { }", fixedCode);
        test.CodeActionIndex = index;
        test.CodeActionEquivalenceKey = key;
        return test.IsAcceptedAsync();
    }

    [Theory]
    [InlineData(2, null, "should not be empty")]
    [InlineData(null, "other", "should not be empty")]
    [InlineData(0, "underscore", "another equivalence key")]
    public Task Action_that_there_is_not_is_rejected(int? index, string? key, string because)
    {
        var test = Test<TwoActionsFix>("class [|a|] { }", "class A { }");
        test.CodeActionIndex = index;
        test.CodeActionEquivalenceKey = key;
        return test.IsRejectedAsync(because);
    }

    [Fact]
    public Task Action_can_be_looked_at()
    {
        var test = Test<CapitalizeFix>("class [|a|] { }", "class A { }");
        test.CodeActionVerifier = (action, verifier) => verifier.Equal("Rename", action.Title);
        return test.IsRejectedAsync("Expected: Rename", "Actual:   Capitalize");
    }

    sealed class LosesCommentFix : CapitalizeFix
    {
        protected override SyntaxNode Edit(BaseTypeDeclarationSyntax type) => Capitalize(type).WithoutLeadingTrivia();
    }

    sealed class NothingOfferedFix : CapitalizeFix
    {
        public override Task RegisterCodeFixesAsync(CodeFixContext context) => Task.CompletedTask;
    }

    sealed class NoChangeFix : CapitalizeFix
    {
        protected override SyntaxNode Edit(BaseTypeDeclarationSyntax type) => type.WithIdentifier(SyntaxFactory.Identifier(type.Identifier.Text).WithTriviaFrom(type.Identifier));
    }

    sealed class GrowsForEverFix : CapitalizeFix
    {
        protected override SyntaxNode Edit(BaseTypeDeclarationSyntax type) =>
            type.WithIdentifier(SyntaxFactory.Identifier("a" + type.Identifier.Text).WithTriviaFrom(type.Identifier));
    }

    sealed class AddSmallTypeFix : CapitalizeFix
    {
        protected override SyntaxNode Edit(BaseTypeDeclarationSyntax type) => SyntaxFactory.ParseMemberDeclaration("class A { class b { } }")!;
    }

    sealed class OnlyAFix : CapitalizeFix
    {
        public override async Task RegisterCodeFixesAsync(CodeFixContext context)
        {
            var text = await context.Document.GetTextAsync(context.CancellationToken);
            if (text.ToString(context.Span) == "a")
            {
                await base.RegisterCodeFixesAsync(context);
            }
        }
    }

    sealed class UndeclaredIdFix : CapitalizeFix
    {
        public override async Task RegisterCodeFixesAsync(CodeFixContext context)
        {
            var model = await context.Document.GetSemanticModelAsync(context.CancellationToken);
            var foreign = CSharpCompilation.Create("Other", [CSharpSyntaxTree.ParseText("class A : B { }", cancellationToken: context.CancellationToken)], model!.Compilation.References)
                .GetDiagnostics(context.CancellationToken).First(d => d.Id == "CS0246");
            context.RegisterCodeFix(CodeAction.Create("Other", _ => Task.FromResult(context.Document), "other"), foreign);
        }
    }

    sealed class OtherDiagnosticFix : CapitalizeFix
    {
        public override Task RegisterCodeFixesAsync(CodeFixContext context)
        {
            var other = Diagnostic.Create(SmallTypeNameAnalyzer.Rule, Location.None, "x", 'x');
            context.RegisterCodeFix(CodeAction.Create("Other", _ => Task.FromResult(context.Document), "other"), other);
            return Task.CompletedTask;
        }
    }

    /// <summary>Nests its actions, as a menu in an editor does.</summary>
    sealed class TwoActionsFix : CapitalizeFix
    {
        public override async Task RegisterCodeFixesAsync(CodeFixContext context)
        {
            var root = await context.Document.GetSyntaxRootAsync(context.CancellationToken);
            var type = (BaseTypeDeclarationSyntax)root!.FindNode(context.Span);
            Document With(SyntaxNode node) => context.Document.WithSyntaxRoot(root.ReplaceNode(type, node));
            var underscore = type.WithIdentifier(SyntaxFactory.Identifier("_" + type.Identifier.Text).WithTriviaFrom(type.Identifier));
            context.RegisterCodeFix(
                CodeAction.Create(
                    "Rename",
                    [
                        CodeAction.Create("Capitalize", _ => Task.FromResult(With(Capitalize(type))), "capitalize"),
                        CodeAction.Create("Underscore", _ => Task.FromResult(With(underscore)), "underscore"),
                    ],
                    isInlinable: false),
                context.Diagnostics);
        }
    }
}
