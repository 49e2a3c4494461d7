using AgentLint.Fixes.SharedState;
using AgentLint.Rules.SharedState;
using Xunit;

namespace AgentLint.Tests.Rules.SharedState;

/// <summary>What the fix of AGL0707 makes, and where it is not offered.</summary>
public sealed class AGL0707FixTests
{
    [Theory]
    [InlineData(
        "if (!table.TryGetValue(item, out var value)) { value = await Make(item); [|table[item] = value|]; } Console.WriteLine(value);",
        "if (!table.TryGetValue(item, out var value)) { value = await Make(item); value = table.GetOrAdd(item, value); } Console.WriteLine(value);")]
    [InlineData(
        "if (!table.ContainsKey(item)) [|table[item] = await Make(item)|];",
        "if (!table.ContainsKey(item)) table.TryAdd(item, await Make(item));")]
    public Task One_step(string code, string mended) =>
        new FixTest<AGL0707_CheckThenAct, AGL0707Fix_OneStep>(With(code), With(mended)) { AsksAllRules = true }.RunAsync("Set the entry in one step");

    [Theory]
    [InlineData("[|table[item] = table[item] + item|];")]
    [InlineData("[|table[item] += item|];")]
    [InlineData("if (!table.ContainsKey(item)) Console.WriteLine([|table[item] = await Make(item)|]);")]
    public Task New_value_is_made_of_the_old_one(string code) => new FixTest<AGL0707_CheckThenAct, AGL0707Fix_OneStep>(With(code), With(code)).RunAsync(null);

    private static string With(string code) => SharedProgram.With($$"""
        public class Store
        {
            readonly System.Collections.Concurrent.ConcurrentDictionary<string, string> table = new();

            public async Task AddAsync(string item)
            {
                await Task.Yield();
                {{code}}
            }

            static Task<string> Make(string item) => Task.FromResult(item);
        }
        """);
}
