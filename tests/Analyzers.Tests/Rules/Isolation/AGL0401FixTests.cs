using AgentLint.Fixes.Isolation;
using AgentLint.Rules.Isolation;
using Xunit;

namespace AgentLint.Tests.Rules.Isolation;

/// <summary>The calls run a few at a time, with the token in scope; where their results are used, nothing is offered.</summary>
public sealed class AGL0401FixTests
{
    [Theory]
    [InlineData(
        "await [|Task.WhenAll|](items.Select(item => model.GetResponseAsync(item))); // all",
        "await Parallel.ForEachAsync(items, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = token }, async (item, _) => await model.GetResponseAsync(item)); // all")]
    [InlineData(
        "await [|Task.WhenAll|](items.Where(i => i != \"\").Select(async item => await model.GetResponseAsync(item))).ConfigureAwait(false);",
        "await Parallel.ForEachAsync(items.Where(i => i != \"\"), new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = token }, async (item, _) => await model.GetResponseAsync(item)).ConfigureAwait(false);")]
    // Somebody wants the results, or there is more to a branch than one call.
    [InlineData("var all = await [|Task.WhenAll|](items.Select(item => model.GetResponseAsync(item)));", null)]
    [InlineData("await [|Task.WhenAll|](items.Select(async item => { await model.GetResponseAsync(item); }));", null)]
    [InlineData("var tasks = items.Select(item => model.GetResponseAsync(item)); await [|Task.WhenAll|](tasks);", null)]
    public Task Fan_out(string code, string? mended) =>
        new FixTest<AGL0401_UnboundedFanOut, AGL0401Fix_LimitDegree>(File(code), File(mended ?? code)).RunAsync("Run at most 8 at a time");

    private static string File(string code) => $$"""
        using System.Linq;
        using System.Threading;
        using System.Threading.Tasks;
        using Microsoft.Extensions.AI;

        public class Desk(IChatClient model)
        {
            public async Task RunAsync(string[] items, CancellationToken token)
            {
                {{code}}
            }
        }

        """;
}
