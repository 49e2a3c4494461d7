using System.Buffers.Binary;
using System.IO.Compression;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text;
using System.Xml.Linq;

namespace AgentLint.Package.Tests;

public sealed class ContentsTests(PackedPackage package)
{
    [Fact]
    public void TheZipHoldsTheseFilesAndNoOthers()
    {
        using var zip = ZipFile.OpenRead(package.File);

        Assert.Equal(
            [
                "AgentLint.nuspec",
                "README.md",
                "[Content_Types].xml",
                "_rels/.rels",
                "analyzers/dotnet/cs/AgentLint.Analyzers.dll",
                "analyzers/dotnet/cs/AgentLint.CodeFixes.dll",
                "annotations/AgentLint.Annotations.cs",
                "build/AgentLint.props",
                "build/AgentLint.targets",
                "buildMultiTargeting/AgentLint.targets",
                "buildTransitive/AgentLint.MergeLogs.targets",
                "buildTransitive/AgentLint.props",
                "buildTransitive/AgentLint.targets",
                "buildTransitive/config/AgentLint.All.globalconfig",
                "buildTransitive/config/AgentLint.Minimum.globalconfig",
                "buildTransitive/config/AgentLint.None.globalconfig",
                "buildTransitive/config/AgentLint.Rules.props",
                "buildTransitive/config/AgentLint.Strict.globalconfig",
                "icon.png",
                "package/services/metadata/core-properties/nuget.psmdcp",
                "tools/netstandard2.0/AgentLint.Tasks.dll",
                "try/AgentLint.Try.proj",
                "try/AgentLint.Try.props",
                "try/AgentLint.Try.targets",
                "try/Directory.Build.rsp",
            ],
            zip.Entries.Select(entry => entry.FullName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void TheManifestSaysWhatItIs()
    {
        var metadata = package.ReadMetadata();

        Assert.Equal("AgentLint", Value("id"));
        Assert.Equal(package.Version, Value("version"));
        Assert.Equal("true", Value("developmentDependency"));
        Assert.Equal("MIT", Value("license"));
        Assert.Equal("expression", Element("license")!.Attribute("type")!.Value);
        Assert.Equal("README.md", Value("readme"));
        Assert.Equal("icon.png", Value("icon"));
        Assert.NotEmpty(Value("description")!);
        Assert.NotEmpty(Value("tags")!);
        Assert.Null(Element("dependencies"));
        Assert.Null(Element("frameworkAssemblies"));
        Assert.Null(Element("projectUrl"));
        Assert.Null(Element("repository")?.Attribute("url"));

        XElement? Element(string name) => metadata.Element(metadata.Name.Namespace + name);

        string? Value(string name) => Element(name)?.Value;
    }

    [Fact]
    public void TheIconIsASquareOfTheRecommendedSize()
    {
        var icon = package.Read("icon.png");

        Assert.Equal("PNG", Encoding.ASCII.GetString(icon, 1, 3));
        Assert.Equal((128, 128), (BinaryPrimitives.ReadInt32BigEndian(icon.AsSpan(16)), BinaryPrimitives.ReadInt32BigEndian(icon.AsSpan(20))));
    }

    [Fact]
    public void TheReadmeStandsAlone()
    {
        var readme = Encoding.UTF8.GetString(package.Read("README.md"));

        // Its page is not in the repository: a relative link would lead nowhere.
        Assert.Contains("](https://", readme, StringComparison.Ordinal);
        Assert.DoesNotMatch(@"\]\((?!https://)", readme);
    }

    // MSBuild 17.4 is older than any that comes with a compiler which loads the analyzers.
    [Fact]
    public void TheTaskAsksForNothingButMSBuild()
    {
        using var image = new PEReader(new MemoryStream(package.Read("tools/netstandard2.0/AgentLint.Tasks.dll")));
        var metadata = image.GetMetadataReader();

        Assert.Equal(
            ["Microsoft.Build.Framework", "netstandard"],
            metadata.AssemblyReferences.Select(metadata.GetAssemblyReference).Select(reference => metadata.GetString(reference.Name)).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("AgentLint.Analyzers", "Microsoft.CodeAnalysis", "Microsoft.CodeAnalysis.CSharp", "System.Collections.Immutable", "System.Memory", "netstandard")]
    [InlineData(
        "AgentLint.CodeFixes", "AgentLint.Analyzers", "Microsoft.CodeAnalysis", "Microsoft.CodeAnalysis.CSharp", "Microsoft.CodeAnalysis.CSharp.Workspaces",
        "Microsoft.CodeAnalysis.Workspaces", "System.Collections.Immutable", "System.Composition.AttributedModel", "System.Memory", "netstandard")]
    public void AnAssemblyAsksForNothingThatTheOldestHostLacks(string assembly, params string[] available)
    {
        using var image = new PEReader(new MemoryStream(package.Read($"analyzers/dotnet/cs/{assembly}.dll")));
        var metadata = image.GetMetadataReader();
        var references = metadata.AssemblyReferences.Select(metadata.GetAssemblyReference).Select(reference => (Name: metadata.GetString(reference.Name), reference.Version)).ToList();

        Assert.Subset(available.ToHashSet(), references.Select(reference => reference.Name).ToHashSet());
        Assert.All(
            references.Where(reference => reference.Name.StartsWith("Microsoft.CodeAnalysis", StringComparison.Ordinal)),
            reference => Assert.Equal(new Version(4, 14, 0, 0), reference.Version));
    }
}
