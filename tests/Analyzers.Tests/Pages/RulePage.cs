using System.Text.RegularExpressions;
using AgentLint.Tests.Repository;

namespace AgentLint.Tests.Pages;

/// <summary>A block of code on a page.</summary>
/// <param name="Language">What stands behind its fence.</param>
/// <param name="Code">Its lines, each with its line feed.</param>
internal sealed partial record PageSample(string Language, string Code)
{
    /// <summary>What ends a line that is reported: the rule's id as a comment.</summary>
    [GeneratedRegex(" *// (?<id>AGL[0-9]{4})$", RegexOptions.Multiline)]
    public static partial Regex Mark { get; }

    /// <summary>The code without what marks the lines that are reported.</summary>
    public static string WithoutMarks(string code) => Mark.Replace(code, "");
}

/// <summary>A part of a page under a heading of the second level.</summary>
internal sealed record PageSection(string Heading, string Text, IReadOnlyList<PageSample> Samples);

/// <summary>The page of a rule.</summary>
internal sealed partial record RulePage(string Id, string Text, IReadOnlyList<PageSection> Sections)
{
    public static IReadOnlyList<RulePage> All { get; } =
        [.. Directory.GetFiles(Path.Combine(Checkout.Root, "docs", "rules"), "AGL*.md").Order(StringComparer.Ordinal).Select(Read)];

    public static RulePage Of(string id) => All.Single(page => page.Id == id);

    /// <summary>The C# samples under a heading, in order.</summary>
    public IReadOnlyList<string> Samples(string heading, string language = "csharp") =>
        [.. Sections.Where(s => s.Heading == heading).SelectMany(s => s.Samples).Where(s => s.Language == language).Select(s => s.Code)];

    private static RulePage Read(string path)
    {
        var text = File.ReadAllText(path).ReplaceLineEndings("\n");
        var parts = Heading().Split(text);
        // The text before the first heading, then headings and the texts under them by turns.
        var sections = parts.Skip(1).Chunk(2).Select(part => new PageSection(part[0], part[1], [.. Fence().Matches(part[1]).Select(m => new PageSample(m.Groups["language"].Value, m.Groups["code"].Value))]));
        return new RulePage(Path.GetFileNameWithoutExtension(path), text, [.. sections]);
    }

    [GeneratedRegex("^## (.+)\n", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex("^```(?<language>[a-z]*)\n(?<code>(?:(?!```).*\n)*)```$", RegexOptions.Multiline)]
    private static partial Regex Fence();
}
