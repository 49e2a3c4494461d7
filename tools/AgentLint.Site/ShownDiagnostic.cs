using System.Net;
using System.Text;
using AgentLint.Docs;

namespace AgentLint.Site;

/// <summary>A report of the sample's build as a page: where it stands, what it says, the way there, and what its fix changes.</summary>
internal sealed class ShownDiagnostic
{
    private readonly SampleBuild build;
    private readonly SampleReport report;
    private readonly SampleFix? fix;

    private ShownDiagnostic(SampleBuild build, SampleReport report, SampleFix? fix)
    {
        this.build = build;
        this.report = report;
        this.fix = fix;
    }

    /// <summary>Builds the sample and takes the first report of a rule in a file.</summary>
    public static async Task<ShownDiagnostic> OfSampleAsync(string root, string id, string file)
    {
        var build = await SampleBuild.RunAsync(root);
        var report = build.Reports.Where(candidate => candidate.Id == id && candidate.Place.File == file).OrderBy(candidate => candidate.Place.Line).FirstOrDefault()
            ?? throw new DocsException($"The build of the sample reports no {id} in {file}");
        return new ShownDiagnostic(build, report, await SampleFix.OfAsync(build, report));
    }

    public SampleReport Report => report;

    public SampleFix? Fix => fix;

    public string Render()
    {
        var html = new StringBuilder(
            $"""
            <h1>A finding, and how it comes about</h1>
            <p class="lead">From the build of <code>samples/SupportDesk</code>: a tool that refunds money, which a model calls again when it receives no confirmation.</p>
            <div class="finding">
            <div class="bar"><b>{Encode(report.Place.File)}</b><span>line {report.Place.Line}</span><span class="severity {Level}">{Level}</span></div>

            """);
        html.Append(Source(report.Place, 10, 1, "squiggle"));
        html.Append($"<p class=\"message\"><b><a href=\"rules/{report.Id}.html\">{report.Id}</a></b> {Encode(report.Message)}</p>\n");
        html.Append("<h2>The path to the call</h2>\n<ol class=\"path\">\n");
        foreach (var place in report.Path.Prepend(report.Place))
            html.Append($"<li><div><span class=\"where\">{Encode(place.File)}({place.Line},{place.Column})</span>{Source(place, 0, 0, "hit", numbers: false)}</div></li>\n");
        html.Append("</ol>\n");
        if (fix != null)
        {
            html.Append($"<h2>The fix: {Encode(fix.Title)}</h2>\n");
            foreach (var file in fix.Files)
                AppendDiff(html, file);
        }

        return html.Append("</div>\n").ToString();
    }

    private string Level => report.Level == "note" ? "info" : report.Level;

    private static void AppendDiff(StringBuilder html, FileDiff file)
    {
        html.Append($"<pre class=\"diff\" tabindex=\"0\"><code><span class=\"line file\">{Encode(file.File)}</span>\n");
        foreach (var (sign, text) in file.Lines)
        {
            var style = sign switch { '+' => " add", '-' => " del", _ => "" };
            var code = CodeHighlighter.Lines(text, "csharp")[0];
            html.Append($"<span class=\"line{style}\"><span class=\"sign\">{sign}</span>{CodeHighlighter.Html(code)}</span>\n");
        }

        html.Append("</code></pre>\n");
    }

    // The lines of a place and some around it, without the indentation that they have in common.
    private string Source(SamplePlace place, int before, int after, string style, bool numbers = true)
    {
        var text = File.ReadAllText(Path.Combine(build.Folder, place.File)).ReplaceLineEndings("\n");
        var lines = CodeHighlighter.Lines(text, "csharp");
        var raw = text.Split('\n');
        var from = Math.Max(1, place.Line - before);
        var to = Math.Min(raw.Length, (numbers ? place.EndLine : place.Line) + after);
        var indent = raw[(from - 1)..to].Where(line => line.Trim().Length > 0).Min(line => line.Length - line.TrimStart().Length);
        var html = new StringBuilder("<pre tabindex=\"0\"><code>");
        for (var number = from; number <= to; number++)
        {
            html.Append("<span class=\"line\">");
            if (numbers)
                html.Append($"<span class=\"no\">{number}</span>");
            var start = number == place.Line ? place.Column - 1 : 0;
            var end = number == place.EndLine ? place.EndColumn - 1 : raw[number - 1].Length;
            var marked = number >= place.Line && number <= place.EndLine;
            html.Append(Cut(lines[number - 1], indent, marked ? (start, end) : (0, 0), style)).Append("</span>\n");
        }

        return html.Append("</code></pre>").ToString();
    }

    // A line from a column on, with a part of it marked. A piece of code may be marked in part.
    private static string Cut(IReadOnlyList<CodePiece> pieces, int indent, (int Start, int End) marked, string style)
    {
        var html = new StringBuilder();
        int column = 0, open = 0;
        foreach (var (text, pieceStyle) in pieces)
        {
            foreach (var (from, to, isMarked) in Parts(column, column + text.Length, marked))
            {
                if (isMarked && open == 0)
                {
                    html.Append($"<span class=\"{style}\">");
                    open = 1;
                }
                else if (!isMarked && open == 1)
                {
                    html.Append("</span>");
                    open = 0;
                }

                var start = Math.Max(from, indent) - column;
                if (to - column > start)
                    html.Append(CodeHighlighter.Html([new CodePiece(text[start..(to - column)], pieceStyle)]));
            }

            column += text.Length;
        }

        return open == 1 ? html.Append("</span>").ToString() : html.ToString();
    }

    private static IEnumerable<(int From, int To, bool Marked)> Parts(int from, int to, (int Start, int End) marked)
    {
        var start = Math.Clamp(marked.Start, from, to);
        var end = Math.Clamp(marked.End, start, to);
        if (start > from)
            yield return (from, start, false);
        if (end > start)
            yield return (start, end, true);
        if (to > end)
            yield return (end, to, false);
    }

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}
