using System.Reflection;
using System.Text.RegularExpressions;
using AgentLint.Tests.Repository;
using Xunit;

namespace AgentLint.Tests.Analysis;

/// <summary>The pages about the analysis name tests as their evidence.</summary>
public sealed partial class AnalysisPageTests
{
    // Names of a single word cannot be told from other words in backticks: these are tests.
    private static readonly string[] SingleWords = ["Role", "Tested", "Garbage", "Recursion", "Neither", "Attempts", "Delay"];

    private static readonly string Page = Read("docs/analysis.md");
    private static readonly string GraphPage = Read("docs/agent-graph.md");

    private static readonly HashSet<string> Tests =
        [.. typeof(AnalysisPageTests).Assembly.GetTypes().SelectMany(type => type.GetMethods()).Where(method => method.GetCustomAttributes<FactAttribute>().Any()).Select(method => method.Name)];

    [Fact]
    public void Every_test_that_the_page_names_exists()
    {
        var named = NamedOn(Page).Concat(SingleWords).Distinct().ToList();

        Assert.InRange(named.Count, 40, int.MaxValue);
        Assert.Empty(named.Except(Tests));
        Assert.All(SingleWords, word => Assert.Contains($"`{word}`", Page, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_test_that_the_page_about_the_graph_names_exists()
    {
        var named = NamedOn(GraphPage).Distinct().ToList();

        Assert.InRange(named.Count, 20, int.MaxValue);
        Assert.Empty(named.Except(Tests));
    }

    // A row without a test is a claim.
    [Fact]
    public void Every_limit_of_the_graph_has_a_test()
    {
        var rows = GraphPage[GraphPage.IndexOf("| Limit | Test |", StringComparison.Ordinal)..].Split('\n').TakeWhile(line => line.StartsWith('|')).Skip(2).ToList();

        Assert.NotEmpty(rows);
        Assert.All(rows, row => Assert.NotEmpty(NamedOn(row)));
    }

    [Fact]
    public void Every_limit_is_on_the_page() =>
        Assert.All(
            typeof(LimitTests).GetMethods().Where(method => method.GetCustomAttributes<FactAttribute>().Any()),
            limit => Assert.Contains($"`{limit.Name}`", Page, StringComparison.Ordinal));

    private static string Read(string page) => File.ReadAllText(Path.Combine(Checkout.Root, page));

    private static IEnumerable<string> NamedOn(string text) => Names.Matches(text).Select(match => match.Groups[1].Value);

    [GeneratedRegex("`([A-Z][a-z]*(?:_[A-Za-z0-9]+)+)`", RegexOptions.CultureInvariant)]
    private static partial Regex Names { get; }
}
