using AgentLint.Testing.Tests.Subjects;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Testing.Tests;

/// <summary>A tree that a fix builds must be the one that its text parses to.</summary>
public class StructureTests
{
    static CSharpCodeFixTest<SmallTypeNameAnalyzer, TFix, DefaultVerifier> Test<TFix>(string fixedCode)
        where TFix : CapitalizeFix, new() => new() { TestCode = "class [|a|] { }", FixedCode = fixedCode };

    [Fact]
    public Task Tokens_that_parse_to_others_are_rejected() =>
        Test<NameOfTwoWordsFix>("class A : object { }").IsRejectedAsync("In the tree that 'Capitalize' built", "does not parse to the same tree");

    [Fact]
    public Task Nodes_that_parse_to_others_are_rejected() =>
        Test<MissingParenthesesFix>("class A { int F = 1 + 2 * 3; }").IsRejectedAsync("does not parse to the same tree", "MultiplyExpression");

    [Fact]
    public Task Trees_are_not_compared_when_the_test_says_so()
    {
        var test = Test<MissingParenthesesFix>("class A { int F = 1 + 2 * 3; }");
        test.CodeActionValidationMode = CodeActionValidationMode.None;
        return test.IsAcceptedAsync();
    }

    [Theory]
    [InlineData(CodeActionValidationMode.SemanticStructure, true)]
    [InlineData(CodeActionValidationMode.Full, false)]
    public Task Trivia_are_compared_when_the_test_says_so(CodeActionValidationMode mode, bool isRight)
    {
        var test = Test<SplitTriviaFix>("class A  { }");
        test.CodeActionValidationMode = mode;
        return isRight ? test.IsAcceptedAsync() : test.IsRejectedAsync("[WhitespaceTrivia, WhitespaceTrivia], which parse to [WhitespaceTrivia]");
    }

    sealed class NameOfTwoWordsFix : CapitalizeFix
    {
        protected override SyntaxNode Edit(BaseTypeDeclarationSyntax type) =>
            type.WithIdentifier(SyntaxFactory.Identifier("A : object").WithTriviaFrom(type.Identifier));
    }

    sealed class MissingParenthesesFix : CapitalizeFix
    {
        protected override SyntaxNode Edit(BaseTypeDeclarationSyntax type)
        {
            var product = SyntaxFactory.ParseMemberDeclaration("class A { int F = (1 + 2) * 3; }")!;
            var parentheses = product.DescendantNodes().OfType<ParenthesizedExpressionSyntax>().Single();
            return product.ReplaceNode(parentheses, parentheses.Expression.WithTrailingTrivia(SyntaxFactory.Space));
        }
    }

    sealed class SplitTriviaFix : CapitalizeFix
    {
        protected override SyntaxNode Edit(BaseTypeDeclarationSyntax type) =>
            type.WithIdentifier(SyntaxFactory.Identifier("A").WithTriviaFrom(type.Identifier).WithTrailingTrivia(SyntaxFactory.Space, SyntaxFactory.Space));
    }
}
