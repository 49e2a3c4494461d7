using AgentLint.Baseline;
using Xunit;

namespace AgentLint.Tests.Baseline;

/// <summary>The form of a baseline's lines: what is written is read.</summary>
public sealed class BaselineLineTests
{
    [Theory]
    [InlineData("AGL0601 M:Shop.Desk.Answer(System.String) 1 return model.Ask(question).Result;")]
    [InlineData("AGL0601@net48 - 12 #if x")]
    [InlineData("AGL0601@net48,net10.0-windows T:C 1 a  b")]
    public void A_line_is_written_as_it_is_read(string line)
    {
        Assert.Equal(line, BaselineLine.Parse(line, out var problem)?.ToString());
        Assert.Empty(problem);
    }

    [Theory]
    [InlineData("AGL601 M:C.M 1 code", "'AGL601' is not the id of a rule")]
    [InlineData("CA1822 M:C.M 1 code", "'CA1822' is not the id of a rule")]
    [InlineData("<<<<<<< ours", "'<<<<<<<' is not the id of a rule")]
    [InlineData("AGL0601", "The line does not have the form 'rule member ordinal code'")]
    [InlineData("AGL0601 M:C.M 1", "The line does not have the form 'rule member ordinal code'")]
    [InlineData("AGL0601 M:C.M first code", "'first' is not a positive number")]
    [InlineData("AGL0601 M:C.M 0 code", "'0' is not a positive number")]
    [InlineData("AGL0601 M:C.M 99999999999 code", "'99999999999' is not a positive number")]
    public void What_cannot_be_read_says_why(string line, string problem)
    {
        Assert.Null(BaselineLine.Parse(line, out var said));
        Assert.Equal(problem, said);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("  ", true)]
    [InlineData("  # why", true)]
    [InlineData("AGL0601 M:C.M 1 code # no comment", false)]
    public void Empty_lines_and_comments_say_nothing(string line, bool isSilent) => Assert.Equal(isSilent, BaselineLine.IsSilent(line));
}
