using System.Text;
using AgentLint.Baseline;

namespace AgentLint.Tasks;

/// <summary>A finding for a baseline: its line, and what a reviewer reads above it.</summary>
internal sealed record Finding(BaselineLine Line, string Remark);

/// <summary>The text of a baseline, written anew for one target framework.</summary>
internal static class BaselineText
{
    // What stands above each line and is written anew. Other comments are somebody's.
    private const string Remark = "#: ";

    private const string Head = """
        # AgentLint leaves the findings below alone: they were there when this file was written. A new one is reported, and so is a line whose finding is gone.
        # Lines are: rule, member, which of the member's equal lines, code. Renew them with: dotnet build -p:AgentLintBaseline=write

        """;

    /// <summary>Puts a framework's findings in the place of those that it had. Lines that other frameworks have stay, and comments with them.</summary>
    /// <param name="old">The text as it is; empty where there is none.</param>
    /// <param name="findings">What was found for the framework.</param>
    /// <param name="framework">The framework.</param>
    /// <param name="all">All of the project's frameworks.</param>
    public static string Renew(string old, IEnumerable<Finding> findings, string framework, IReadOnlyList<string> all)
    {
        var entries = Read(old, all);
        foreach (var entry in entries.Values)
            entry.Frameworks.Remove(framework);
        foreach (var finding in findings)
        {
            if (!entries.TryGetValue(finding.Line.Key, out var entry))
                entries.Add(finding.Line.Key, entry = new Entry(finding.Line));
            entry.Frameworks.Add(framework);
            entry.Remark = finding.Remark;
        }

        var text = new StringBuilder(Head.Replace("\r\n", "\n"));
        foreach (var entry in entries.Values
            .Where(entry => entry.Frameworks.Count > 0)
            .OrderBy(entry => entry.Line.Rule, StringComparer.Ordinal).ThenBy(entry => entry.Line.Member, StringComparer.Ordinal)
            .ThenBy(entry => entry.Line.Code, StringComparer.Ordinal).ThenBy(entry => entry.Line.Ordinal))
        {
            text.Append('\n');
            foreach (var comment in entry.Comments)
                text.Append(comment).Append('\n');
            if (entry.Remark.Length > 0)
                text.Append(Remark).Append(entry.Remark).Append('\n');
            var line = entry.Line;
            string[] some = all.All(entry.Frameworks.Contains) ? [] : [.. all.Where(entry.Frameworks.Contains)];
            text.Append(new BaselineLine(line.Rule, some, line.Member, line.Ordinal, line.Code)).Append('\n');
        }

        return text.ToString();
    }

    private static Dictionary<string, Entry> Read(string text, IReadOnlyList<string> all)
    {
        var entries = new Dictionary<string, Entry>(StringComparer.Ordinal);
        var comments = new List<string>();
        foreach (var line in text.Split('\n').Select(line => line.Trim()))
        {
            if (line.Length > 0 && BaselineLine.IsSilent(line))
                comments.Add(line);
            else
            {
                if (BaselineLine.Parse(line, out _) is { } read && !entries.ContainsKey(read.Key))
                {
                    var entry = new Entry(read);
                    entry.Frameworks.UnionWith(read.Frameworks.Count == 0 ? all : read.Frameworks.Where(all.Contains));
                    entry.Comments.AddRange(comments.Where(comment => !comment.StartsWith(Remark, StringComparison.Ordinal)));
                    entry.Remark = comments.LastOrDefault(comment => comment.StartsWith(Remark, StringComparison.Ordinal))?.Substring(Remark.Length) ?? "";
                    entries.Add(read.Key, entry);
                }

                // A blank line parts the comments above it from what follows.
                comments.Clear();
            }
        }

        return entries;
    }

    private sealed class Entry(BaselineLine line)
    {
        public BaselineLine Line { get; } = line;

        public HashSet<string> Frameworks { get; } = new(StringComparer.Ordinal);

        public List<string> Comments { get; } = [];

        public string Remark { get; set; } = "";
    }
}
