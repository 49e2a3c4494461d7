using AgentLint.Testing.Tests.Subjects;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Testing.Tests;

/// <summary>Code must compile before a fix, after it and in between.</summary>
public class CompilerErrorTests
{
    static CSharpAnalyzerTest<SmallTypeNameAnalyzer, DefaultVerifier> Test(string code) => new() { TestCode = code };

    [Fact]
    public Task Error_before_the_fix_is_rejected_and_printed_to_be_pasted() =>
        Test("class A : B { }").IsRejectedAsync("DiagnosticResult.CompilerError(\"CS0246\").WithSpan(1, 11, 1, 12).WithMessage(");

    [Fact]
    public Task Error_that_markup_expects_is_accepted() => Test("class A : {|CS0246:B|} { }").IsAcceptedAsync();

    [Fact]
    public Task Error_that_is_expected_is_accepted()
    {
        var test = Test("class A : {|#0:B|} { }");
        test.ExpectedDiagnostics.Add(DiagnosticResult.CompilerError("CS0246").WithLocation(0).WithArguments("B"));
        return test.IsAcceptedAsync();
    }

    [Fact]
    public Task Error_with_other_arguments_is_rejected()
    {
        var test = Test("class A : {|#0:B|} { }");
        test.ExpectedDiagnostics.Add(DiagnosticResult.CompilerError("CS0246").WithLocation(0).WithArguments("C"));
        return test.IsRejectedAsync("message: expected");
    }

    [Fact]
    public Task Errors_can_be_left_out()
    {
        var test = Test("class A : B { }");
        test.CompilerDiagnostics = CompilerDiagnostics.None;
        return test.IsAcceptedAsync();
    }

    [Theory]
    [InlineData(CompilerDiagnostics.Errors, false)]
    [InlineData(CompilerDiagnostics.Warnings, true)]
    [InlineData(CompilerDiagnostics.All, true)]
    public Task Warnings_count_from_their_level_on(CompilerDiagnostics level, bool counts)
    {
        var test = Test("class A { void M() { int unused; } }");
        test.CompilerDiagnostics = level;
        return counts ? test.IsRejectedAsync("DiagnosticResult.CompilerWarning(\"CS0168\")") : test.IsAcceptedAsync();
    }

    [Fact]
    public Task Program_without_entry_point_is_an_error_without_location()
    {
        var test = Test("class A { }");
        test.TestState.OutputKind = OutputKind.ConsoleApplication;
        test.ExpectedDiagnostics.Add(DiagnosticResult.CompilerError("CS5001").WithNoLocation());
        return test.IsAcceptedAsync();
    }

    [Fact]
    public Task Top_level_statements_make_a_program()
    {
        var test = Test("System.Console.WriteLine();");
        test.TestState.OutputKind = OutputKind.ConsoleApplication;
        return test.IsAcceptedAsync();
    }

    [Fact]
    public Task Error_after_the_fix_is_rejected() =>
        new CSharpCodeFixTest<SmallTypeNameAnalyzer, AddUnknownBaseFix, DefaultVerifier>
        {
            TestCode = "class [|a|] { }",
            FixedCode = "class A:B{ }",
        }.IsRejectedAsync("In FixedState", "CS0246");

    [Fact]
    public Task Error_between_two_fixes_is_rejected() =>
        new CSharpCodeFixTest<SmallTypeNameAnalyzer, RenameDeclarationOnlyFix, DefaultVerifier>
        {
            TestCode = "partial class [|a|] { }\nclass [|b|] { a F; }",
            FixedCode = "partial class A { }\nclass B { A F; }",
            CodeFixTestBehaviors = CodeFixTestBehaviors.SkipFixAllCheck,
        }.IsRejectedAsync("'Capitalize' leaves code that does not compile", "CS0246");

    sealed class AddUnknownBaseFix : CapitalizeFix
    {
        protected override SyntaxNode Edit(BaseTypeDeclarationSyntax type) =>
            Capitalize(type).WithIdentifier(SyntaxFactory.Identifier("A"))
                .WithBaseList(SyntaxFactory.BaseList([SyntaxFactory.SimpleBaseType(SyntaxFactory.ParseTypeName("B"))]));
    }

    /// <summary>Forgets the uses of a type until the type that uses it is renamed too.</summary>
    sealed class RenameDeclarationOnlyFix : CapitalizeFix
    {
        protected override SyntaxNode Edit(BaseTypeDeclarationSyntax type) =>
            type.Identifier.Text == "a" ? Capitalize(type) : SyntaxFactory.ParseMemberDeclaration("class B { A F; }")!;
    }
}
