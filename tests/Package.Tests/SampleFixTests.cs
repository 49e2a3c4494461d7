using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace AgentLint.Package.Tests;

/// <summary>What the fixes of the package make of the sample, as <c>dotnet format</c> runs them.</summary>
public sealed partial class SampleFixTests(PackedPackage package)
{
    private const string NuGetSettings = "nuget.config";

    /// <summary>Fix All of the rules on idempotency leaves nothing of what has a fix, and a sample that builds.</summary>
    [Fact]
    public async Task FixAllLeavesNothingThatIsDoneTwice()
    {
        var folder = Directory.CreateTempSubdirectory("agentlint-sample-").FullName;
        try
        {
            Copy(folder);
            (await RunAsync(folder, "restore")).Succeeded();
            var before = (await BuildAsync(folder)).Succeeded().Output;
            Assert.Contains("warning AGL01", before, StringComparison.Ordinal);
            // The compiler leaves out what it has no use for: the reports of a build are not those of all rules.
            Assert.Equal(WarningsOfThePage(), Warning.Matches(before).Select(match => match.Value).Distinct(StringComparer.Ordinal).Count());

            // A key that is sent at last may turn out to be made anew each time: what one fix brings to light, the next round mends.
            for (var round = 0; round < 2; round++)
                (await RunAsync(folder, "format", "analyzers", "--no-restore", "--severity", "info", "--diagnostics", "AGL0101", "AGL0102", "AGL0103", "AGL0104")).Succeeded();

            // An error is a line of the output as well, which Succeeded shows. AGL0105 asks for a decision and has no fix.
            var after = (await BuildAsync(folder)).Succeeded().Output;
            Assert.DoesNotMatch("AGL01(?!05)", after);
            Assert.Contains("AGL0105", after, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static int WarningsOfThePage() =>
        int.Parse(Said.Match(File.ReadAllText(Path.Combine(Repository.Root, "docs", "comparison.md"))).ValueSpan, CultureInfo.InvariantCulture);

    private static Task<CliResult> BuildAsync(string folder) =>
        RunAsync(folder, "build", "--no-restore", "--no-incremental", "-p:UseSharedCompilation=false", "-clp:NoSummary");

    private static Task<CliResult> RunAsync(string folder, params string[] arguments) => Cli.DotNetAsync(folder, Path.Combine(folder, "packages"), arguments);

    // The sources as they are, with the analyzers and fixes from the package instead of this checkout.
    private void Copy(string folder)
    {
        var sample = Path.Combine(Repository.Root, "samples", "SupportDesk");
        foreach (var file in Directory.GetFiles(sample, "*.cs", SearchOption.AllDirectories))
        {
            var path = Path.GetRelativePath(sample, file);
            if (path.Split(Path.DirectorySeparatorChar)[0] is "obj" or "bin")
                continue;
            var target = Path.Combine(folder, path);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        File.Copy(Path.Combine(Repository.Root, "global.json"), Path.Combine(folder, "global.json"));
        var settings = XDocument.Load(Path.Combine(Repository.Root, "Directory.Build.props"));
        var pins = XDocument.Load(Path.Combine(Repository.Root, "Directory.Packages.props")).Descendants("PackageVersion").ToDictionary(pin => pin.Attribute("Include")!.Value, pin => pin.Attribute("Version")!.Value);
        var project = XDocument.Load(Path.Combine(sample, "SupportDesk.csproj"));
        foreach (var reference in project.Descendants("PackageReference"))
            reference.SetAttributeValue("Version", pins[reference.Attribute("Include")!.Value]);
        var analyzers = project.Descendants("ProjectReference").ToList();
        analyzers[0].ReplaceWith(new XElement("PackageReference", new XAttribute("Include", "AgentLint"), new XAttribute("Version", $"[{package.Version}]")));
        analyzers.Skip(1).Remove();
        project.Root!.Element("PropertyGroup")!.Add(new[] { "LangVersion", "Nullable", "ImplicitUsings", "NuGetAudit" }.Select(name => new XElement(settings.Descendants(name).First())));
        project.Save(Path.Combine(folder, "SupportDesk.csproj"));
        new XElement(
            "configuration",
            new XElement("packageSources", new XElement("add", new XAttribute("key", "agentlint-under-test"), new XAttribute("value", package.Feed))),
            Directory.Exists(Repository.MachinePackages)
                ? new XElement("fallbackPackageFolders", new XElement("add", new XAttribute("key", "machine"), new XAttribute("value", Repository.MachinePackages)))
                : null).Save(Path.Combine(folder, NuGetSettings));
    }

    [GeneratedRegex(@"\S+\(\d+,\d+\): warning AGL\d{4}")]
    private static partial Regex Warning { get; }

    [GeneratedRegex(@"(?<=\| AgentLint \| this commit \| \d+ \()\d+(?= warnings)")]
    private static partial Regex Said { get; }
}
