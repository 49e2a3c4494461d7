using AgentLint.Rules.Configuration;
using Microsoft.CodeAnalysis;
using Xunit;
using Listed = AgentLint.Tests.Baseline.Listed;

namespace AgentLint.Tests.Rules.Configuration;

/// <summary>What the report of a stale line is. When it is made is in <see cref="Baseline.BaselineTests"/>.</summary>
public sealed class AGL9006Tests
{
    private const string Line = "AGL0601 M:Desk.Answer 1 Thread.Sleep(1);";

    [Fact]
    public void Editors_know_that_only_builds_find_it() => Assert.Contains(WellKnownDiagnosticTags.CompilationEnd, AGL9006_StaleBaselineEntry.Rule.Descriptor.CustomTags);

    [Fact]
    public async Task A_line_without_a_finding_is_reported_in_the_baseline()
    {
        var stale = Assert.Single(await Listed.DiagnosticsAsync(Analysis.Compiled.From("public class Desk;").Compilation, "# a head\n\n  " + Line));

        Assert.Equal((Listed.File, 2, 2), (stale.Location.GetLineSpan().Path, stale.Location.GetLineSpan().StartLinePosition.Line, stale.Location.GetLineSpan().StartLinePosition.Character));
        Assert.Equal(DiagnosticSeverity.Warning, stale.Severity);
    }

    [Fact]
    public async Task Nothing_is_stale_where_the_baseline_is_written() =>
        Assert.Empty(await Listed.DiagnosticsAsync(Analysis.Compiled.From("public class Desk;").Compilation, Line, "write"));
}
