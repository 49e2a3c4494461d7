using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace AgentLint.Package.Tests;

/// <summary>The sample in four projects: every tool that reads it finds the same, with paths through the projects, and the fixes leave a solution that builds.</summary>
[Collection(nameof(EditedSamples))]
public sealed partial class StorefrontTests(EditedSamples samples)
{
    private const string Api = "Storefront/Storefront.Api";
    private const string Log = "-p:ErrorLog=storefront.sarif%2cversion=2.1";

    private static readonly string[] Findings = [.. File.ReadAllLines(Path.Combine(Repository.Root, "samples", "Storefront", "findings.txt")).Order(StringComparer.Ordinal)];

    [Fact]
    public async Task TheServerFindsWhatIsListed()
    {
        var all = await samples.DiagnosticsAsync();

        Assert.Equal(
            Findings,
            Sorted(
                from file in all
                where file.Key.StartsWith(samples.Copy.At("Storefront"), StringComparison.Ordinal)
                from diagnostic in file.Value
                where diagnostic.Code.StartsWith("AGL", StringComparison.Ordinal)
                select Line(diagnostic.Code, diagnostic.Severity == 2 ? "Warning" : "Info", diagnostic.Line, diagnostic.Message)));
    }

    /// <summary>One test, as what is built by one step is read by the next; a copy, as the fixes write.</summary>
    [Fact]
    public async Task BuildFormatAndRoslynatorFindWhatIsListedAndTheFixesLeaveItBuilding()
    {
        using var copy = await samples.CopyAsync("Storefront");

        // Before anything is built, as in a fresh clone: what other projects do is read from their sources.
        Assert.Equal(Findings, OfRoslynator((await copy.DotNetAsync(
            "exec", Repository.Roslynator, "analyze", "Samples.slnx", "--severity-level", "info", "--verbosity", "normal")).Output));

        // It is read from the built assemblies.
        Assert.Equal(Findings, await OfBuildAsync(copy));
        await AssertThatFactsDecideWhatIsCompiledAgainAsync(copy);

        // The report is of what was found, whether or not it could be fixed.
        (await copy.DotNetAsync(
        [
            "format", "analyzers", "Samples.slnx", "--no-restore", "--severity", "info", "--report", "report",
            "--diagnostics", .. Findings.Select(finding => finding.Split(' ')[0]).Distinct(),
        ])).Succeeded();
        Assert.Equal(Findings, OfFormat(copy.At("report/format-report.json")));

        var left = await OfBuildAsync(copy);
        // These have no fix here: the write or the limit stands in another project, a lifetime is a decision. A tool that is no longer declared as reading is one that writes.
        Assert.Equal(["AGL0101", "AGL0101", "AGL0401", "AGL0704", "AGL1104"], left.Select(line => line.Split(' ')[0]));
    }

    // Infrastructure changes; Api refers to it, Application does not.
    private static async Task AssertThatFactsDecideWhatIsCompiledAgainAsync(SampleCopy copy)
    {
        var file = copy.At("Storefront/Storefront.Infrastructure/PaymentsClient.cs");
        var source = await File.ReadAllTextAsync(file);
        await File.WriteAllTextAsync(file, source + "// A comment.\n");
        Assert.Equal(["Storefront.Infrastructure"], await CompiledAsync(copy));

        await File.WriteAllTextAsync(file, Replaced(source, "new Receipt(\"\", amount)", "new Receipt(\"none\", amount)"));
        Assert.Equal(["Storefront.Infrastructure"], await CompiledAsync(copy));

        // The key is no longer sent.
        await File.WriteAllTextAsync(file, Replaced(source, "request.Headers.Add(\"Idempotency-Key\", operation);", "request.Headers.Add(\"Trace\", \"1\");"));
        Assert.Equal(["Storefront.Api", "Storefront.Infrastructure"], await CompiledAsync(copy));

        await File.WriteAllTextAsync(file, source);

        static string Replaced(string source, string before, string after)
        {
            Assert.Contains(before, source, StringComparison.Ordinal);
            return source.Replace(before, after, StringComparison.Ordinal);
        }
    }

    // The projects that a build compiles: a compiler that runs writes its output again.
    private static async Task<string[]> CompiledAsync(SampleCopy copy)
    {
        var before = Outputs().ToDictionary(file => file, File.GetLastWriteTimeUtc, StringComparer.Ordinal);
        (await copy.DotNetAsync("build", Api, "--no-restore", "-p:UseSharedCompilation=false", "-clp:NoSummary", Log)).Succeeded();
        return [.. Outputs().Where(file => !before.TryGetValue(file, out var time) || File.GetLastWriteTimeUtc(file) != time).Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)];

        IEnumerable<string> Outputs() =>
            Directory.GetFiles(copy.Root, "Storefront.*.dll", SearchOption.AllDirectories)
                .Where(file => Path.GetRelativePath(copy.Root, file).Split(Path.DirectorySeparatorChar) is [.., "obj", _, _, _]);
    }

    private static string[] OfFormat(string report)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(report));
        return Sorted(
            from file in document.RootElement.EnumerateArray()
            from change in file.GetProperty("FileChanges").EnumerateArray()
            let said = Format.Match(change.GetProperty("FormatDescription").GetString()!)
            select Line(change.GetProperty("DiagnosticId").GetString()!, said.Groups["level"].Value, change.GetProperty("LineNumber").GetInt32(), said.Groups["message"].Value));
    }

    private static string[] OfRoslynator(string output) =>
        Sorted(Roslynator.Matches(output).Select(match => Line(match.Groups["id"].Value, match.Groups["level"].Value, int.Parse(match.Groups["line"].ValueSpan, CultureInfo.InvariantCulture), match.Groups["message"].Value)));

    // Suggestions are not printed; a log has them.
    private static async Task<string[]> OfBuildAsync(SampleCopy copy)
    {
        (await copy.BuildAsync(Api, Log)).Succeeded();
        return Sorted(
            from log in Directory.GetFiles(copy.Root, "storefront.sarif", SearchOption.AllDirectories)
            from result in JsonDocument.Parse(File.ReadAllBytes(log)).RootElement.GetProperty("runs")[0].GetProperty("results").EnumerateArray()
            let id = result.GetProperty("ruleId").GetString()!
            where id.StartsWith("AGL", StringComparison.Ordinal)
            let line = result.GetProperty("locations")[0].GetProperty("physicalLocation").GetProperty("region").GetProperty("startLine").GetInt32()
            select Line(id, result.GetProperty("level").GetString()!, line, result.GetProperty("message").GetProperty("text").GetString()!));
    }

    private static string Line(string id, string level, int line, string message) =>
        $"{id} {(level is "warning" or "Warning" ? "Warning" : "Info")} {line}: {message.Trim()}";

    private static string[] Sorted(IEnumerable<string> lines) => [.. lines.Order(StringComparer.Ordinal)];

    [GeneratedRegex(@"^(?<level>\w+) AGL\d{4}: (?<message>.*)$")]
    private static partial Regex Format { get; }

    [GeneratedRegex(@"\.cs\((?<line>\d+),\d+\): (?<level>\w+) (?<id>AGL\d{4}): (?<message>.*)")]
    private static partial Regex Roslynator { get; }
}
