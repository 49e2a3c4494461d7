using Xunit;

namespace AgentLint.Tests.Repository;

/// <summary>A checked-in file that a test generates and compares.</summary>
internal static class GeneratedFile
{
    private const string Renew = "AGENTLINT_RENEW";

    public static void AssertCurrent(string path, string expected)
    {
        var file = Path.Combine(Checkout.Root, path);
        expected = expected.ReplaceLineEndings("\n");
        if (Environment.GetEnvironmentVariable(Renew) == "1")
            File.WriteAllText(file, expected);
        var actual = File.Exists(file) ? File.ReadAllText(file).ReplaceLineEndings("\n") : "";
        Assert.True(actual == expected, $"{path} is stale. Renew it with {Renew}=1 dotnet test tests/Analyzers.Tests, and look at what changed");
    }
}
