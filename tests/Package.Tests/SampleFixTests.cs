using System.Globalization;
using System.Text.RegularExpressions;

namespace AgentLint.Package.Tests;

/// <summary>What the fixes of the package make of the sample, as <c>dotnet format</c> runs them.</summary>
public sealed partial class SampleFixTests(PackedPackage package)
{
    /// <summary>Fix All of the rules on idempotency leaves nothing of what has a fix, and a sample that builds.</summary>
    [Fact]
    public async Task FixAllLeavesNothingThatIsDoneTwice()
    {
        using var copy = await SampleCopy.CreateAsync(package, "SupportDesk");
        var before = (await copy.BuildAsync("SupportDesk")).Succeeded().Output;
        Assert.Contains("warning AGL01", before, StringComparison.Ordinal);
        // The compiler leaves out what it has no use for: the reports of a build are not those of all rules.
        Assert.Equal(WarningsOfThePage(), Warning.Matches(before).Select(match => match.Value).Distinct(StringComparer.Ordinal).Count());

        // A key that is sent at last may turn out to be made anew each time: what one fix brings to light, the next round mends.
        for (var round = 0; round < 2; round++)
        {
            (await copy.DotNetAsync(
                "format", "analyzers", "SupportDesk", "--no-restore", "--severity", "info", "--diagnostics", "AGL0101", "AGL0102", "AGL0103", "AGL0104")).Succeeded();
        }

        // An error is a line of the output as well, which Succeeded shows. AGL0105 asks for a decision and has no fix.
        var after = (await copy.BuildAsync("SupportDesk")).Succeeded().Output;
        Assert.DoesNotMatch("AGL01(?!05)", after);
        Assert.Contains("AGL0105", after, StringComparison.Ordinal);
    }

    private static int WarningsOfThePage() =>
        int.Parse(Said.Match(File.ReadAllText(Path.Combine(Repository.Root, "docs", "comparison.md"))).ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\S+\(\d+,\d+\): warning AGL\d{4}")]
    private static partial Regex Warning { get; }

    [GeneratedRegex(@"(?<=\| AgentLint \| this commit \| \d+ \()\d+(?= warnings)")]
    private static partial Regex Said { get; }
}
