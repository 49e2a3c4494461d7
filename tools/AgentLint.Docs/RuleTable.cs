using System.Text;
using static AgentLint.Docs.Markdown;

namespace AgentLint.Docs;

/// <summary>The tables of all rules: one table per category, under the question that the category answers.</summary>
internal static class RuleTable
{
    public static string Render(RuleBook book, string pages)
    {
        var text = new StringBuilder();
        foreach (var category in book.Rules.GroupBy(rule => rule.Rule.Category).OrderBy(category => category.Key))
        {
            text.Append(text.Length == 0 ? "" : "\n").Append($"### {category.Key}: {QuestionOf(category.Key)}\n\n");
            text.Append(Table(
                ["Rule", "What it finds", "Severity", "Fix"],
                category.Select(rule => new[]
                {
                    $"[{rule.Id}]({pages}{rule.Id}.md) {rule.Rule.Name}",
                    Escape(rule.Descriptor.Title.ToString()),
                    rule.IsOn ? rule.Severity.ToString() : "off",
                    rule.HasFix ? "yes" : "",
                })));
        }

        return text.ToString();
    }

    private static string QuestionOf(RuleCategory category) => category switch
    {
        RuleCategory.Idempotency => "what happens when a step runs twice?",
        RuleCategory.Retries => "do retries help, wait and end?",
        RuleCategory.Deadlines => "does the work stop when the caller gives up?",
        RuleCategory.Isolation => "can one caller use up what all callers need?",
        RuleCategory.CircuitBreaking => "what happens while a service is down?",
        RuleCategory.Coupling => "what does a call wait for?",
        RuleCategory.SharedState => "do calls overwrite each other's data?",
        RuleCategory.Verification => "is model output checked before it is used?",
        RuleCategory.Loops => "does the agent loop end?",
        RuleCategory.DurableExecution => "does the workflow survive a replay?",
        RuleCategory.Observability => "can you see what the agent did?",
        RuleCategory.Configuration => "is AgentLint itself set up correctly?",
        _ => throw new DocsException($"The category {category} has no question in {nameof(RuleTable)}"),
    };
}
