using System.Globalization;

namespace AgentLint.Tasks.Report;

/// <summary>The summary as a console shows it.</summary>
internal static class SummaryTable
{
    public static IEnumerable<string> Lines(ReportContent content)
    {
        var total = content.Total;
        yield return $"AgentLint: {Say(total.Errors, "error")}, {Say(total.Warnings, "warning")}, {Say(total.Suggestions, "suggestion")}"
            + $" in {Say(content.Rules.Count, "rule")} and {Say(content.Projects.Count, "project")}"
            + (content.Suppressed > 0 ? $", {content.Suppressed} suppressed" : "");
        if (total.All == 0)
            yield break;
        foreach (var line in Table("Rule", content.ByRule, content.TitleOf).Concat(Table("Project", content.ByProject, _ => "")))
            yield return line;
    }

    private static IEnumerable<string> Table(string head, IReadOnlyList<Tally> tallies, Func<string, string> remarkOf)
    {
        if (tallies.Count == 0)
            yield break;
        var width = Math.Max(head.Length, tallies.Max(tally => tally.Name.Length));
        yield return "";
        yield return $"  {head.PadRight(width)}  Errors  Warnings  Suggestions";
        foreach (var tally in tallies)
            yield return $"  {tally.Name.PadRight(width)}  {Cell(tally.Errors, 6)}  {Cell(tally.Warnings, 8)}  {Cell(tally.Suggestions, 11)}  {remarkOf(tally.Name)}".TrimEnd();
    }

    private static string Cell(int number, int width) => number.ToString(CultureInfo.InvariantCulture).PadLeft(width);

    private static string Say(int number, string what) => $"{number} {what}{(number == 1 ? "" : "s")}";
}
