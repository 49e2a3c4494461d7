using AgentLint.Analysis.Agents;
using Xunit;

namespace AgentLint.Tests.Analysis;

/// <summary>A label is text, for Mermaid, for the HTML that it makes, for the log that carries the picture, and for the build that takes it from there.</summary>
public sealed class MermaidPictureTests
{
    [Theory]
    [InlineData("Desk.AskAsync", "Desk.AskAsync")]
    [InlineData("new Desk", "new Desk")]
    [InlineData("_a__b", "_a__b")]
    [InlineData("Größe.東京.नमस्ते", "Größe.東京.नमस्ते")]
    [InlineData("\"quoted\"", "#34;quoted#34;")]
    [InlineData("<Main>$", "#60;Main#62;#36;")]
    [InlineData("List<int>.Add", "List#60;int#62;.Add")]
    [InlineData("a|b", "a#124;b")]
    [InlineData("a\\b\\n", "a#92;b#92;n")]
    [InlineData("a;b", "a#59;b")]
    [InlineData("%3B%0A", "#37;3B#37;0A")]
    [InlineData("$(Property) @(Item)", "#36;#40;Property#41; #64;#40;Item#41;")]
    [InlineData("&lt; #35;", "#38;lt#59; #35;35#59;")]
    [InlineData("`b` *c* [d] {e}", "#96;b#96; #42;c#42; #91;d#93; #123;e#125;")]
    [InlineData("a\r\nb\tc", "a#13;#10;b#9;c")]
    [InlineData("'", "#39;")]
    [InlineData("😀", "#128512;")]
    [InlineData("a\u0085b\u2028c\uFEFFd\u200Ee", "a#133;b#8232;c#65279;d#8206;e")]
    [InlineData("", "")]
    public void What_could_be_taken_for_something_else_is_a_number(string name, string label) => Assert.Equal(label, MermaidPicture.Escape(name));

    // An attribute cannot say them.
    [Fact]
    public void Half_a_character_is_none()
    {
        Assert.Equal("a#65533;", MermaidPicture.Escape("a\uD83D"));
        Assert.Equal("#65533;b", MermaidPicture.Escape("\uDE00b"));
        Assert.Equal("#65533;#128512;", MermaidPicture.Escape("\uD83D\uD83D\uDE00"));
    }

    [Fact]
    public void No_character_of_a_name_is_special_anywhere()
    {
        for (int c = char.MinValue; c <= char.MaxValue; c++)
            Assert.DoesNotContain(MermaidPicture.Escape(((char)c).ToString()), one => "\"\\|<>&%$@'`\r\n\t[](){}*!^~=+-,:/?".Contains(one, StringComparison.Ordinal) || char.IsSurrogate(one) || char.IsControl(one));
    }
}
