using System.Text;
using Microsoft.CodeAnalysis;

namespace AgentLint.Docs;

/// <summary>A value of <c>AgentLintMode</c>: which severity it gives a rule. There is none for Recommended, which is what the rules are.</summary>
internal sealed class Preset
{
    private readonly string _summary;

    // A rule's own severity is null: an entry would also lift the reports that the rule itself makes at a lower one.
    private readonly Func<RuleEntry, string?> _severity;

    private Preset(string mode, string summary, Func<RuleEntry, string?> severity)
    {
        Mode = mode;
        _summary = summary;
        _severity = severity;
    }

    public static IReadOnlyList<Preset> All { get; } =
    [
        new("None", "nothing is reported", _ => "none"),
        new("Minimum", "only what is a warning by default", rule => rule is { IsOn: true, Severity: DiagnosticSeverity.Warning } ? null : "none"),
        new("Strict", "suggestions are warnings, and what is off is a suggestion", rule => rule.IsOn ? "warning" : "suggestion"),
        new("All", "everything is a warning", _ => "warning"),
    ];

    public string Mode { get; }

    public string Render(RuleBook book)
    {
        var text = new StringBuilder();
        text.Append($"# AgentLintMode = {Mode}: {_summary}. Generated from the rules.\n");
        // Below every config of a user's, whatever its name.
        text.Append("is_global = true\nglobal_level = -100\n\n");
        foreach (var rule in book.Analyzed.Where(rule => rule.Rule.Property == null))
        {
            if (_severity(rule) is { } severity)
                text.Append($"dotnet_diagnostic.{rule.Id}.severity = {severity}\n");
        }

        return text.ToString();
    }
}
