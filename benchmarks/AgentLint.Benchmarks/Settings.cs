using System.Reflection;

namespace AgentLint.Benchmarks;

/// <summary>What the build says of the machine.</summary>
internal static class Settings
{
    private static readonly ILookup<string, string?> Metadata =
        typeof(Settings).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().ToLookup(attribute => attribute.Key, attribute => attribute.Value);

    public static string NuGetPackageRoot => Get("NuGetPackageRoot");

    public static string NetAnalyzers => Get("NetAnalyzers");

    private static string Get(string name) => Metadata[name].FirstOrDefault() ?? throw new InvalidOperationException($"The build did not say what {name} is");
}
