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
    [InlineData("if (!Has(key)) {|#0:table[key] = await Make(key)|}; return \"\"; bool Has(string name) => table.ContainsKey(name);")]
    [InlineData("{|#0:table[key] = table[key] + await Make(key)|}; return \"\";", "use 'AddOrUpdate'")]
    [InlineData("{|#0:table[key] += await Make(key)|}; return \"\";", "use 'AddOrUpdate'")]
    [InlineData("{|#0:table[key] = table.GetValueOrDefault(key) + key|}; return \"\";", "use 'AddOrUpdate'")]
    [InlineData("{|#0:table[key] = table.TryGetValue(key, out var old) ? old + key : key|}; return \"\";", "use 'AddOrUpdate'")]
    public Task Looked_at_and_then_set(string code, string remedy = "use 'GetOrAdd' or 'TryAdd'") => In(code)
        .Expect(Info, $"The entry 'key' of 'Store.table' is changed based on what the same line read, so a change in between is lost ({remedy}); it is reached from 'Tools.Ask'").RunAsync();

    [Theory]
    [InlineData("{|#0:counts[key]++|};")]
    [InlineData("{|#0:++counts[key]|};")]
    [InlineData("{|#0:counts[key]--|};")]
    public Task Counted_in_the_table(string code) => In(code + " return \"\";")
        .Expect(Info, "The entry 'key' of 'Store.counts' is changed based on what the same line read, so a change in between is lost (use 'AddOrUpdate'); it is reached from 'Tools.Ask'").RunAsync();

    [Theory]
    [InlineData("if (lists.TryGetValue(key, out var list)) { list.Clear(); if (list.Count == 0) {|#0:lists.TryRemove(key, out _)|}; } return \"\";", "list.Clear")]
    [InlineData("if (lists.TryGetValue(key, out var list) && list.Count == 0 && {|#0:lists.TryRemove(key, out _)|}) return key; return \"\";", "")]
    public Task Removed_when_empty(string code, string _) => In(code)
        .Expect(Info, "The entry 'key' of 'Store.lists' is changed based on what the same line read, so a change in between is lost (remove exactly the pair that was checked, under a lock that additions hold too); it is reached from 'Tools.Ask'").RunAsync();

    [Theory]
    [InlineData("if (lists.TryGetValue(key, out var list)) lists.TryRemove(key, out _); return \"\";")]
    [InlineData("if (key.Length == 0) lists.TryRemove(key, out _); return \"\";")]
    [InlineData("if (lists.TryGetValue(key, out var list) && list.Count == 0) lists.TryRemove(new(key, list)); return \"\";")]
    [InlineData("if (lists.TryGetValue(\"a\", out var list) && list.Count == 0) lists.TryRemove(key, out _); return \"\";")]
    public Task Removed_for_another_reason(string code) => In(code).RunAsync();

    [Theory]
    [InlineData("if (!bills.TryGetValue(key, out var bill)) return \"\"; if (bill.Status != \"new\") return \"\"; {|#0:bill.Status = \"paid\"|}; return bill.Status;", "Status")]
    [InlineData("var bill = bills[key]; if (bill.Status == \"new\") {|#0:bill.Status = \"paid\"|}; return \"\";", "Status")]
    [InlineData("var bill = bills.Values.First(b => b.Status == key); {|#0:bill.Times++|}; return \"\";", "Times")]
    [InlineData("var bill = bills[key]; {|#0:bill.Times += key.Length|}; return \"\";", "Times")]
    public Task Object_in_the_table(string code, string member) => In(code)
        .Expect(Info, $"'{member}' of an object in 'Store.bills' is changed based on what the same line read, so a change in between is lost (hold a lock around both, or replace the object in one step); it is reached from 'Tools.Ask'").RunAsync();

    [Theory]
    [InlineData("var bill = bills[key]; bill.Status = \"paid\"; return bill.Status;")]
    [InlineData("var bill = bills[key]; lock (bill) { if (bill.Status == \"new\") bill.Status = \"paid\"; } return \"\";")]
    [InlineData("var bill = new Bill(); if (bill.Status == \"new\") bill.Status = \"paid\"; return bill.Status;")]
    [InlineData("var bill = bills.Values.Select(b => new Bill()).First(); bill.Times++; return \"\";")]
    [InlineData("var bill = bills[key]; if (bill.Times > 1) bill.Status = \"paid\"; return \"\";")]
    [InlineData("var own = new Dictionary<string, Bill>(); var bill = own[key]; bill.Times++; return \"\";")]
    public Task Object_that_is_guarded_or_own(string code) => In(code).RunAsync();

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
    // A helper that gives back what it has read.
    [InlineData("async Task<string> Read() => await cache.GetStringAsync(key) ?? \"\"; var old = await Read(); await {|#0:cache.SetStringAsync(key, old + key)|}; return \"\";")]
    [InlineData("var old = await Load(key); await {|#0:cache.SetStringAsync(key, old + key)|}; return \"\";")]
    // Two deliveries both find nothing, and both work.
    [InlineData("if (await cache.GetStringAsync(key) != null) return \"\"; await {|#0:cache.SetStringAsync(key, \"taken\")|}; return (await model.GetResponseAsync(key)).Text;")]
    [InlineData("var old = await cache.GetStringAsync(key); if (old == \"done\") return \"\"; await {|#0:cache.SetStringAsync(key, \"working\")|}; return (await model.GetResponseAsync(key)).Text;")]
    public Task Store_that_takes_what_comes_last(string code) => In(code)
        .Expect(Info, "The entry 'key' of 'Store.cache' is changed based on what the same line read, so a change in between is lost (use a version, an ETag or a lock); it is reached from 'Tools.Ask'").RunAsync();

    [Theory]
    [InlineData("var old = await cache.GetStringAsync(key); if (old == null) await cache.SetStringAsync(key, await Make(key)); return \"\";")]
    [InlineData("var old = await cache.GetStringAsync(\"a\"); await cache.SetStringAsync(key, old!); return \"\";")]
    [InlineData("await gate.WaitAsync(); try { var old = await cache.GetStringAsync(key); await cache.SetStringAsync(key, old + key); } finally { gate.Release(); } return \"\";")]
    [InlineData("await cache.SetStringAsync(key, key); return await cache.GetStringAsync(key) ?? \"\";")]
    public Task Store_that_nothing_is_made_of(string code) => In(code).RunAsync();

    [Fact]
    public Task Write_in_another_function_is_not_seen() =>
        In("async Task Write(string value) => await cache.SetStringAsync(key, value); var old = await cache.GetStringAsync(key); await Write(old + key); return \"\";").RunAsync();

    [Theory]
    [InlineData("lock (all) { if (all.Contains(key)) return key; } var made = await Make(key); lock (all) { {|#0:all.Add(made)|}; } return key;")]
    [InlineData("lock (all) if (all.Any(one => one == key)) return key; await Make(key); lock (all) {|#0:all.Add(key)|}; return key;")]
    public Task Looked_at_under_one_lock_and_changed_under_the_next(string code) => In(code)
        .Expect(Info, "'Store.all' is changed based on what the same line read, so a change in between is lost (check again under the lock that the change holds); it is reached from 'Tools.Ask'").RunAsync();

    [Theory]
    [InlineData("lock (all) { if (all.Contains(key)) return key; } var made = await Make(key); lock (all) { if (all.Contains(key)) return key; all.Add(made); } return key;")]
    [InlineData("lock (all) { if (all.Contains(key)) return key; all.Add(key); } return await Make(key);")]
    [InlineData("lock (all) { if (all.Contains(key)) return key; } lock (all) { all.Add(key); } return await Make(key);")]
    [InlineData("lock (all) { if (key == \"\") return key; } var made = await Make(key); lock (all) { all.Add(made); } return key;")]
    public Task Looked_at_and_changed_under_one_lock(string code) => In(code).RunAsync();

    [Theory]
    [InlineData("if (lists.TryGetValue(key, out var list)) lock (list) { list.Clear(); if (list.Count == 0) {|#0:lists.TryRemove(key, out _)|}; } return \"\";", true)]
    [InlineData("lock (all) if (lists.TryGetValue(key, out var list) && list.Count == 0) lists.TryRemove(key, out _); return \"\";", false)]
    public Task Removed_when_empty_under_a_lock(string code, bool isReported)
    {
        var test = In(code);
        return (isReported ? test.Expect(Info, "The entry 'key' of 'Store.lists' is changed based on what the same line read, so a change in between is lost (remove exactly the pair that was checked, under a lock that additions hold too); it is reached from 'Tools.Ask'") : test).RunAsync();
    }

    [Theory]
    [InlineData("{|#0:row.Count -= n|};")]
    [InlineData("{|#0:row.Count++|};")]
    [InlineData("{|#0:row.Parent!.Count -= n|};")]
    [InlineData("{|#0:row.Count = row.Count - n|};")]
    [InlineData("var left = row.Count - n; {|#0:row.Count = left|};")]
    public Task Row_that_is_read_changed_and_saved(string change) => Row(change)
        .Expect(Info, "'Count' of the row 'row' is changed based on what line 11 read, so a change in between is lost (update it in one database statement, or give the row a version); it is reached from 'Tools.Take'").RunAsync();

    [Theory]
    [InlineData("row.Name = \"a\";")]
    [InlineData("row.Count = n;")]
    [InlineData("row = new Item(); row.Count += n;")]
    [InlineData("var other = new Item(); other.Count += n;")]
    [InlineData("await using var t = await db.Database.BeginTransactionAsync(System.Data.IsolationLevel.Serializable); row.Count -= n;")]
    [InlineData("row.Count -= n;", "[System.ComponentModel.DataAnnotations.Timestamp] public byte[]? Version { get; set; }")]
    [InlineData("row.Count -= n;", "", "protected override void OnModelCreating(ModelBuilder b) => b.Entity<Item>().Property<uint>(\"v\").IsRowVersion();")]
    public Task Row_with_a_version_or_a_value_of_its_own(string change, string member = "", string model = "") => Row(change, member, model).RunAsync();

    private static RuleTest<AGL0707_CheckThenAct> Row(string change, string member = "", string model = "") => new RuleTest<AGL0707_CheckThenAct>($$"""
        using Microsoft.EntityFrameworkCore;
        using ModelContextProtocol.Server;

        [McpServerToolType]
        public class Tools(Db db)
        {
            [McpServerTool]
            public async Task Take(int id, int n)
            {
                if (n == 0) return;
                var row = await db.Items.FirstAsync(item => item.Id == id);
                {{change}}
                await db.SaveChangesAsync();
            }
        }

        public class Item { public int Id { get; set; } public string Name { get; set; } = ""; public int Count { get; set; } public Item? Parent { get; set; } {{member}} }
        public class Db(DbContextOptions<Db> options) : DbContext(options) { public DbSet<Item> Items { get; set; } = null!; {{model}} }
        """).Reference(Library.EntityFramework);

    private static RuleTest<AGL0707_CheckThenAct> In(string code) => new RuleTest<AGL0707_CheckThenAct>($$"""
        using System.Collections.Concurrent;
        using Microsoft.Extensions.AI;
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
            readonly ConcurrentDictionary<string, string> table = new(); readonly ConcurrentDictionary<string, int> counts = new(); readonly List<string> all = []; readonly ConcurrentDictionary<string, List<string>> lists = new(); readonly ConcurrentDictionary<string, Bill> bills = new(); readonly Microsoft.Extensions.AI.IChatClient model = null!; readonly SemaphoreSlim gate = new(1); readonly IDistributedCache cache = null!;

            public async Task<string> AskAsync(string key)
            {
                {{code}}
            }

            static Task<string> Make(string key) => Task.FromResult(key);
            async Task<string?> Load(string id) => await cache.GetStringAsync(id);
        }

        public class Bill { public string Status { get; set; } = "new"; public int Times { get; set; } }
        """).Reference(typeof(Microsoft.Extensions.Caching.Distributed.IDistributedCache));
}
