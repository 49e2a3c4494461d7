using System.Text;
using static AgentLint.Docs.Markdown;

namespace AgentLint.Docs;

/// <summary>The top of a rule's page: what can be known of it without reading on.</summary>
internal static class RulePage
{
    public static string Render(RuleEntry rule)
    {
        var text = new StringBuilder();
        text.Append($"# {rule.Id}: {rule.Rule.Name}\n\n");
        text.Append($"{Escape(rule.Descriptor.Title.ToString())}.\n\n");
        text.Append(Table(
            ["Id", "Category", "Severity", "On by default", "Code fix"],
            [[rule.Id, rule.Rule.Category.ToString(), rule.Severity.ToString(), rule.IsOn ? "yes" : "no", rule.HasFix ? "yes" : "no"]]));
        text.Append($"\n{Escape(rule.Descriptor.Description.ToString())}\n");
        if (rule.FromBuild)
            text.Append("\nThe build reports this, not the compiler: `NoWarn` silences it, `.editorconfig` does not.\n");
        if (rule.Rule.Property is { } property)
            text.Append($"\nThis report is not a finding: it is produced where the build property `{property}` is `true`, whatever the mode and `.editorconfig` say.\n");
        if (!rule.Rule.Options.IsEmpty)
            text.Append('\n').Append(OptionTable.Render(rule));
        return text.ToString();
    }
}
