using Microsoft.Playwright;

namespace AgentLint.Site.Tests;

/// <summary>What the browser says of every page: each is opened once, and looked at in both colours and on a narrow screen.</summary>
public sealed class Survey(Browser browser)
{
    // The ratio of the lightest and the darkest that touch, as WCAG 2 defines it, for each text that is seen.
    internal const string FaintTexts =
        """
        () => {
          const parse = color => { const p = color.match(/[\d.]+/g).map(Number); return { r: p[0], g: p[1], b: p[2], a: p.length > 3 ? p[3] : 1 }; };
          const over = (top, under) => ({ r: top.r * top.a + under.r * (1 - top.a), g: top.g * top.a + under.g * (1 - top.a), b: top.b * top.a + under.b * (1 - top.a), a: 1 });
          const channel = value => { value /= 255; return value <= 0.03928 ? value / 12.92 : Math.pow((value + 0.055) / 1.055, 2.4); };
          const light = color => 0.2126 * channel(color.r) + 0.7152 * channel(color.g) + 0.0722 * channel(color.b);
          const ground = element => {
            const layers = [];
            for (let e = element; e; e = e.parentElement) layers.push(parse(getComputedStyle(e).backgroundColor));
            return layers.reverse().reduce((under, top) => over(top, under), { r: 255, g: 255, b: 255, a: 1 });
          };
          const faint = new Map();
          let seen = 0;
          const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          for (let node = walker.nextNode(); node; node = walker.nextNode()) {
            const element = node.parentElement;
            if (!node.data.trim() || !element.checkVisibility({ opacityProperty: true }) || element.closest('script, style')) continue;
            seen++;
            const style = getComputedStyle(element);
            const under = ground(element);
            const a = light(over(parse(style.color), under)), b = light(under);
            const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
            if (ratio < 4.5) faint.set(element.tagName + '.' + element.className, ratio.toFixed(2) + ' ' + node.data.trim().slice(0, 30));
          }
          return [String(seen), ...Array.from(faint, ([where, what]) => where + ': ' + what)];
        }
        """;

    private IReadOnlyList<PageSurvey>? pages;

    /// <summary>All pages; the first who asks opens them.</summary>
    internal async Task<IReadOnlyList<PageSurvey>> PagesAsync() => pages ??= await LookAsync();

    private async Task<IReadOnlyList<PageSurvey>> LookAsync()
    {
        var reader = await browser.ReaderAsync();
        var complaints = new List<string>();
        var requests = new List<string>();
        reader.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
                complaints.Add(message.Text);
        };
        reader.PageError += (_, error) => complaints.Add(error);
        reader.Request += (_, request) => requests.Add(request.Url);
        reader.RequestFailed += (_, request) => complaints.Add($"{request.Url}: {request.Failure}");

        var found = new List<PageSurvey>();
        foreach (var page in browser.Site.Pages)
        {
            complaints.Clear();
            requests.Clear();
            await reader.SetViewportSizeAsync(1280, 900);
            await reader.GotoAsync(browser.At(page.Path + "?theme=light"));
            var inLight = await reader.EvaluateAsync<string[]>(FaintTexts);
            await reader.EvaluateAsync("() => document.documentElement.dataset.theme = 'dark'");
            var inDark = await reader.EvaluateAsync<string[]>(FaintTexts);
            await reader.SetViewportSizeAsync(360, 740);
            var width = await reader.EvaluateAsync<int>("() => Math.max(document.documentElement.scrollWidth, document.body.scrollWidth)");
            var structure = await reader.EvaluateAsync<string>(
                "() => ['header', 'nav[aria-label]', 'main', 'footer', 'h1'].map(part => part + ' ' + document.querySelectorAll(part).length).join(', ')");
            var nameless = await reader.EvaluateAsync<int>(
                "() => [...document.querySelectorAll('a, button, input')].filter(e => !(e.getAttribute('aria-label') || e.textContent.trim())).length");
            found.Add(new PageSurvey(
                page.Path, [.. complaints], [.. requests], int.Parse(inLight[0], System.Globalization.CultureInfo.InvariantCulture), inLight[1..], inDark[1..], width, structure, nameless));
        }

        await reader.Context.CloseAsync();
        return found;
    }
}

/// <summary>What the browser says of a page.</summary>
/// <param name="Path">The page.</param>
/// <param name="Complaints">Errors and warnings of the console, exceptions, requests that failed.</param>
/// <param name="Requests">What was asked for.</param>
/// <param name="Texts">How many texts were seen.</param>
/// <param name="FaintInLight">Texts with too little contrast in light colours.</param>
/// <param name="FaintInDark">The same in dark colours.</param>
/// <param name="NarrowWidth">How wide the page is on a screen of 360 pixels.</param>
/// <param name="Structure">How many landmarks and main headings there are.</param>
/// <param name="Nameless">How many controls have no name for those who do not see them.</param>
internal sealed record PageSurvey(
    string Path,
    IReadOnlyList<string> Complaints,
    IReadOnlyList<string> Requests,
    int Texts,
    IReadOnlyList<string> FaintInLight,
    IReadOnlyList<string> FaintInDark,
    int NarrowWidth,
    string Structure,
    int Nameless);
