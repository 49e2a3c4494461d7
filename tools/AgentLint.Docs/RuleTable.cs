using static AgentLint.Docs.Markdown;

namespace AgentLint.Docs;

/// <summary>The table of all rules.</summary>
internal static class RuleTable
{
    public static string Render(RuleBook book, string pages) =>
        Table(
            ["Rule", "Category", "What it finds", "Severity", "Fix"],
            book.Rules.Select(rule => new[]
            {
                $"[{rule.Id}]({pages}{rule.Id}.md) {rule.Rule.Name}",
                rule.Rule.Category.ToString(),
                Escape(rule.Descriptor.Title.ToString()),
                rule.IsOn ? rule.Severity.ToString() : "off",
                rule.HasFix ? "yes" : "",
            }));
}
