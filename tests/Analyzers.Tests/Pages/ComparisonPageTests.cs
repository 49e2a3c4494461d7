using System.Text.RegularExpressions;
using AgentLint.Tests.Repository;
using Microsoft.CodeAnalysis;
using Xunit;

namespace AgentLint.Tests.Pages;

/// <summary>What the page about other analyzers says of AgentLint's own findings in the sample is so.</summary>
public sealed partial class ComparisonPageTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Checkout.Root, "docs", "comparison.md")).ReplaceLineEndings("\n");

    [Fact]
    public async Task Findings_are_as_many_as_it_says()
    {
        var reports = await AllRules.ReportsInAsync(SupportDesk.Compile());
        var found = reports.CountBy(report => report.Id).ToDictionary();

        var sum = Sum().Match(Page);
        Assert.Equal(
            (reports.Length, reports.Count(report => report.Severity == DiagnosticSeverity.Warning), reports.Count(report => report.Severity == DiagnosticSeverity.Info)),
            (Number(sum.Groups["all"]), Number(sum.Groups["warnings"]), Number(sum.Groups["suggestions"])));
        var rows = Row().Matches(Page).Select(row => (Rules: RulesOf(row.Groups["what"].Value), Said: Number(row.Groups["findings"]))).ToList();
        Assert.Equal(found.Keys.Order(StringComparer.Ordinal), rows.SelectMany(row => row.Rules).Where(found.ContainsKey).Order(StringComparer.Ordinal));
        Assert.All(rows, row => Assert.Equal(row.Rules.Sum(id => found.GetValueOrDefault(id)), row.Said));
        Assert.Equal(reports.Length, Number(Total().Match(Page).Groups["all"]));
    }

    // "AGL0601", "AGL0602, AGL0603", or "AGL0101 to AGL0104".
    private static IReadOnlyList<string> RulesOf(string text)
    {
        var ids = Id().Matches(text).Select(match => match.Value).Distinct().ToList();
        return text.Contains(" to ", StringComparison.Ordinal)
            ? [.. Enumerable.Range(int.Parse(ids[0].AsSpan(3)), int.Parse(ids[^1].AsSpan(3)) - int.Parse(ids[0].AsSpan(3)) + 1).Select(number => $"AGL{number:D4}")]
            : ids;
    }

    private static int Number(Group digits) => int.Parse(digits.ValueSpan);

    [GeneratedRegex(@"^\| AgentLint \| this commit \| (?<all>\d+) \((?<warnings>\d+) warnings, (?<suggestions>\d+) suggestions\) \|", RegexOptions.Multiline)]
    private static partial Regex Sum();

    [GeneratedRegex(@"^\| (?<what>[^|]*AGL\d{4}[^|]*) \| (?<findings>\d+) \|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"^\| all \| (?<all>\d+) \|", RegexOptions.Multiline)]
    private static partial Regex Total();

    [GeneratedRegex(@"AGL\d{4}")]
    private static partial Regex Id();
}
