using Xunit;
using Listed = AgentLint.Tests.Baseline.Listed;

namespace AgentLint.Tests.Rules.Configuration;

/// <summary>A line of a baseline that lists nothing is reported where it stands, in every project.</summary>
public sealed class AGL9007Tests
{
    private const string Line = "AGL0601@net48 M:Desk.Answer 1 Thread.Sleep(1);";

    [Fact]
    public async Task A_line_that_cannot_be_read_is_reported_with_the_reason()
    {
        var report = Assert.Single(await ReportsAsync($"# ours\n  AGL601 M:Desk.Answer 1 x\t\n{Line}\n"));

        Assert.Equal("'AGL601' is not the id of a rule, so the line has no effect", report.GetMessage());
        Assert.Equal((Listed.File, 1, 2, 26), (report.Location.GetLineSpan().Path, report.Location.GetLineSpan().StartLinePosition.Line, report.Location.GetLineSpan().StartLinePosition.Character, report.Location.GetLineSpan().EndLinePosition.Character));
    }

    [Fact]
    public async Task A_line_that_is_there_twice_is_reported_once()
    {
        var report = Assert.Single(await ReportsAsync($"{Line}\n# again\n{Line.Replace("@net48", "@net8.0")}"));

        Assert.Equal("Line 1 lists the same finding, so the line has no effect", report.GetMessage());
        Assert.Equal(2, report.Location.GetLineSpan().StartLinePosition.Line);
    }

    [Fact]
    public async Task What_can_be_read_is_silent() => Assert.Empty(await ReportsAsync($"\n# why\n{Line}\n\n"));

    private static async Task<IReadOnlyList<Microsoft.CodeAnalysis.Diagnostic>> ReportsAsync(string baseline) =>
        await Listed.DiagnosticsAsync(Analysis.Compiled.From("public class Desk;").Compilation, baseline);
}
