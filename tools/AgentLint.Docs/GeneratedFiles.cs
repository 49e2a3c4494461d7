namespace AgentLint.Docs;

/// <summary>Everything that follows from the rules.</summary>
internal static class GeneratedFiles
{
    /// <summary>What renews the files.</summary>
    public const string Command = "dotnet run --project tools/AgentLint.Docs";

    private const string PagesFolder = "docs/rules";

    public static IReadOnlyList<GeneratedFile> All(string root, RuleBook book) =>
        [
            GeneratedFile.Block(root, "README.md", "rules", RuleTable.Render(book, PagesFolder + "/")),
            GeneratedFile.Block(root, PagesFolder + "/README.md", "rules", RuleTable.Render(book, "")),
            // The package's page is shown far from the repository: its links are absolute.
            GeneratedFile.Block(root, "src/Package/README.md", "rules", RuleTable.Render(book, Rule.PagesUri)),
            GeneratedFile.Block(root, "docs/configuration.md", "options", OptionTable.Render(book)),
            .. book.Rules.Select(rule => GeneratedFile.Header(root, $"{PagesFolder}/{rule.Id}.md", "rule", RulePage.Render(rule))),
            .. Orphans(root, book),
            GeneratedFile.Whole(
                root,
                "src/Analyzers/AnalyzerReleases.Unshipped.md",
                ReleaseNotes.Render(book, File.ReadAllText(Path.Combine(root, "src/Analyzers/AnalyzerReleases.Shipped.md")))),
            .. Preset.All.Select(preset => GeneratedFile.Whole(
                root, $"src/Package/buildTransitive/config/AgentLint.{preset.Mode}.globalconfig", preset.Render(book))),
            GeneratedFile.Whole(root, "src/Package/buildTransitive/config/AgentLint.Rules.props", RuleList(book)),
        ];

    // What MSBuild has to know by its ids: the compiler's options name rules one by one.
    private static string RuleList(RuleBook book) =>
        $"""
        <Project>
          <!-- Generated from the rules. -->
          <PropertyGroup>
            <_AgentLintRules>{string.Join(';', book.Analyzed.Where(rule => rule.Rule.Property == null).Select(rule => rule.Id))}</_AgentLintRules>
          </PropertyGroup>
        </Project>

        """.ReplaceLineEndings("\n");

    private static IEnumerable<GeneratedFile> Orphans(string root, RuleBook book)
    {
        var folder = Path.Combine(root, PagesFolder);
        return Directory.GetFiles(folder, "AGL*.md")
            .Select(path => Path.GetFileNameWithoutExtension(path))
            .Except(book.Rules.Select(rule => rule.Id))
            .Order(StringComparer.Ordinal)
            .Select(id => GeneratedFile.Forbidden(root, $"{PagesFolder}/{id}.md"));
    }
}
