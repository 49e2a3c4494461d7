using System.Globalization;
using System.Text.RegularExpressions;
using AgentLint.Catalogue;
using AgentLint.Tests.Repository;
using Microsoft.CodeAnalysis.Text;
using Xunit;

namespace AgentLint.Tests.Pages;

/// <summary>What the pages of the rules say is so: their samples are compiled, analysed by all rules, and fixed.</summary>
public sealed partial class PageTests
{
    private static readonly string[] AllSections = ["What it reports", "Why", "Violation", "Fixed", "Not reported", "Options", "When to suppress", "Known limits"];
    private static readonly string[] SectionsAboutConfiguration = ["What it reports", "Why", "Violation", "Fixed", "Not reported", "When to suppress"];
    private static readonly string[] SilentSections = ["Fixed", "Not reported", "When to suppress"];

    public static TheoryData<string> Pages => [.. RulePage.All.Select(page => page.Id)];

    public static TheoryData<string> PagesAboutCode => [.. RulePage.All.Select(page => page.Id).Where(IsAboutCode)];

    public static TheoryData<string, int> Violations => SamplesOf("Violation");

    public static TheoryData<string, int> Fixed => SamplesOf("Fixed");

    public static TheoryData<string, int> Suppressions => SamplesOf("When to suppress");

    public static TheoryData<string, string, int> Silent =>
    [
        .. from page in RulePage.All
           from heading in SilentSections
           from sample in Enumerable.Range(0, page.Samples(heading).Count)
           select (page.Id, heading, sample),
    ];

    public static TheoryData<string, string> CatalogueSamples =>
    [
        .. from page in RulePage.All
           from heading in new[] { "Violation", "Fixed" }
           where page.Samples(heading, "text").Count > 0
           select (page.Id, heading),
    ];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Page_has_its_sections_in_order(string id)
    {
        var headings = RulePage.Of(id).Sections.Select(section => section.Heading).ToList();

        Assert.Equal(AllSections.Where(headings.Contains), headings);
        Assert.Empty((IsAboutCode(id) ? AllSections.Where(s => s != "Fixed" || PageFix.IsFor(id)) : SectionsAboutConfiguration).Except(headings));
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void No_section_is_empty(string id) =>
        Assert.DoesNotContain(RulePage.Of(id).Sections, section => string.IsNullOrWhiteSpace(section.Text));

    [Theory]
    [MemberData(nameof(PagesAboutCode))]
    public void Why_names_an_incident_or_a_source(string id) =>
        Assert.Matches(SourceLink(), RulePage.Of(id).Sections.Single(section => section.Heading == "Why").Text);

    [Theory]
    [MemberData(nameof(PagesAboutCode))]
    public void Suppression_is_shown_with_its_reason(string id)
    {
        var samples = RulePage.Of(id).Samples("When to suppress");

        Assert.NotEmpty(samples);
        Assert.All(samples, sample => Assert.Matches(
            $"""\[SuppressMessage\("AgentLint\.{CategoryOf(id)}", "{id}[":].*Justification = "[^"]*\w+ \w+|^#pragma warning disable {id} // \w+ \w+""",
            sample.ReplaceLineEndings("\n").Split('\n').FirstOrDefault(line => line.Contains(id, StringComparison.Ordinal))?.Trim() ?? ""));
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Page_about_code_shows_code(string id)
    {
        var page = RulePage.Of(id);

        Assert.Equal(IsAboutCode(id), page.Samples("Violation").Count > 0);
        Assert.Equal(IsAboutCode(id), page.Samples("Not reported").Count > 0);
        if (PageFix.IsFor(id))
            Assert.Equal(page.Samples("Violation").Count, page.Samples("Fixed").Count);
    }

    [Theory]
    [MemberData(nameof(Violations))]
    public async Task Marked_lines_of_a_violation_are_reported_and_no_others(string id, int ordinal)
    {
        var sample = new Sample(id, RulePage.Of(id).Samples("Violation")[ordinal]);

        Assert.NotEmpty(sample.Marked);
        Assert.All(sample.Marked, line => Assert.EndsWith(id, line, StringComparison.Ordinal));
        Assert.Equal(sample.Marked, Sample.Show(await sample.ReportsAsync()));
    }

    [Theory]
    [MemberData(nameof(Fixed))]
    public async Task Fixed_is_what_the_fix_makes_of_the_violation(string id, int ordinal)
    {
        var page = RulePage.Of(id);
        if (!PageFix.IsFor(id))
        {
            Assert.True(ordinal < page.Samples("Violation").Count, "There is no violation that this is the better version of");
            return;
        }

        var violation = new Sample(id, page.Samples("Violation")[ordinal]);

        await new PageFix(id, violation, await violation.ReportsAsync(), page.Samples("Fixed")[ordinal]).RunAsync(TestContext.Current.CancellationToken);
    }

    [Theory]
    [MemberData(nameof(Silent))]
    public async Task Nothing_is_reported_in(string id, string heading, int ordinal)
    {
        var sample = new Sample(id, RulePage.Of(id).Samples(heading)[ordinal]);

        Assert.Empty(sample.Marked);
        Assert.Empty(await sample.ReportsAsync());
    }

    [Theory]
    [MemberData(nameof(Suppressions))]
    public async Task Suppression_is_needed_where_it_is_shown(string id, int ordinal)
    {
        var sample = new Sample(id, RulePage.Of(id).Samples("When to suppress")[ordinal]);

        var reports = await sample.ReportsAsync(suppressed: true);

        Assert.NotEmpty(reports);
        Assert.All(reports, report => Assert.Equal((id, true), (report.Id, report.IsSuppressed)));
    }

    [Theory]
    [MemberData(nameof(CatalogueSamples))]
    public void Catalogue_lines_can_be_read_where_they_are_fixed_only(string id, string heading)
    {
        Assert.All(RulePage.Of(id).Samples(heading, "text"), text =>
            Assert.Equal(heading == "Violation", !CatalogueParser.Parse(id, SourceText.From(text)).Errors.IsEmpty));
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Options_that_a_page_names_exist(string id)
    {
        var options = AllRules.Analyzers.Cast<RuleAnalyzer>().SelectMany(analyzer => analyzer.Rules)
            .SelectMany(rule => rule.Options.Select(option => $"agentlint.{rule.Id}.{option.Name}"))
            .Append("agentlint.call_depth");

        Assert.Empty(OptionKey().Matches(RulePage.Of(id).Text).Select(m => m.Value).Except(options));
    }

    // The rules about configuration speak of project and catalogue files.
    private static bool IsAboutCode(string id) => !id.StartsWith($"AGL{(int)RuleCategory.Configuration:00}", StringComparison.Ordinal);

    private static RuleCategory CategoryOf(string id) => (RuleCategory)int.Parse(id.AsSpan(3, 2), CultureInfo.InvariantCulture);

    private static TheoryData<string, int> SamplesOf(string heading) =>
    [
        .. from page in RulePage.All
           from sample in Enumerable.Range(0, page.Samples(heading).Count)
           select (page.Id, sample),
    ];

    [GeneratedRegex(@"\]\(https://[^)\s]+\)", RegexOptions.CultureInvariant)]
    private static partial Regex SourceLink();

    [GeneratedRegex(@"agentlint(\.AGL[0-9]{4})?\.[a-z_]+", RegexOptions.CultureInvariant)]
    private static partial Regex OptionKey();
}
