using System.Xml.Linq;

namespace AgentLint.Package.Tests;

[CollectionDefinition(nameof(BuiltConsumers))]
public sealed class ConsumersCollection : ICollectionFixture<BuiltConsumers>;

/// <summary>The projects under <c>Consumers</c>, restored from the package under test and built once, all together.</summary>
public sealed class BuiltConsumers(PackedPackage package) : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("agentlint-consumers-").FullName;
    private Dictionary<string, SarifLog> _logs = [];
    private CliResult? _build;

    /// <summary>The projects as they were written.</summary>
    public static string Templates { get; } = Path.Combine(AppContext.BaseDirectory, "Consumers");

    /// <summary>Where the build of all of them left a log for each, as seen from their folder.</summary>
    public const string LogFolder = "logs of all";

    /// <summary>What the build of all of them printed.</summary>
    internal CliResult Build => _build!;

    public async ValueTask InitializeAsync()
    {
        foreach (var file in Directory.GetFiles(Templates, "*", SearchOption.AllDirectories))
        {
            var target = At(Path.GetRelativePath(Templates, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        WriteSettings(_folder);
        (await DotNetAsync("restore", "Consumers.slnx")).Succeeded();
        _build = (await DotNetAsync([.. BuildArguments("Consumers.slnx"), "-p:AgentLintLogs=" + LogFolder, "-p:AgentLintSummary=true"])).Succeeded();
        // Now: a test that builds again writes over them.
        _logs = Directory.GetFiles(_folder, "*.sarif", SearchOption.AllDirectories).Where(file => Path.GetDirectoryName(file) != At(LogFolder)).ToDictionary(file => file, SarifLog.Read);
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    /// <summary>Writes what every consumer needs: the SDK, where packages come from, and their versions.</summary>
    internal void WriteSettings(string folder)
    {
        File.Copy(Path.Combine(Repository.Root, "global.json"), Path.Combine(folder, "global.json"));
        Versions().Save(Path.Combine(folder, "Versions.props"));
        // The package comes from its feed, everything else from where this machine gets its packages; what it has already is used where it is.
        new XElement(
            "configuration",
            new XElement("packageSources", new XElement("add", new XAttribute("key", "agentlint-under-test"), new XAttribute("value", package.Feed))),
            Directory.Exists(Repository.MachinePackages)
                ? new XElement("fallbackPackageFolders", new XElement("add", new XAttribute("key", "machine"), new XAttribute("value", Repository.MachinePackages)))
                : null).Save(Path.Combine(folder, "nuget.config"));
    }

    public string At(string path) => Path.Combine(_folder, Path.Combine(path.Split('/')));

    internal Task<CliResult> DotNetAsync(params string[] arguments) => Cli.DotNetAsync(_folder, At("packages"), arguments);

    // No compiler server: it would outlive the tests and hold the package's files.
    internal Task<CliResult> BuildAsync(string project, params string[] arguments) => DotNetAsync([.. BuildArguments(project), .. arguments]);

    /// <summary>A consumer in a folder of its own beside nothing else, which keeps no log; restored.</summary>
    internal async Task<ConsumerCopy> CopyAsync(string project, string folder)
    {
        var copy = new ConsumerCopy(Directory.CreateTempSubdirectory("agentlint-copy-").FullName, folder, At("packages"));
        Directory.CreateDirectory(copy.Project);
        foreach (var file in new[] { "global.json", "nuget.config", "Versions.props", "Directory.Build.props", "Directory.Packages.props", ".editorconfig" })
            File.Copy(At(file), Path.Combine(copy.Root, file));
        foreach (var file in Directory.GetFiles(Path.Combine(Templates, project)))
            File.Copy(file, Path.Combine(copy.Project, Path.GetFileName(file)));
        Directory.CreateDirectory(Path.Combine(copy.Root, "Shared"));
        foreach (var file in Directory.GetFiles(Path.Combine(Templates, "Shared")))
            File.Copy(file, Path.Combine(copy.Root, "Shared", Path.GetFileName(file)));
        (await copy.DotNetAsync("restore")).Succeeded();
        return copy;
    }

    private static string[] BuildArguments(string project) =>
        ["build", project, "--no-restore", "--no-incremental", "-m", "-p:UseSharedCompilation=false", "-clp:NoSummary"];

    /// <summary>What the compiler reported for a project in the build of all of them.</summary>
    internal SarifLog Log(string project, string targetFramework = "net10.0") => _logs[LogFile(project, targetFramework)];

    /// <summary>What the compiler reported for all projects in the build of all of them.</summary>
    internal IEnumerable<SarifLog> Logs => _logs.OrderBy(log => log.Key, StringComparer.Ordinal).Select(log => log.Value);

    /// <summary>Where the compiler writes what it reports for a project.</summary>
    internal string LogFile(string project, string targetFramework = "net10.0") => At($"{project}/{targetFramework}.sarif");

    /// <summary>The warnings with an id that the build printed for a project, one per place and target framework.</summary>
    internal IReadOnlyList<string> Printed(string id, string project) =>
        [
            .. Build.Output.Split('\n')
                .Select(line => line.Trim())
                .Where(line => line.Contains($"warning {id}:", StringComparison.Ordinal) && line.Contains(Path.GetFileName(project) + ".csproj", StringComparison.Ordinal))
                .Distinct(),
        ];

    // Version_Polly_Core for Polly.Core, as the repository pins it.
    private XElement Versions() =>
        new(
            "Project",
            new XElement(
                "PropertyGroup",
                new XElement("Version_AgentLint", $"[{package.Version}]"),
                XDocument.Load(Path.Combine(Repository.Root, "Directory.Packages.props"))
                    .Descendants("PackageVersion")
                    .Select(pin => new XElement("Version_" + pin.Attribute("Include")!.Value.Replace('.', '_'), pin.Attribute("Version")!.Value))));
}
