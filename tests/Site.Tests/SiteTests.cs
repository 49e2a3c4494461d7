using System.Text.RegularExpressions;
using AgentLint.Docs;

namespace AgentLint.Site.Tests;

public sealed partial class SiteTests
{
    private static readonly SiteFiles Site = SiteComposer.Compose(Here.Root);

    [Fact]
    public void Every_rule_and_every_document_has_a_page()
    {
        var documents = Directory.GetFiles(Path.Combine(Here.Root, "docs"), "*.md", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Here.Root, file).Replace('\\', '/'))
            .Where(file => file != "docs/rules/README.md");

        Assert.Equal(documents.Order(StringComparer.Ordinal), Site.Pages.Select(page => page.Source).Where(source => source.StartsWith("docs/", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.Empty(RuleBook.Load().Rules.Select(rule => $"rules/{rule.Id}.html").Except(Site.Files.Keys));
    }

    [Fact]
    public void Every_link_leads_somewhere() => Assert.Empty(LinkCheck.BrokenLinks(Site));

    [Fact]
    public void No_link_is_left_that_leads_to_markdown() =>
        Assert.All(Site.Pages, page => Assert.DoesNotMatch("href=\"(?!https://)[^\"]*\\.md[\"#]", page.Html));

    [Fact]
    public void Nothing_is_loaded_from_elsewhere() =>
        Assert.All(Site.Files.Where(file => !file.Key.EndsWith("index.js", StringComparison.Ordinal)), file =>
            Assert.DoesNotMatch("(?:src|<link[^>]*href)=\"(?:https?:)?//|url\\(\\s*['\"]?https?:|@import|fetch\\(|XMLHttpRequest", file.Value));

    [Fact]
    public void Every_rule_is_in_the_index_with_its_message()
    {
        var index = Site.Files["search-index.js"];

        Assert.All(RuleBook.Load().Rules, rule => Assert.Contains($"\"id\":\"{rule.Id}\"", index, StringComparison.Ordinal));
        Assert.Contains("returns as soon as its delegate returns a task", index, StringComparison.Ordinal);
    }

    [Fact]
    public void Reported_lines_of_a_sample_are_marked()
    {
        var page = Site.Files["rules/AGL0206.html"];

        Assert.Matches("<span class=\"line reported\">.*<span class=\"mark\">AGL0206</span></span>", page);
        Assert.DoesNotContain("// AGL0206<", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Headings_have_anchors_that_do_not_repeat() =>
        Assert.All(Site.Pages, page =>
        {
            var ids = Id().Matches(page.Html).Select(match => match.Groups[1].Value).ToList();
            Assert.Equal(ids.Distinct(), ids);
            Assert.Equal(Heading().Count(page.Html), Anchored().Count(page.Html));
        });

    [Theory]
    [InlineData("a.html", "<a href=\"b.html\">", null)]
    [InlineData("a.html", "<a href=\"b.html#there\">", null)]
    [InlineData("a.html", "<a href=\"b.html?category=Retries\">", null)]
    [InlineData("a.html", "<a href=\"#here\" id=\"here\">", null)]
    [InlineData("rules/a.html", "<a href=\"../b.html\">", null)]
    [InlineData("a.html", "<a href=\"https://example.org/x.md\">", null)]
    [InlineData("a.html", "<a href=\"c.html\">", "a.md: c.html leads to c.html, which is not there")]
    [InlineData("rules/a.html", "<img src=\"b.html\">", "a.md: b.html leads to rules/b.html, which is not there")]
    [InlineData("a.html", "<a href=\"b.html#gone\">", "a.md: b.html#gone leads to no heading of b.html")]
    [InlineData("a.html", "<a href=\"#gone\">", "a.md: #gone leads to no heading of a.html")]
    public void Links_are_followed(string path, string html, string? complaint)
    {
        var site = new SiteFiles([new SitePage(path, "a.md", html), new SitePage("b.html", "b.md", "<h2 id=\"there\">")], new Dictionary<string, string>());

        Assert.Equal(complaint == null ? [] : [complaint], LinkCheck.BrokenLinks(site));
    }

    [Fact]
    public async Task A_link_that_leads_nowhere_fails_the_site()
    {
        var root = Directory.CreateTempSubdirectory("agentlint-docs-").FullName;
        try
        {
            await File.WriteAllTextAsync(Path.Combine(root, "AgentLint.sln"), "", TestContext.Current.CancellationToken);
            Directory.CreateDirectory(Path.Combine(root, "docs"));
            await File.WriteAllTextAsync(Path.Combine(root, "docs", "adopting.md"), "# Adopting\n", TestContext.Current.CancellationToken);
            foreach (var (link, exitCode) in new[] { ("adopting.md", 0), ("adopting.md#nowhere", 1), ("missing.md", 1), ("../AgentLint.sln", 0), ("../missing.txt", 1) })
            {
                await File.WriteAllTextAsync(Path.Combine(root, "docs", "page.md"), $"# Page\n\n[a link]({link})\n", TestContext.Current.CancellationToken);
                using var error = new StringWriter();

                Assert.Equal(exitCode, await CommandLine.RunAsync(["--check"], root, TextWriter.Null, error, new RuleBook([])));
                if (exitCode == 1)
                    Assert.Matches("^docs/page\\.md: \\S+ leads to ", error.ToString());
            }
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    [Fact]
    public async Task A_folder_with_something_else_in_it_is_left_alone()
    {
        var folder = Directory.CreateTempSubdirectory("agentlint-work-").FullName;
        try
        {
            var work = Path.Combine(folder, "work.txt");
            await File.WriteAllTextAsync(work, "mine", TestContext.Current.CancellationToken);
            using var error = new StringWriter();

            Assert.Equal(1, await CommandLine.RunAsync(["--out", folder, "--no-sample"], Here.Root, TextWriter.Null, error));
            Assert.True(File.Exists(work));
            Assert.Contains("--out", error.ToString(), StringComparison.Ordinal);

            // An earlier site is not somebody's work.
            File.Delete(work);
            for (var round = 0; round < 2; round++)
                Assert.Equal(0, await CommandLine.RunAsync(["--out", folder, "--no-sample"], Here.Root, TextWriter.Null, error));
            Assert.Equal(Site.Files.Keys.Append(".agentlint-site").Order(StringComparer.Ordinal), Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(folder, file).Replace('\\', '/')).Order(StringComparer.Ordinal));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Pictures_of_the_readme_are_there_and_small_and_said_in_words()
    {
        var pictures = Picture().Matches(File.ReadAllText(Path.Combine(Here.Root, "README.md")));

        Assert.Equal(["agents.png", "finding.png", "report.png", "rule-dark.png", "rules-light.png"], pictures.Select(picture => Path.GetFileName(picture.Groups["path"].Value)).Order(StringComparer.Ordinal));
        Assert.All(pictures, picture =>
        {
            Assert.True(picture.Groups["words"].Value.Split(' ').Length >= 6, "A picture is not said in words: " + picture.Groups["words"].Value);
            var bytes = File.ReadAllBytes(Path.Combine(Here.Root, picture.Groups["path"].Value));
            Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], bytes[..4]);
            Assert.InRange(bytes.Length, 40 * 1024, 200 * 1024);
        });
    }

    [Theory]
    [InlineData("README.md")]
    [InlineData("CONTRIBUTING.md")]
    [InlineData("AGENTS.md")]
    [InlineData("src/Package/README.md")]
    [InlineData("samples/SupportDesk/README.md")]
    public void Links_of_what_is_no_page_of_the_site_lead_somewhere(string file)
    {
        const string here = "https://github.com/AgentLint/AgentLint/blob/main/";
        var folder = Path.GetDirectoryName(Path.Combine(Here.Root, file))!;
        var links = MarkdownLink().Matches(File.ReadAllText(Path.Combine(Here.Root, file))).Select(match => match.Groups[1].Value).Distinct().ToList();

        Assert.All(links.Where(link => !link.Contains("://", StringComparison.Ordinal)), link => Assert.True(Path.Exists(Path.Combine(folder, link.Split('#')[0])), link));
        Assert.All(links.Where(link => link.StartsWith(here, StringComparison.Ordinal)), link => Assert.True(Path.Exists(Path.Combine(Here.Root, link[here.Length..])), link));
    }

    [Fact]
    public async Task Arguments_that_mean_nothing_are_refused()
    {
        using var error = new StringWriter();

        Assert.Equal(1, await CommandLine.RunAsync(["--serve"], Here.Root, TextWriter.Null, error));
        Assert.StartsWith("Usage:", error.ToString(), StringComparison.Ordinal);
    }

    [GeneratedRegex("!\\[(?<words>[^\\]]*)\\]\\((?<path>[^)]+)\\)")]
    private static partial Regex Picture();

    [GeneratedRegex("\\]\\(([^)\\s]+)\\)")]
    private static partial Regex MarkdownLink();

    [GeneratedRegex(" id=\"([^\"]+)\"")]
    private static partial Regex Id();

    [GeneratedRegex("<h[23] id=\"(?!rules\")")]
    private static partial Regex Heading();

    [GeneratedRegex("<h[23] id=\"([^\"]+)\">.*<a class=\"anchor\" href=\"#\\1\"")]
    private static partial Regex Anchored();
}
