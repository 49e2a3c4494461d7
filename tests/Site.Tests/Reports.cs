using System.Text.Json;
using AgentLint.Tasks;
using AgentLint.Tasks.Report;

namespace AgentLint.Site.Tests;

/// <summary>Logs, and the reports that the package makes of them.</summary>
internal static class Reports
{
    /// <summary>The report of the sample, from the compiler's log.</summary>
    public static ReportContent OfSample() => Of(SampleBuild.LogIn(Here.Root), Path.Combine(Here.Root, "artifacts", "sample"), "SupportDesk", "SupportDesk/SupportDesk.csproj");

    public static ReportContent Of(string log, string folder, string title, string project)
    {
        var root = SourceRoot.Of(folder, folder, folder);
        var merged = new MergedLog();
        merged.Add(SarifLog.Read(log), root, project);
        return ReportContent.Of(title, merged, new SourceFiles(root));
    }

    /// <summary>A compiler's log with a finding for each of some places.</summary>
    public static string Log(string folder, IEnumerable<(string Rule, string Level, string Message, string File, int Line)> findings)
    {
        var all = findings.ToList();
        var log = Path.Combine(folder, "log.sarif");
        File.WriteAllText(log, JsonSerializer.Serialize(new
        {
            version = "2.1.0",
            runs = new[]
            {
                new
                {
                    tool = new
                    {
                        driver = new
                        {
                            rules = all.Select(finding => finding.Rule).Distinct().Select(id => new
                            {
                                id,
                                shortDescription = new { text = $"Title of {id}" },
                                helpUri = $"https://example.com/{id}",
                                properties = new { category = id.StartsWith("AGL01", StringComparison.Ordinal) ? "AgentLint.Idempotency" : "AgentLint.Retries" },
                            }),
                        },
                    },
                    results = all.Select(finding => new
                    {
                        ruleId = finding.Rule,
                        level = finding.Level,
                        message = new { text = finding.Message },
                        locations = new[] { Place(finding.File, finding.Line) },
                        relatedLocations = new[] { Place(finding.File, 1) },
                    }),
                },
            },
        }));
        return log;

        object Place(string file, int line) => new
        {
            physicalLocation = new
            {
                artifactLocation = new { uri = "file://" + string.Join('/', Path.Combine(folder, file).Split('/').Select(Uri.EscapeDataString)) },
                region = new { startLine = line, startColumn = 1, endLine = line, endColumn = 5 },
            },
        };
    }
}
