using Xunit;

namespace AgentLint.Tests.Repository;

/// <summary>A checked-in file that a test generates and compares.</summary>
internal static class GeneratedFile
{
    private const string Renew = "AGENTLINT_RENEW";

    public static string Root { get; } = FindRoot();

    public static void AssertCurrent(string path, string expected)
    {
        var file = Path.Combine(Root, path);
        expected = expected.ReplaceLineEndings("\n");
        if (Environment.GetEnvironmentVariable(Renew) == "1")
            File.WriteAllText(file, expected);
        var actual = File.Exists(file) ? File.ReadAllText(file).ReplaceLineEndings("\n") : "";
        Assert.True(actual == expected, $"{path} is stale. Renew it with {Renew}=1 dotnet test tests/Analyzers.Tests, and look at what changed");
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder != null && !File.Exists(Path.Combine(folder.FullName, "Directory.Packages.props")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException("The tests do not run inside the repository");
    }
}
