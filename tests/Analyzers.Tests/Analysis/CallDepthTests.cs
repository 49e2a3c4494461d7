using Microsoft.CodeAnalysis.Diagnostics;
using Xunit;

namespace AgentLint.Tests.Analysis;

public sealed class CallDepthTests
{
    [Theory]
    [InlineData(null, 8)]
    [InlineData("3", 3)]
    [InlineData(" 12 ", 12)]
    [InlineData("0", 1)]
    [InlineData("-1", 1)]
    [InlineData("1000", 64)]
    [InlineData("99999999999", 8)]
    [InlineData("deep", 8)]
    [InlineData("", 8)]
    public void Call_depth_is_read_from_the_configuration(string? value, int depth) =>
        Assert.Equal(depth, new RuleSettings(new Options(value == null ? [] : new() { ["agentlint.call_depth"] = value })).CallDepth);

    private sealed class Options(Dictionary<string, string> values) : AnalyzerConfigOptions
    {
#nullable disable
        public override bool TryGetValue(string key, out string value) => values.TryGetValue(key, out value);
#nullable restore
    }
}
