using System.Text.Json;
using System.Text.RegularExpressions;

namespace AgentLint.Package.Tests;

/// <summary>The files for build servers in <c>docs/ci</c>: their commands run, and the log that they leave is one that a service takes.</summary>
[Collection(nameof(BuiltConsumers))]
public sealed partial class RecipeTests(BuiltConsumers consumers)
{
    private static string Docs { get; } = Path.Combine(Repository.Root, "docs");

    [Theory]
    [InlineData("github-actions.yml")]
    [InlineData("azure-pipelines.yml")]
    public void ThePageShowsTheFile(string file) =>
        Assert.Contains($"```yaml\n{Read("ci/" + file)}```", Read("ci.md"), StringComparison.Ordinal);

    [Fact]
    public async Task EveryCommandRunsAndTheLogIsOneThatServicesTake()
    {
        var folder = Directory.CreateTempSubdirectory("agentlint-recipes-").FullName;
        try
        {
            Copy("Faulty", "src/App");
            Copy("Plain", "src/Plain");
            File.Move(Path.Combine(folder, "src/App/Faulty.csproj"), Path.Combine(folder, "src/App/App.csproj"));
            File.Copy(consumers.At("Directory.Build.props"), Path.Combine(folder, "Directory.Build.props"));
            consumers.WriteSettings(folder);
            File.WriteAllText(Path.Combine(folder, "App.sln"), Solution("src/App/App.csproj", "src/Plain/Plain.csproj"));

            var github = await RunAsync("github-actions.yml", "run", ("CI", "true"), ("GITHUB_ACTIONS", "true"));
            Assert.Contains("AgentLint: 0 errors, 5 warnings in 2 rules (App)", github.Output, StringComparison.Ordinal);
            Assert.Equal(["AGL0206", "AGL0601", "AGL0601", "AGL0601", "AGL0601"], github.Results.Select(result => result.Rule).Order(StringComparer.Ordinal));

            // A commit that inserts lines above everything, and renames nothing.
            foreach (var file in Directory.GetFiles(Path.Combine(folder, "src/App"), "*.cs"))
                File.WriteAllText(file, "// Copyright\n\n// More\n" + File.ReadAllText(file));
            Directory.Delete(Path.Combine(folder, "artifacts"), recursive: true);
            var azure = await RunAsync("azure-pipelines.yml", "script", ("TF_BUILD", "True"));
            Assert.Equal(github.Results.Select(result => result with { Line = result.Line + 3 }), azure.Results);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        void Copy(string project, string to)
        {
            Directory.CreateDirectory(Path.Combine(folder, to));
            foreach (var file in Directory.GetFiles(Path.Combine(BuiltConsumers.Templates, project)))
                File.Copy(file, Path.Combine(folder, to, Path.GetFileName(file)));
        }

        async Task<(string Output, IReadOnlyList<LoggedResult> Results)> RunAsync(string file, string key, params (string Name, string Value)[] server)
        {
            var text = Read("ci/" + file);
            var commands = Step().Matches(text).Where(step => step.Groups["key"].Value == key).Select(step => step.Groups["value"].Value).ToList();
            Assert.Equal(2, commands.Count);
            Assert.Equal(commands.Count, text.Split('\n').Count(line => line.Contains("dotnet ", StringComparison.Ordinal)));
            var output = "";
            foreach (var command in commands)
                // The compiler's server would outlive the test.
                output += (await Cli.ShellAsync(folder, consumers.At("packages"), command, [.. server, ("UseSharedCompilation", "false")])).Succeeded().Output;

            // What later steps upload is there.
            var uploads = Upload().Matches(text).Select(upload => upload.Groups["path"].Value).ToList();
            Assert.Equal(["artifacts/agentlint.html", "artifacts/agentlint.sarif"], uploads.Order(StringComparer.Ordinal));
            Assert.All(uploads, upload => Assert.True(File.Exists(Path.Combine(folder, upload)), upload));
            var log = await File.ReadAllTextAsync(Path.Combine(folder, "artifacts/agentlint.sarif"), TestContext.Current.CancellationToken);
            Assert.Empty(SarifShape.Faults(log));
            return (output, LoggedResult.In(log));
        }
    }

    // All that the other consumers have: suppressions, several projects, paths of calls.
    [Fact]
    public void LogsOfAllConsumersAreOnesThatServicesTake()
    {
        var logs = Directory.GetFiles(consumers.At(BuiltConsumers.LogFolder));

        Assert.True(logs.Length > 10, $"There are {logs.Length} logs");
        Assert.All(logs, log => Assert.Empty(SarifShape.Faults(File.ReadAllText(log))));
    }

    private static string Read(string path) => File.ReadAllText(Path.Combine(Docs, path)).ReplaceLineEndings("\n");

    private static string Solution(params string[] projects) =>
        "Microsoft Visual Studio Solution File, Format Version 12.00\n"
        + string.Concat(projects.Select((project, i) => $$"""
            Project("{FAE04EC0-301F-11D3-BF4B-00C04F79EFBC}") = "{{Path.GetFileNameWithoutExtension(project)}}", "{{project.Replace('/', '\\')}}", "{00000000-0000-0000-0000-00000000000{{i + 1}}}"
            EndProject

            """))
        + "Global\n\tGlobalSection(SolutionConfigurationPlatforms) = preSolution\n\t\tRelease|Any CPU = Release|Any CPU\n\tEndGlobalSection\n\tGlobalSection(ProjectConfigurationPlatforms) = postSolution\n"
        + string.Concat(projects.Select((_, i) => $$"""
            		{00000000-0000-0000-0000-00000000000{{i + 1}}}.Release|Any CPU.ActiveCfg = Release|Any CPU
            		{00000000-0000-0000-0000-00000000000{{i + 1}}}.Release|Any CPU.Build.0 = Release|Any CPU

            """))
        + "\tEndGlobalSection\nEndGlobal\n";

    private sealed record LoggedResult(string File, int Line, string Rule, string Fingerprint)
    {
        public static IReadOnlyList<LoggedResult> In(string log)
        {
            using var document = JsonDocument.Parse(log);
            return
            [
                .. from result in document.RootElement.GetProperty("runs")[0].GetProperty("results").EnumerateArray()
                   let place = result.GetProperty("locations")[0].GetProperty("physicalLocation")
                   select new LoggedResult(
                       place.GetProperty("artifactLocation").GetProperty("uri").GetString()!,
                       place.GetProperty("region").GetProperty("startLine").GetInt32(),
                       result.GetProperty("ruleId").GetString()!,
                       result.GetProperty("partialFingerprints").GetProperty("primaryLocationLineHash").GetString()!),
            ];
        }
    }

    [GeneratedRegex("^ *- (?<key>run|script): (?<value>.+)$", RegexOptions.Multiline)]
    private static partial Regex Step();

    [GeneratedRegex("^ *(?:sarif_file|path|pathToPublish): (?<path>.+)$", RegexOptions.Multiline)]
    private static partial Regex Upload();
}
