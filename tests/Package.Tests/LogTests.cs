using System.Text.Json;
using System.Text.RegularExpressions;

namespace AgentLint.Package.Tests;

/// <summary>What a server makes of a build: one line a project, and one log of all.</summary>
[Collection(nameof(BuiltConsumers))]
public sealed class LogTests(BuiltConsumers consumers)
{
    [Theory]
    [InlineData("Faulty", "AgentLint: 0 errors, 5 warnings in 2 rules (Faulty)")]
    [InlineData("Modes/Strict", "AgentLint: 0 errors, 2 warnings in 2 rules (Strict)")]
    [InlineData("Modes/Recommended", "AgentLint: 0 errors, 1 warning in 1 rule (Recommended)")]
    [InlineData("MultiTarget", "AgentLint: 0 errors, 1 warning in 1 rule (MultiTarget, net10.0)")]
    [InlineData("MultiTarget", "AgentLint: 0 errors, 1 warning in 1 rule (MultiTarget, netstandard2.0)")]
    public void EachProjectThatHasSomethingToSayHasALine(string project, string line)
    {
        Assert.NotEmpty(consumers.Log(project).Agent);
        Assert.Single(consumers.Build.Output.Split('\n'), text => text.Trim() == line);
    }

    [Theory]
    [InlineData("Plain")]
    [InlineData("None")]
    [InlineData("NoWarn")]
    [InlineData("Graph")]
    [InlineData("Severities")]
    public void NobodyElseHas(string project) => Assert.DoesNotMatch($@"AgentLint: \d.*\({project}[,)]", consumers.Build.Output);

    [Fact]
    public async Task ErrorsFailTheBuildAndAreCounted()
    {
        using var copy = await consumers.CopyAsync("Faulty", "Faulty");

        var strict = await copy.BuildAsync("-p:TreatWarningsAsErrors=true", "-p:ContinuousIntegrationBuild=true");
        Assert.NotEqual(0, strict.ExitCode);
        Assert.Contains("AgentLint: 5 errors, 0 warnings in 2 rules (Faulty)", strict.Output, StringComparison.Ordinal);
        Assert.Contains("error AGL0206:", strict.Output, StringComparison.Ordinal);

        // One code alone, without a summary: nobody asked.
        var one = await copy.BuildAsync("-p:WarningsAsErrors=AGL0206");
        Assert.NotEqual(0, one.ExitCode);
        Assert.Matches("error AGL0206:", one.Output);
        Assert.Matches("warning AGL0601:", one.Output);
        Assert.DoesNotContain("AgentLint: ", one.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OneCommandMakesOneLogOfAll()
    {
        Assert.Contains("Transitive+App+App.net10.0.sarif", Directory.GetFiles(consumers.At(BuiltConsumers.LogFolder)).Select(Path.GetFileName));
        var merge = await MergeAsync("Faulty/Faulty.csproj");
        var text = await File.ReadAllTextAsync(consumers.At(BuiltConsumers.LogFolder + ".sarif"), TestContext.Current.CancellationToken);
        // The part of a project that has several target frameworks knows the command as well.
        await MergeAsync("MultiTarget/MultiTarget.csproj");
        Assert.Equal(text, await File.ReadAllTextAsync(consumers.At(BuiltConsumers.LogFolder + ".sarif"), TestContext.Current.CancellationToken));

        using var document = JsonDocument.Parse(text);
        Assert.Equal("2.1.0", document.RootElement.GetProperty("version").GetString());
        var run = Assert.Single(document.RootElement.GetProperty("runs").EnumerateArray());
        var driver = run.GetProperty("tool").GetProperty("driver");
        Assert.Equal("AgentLint", driver.GetProperty("name").GetString());
        Assert.StartsWith(Repository.VersionPrefix, driver.GetProperty("semanticVersion").GetString(), StringComparison.Ordinal);

        var rules = driver.GetProperty("rules").EnumerateArray().ToList();
        Assert.Equal(rules.Select(Id).Distinct().Order(StringComparer.Ordinal), rules.Select(Id));
        Assert.All(rules, rule =>
        {
            Assert.Equal($"https://github.com/AgentLint/AgentLint/blob/main/docs/rules/{Id(rule)}.md", rule.GetProperty("helpUri").GetString());
            Assert.Contains(Id(rule) == "AGL0206" ? "Retries" : "Coupling", rule.GetProperty("properties").GetProperty("tags").EnumerateArray().Select(tag => tag.GetString()));
            Assert.NotEmpty(rule.GetProperty("shortDescription").GetProperty("text").GetString()!);
        });

        var results = run.GetProperty("results").EnumerateArray().ToList();
        Assert.All(results, result => Assert.Equal(result.GetProperty("ruleId").GetString(), Id(rules[result.GetProperty("ruleIndex").GetInt32()])));
        Assert.All(results, result => Assert.NotEmpty(result.GetProperty("message").GetProperty("text").GetString()!));

        // What the compiler said of all projects, each once: the shared file is in most of them, and the highest severity counts.
        var all = SarifLog.Read(consumers.At(BuiltConsumers.LogFolder + ".sarif")).All;
        Assert.Equal(
            consumers.Logs.SelectMany(log => log.Agent).Where(report => report.File.Length > 0).Select(report => $"{report.File}({report.Line}): {report.Id}").Distinct().Order(StringComparer.Ordinal),
            all.Select(report => $"{report.File}({report.Line}): {report.Id}").Order(StringComparer.Ordinal));
        Assert.Equal(["Faults.cs(9): AGL0206 warning", "Faults.cs(13): AGL0601 warning"], all.Where(report => report.File == "Faults.cs").Select(report => report.ToString()));
        Assert.Contains("Suppressed.cs(12): AGL0206 suppressed", all.Select(report => report.ToString()));
        Assert.Contains($"AgentLint: 0 errors, {all.Count(report => report.Level == "warning")} warnings in 2 rules", merge.Output, StringComparison.Ordinal);

        // Paths from the root, and the way to the fault.
        Assert.All(Places(run, "locations"), place => Assert.Equal("SRCROOT", place.GetProperty("artifactLocation").GetProperty("uriBaseId").GetString()));
        Assert.All(Places(run, "relatedLocations"), place => Assert.Equal("SRCROOT", place.GetProperty("artifactLocation").GetProperty("uriBaseId").GetString()));
        Assert.All(Places(run, "locations").Concat(Places(run, "relatedLocations")), place =>
            Assert.True(File.Exists(consumers.At(Uri.UnescapeDataString(place.GetProperty("artifactLocation").GetProperty("uri").GetString()!)))));
        Assert.NotEmpty(Places(run, "relatedLocations"));
        Assert.NotEmpty(consumers.Log("Faulty").Related);
    }

    // The cache of a mono-repository serves what another machine has built: it has to be what this one would have built.
    [Fact]
    public async Task TheSameSourcesMakeTheSameLogInEveryFolder()
    {
        using var first = await consumers.CopyAsync("Faulty", "Faulty");
        using var second = await consumers.CopyAsync("Faulty", "Faulty");

        Assert.Equal(await LogOf(first), await LogOf(second));

        async Task<string> LogOf(ConsumerCopy copy)
        {
            (await copy.BuildAsync("-p:AgentLintLogs=logs", "-p:AgentLintRoot=" + copy.Root, "-p:ContinuousIntegrationBuild=true", "-p:AgentLintSummary=false")).Succeeded();
            var log = Assert.Single(Directory.GetFiles(copy.At("logs")));
            Assert.Equal("Faulty+Faulty.net10.0.sarif", Path.GetFileName(log));
            var text = await File.ReadAllTextAsync(log, TestContext.Current.CancellationToken);
            Assert.Contains("\"uri\": \"Faulty/Assistant.cs\"", text, StringComparison.Ordinal);
            Assert.DoesNotContain(Path.GetFileName(copy.Root), text, StringComparison.Ordinal);
            return text;
        }
    }

    private async Task<CliResult> MergeAsync(string project) =>
        (await consumers.DotNetAsync("msbuild", project, "-nologo", "-t:AgentLintMergeLogs", "-p:AgentLintLogs=" + BuiltConsumers.LogFolder)).Succeeded();

    private static string? Id(JsonElement rule) => rule.GetProperty("id").GetString();

    private static IEnumerable<JsonElement> Places(JsonElement run, string property) =>
        from result in run.GetProperty("results").EnumerateArray()
        where result.TryGetProperty(property, out _)
        from place in result.GetProperty(property).EnumerateArray()
        select place.GetProperty("physicalLocation");
}
