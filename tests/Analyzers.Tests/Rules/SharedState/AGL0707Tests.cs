using AgentLint.Rules.SharedState;
using Xunit;
using static Microsoft.CodeAnalysis.DiagnosticSeverity;

namespace AgentLint.Tests.Rules.SharedState;

/// <summary>Entries that are looked at in one step and set in another.</summary>
public sealed class AGL0707Tests
{
    [Theory]
    [InlineData("if (!table.ContainsKey(key)) {|#0:table[key] = await Make(key)|}; return table[key];")]
    [InlineData("if (!table.TryGetValue(key, out var value)) { value = await Make(key); {|#0:table[key] = value|}; } return value;")]
    [InlineData("if (table.TryGetValue(key, out var value)) return value; value = await Make(key); {|#0:table[key] = value|}; return value;")]
    [InlineData("if (table.ContainsKey(key)) { return table[key]; } else { {|#0:table[key] = await Make(key)|}; } return \"\";")]
    [InlineData("{|#0:table[key] = table[key] + await Make(key)|}; return \"\";")]
    [InlineData("{|#0:table[key] += await Make(key)|}; return \"\";")]
    public Task Looked_at_and_then_set(string code) => In(code).Expect(Info, "'Store.table' is set by what line 18 saw of it, and others can have set it since; it is reached from 'Tools.Ask'").RunAsync();

    [Theory]
    [InlineData("return table.GetOrAdd(key, await Make(key));")]
    [InlineData("if (!table.ContainsKey(key)) table.TryAdd(key, await Make(key)); return table[key];")]
    [InlineData("table[key] = await Make(key); return \"\";")]
    [InlineData("if (table.ContainsKey(key)) table[key] = await Make(key); return \"\";")]
    [InlineData("if (!table.TryGetValue(key, out var value)) { value = key.Trim(); table[key] = value; } await Make(key); return value;")]
    [InlineData("if (!table.ContainsKey(\"other\")) table[key] = await Make(key); return \"\";")]
    [InlineData("await gate.WaitAsync(); try { if (!table.ContainsKey(key)) table[key] = await Make(key); } finally { gate.Release(); } return table[key];")]
    [InlineData("var own = new System.Collections.Concurrent.ConcurrentDictionary<string, string>(); if (!own.ContainsKey(key)) own[key] = await Make(key); return own[key];")]
    public Task One_step_or_nothing_seen(string code) => In(code).RunAsync();

    [Theory]
    [InlineData("var old = await cache.GetStringAsync(key); await {|#0:cache.SetStringAsync(key, old + key)|}; return \"\";")]
    [InlineData("var old = await cache.GetAsync(key); var next = old!.Append((byte)1).ToArray(); await {|#0:cache.SetAsync(key, next)|}; return \"\";")]
    public Task Store_that_takes_what_comes_last(string code) => In(code).Expect(Info, "'Store.cache' is set by what line 18 saw of it, and others can have set it since; it is reached from 'Tools.Ask'").RunAsync();

    [Theory]
    [InlineData("var old = await cache.GetStringAsync(key); if (old == null) await cache.SetStringAsync(key, await Make(key)); return \"\";")]
    [InlineData("var old = await cache.GetStringAsync(\"a\"); await cache.SetStringAsync(key, old!); return \"\";")]
    [InlineData("await gate.WaitAsync(); try { var old = await cache.GetStringAsync(key); await cache.SetStringAsync(key, old + key); } finally { gate.Release(); } return \"\";")]
    [InlineData("await cache.SetStringAsync(key, key); return await cache.GetStringAsync(key) ?? \"\";")]
    public Task Store_that_nothing_is_made_of(string code) => In(code).RunAsync();

    [Fact]
    public Task Read_in_another_function_is_not_seen() =>
        In("async Task<string> Read() => await cache.GetStringAsync(key) ?? \"\"; var old = await Read(); await cache.SetStringAsync(key, old + key); return \"\";").RunAsync();

    private static RuleTest<AGL0707_CheckThenAct> In(string code) => new RuleTest<AGL0707_CheckThenAct>($$"""
        using System.Collections.Concurrent;
        using Microsoft.Extensions.Caching.Distributed;
        using ModelContextProtocol.Server;

        [McpServerToolType]
        public static class Tools
        {
            static readonly Store All = new();
            [McpServerTool] public static Task<string> Ask(string key, IDistributedCache cache) => All.AskAsync(key);
        }

        public class Store
        {
            readonly ConcurrentDictionary<string, string> table = new(); readonly SemaphoreSlim gate = new(1); readonly IDistributedCache cache = null!;

            public async Task<string> AskAsync(string key)
            {
                {{code}}
            }

            static Task<string> Make(string key) => Task.FromResult(key);
        }
        """).Reference(typeof(Microsoft.Extensions.Caching.Distributed.IDistributedCache));
}
