using System.Xml.Linq;
using AgentLint.Rules.Configuration;

namespace AgentLint.Tasks;

/// <summary>A rule, as a log describes it.</summary>
internal sealed record SarifRule(string Id, string? Title, string? Description, string Level, string? Help, string? Category, IReadOnlyList<string> Tags);

/// <summary>A part of a file.</summary>
internal sealed record SarifPlace(string Uri, int StartLine, int StartColumn, int EndLine, int EndColumn)
{
    public override string ToString() => $"{Uri}({StartLine},{StartColumn},{EndLine},{EndColumn})";
}

/// <summary>A report. <paramref name="Suppression"/> is the kind of its suppression, <paramref name="Reason"/> what was said for it.</summary>
internal sealed record SarifResult(
    string RuleId,
    string Level,
    string Message,
    SarifPlace? Place,
    IReadOnlyList<SarifPlace> Related,
    string? Suppression,
    string? Reason,
    IReadOnlyDictionary<string, string> Properties)
{
    /// <summary>The projects in which it was reported, by their paths.</summary>
    public IReadOnlyList<string> Projects { get; init; } = [];

    /// <summary>What stays the same while its line moves; null where nothing has worked it out yet. <see cref="Fingerprints"/> adds a number.</summary>
    public string? LineHash { get; init; }

    public bool IsSuppressed => Suppression != null;
}

/// <summary>The picture of a project's agents, in one line. A compiler's log does not name the project.</summary>
internal sealed record LoggedGraph(string Project, string Picture);

/// <summary>What AgentLint says in a compiler's log, of version 1 or 2.1; or in one that these tasks wrote. Everybody else's reports are left out.</summary>
/// <param name="Rules">The rules that are described.</param>
/// <param name="Results">The reports.</param>
/// <param name="Graphs">The pictures of agents.</param>
/// <param name="HasCompilerErrors">Whether the compiler gave up, so that analyzers may not have seen everything.</param>
internal sealed record SarifLog(IReadOnlyList<SarifRule> Rules, IReadOnlyList<SarifResult> Results, IReadOnlyList<LoggedGraph> Graphs, bool HasCompilerErrors)
{
    /// <summary>The property of a run with the pictures of agents.</summary>
    public const string GraphsProperty = "agentGraphs";

    private const string Ours = "AGL";

    public static SarifLog Read(string path)
    {
        var rules = new List<SarifRule>();
        var results = new List<SarifResult>();
        var graphs = new List<LoggedGraph>();
        var hasErrors = false;
        foreach (var run in Json.Read(path).ItemsAt("runs"))
        {
            rules.AddRange(run.ItemsAt("tool", "driver", "rules").Concat(run.ItemsAt("rules")).Select(RuleOf).Where(rule => IsOurs(rule.Id)));
            results.AddRange(run.ItemsAt("results").Where(result => IsOurs(result.TextAt("ruleId"))).Select(ResultOf));
            graphs.AddRange(run.ItemsAt("properties", GraphsProperty).Select(graph => new LoggedGraph(graph.TextAt("project") ?? "", graph.TextAt("picture") ?? "")));
            hasErrors |= run.ItemsAt("results").Any(result => result.TextAt("level") == "error" && result.TextAt("ruleId")?.StartsWith("CS", StringComparison.Ordinal) == true);
        }

        graphs.AddRange(
            from result in results
            where result.Properties.ContainsKey(LoggedPicture.Property)
            select new LoggedGraph("", result.Properties[LoggedPicture.Property]));
        return new SarifLog(rules, results, graphs, hasErrors);
    }

    private static bool IsOurs(string? id) => id?.StartsWith(Ours, StringComparison.Ordinal) == true;

    private static SarifRule RuleOf(XElement rule) =>
        new(
            rule.TextAt("id") ?? "",
            rule.TextAt("shortDescription", "text") ?? rule.TextAt("shortDescription"),
            rule.TextAt("fullDescription", "text") ?? rule.TextAt("fullDescription"),
            rule.TextAt("defaultConfiguration", "level") ?? rule.TextAt("defaultLevel") ?? "warning",
            rule.TextAt("helpUri"),
            rule.TextAt("properties", "category"),
            [.. rule.ItemsAt("properties", "tags").Select(tag => tag.Value)]);

    private static SarifResult ResultOf(XElement result)
    {
        var isOld = result.At("message")?.HasElements != true;
        var suppression = result.ItemsAt("suppressions").FirstOrDefault();
        return new SarifResult(
            result.TextAt("ruleId")!,
            result.TextAt("level") ?? "warning",
            (isOld ? result.TextAt("message") : result.TextAt("message", "text")) ?? "",
            result.ItemsAt("locations").Select(PlaceOf).FirstOrDefault(),
            [.. result.ItemsAt("relatedLocations").Select(PlaceOf).OfType<SarifPlace>()],
            suppression != null ? suppression.TextAt("kind") ?? "external" : result.ItemsAt("suppressionStates").Any() ? "inSource" : null,
            suppression.TextAt("justification"),
            result.ItemsAt("properties", "customProperties").ToDictionary(p => p.Attribute("item")?.Value ?? p.Name.LocalName, p => p.Value, StringComparer.Ordinal))
        {
            Projects = [.. result.ItemsAt("properties", "projects").Select(project => project.Value)],
            LineHash = result.TextAt("partialFingerprints", Fingerprints.Name)?.Split(':')[0],
        };
    }

    private static SarifPlace? PlaceOf(XElement location)
    {
        var place = location.At("physicalLocation") ?? location.At("resultFile");
        return (place.TextAt("artifactLocation", "uri") ?? place.TextAt("uri")) is { } uri
            ? new SarifPlace(uri, place.NumberAt("region", "startLine"), place.NumberAt("region", "startColumn"), place.NumberAt("region", "endLine"), place.NumberAt("region", "endColumn"))
            : null;
    }
}
