using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace AgentLint.Tasks.Report;

/// <summary>
/// One page that needs nothing beside it. Names, messages and code come from strangers' files: they are encoded here, or stand in a block of data from
/// which the page's script makes text only. The page's policy allows its own script and style by their hashes, and no request at all.
/// </summary>
internal static class HtmlReport
{
    // How many lines of code stand above and below the line of a finding.
    private const int Around = 3;

    private static readonly string Style = Resource("palette.css") + Resource("report.css") + PictureStyle;
    private static readonly string Script = Resource("report.js");

    /// <summary>The style of the picture of agents.</summary>
    public static string PictureStyle => Resource("agents.css");

    public static string Write(ReportContent content)
    {
        var page = new StringBuilder();
        page.Append($"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src '{HashOf(Style)}'; script-src '{HashOf(Script)}'; base-uri 'none'; form-action 'none'">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>{Text(content.Title)}: AgentLint report</title>
            <style>{Style}</style>
            </head>
            <body>
            <a class="skip" href="#findings">Skip to the findings</a>
            <header>
            <p class="brand">Agent<span>Lint</span></p>
            <button id="theme" type="button" aria-label="Use dark colours">◐</button>
            </header>
            <main>
            <h1>{Text(content.Title)}</h1>

            """);
        Total(page, content);
        if (content.Findings.Count > 0)
        {
            page.Append("<div class=\"tables\">\n");
            Table(page, "By rule", "Rule", content.ByRule, content.TitleOf);
            Table(page, "By project", "Project", content.ByProject, _ => "");
            page.Append("</div>\n");
        }

        Agents(page, content);
        page.Append("""
            <section id="findings" aria-labelledby="findings-title" tabindex="-1">
            <h2 id="findings-title">Findings</h2>
            <noscript><p>Scripts are off: the tables above are complete, the findings with their code need the script of this page.</p></noscript>
            <div id="controls" hidden>
            <label class="search">Search <input id="search" type="search" autocomplete="off" spellcheck="false" placeholder="message, file, rule or code"></label>
            <div class="filters"></div>
            <p class="count" role="status"></p>
            </div>
            <ol id="list"></ol>
            <button id="more" type="button" hidden>Show more</button>
            </section>
            </main>
            <footer>Made by AgentLint from the sources of this program. The page loads nothing and sends nothing.</footer>

            """);
        page.Append("<script type=\"application/json\" id=\"data\">").Append(Data(content)).Append("</script>\n");
        page.Append("<script>").Append(Script).Append("</script>\n</body>\n</html>\n");
        return page.ToString().Replace("\r\n", "\n");
    }

    private static void Total(StringBuilder page, ReportContent content)
    {
        var total = content.Total;
        page.Append("<ul class=\"total\">");
        foreach (var (number, what, level) in new[] { (total.Errors, "error", "error"), (total.Warnings, "warning", "warning"), (total.Suggestions, "suggestion", "note") })
            page.Append($"<li class=\"{level}\"><strong>{Number(number)}</strong> {what}{(number == 1 ? "" : "s")}</li>");
        page.Append($"<li><strong>{Number(content.Suppressed)}</strong> suppressed in source, not shown</li></ul>\n");
    }

    private static void Table(StringBuilder page, string title, string head, IReadOnlyList<Tally> tallies, Func<string, string> remarkOf)
    {
        page.Append($"<section><h2>{title}</h2><div class=\"table\" tabindex=\"0\" role=\"region\" aria-label=\"{title}\"><table><thead><tr><th scope=\"col\">{head}</th>")
            .Append("<th scope=\"col\">Errors</th><th scope=\"col\">Warnings</th><th scope=\"col\">Suggestions</th></tr></thead><tbody>\n");
        foreach (var tally in tallies)
        {
            var remark = remarkOf(tally.Name) is { Length: > 0 } text ? $" <span>{Text(text)}</span>" : "";
            page.Append($"<tr><th scope=\"row\">{Text(tally.Name)}{remark}</th><td>{Number(tally.Errors)}</td><td>{Number(tally.Warnings)}</td><td>{Number(tally.Suggestions)}</td></tr>\n");
        }

        page.Append("</tbody></table></div></section>\n");
    }

    private static void Agents(StringBuilder page, ReportContent content)
    {
        var graph = content.Agents;
        if (graph.Edges.Count == 0)
            return;
        page.Append("""
            <section><h2>Agents</h2>
            <p class="legend">Lines are calls: thin ones wait, <span class="blocks">thick violet</span> ones block a thread, dashed ones hand over;
            <span class="chain">orange</span> is a deep chain, <span class="cycle">red</span> a cycle without a limit.</p>
            <div class="picture" tabindex="0" role="region" aria-label="Picture of the agents">

            """).Append(AgentPicture.Draw(graph)).Append("</div>\n<details><summary>The same as a list</summary><ul>\n");
        foreach (var edge in graph.Edges)
        {
            var how = edge.Wait switch { "blocks" => "blocks its thread for", "hands-over" => "hands over to", _ => "waits for" };
            var mark = edge.Mark switch { "cycle" => " (cycle without a limit)", "chain" => " (deep chain)", _ => "" };
            page.Append($"<li>{Name(edge.From)} {how} {Name(edge.To)}{mark}</li>\n");
        }

        page.Append("</ul></details></section>\n");

        string Name(string key) => Text(string.Join(" ", graph[key].Lines));
    }

    private static string Data(ReportContent content)
    {
        var rules = content.Rules.Select(rule => rule.Id).ToList();
        var projects = content.Projects.ToList();
        var files = content.Findings.SelectMany(Places).Select(place => place.Uri).Distinct(StringComparer.Ordinal).OrderBy(uri => uri, StringComparer.Ordinal).ToList();
        var shown = new Dictionary<string, SortedSet<int>>(StringComparer.Ordinal);
        foreach (var file in files)
            shown.Add(file, []);
        foreach (var place in content.Findings.Select(finding => finding.Place!))
            for (var line = place.StartLine - Around; line <= place.StartLine + Around; line++)
                shown[place.Uri].Add(line);
        foreach (var place in content.Findings.SelectMany(finding => finding.Related))
            shown[place.Uri].Add(place.StartLine);

        var json = new JsonText(isInPage: true);
        json.Object(null, () => json
            .Array("rules", () => content.Rules.ToList().ForEach(rule => json.Object(null, () => json
                .Text("id", rule.Id).Text("title", rule.Title).Text("family", ReportContent.FamilyOf(rule)).Text("help", rule.Help))))
            .Array("projects", () => projects.ForEach(project => json.Text(null, project)))
            .Array("files", () => files.ForEach(file => json.Object(null, () => json
                .Text("name", SourceRoot.PathOf(file))
                .Array("lines", () =>
                {
                    foreach (var line in shown[file])
                        if (content.Sources.LineOf(file, line) is { } text)
                            json.Array(null, () => json.Number(null, line).Text(null, text));
                }))))
            .Array("findings", () => content.Findings.ToList().ForEach(finding => json.Object(null, () => json
                .Number("rule", rules.IndexOf(finding.RuleId))
                .Text("level", finding.Level is "error" or "warning" ? finding.Level : "note")
                .Text("message", finding.Message)
                .Array("projects", () => finding.Projects.ToList().ForEach(project => json.Number(null, projects.IndexOf(project))))
                .Array("at", () => At(finding.Place!))
                .Array("path", () => finding.Related.ToList().ForEach(place => json.Array(null, () => At(place))))))));
        return json.ToString();

        void At(SarifPlace place) => json
            .Number(null, files.BinarySearch(place.Uri, StringComparer.Ordinal))
            .Number(null, place.StartLine).Number(null, place.StartColumn).Number(null, place.EndLine).Number(null, place.EndColumn);
    }

    private static IEnumerable<SarifPlace> Places(SarifResult finding) => finding.Related.Prepend(finding.Place!);

    private static string HashOf(string text)
    {
        using var sha = SHA256.Create();
        return "sha256-" + Convert.ToBase64String(sha.ComputeHash(Encoding.UTF8.GetBytes(text)));
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Text(string text) => WebUtility.HtmlEncode(text);

    private static string Resource(string name)
    {
        using var reader = new StreamReader(typeof(HtmlReport).Assembly.GetManifestResourceStream(name)!, Encoding.UTF8);
        return reader.ReadToEnd().Replace("\r\n", "\n");
    }
}
