using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace AgentLint.Site;

/// <summary>Blocks of code as HTML.</summary>
internal static partial class CodeBlocks
{
    /// <summary>A block in a language. A line that ends in a rule's id as a comment is marked as reported by that rule.</summary>
    public static string Render(string code, string? language)
    {
        // A drawing in words: its lines say who leads to whom, and no script of others has to draw it.
        if (language == "mermaid")
            return $"<figure class=\"mermaid\"><pre tabindex=\"0\"><code>{WebUtility.HtmlEncode(code)}</code></pre><figcaption>A Mermaid flowchart, as text.</figcaption></figure>\n";

        var html = new StringBuilder($"<pre tabindex=\"0\" class=\"code {WebUtility.HtmlEncode(language)}\"><code>");
        foreach (var line in CodeHighlighter.Lines(code, language))
        {
            var pieces = line;
            if (language == "csharp" && line.Count > 0 && Marker().Match(line[^1].Text) is { Success: true } marker)
            {
                pieces = [.. line.Take(line.Count - 1)];
                html.Append($"<span class=\"line reported\">{CodeHighlighter.Html(pieces)}<span class=\"mark\">{marker.Groups["id"].Value}</span></span>\n");
                continue;
            }

            html.Append($"<span class=\"line\">{CodeHighlighter.Html(pieces)}</span>\n");
        }

        return html.Append("</code></pre>\n").ToString();
    }

    [GeneratedRegex("^// (?<id>AGL[0-9]{4})$")]
    private static partial Regex Marker();
}
