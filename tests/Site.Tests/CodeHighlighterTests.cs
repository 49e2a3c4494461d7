namespace AgentLint.Site.Tests;

public sealed class CodeHighlighterTests
{
    [Theory]
    [InlineData("csharp", "public int Count => 3; // all", "k:public k:int t:Count n:3 c:// all")]
    [InlineData("csharp", "await client.GetAsync(\"a\");", "k:await m:GetAsync s:\"a\"")]
    [InlineData("csharp", "#pragma warning disable AGL0101 // why", "p:#pragma warning disable AGL0101 // why")]
    [InlineData("csharp", "[Fact] async Task Run(HttpClient get) => get();", "t:Fact k:async t:Task m:Run t:HttpClient k:get m:get")]
    [InlineData("xml", "<A b=\"c\" /><!-- d -->", "t:<A s:\"c\" t:/> c:<!-- d -->")]
    [InlineData("ini", "[*.cs]\nkey = value", "t:[*.cs] k:key")]
    [InlineData("json", "{ \"a\": 1 }", "k:\"a\" n:1")]
    [InlineData("text", "public int", "")]
    public void Pieces_have_the_style_of_what_they_are(string language, string code, string styled)
    {
        var pieces = CodeHighlighter.Lines(code, language).SelectMany(line => line).Where(piece => piece.Style != null).Select(piece => $"{piece.Style}:{piece.Text}");

        Assert.Equal(styled, string.Join(' ', pieces));
    }

    [Theory]
    [InlineData("csharp")]
    [InlineData("xml")]
    [InlineData("yaml")]
    [InlineData("")]
    public void No_character_is_lost(string language)
    {
        const string code = "var a = $\"{b:0.0}\"; /* c\n d */ <e f='g'> # h\n\n  i: \"\"\"j\"\"\" @k \u00e9\n#if L\nm\n#endif";

        var lines = CodeHighlighter.Lines(code, language).Select(line => string.Concat(line.Select(piece => piece.Text)));

        Assert.Equal(code, string.Join('\n', lines));
    }

    [Fact]
    public void Text_is_encoded() =>
        Assert.Equal("<span class=\"s\">&quot;&lt;a&gt;&quot;</span>", CodeHighlighter.Html([new CodePiece("\"<a>\"", "s")]));

    [Fact]
    public void Drawings_in_words_stay_words()
    {
        var html = CodeBlocks.Render("flowchart LR\n  a --> b", "mermaid");

        Assert.Contains("a --&gt; b", html, StringComparison.Ordinal);
        Assert.Contains("<figcaption>A Mermaid flowchart, as text.</figcaption>", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", html, StringComparison.Ordinal);
    }
}
