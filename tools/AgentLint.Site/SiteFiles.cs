using System.Text;

namespace AgentLint.Site;

/// <summary>A finished page.</summary>
/// <param name="Path">Where it is, from the site's root, with forward slashes.</param>
/// <param name="Source">The Markdown file it comes from, from the repository's root, or what else it is made of.</param>
/// <param name="Html">All of it.</param>
internal sealed record SitePage(string Path, string Source, string Html);

/// <summary>A site that is composed and not yet written.</summary>
internal sealed class SiteFiles(IReadOnlyList<SitePage> pages, IReadOnlyDictionary<string, string> assets)
{
    private const string Mark = ".agentlint-site";

    public IReadOnlyList<SitePage> Pages => pages;

    /// <summary>Every file's text by its path from the site's root.</summary>
    public IReadOnlyDictionary<string, string> Files { get; } =
        assets.Concat(pages.Select(page => KeyValuePair.Create(page.Path, page.Html))).ToDictionary(StringComparer.Ordinal);

    /// <summary>Writes the site, in the place of an earlier one.</summary>
    public void Write(string folder)
    {
        // A folder that holds something else is somebody's work.
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any() && !File.Exists(Path.Combine(folder, Mark)))
            throw new Docs.DocsException($"{folder} holds something that is no site of AgentLint: empty it, or name another folder with --out");
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, Mark), "");
        foreach (var (path, text) in Files)
        {
            var full = Path.Combine(folder, path);
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            File.WriteAllText(full, text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        }
    }
}
