using System.Text.RegularExpressions;

namespace AgentLint.Package.Tests;

/// <summary>The picture of a project's agents that a build draws on request.</summary>
[Collection(nameof(BuiltConsumers))]
public sealed partial class GraphTests(BuiltConsumers consumers)
{
    private const string Renew = "AGENTLINT_RENEW";

    private string Picture => consumers.At("Graph/obj/Debug/net10.0/AgentLint.topology.mmd");

    [Fact]
    public async Task TheBuildDrawsWhoAsksWhom()
    {
        var text = await File.ReadAllTextAsync(Picture, TestContext.Current.CancellationToken);

        Assert.Equal(
            """
            flowchart LR
              n0(["DeskTools.PlanTrip"]):::tool
              n1(["DeskTools.Print"]):::tool
              n2(["Größe.Graph.IDesk#60;System.Collections.Generic.Dictionary#60;System.String#44;System.Int32#91;#93;#62;#62;.Open"]):::tool
              n3["Concierge"]:::agent
              n4["Editor"]:::agent
              n5["Researcher"]:::agent
              n6["Writer"]:::agent
              n7(("model")):::model
              n8>"Printer"]:::effect
              n9{{"ChannelWriter"}}:::queue
              n0 --> n3
              n1 ==> n8
              n3 --> n5
              n3 --> n7
              n3 -.-> n9
              n4 --> n6
              n4 --> n7
              n5 --> n6
              n5 --> n7
              n6 --> n4
              n6 --> n7
              linkStyle 5,9 stroke:#c5221f,stroke-width:3px
              linkStyle 2,7 stroke:#e37400,stroke-width:3px
              linkStyle 1 stroke:#9334e6,stroke-width:3px

            """,
            text[..text.IndexOf("  classDef", StringComparison.Ordinal)].ReplaceLineEndings(Environment.NewLine));
        Assert.Contains(Picture, consumers.Build.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void TheProjectsOwnLogIsKeptAndRead()
    {
        Assert.Equal([new Report("", 0, "AGL9005", "note")], consumers.Log("Graph").Agent);
        Assert.False(File.Exists(Path.ChangeExtension(Picture, null)[..^".topology".Length] + ".sarif"));
    }

    [Fact]
    public void NobodyElseIsDrawn() =>
        Assert.Equal([Picture], Directory.GetFiles(consumers.At(""), "*.mmd", SearchOption.AllDirectories));

    [Fact]
    public async Task BuildsThatHaveNothingToDoKeepIt()
    {
        var drawn = await File.ReadAllTextAsync(Picture, TestContext.Current.CancellationToken);
        File.SetLastWriteTimeUtc(Picture, DateTime.UnixEpoch);

        await BuildAgainAsync();
        Assert.Equal(DateTime.UnixEpoch, File.GetLastWriteTimeUtc(Picture));

        await BuildAgainAsync("-p:AgentLintGraph=false");
        Assert.Equal(DateTime.UnixEpoch, File.GetLastWriteTimeUtc(Picture));

        File.Delete(Picture);
        await BuildAgainAsync();
        Assert.Equal(drawn, await File.ReadAllTextAsync(Picture, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task ThePictureOfTheSampleIsTheOneInItsReadme()
    {
        var drawn = Path.Combine(Directory.CreateTempSubdirectory("agentlint-graph-").FullName, "topology.mmd");
        // A project that keeps no log of its own, and takes the analyzers and targets from the repository.
        var build = await Cli.DotNetAsync(
            Repository.Root, Repository.MachinePackages, "build", "samples/SupportDesk", "--no-restore", "--no-dependencies", "-c", Repository.Configuration, "-p:AgentLintGraph=true",
            "-p:AgentLintGraphFile=" + drawn, "-p:UseSharedCompilation=false", "-clp:NoSummary;ErrorsOnly");
        build.Succeeded();
        var picture = await File.ReadAllTextAsync(drawn, TestContext.Current.CancellationToken);
        Directory.Delete(Path.GetDirectoryName(drawn)!, recursive: true);

        var readme = Path.Combine(Repository.Root, "samples", "SupportDesk", "README.md");
        var text = (await File.ReadAllTextAsync(readme, TestContext.Current.CancellationToken)).ReplaceLineEndings("\n");
        var block = Block.Match(text);
        Assert.True(block.Success, $"{readme} has no <!-- topology:begin --> … <!-- topology:end -->");
        var wanted = $"```mermaid\n{picture.ReplaceLineEndings("\n").Trim()}\n```";
        if (Environment.GetEnvironmentVariable(Renew) == "1")
            await File.WriteAllTextAsync(readme, text[..block.Groups[1].Index] + wanted + text[(block.Groups[1].Index + block.Groups[1].Length)..], TestContext.Current.CancellationToken);
        else
            Assert.True(wanted == block.Groups[1].Value, $"The topology in {readme} is stale. Renew it with {Renew}=1 dotnet test tests/Package.Tests, and look at what changed");
    }

    // Nothing in a path, or in a log's format, comes between the compiler and the picture.
    [Theory]
    [InlineData("Desk", "", "obj/Debug/net10.0/AgentLint.topology.mmd")]
    [InlineData("O'Brien & Söhne (50%), a+b", "", "obj/Debug/net10.0/AgentLint.topology.mmd")]
    [InlineData("50% [c] {d} %2", "-p:AgentLintGraphFile=the%253B%3B picture.mmd", "the%3B; picture.mmd")]
    [InlineData("Desk", "-p:ErrorLog=own.json", "obj/Debug/net10.0/AgentLint.topology.mmd")]
    [InlineData("Desk", "-p:ErrorLog=own log.json%3Bversion=2", "obj/Debug/net10.0/AgentLint.topology.mmd")]
    public async Task APictureIsTheSameWhereverItIsMade(string folder, string property, string picture)
    {
        using var copy = await consumers.CopyAsync("Graph", folder);

        (await copy.BuildAsync(["-p:AgentLintGraph=true", .. property.Length > 0 ? [property] : Array.Empty<string>()])).Succeeded();

        Assert.Equal(
            await File.ReadAllTextAsync(Picture, TestContext.Current.CancellationToken),
            await File.ReadAllTextAsync(Path.Combine(copy.Project, picture), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task EachTargetFrameworkHasItsOwn()
    {
        using var copy = await consumers.CopyAsync("MultiTarget", "Both");

        (await copy.BuildAsync("-m", "-p:AgentLintGraph=true")).Succeeded();

        var pictures = Directory.GetFiles(copy.Project, "*.mmd", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToList();
        Assert.Equal(
            ["obj/Debug/net10.0/AgentLint.topology.mmd", "obj/Debug/netstandard2.0/AgentLint.topology.mmd"],
            pictures.Select(file => Path.GetRelativePath(copy.Project, file).Replace('\\', '/')));
        Assert.All(pictures, file => Assert.StartsWith("flowchart LR", File.ReadAllText(file), StringComparison.Ordinal));
    }

    private async Task BuildAgainAsync(params string[] properties) =>
        (await consumers.DotNetAsync(["build", "Graph/Graph.csproj", "--no-restore", "-p:UseSharedCompilation=false", "-clp:NoSummary", .. properties])).Succeeded();

    [GeneratedRegex(@"<!-- topology:begin -->\n\n(.*?)\n\n<!-- topology:end -->", RegexOptions.Singleline)]
    private static partial Regex Block { get; }
}
