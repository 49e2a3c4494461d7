using System.Net;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using AgentLint.Docs;
using Microsoft.CodeAnalysis;

namespace AgentLint.Site;

/// <summary>Makes the site of the rules' pages and of the documentation.</summary>
internal sealed partial class SiteComposer
{
    private const string Repository = RepositoryAddress.Value + "/blob/main/";

    /// <summary>The documentation in the order in which a reader needs it. What is in no list comes after it, by name.</summary>
    private static readonly (string Heading, string[] Files)[] Guide =
    [
        ("Use", ["docs/try.md", "docs/adopting.md", "docs/configuration.md", "docs/editors.md", "docs/severity.md", "docs/fixes.md", "docs/ci.md", "docs/compatibility.md", "docs/versioning.md"]),
        ("Understand", ["docs/analysis.md", "docs/agent-graph.md", "docs/facts.md", "docs/comparison.md", "docs/performance.md"]),
        ("Extend", ["docs/annotations.md", "docs/catalogue.md", "docs/catalogue-unchecked.md"]),
        ("Inside",
        [
            "docs/internals/README.md", "docs/internals/glossary.md", "docs/internals/catalogue-and-model.md", "docs/internals/call-graph.md",
            "docs/internals/effect-summaries.md", "docs/internals/forward-flow.md", "docs/internals/value-origins.md",
            "docs/internals/taint.md", "docs/internals/keys.md", "docs/internals/cycles.md", "docs/internals/retry-scopes.md",
            "docs/internals/locks.md", "docs/internals/concurrency.md", "docs/internals/lifetimes-and-sharing.md",
            "docs/internals/completed-tasks.md", "docs/internals/failure-handlers.md", "docs/internals/facts.md", "docs/internals/stranger.md",
            "docs/internals/duplicates.md",
        ]),
    ];

    private readonly string root;
    private readonly RuleBook book;
    private readonly ShownDiagnostic? shown;
    private readonly List<string> files;
    private readonly List<SitePage> pages = [];
    private readonly List<object> index = [];

    private SiteComposer(string root, RuleBook book, ShownDiagnostic? shown)
    {
        this.root = root;
        this.book = book;
        this.shown = shown;
        files = [.. Directory.GetFiles(Path.Combine(root, "docs"), "*.md", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(root, file).Replace('\\', '/')).Order(StringComparer.Ordinal)];
    }

    /// <summary>Composes the site of a repository.</summary>
    /// <param name="root">The repository.</param>
    /// <param name="shown">A report of the sample's build for the start page and a page of its own.</param>
    /// <param name="book">The rules, where they are not the product's.</param>
    public static SiteFiles Compose(string root, ShownDiagnostic? shown = null, RuleBook? book = null) => new SiteComposer(root, book ?? RuleBook.Load(), shown).Compose();

    private SiteFiles Compose()
    {
        foreach (var file in files.Where(file => file != "docs/rules/README.md"))
        {
            var id = Path.GetFileNameWithoutExtension(file);
            if (book.Rules.FirstOrDefault(rule => rule.Id == id) is { } rule)
                AddRule(file, rule);
            else
                AddDocument(file);
        }

        if (shown != null)
            Add("diagnostic.html", "the build of samples/SupportDesk", "A finding, and how it comes about", shown.Render(), "page-diagnostic");
        AddStart();
        var assets = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["site.css"] = Asset("palette.css") + Asset("site.css"),
            ["theme.js"] = Asset("theme.js"),
            ["site.js"] = Asset("site.js"),
            ["icon.svg"] = Asset("icon.svg"),
            ["search-index.js"] = "window.agentLintIndex = " + JsonSerializer.Serialize(index) + ";\n",
        };
        return new SiteFiles(pages, assets);
    }

    /// <summary>Where a file of the repository is on the site: nowhere, where it is no page of it.</summary>
    private string? OnSite(string file) =>
        file is "README.md" or "docs/rules/README.md" ? "index.html" : files.Contains(file, StringComparer.Ordinal) ? Path.ChangeExtension(file["docs/".Length..], ".html") : null;

    private Func<string, string> Rewrite(string from) => link =>
    {
        if (link.Length == 0 || link.StartsWith('#') || link.Contains("://", StringComparison.Ordinal) || link.StartsWith("mailto:", StringComparison.Ordinal))
            return link;
        var (path, anchor) = link.IndexOf('#') is var hash and >= 0 ? (link[..hash], link[hash..]) : (link, "");
        var target = LinkCheck.Resolve(from, path);
        if (OnSite(target) is { } page)
            return Relative(OnSite(from)!, page) + anchor;
        if (!File.Exists(Path.Combine(root, target)) && !Directory.Exists(Path.Combine(root, target)))
            throw new DocsException($"{from}: {link} leads to {target}, which is not there");
        return Repository + target + anchor;
    };

    private static string Relative(string from, string to) => string.Concat(Enumerable.Repeat("../", from.Count(c => c == '/'))) + to;

    private void AddRule(string file, RuleEntry rule)
    {
        // The header that is generated says in a table what stands above the page here.
        var markdown = GeneratedHeader().Replace(File.ReadAllText(Path.Combine(root, file)).ReplaceLineEndings("\n"), "");
        var page = MarkdownPage.Render(markdown, Rewrite(file));
        var path = OnSite(file)!;
        var rules = book.Rules.ToList();
        var at = rules.IndexOf(rule);
        var title = Encode(rule.Descriptor.Title.ToString());
        var html = new StringBuilder($"<p class=\"crumbs\"><a href=\"{Relative(path, "index.html")}\">Rules</a> / <a href=\"{Relative(path, "index.html")}?category={rule.Rule.Category}\">{Words(rule.Rule.Category)}</a></p>\n");
        html.Append($"<h1><span class=\"id\">{rule.Id}</span> {Breakable(rule.Rule.Name)}</h1>\n<p class=\"lead\">{title}.</p>\n");
        html.Append($"<ul class=\"facts\"><li>{Severity(rule)}</li><li>{(rule.IsOn ? "on by default" : "off by default")}</li><li>{(rule.HasFix ? "with a code fix" : "no code fix")}</li></ul>\n");
        html.Append(page.Html);
        html.Append("<nav class=\"turn\" aria-label=\"Neighbouring rules\">");
        if (at > 0)
            html.Append($"<a rel=\"prev\" href=\"{rules[at - 1].Id}.html\"><small>Previous</small> {rules[at - 1].Id} {Encode(rules[at - 1].Rule.Name)}</a>");
        if (at + 1 < rules.Count)
            html.Append($"<a rel=\"next\" href=\"{rules[at + 1].Id}.html\"><small>Next</small> {rules[at + 1].Id} {Encode(rules[at + 1].Rule.Name)}</a>");
        html.Append("</nav>\n");
        Add(path, file, $"{rule.Id} {rule.Rule.Name}", html.ToString(), "page-rule", page.Headings);
        index.Add(new
        {
            url = path,
            id = rule.Id,
            title = rule.Rule.Name,
            about = rule.Descriptor.Title.ToString(),
            category = rule.Rule.Category.ToString(),
            text = string.Join(' ', rule.Descriptor.MessageFormat.ToString(), rule.Descriptor.Description.ToString(), page.Text),
        });
    }

    private void AddDocument(string file)
    {
        var page = MarkdownPage.Render(File.ReadAllText(Path.Combine(root, file)).ReplaceLineEndings("\n"), Rewrite(file));
        if (page.Title.Length == 0)
            throw new DocsException($"{file} has no heading of the first level");
        var path = OnSite(file)!;
        Add(path, file, page.Title, $"<h1>{Encode(page.Title)}</h1>\n{page.Html}", "page-guide", page.Headings);
        index.Add(new { url = path, id = "", title = page.Title, about = "", category = "", text = page.Text });
    }

    private void AddStart()
    {
        var categories = book.Rules.Select(rule => rule.Rule.Category).Distinct().ToList();
        var html = new StringBuilder(
            """
            <div class="hero">
            <h1>Distributed-systems faults in C# agent code, found before it runs</h1>
            <p class="lead">AgentLint is a package of Roslyn analyzers and code fixes. It follows model calls, tool calls and calls between agents through your own methods, and
            reports where they lack what distributed systems need: keys, bounds, isolation, time limits.</p>

            """);
        html.Append(CodeBlocks.Render("dotnet add package AgentLint\n", "sh"));
        html.Append("<p><a class=\"button\" href=\"adopting.html\">Adopt it in a week</a>");
        html.Append(shown == null ? "</p>\n</div>\n" : " <a class=\"button quiet\" href=\"diagnostic.html\">See a finding</a></p>\n</div>\n");
        html.Append("<section aria-labelledby=\"rules\">\n<h2 id=\"rules\">Rules</h2>\n<div class=\"filters\">\n<div role=\"group\" aria-label=\"Category\">");
        html.Append("<button type=\"button\" data-category=\"\" aria-pressed=\"true\">All</button>");
        foreach (var category in categories)
            html.Append($"<button type=\"button\" data-category=\"{category}\" aria-pressed=\"false\">{Words(category)}</button>");
        html.Append("</div>\n<div role=\"group\" aria-label=\"Severity\"><button type=\"button\" data-severity=\"\" aria-pressed=\"true\">Any severity</button>");
        foreach (var severity in book.Rules.Select(SeverityName).Distinct())
            html.Append($"<button type=\"button\" data-severity=\"{severity}\" aria-pressed=\"false\">{severity}</button>");
        html.Append("</div>\n<p class=\"count\" role=\"status\" aria-live=\"polite\"></p>\n</div>\n<ul class=\"rules\">\n");
        foreach (var rule in book.Rules)
        {
            html.Append($"<li data-category=\"{rule.Rule.Category}\" data-severity=\"{SeverityName(rule)}\"><a href=\"rules/{rule.Id}.html\"><span class=\"id\">{rule.Id}</span> <span class=\"name\">{Breakable(rule.Rule.Name)}</span></a>");
            html.Append($"<span class=\"about\">{Encode(rule.Descriptor.Title.ToString())}</span><span class=\"tags\"><span>{Words(rule.Rule.Category)}</span>{Severity(rule)}{(rule.HasFix ? "<span class=\"fix\">fix</span>" : "")}</span></li>\n");
        }

        html.Append("</ul>\n</section>\n");
        Add("index.html", "the rules", "AgentLint", html.ToString(), "page-start");
    }

    private void Add(string path, string source, string title, string html, string kind, IReadOnlyList<PageHeading>? headings = null) =>
        pages.Add(new SitePage(path, source, Layout(path, title, html, kind, headings ?? [])));

    private string Layout(string path, string title, string html, string kind, IReadOnlyList<PageHeading> headings)
    {
        var up = Relative(path, "");
        var page = new StringBuilder();
        page.Append(
            $"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>{Encode(title == "AgentLint" ? title : title + " · AgentLint")}</title>
            <link rel="icon" href="{up}icon.svg">
            <link rel="stylesheet" href="{up}site.css">
            <script src="{up}theme.js"></script>
            </head>
            <body class="{kind}" data-root="{up}">
            <a class="skip" href="#content">Skip to the content</a>
            <header>
            <a class="brand" href="{up}index.html"><span aria-hidden="true">◆</span> AgentLint</a>
            <div class="search" role="search">
            <input id="search" type="search" placeholder="Search rules and pages" aria-label="Search rules and pages" autocomplete="off" spellcheck="false" role="combobox" aria-expanded="false" aria-controls="results" aria-autocomplete="list">
            <kbd aria-hidden="true">/</kbd>
            <div id="results" role="listbox" aria-label="Search results" hidden></div>
            </div>
            <button id="theme" type="button" aria-label="Use dark colours"><span aria-hidden="true">◐</span></button>
            </header>
            <div class="frame">
            <nav class="side" aria-label="Site"><details open><summary>Contents</summary>

            """);
        AppendSide(page, path);
        page.Append($"</details></nav>\n<main id=\"content\" tabindex=\"-1\">\n{html}</main>\n");
        if (headings.Count(heading => heading.Level == 2) > 2)
        {
            page.Append("<nav class=\"toc\" aria-label=\"On this page\"><p>On this page</p><ul>\n");
            foreach (var heading in headings.Where(heading => heading.Level == 2))
                page.Append($"<li><a href=\"#{heading.Anchor}\">{Encode(heading.Text)}</a></li>\n");
            page.Append("</ul></nav>\n");
        }

        page.Append(
            $"""
            </div>
            <footer><p>AgentLint is under the MIT license. This page needs no server and loads nothing from elsewhere.</p></footer>
            <script src="{up}search-index.js" defer></script>
            <script src="{up}site.js" defer></script>
            </body>
            </html>

            """);
        return page.ToString();
    }

    private void AppendSide(StringBuilder page, string path)
    {
        var listed = Guide.SelectMany(part => part.Files).ToHashSet(StringComparer.Ordinal);
        var rest = files.Where(file => !file.StartsWith("docs/rules/", StringComparison.Ordinal) && !listed.Contains(file));
        foreach (var (heading, documents) in Guide.Append(("Studies", [.. rest])))
        {
            var there = documents.Where(file => files.Contains(file, StringComparer.Ordinal)).ToList();
            if (there.Count == 0)
                continue;
            page.Append($"<p>{heading}</p><ul>\n");
            foreach (var file in there)
                AppendItem(OnSite(file)!, Encode(TitleOf(file)));
            page.Append("</ul>\n");
        }

        foreach (var category in book.Rules.GroupBy(rule => rule.Rule.Category))
        {
            page.Append($"<p>{Words(category.Key)}</p><ul>\n");
            foreach (var rule in category)
                AppendItem($"rules/{rule.Id}.html", $"<span class=\"id\">{rule.Id[3..]}</span> {Breakable(rule.Rule.Name)}");
            page.Append("</ul>\n");
        }

        void AppendItem(string target, string label) =>
            page.Append($"<li><a href=\"{Relative(path, target)}\"{(target == path ? " aria-current=\"page\"" : "")}>{label}</a></li>\n");
    }

    private string TitleOf(string file) =>
        File.ReadLines(Path.Combine(root, file)).First(line => line.StartsWith("# ", StringComparison.Ordinal))[2..].Trim();

    private static string SeverityName(RuleEntry rule) => rule.IsOn ? rule.Severity.ToString() : "Off";

    private static string Severity(RuleEntry rule) => $"<span class=\"severity {SeverityName(rule).ToLowerInvariant()}\">{SeverityName(rule)}</span>";

    private static string Words(RuleCategory category) => Capital().Replace(category.ToString(), match => " " + char.ToLowerInvariant(match.Value[0]));

    // A long name in one word may break before a capital letter.
    private static string Breakable(string name) => Capital().Replace(Encode(name), match => "<wbr>" + match.Value);

    private static string Encode(string text) => WebUtility.HtmlEncode(text);

    private static string Asset(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }

    // From the page's first heading to the end of the first table, which the page's head repeats.
    [GeneratedRegex(@"^# .*?\n\n.*?\n\n\| Id .*?\n\n", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex GeneratedHeader();

    [GeneratedRegex("(?<=.)[A-Z]")]
    private static partial Regex Capital();
}
