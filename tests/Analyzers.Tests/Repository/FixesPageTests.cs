using System.Reflection;
using System.Text.RegularExpressions;
using Xunit;

namespace AgentLint.Tests.Repository;

/// <summary>The page about the fixes lists each of them once, with a proof that exists or the reason why there is none, and each rule without a fix with its reason.</summary>
public sealed partial class FixesPageTests
{
    private const string Unfixed = "## Rules without a fix";

    private static readonly string Text = File.ReadAllText(Path.Combine(Checkout.Root, "docs", "fixes.md")).ReplaceLineEndings("\n");

    private static readonly ILookup<string, Row> Rows = RowsOf(Text[..Text.IndexOf(Unfixed, StringComparison.Ordinal)]).Where(cells => cells.Length == 5).Select(Row.Of).ToLookup(row => row.Key);

    public static TheoryData<string> Fixes => [.. AllRules.Fixes.Select(fix => fix.GetType().Name)];

    [Theory]
    [MemberData(nameof(Fixes))]
    public void Fix_is_listed_once(string key)
    {
        var fix = AllRules.Fixes.Single(candidate => candidate.GetType().Name == key);
        var title = (string)typeof(AgentCodeFix).GetField("title", BindingFlags.NonPublic | BindingFlags.Instance)!.GetValue(fix)!;

        var row = Assert.Single(Rows[key]);

        Assert.Equal(Assert.Single(fix.FixableDiagnosticIds), row.Rule);
        Assert.StartsWith(title, row.Titles, StringComparison.Ordinal);
        Assert.NotEmpty(row.Change);
        Assert.Matches("^(Safe|Read it)\\b", row.Accept);
    }

    [Fact]
    public void Every_row_is_of_a_fix() => Assert.Equal(AllRules.Fixes.Select(fix => fix.GetType().Name).Order(StringComparer.Ordinal), Rows.Select(row => row.Key).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Fixes))]
    public void Proof_is_a_test_that_uses_the_fix(string key)
    {
        var proof = Rows[key].Single().Proof;
        if (proof.StartsWith("Not run, because ", StringComparison.Ordinal))
            return;
        Assert.Contains(" → ", proof + " → ", StringComparison.Ordinal);
        var tests = TestName().Matches(proof);

        Assert.NotEmpty(tests);
        Assert.All(tests, test =>
        {
            var type = Assert.Single(typeof(FixesPageTests).Assembly.GetTypes(), candidate => candidate.Name == test.Groups["class"].Value);
            var method = type.GetMethod(test.Groups["method"].Value);
            Assert.NotNull(method);
            Assert.NotNull(method.GetCustomAttribute<FactAttribute>());
            var source = Assert.Single(Directory.GetFiles(Path.Combine(Checkout.Root, "tests", "Analyzers.Tests"), type.Name + ".cs", SearchOption.AllDirectories));
            Assert.Contains(key, File.ReadAllText(source), StringComparison.Ordinal);
        });
    }

    [Fact]
    public void Rule_without_a_fix_is_listed_once_with_the_reason()
    {
        var rows = RowsOf(Text[Text.IndexOf(Unfixed, StringComparison.Ordinal)..]).Where(cells => RuleId().IsMatch(cells[0])).ToList();
        var pages = Directory.GetFiles(Path.Combine(Checkout.Root, "docs", "rules"), "AGL*.md").Select(Path.GetFileNameWithoutExtension);

        Assert.Equal(
            pages.Except(AllRules.Fixes.SelectMany(fix => fix.FixableDiagnosticIds)).Order(StringComparer.Ordinal),
            rows.SelectMany(cells => RuleId().Matches(cells[0]).Select(match => match.Groups["id"].Value)).Order(StringComparer.Ordinal));
        Assert.All(rows, cells => Assert.NotEmpty(cells[1]));
    }

    private static IEnumerable<string[]> RowsOf(string text) =>
        text.Split('\n').Where(line => line.StartsWith("| [AGL", StringComparison.Ordinal)).Select(line => line.Trim('|').Split('|').Select(cell => cell.Trim()).ToArray());

    [GeneratedRegex(@"`(?<class>\w+)\.(?<method>\w+)`", RegexOptions.CultureInvariant)]
    private static partial Regex TestName();

    [GeneratedRegex(@"^(?<titles>.+) `(?<key>\w+)`$", RegexOptions.CultureInvariant)]
    private static partial Regex TitlesAndKey();

    [GeneratedRegex(@"\[(?<id>AGL\d{4})\]", RegexOptions.CultureInvariant)]
    private static partial Regex RuleId();

    private sealed record Row(string Rule, string Key, string Titles, string Change, string Accept, string Proof)
    {
        public static Row Of(string[] cells)
        {
            var fix = TitlesAndKey().Match(cells[1]);
            return new Row(RuleId().Match(cells[0]).Groups["id"].Value, fix.Groups["key"].Value, fix.Groups["titles"].Value, cells[2], cells[3], cells[4]);
        }
    }
}
