using System.Text.Json;
using System.Text.RegularExpressions;

namespace AgentLint.Package.Tests;

/// <summary>A report: <c>Faults.cs(12): AGL0206 warning</c>. A suppressed one has the level <c>suppressed</c>.</summary>
internal sealed record Report(string File, int Line, string Id, string Level)
{
    public override string ToString() => $"{File}({Line}): {Id} {Level}";
}

/// <summary>What a compiler wrote with <c>ErrorLog</c>.</summary>
internal sealed class SarifLog(IReadOnlyList<Report> reports, IReadOnlyDictionary<string, string> helpLinks, IReadOnlyList<int> related)
{
    /// <summary>The lines that reports of AgentLint lead to.</summary>
    public IReadOnlyList<int> Related { get; } = related;

    /// <summary>All reports, whoever made them, in the order of files and lines.</summary>
    public IReadOnlyList<Report> All { get; } = reports;

    /// <summary>The reports of AgentLint.</summary>
    public IEnumerable<Report> Agent => All.Where(report => report.Id.StartsWith("AGL", StringComparison.Ordinal));

    /// <summary>The help links of the rules that the compiler knew of and that reported.</summary>
    public IReadOnlyDictionary<string, string> HelpLinks { get; } = helpLinks;

    public static SarifLog Read(string path)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        var run = document.RootElement.GetProperty("runs").EnumerateArray().Single();
        return new SarifLog(
            [
                .. run.GetProperty("results").EnumerateArray().Select(ReportOf)
                    .OrderBy(report => report.File, StringComparer.Ordinal).ThenBy(report => report.Line).ThenBy(report => report.Id, StringComparer.Ordinal),
            ],
            run.GetProperty("tool").GetProperty("driver").GetProperty("rules").EnumerateArray()
                .ToDictionary(rule => rule.GetProperty("id").GetString()!, rule => rule.TryGetProperty("helpUri", out var link) ? link.GetString()! : ""),
            [
                .. from result in run.GetProperty("results").EnumerateArray()
                   where result.GetProperty("ruleId").GetString()!.StartsWith("AGL", StringComparison.Ordinal) && result.TryGetProperty("relatedLocations", out _)
                   from place in result.GetProperty("relatedLocations").EnumerateArray()
                   select place.GetProperty("physicalLocation").GetProperty("region").GetProperty("startLine").GetInt32(),
            ]);
    }

    private static Report ReportOf(JsonElement result)
    {
        var place = result.TryGetProperty("locations", out var locations) ? locations[0].GetProperty("physicalLocation") : default;
        var isSuppressed = result.TryGetProperty("suppressions", out var suppressions) && suppressions.GetArrayLength() > 0;
        return new Report(
            place.ValueKind == JsonValueKind.Object ? Path.GetFileName(place.GetProperty("artifactLocation").GetProperty("uri").GetString()!) : "",
            place.ValueKind == JsonValueKind.Object ? place.GetProperty("region").GetProperty("startLine").GetInt32() : 0,
            result.GetProperty("ruleId").GetString()!,
            isSuppressed ? "suppressed" : result.GetProperty("level").GetString()!);
    }
}

/// <summary>What sources say will be reported in them: <c>// AGL0206 warning</c> at the end of a line.</summary>
internal static partial class Expected
{
    public static IEnumerable<Report> In(params IEnumerable<string> files) =>
        from file in files.OrderBy(file => Path.GetFileName(file), StringComparer.Ordinal)
        from line in File.ReadLines(file).Index()
        from mark in MarkPattern().Matches(line.Item)
        select new Report(Path.GetFileName(file), line.Index + 1, mark.Groups["id"].Value, mark.Groups["level"].Value);

    [GeneratedRegex(@"// (?<id>AGL\d{4}) (?<level>warning|note|suppressed)$")]
    private static partial Regex MarkPattern();
}
