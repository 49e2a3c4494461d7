using System.Net;
using System.Text.RegularExpressions;

namespace AgentLint.Site;

/// <summary>Whether what the site's links lead to is there.</summary>
internal static partial class LinkCheck
{
    /// <summary>A line for each link that leads nowhere.</summary>
    public static IReadOnlyList<string> BrokenLinks(SiteFiles site)
    {
        var anchors = site.Pages.ToDictionary(page => page.Path, page => Id().Matches(page.Html).Select(match => match.Groups["id"].Value).ToHashSet(StringComparer.Ordinal), StringComparer.Ordinal);
        var broken = new List<string>();
        foreach (var page in site.Pages)
        {
            foreach (var link in Link().Matches(page.Html).Select(match => WebUtility.HtmlDecode(match.Groups["link"].Value)).Distinct(StringComparer.Ordinal))
            {
                if (link.StartsWith("https://", StringComparison.Ordinal) || link.StartsWith("http://", StringComparison.Ordinal))
                    continue;
                var (file, anchor) = link.IndexOf('#') is var hash and >= 0 ? (link[..hash], link[(hash + 1)..]) : (link, null);
                // What stands behind a question mark is for the page's script.
                file = file.Split('?')[0];
                var target = file.Length == 0 ? page.Path : Resolve(page.Path, file);
                if (!site.Files.ContainsKey(target))
                    broken.Add($"{page.Source}: {link} leads to {target}, which is not there");
                else if (anchor is { Length: > 0 } && !(anchors.TryGetValue(target, out var known) && known.Contains(anchor)))
                    broken.Add($"{page.Source}: {link} leads to no heading of {target}");
            }
        }

        return broken;
    }

    /// <summary>The path that a relative link leads to.</summary>
    public static string Resolve(string from, string link)
    {
        var parts = from.Split('/').SkipLast(1).ToList();
        foreach (var part in link.Split('/'))
        {
            if (part == "..")
            {
                if (parts.Count == 0)
                    return link;
                parts.RemoveAt(parts.Count - 1);
            }
            else if (part.Length > 0 && part != ".")
            {
                parts.Add(part);
            }
        }

        return string.Join('/', parts);
    }

    [GeneratedRegex(" id=\"(?<id>[^\"]+)\"")]
    private static partial Regex Id();

    [GeneratedRegex(" (?:href|src)=\"(?<link>[^\"]+)\"")]
    private static partial Regex Link();
}
