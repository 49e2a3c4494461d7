using System.Text;
using System.Text.RegularExpressions;

namespace AgentLint.Docs;

/// <summary>What the next release changes, in the format of the release tracking analyzers: the rules now against those shipped.</summary>
internal static partial class ReleaseNotes
{
    public static string Render(RuleBook book, string shippedText)
    {
        var shipped = Shipped(shippedText);
        var now = book.Analyzed.ToDictionary(rule => rule.Id, rule => (rule.Descriptor.Category, Severity: SeverityOf(rule)));
        var names = book.Analyzed.ToDictionary(rule => rule.Id, rule => $"[{rule.Rule.Name}]({rule.Descriptor.HelpLinkUri})");
        var text = new StringBuilder("; Unshipped analyzer release\n; Generated from the rules; AnalyzerReleases.Shipped.md says what went before\n");

        Section(
            "New Rules",
            "Rule ID | Category | Severity | Notes",
            now.Where(rule => !shipped.ContainsKey(rule.Key))
                .Select(rule => $"{rule.Key} | {rule.Value.Category} | {rule.Value.Severity} | {names[rule.Key]}"));
        Section(
            "Changed Rules",
            "Rule ID | New Category | New Severity | Old Category | Old Severity | Notes",
            now.Where(rule => shipped.TryGetValue(rule.Key, out var old) && old != rule.Value)
                .Select(rule => $"{rule.Key} | {rule.Value.Category} | {rule.Value.Severity} | {shipped[rule.Key].Category} | {shipped[rule.Key].Severity} | {names[rule.Key]}"));
        Section(
            "Removed Rules",
            "Rule ID | Category | Severity | Notes",
            shipped.Where(rule => !now.ContainsKey(rule.Key)).Select(rule => $"{rule.Key} | {rule.Value.Category} | {rule.Value.Severity} | Removed"));
        return text.ToString();

        void Section(string title, string heads, IEnumerable<string> rows)
        {
            var sorted = rows.Order(StringComparer.Ordinal).ToList();
            if (sorted.Count == 0)
                return;
            text.Append($"\n### {title}\n\n{heads}\n{string.Join('|', heads.Split('|').Select(head => new string('-', head.Length)))}\n");
            sorted.ForEach(row => text.Append(row).Append('\n'));
        }
    }

    // What the releases so far add up to: a later one changes or removes what an earlier one brought.
    private static Dictionary<string, (string Category, string Severity)> Shipped(string text)
    {
        var shipped = new Dictionary<string, (string, string)>(StringComparer.Ordinal);
        var section = "";
        foreach (var line in text.ReplaceLineEndings("\n").Split('\n'))
        {
            if (line.StartsWith("### ", StringComparison.Ordinal))
                section = line[4..].Trim();
            if (RowPattern().Match(line) is not { Success: true } row)
                continue;
            if (section == "Removed Rules")
                shipped.Remove(row.Groups["id"].Value);
            else
                shipped[row.Groups["id"].Value] = (row.Groups["category"].Value, row.Groups["severity"].Value);
        }

        return shipped;
    }

    private static string SeverityOf(RuleEntry rule) => rule.IsOn ? rule.Severity.ToString() : "Disabled";

    [GeneratedRegex(@"^(?<id>AGL\d{4})\s*\|\s*(?<category>[^|\s]+)\s*\|\s*(?<severity>[^|\s]+)\s*(\||$)")]
    private static partial Regex RowPattern();
}
