using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using AgentLint.Docs;
using Markdig;
using Markdig.Extensions.AutoIdentifiers;
using Markdig.Extensions.Tables;
using Markdig.Renderers;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace AgentLint.Site;

/// <summary>A heading that can be linked to.</summary>
internal sealed record PageHeading(int Level, string Text, string Anchor);

/// <summary>A Markdown file as the inner part of a page.</summary>
/// <param name="Title">Its first heading.</param>
/// <param name="Html">What stands below that.</param>
/// <param name="Headings">The headings of levels two and three.</param>
/// <param name="Text">Its words, for the search.</param>
internal sealed partial record MarkdownPage(string Title, string Html, IReadOnlyList<PageHeading> Headings, string Text)
{
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder().UsePipeTables().UseAutoIdentifiers(AutoIdentifierOptions.GitHub).UseAutoLinks().Build();

    /// <summary>Renders a file.</summary>
    /// <param name="markdown">Its text.</param>
    /// <param name="rewrite">What a link leads to on the site.</param>
    public static MarkdownPage Render(string markdown, Func<string, string> rewrite)
    {
        var document = Markdig.Markdown.Parse(markdown, Pipeline);
        foreach (var link in document.Descendants<LinkInline>())
            link.Url = rewrite(link.Url ?? "");

        var title = document.OfType<HeadingBlock>().FirstOrDefault(heading => heading.Level == 1);
        if (title != null)
            document.Remove(title);
        var headings = document.Descendants<HeadingBlock>().Where(heading => heading.Level is 2 or 3)
            .Select(heading => new PageHeading(heading.Level, TextOf(heading.Inline), heading.GetAttributes().Id!)).ToList();

        using var writer = new StringWriter { NewLine = "\n" };
        var renderer = new HtmlRenderer(writer);
        Pipeline.Setup(renderer);
        renderer.ObjectRenderers.ReplaceOrAdd<CodeBlockRenderer>(new CodeRenderer());
        renderer.ObjectRenderers.ReplaceOrAdd<HeadingRenderer>(new AnchoredHeadings());
        renderer.ObjectRenderers.ReplaceOrAdd<HtmlTableRenderer>(new ScrollingTables());
        renderer.Render(document);
        var html = Comment().Replace(writer.ToString(), "");
        return new MarkdownPage(title == null ? "" : TextOf(title.Inline), html, headings, Words(html));
    }

    /// <summary>The words of a piece of HTML.</summary>
    public static string Words(string html) => Space().Replace(WebUtility.HtmlDecode(Tag().Replace(html, " ")), " ").Trim();

    private static string TextOf(ContainerInline? inline)
    {
        var text = new StringBuilder();
        foreach (var part in inline?.Descendants() ?? [])
        {
            text.Append(part switch
            {
                LiteralInline literal => literal.Content.ToString(),
                CodeInline code => code.Content,
                HtmlEntityInline entity => entity.Transcoded.ToString(),
                _ => "",
            });
        }

        return text.ToString();
    }

    [GeneratedRegex("<!--.*?-->\n*", RegexOptions.Singleline)]
    private static partial Regex Comment();

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tag();

    [GeneratedRegex("\\s+")]
    private static partial Regex Space();

    private sealed class CodeRenderer : HtmlObjectRenderer<CodeBlock>
    {
        protected override void Write(HtmlRenderer renderer, CodeBlock block)
        {
            var language = (block as FencedCodeBlock)?.Info;
            renderer.EnsureLine();
            renderer.Write(CodeBlocks.Render(block.Lines.ToString(), language));
            renderer.EnsureLine();
        }
    }

    private sealed class AnchoredHeadings : HtmlObjectRenderer<HeadingBlock>
    {
        protected override void Write(HtmlRenderer renderer, HeadingBlock heading)
        {
            var anchor = heading.GetAttributes().Id ?? throw new DocsException("A heading has no anchor");
            renderer.EnsureLine();
            renderer.Write($"<h{heading.Level} id=\"{anchor}\">");
            renderer.WriteLeafInline(heading);
            renderer.Write($" <a class=\"anchor\" href=\"#{anchor}\" aria-label=\"Link to this section: {WebUtility.HtmlEncode(TextOf(heading.Inline))}\">#</a></h{heading.Level}>");
            renderer.EnsureLine();
        }
    }

    // A wide table scrolls in its own frame, which the keyboard can reach, and not with the page.
    private sealed class ScrollingTables : HtmlObjectRenderer<Table>
    {
        private readonly HtmlTableRenderer inner = new();

        protected override void Write(HtmlRenderer renderer, Table table)
        {
            renderer.EnsureLine();
            renderer.Write("<div class=\"table\" tabindex=\"0\" role=\"region\" aria-label=\"Table\">");
            inner.Write((RendererBase)renderer, table);
            renderer.Write("</div>");
            renderer.EnsureLine();
        }
    }
}
