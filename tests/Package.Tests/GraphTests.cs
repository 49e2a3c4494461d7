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
              subgraph Tools
                n0(["DeskTools.PlanTrip"]):::tool
                n1(["DeskTools.Print"]):::tool
              end
              subgraph Agents
                n2["Concierge"]:::agent
                n3["Editor"]:::agent
                n4["Researcher"]:::agent
                n5["Writer"]:::agent
              end
              n6(("model")):::model
              subgraph Effects
                n7>"Printer"]:::effect
                n8{{"ChannelWriter"}}:::queue
              end
              n0 --> n2
              n1 ==> n7
              n2 --> n4
              n2 --> n6
              n2 -.-> n8
              n3 --> n5
              n3 --> n6
              n4 --> n5
              n4 --> n6
              n5 --> n3
              n5 --> n6
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

    private async Task BuildAgainAsync(params string[] properties) =>
        (await consumers.DotNetAsync(["build", "Graph/Graph.csproj", "--no-restore", "-p:UseSharedCompilation=false", "-clp:NoSummary", .. properties])).Succeeded();

    [GeneratedRegex(@"<!-- topology:begin -->\n\n(.*?)\n\n<!-- topology:end -->", RegexOptions.Singleline)]
    private static partial Regex Block { get; }
}
