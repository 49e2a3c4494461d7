using System.Reflection;

namespace AgentLint.Tasks;

/// <summary>
/// One run of reports from any number of logs: each rule once, each report once, however many projects and target frameworks made it, in the order
/// of files and lines. The same reports make the same bytes, whatever the order of the logs.
/// </summary>
internal sealed class MergedLog
{
    private const string Root = "SRCROOT";

    private readonly Dictionary<string, SarifRule> rules = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SarifResult> results = new(StringComparer.Ordinal);
    private readonly HashSet<LoggedGraph> graphs = [];

    /// <summary>The reports, in order.</summary>
    public IReadOnlyList<SarifResult> Results =>
    [
        .. results.Values
            .OrderBy(r => r.Place!.Uri, StringComparer.Ordinal).ThenBy(r => r.Place!.StartLine).ThenBy(r => r.Place!.StartColumn)
            .ThenBy(r => r.RuleId, StringComparer.Ordinal).ThenBy(KeyOf, StringComparer.Ordinal),
    ];

    /// <summary>The rules that have reports, in the order of their ids.</summary>
    public IReadOnlyList<SarifRule> Rules =>
    [
        .. rules.Values.Where(rule => results.Values.Any(result => result.RuleId == rule.Id)).OrderBy(rule => rule.Id, StringComparer.Ordinal),
    ];

    /// <summary>The pictures of agents, in the order of their projects.</summary>
    public IReadOnlyList<LoggedGraph> Graphs =>
        [.. graphs.OrderBy(graph => graph.Project, StringComparer.Ordinal).ThenBy(graph => graph.Picture, StringComparer.Ordinal)];

    /// <summary>Adds a log.</summary>
    /// <param name="log">The log, of a compiler or of these tasks.</param>
    /// <param name="root">The folder that paths start from.</param>
    /// <param name="project">The path of the project whose log this is; empty where the log names projects itself.</param>
    public void Add(SarifLog log, SourceRoot root, string project = "")
    {
        var sources = new SourceFiles(root);
        graphs.UnionWith(log.Graphs.Select(graph => graph.Project.Length == 0 ? graph with { Project = project } : graph));
        foreach (var rule in log.Rules)
            // Versions of AgentLint may describe a rule differently: the same one wins in every order.
            if (!rules.TryGetValue(rule.Id, out var known) || string.CompareOrdinal(Describe(rule), Describe(known)) < 0)
                rules[rule.Id] = rule;
        // What has no place is an answer to somebody who asked, and no finding.
        foreach (var result in log.Results.Where(result => result.Place != null))
        {
            var moved = result with { Place = Move(result.Place!), Related = [.. result.Related.Select(Move)] };
            moved = moved with
            {
                Projects = moved.Projects.Count > 0 || project.Length == 0 ? moved.Projects : [project],
                LineHash = moved.LineHash ?? Fingerprints.HashOf(moved, sources),
            };
            var key = KeyOf(moved);
            results[key] = results.TryGetValue(key, out var other) ? One(moved, other) : moved;
        }

        SarifPlace Move(SarifPlace place) => place with { Uri = root.UriOf(place.Uri) };
    }

    public override string ToString()
    {
        var known = Results;
        var used = Rules.ToList();
        var fingerprints = Fingerprints.Of(known);
        var pictures = Graphs;
        var json = new JsonText();
        json.Object(null, () => json
            .Text("$schema", "https://json.schemastore.org/sarif-2.1.0.json")
            .Text("version", "2.1.0")
            .Array("runs", () => json.Object(null, () => json
                .Object("tool", () => json.Object("driver", () => json
                    .Text("name", "AgentLint")
                    .Text("semanticVersion", Version)
                    .Text("informationUri", RepositoryAddress.Value)
                    .Array("rules", () => used.ForEach(rule => Write(json, rule)))))
                .Object("originalUriBaseIds", () => json.Object(Root, () => json.Object("description", () => json.Text("text", "The root of the repository"))))
                .Text("columnKind", "utf16CodeUnits")
                .Array("results", () =>
                {
                    for (var i = 0; i < known.Count; i++)
                        Write(json, known[i], used.FindIndex(rule => rule.Id == known[i].RuleId), fingerprints[i]);
                })
                .ObjectIf(pictures.Count > 0, "properties", () => json.Array(SarifLog.GraphsProperty, () =>
                {
                    foreach (var graph in pictures)
                        json.Object(null, () => json.Text("project", graph.Project).Text("picture", graph.Picture));
                })))));
        return json.ToString();
    }

    private static string Version { get; } = typeof(MergedLog).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";

    private static void Write(JsonText json, SarifRule rule) =>
        json.Object(null, () =>
        {
            json.Text("id", rule.Id);
            if (rule.Title != null)
                json.Object("shortDescription", () => json.Text("text", rule.Title));
            if (rule.Description != null)
                json.Object("fullDescription", () => json.Text("text", rule.Description));
            json.Text("helpUri", rule.Help);
            if (rule.Help != null)
                json.Object("help", () => json.Text("text", "See " + rule.Help).Text("markdown", $"{rule.Description} [What it reports, why, and how to fix it]({rule.Help})"));
            json.Object("defaultConfiguration", () => json.Text("level", rule.Level));
            json.Object("properties", () =>
            {
                json.Text("category", rule.Category);
                json.Array("tags", () =>
                {
                    foreach (var tag in rule.Tags)
                        json.Text(null, tag);
                });
            });
        });

    private static void Write(JsonText json, SarifResult result, int rule, string fingerprint) =>
        json.Object(null, () =>
        {
            json.Text("ruleId", result.RuleId);
            if (rule >= 0)
                json.Number("ruleIndex", rule);
            json.Text("level", result.Level).Object("message", () => json.Text("text", result.Message));
            json.Array("locations", () => Write(json, result.Place!, null));
            if (result.Related.Count > 0)
                json.Array("relatedLocations", () =>
                {
                    for (var i = 0; i < result.Related.Count; i++)
                        Write(json, result.Related[i], i + 1);
                });
            json.Object("partialFingerprints", () => json.Text(Fingerprints.Name, fingerprint));
            if (result.IsSuppressed)
                json.Array("suppressions", () => json.Object(null, () => json.Text("kind", result.Suppression).Text("justification", result.Reason)));
            json.ObjectIf(result.Projects.Count > 0, "properties", () => json.Array("projects", () =>
            {
                foreach (var project in result.Projects)
                    json.Text(null, project);
            }));
        });

    private static void Write(JsonText json, SarifPlace place, int? id) =>
        json.Object(null, () =>
        {
            if (id is { } number)
                json.Number("id", number);
            json.Object("physicalLocation", () =>
            {
                json.Object("artifactLocation", () => json.Text("uri", place.Uri).Text("uriBaseId", Uri.TryCreate(place.Uri, UriKind.Absolute, out _) ? null : Root));
                if (place.StartLine > 0)
                    json.Object("region", () => json.Number("startLine", place.StartLine).Number("startColumn", place.StartColumn).Number("endLine", place.EndLine).Number("endColumn", place.EndColumn));
            });
        });

    private static SarifResult One(SarifResult one, SarifResult other)
    {
        var isFirst = Weight(one) > Weight(other) || (Weight(one) == Weight(other) && string.CompareOrdinal(one.Reason, other.Reason) < 0);
        return (isFirst ? one : other) with
        {
            Projects = [.. one.Projects.Concat(other.Projects).Distinct(StringComparer.Ordinal).OrderBy(project => project, StringComparer.Ordinal)],
            LineHash = new[] { one.LineHash, other.LineHash }.Where(hash => hash != null).OrderBy(hash => hash, StringComparer.Ordinal).FirstOrDefault(),
        };
    }

    // The same report of two projects may have two severities, or be suppressed in one.
    private static int Weight(SarifResult result) => (result.IsSuppressed ? 0 : 10) + result.Level switch { "error" => 3, "warning" => 2, "note" => 1, _ => 0 };

    private static string KeyOf(SarifResult result) => $"{result.RuleId}\n{result.Place}\n{result.Message}\n{string.Join("\n", result.Related)}";

    private static string Describe(SarifRule rule) => $"{rule.Title}\n{rule.Description}\n{rule.Level}\n{rule.Help}\n{string.Join("\n", rule.Tags)}";
}
