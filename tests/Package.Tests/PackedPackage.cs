using System.Globalization;
using System.IO.Compression;
using System.Xml.Linq;

[assembly: AssemblyFixture(typeof(AgentLint.Package.Tests.PackedPackage))]

namespace AgentLint.Package.Tests;

/// <summary>The package, packed once per test run from what was built with the tests.</summary>
public sealed class PackedPackage : IAsyncLifetime
{
    // No cache of any machine has a package of this version, so that no test meets yesterday's.
    private readonly string _suffix = "test." + DateTime.UtcNow.ToString("yyyyMMddHHmmssfff", CultureInfo.InvariantCulture);
    private readonly string _folder = Directory.CreateTempSubdirectory("agentlint-feed-").FullName;

    /// <summary>The folder with the package, which serves as a feed.</summary>
    public string Feed => _folder;

    public string Version => $"{Repository.VersionPrefix}-{_suffix}";

    public string File => Path.Combine(_folder, $"AgentLint.{Version}.nupkg");

    public async ValueTask InitializeAsync()
    {
        var pack = await Cli.DotNetAsync(
            Repository.Root, Repository.MachinePackages, "pack", "src/Package", "--no-build", "-c", Repository.Configuration, "-p:VersionSuffix=" + _suffix, "-o", _folder);
        pack.Succeeded();
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    public byte[] Read(string entry)
    {
        using var zip = ZipFile.OpenRead(File);
        using var stream = zip.GetEntry(entry)!.Open();
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        return memory.ToArray();
    }

    public XElement ReadMetadata()
    {
        using var stream = new MemoryStream(Read("AgentLint.nuspec"));
        return XDocument.Load(stream).Root!.Elements().Single();
    }
}
