using System.Globalization;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint;

/// <summary>
/// What a file's <c>.editorconfig</c> says to AgentLint. <c>agentlint.AGL0201.max_attempts</c> wins over <c>agentlint.Retries.max_attempts</c>, and that over
/// <c>agentlint.max_attempts</c>; a value that cannot be read is the default.
/// </summary>
internal readonly struct RuleSettings(AnalyzerConfigOptions options)
{
    /// <summary>How many calls a chain may follow from a root. The default reaches through the layers of ordinary programs.</summary>
    public int CallDepth => Clamp(Number("call_depth", 8), 1, 64);

    /// <summary>How the program is run, where the configuration states it; null where the code decides.</summary>
    public string? Host => options.TryGetValue("agentlint.host", out var host) ? host.Replace("_", "") : null;

    /// <summary>Whether true findings that few would act on stay warnings.</summary>
    public bool WarnsAnyway => options.TryGetValue("agentlint.mitigated", out var text) && text.Equals("warning", StringComparison.OrdinalIgnoreCase);

    public bool Flag(Rule rule, string name) =>
        bool.TryParse(Text(rule, name), out var value) ? value : bool.Parse(DefaultOf(rule, name));

    public int Number(Rule rule, string name) =>
        int.TryParse(Text(rule, name), NumberStyles.Integer, CultureInfo.InvariantCulture, out var value)
            ? value
            : int.Parse(DefaultOf(rule, name), CultureInfo.InvariantCulture);

    private int Number(string name, int fallback) =>
        options.TryGetValue("agentlint." + name, out var text) && int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var value)
            ? value
            : fallback;

    private string? Text(Rule rule, string name) =>
        options.TryGetValue($"agentlint.{rule.Id}.{name}", out var specific) ? specific
        : options.TryGetValue($"agentlint.{rule.Category}.{name}", out var category) ? category
        : options.TryGetValue("agentlint." + name, out var general) ? general
        : null;

    private static string DefaultOf(Rule rule, string name) => rule.Options.First(o => o.Name == name).Default;

    private static int Clamp(int value, int low, int high) => value < low ? low : value > high ? high : value;
}
