using System.Xml.Linq;
using Microsoft.CodeAnalysis;

namespace AgentLint.Docs.Tests;

public sealed class RuleBookTests
{
    // The test of the tables: rules of every kind, so that it stays when the product's rules change.
    private static readonly RuleBook Book = new(
        [
            Entry("AGL0202", "Suggested", DiagnosticSeverity.Info),
            Entry("AGL0201", "Proven", DiagnosticSeverity.Warning, hasFix: true, options: new RuleOption("max_attempts", "5", "How many <attempts> are bounded.")),
            Entry("AGL0303", "MatterOfTaste", DiagnosticSeverity.Info, enabled: false),
            Entry("AGL9001", "FromTheBuild", DiagnosticSeverity.Warning, fromBuild: true),
        ]);

    [Fact]
    public void TheProductsRulesAreFoundInOrder()
    {
        var ids = RuleBook.Load().Rules.Select(rule => rule.Id).ToList();

        Assert.Equal(ids.Order(StringComparer.Ordinal), ids);
        Assert.Subset(ids.ToHashSet(), new HashSet<string> { "AGL0206", "AGL0601", "AGL9001", "AGL9004" });
    }

    [Fact]
    public void TheTargetsReportWhatIsSaidToComeFromTheBuild()
    {
        var warnings = XDocument.Load(Path.Combine(Here.Root, "src/Package/buildTransitive/AgentLint.targets")).Descendants("Warning").ToList();

        Assert.Equal(
            RuleBook.Load().Rules.Where(rule => rule.FromBuild).Select(rule => rule.Id),
            warnings.Select(warning => warning.Attribute("Code")!.Value).Order(StringComparer.Ordinal));
        Assert.All(warnings, warning => Assert.EndsWith($" ({Rule.PagesUri}{warning.Attribute("Code")!.Value}.md)", warning.Attribute("Text")!.Value, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("None", "none", "none", "none")]
    [InlineData("Minimum", null, "none", "none")]
    [InlineData("Strict", "warning", "warning", "suggestion")]
    [InlineData("All", "warning", "warning", "warning")]
    public void APresetGivesEveryKindOfRuleItsSeverity(string mode, string? warning, string? info, string? off)
    {
        var lines = Preset.All.Single(preset => preset.Mode == mode).Render(Book).Split('\n');

        Assert.Equal(["is_global = true", "global_level = -100"], lines[1..3]);
        Assert.Equal(
            new[] { ("AGL0201", warning), ("AGL0202", info), ("AGL0303", off) }
                .Where(rule => rule.Item2 != null)
                .Select(rule => $"dotnet_diagnostic.{rule.Item1}.severity = {rule.Item2}"),
            lines.Where(line => line.StartsWith("dotnet_diagnostic", StringComparison.Ordinal)));
    }

    [Fact]
    public void TheTableHasARowPerRule() =>
        Assert.Equal(
            """
            ### Retries: do retries help, wait and end?

            | Rule | What it finds | Severity | Fix |
            | --- | --- | --- | --- |
            | [AGL0201](x/AGL0201.md) Proven | Title of Proven | Warning | yes |
            | [AGL0202](x/AGL0202.md) Suggested | Title of Suggested | Info |  |

            ### Deadlines: does the work stop when the caller gives up?

            | Rule | What it finds | Severity | Fix |
            | --- | --- | --- | --- |
            | [AGL0303](x/AGL0303.md) MatterOfTaste | Title of MatterOfTaste | off |  |

            ### Configuration: is AgentLint itself set up correctly?

            | Rule | What it finds | Severity | Fix |
            | --- | --- | --- | --- |
            | [AGL9001](x/AGL9001.md) FromTheBuild | Title of FromTheBuild | Warning |  |

            """,
            RuleTable.Render(Book, "x/"));

    [Fact]
    public void EveryCategoryHasAQuestion() =>
        Assert.All(Enum.GetValues<RuleCategory>(), category =>
        {
            var id = $"AGL{(int)category:00}01";
            Assert.Contains($"### {category}: ", RuleTable.Render(new RuleBook([Entry(id, "Some", DiagnosticSeverity.Info)]), ""), StringComparison.Ordinal);
        });

    [Fact]
    public void APageBeginsWithWhatIsKnown() =>
        Assert.Equal(
            """
            # AGL0201: Proven

            Title of Proven.

            | Id | Category | Severity | On by default | Code fix |
            | --- | --- | --- | --- | --- |
            | AGL0201 | Retries | Warning | yes | yes |

            Description of Proven.

            | Option | Default | What it changes |
            | --- | --- | --- |
            | `agentlint.AGL0201.max_attempts` | `5` | How many &lt;attempts> are bounded. |

            """,
            RulePage.Render(Book.Rules[0]));

    [Fact]
    public void OptionsAreListedAfterTheSharedOnes()
    {
        var rows = OptionTable.Render(Book).Split('\n');

        Assert.StartsWith("| `agentlint.call_depth` | `8` |", rows[2], StringComparison.Ordinal);
        Assert.StartsWith("| `agentlint.host` |", rows[3], StringComparison.Ordinal);
        Assert.StartsWith("| `agentlint.mitigated` |", rows[4], StringComparison.Ordinal);
        Assert.StartsWith("| `agentlint.AGL0201.max_attempts` | `5` |", rows[5], StringComparison.Ordinal);
        Assert.Equal("", Assert.Single(rows[6..]));
    }

    [Fact]
    public void AFirstReleaseBringsEveryRuleOfTheCompilers()
    {
        var notes = ReleaseNotes.Render(Book, "; nothing shipped\n");

        Assert.Contains("\n### New Rules\n\nRule ID | Category | Severity | Notes\n--------|----------|----------|------\nAGL0201 | AgentLint.Retries | Warning | [Proven](", notes, StringComparison.Ordinal);
        Assert.Contains("\nAGL0303 | AgentLint.Deadlines | Disabled | [MatterOfTaste](", notes, StringComparison.Ordinal);
        Assert.DoesNotContain("AGL9001", notes, StringComparison.Ordinal);
        Assert.DoesNotContain("### Changed Rules", notes, StringComparison.Ordinal);
    }

    [Fact]
    public void ALaterReleaseSaysWhatChanged()
    {
        const string shipped = """
            ## Release 0.1

            ### New Rules

            Rule ID | Category | Severity | Notes
            --------|----------|----------|-------
            AGL0201 | AgentLint.Retries | Info | Proven
            AGL0202 | AgentLint.Retries | Info | Suggested
            AGL0299 | AgentLint.Retries | Warning | Gone
            AGL0298 | AgentLint.Retries | Warning | Gone before

            ## Release 0.2

            ### Changed Rules

            Rule ID | New Category | New Severity | Old Category | Old Severity | Notes
            --------|--------------|--------------|--------------|--------------|-------
            AGL0299 | AgentLint.Retries | Info | AgentLint.Retries | Warning | Gone

            ### Removed Rules

            Rule ID | Category | Severity | Notes
            --------|----------|----------|-------
            AGL0298 | AgentLint.Retries | Warning | Removed
            """;

        var rows = ReleaseNotes.Render(Book, shipped).Split('\n').Where(line => line.StartsWith("AGL", StringComparison.Ordinal) || line.StartsWith("###", StringComparison.Ordinal));

        Assert.Collection(
            rows,
            row => Assert.Equal("### New Rules", row),
            row => Assert.StartsWith("AGL0303 | AgentLint.Deadlines | Disabled | ", row, StringComparison.Ordinal),
            row => Assert.Equal("### Changed Rules", row),
            row => Assert.StartsWith("AGL0201 | AgentLint.Retries | Warning | AgentLint.Retries | Info | ", row, StringComparison.Ordinal),
            row => Assert.Equal("### Removed Rules", row),
            row => Assert.Equal("AGL0299 | AgentLint.Retries | Info | Removed", row));
    }

    private static RuleEntry Entry(
        string id, string name, DiagnosticSeverity severity, bool enabled = true, bool hasFix = false, bool fromBuild = false, params RuleOption[] options) =>
        new(Rule.Define(id, name, "Title of " + name, "Message", $"Description of {name}.", severity, enabled, options: options), hasFix, fromBuild);
}
