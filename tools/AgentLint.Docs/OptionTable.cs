using System.Globalization;
using Microsoft.CodeAnalysis.Diagnostics;
using static AgentLint.Docs.Markdown;

namespace AgentLint.Docs;

/// <summary>What can be set in <c>.editorconfig</c>.</summary>
internal static class OptionTable
{
    private static readonly string[] Heads = ["Option", "Default", "What it changes"];

    /// <summary>The options of one rule.</summary>
    public static string Render(RuleEntry rule) => Table(Heads, Rows(rule));

    /// <summary>The options of all rules, after those that every rule shares.</summary>
    public static string Render(RuleBook book) => Table(Heads, [.. Shared(), .. book.Rules.SelectMany(Rows)]);

    private static IEnumerable<string[]> Rows(RuleEntry rule) =>
        rule.Rule.Options.Select(option => new[] { $"`agentlint.{rule.Id}.{option.Name}`", $"`{option.Default}`", Escape(option.Summary) });

    // The default is asked of the code that reads the option, so that the two cannot differ.
    private static IEnumerable<string[]> Shared()
    {
        var settings = new RuleSettings(new AnalyzerOptions([]).AnalyzerConfigOptionsProvider.GlobalOptions);
        yield return
        [
            "`agentlint.call_depth`",
            $"`{settings.CallDepth.ToString(CultureInfo.InvariantCulture)}`",
            "How many calls are followed from a tool, agent or workflow; 1 to 64.",
        ];
        yield return
        [
            "`agentlint.host`",
            "determined from the code",
            "The host of the program: `library`, `service`, `local_server`, `desktop` or `console` ([severity](severity.md)).",
        ];
        yield return
        [
            "`agentlint.mitigated`",
            settings.WarnsAnyway ? "`warning`" : "`suggestion`",
            "The severity of a true finding that few authors would act on: `suggestion` or `warning` ([severity](severity.md)).",
        ];
    }
}
