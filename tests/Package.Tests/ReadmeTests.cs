using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace AgentLint.Package.Tests;

/// <summary>The README, followed from an empty folder: its commands in their order, with the package in the version that it names, and what each of them shows.</summary>
public sealed partial class ReadmeTests : IDisposable
{
    private static readonly string Text = File.ReadAllText(Path.Combine(Repository.Root, "README.md")).ReplaceLineEndings("\n");

    private readonly string _folder = Directory.CreateTempSubdirectory("agentlint-readme-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task EachCommandShowsWhatTheReadmeSays()
    {
        await WriteFeedAsync();
        var blocks = Blocks().Matches(Text[Text.IndexOf("## Your first warning", StringComparison.Ordinal)..Text.IndexOf("## Configure", StringComparison.Ordinal)]);
        var here = Path.Combine(_folder, "empty");
        Directory.CreateDirectory(here);
        var output = "";
        var before = "";
        var seen = new List<string>();
        foreach (Match block in blocks)
        {
            var content = block.Groups["content"].Value;
            switch (block.Groups["language"].Value)
            {
                case "":
                    before = File.Exists(Path.Combine(here, "Class1.cs")) ? Read(here, "Class1.cs") : "";
                    foreach (var command in content.Split('\n', StringSplitOptions.RemoveEmptyEntries))
                    {
                        seen.Add(command);
                        if (command.StartsWith("cd ", StringComparison.Ordinal))
                            here = Path.Combine(here, command[3..]);
                        else
                            output = (await Cli.ShellAsync(here, Path.Combine(_folder, "packages"), command, ("UseSharedCompilation", "false"))).Succeeded().Output;
                    }

                    break;
                case "csharp":
                    File.WriteAllText(Path.Combine(here, "Class1.cs"), content);
                    break;
                case "text":
                    // The README shows a build that stands in its text.
                    output = (await Cli.ShellAsync(here, Path.Combine(_folder, "packages"), "dotnet build", ("UseSharedCompilation", "false"))).Succeeded().Output;
                    seen.Add("dotnet build");
                    Assert.Equal([content.Trim().Replace('\n', ' ')], Warnings(output));
                    break;
                case "diff":
                    Assert.Equal(ApplyTo(before, content), Read(here, "Class1.cs"));
                    Assert.NotEqual(before, Read(here, "Class1.cs"));
                    break;
            }
        }

        Assert.Equal(
            ["dotnet new", "cd Desk", "dotnet add", "dotnet add", "dotnet build", "dotnet format", "dotnet build", "dotnet build", "dotnet build"],
            seen.Select(command => string.Join(' ', command.Split(' ').Take(2))));
        // What the commands after the fix say that they write.
        Assert.True(File.Exists(Path.Combine(here, "agentlint.sarif")));
        Assert.DoesNotContain(SarifLog.Read(Path.Combine(here, "agentlint.sarif")).Agent, report => report.Level == "warning");
        Assert.StartsWith("flowchart LR", Read(here, "obj/Debug/net10.0/AgentLint.topology.mmd"), StringComparison.Ordinal);
        Assert.Contains("the agent graph is in", output, StringComparison.Ordinal);
    }

    // The package in the version that the README names, and the library that it adds; nothing else is reached.
    private async Task WriteFeedAsync()
    {
        var feed = Path.Combine(_folder, "feed");
        (await Cli.DotNetAsync(Repository.Root, Repository.MachinePackages, "pack", "src/Package", "--no-build", "-c", Repository.Configuration, "-o", feed)).Succeeded();
        const string Library = "microsoft.extensions.ai.abstractions";
        var version = XDocument.Load(Path.Combine(Repository.Root, "Directory.Packages.props")).Descendants("PackageVersion")
            .Single(pin => string.Equals(pin.Attribute("Include")!.Value, Library, StringComparison.OrdinalIgnoreCase)).Attribute("Version")!.Value.Trim('[', ']');
        File.Copy(Path.Combine(Repository.MachinePackages, Library, version, $"{Library}.{version}.nupkg"), Path.Combine(feed, $"{Library}.{version}.nupkg"));
        new XElement(
            "configuration",
            new XElement("packageSources", new XElement("clear"), new XElement("add", new XAttribute("key", "feed"), new XAttribute("value", feed)))).Save(Path.Combine(_folder, "nuget.config"));
        File.Copy(Path.Combine(Repository.Root, "global.json"), Path.Combine(_folder, "global.json"));
    }

    private static string Read(string folder, string path) => File.ReadAllText(Path.Combine(folder, path)).ReplaceLineEndings("\n");

    private static IEnumerable<string> Warnings(string output) =>
        output.Split('\n').Select(line => Warning().Match(line)).Where(match => match.Success).Select(match => match.Groups["shown"].Value).Distinct();

    // The lines that a diff takes away and leaves, in the place of those that it leaves and adds.
    private static string ApplyTo(string text, string diff)
    {
        var lines = diff.TrimEnd('\n').Split('\n');
        var old = string.Concat(lines.Where(line => line[0] != '+').Select(line => line[1..] + "\n"));
        var renewed = string.Concat(lines.Where(line => line[0] != '-').Select(line => line[1..] + "\n"));
        Assert.Contains(old, text, StringComparison.Ordinal);
        return text.Replace(old, renewed, StringComparison.Ordinal);
    }

    [GeneratedRegex("^```(?<language>\\w*)\n(?<content>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Blocks();

    [GeneratedRegex(@"(?<shown>[\w.]+\.cs\(\d+,\d+\): warning AGL\d+: .*?)(?: \(https://[^)]*\))? \[[^\]]*\]\s*$")]
    private static partial Regex Warning();
}
