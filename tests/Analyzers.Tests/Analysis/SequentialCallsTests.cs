using AgentLint.Analysis.Concurrency;
using Xunit;

namespace AgentLint.Tests.Analysis;

/// <summary>Calls that wait for each other without need, as one sequence or several.</summary>
public sealed class SequentialCallsTests
{
    /// <summary>Each call is compared with all before it, and with the code between: without an end to that, a hundred calls in a method take seconds.</summary>
    [Fact]
    public void Long_sequence_is_told_in_parts()
    {
        var body = string.Concat(Enumerable.Range(0, 40).Select(i => $"var t{i} = (await chat.GetResponseAsync(\"{i}\" + text)).Text;\n"));
        var program = Compiled.From($"class Desk {{ public async Task Run(IChatClient chat, string text) {{ {body} }} }}");

        var sequences = SequentialCalls.Of(program.Model).In(program.Compilation.GetSemanticModel(program.Compilation.SyntaxTrees.Last()), 8, TestContext.Current.CancellationToken);

        Assert.Equal([16, 16, 8], sequences.Select(sequence => sequence.Calls.Length));
    }
}
