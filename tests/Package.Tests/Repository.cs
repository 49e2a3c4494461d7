using System.Reflection;
using System.Xml.Linq;

namespace AgentLint.Package.Tests;

/// <summary>The repository that the tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    /// <summary>The configuration that the tests were built in, and the package with them.</summary>
    public static string Configuration { get; } =
        typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "Configuration").Value!;

    /// <summary>The Roslynator command line that the tests run.</summary>
    public static string Roslynator { get; } =
        typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "Roslynator").Value!;

    /// <summary>The language server that the tests talk to.</summary>
    public static string LanguageServer { get; } =
        typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "LanguageServer").Value!;

    /// <summary>Where this user's packages are: what is there already need not be fetched again.</summary>
    public static string MachinePackages { get; } =
        Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } packages
            ? packages
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    public static string VersionPrefix { get; } = XDocument.Load(Path.Combine(Root, "Directory.Build.props")).Descendants("VersionPrefix").Single().Value;

    /// <summary>Where the repository is published.</summary>
    public static string Address { get; } = XDocument.Load(Path.Combine(Root, "Directory.Build.props")).Descendants("AgentLintRepository").Single().Value;

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "AgentLint.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException("No AgentLint.sln above " + AppContext.BaseDirectory);
        return folder.FullName;
    }
}
