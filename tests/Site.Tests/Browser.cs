using AgentLint.Tasks.Report;
using Microsoft.Playwright;

namespace AgentLint.Site.Tests;

[CollectionDefinition(nameof(Browser))]
public sealed class BrowserCollection : ICollectionFixture<Browser>;

/// <summary>The site and the report of the sample, written to a folder, and a real browser to read them with.</summary>
public sealed class Browser : IAsyncLifetime
{
    private static readonly string[] UsualPlaces =
    [
        "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome", "/snap/bin/chromium",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome", "/Applications/Chromium.app/Contents/MacOS/Chromium",
        @"C:\Program Files\Google\Chrome\Application\chrome.exe", @"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
    ];

    // Nothing of this may reach for the network: the pages must not, and the browser's own services would.
    private static readonly string[] Arguments =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ];

    private readonly string folder = Directory.CreateTempSubdirectory("agentlint-site-").FullName;
    private IPlaywright? playwright;
    private IBrowser? chromium;

    internal ShownDiagnostic Shown { get; private set; } = null!;

    internal SiteFiles Site { get; private set; } = null!;

    /// <summary>What the report of the sample shows.</summary>
    internal ReportContent Report { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Shown = await ShownDiagnostic.OfSampleAsync(Here.Root, "AGL0101", "Workflows/TellCustomerActivity.cs");
        Site = SiteComposer.Compose(Here.Root, Shown);
        Site.Write(folder);
        Report = Reports.OfSample();
        Write("report.html", HtmlReport.Write(Report));
        if (Executable() is not { } executable)
            return;
        playwright = await Playwright.CreateAsync();
        chromium = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = executable, Headless = true, ChromiumSandbox = false, Args = Arguments });
    }

    /// <summary>A new reader, with storage of its own.</summary>
    internal async Task<IPage> ReaderAsync(int width = 1280, int height = 900, ColorScheme colors = ColorScheme.Light, float scale = 1)
    {
        if (chromium == null)
        {
            const string missing = "No Chromium here: install it (apt-get install chromium), or name one in AGENTLINT_CHROMIUM";
            if (Environment.GetEnvironmentVariable("CI") is { Length: > 0 } || Environment.GetEnvironmentVariable("AGENTLINT_REQUIRE_BROWSER") is { Length: > 0 })
                Assert.Fail(missing);
            Assert.Skip(missing);
        }

        var context = await chromium!.NewContextAsync(new() { ViewportSize = new() { Width = width, Height = height }, ColorScheme = colors, DeviceScaleFactor = scale });
        return await context.NewPageAsync();
    }

    internal void Write(string path, string page) => File.WriteAllText(Path.Combine(folder, path), page);

    /// <summary>The address of a page of the site.</summary>
    internal string At(string path) => new Uri(Path.Combine(folder, path.Split('?', '#')[0])).AbsoluteUri + path[path.Split('?', '#')[0].Length..];

    public async ValueTask DisposeAsync()
    {
        if (chromium != null)
            await chromium.DisposeAsync();
        playwright?.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private static string? Executable() =>
        Environment.GetEnvironmentVariable("AGENTLINT_CHROMIUM") is { Length: > 0 } named
            ? File.Exists(named) ? named : throw new FileNotFoundException($"AGENTLINT_CHROMIUM names {named}, which is not there")
            : UsualPlaces.FirstOrDefault(File.Exists);
}
