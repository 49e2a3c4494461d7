using System.Globalization;
using AgentLint.Tasks.Report;
using Microsoft.Playwright;

namespace AgentLint.Site.Tests;

/// <summary>The report that a build makes, in a real browser, opened from the disk.</summary>
[Collection(nameof(Browser))]
public sealed class ReportTests(Browser browser) : IDisposable
{
    private const string Cards = "#list > .finding";

    private readonly string folder = Directory.CreateTempSubdirectory("agentlint-report-").FullName;
    private readonly List<string> complaints = [];
    private readonly List<string> requests = [];

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Report_of_the_sample_is_complete_and_asks_for_nothing()
    {
        var reader = await OpenAsync("report.html");

        Assert.True(browser.Report.Findings.Count > 100, "The sample has few findings");
        Assert.StartsWith($"{browser.Report.Findings.Count} findings", await reader.InnerTextAsync(".count"), StringComparison.Ordinal);
        await reader.ClickAsync("#more");
        Assert.Equal(browser.Report.Findings.Count, await reader.Locator(Cards).CountAsync());
        Assert.Equal(
            browser.Report.ByRule.Select(rule => $"{rule.Name} {rule.Errors} {rule.Warnings} {rule.Suggestions}"),
            await reader.EvaluateAsync<string[]>(
                "() => [...document.querySelectorAll('.tables tbody')][0].querySelectorAll('tr').values().map(row => [row.cells[0].firstChild.data.trim(), ...[...row.cells].slice(1).map(cell => cell.textContent)].join(' ')).toArray()"));
        Assert.Equal([browser.At("report.html")], requests);
        Assert.Empty(complaints);
        await reader.Context.CloseAsync();
    }

    [Fact]
    public async Task Each_finding_has_its_code_its_path_and_its_rule()
    {
        var finding = browser.Report.Findings.First(finding => finding.RuleId == "AGL0601" && finding.Related.Count > 1);
        var reader = await OpenAsync("report.html");

        await reader.FillAsync("#search", finding.Message);

        var card = reader.Locator(Cards).First;
        Assert.Equal(finding.Message, await card.Locator(".message").InnerTextAsync());
        Assert.Equal("https://github.com/AgentLint/AgentLint/blob/main/docs/rules/AGL0601.md", await card.Locator("a.rule").GetAttributeAsync("href"));
        var line = browser.Report.Sources.LineOf(finding.Place!.Uri, finding.Place.StartLine)!;
        Assert.EndsWith(line.Trim(), await card.Locator(".reported").InnerTextAsync(), StringComparison.Ordinal);
        Assert.Equal(line[(finding.Place.StartColumn - 1)..(finding.Place.EndColumn - 1)], await card.Locator("mark").InnerTextAsync());
        Assert.Equal(
            finding.Related.Select(place => $"{place.Uri}({place.StartLine},{place.StartColumn})"), await card.Locator(".path .where").AllInnerTextsAsync());
        Assert.Equal(
            finding.Related.Select(place => browser.Report.Sources.LineOf(place.Uri, place.StartLine)!.Trim()), await card.Locator(".path code").AllInnerTextsAsync());
        await reader.Context.CloseAsync();
    }

    [Fact]
    public async Task Filters_and_search_narrow_each_other()
    {
        var content = browser.Report;
        var families = content.Rules.ToDictionary(rule => rule.Id, ReportContent.FamilyOf);
        var reader = await OpenAsync("report.html");

        await reader.ClickAsync(".filters [data-level=warning]");
        await reader.ClickAsync(".filters [data-family=Retries]");
        var expected = content.Findings.Where(finding => finding.Level == "warning" && families[finding.RuleId] == "Retries").Select(finding => finding.RuleId).ToList();
        Assert.NotEmpty(expected);
        Assert.Equal(expected, await reader.Locator(Cards + " .rule").AllInnerTextsAsync());
        Assert.Equal($"{expected.Count} of {content.Findings.Count} findings", await reader.InnerTextAsync(".count"));
        Assert.Equal("true", await reader.GetAttributeAsync(".filters [data-family=Retries]", "aria-pressed"));
        Assert.Equal("false", await reader.GetAttributeAsync(".filters [data-family='']", "aria-pressed"));

        await reader.SelectOptionAsync("#by-rule", "AGL0202");
        Assert.Equal(expected.Where(id => id == "AGL0202"), await reader.Locator(Cards + " .rule").AllInnerTextsAsync());
        await reader.FillAsync("#search", "no such words anywhere");
        Assert.Equal(0, await reader.Locator(Cards).CountAsync());
        Assert.Equal($"0 of {content.Findings.Count} findings", await reader.InnerTextAsync(".count"));

        await reader.FillAsync("#search", "");
        await reader.SelectOptionAsync("#by-rule", "");
        await reader.ClickAsync(".filters [data-level='']");
        await reader.ClickAsync(".filters [data-family='']");
        Assert.Equal(100, await reader.Locator(Cards).CountAsync());
        await reader.Context.CloseAsync();
    }

    [Fact]
    public async Task Text_can_be_read_in_both_colours_and_on_a_phone()
    {
        foreach (var colors in new[] { ColorScheme.Light, ColorScheme.Dark })
        {
            var reader = await OpenAsync("report.html", width: 360, height: 740, colors);
            var faint = await reader.EvaluateAsync<string[]>(Survey.FaintTexts);
            Assert.True(int.Parse(faint[0], CultureInfo.InvariantCulture) > 1000, $"{faint[0]} texts are shown");
            Assert.Empty(faint[1..]);
            Assert.True(await reader.EvaluateAsync<int>("() => Math.max(document.documentElement.scrollWidth, document.body.scrollWidth)") <= 360, "The page scrolls sideways");

            var before = await GroundAsync(reader);
            await reader.ClickAsync("#theme");
            Assert.NotEqual(before, await GroundAsync(reader));
            Assert.Equal(colors == ColorScheme.Light ? "Use light colours" : "Use dark colours", await reader.GetAttributeAsync("#theme", "aria-label"));
            Assert.Empty(complaints);
            await reader.Context.CloseAsync();
        }

        static Task<string> GroundAsync(IPage reader) => reader.EvaluateAsync<string>("() => getComputedStyle(document.body).backgroundColor");
    }

    [Fact]
    public async Task Keyboard_reaches_everything()
    {
        var reader = await OpenAsync("report.html");

        await reader.Keyboard.PressAsync("Tab");
        Assert.Equal("Skip to the findings", await ActiveAsync("textContent"));
        await reader.Keyboard.PressAsync("Enter");
        Assert.Equal("findings", await ActiveAsync("id"));
        await reader.Keyboard.PressAsync("Tab");
        Assert.Equal("search", await ActiveAsync("id"));
        // All, Errors or Warnings, the next one, by Enter.
        await reader.Keyboard.PressAsync("Tab");
        await reader.Keyboard.PressAsync("Tab");
        await reader.Keyboard.PressAsync("Enter");
        Assert.Equal("warning", await reader.EvaluateAsync<string>("() => document.querySelector('[data-level][aria-pressed=true]').dataset.level"));
        await reader.Locator("h1").ClickAsync();
        await reader.Keyboard.PressAsync("/");
        Assert.Equal("search", await ActiveAsync("id"));
        Assert.Equal(0, await reader.EvaluateAsync<int>("() => [...document.querySelectorAll('a, button, input, select')].filter(e => !(e.getAttribute('aria-label') || e.textContent.trim() || e.labels?.length)).length"));
        Assert.Equal("header 1, main 1, footer 1, h1 1", await reader.EvaluateAsync<string>("() => ['header', 'main', 'footer', 'h1'].map(part => part + ' ' + document.querySelectorAll(part).length).join(', ')"));
        await reader.Context.CloseAsync();

        Task<string> ActiveAsync(string property) => reader.EvaluateAsync<string>($"() => document.activeElement.{property}");
    }

    [Fact]
    public async Task Text_of_strangers_is_text()
    {
        const string Attack = "<img src=x onerror=\"document.title='owned'\"></script><script>document.title='owned'</script><!-- \u2028 ' & &amp; ${1}";
        const string File = "<img src=x onerror=alert(1)> & 'co'.cs";
        if (!OperatingSystem.IsWindows())
            System.IO.File.WriteAllText(Path.Combine(folder, File), $"// first {Attack}\nvar it = \"{Attack}\";\n");
        browser.Write("hostile.html", HtmlReport.Write(Reports.Of(Reports.Log(folder, [("AGL0206", "warning", Attack, File, 2)]), folder, Attack, Attack)));

        var reader = await OpenAsync("hostile.html");

        Assert.Equal(Attack + ": AgentLint report", await reader.TitleAsync());
        Assert.Equal(Attack, await reader.TextContentAsync("h1"));
        Assert.Equal(Attack, await reader.TextContentAsync(Cards + " .message"));
        Assert.Equal(File + "(2,1)", await reader.TextContentAsync(Cards + " .bar .where"));
        Assert.Contains(Attack, await reader.Locator(".tables").Last.TextContentAsync(), StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal($"2var it = \"{Attack}\";", await reader.TextContentAsync(Cards + " .reported"));
            Assert.Equal($"// first {Attack}", await reader.TextContentAsync(Cards + " .path code"));
        }

        Assert.Equal(0, await reader.Locator("img, iframe, object, [onerror]").CountAsync());
        Assert.Equal(2, await reader.Locator("script").CountAsync());
        Assert.Equal([browser.At("hostile.html")], requests);
        Assert.Empty(complaints);
        await reader.Context.CloseAsync();
    }

    [Fact]
    public async Task A_script_that_gets_into_the_page_does_not_run()
    {
        browser.Write("changed.html", HtmlReport.Write(browser.Report).Replace("<h1>", "<script>document.title='owned'</script><h1>", StringComparison.Ordinal));

        var reader = await OpenAsync("changed.html");

        Assert.Equal("SupportDesk: AgentLint report", await reader.TitleAsync());
        Assert.Contains(complaints, complaint => complaint.Contains("Content Security Policy", StringComparison.Ordinal));
        await reader.Context.CloseAsync();
    }

    [Fact]
    public async Task Five_thousand_findings_are_shown_a_hundred_at_a_time()
    {
        var text = string.Concat(Enumerable.Range(1, 1000).Select(i => $"Line {i} of a long file;\n"));
        foreach (var file in Enumerable.Range(0, 5))
            File.WriteAllText(Path.Combine(folder, $"File{file}.cs"), text);
        var findings = Enumerable.Range(0, 5000).Select(i => (i % 2 == 0 ? "AGL0101" : "AGL0201", i % 10 == 0 ? "error" : "warning", $"Finding number {i}: it is there", $"File{i / 1000}.cs", (i % 1000) + 1));
        browser.Write("large.html", HtmlReport.Write(Reports.Of(Reports.Log(folder, findings), folder, "Large", "Large.csproj")));

        var reader = await OpenAsync("large.html");

        Assert.Equal("5000 findings, the first 100 are shown", await reader.InnerTextAsync(".count"));
        Assert.Equal(100, await reader.Locator(Cards).CountAsync());
        Assert.True(await reader.EvaluateAsync<int>("() => document.querySelectorAll('*').length") < 5000, "The page holds more than it shows");
        await reader.ClickAsync("#more");
        Assert.Equal(200, await reader.Locator(Cards).CountAsync());
        Assert.Equal(100, await reader.EvaluateAsync<int>("() => [...document.querySelectorAll('#list > .finding')].indexOf(document.activeElement)"));
        await reader.FillAsync("#search", "number 4321:");
        Assert.Equal(["Finding number 4321: it is there"], await reader.Locator(Cards + " .message").AllInnerTextsAsync());
        await reader.FillAsync("#search", "file3.cs");
        await reader.ClickAsync(".filters [data-level=error]");
        Assert.Equal("100 of 5000 findings", await reader.InnerTextAsync(".count"));
        await reader.ClickAsync(".filters [data-family=Retries]");
        Assert.Equal("0 of 5000 findings", await reader.InnerTextAsync(".count"));
        Assert.Empty(complaints);
        await reader.Context.CloseAsync();
    }

    [Fact]
    public void The_same_findings_are_the_same_page() => Assert.Equal(HtmlReport.Write(browser.Report), HtmlReport.Write(Reports.OfSample()));

    private async Task<IPage> OpenAsync(string page, int width = 1280, int height = 900, ColorScheme colors = ColorScheme.Light)
    {
        var reader = await browser.ReaderAsync(width, height, colors);
        reader.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
                complaints.Add(message.Text);
        };
        reader.PageError += (_, error) => complaints.Add(error);
        reader.Request += (_, request) => requests.Add(request.Url);
        await reader.GotoAsync(browser.At(page));
        return reader;
    }
}
