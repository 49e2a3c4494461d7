using System.Security.Cryptography;
using System.Text.Json;

namespace AgentLint.Package.Tests;

/// <summary>The command that analyzes a solution which does not reference AgentLint, and leaves its folder as it is.</summary>
[Collection(nameof(BuiltConsumers))]
public sealed class TryTests(BuiltConsumers consumers, PackedPackage package) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("agentlint-try-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Visited => Path.Combine(_folder, "The shop & co");

    private string Out => Path.Combine(_folder, "out of it");

    [Fact]
    public async Task ASolutionIsAnalyzedAndItsFolderStaysAsItIs()
    {
        var tool = await DownloadAsync();
        CopyVisited();
        var before = Hashes();

        var run = (await TryAsync(Visited, tool, "-p:Solution=Visited.slnx")).Succeeded();

        Assert.Equal(before, Hashes());
        Assert.Equal(
            $"""
            AgentLint: analyzing {Path.Combine(Visited, "Visited.slnx")}, all output goes into {Out}
            AgentLint: 0 errors, 3 warnings, 0 suggestions in 3 rules and 1 project

              Rule     Errors  Warnings  Suggestions
              AGL0201       0         1            0  A failed call is retried without a limit
              AGL0302       0         1            0  A tool or handler waits for remote work without a cancellation token
              AGL0601       0         1            0  Agent code blocks its thread while it waits

              Project           Errors  Warnings  Suggestions
              Desk/Desk.csproj       0         3            0

            AgentLint: the log is {Path.Combine(Out, "agentlint.sarif")}
            AgentLint: the report is {Path.Combine(Out, "agentlint.html")}
            AgentLint: the picture of the agents is {Path.Combine(Out, "agentlint.agents.svg")}
            AgentLint: the build has errors, so what did not compile is missing above; see {Path.Combine(Out, "build.log")}
            """.ReplaceLineEndings("\n"),
            Unindented(run.Output));
        var log = SarifLog.Read(Path.Combine(Out, "agentlint.sarif"));
        Assert.Equal(
            ["PriceTools.cs(12): AGL0601 warning", "PriceTools.cs(15): AGL0302 warning", "PriceTools.cs(22): AGL0201 warning"], log.Agent.Select(report => report.ToString()));
        Assert.Contains("error CS0029", await File.ReadAllTextAsync(Path.Combine(Out, "build.log"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        // The blocking call's way leads through the other project, in code that the page shows.
        var page = await File.ReadAllTextAsync(Path.Combine(Out, "agentlint.html"), TestContext.Current.CancellationToken);
        Assert.Contains("prices.PriceAsync(article).Result", page, StringComparison.Ordinal);
        Assert.DoesNotContain("It costs <b>", page, StringComparison.Ordinal);
        Assert.Contains("<title>Visited: AgentLint report</title>", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithoutANameTheFolderOfTheCommandIsAnalyzed()
    {
        var tool = await DownloadAsync();
        CopyVisited();
        var before = Hashes();

        var run = (await TryAsync(Path.Combine(Visited, "Shop"), tool)).Succeeded();

        Assert.Equal(before, Hashes());
        Assert.Contains("AgentLint: 0 errors, 0 warnings, 0 suggestions in 0 rules and 0 projects", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("the build has errors", run.Output, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(Out, "agentlint.html")));
    }

    [Fact]
    public async Task AProjectWithThePackageMakesTheSameReport()
    {
        var run = (await consumers.DotNetAsync(
            "msbuild", "Faulty/Faulty.csproj", "-nologo", "-t:AgentLintReport", "-p:AgentLintLogs=" + BuiltConsumers.LogFolder, "-p:AgentLintLog=report of all.sarif", "-p:AgentLintReportTitle=<Consumers>"))
            .Succeeded();

        Assert.Contains("Faulty/Faulty.csproj", run.Output, StringComparison.Ordinal);
        var page = await File.ReadAllTextAsync(consumers.At(BuiltConsumers.LogFolder + ".html"), TestContext.Current.CancellationToken);
        Assert.Contains("<h1>&lt;Consumers&gt;</h1>", page, StringComparison.Ordinal);
        using var log = JsonDocument.Parse(await File.ReadAllTextAsync(consumers.At("report of all.sarif"), TestContext.Current.CancellationToken));
        // Each of the projects that compile the file, once, whatever its severity is there.
        var projects = log.RootElement.GetProperty("runs")[0].GetProperty("results").EnumerateArray()
            .First(result => result.GetProperty("locations")[0].ToString().Contains("Shared/Faults.cs", StringComparison.Ordinal))
            .GetProperty("properties").GetProperty("projects").EnumerateArray().Select(project => project.GetString());
        Assert.Equal(
            ["Central/Central.csproj", "Modes/All/All.csproj", "Modes/Minimum/Minimum.csproj", "Modes/Recommended/Recommended.csproj", "Modes/Strict/Strict.csproj",
             "Modes/Unknown/Unknown.csproj", "MultiTarget/MultiTarget.csproj", "Transitive/App/App.csproj"],
            projects);
    }

    // As the page tells a reader to do it.
    private async Task<string> DownloadAsync()
    {
        (await Cli.DotNetAsync(_folder, consumers.At("packages"), "package", "download", "AgentLint@" + package.Version, "--prerelease", "--source", package.Feed, "--output", "tool")).Succeeded();
        return Path.Combine(_folder, "tool", "agentlint", package.Version, "try");
    }

    private Task<CliResult> TryAsync(string folder, string tool, params string[] arguments) =>
        Cli.DotNetAsync(folder, consumers.At("packages"), ["msbuild", tool, "-p:AgentLintTryFolder=" + Out, "-p:UseSharedCompilation=false", .. arguments]);

    private void CopyVisited()
    {
        var templates = Path.Combine(AppContext.BaseDirectory, "Visited");
        foreach (var file in Directory.GetFiles(templates, "*", SearchOption.AllDirectories))
            Write(Path.GetRelativePath(templates, file), File.ReadAllText(file));
        consumers.WriteSettings(Visited);
        // What earlier builds have left: neither compiled nor changed.
        foreach (var left in new[] { "Shop/obj/Left.cs", "Shop/bin/Left.cs", "intermediate/Shop/Left.cs", "Desk/obj/project.assets.json", "out/shop/Shop.dll" })
            Write(left, "This is no code");
    }

    private void Write(string path, string text)
    {
        var target = Path.Combine(Visited, path);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        File.WriteAllText(target, text);
    }

    private List<string> Hashes() =>
    [
        .. Directory.GetFileSystemEntries(Visited, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(path =>
            $"{Path.GetRelativePath(Visited, path)} {(File.Exists(path) ? Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path))) : "folder")} {File.GetLastWriteTimeUtc(path):O}"),
    ];

    // MSBuild moves what tasks print by two columns.
    private static string Unindented(string output) =>
        string.Join('\n', output.ReplaceLineEndings("\n").Trim('\n').Split('\n').Select(line => line.StartsWith("  ", StringComparison.Ordinal) ? line[2..] : line)).TrimEnd();
}
