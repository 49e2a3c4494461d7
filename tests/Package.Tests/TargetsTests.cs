using System.Text.Json;
using System.Xml.Linq;

namespace AgentLint.Package.Tests;

/// <summary>The conditions of the package's targets, on compilers that are not at hand.</summary>
public sealed class TargetsTests
{
    [Theory]
    [InlineData("roslyn4.8", false)]
    [InlineData("roslyn4.13", false)]
    [InlineData("roslyn3.11", false)]
    [InlineData("roslyn4.14", true)]
    [InlineData("roslyn5.0", true)]
    [InlineData("roslyn10.0", true)]
    // Tools that do not say which compiler they run: MSBuild's version decides, and this machine's is new enough.
    [InlineData("", true)]
    public async Task OnlyACompilerThatCanLoadTheAnalyzersGetsThem(string compiler, bool loads)
    {
        var (analyzers, output) = await CheckToolsAsync(new("CompilerApiVersion", compiler), withAnalyzers: true);

        Assert.Equal(loads ? ["AgentLint.Analyzers", "AgentLint.CodeFixes", "Another"] : ["Another"], analyzers);
        Assert.Equal(!loads, output.Contains("warning AGL9001:", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("C#", true)]
    [InlineData("VB", false)]
    public async Task OtherLanguagesAreLeftAlone(string language, bool isChecked)
    {
        var (analyzers, output) = await CheckToolsAsync(new("CompilerApiVersion", "roslyn4.8"), withAnalyzers: true, language);

        Assert.Equal(isChecked ? ["Another"] : ["AgentLint.Analyzers", "AgentLint.CodeFixes", "Another"], analyzers);
        Assert.Equal(isChecked, output.Contains("AGL9001", StringComparison.Ordinal));
    }

    [Fact]
    public async Task AProjectThatOnlyTheTargetsReachIsLeftAlone()
    {
        var (analyzers, output) = await CheckToolsAsync(new("CompilerApiVersion", "roslyn4.8"), withAnalyzers: false);

        Assert.Equal(["Another"], analyzers);
        Assert.DoesNotContain("AGL9001", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("None", "AgentLint.None")]
    [InlineData("MINIMUM", "AgentLint.Minimum")]
    [InlineData("Strict", "AgentLint.Strict")]
    [InlineData("all", "AgentLint.All")]
    [InlineData("Recommended", null)]
    [InlineData("", null)]
    [InlineData("Unknown", null)]
    public async Task AModeIsAConfigThatExists(string mode, string? config)
    {
        var configs = await ItemsAsync("EditorConfigFiles", [new("AgentLintMode", mode)], withAnalyzers: true);

        Assert.Equal(config == null ? [] : [config], configs.Names);
        Assert.All(configs.Paths, path => Assert.True(File.Exists(path), path));
    }

    // Test projects have a mode of their own, which is never more than the project's.
    [Theory]
    [InlineData("IsTestProject", "", "", "AgentLint.Minimum")]
    [InlineData("IsTestProject", "All", "", "AgentLint.Minimum")]
    [InlineData("IsTestProject", "none", "", "AgentLint.None")]
    [InlineData("IsTestProject", "None", "Strict", "AgentLint.Strict")]
    [InlineData("IsTestProject", "", "Recommended", null)]
    [InlineData("IsTestProject", "", "Unknown", null)]
    [InlineData("IsTestingPlatformApplication", "Strict", "", "AgentLint.Minimum")]
    [InlineData("IsProject", "Strict", "None", "AgentLint.Strict")]
    public async Task TestProjectsHaveAModeOfTheirOwn(string kind, string mode, string testMode, string? config)
    {
        var configs = await ItemsAsync("EditorConfigFiles", [new("AgentLintMode", mode), new("AgentLintTestMode", testMode), new(kind, "true")], withAnalyzers: true);

        Assert.Equal(config == null ? [] : [config], configs.Names);
    }

    [Fact]
    public async Task AnUnknownTestModeIsReportedByItsName()
    {
        var (_, _, output) = await ItemsAsync("Analyzer", [new("IsTestProject", "true"), new("AgentLintTestMode", "Less"), new("Language", "C#")], withAnalyzers: true, "-t:AgentLintCheckTools");

        Assert.Contains("warning AGL9004: AgentLintTestMode 'Less'", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("true", "Less", "Strict")]
    [InlineData("false", "Strict", "Less")]
    public async Task AModeThatTheProjectDoesNotUseIsNotReported(string isTest, string mode, string testMode)
    {
        var (_, _, output) = await ItemsAsync(
            "Analyzer", [new("IsTestProject", isTest), new("AgentLintMode", mode), new("AgentLintTestMode", testMode), new("Language", "C#")], withAnalyzers: true, "-t:AgentLintCheckTools");

        Assert.DoesNotContain("AGL9004", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "", "AgentLint")]
    [InlineData("AgentLintBaselineFile", "b/AgentLint.Shop.baseline.txt", "AgentLint.Shop")]
    [InlineData("AgentLintBaseline", "write", null)]
    [InlineData("AgentLintBaseline", "Ignore", null)]
    public async Task ABaselineIsAnAdditionalFileWhereItExistsAndIsWanted(string property, string value, string? file)
    {
        var files = await ItemsAsync("AdditionalFiles", [.. property.Length > 0 ? [new KeyValuePair<string, string>(property, value)] : Array.Empty<KeyValuePair<string, string>>()], withAnalyzers: true);

        Assert.Equal(file == null ? [] : [file + ".baseline"], files.Names);
    }

    // A build that does not ask, and an editor, run the compiler with what they had.
    [Theory]
    [InlineData("true", "", true)]
    [InlineData("True", "", true)]
    [InlineData("false", "", false)]
    [InlineData("", "", false)]
    [InlineData("true", "true", false)]
    [InlineData("true", "", true, "AgentLintSummary")]
    [InlineData("false", "", false, "AgentLintSummary")]
    [InlineData("logs", "", true, "AgentLintLogs")]
    [InlineData("write", "", true, "AgentLintBaseline")]
    [InlineData("ignore", "", false, "AgentLintBaseline")]
    [InlineData("true", "", true, "ContinuousIntegrationBuild")]
    [InlineData("true", "", true, "CI")]
    [InlineData("True", "", true, "TF_BUILD")]
    [InlineData("true", "", true, "GITHUB_ACTIONS")]
    public async Task OnlyABuildThatAsksKeepsALog(string value, string designTime, bool keeps, string property = "AgentLintGraph")
    {
        var outputs = await ItemsAsync(
            "CustomAdditionalCompileOutputs", [new("Language", "C#"), new(property, value), new("DesignTimeBuild", designTime), new("IntermediateOutputPath", "obj/")], withAnalyzers: true, "-t:AgentLintKeepLog");

        Assert.Equal(keeps ? ["AgentLint"] : [], outputs.Names);
        Assert.All(outputs.Paths, path => Assert.EndsWith("AgentLint.sarif", path, StringComparison.Ordinal));
    }

    private static async Task<(string[] Analyzers, string Output)> CheckToolsAsync(KeyValuePair<string, string> property, bool withAnalyzers, string language = "C#")
    {
        var (names, _, output) = await ItemsAsync("Analyzer", [property, new("Language", language)], withAnalyzers, "-t:AgentLintCheckTools");
        return (names, output);
    }

    // A project of nothing but the targets: no compiler of this machine's has a say.
    private static async Task<(string[] Names, string[] Paths, string Output)> ItemsAsync(
        string item, KeyValuePair<string, string>[] properties, bool withAnalyzers, params string[] arguments)
    {
        var folder = Directory.CreateTempSubdirectory("agentlint-targets-");
        try
        {
            var analyzers = withAnalyzers ? "a/AgentLint.Analyzers.dll;a/AgentLint.CodeFixes.dll;b/Another.dll" : "b/Another.dll";
            Directory.CreateDirectory(Path.Combine(folder.FullName, "b"));
            foreach (var baseline in new[] { "AgentLint.baseline.txt", "b/AgentLint.Shop.baseline.txt" })
                await File.WriteAllTextAsync(Path.Combine(folder.FullName, baseline), "");
            new XElement(
                "Project",
                new XElement("PropertyGroup", properties.Select(property => new XElement(property.Key, property.Value))),
                new XElement("ItemGroup", new XElement("Analyzer", new XAttribute("Include", analyzers))),
                new XElement("Import", new XAttribute("Project", Path.Combine(Repository.Root, "src/Package/buildTransitive/AgentLint.targets"))))
                .Save(Path.Combine(folder.FullName, "probe.proj"));
            var result = await Cli.DotNetAsync(folder.FullName, Repository.MachinePackages, ["msbuild", "probe.proj", "-nologo", "-getItem:" + item, .. arguments]);
            result.Succeeded();
            // Warnings go to the other stream and may stand before, after or between.
            var json = string.Join('\n', result.Output.Split('\n').Where(line => !line.Contains("warning AGL", StringComparison.Ordinal)));
            using var document = JsonDocument.Parse(json);
            var items = document.RootElement.GetProperty("Items").GetProperty(item).EnumerateArray().ToList();
            return (
                [.. items.Select(found => found.GetProperty("Filename").GetString()!)],
                [.. items.Select(found => found.GetProperty("FullPath").GetString()!)],
                result.Output);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
