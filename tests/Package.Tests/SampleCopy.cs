using System.Xml.Linq;

namespace AgentLint.Package.Tests;

/// <summary>Samples in a folder of their own, with AgentLint from the package instead of this checkout; restored.</summary>
internal sealed record SampleCopy(string Root) : IDisposable
{
    // NuGet looks for this spelling only, where names have a case.
    private const string NuGetSettings = "nuget.config";

    /// <param name="package">AgentLint, or null for the samples as they were without it.</param>
    /// <param name="samples">The folders of the samples; all their projects are in one solution.</param>
    public static async Task<SampleCopy> CreateAsync(PackedPackage? package, params string[] samples)
    {
        var copy = new SampleCopy(Directory.CreateTempSubdirectory("agentlint-sample-").FullName);
        foreach (var sample in samples)
            copy.CopySources(sample);
        copy.WriteSettings(package);
        new XElement(
            "Solution",
            Directory.GetFiles(copy.Root, "*.csproj", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
                .Select(project => new XElement("Project", new XAttribute("Path", Path.GetRelativePath(copy.Root, project).Replace('\\', '/'))))).Save(copy.At("Samples.slnx"));
        (await copy.DotNetAsync("restore", "Samples.slnx")).Succeeded();
        return copy;
    }

    public string At(string path) => Path.Combine(Root, Path.Combine(path.Split('/')));

    public Task<CliResult> DotNetAsync(params string[] arguments) => Cli.DotNetAsync(Root, At("packages"), arguments);

    public Task<CliResult> BuildAsync(string project, params string[] arguments) =>
        DotNetAsync(["build", project, "--no-restore", "--no-incremental", "-p:UseSharedCompilation=false", "-clp:NoSummary", .. arguments]);

    public void Dispose() => Directory.Delete(Root, recursive: true);

    private void CopySources(string sample)
    {
        var folder = Path.Combine(Repository.Root, "samples", sample);
        foreach (var file in Directory.GetFiles(folder, "*", SearchOption.AllDirectories))
        {
            var path = Path.GetRelativePath(folder, file);
            if (path.Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin") || Path.GetExtension(path) is not (".cs" or ".csproj"))
                continue;
            var target = Path.Combine(Root, sample, path);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            if (Path.GetExtension(path) == ".cs")
                File.Copy(file, target);
            else
                WithoutThisCheckout(XDocument.Load(file)).Save(target);
        }
    }

    // The analyzers of this checkout are projects outside of the samples.
    private static XDocument WithoutThisCheckout(XDocument project)
    {
        project.Descendants("ProjectReference").Where(reference => reference.Attribute("Include")!.Value.Contains("/src/", StringComparison.Ordinal)).Remove();
        return project;
    }

    private void WriteSettings(PackedPackage? package)
    {
        File.Copy(Path.Combine(Repository.Root, "global.json"), At("global.json"));
        var settings = XDocument.Load(Path.Combine(Repository.Root, "Directory.Build.props"));
        new XElement(
            "Project",
            new XElement(
                "PropertyGroup",
                new[] { "LangVersion", "Nullable", "ImplicitUsings", "NuGetAudit" }.Select(name => new XElement(settings.Descendants(name).First()))))
            .Save(At("Directory.Build.props"));

        var versions = XDocument.Load(Path.Combine(Repository.Root, "Directory.Packages.props"));
        versions.Root!.Element("PropertyGroup")!.Add(new XElement(settings.Descendants("RoslynVersion").Single()));
        if (package is not null)
        {
            versions.Root!.Add(new XElement(
                "ItemGroup", new XElement("GlobalPackageReference", new XAttribute("Include", "AgentLint"), new XAttribute("Version", $"[{package.Version}]"))));
        }

        versions.Save(At("Directory.Packages.props"));
        // The package comes from its feed, everything else from where this machine gets its packages; what it has already is used where it is.
        new XElement(
            "configuration",
            package is null ? null : new XElement("packageSources", new XElement("add", new XAttribute("key", "agentlint-under-test"), new XAttribute("value", package.Feed))),
            Directory.Exists(Repository.MachinePackages)
                ? new XElement("fallbackPackageFolders", new XElement("add", new XAttribute("key", "machine"), new XAttribute("value", Repository.MachinePackages)))
                : null).Save(At(NuGetSettings));
    }
}
