using AgentLint.Baseline;
using AgentLint.Tests.Analysis;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace AgentLint.Tests.Baseline;

/// <summary>What a line of a baseline says of a place.</summary>
public sealed class FingerprintTests
{
    [Theory]
    [InlineData("class C { void M() { {|p:F|}(); } void F() { } }", "M:C.M 1 void M() { F(); }")]
    [InlineData("class C\n{\n    void M(int a, List<string> b)\n    {\n        {|p:F|}();\n    }\n    void F() { }\n}", "M:C.M(System.Int32,System.Collections.Generic.List{System.String}) 1 F();")]
    [InlineData("class C<T>\n{\n    C() =>\n        {|p:F|}();\n    static void F() { }\n}", "M:C`1.#ctor 1 F();")]
    [InlineData("class C\n{\n    int P\n    {\n        get { return {|p:F|}(); }\n    }\n    static int F() => 1;\n}", "P:C.P 1 get { return F(); }")]
    [InlineData("class C\n{\n    int this[int i] =>\n        {|p:F|}();\n    static int F() => 1;\n}", "P:C.Item(System.Int32) 1 F();")]
    [InlineData("class C\n{\n    int a = 1,\n        b = {|p:F|}();\n    static int F() => 1;\n}", "F:C.b 1 b = F();")]
    [InlineData("class C\n{\n    void M()\n    {\n        L();\n        void L() =>\n            {|p:F|}();\n    }\n    void F() { }\n}", "M:C.M 1 F();")]
    [InlineData("class C\n{\n    Action M() => () =>\n        {|p:F|}();\n    void F() { }\n}", "M:C.M 1 F();")]
    [InlineData("interface I { void M(); }\nclass C : I\n{\n    void I.M() =>\n        {|p:F|}();\n    void F() { }\n}", "M:C.I#M 1 F();")]
    [InlineData("class C\n{\n    public static C operator +(C a, C b) =>\n        {|p:F|}();\n    static C F() => new();\n}", "M:C.op_Addition(C,C) 1 F();")]
    [InlineData("namespace N.O;\nclass C\n{\n    class D\n    {\n        event Action E\n        {\n            add => {|p:F|}();\n            remove { }\n        }\n        void F() { }\n    }\n}", "E:N.O.C.D.E 1 add => F();")]
    [InlineData("[Obsolete(\n    {|p:\"a\"|})]\nclass C;", "T:C 1 \"a\")]")]
    [InlineData("enum E\n{\n    A = {|p:1|},\n}", "F:E.A 1 A = 1")]
    [InlineData("file class C\n{\n    void M() =>\n        {|p:F|}();\n    void F() { }\n}", "M:C.M 1 F();")]
    public void A_line_names_the_member_of_its_file(string source, string line) => Assert.Equal(line, TextOf(Compiled.From(source), "p"));

    [Fact]
    public void Statements_without_a_method_are_top_level() => Assert.Equal("<top-level> 2 Console.WriteLine();", TextOf(Compiled.Program("Console.WriteLine();\n{|p:Console|}.WriteLine();"), "p"));

    [Fact]
    public void What_is_in_no_member_is_in_the_file() => Assert.Equal("- 1 [assembly: CLSCompliant(false)]", TextOf(Compiled.From("[assembly: {|p:CLSCompliant|}(false)]"), "p"));

    [Theory]
    [InlineData("var a=1;", "var a = 1;")]
    [InlineData("  var   a  =  1 ; // what", "var a = 1;")]
    [InlineData("F(a,b , c)/* x */;", "F(a, b, c);")]
    [InlineData("if(a==b&&c)return;", "if(a == b && c)return;")]
    [InlineData("x = y is string s ? s : \"a  b\";", "x = y is string s?s: \"a b\";")]
    [InlineData("F(async () => await G(), a: 1);", "F(async() => await G(), a: 1);")]
    [InlineData("List<int> l = [1,2];", "List<int>l = [1, 2];")]
    [InlineData("x?.Y!.Z++;", "x?.Y!.Z++;")]
    [InlineData("// nothing", "")]
    [InlineData("", "")]
    public void Code_has_one_spelling(string line, string code)
    {
        var lines = LinesOf(line);

        Assert.Equal(code, lines.Count == 0 ? "" : Assert.Single(lines).Value.Code);
    }

    [Fact]
    public void Long_code_is_cut_where_no_character_is()
    {
        var line = Assert.Single(LinesOf("F(\"" + new string('x', 116) + "😀" + new string('y', 500) + "\");"));

        Assert.Equal("F(\"" + new string('x', 116) + "…", line.Value.Code);
    }

    // A class that a machine wrote has as many equal lines as it likes: each is read once.
    [Fact]
    public void Many_equal_lines_are_numbered_in_one_pass()
    {
        var lines = LinesOf(string.Concat(Enumerable.Repeat("F();\n", 20_000)));

        Assert.Equal(Enumerable.Range(0, 20_000).Select(i => new KeyValuePair<int, CodeLine>(i, new CodeLine("F();", i + 1))), lines.OrderBy(line => line.Key));
    }

    [Fact]
    public void A_literal_of_many_lines_is_on_the_line_where_it_begins()
    {
        var program = Compiled.From("class C\n{\n    string M() => {|p:F|}(\"\"\"\n        one\n        two\n        \"\"\");\n    static string F(string a) => a;\n}");

        Assert.Equal("M:C.M 1 string M() => F(\"\"\" one two \"\"\"", TextOf(program, "p"));
    }

    [Fact]
    public void A_place_in_no_source_has_no_line()
    {
        var program = Compiled.From("class C;").Compilation;

        Assert.Null(Fingerprint.Of("AGL0601", Location.None, program.GetSemanticModel(program.SyntaxTrees[0]), TestContext.Current.CancellationToken));
    }

    private static IReadOnlyDictionary<int, CodeLine> LinesOf(string code)
    {
        var tree = CSharpSyntaxTree.ParseText(code, new CSharpParseOptions(kind: SourceCodeKind.Script), cancellationToken: TestContext.Current.CancellationToken);

        return CodeLines.Of(tree.GetRoot(TestContext.Current.CancellationToken), tree.GetText(TestContext.Current.CancellationToken), TestContext.Current.CancellationToken);
    }

    private static string TextOf(Compiled program, string mark) =>
        Fingerprint.TextOf(Fingerprint.Of("AGL0601", program.Node(mark).GetLocation(), program.SemanticsOf(mark), TestContext.Current.CancellationToken))!;
}
