using AgentLint.Docs;
using Microsoft.Playwright;

namespace AgentLint.Site.Tests;

/// <summary>The site in a real browser, opened from the disk as a reader would do it.</summary>
[Collection(nameof(Browser))]
public sealed class BrowserTests(Browser browser)
{
    private static Survey? survey;

    [Fact]
    public async Task Every_page_loads_without_an_error()
    {
        var pages = await PagesAsync();

        Assert.True(pages.Count > RuleBook.Load().Rules.Count, "There are fewer pages than rules");
        Assert.All(pages, page => Assert.Empty(page.Complaints));
    }

    [Fact]
    public async Task No_page_asks_for_anything_that_is_not_beside_it()
    {
        Assert.All(await PagesAsync(), page =>
        {
            Assert.NotEmpty(page.Requests);
            Assert.All(page.Requests, request => Assert.StartsWith("file:///", request, StringComparison.Ordinal));
        });
    }

    [Fact]
    public async Task Text_can_be_read_in_both_colours()
    {
        Assert.All(await PagesAsync(), page =>
        {
            Assert.True(page.Texts > 20, $"{page.Path} shows {page.Texts} texts");
            Assert.Empty(page.FaintInLight);
            Assert.Empty(page.FaintInDark);
        });
    }

    [Fact]
    public async Task No_page_scrolls_sideways_on_a_narrow_screen() =>
        Assert.All(await PagesAsync(), page => Assert.True(page.NarrowWidth <= 360, $"{page.Path} is {page.NarrowWidth} pixels wide"));

    [Fact]
    public async Task Every_page_has_landmarks_and_names()
    {
        Assert.All(await PagesAsync(), page =>
        {
            Assert.Matches("^header 1, nav\\[aria-label\\] [1-9], main 1, footer 1, h1 1$", page.Structure);
            Assert.Equal(0, page.Nameless);
        });
    }

    [Theory]
    [InlineData("AGL0206", "AGL0206 DeadRetry")]
    [InlineData("agl0904", "AGL0904 UnboundedHistory")]
    [InlineData("idempotency key attempt changes", "AGL0102 UnstableIdempotencyKey")]
    [InlineData("captive scoped", "AGL0704 CaptiveScopedService")]
    public async Task Search_finds_a_rule_by_its_id_and_by_words(string words, string first)
    {
        var reader = await browser.ReaderAsync();
        await reader.GotoAsync(browser.At("configuration.html"));

        await reader.Keyboard.PressAsync("/");
        await reader.Keyboard.TypeAsync(words);

        Assert.Equal(first, await reader.Locator("#results [role=option] strong").First.InnerTextAsync());
        await reader.Keyboard.PressAsync("Enter");
        await reader.Locator("h1 .id").WaitForAsync();
        Assert.Equal(browser.At($"rules/{first[..7]}.html"), reader.Url);
        Assert.Contains(first[8..], await reader.InnerTextAsync("h1"), StringComparison.Ordinal);
        await reader.Context.CloseAsync();
    }

    [Fact]
    public async Task Search_finds_words_of_messages_and_of_other_pages_and_says_when_there_are_none()
    {
        var reader = await browser.ReaderAsync();
        await reader.GotoAsync(browser.At("index.html"));

        // Only AGL0206's message says so.
        await reader.FillAsync("#search", "returns as soon as its delegate returns a task");
        Assert.Contains("AGL0206 DeadRetry", await reader.Locator("#results [role=option] strong").AllInnerTextsAsync());
        await reader.FillAsync("#search", "GlobalPackageReference");
        Assert.Contains("Configuration", await reader.Locator("#results [role=option] strong").AllInnerTextsAsync());
        await reader.FillAsync("#search", "xyzzyplugh");
        Assert.Equal(0, await reader.Locator("#results [role=option]").CountAsync());
        Assert.Equal("Nothing found", await reader.Locator("#results").InnerTextAsync());
        await reader.Keyboard.PressAsync("Escape");
        Assert.True(await reader.Locator("#results").IsHiddenAsync());
        await reader.Context.CloseAsync();
    }

    [Fact]
    public async Task Arrows_move_through_the_results()
    {
        var reader = await browser.ReaderAsync();
        await reader.GotoAsync(browser.At("index.html"));

        await reader.FillAsync("#search", "retry");
        await reader.Keyboard.PressAsync("ArrowDown");
        await reader.Keyboard.PressAsync("ArrowDown");

        var second = reader.Locator("#results [role=option]").Nth(1);
        Assert.Equal("true", await second.GetAttributeAsync("aria-selected"));
        Assert.Equal(await second.GetAttributeAsync("id"), await reader.GetAttributeAsync("#search", "aria-activedescendant"));
        await reader.Context.CloseAsync();
    }

    [Theory]
    [InlineData(RuleCategory.Retries)]
    [InlineData(RuleCategory.SharedState)]
    public async Task Category_filter_shows_its_rules_and_no_others(RuleCategory category)
    {
        var expected = RuleBook.Load().Rules.Where(rule => rule.Rule.Category == category).Select(rule => rule.Id).ToList();
        var reader = await browser.ReaderAsync();
        await reader.GotoAsync(browser.At("index.html"));

        await reader.ClickAsync($".filters [data-category={category}]");

        Assert.NotEmpty(expected);
        Assert.Equal(expected, await reader.Locator(".rules li:visible .id").AllInnerTextsAsync());
        Assert.StartsWith($"{expected.Count} rule", await reader.InnerTextAsync(".count"), StringComparison.Ordinal);
        Assert.Equal("true", await reader.GetAttributeAsync($".filters [data-category={category}]", "aria-pressed"));

        // The way back, and by an address.
        await reader.ClickAsync(".filters [data-category='']");
        Assert.Equal(RuleBook.Load().Rules.Count, await reader.Locator(".rules li:visible").CountAsync());
        await reader.GotoAsync(browser.At($"index.html?category={category}"));
        Assert.Equal(expected, await reader.Locator(".rules li:visible .id").AllInnerTextsAsync());
        await reader.Context.CloseAsync();
    }

    [Fact]
    public async Task Severity_filter_narrows_what_the_category_shows()
    {
        var expected = RuleBook.Load().Rules.Where(rule => rule is { Rule.Category: RuleCategory.Retries, Severity: Microsoft.CodeAnalysis.DiagnosticSeverity.Info }).Select(rule => rule.Id);
        var reader = await browser.ReaderAsync();
        await reader.GotoAsync(browser.At("index.html"));

        await reader.ClickAsync(".filters [data-category=Retries]");
        await reader.ClickAsync(".filters [data-severity=Info]");

        Assert.Equal(expected, await reader.Locator(".rules li:visible .id").AllInnerTextsAsync());
        await reader.Context.CloseAsync();
    }

    [Theory]
    [InlineData(ColorScheme.Light, "rgb(255, 255, 255)", "rgb(18, 22, 28)")]
    [InlineData(ColorScheme.Dark, "rgb(18, 22, 28)", "rgb(255, 255, 255)")]
    public async Task Colours_follow_the_system_until_the_reader_chooses(ColorScheme system, string before, string after)
    {
        var reader = await browser.ReaderAsync(colors: system);
        await reader.GotoAsync(browser.At("rules/AGL0101.html"));
        Assert.Equal(before, await GroundAsync());

        await reader.ClickAsync("#theme");
        Assert.Equal(after, await GroundAsync());

        // Where storage is allowed, as it is here, the choice holds for the next page.
        await reader.GotoAsync(browser.At("index.html"));
        Assert.Equal(after, await GroundAsync());
        await reader.ClickAsync("#theme");
        Assert.Equal(before, await GroundAsync());
        await reader.Context.CloseAsync();

        Task<string> GroundAsync() => reader.EvaluateAsync<string>("() => getComputedStyle(document.body).backgroundColor");
    }

    [Fact]
    public async Task The_page_works_where_storage_is_forbidden()
    {
        var reader = await browser.ReaderAsync();
        var errors = new List<string>();
        reader.PageError += (_, error) => errors.Add(error);
        await reader.AddInitScriptAsync("Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('forbidden', 'SecurityError'); } });");
        await reader.GotoAsync(browser.At("index.html"));

        await reader.ClickAsync("#theme");

        Assert.Equal("dark", await reader.EvaluateAsync<string>("() => document.documentElement.dataset.theme"));
        Assert.Empty(errors);
        await reader.Context.CloseAsync();
    }

    [Fact]
    public async Task Keyboard_reaches_the_content_past_the_menus()
    {
        var reader = await browser.ReaderAsync();
        await reader.GotoAsync(browser.At("rules/AGL0101.html"));

        await reader.Keyboard.PressAsync("Tab");
        Assert.Equal("Skip to the content", await reader.EvaluateAsync<string>("() => document.activeElement.textContent"));
        await reader.Keyboard.PressAsync("Enter");

        Assert.Equal("content", await reader.EvaluateAsync<string>("() => document.activeElement.id"));
        await reader.Context.CloseAsync();
    }

    [Fact]
    public async Task A_finding_is_shown_with_its_path_and_its_fix()
    {
        var report = browser.Shown.Report;
        var reader = await browser.ReaderAsync();
        await reader.GotoAsync(browser.At("diagnostic.html"));

        Assert.Contains(report.Message, await reader.InnerTextAsync(".message"), StringComparison.Ordinal);
        Assert.StartsWith("mail.SendAsync(new MailMessage(input.CustomerId, ", string.Concat(await reader.Locator(".squiggle").AllInnerTextsAsync()), StringComparison.Ordinal);
        var steps = await reader.Locator(".path .where").AllInnerTextsAsync();
        Assert.Equal(report.Path.Prepend(report.Place).Select(place => $"{place.File}({place.Line},{place.Column})"), steps);
        Assert.Equal(2, steps.Count);
        Assert.Contains("idempotencyKey", string.Concat(await reader.Locator(".diff .add").AllInnerTextsAsync()), StringComparison.Ordinal);
        await reader.Context.CloseAsync();
    }

    /// <summary>
    /// The pictures of the README, from the pages themselves. With AGENTLINT_PICTURES they are written to that folder:
    /// <c>AGENTLINT_PICTURES=docs/images dotnet test tests/Site.Tests --filter Pictures</c>.
    /// </summary>
    [Theory]
    [InlineData("rules-light.png", "index.html?theme=light", 1240, 840)]
    [InlineData("rule-dark.png", "rules/AGL0101.html?theme=dark#violation", 1280, 760)]
    [InlineData("finding.png", "diagnostic.html?theme=light", 1240, 900)]
    [InlineData("report.png", "report.html", 1240, 1360)]
    [InlineData("agents.png", "report.html", 1240, 900)]
    public async Task Pictures_are_of_the_pages(string name, string path, int width, int height)
    {
        var reader = await browser.ReaderAsync(width, height);
        await reader.GotoAsync(browser.At(path));
        await reader.EvaluateAsync("() => document.fonts.ready");

        var options = new PageScreenshotOptions { Animations = ScreenshotAnimations.Disabled };
        if (name == "finding.png")
        {
            // From the place to the end of what the fix changes there.
            var frame = (await reader.Locator(".finding").BoundingBoxAsync())!;
            var end = (await reader.Locator(".finding .diff").First.BoundingBoxAsync())!;
            options.FullPage = true;
            options.Clip = new() { X = frame.X - 12, Y = frame.Y - 12, Width = frame.Width + 24, Height = end.Y + end.Height - frame.Y + 12 };
        }

        else if (name == "agents.png")
        {
            // The upper part of the picture: all of it is too large for a page.
            var frame = (await reader.Locator(".picture").BoundingBoxAsync())!;
            options.FullPage = true;
            options.Clip = new() { X = frame.X, Y = frame.Y, Width = frame.Width, Height = Math.Min(frame.Height, 620) };
        }

        var picture = await reader.ScreenshotAsync(options);
        await reader.Context.CloseAsync();

        // A page that is not drawn is a few thousand bytes of one colour.
        Assert.True(picture.Length > 40 * 1024, $"{name} has {picture.Length} bytes");
        if (Environment.GetEnvironmentVariable("AGENTLINT_PICTURES") is { Length: > 0 } folder)
        {
            folder = Path.GetFullPath(folder, Here.Root);
            Directory.CreateDirectory(folder);
            await File.WriteAllBytesAsync(Path.Combine(folder, name), picture, TestContext.Current.CancellationToken);
        }
    }

    private async Task<IReadOnlyList<PageSurvey>> PagesAsync() => await (survey ??= new Survey(browser)).PagesAsync();
}
