using System.Globalization;

namespace AgentLint.Baseline;

/// <summary>
/// One finding that a baseline lists, as <c>AGL0601 M:Shop.Desk.Answer(System.String) 1 var answer = model.Ask(question).Result;</c>: the rule, the member
/// by its documentation id, which of the member's equal lines it is, and the code of the line. <c>AGL0601@net8.0,net48</c> holds for these target
/// frameworks only. Written by the package's build task, read by the analyzers: this file is compiled into both.
/// </summary>
internal sealed class BaselineLine(string rule, IReadOnlyList<string> frameworks, string member, int ordinal, string code)
{
    /// <summary>The name under which the compiler's log keeps a finding's line, without its rule.</summary>
    public const string Property = "AgentLintBaseline";

    /// <summary>What the name of a baseline ends with; it begins with <c>AgentLint.</c>.</summary>
    public const string Ending = ".baseline.txt";

    public string Rule { get; } = rule;

    /// <summary>The target frameworks that it holds for; none for all.</summary>
    public IReadOnlyList<string> Frameworks { get; } = frameworks;

    public string Member { get; } = member;

    public int Ordinal { get; } = ordinal;

    public string Code { get; } = code;

    /// <summary>Whether the file of a path is a baseline.</summary>
    public static bool IsNameOf(string path)
    {
        var start = path.LastIndexOfAny(['/', '\\']) + 1;
        return string.Compare(path, start, "AgentLint.", 0, 10, StringComparison.OrdinalIgnoreCase) == 0 && path.EndsWith(Ending, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Whether a line says nothing: it is empty, or a comment.</summary>
    public static bool IsSilent(string line) => line.TrimStart() is var text && (text.Length == 0 || text[0] == '#');

    /// <summary>Reads a line; null, and why, where it is none.</summary>
    public static BaselineLine? Parse(string line, out string problem)
    {
        problem = "";
        var parts = line.Trim().Split([' '], 4);
        var names = parts[0].Split(['@'], 2);
        var (rule, frameworks) = (names[0], names.Length > 1 ? names[1].Split([','], StringSplitOptions.RemoveEmptyEntries) : []);
        if (!IsId(rule))
            problem = $"'{rule}' is not the id of a rule";
        else if (parts.Length < 4 || parts[3].Trim() is not { Length: > 0 } code)
            problem = "The line does not have the form 'rule member ordinal code'";
        else if (!int.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var ordinal) || ordinal < 1)
            problem = $"'{parts[2]}' is not a positive number";
        else
            return new BaselineLine(rule, frameworks, parts[1], ordinal, code);
        return null;
    }

    /// <summary>What tells it from all others: everything but its frameworks.</summary>
    public string Key => $"{Rule} {Member} {Ordinal.ToString(CultureInfo.InvariantCulture)} {Code}";

    public override string ToString() => Frameworks.Count == 0 ? Key : Rule + "@" + string.Join(",", Frameworks) + Key.Substring(Rule.Length);

    private static bool IsId(string text) => text.Length == 7 && text.StartsWith("AGL", StringComparison.Ordinal) && text.Skip(3).All(c => c is >= '0' and <= '9');
}
