using System.IO.Compression;
using System.Text.Json;

namespace AgentLint.Package.Tests;

/// <summary>What SARIF 2.1.0 requires of the parts that a merged log has, and what GitHub's code scanning takes of them.</summary>
internal static class SarifShape
{
    private static readonly Dictionary<string, string[]> Properties = new(StringComparer.Ordinal)
    {
        ["log"] = ["$schema", "version", "runs"],
        ["run"] = ["tool", "originalUriBaseIds", "columnKind", "results", "properties"],
        ["driver"] = ["name", "semanticVersion", "informationUri", "rules"],
        ["rule"] = ["id", "shortDescription", "fullDescription", "helpUri", "help", "defaultConfiguration", "properties"],
        ["result"] = ["ruleId", "ruleIndex", "level", "message", "locations", "relatedLocations", "partialFingerprints", "suppressions", "properties"],
        ["location"] = ["id", "physicalLocation"],
        ["physicalLocation"] = ["artifactLocation", "region"],
        ["artifactLocation"] = ["uri", "uriBaseId"],
        ["region"] = ["startLine", "startColumn", "endLine", "endColumn"],
        ["suppression"] = ["kind", "justification"],
    };

    /// <summary>What is wrong with a log; nothing where it is right.</summary>
    public static IReadOnlyList<string> Faults(string text)
    {
        using var document = JsonDocument.Parse(text);
        var faults = new List<string>();
        Log(document.RootElement, faults);
        if (Compressed(text) > 10 * 1024 * 1024)
            faults.Add("The log has more than 10 MB when compressed");
        return faults;
    }

    private static void Log(JsonElement log, List<string> faults)
    {
        Names(log, "log", faults);
        Require(log.GetProperty("version").GetString() == "2.1.0", "version", faults);
        Require(IsAddress(log.GetProperty("$schema"), UriKind.Absolute), "$schema", faults);
        Require(log.GetProperty("runs").GetArrayLength() is >= 1 and <= 20, "runs", faults);
        foreach (var run in log.GetProperty("runs").EnumerateArray())
            Run(run, faults);
    }

    private static void Run(JsonElement run, List<string> faults)
    {
        Names(run, "run", faults);
        Require(run.GetProperty("columnKind").GetString() is "utf16CodeUnits" or "unicodeCodePoints", "columnKind", faults);
        var driver = run.GetProperty("tool").GetProperty("driver");
        Names(driver, "driver", faults);
        Require(driver.GetProperty("name").GetString() is { Length: > 0 }, "driver.name", faults);
        Require(IsAddress(driver.GetProperty("informationUri"), UriKind.Absolute), "driver.informationUri", faults);
        var rules = driver.GetProperty("rules").EnumerateArray().ToList();
        Require(rules.Count <= 25_000, "GitHub: rules", faults);
        Require(rules.Select(rule => rule.GetProperty("id").GetString()).Distinct().Count() == rules.Count, "rules are unique", faults);
        foreach (var rule in rules)
            Rule(rule, faults);
        var results = run.GetProperty("results").EnumerateArray().ToList();
        Require(results.Count <= 25_000, "GitHub: results", faults);
        foreach (var result in results)
            Result(result, run, rules, faults);
        Require(results.Select(result => (FileOf(result), FingerprintOf(result))).Distinct().Count() == results.Count, "fingerprints are unique in a file", faults);
    }

    private static void Rule(JsonElement rule, List<string> faults)
    {
        Names(rule, "rule", faults);
        Require(rule.GetProperty("id").GetString() is { Length: > 0 and <= 255 }, "rule.id", faults);
        foreach (var (name, longest) in new[] { ("shortDescription", 1024), ("fullDescription", 1024), ("help", int.MaxValue) })
            Require(rule.GetProperty(name).GetProperty("text").GetString() is { Length: > 0 } text && text.Length <= longest, "rule." + name, faults);
        Require(IsAddress(rule.GetProperty("helpUri"), UriKind.Absolute), "rule.helpUri", faults);
        Require(IsLevel(rule.GetProperty("defaultConfiguration").GetProperty("level")), "rule.level", faults);
        var tags = rule.GetProperty("properties").GetProperty("tags").EnumerateArray().Select(tag => tag.GetString()).ToList();
        Require(tags.Distinct().Count() == tags.Count, "rule.tags are unique", faults);
        Require(tags.Count <= 10, "GitHub: tags", faults);
    }

    private static void Result(JsonElement result, JsonElement run, List<JsonElement> rules, List<string> faults)
    {
        Names(result, "result", faults);
        var index = result.GetProperty("ruleIndex").GetInt32();
        Require(index >= 0 && index < rules.Count && rules[index].GetProperty("id").GetString() == result.GetProperty("ruleId").GetString(), "result.ruleIndex", faults);
        Require(IsLevel(result.GetProperty("level")), "result.level", faults);
        Require(result.GetProperty("message").GetProperty("text").GetString() is { Length: > 0 }, "result.message", faults);
        Require(FingerprintOf(result) is { } print && print.Length is > 0 and <= 64, "result.partialFingerprints", faults);
        var locations = Items(result, "locations");
        var related = Items(result, "relatedLocations");
        Require(locations.Count == 1, "result.locations", faults);
        Require(locations.Count + related.Count <= 100, "GitHub: locations", faults);
        foreach (var location in locations.Concat(related))
            Location(location, run, faults);
        var ids = related.Select(location => location.GetProperty("id").GetInt32()).ToList();
        Require(ids.All(id => id >= 0) && ids.Distinct().Count() == ids.Count, "relatedLocations.id", faults);
        foreach (var suppression in Items(result, "suppressions"))
        {
            Names(suppression, "suppression", faults);
            Require(suppression.GetProperty("kind").GetString() is "inSource" or "external", "suppression.kind", faults);
        }
    }

    private static void Location(JsonElement location, JsonElement run, List<string> faults)
    {
        Names(location, "location", faults);
        var physical = location.GetProperty("physicalLocation");
        Names(physical, "physicalLocation", faults);
        var file = physical.GetProperty("artifactLocation");
        Names(file, "artifactLocation", faults);
        Require(IsAddress(file.GetProperty("uri"), UriKind.RelativeOrAbsolute) && !file.GetProperty("uri").GetString()!.Contains('\\', StringComparison.Ordinal), "artifactLocation.uri", faults);
        Require(!file.TryGetProperty("uriBaseId", out var root) || run.GetProperty("originalUriBaseIds").TryGetProperty(root.GetString()!, out _), "artifactLocation.uriBaseId", faults);
        var region = physical.GetProperty("region");
        Names(region, "region", faults);
        var (line, column) = (region.GetProperty("startLine").GetInt32(), region.GetProperty("startColumn").GetInt32());
        var (endLine, endColumn) = (region.GetProperty("endLine").GetInt32(), region.GetProperty("endColumn").GetInt32());
        Require(line >= 1 && column >= 1 && (endLine > line || (endLine == line && endColumn >= column)), "region", faults);
    }

    private static List<JsonElement> Items(JsonElement of, string name) => of.TryGetProperty(name, out var items) ? [.. items.EnumerateArray()] : [];

    private static string? FileOf(JsonElement result) =>
        result.GetProperty("locations")[0].GetProperty("physicalLocation").GetProperty("artifactLocation").GetProperty("uri").GetString();

    private static string? FingerprintOf(JsonElement result) => result.GetProperty("partialFingerprints").GetProperty("primaryLocationLineHash").GetString();

    private static bool IsLevel(JsonElement level) => level.GetString() is "none" or "note" or "warning" or "error";

    private static bool IsAddress(JsonElement value, UriKind kind) => Uri.IsWellFormedUriString(value.GetString(), kind);

    private static void Names(JsonElement of, string what, List<string> faults)
    {
        foreach (var property in of.EnumerateObject())
            Require(Properties[what].Contains(property.Name), $"{what} has a property '{property.Name}'", faults);
    }

    private static void Require(bool holds, string what, List<string> faults)
    {
        if (!holds && !faults.Contains(what))
            faults.Add(what);
    }

    private static long Compressed(string text)
    {
        using var target = new MemoryStream();
        using (var zip = new GZipStream(target, CompressionLevel.Optimal, leaveOpen: true))
            zip.Write(System.Text.Encoding.UTF8.GetBytes(text));
        return target.Length;
    }
}
