namespace AgentLint.Tasks.Report;

/// <summary>A line of a table: how many findings of each severity something has.</summary>
internal sealed record Tally(string Name, int Errors, int Warnings, int Suggestions)
{
    public int All => Errors + Warnings + Suggestions;

    public static Tally Of(string name, IEnumerable<SarifResult> results)
    {
        var levels = results.ToLookup(result => result.Level);
        return new Tally(name, levels["error"].Count(), levels["warning"].Count(), levels["note"].Count() + levels["none"].Count());
    }
}

/// <summary>What a report shows: the findings that are not suppressed, with the rules, projects and lines of code that they name.</summary>
internal sealed record ReportContent(
    string Title,
    IReadOnlyList<SarifRule> Rules,
    IReadOnlyList<string> Projects,
    IReadOnlyList<SarifResult> Findings,
    int Suppressed,
    AgentGraph Agents,
    SourceFiles Sources)
{
    public static ReportContent Of(string title, MergedLog log, SourceFiles sources)
    {
        var findings = log.Results.Where(result => !result.IsSuppressed).ToList();
        var reported = new HashSet<string>(findings.Select(finding => finding.RuleId), StringComparer.Ordinal);
        return new ReportContent(
            title,
            [.. log.Rules.Where(rule => reported.Contains(rule.Id))],
            [.. findings.SelectMany(finding => finding.Projects).Distinct(StringComparer.Ordinal).OrderBy(project => project, StringComparer.Ordinal)],
            findings,
            log.Results.Count - findings.Count,
            AgentGraph.Of(log.Graphs),
            sources);
    }

    public Tally Total => Tally.Of("", Findings);

    /// <summary>The rules by their number of findings, the most severe first.</summary>
    public IReadOnlyList<Tally> ByRule => Ordered(Findings.GroupBy(finding => finding.RuleId).Select(rule => Tally.Of(rule.Key, rule)));

    /// <summary>The projects in the same order. A file that several projects compile counts in each of them.</summary>
    public IReadOnlyList<Tally> ByProject => Ordered(
        Projects.Select(project => Tally.Of(project, Findings.Where(finding => finding.Projects.Contains(project, StringComparer.Ordinal)))));

    public string TitleOf(string rule) => Rules.FirstOrDefault(known => known.Id == rule)?.Title ?? "";

    /// <summary>The family of a rule: the last part of its category.</summary>
    public static string FamilyOf(SarifRule rule) => rule.Category is { Length: > 0 } category ? category.Substring(category.LastIndexOf('.') + 1) : "Other";

    private static List<Tally> Ordered(IEnumerable<Tally> tallies) =>
    [
        .. tallies.OrderByDescending(tally => tally.Errors).ThenByDescending(tally => tally.Warnings).ThenByDescending(tally => tally.Suggestions)
            .ThenBy(tally => tally.Name, StringComparer.Ordinal),
    ];
}
