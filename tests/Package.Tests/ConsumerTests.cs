namespace AgentLint.Package.Tests;

[Collection(nameof(BuiltConsumers))]
public sealed class ConsumerTests(BuiltConsumers consumers)
{
    private const string Shared = "Shared/Faults.cs";

    public static TheoryData<string> Projects =>
        [
            "Annotated", "Central", "Faulty", "Graph", "Modes/All", "Modes/Minimum", "Modes/None", "Modes/Recommended", "Modes/Strict", "Modes/Unknown", "MultiTarget", "NoWarn",
            "OldCompiler", "Plain", "Severities", "Transitive/App", "Transitive/Closed", "Transitive/Open",
        ];

    // An analyzer that throws, and the ways in which a compiler refuses one.
    private static readonly string[] Failures = ["AD0001", "CS8032", "CS8033", "CS8034", "CS8785", "CS9057"];

    [Theory, MemberData(nameof(Projects))]
    public void NoAnalyzerFailsAndNoneIsRefused(string project) => Assert.DoesNotContain(consumers.Log(project).All, report => Failures.Contains(report.Id));

    [Fact]
    public void NothingIsWrongWithTheBuildItself() => Assert.DoesNotMatch(@"warning (?!AGL)[A-Z]+\d+|error [A-Z]+\d+", consumers.Build.Output);

    [Fact]
    public void EveryProjectIsLookedAt() =>
        Assert.Equal(
            Directory.GetFiles(consumers.At(""), "*.csproj", SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(consumers.At(""), Path.GetDirectoryName(file)!).Replace('\\', '/'))
                .Order(StringComparer.Ordinal),
            Projects.Select(row => row.Data).Order(StringComparer.Ordinal));

    [Fact]
    public void ANewProjectsFaultsAreReportedWhereTheyAre()
    {
        var log = consumers.Log("Faulty");

        AssertReports(Expected.In(Directory.GetFiles(Path.Combine(BuiltConsumers.Templates, "Faulty"), "*.cs")), log.Agent);
        Assert.Equal("https://github.com/AgentLint/AgentLint/blob/main/docs/rules/AGL0206.md", log.HelpLinks["AGL0206"]);
        Assert.Equal("https://github.com/AgentLint/AgentLint/blob/main/docs/rules/AGL0601.md", log.HelpLinks["AGL0601"]);
        Assert.NotEmpty(consumers.Printed("AGL0206", "Faulty"));
    }

    [Theory]
    [InlineData("Modes/None", null, null)]
    [InlineData("Modes/Minimum", "warning", "note")]
    [InlineData("Modes/Recommended", "warning", "note")]
    [InlineData("Modes/Strict", "warning", "warning")]
    [InlineData("Modes/All", "warning", "warning")]
    [InlineData("Modes/Unknown", "warning", "note")]
    public void AModeSetsSeverities(string project, string? warning, string? note) =>
        AssertReports(
            Expected.In(consumers.At(Shared)).Select(report => report with { Level = (report.Level == "warning" ? warning : note) ?? "" }).Where(report => report.Level.Length > 0),
            consumers.Log(project).Agent);

    [Fact]
    public void AnUnknownModeIsReportedOnce()
    {
        Assert.Contains("'Stricter'", Assert.Single(consumers.Printed("AGL9004", "Unknown")), StringComparison.Ordinal);
        Assert.Empty(Projects.Select(row => row.Data).Where(project => project != "Modes/Unknown").SelectMany(project => consumers.Printed("AGL9004", project)));
    }

    [Fact]
    public void EditorConfigPragmaAndAttributeWinOverTheMode() =>
        AssertReports(
            Expected.In(Directory.GetFiles(consumers.At("Severities"), "*.cs")),
            consumers.Log("Severities").Agent);

    [Fact]
    public void NoWarnSilencesRulesAndTheBuild()
    {
        Assert.DoesNotContain(consumers.Log("NoWarn").Agent, report => report.Level != "suppressed");
        Assert.DoesNotContain("NoWarn.csproj]", string.Join('\n', consumers.Build.Output.Split('\n').Where(line => line.Contains("AGL", StringComparison.Ordinal))), StringComparison.Ordinal);
    }

    [Fact]
    public void AProjectWithoutAgentsIsLeftAlone() => Assert.Empty(consumers.Log("Plain").Agent);

    [Fact]
    public void AnnotationsOfThePackageAreCompiledAndKnown() =>
        AssertReports(Expected.In(Directory.GetFiles(Path.Combine(BuiltConsumers.Templates, "Annotated"), "*.cs")), consumers.Log("Annotated").Agent);

    [Fact]
    public void AReferenceThatIsNotPrivateFlowsOnWithItsModes() =>
        AssertReports(Expected.In(consumers.At(Shared)).Select(report => report with { Level = "warning" }), consumers.Log("Transitive/App").Agent);

    [Fact]
    public void APrivateReferenceDoesNotFlowOn() => Assert.Empty(consumers.Log("Transitive/Closed").Agent);

    [Theory]
    [InlineData("net10.0")]
    [InlineData("netstandard2.0")]
    public void EveryTargetFrameworkIsAnalysed(string targetFramework) =>
        AssertReports(Expected.In(consumers.At(Shared)), consumers.Log("MultiTarget", targetFramework).Agent);

    [Fact]
    public void CentralPackageManagementBringsItIn() => AssertReports(Expected.In(consumers.At(Shared)), consumers.Log("Central").Agent);

    [Fact]
    public void AnOldCompilerGetsOneWarningAndNoAnalyzer()
    {
        Assert.Empty(consumers.Log("OldCompiler").Agent);
        Assert.Contains(".NET SDK 9.0.300", Assert.Single(consumers.Printed("AGL9001", "OldCompiler")), StringComparison.Ordinal);
        Assert.Empty(Projects.Select(row => row.Data).Where(project => project != "OldCompiler").SelectMany(project => consumers.Printed("AGL9001", project)));
    }

    [Fact]
    public async Task FormatMendsEveryFault()
    {
        var format = await consumers.DotNetAsync(
            "format", "analyzers", "Faulty/Faulty.csproj", "--no-restore", "--severity", "info", "--diagnostics", "AGL0206", "AGL0601");
        format.Succeeded();
        (await consumers.BuildAsync("Faulty/Faulty.csproj")).Succeeded();

        AssertReports([], SarifLog.Read(consumers.LogFile("Faulty")).Agent);
        var text = await File.ReadAllTextAsync(consumers.At("Faulty/Tools.cs"), TestContext.Current.CancellationToken);
        Assert.Contains("// The comment stays.", text, StringComparison.Ordinal);
        Assert.Contains("await client.GetResponseAsync(\"Summarize: \"", text, StringComparison.Ordinal);
        Assert.Contains("pipeline.ExecuteAsync(", await File.ReadAllTextAsync(consumers.At("Faulty/Assistant.cs"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    // As text: a difference is read at a glance.
    private static void AssertReports(IEnumerable<Report> expected, IEnumerable<Report> actual) =>
        Assert.Equal(string.Join('\n', expected), string.Join('\n', actual));
}
