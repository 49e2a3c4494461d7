using AgentLint.Rules.Configuration;
using AgentLint.Rules.Coupling;
using AgentLint.Tests.Analysis;
using AgentLint.Tests.Repository;
using Microsoft.CodeAnalysis;
using Xunit;

namespace AgentLint.Tests.Baseline;

/// <summary>What a baseline lists is not reported, whatever moves around it; everything else is, and so is what it lists for nothing.</summary>
public sealed class BaselineTests
{
    private const string Two = """
        namespace Shop;
        public class Desk(IChatClient model)
        {
            public async Task<string> Answer(string question)
            {
                await Task.Yield();
                return model.GetResponseAsync(question).Result.Text;
            }
            public async Task<string> Ask(string question)
            {
                await Task.Yield();
                var first = model.GetResponseAsync(question).Result;
                return first.Text;
            }
        }
        """;

    private static readonly string Both =
        "AGL0601 M:Shop.Desk.Answer(System.String) 1 return model.GetResponseAsync(question).Result.Text;\n"
        + "AGL0601 M:Shop.Desk.Ask(System.String) 1 var first = model.GetResponseAsync(question).Result;";

    // ---- What is listed -------------------------------------------------------------------------------------------------

    [Fact]
    public async Task Everything_that_is_found_is_written_with_its_member_and_code() => Assert.Equal(Both, await Listed.WriteAsync(Compiled.From(Two).Compilation));

    [Fact]
    public async Task What_is_listed_is_not_reported()
    {
        Assert.Equal(["File1.cs(7): AGL0601", "File1.cs(12): AGL0601"], await Listed.ReportsAsync(Compiled.From(Two).Compilation, null));
        Assert.Empty(await Listed.ReportsAsync(Compiled.From(Two).Compilation, Both));
        Assert.Empty(await Listed.ReportsAsync(Compiled.From(Two).Compilation, "# why\n\n" + Both.Replace("\n", "\r\n  ")));
    }

    [Fact]
    public async Task What_is_not_listed_is_reported() =>
        Assert.Equal(["File1.cs(12): AGL0601"], await Listed.ReportsAsync(Compiled.From(Two).Compilation, Both.Split('\n')[0]));

    [Fact]
    public async Task Lines_that_move_stay_listed() =>
        Assert.Empty(await Listed.ReportsAsync(
            Compiled.From("// A head\n\n" + Two.Replace("await Task.Yield();", "await Task.Yield();\n\n        // A comment\n        Console.WriteLine(question);")).Compilation, Both));

    [Fact]
    public async Task Spaces_comments_and_neighbours_do_not_matter() =>
        Assert.Empty(await Listed.ReportsAsync(
            Compiled.From(Two.Replace("return model.GetResponseAsync(question).Result.Text;", "  return   model . GetResponseAsync( question ).Result /* why */ .Text; // later")).Compilation, Both));

    [Fact]
    public async Task A_member_that_moves_to_another_file_stays_listed()
    {
        var start = Two.IndexOf("    public async Task<string> Ask", StringComparison.Ordinal);
        var end = Two.LastIndexOf('}');
        var moved = Two[start..end];

        Assert.Empty(await Listed.ReportsAsync(
            Compiled.From(Two.Replace(moved, "").Replace("public class", "public partial class"), "namespace Shop;\npublic partial class Desk\n{\n" + moved + "}\n").Compilation, Both));
    }

    [Fact]
    public async Task Another_fault_in_a_listed_member_is_reported() =>
        Assert.Equal(
            ["File1.cs(7): AGL0601"],
            await Listed.ReportsAsync(Compiled.From(Two.Replace("        return model.Get", "        Thread.Sleep(1);\n        return model.Get")).Compilation, Both));

    [Fact]
    public async Task Code_that_changed_is_looked_at_again() =>
        Assert.Equal(
            ["AgentLint.baseline.txt(2): AGL9006", "File1.cs(12): AGL0601"],
            await Listed.ReportsAsync(Compiled.From(Two.Replace("var first = model.GetResponseAsync(question)", "var first = model.GetResponseAsync(question + '!')")).Compilation, Both));

    // ---- Equal lines ----------------------------------------------------------------------------------------------------

    private const string Twins = """
        public class Desk(IChatClient model)
        {
            public async Task Answer()
            {
                await Task.Yield();
                Thread.Sleep(1);
                Thread.Sleep(1);
                await model.GetResponseAsync("");
            }
        }
        """;

    [Fact]
    public async Task Equal_lines_of_a_member_are_counted()
    {
        var lines = await Listed.WriteAsync(Compiled.From(Twins).Compilation);

        Assert.Equal("AGL0601 M:Desk.Answer 1 Thread.Sleep(1);\nAGL0601 M:Desk.Answer 2 Thread.Sleep(1);", lines);
        Assert.Empty(await Listed.ReportsAsync(Compiled.From(Twins).Compilation, lines));
        Assert.Equal(["File1.cs(8): AGL0601"], await Listed.ReportsAsync(Compiled.From(Twins.Replace("        await model", "        Thread.Sleep(1);\n        await model")).Compilation, lines));
    }

    [Fact]
    public async Task One_of_two_equal_lines_that_goes_is_stale()
    {
        var lines = await Listed.WriteAsync(Compiled.From(Twins).Compilation);
        var one = Twins.Remove(Twins.IndexOf("        Thread.Sleep(1);\n", StringComparison.Ordinal), "        Thread.Sleep(1);\n".Length);

        Assert.Equal(["AgentLint.baseline.txt(2): AGL9006"], await Listed.ReportsAsync(Compiled.From(one).Compilation, lines));
    }

    // ---- Stale lines ----------------------------------------------------------------------------------------------------

    [Fact]
    public async Task A_mended_finding_is_stale_on_its_line()
    {
        var mended = Compiled.From(Two.Replace("return model.GetResponseAsync(question).Result.Text;", "return (await model.GetResponseAsync(question)).Text;")).Compilation;

        var stale = Assert.Single(await Listed.DiagnosticsAsync(mended, "# first\n" + Both));

        Assert.Equal("AgentLint.baseline.txt(2): AGL9006", Listed.Show(stale));
        Assert.Equal((0, Both.Split('\n')[0].Length), (stale.Location.GetLineSpan().StartLinePosition.Character, stale.Location.GetLineSpan().EndLinePosition.Character));
        Assert.Equal("AGL0601 is no longer found in 'M:Shop.Desk.Answer(System.String)': delete the line, or write the baseline again", stale.GetMessage());
    }

    [Fact]
    public async Task A_suppressed_finding_is_not_stale() =>
        Assert.Empty(await Listed.ReportsAsync(Compiled.From("#pragma warning disable AGL0601\n" + Two).Compilation, Both));

    [Fact]
    public async Task A_rule_that_is_off_says_nothing_about_its_lines()
    {
        var program = Compiled.From(Two).Compilation;
        var off = program.WithOptions(program.Options.WithSpecificDiagnosticOptions([new("AGL0601", ReportDiagnostic.Suppress)]));

        Assert.Empty(await Listed.ReportsAsync(off, Both));
        Assert.Empty(await Listed.ReportsAsync(off, Both.Replace("first", "second")));
    }

    [Fact]
    public async Task Where_no_agent_library_is_left_all_lines_are_stale()
    {
        var program = Compiled.From("public class Nothing;").Compilation;
        var bare = program.WithReferences(Compiled.Framework).RemoveSyntaxTrees(program.SyntaxTrees[0]);

        Assert.Equal(["AgentLint.baseline.txt(1): AGL9006", "AgentLint.baseline.txt(2): AGL9006"], await Listed.ReportsAsync(bare, Both));
    }

    [Fact]
    public async Task A_line_holds_for_the_frameworks_that_it_names()
    {
        var one = Both.Split('\n')[0].Replace("AGL0601", "AGL0601@net8.0,net10.0");
        var mended = Compiled.From(Two.Replace("return model.GetResponseAsync(question).Result.Text;", "return (await model.GetResponseAsync(question)).Text;")).Compilation;

        Assert.Equal(["File1.cs(12): AGL0601"], await Listed.ReportsAsync(Compiled.From(Two).Compilation, one));
        Assert.Equal(["File1.cs(12): AGL0601"], await Listed.ReportsAsync(Compiled.From(Two).Compilation, one, "NET8.0"));
        Assert.Equal(["File1.cs(7): AGL0601", "File1.cs(12): AGL0601"], await Listed.ReportsAsync(Compiled.From(Two).Compilation, one, "net48"));
        Assert.Equal(["File1.cs(12): AGL0601"], await Listed.ReportsAsync(mended, one, "net48"));
        Assert.Equal(["AgentLint.baseline.txt(1): AGL9006", "File1.cs(12): AGL0601"], await Listed.ReportsAsync(mended, one, "net8.0"));
    }

    // ---- Editors --------------------------------------------------------------------------------------------------------

    [Fact]
    public async Task A_file_alone_has_the_reports_that_it_has_in_the_whole()
    {
        var program = Compiled.From(Two, Twins.Replace("Desk", "Counter")).Compilation;
        var baseline = Both.Split('\n')[0] + "\nAGL0601 M:Counter.Answer 2 Thread.Sleep(1);";
        var whole = await Listed.DiagnosticsAsync(program, baseline);

        foreach (var tree in program.SyntaxTrees)
        {
            var alone = await Listed.Driver(program, baseline).GetAnalyzerSemanticDiagnosticsAsync(program.GetSemanticModel(tree), null, TestContext.Current.CancellationToken);
            Assert.Equal(whole.Where(d => d.Location.SourceTree == tree).Select(Listed.Show), alone.Select(Listed.Show).Order(StringComparer.Ordinal));
        }

        Assert.Equal(["File1.cs(12): AGL0601", "File2.cs(6): AGL0601"], whole.Select(Listed.Show));
    }

    [Fact]
    public async Task An_editor_that_has_looked_at_one_file_calls_nothing_stale()
    {
        var program = Compiled.From(Two, "public class Other;").Compilation;
        var baseline = Both.Replace("first", "second");
        await Listed.Driver(program, baseline, analyzers: [new AGL0601_BlockingAgentCall()]).GetAnalyzerSemanticDiagnosticsAsync(program.GetSemanticModel(program.SyntaxTrees[1]), null, TestContext.Current.CancellationToken);

        Assert.Empty(await Listed.Driver(program, baseline, analyzers: [new AGL9006_StaleBaselineEntry()]).GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken));
        Assert.Equal(["AgentLint.baseline.txt(2): AGL9006", "File1.cs(12): AGL0601"], await Listed.ReportsAsync(program, baseline));
    }

    [Fact]
    public async Task A_baseline_that_is_edited_is_read_anew()
    {
        var program = Compiled.From(Two).Compilation;

        Assert.Empty(await Listed.ReportsAsync(program, Both));
        Assert.Equal(["File1.cs(12): AGL0601"], await Listed.ReportsAsync(program, Both.Split('\n')[0]));
        Assert.Empty(await Listed.ReportsAsync(program, Both));
    }

    // ---- Names ----------------------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("/src/AgentLint.baseline.txt", true)]
    [InlineData("AgentLint.Shop.baseline.txt", true)]
    [InlineData("C:\\src\\agentlint.BASELINE.txt", true)]
    [InlineData("/src/AgentLint.own.txt", false)]
    [InlineData("/src/baseline.txt", false)]
    [InlineData("/src/AgentLint.baseline.txt/notes.txt", false)]
    public async Task A_baseline_is_known_by_its_name(string path, bool isBaseline)
    {
        var reports = await Listed.DiagnosticsAsync(Compiled.From(Two).Compilation, Both, file: path);

        Assert.Equal(isBaseline ? 0 : 2, reports.Count(d => d.Id == "AGL0601"));
        // Nor is it a catalogue.
        Assert.Equal(isBaseline || !path.Contains("own", StringComparison.Ordinal) ? 0 : 2, reports.Count(d => d.Id == "AGL9002"));
    }

    [Fact]
    public async Task Who_writes_a_baseline_sees_everything_as_a_warning()
    {
        var program = Compiled.From("public class Desk(IChatClient model)\n{\n    int Length(string question) => model.GetResponseAsync(question).Result.Text.Length;\n}\n").Compilation;

        Assert.Equal(DiagnosticSeverity.Info, Assert.Single(await Listed.DiagnosticsAsync(program, null)).Severity);
        Assert.Equal(DiagnosticSeverity.Warning, Assert.Single(await Listed.DiagnosticsAsync(program, await Listed.WriteAsync(program), "Write")).Severity);
    }

    [Fact]
    public async Task Nobody_else_carries_a_line()
    {
        Assert.All(await Listed.DiagnosticsAsync(Compiled.From(Two).Compilation, null), report => Assert.Empty(report.Properties));
        Assert.All(await Listed.DiagnosticsAsync(Compiled.From(Two).Compilation, "# none"), report => Assert.Empty(report.Properties));
    }
}
