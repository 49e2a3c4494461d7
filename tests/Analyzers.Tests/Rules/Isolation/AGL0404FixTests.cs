using AgentLint.Fixes.Isolation;
using AgentLint.Rules.Isolation;
using Xunit;

namespace AgentLint.Tests.Rules.Isolation;

/// <summary>The tasks are started once, into an array.</summary>
public sealed class AGL0404FixTests
{
    [Theory]
    [InlineData("var tasks = items.[|Select|](item => model.GetResponseAsync(item)); // all", "var tasks = items.Select(item => model.GetResponseAsync(item)).ToArray(); // all")]
    [InlineData("IEnumerable<Task> tasks = items.[|Select|](item => model.GetResponseAsync(item));", "IEnumerable<Task> tasks = items.Select(item => model.GetResponseAsync(item)).ToArray();")]
    [InlineData("var tasks = [|from item in items select model.GetResponseAsync(item)|];", "var tasks = (from item in items select model.GetResponseAsync(item)).ToArray();")]
    public Task Sequence(string code, string mended) => new FixTest<AGL0404_DeferredTaskSequence, AGL0404Fix_StoreTasks>(File(code), File(mended)).RunAsync("Start the tasks once with 'ToArray'");

    private static string File(string code) => $$"""
        using System.Collections.Generic;
        using System.Linq;
        using System.Threading.Tasks;
        using Microsoft.Extensions.AI;

        public class Desk(IChatClient model)
        {
            public async Task<int> RunAsync(string[] items)
            {
                {{code}}
                await Task.WhenAll(tasks);
                return tasks.Count();
            }
        }

        """;
}
