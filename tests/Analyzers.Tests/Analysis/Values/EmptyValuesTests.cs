using AgentLint.Analysis.Values;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Xunit;

namespace AgentLint.Tests.Analysis.Values;

/// <summary>Which values say nothing.</summary>
public sealed class EmptyValuesTests
{
    [Theory]
    [InlineData("bool", "false", EmptyValue.False)]
    [InlineData("bool", "true", EmptyValue.True)]
    [InlineData("string?", "null", EmptyValue.Null)]
    [InlineData("string?", "default", EmptyValue.Null)]
    [InlineData("int?", "default", EmptyValue.Null)]
    [InlineData("int", "default", EmptyValue.Number)]
    [InlineData("int", "3", EmptyValue.Number)]
    [InlineData("int", "-1", EmptyValue.None)]
    [InlineData("decimal", "0", EmptyValue.Number)]
    [InlineData("string", "\"\"", EmptyValue.Text)]
    [InlineData("string", "string.Empty", EmptyValue.Text)]
    [InlineData("string", "\"elephant\"", EmptyValue.FixedText)]
    [InlineData("string", "\"The request failed.\"", EmptyValue.FailureText)]
    [InlineData("string", "\"No results\"", EmptyValue.None)]
    [InlineData("string", "$\"Error {name}\"", EmptyValue.FailureText)]
    [InlineData("string", "$\"Hello {name}\"", EmptyValue.None)]
    [InlineData("string", "name", EmptyValue.None)]
    [InlineData("List<int>", "[]", EmptyValue.Collection)]
    [InlineData("List<int>", "new()", EmptyValue.Collection)]
    [InlineData("List<int>", "[1]", EmptyValue.None)]
    [InlineData("List<int>", "new() { 1 }", EmptyValue.None)]
    [InlineData("int[]", "new int[0]", EmptyValue.Collection)]
    [InlineData("int[]", "new int[3]", EmptyValue.None)]
    [InlineData("int[]", "Array.Empty<int>()", EmptyValue.Collection)]
    [InlineData("IEnumerable<int>", "Enumerable.Empty<int>()", EmptyValue.Collection)]
    [InlineData("IReadOnlyList<int>", "System.Collections.Immutable.ImmutableArray<int>.Empty", EmptyValue.Collection)]
    [InlineData("Task<List<int>>", "Task.FromResult(new List<int>())", EmptyValue.Collection)]
    [InlineData("Box", "new Box()", EmptyValue.Object)]
    [InlineData("Box", "new Box { Text = \"\", Count = 0 }", EmptyValue.Object)]
    [InlineData("Box", "new Box { Text = name }", EmptyValue.None)]
    [InlineData("Box", "new Box { IsFailed = false }", EmptyValue.None)]
    [InlineData("DayOfWeek", "DayOfWeek.Sunday", EmptyValue.None)]
    [InlineData("object", "new Exception()", EmptyValue.None)]
    [InlineData("List<int>", "Other()", EmptyValue.None)]
    public void Value(string type, string value, object what) => Assert.Equal((EmptyValue)what, Of($"{type} Run(string name) {{ return {value}; }}"));

    [Theory]
    [InlineData("var box = new Box(); return box;", EmptyValue.Object)]
    [InlineData("Box box = new(), other = new(); other.Count = 1; return box;", EmptyValue.Object)]
    [InlineData("var box = new Box(); box.Count = 1; return box;", EmptyValue.None)]
    [InlineData("var box = new Box(); box = new Box { Count = 1 }; return box;", EmptyValue.None)]
    [InlineData("var box = new Box(); Fill(ref box); return box;", EmptyValue.None)]
    [InlineData("Box box; box = new Box(); return box;", EmptyValue.None)]
    public void Variable(string body, object what) => Assert.Equal((EmptyValue)what, Of($"Box Run(string name) {{ {body} }}"));

    private static EmptyValue Of(string member)
    {
        var program = Compiled.From($$"""
            class Box { public string? Text; public int Count; public bool IsFailed; }
            class Desk
            {
                {{member}}
                private static List<int> Other() => [1];
                private static void Fill(ref Box box) => box = new Box { Count = 1 };
            }
            """);
        var cancellation = TestContext.Current.CancellationToken;
        var tree = program.Compilation.SyntaxTrees.Last();
        var semantics = program.Compilation.GetSemanticModel(tree);
        var returned = tree.GetRoot(cancellation).DescendantNodes().OfType<ReturnStatementSyntax>().First().Expression!;
        return new EmptyValues(program.Model, semantics, cancellation).Of(semantics.GetOperation(returned, cancellation)?.Parent is Microsoft.CodeAnalysis.Operations.IConversionOperation conversion ? conversion : semantics.GetOperation(returned, cancellation));
    }
}
