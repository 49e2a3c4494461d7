using System.Buffers.Binary;
using System.IO.Compression;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text;
using System.Xml.Linq;

namespace AgentLint.Package.Tests;

public sealed class ContentsTests(PackedPackage package)
{
    // Of the format of portable symbols.
    private static readonly Guid SourceLink = new("CC110556-A091-4D38-9FEC-25AB9A351A6A");

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
        Assert.Equal(Repository.Address, Value("projectUrl"));
        Assert.Equal(Repository.Address, Element("repository")!.Attribute("url")!.Value);
        Assert.Equal("git", Element("repository")!.Attribute("type")!.Value);
        Assert.Matches("^[0-9a-f]{40}$", Element("repository")!.Attribute("commit")!.Value);

        XElement? Element(string name) => metadata.Element(metadata.Name.Namespace + name);

        string? Value(string name) => Element(name)?.Value;
    }

    [Theory]
    [InlineData("analyzers/dotnet/cs/AgentLint.Analyzers.dll")]
    [InlineData("analyzers/dotnet/cs/AgentLint.CodeFixes.dll")]
    [InlineData("tools/netstandard2.0/AgentLint.Tasks.dll")]
    public void SymbolsAreEmbeddedAndLeadToTheSourcesOfTheCommit(string assembly)
    {
        using var file = new PEReader(new MemoryStream(package.Read(assembly)));
        var symbols = Assert.Single(file.ReadDebugDirectory(), entry => entry.Type == DebugDirectoryEntryType.EmbeddedPortablePdb);
        using var provider = file.ReadEmbeddedPortablePdbDebugDirectoryData(symbols);
        var reader = provider.GetMetadataReader();

        var links = Assert.Single(
            reader.GetCustomDebugInformation(EntityHandle.ModuleDefinition).Select(reader.GetCustomDebugInformation),
            information => reader.GetGuid(information.Kind) == SourceLink);
        var commit = package.ReadMetadata().Elements().Single(element => element.Name.LocalName == "repository").Attribute("commit")!.Value;
        Assert.Equal(
            $$$"""{"documents":{"/_/*":"{{{Repository.Address.Replace("https://github.com/", "https://raw.githubusercontent.com/", StringComparison.Ordinal)}}}/{{{commit}}}/*"}}""",
            Encoding.UTF8.GetString(reader.GetBlobBytes(links.Value)));
        Assert.All(reader.Documents.Select(document => reader.GetString(reader.GetDocument(document).Name)), name => Assert.StartsWith("/_/", name, StringComparison.Ordinal));
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
