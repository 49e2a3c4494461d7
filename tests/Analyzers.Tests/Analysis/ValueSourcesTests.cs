using AgentLint.Analysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Xunit;

namespace AgentLint.Tests.Analysis;

/// <summary>Which expressions a value may be, and whether they are all.</summary>
public sealed class ValueSourcesTests
{
    [Theory]
    [InlineData("var text = \"a\"; return text;", "\"a\"")]
    [InlineData("var text = \"a\"; if (name == null) text = \"b\"; return text;", "\"a\" \"b\"")]
    [InlineData("string? text = null; text ??= \"b\"; return text;", "null \"b\"")]
    [InlineData("Fill(out var other); var text = \"a\"; return text;", "\"a\"")]
    public void Complete(string body, string sources) => Assert.Equal((sources, true), Of(body));

    [Theory]
    [InlineData("Fill(out var text); return text;", "")]
    [InlineData("string text = \"a\"; Fill(out text); return text;", "\"a\"")]
    [InlineData("string text = \"a\"; Change(ref text); return text;", "\"a\"")]
    [InlineData("var (text, other) = Pair(); return text;", "")]
    [InlineData("string text = \"a\"; (text, var other) = Pair(); return text;", "\"a\"")]
    [InlineData("string text = \"a\"; (text, var (other, third)) = (name!, Pair()); return text;", "\"a\"")]
    [InlineData("string text = \"a\"; text += name; return text;", "\"a\"")]
    [InlineData("return name is { } text ? text : \"b\";", "\"b\"")]
    public void Incomplete(string body, string sources) => Assert.Equal((sources, false), Of(body));

    private static (string Sources, bool IsComplete) Of(string body)
    {
        var program = Compiled.From($$"""
            class Desk
            {
                public string Run(string? name) { {{body}} }
                private static void Fill(out string text) => text = "x";
                private static void Change(ref string text) => text = "x";
                private static (string, int) Pair() => ("x", 1);
            }
            """);
        var cancellation = TestContext.Current.CancellationToken;
        var tree = program.Compilation.SyntaxTrees.Last();
        var returned = tree.GetRoot(cancellation).DescendantNodes().OfType<ReturnStatementSyntax>().First().Expression!;
        var sources = new ValueSources(program.Model, cancellation).Of(program.Compilation.GetSemanticModel(tree).GetOperation(returned, cancellation), out var isComplete);
        return (string.Join(" ", sources.Select(source => source.Syntax.ToString())), isComplete);
    }
}
