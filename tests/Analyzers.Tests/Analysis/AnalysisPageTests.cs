using System.Reflection;
using System.Text.RegularExpressions;
using AgentLint.Tests.Repository;
using Xunit;

namespace AgentLint.Tests.Analysis;

/// <summary>The page about the analysis names tests as its evidence.</summary>
public sealed partial class AnalysisPageTests
{
    // Names of a single word cannot be told from other words in backticks: these are tests.
    private static readonly string[] SingleWords = ["Role", "Tested", "Garbage"];

    private static readonly string Page = File.ReadAllText(Path.Combine(GeneratedFile.Root, "docs/analysis.md"));

    private static readonly HashSet<string> Tests =
        [.. typeof(AnalysisPageTests).Assembly.GetTypes().SelectMany(type => type.GetMethods()).Where(method => method.GetCustomAttributes<FactAttribute>().Any()).Select(method => method.Name)];

    [Fact]
    public void Every_test_that_the_page_names_exists()
    {
        var named = Names.Matches(Page).Select(match => match.Groups[1].Value).Concat(SingleWords).Distinct().ToList();

        Assert.InRange(named.Count, 40, int.MaxValue);
        Assert.Empty(named.Except(Tests));
        Assert.All(SingleWords, word => Assert.Contains($"`{word}`", Page, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_limit_is_on_the_page() =>
        Assert.All(
            typeof(LimitTests).GetMethods().Where(method => method.GetCustomAttributes<FactAttribute>().Any()),
            limit => Assert.Contains($"`{limit.Name}`", Page, StringComparison.Ordinal));

    [GeneratedRegex("`([A-Z][a-z]*(?:_[A-Za-z0-9]+)+)`", RegexOptions.CultureInvariant)]
    private static partial Regex Names { get; }
}
