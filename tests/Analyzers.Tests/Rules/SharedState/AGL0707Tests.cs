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
    [InlineData("if (!memory.TryGetValue(key, out int count)) count = 0; {|#0:memory.Set(key, count + 1)|}; return \"\";")]
    [InlineData("var all = memory.Get<List<string>>(key) ?? []; all.Add(key); {|#0:memory.Set(key, all)|}; return \"\";")]
    [InlineData("var all = memory.Get<List<string>>(key); if (all == null) all = new List<string>(); all.Add(key); {|#0:memory.Set(key, all)|}; return \"\";")]
    [InlineData("if (memory.TryGetValue(key, out _)) return \"\"; {|#0:memory.Set(key, true)|}; return (await model.GetResponseAsync(key)).Text;")]
    public Task Cache_in_memory_that_takes_what_comes_last(string code) => In(code)
        .Expect(Info, "The entry 'key' of 'Store.memory' is changed based on what the same line read, so a change in between is lost (use a version, an ETag or a lock); it is reached from 'Tools.Ask'").RunAsync();

    [Theory]
    [InlineData("if (!memory.TryGetValue(key, out string? page)) { page = await Make(key); memory.Set(key, page); } return page!;")]
    [InlineData("var page = memory.Get<string>(key); if (page == null) { page = await Make(key); memory.Set(key, page); } return page;")]
    [InlineData("var page = await cache.GetStringAsync(key); if (page == null) { page = await Make(key); await cache.SetStringAsync(key, page); } return page;")]
    [InlineData("if (!memory.TryGetValue(\"other\", out int count)) count = 0; memory.Set(key, count + 1); return \"\";")]
    [InlineData("lock (all) { memory.TryGetValue(key, out int count); memory.Set(key, count + 1); } return await Make(key);")]
    public Task Cache_that_is_filled_or_locked(string code) => In(code).RunAsync();

    [Theory]
    [InlineData("var old = await cache.GetStringAsync(key); if (old == null) await cache.SetStringAsync(key, await Make(key)); return \"\";")]
    [InlineData("var old = await cache.GetStringAsync(\"a\"); await cache.SetStringAsync(key, old!); return \"\";")]
    [InlineData("await gate.WaitAsync(); try { var old = await cache.GetStringAsync(key); await cache.SetStringAsync(key, old + key); } finally { gate.Release(); } return \"\";")]
    [InlineData("await cache.SetStringAsync(key, key); return await cache.GetStringAsync(key) ?? \"\";")]
    public Task Store_that_nothing_is_made_of(string code) => In(code).RunAsync();

    [Theory]
    [InlineData("async Task Write(string value) => await cache.SetStringAsync(key, value); var old = await cache.GetStringAsync(key); await {|#0:Write(old + key)|}; return \"\";")]
    [InlineData("var old = await Load(key); var next = old + key; await {|#0:Save(key, next)|}; return \"\";")]
    public Task Store_that_a_helper_writes(string code) => In(code)
        .Expect(Info, "The entry 'key' of 'Store.cache' is changed based on what the same line read, so a change in between is lost (use a version, an ETag or a lock); it is reached from 'Tools.Ask'").RunAsync();

    [Fact]
    public Task Store_whose_client_is_made_for_the_call() => In("var made = new Maker().Build(); var old = await made.GetStringAsync(key); await {|#0:made.SetStringAsync(key, old + key)|}; return \"\"; } class Maker { public IDistributedCache Build() => null!;")
        .Expect(Info, "The entry 'key' of 'Store.made' is changed based on what the same line read, so a change in between is lost (use a version, an ETag or a lock); it is reached from 'Tools.Ask'").RunAsync();

    [Theory]
    [InlineData("var old = await Load(key); await Save(\"other\", old + key); return \"\";")]
    [InlineData("var old = await Load(key); await Save(key, key); return old ?? \"\";")]
    [InlineData("await gate.WaitAsync(); try { var old = await Load(key); await Save(key, old + key); } finally { gate.Release(); } return \"\";")]
    public Task Helper_that_writes_something_else_or_in_turn(string code) => In(code).RunAsync();

    [Theory]
    [InlineData("var all = Load(); all.Add(text); {|#0:Save(all)|};")]
    [InlineData("var all = JsonSerializer.Deserialize<List<string>>(File.ReadAllText(path))!; all.Add(text); {|#0:File.WriteAllText(path, JsonSerializer.Serialize(all))|};")]
    [InlineData("var all = Load(); await Task.Yield(); var some = all.Where(one => one != text).ToList(); {|#0:Save(some)|};")]
    public Task File_that_is_read_as_data_and_written_again(string code) => Files(code)
        .Expect(Info, "The file 'path' is changed based on what the same line read, so a change in between is lost (hold one lock from the read to the write); it is reached from 'Notes.Add'").RunAsync();

    [Theory]
    [InlineData("lock (gate) { var all = Load(); all.Add(text); Save(all); }")]
    [InlineData("var all = Load(); all.Add(text); File.WriteAllText(path + \".copy\", JsonSerializer.Serialize(all));")]
    [InlineData("Save([text]);")]
    [InlineData("_ = Load(); Save([text]);")]
    // An editor of the user's files.
    [InlineData("var old = File.ReadAllText(text); File.WriteAllText(text, old.Replace(\"a\", \"b\"));")]
    public Task File_that_is_written_in_turn_or_as_text(string code) => Files(code).RunAsync();

    [Theory]
    [InlineData("await {|#0:rows.ReplaceOneAsync(r => r.Id == id, row)|};", "r => r.Id == id")]
    [InlineData("await {|#0:rows.ReplaceOneAsync(Builders<Row>.Filter.Eq(r => r.Id, id), row)|};", "r => r.Id == id")]
    [InlineData("await rows.ReplaceOneAsync(r => r.Id == id && r.Version == row.Version, row);", "")]
    [InlineData("var other = new Row(); await rows.ReplaceOneAsync(r => r.Id == id, other);", "")]
    public Task Document_that_is_replaced(string write, string found)
    {
        var test = new RuleTest<AGL0707_CheckThenAct>($$"""
            using MongoDB.Driver;
            using ModelContextProtocol.Server;
            public class Row { public int Id { get; set; } public int Count { get; set; } public int Version { get; set; } }
            [McpServerToolType]
            public class Tools(IMongoCollection<Row> rows)
            {
                [McpServerTool]
                public async Task Take(int id, int n)
                {
                    var row = await rows.Find(r => r.Id == id).FirstAsync();
                    row.Count -= n;
                    {{write}}
                }
            }
            """).Reference(Library.Mongo);
        return (found == "" ? test : test.Expect(Info, "The entry of 'Tools.rows' is changed based on what line 10 read, so a change in between is lost (compare a version in the filter); it is reached from 'Tools.Take'")).RunAsync();
    }

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
        .Expect(Info, "'Count' of the row 'row' is changed based on what line 12 read, so a change in between is lost (update it in one database statement, or give the row a version); it is reached from 'Tools.Take'").RunAsync();

    [Theory]
    [InlineData("row.Name = \"a\";")]
    [InlineData("row.Count = n;")]
    [InlineData("row = new Item(); row.Count += n;")]
    [InlineData("var other = new Item(); other.Count += n;")]
    [InlineData("await using var t = await db.Database.BeginTransactionAsync(System.Data.IsolationLevel.Serializable); row.Count -= n;")]
    [InlineData("row.Count -= n;", "[System.ComponentModel.DataAnnotations.Timestamp] public byte[]? Version { get; set; }")]
    [InlineData("row.Count -= n;", "", "protected override void OnModelCreating(ModelBuilder b) => b.Entity<Item>().Property<uint>(\"v\").IsRowVersion();")]
    [InlineData("row.Count -= n;", "", "protected override void OnModelCreating(ModelBuilder b) => b.Entity(typeof(Item)).Property<uint>(\"v\").IsRowVersion();")]
    [InlineData("row.Count -= n;", "", "protected override void OnModelCreating(ModelBuilder b) => b.Entity(\"Shop.Item\", e => e.Property<uint>(\"v\").IsRowVersion());")]
    [InlineData("row.Count -= n;", "", "protected override void OnModelCreating(ModelBuilder b) => b.Entity<Item>(e => { var v = e.Property<uint>(\"v\"); v.IsRowVersion(); });")]
    [InlineData("row.Count -= n;", "", "void Version(Microsoft.EntityFrameworkCore.Metadata.Builders.PropertyBuilder b) => b.IsRowVersion();")]
    [InlineData("row.Count -= n;", "", "public class Of<T> : IEntityTypeConfiguration<T> where T : Item { public void Configure(Microsoft.EntityFrameworkCore.Metadata.Builders.EntityTypeBuilder<T> b) => b.Property<uint>(\"v\").IsRowVersion(); }")]
    [InlineData("await db.Database.ExecuteSqlRawAsync(\"SELECT 1 FROM Items WHERE Id = {0} FOR UPDATE\", id); row.Count -= n;")]
    [InlineData("var view = await db.Items.Select(i => new Item { Count = i.Count }).FirstAsync(); view.Count -= n;")]
    [InlineData("row.Lines.Add(new Item());")]
    [InlineData("row.Rename(\"a\");")]
    public Task Row_with_a_version_or_a_value_of_its_own(string change, string member = "", string model = "") => Row(change, member, model).RunAsync();

    [Theory]
    [InlineData("protected override void OnModelCreating(ModelBuilder b) => b.Entity<Other>().Property<uint>(\"v\").IsRowVersion();")]
    [InlineData("protected override void OnModelCreating(ModelBuilder b) => b.Entity(\"Identity.User\", e => e.Property<string>(\"ConcurrencyStamp\").IsConcurrencyToken());")]
    [InlineData("public class Of : IEntityTypeConfiguration<Other> { public void Configure(Microsoft.EntityFrameworkCore.Metadata.Builders.EntityTypeBuilder<Other> b) => b.Property<uint>(\"v\").IsRowVersion(); }")]
    public Task Row_beside_another_that_has_a_version(string model) => Row("{|#0:row.Count -= n|};", "", model)
        .Expect(Info, Changed("Count", "row")).RunAsync();

    [Theory]
    [InlineData("{|#0:row.Take(n)|};", "Count", "row")]
    [InlineData("var line = row.Lines.First(l => l.Id == n); {|#0:line.Count++|};", "Count", "line")]
    [InlineData("foreach (var line in row.Lines) {|#0:line.Count += n|};", "Count", "line")]
    [InlineData("{|#0:row.Tags.Add(\"a\")|};", "Tags", "row")]
    public Task Row_that_changes_itself_or_a_part(string change, string member, string row) => Row(change).Expect(Info, Changed(member, row)).RunAsync();

    [Theory]
    [InlineData("b.Entity<Item>().OwnsMany(i => i.Lines, l => l.ToJson())")]
    [InlineData("b.Entity<Item>(e => e.OwnsMany(i => i.Lines, l => { l.ToJson(\"lines\"); }))")]
    [InlineData("b.Entity<Item>().Property(i => i.Lines).HasConversion(l => l.Count, n => new List<Item>(n))")]
    [InlineData("b.Entity<Item>().OwnsMany(i => i.Lines)", false)]
    [InlineData("b.Entity<Item>().OwnsMany(i => i.Others, l => l.ToJson())", false)]
    public Task Row_with_a_list_in_one_column(string mapping, bool isReported = true)
    {
        var test = Row("{|#0:row.Lines.Add(new Item())|};", "public List<Item> Others { get; } = [];", $"protected override void OnModelCreating(ModelBuilder b) => {mapping};");
        return (isReported ? test.Expect(Info, Changed("Lines", "row")) : test).RunAsync();
    }

    private static string Changed(string member, string row) =>
        $"'{member}' of the row '{row}' is changed based on what line 12 read, so a change in between is lost (update it in one database statement, or give the row a version); it is reached from 'Tools.Take'";

    [Theory]
    [InlineData("var row = await items.FindAsync(id); {|#0:row.Count -= n|}; await items.UpdateAsync(row);")]
    [InlineData("var row = await items.FindAsync(id) ?? throw new System.Exception(); {|#0:row.Count -= n|}; await unit.SaveAsync();")]
    [InlineData("var row = await service.LoadAsync(id); {|#0:row.Count -= n|}; await unit.SaveAsync();")]
    [InlineData("var row = await items.CopyAsync(id); row.Count -= n; await unit.SaveAsync();", false)]
    [InlineData("var row = await items.FindAsync(id); row.Count = n; await unit.SaveAsync();", false)]
    [InlineData("var row = new Item(); row.Count -= n; await items.UpdateAsync(row);", false)]
    [InlineData("var row = await items.FindAsync(id); row.Count -= n; Left = row.Count;", false)]
    public Task Row_of_a_repository(string code, bool isReported = true)
    {
        var test = new RuleTest<AGL0707_CheckThenAct>($$"""
            using Microsoft.EntityFrameworkCore;
            using ModelContextProtocol.Server;
            [McpServerToolType]
            public class Tools(IItems items, IUnit unit, Service service)
            {
                public int Left;
                [McpServerTool] public async Task Take(int id, int n) { {{code}} }
            }
            public interface IUnit { Task SaveAsync(); }
            public class Unit(Db db) : IUnit { public Task SaveAsync() => db.SaveChangesAsync(); }
            public interface IItems { Task<Item> FindAsync(int id); Task<Item> CopyAsync(int id); Task UpdateAsync(Item item); }
            public class Items(Db db) : IItems
            {
                public async Task<Item> FindAsync(int id) { var item = await db.Items.FirstAsync(i => i.Id == id); return item; }
                public async Task<Item> CopyAsync(int id) => await db.Items.Select(i => new Item { Id = i.Id }).FirstAsync();
                public async Task UpdateAsync(Item item) { db.Update(item); await db.SaveChangesAsync(); }
            }
            public class Service(IItems items) { public async Task<Item> LoadAsync(int id) => await items.FindAsync(id); }
            public class Item { public int Id { get; set; } public int Count { get; set; } }
            public class Db(DbContextOptions<Db> options) : DbContext(options) { public DbSet<Item> Items { get; set; } = null!; }
            """).Reference(Library.EntityFramework);
        return (isReported ? test.Expect(Info, "'Count' of the row 'row' is changed based on what the same line read, so a change in between is lost (update it in one database statement, or give the row a version); it is reached from 'Tools.Take'") : test).RunAsync();
    }

    private static RuleTest<AGL0707_CheckThenAct> Files(string code) => new($$"""
        using System.Text.Json;
        using ModelContextProtocol.Server;
        [McpServerToolType]
        public class Notes
        {
            static readonly object gate = new();
            readonly string path = "notes.json";
            [McpServerTool] public async Task Add(string text) { {{code}} await Task.Yield(); }
            List<string> Load() { if (!File.Exists(path)) return []; var json = File.ReadAllText(path); return JsonSerializer.Deserialize<List<string>>(json) ?? []; }
            void Save(List<string> all) { var json = JsonSerializer.Serialize(all); File.WriteAllText(path, json); }
        }
        """);

    private static RuleTest<AGL0707_CheckThenAct> Row(string change, string member = "", string model = "") => new RuleTest<AGL0707_CheckThenAct>($$"""
        using Microsoft.EntityFrameworkCore;
        using ModelContextProtocol.Server;
        namespace Shop;

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

        public class Item { public int Id { get; set; } public string Name { get; set; } = ""; public int Count { get; set; } public Item? Parent { get; set; } public List<Item> Lines { get; } = []; public List<string> Tags { get; } = []; public void Take(int n) => Count -= n; public void Rename(string name) => Name = name; {{member}} }
        public class Other { public int Id { get; set; } }
        public class Db(DbContextOptions<Db> options) : DbContext(options) { public DbSet<Item> Items { get; set; } = null!; {{model}} }
        """).Reference(Library.EntityFramework);

    private static RuleTest<AGL0707_CheckThenAct> In(string code) => new RuleTest<AGL0707_CheckThenAct>($$"""
        using System.Collections.Concurrent;
        using Microsoft.Extensions.AI;
        using Microsoft.Extensions.Caching.Distributed;
        using Microsoft.Extensions.Caching.Memory;
        using ModelContextProtocol.Server;

        [McpServerToolType]
        public static class Tools
        {
            static readonly Store All = new();
            [McpServerTool] public static Task<string> Ask(string key, IDistributedCache cache) => All.AskAsync(key);
        }

        public class Store
        {
            readonly ConcurrentDictionary<string, string> table = new(); readonly ConcurrentDictionary<string, int> counts = new(); readonly List<string> all = []; readonly ConcurrentDictionary<string, List<string>> lists = new(); readonly ConcurrentDictionary<string, Bill> bills = new(); readonly Microsoft.Extensions.AI.IChatClient model = null!; readonly SemaphoreSlim gate = new(1); readonly IDistributedCache cache = null!; readonly IMemoryCache memory = null!;

            public async Task<string> AskAsync(string key)
            {
                {{code}}
            }

            static Task<string> Make(string key) => Task.FromResult(key);
            async Task<string?> Load(string id) => await cache.GetStringAsync(id);
            async Task Save(string id, string value) { var text = value.Trim(); await cache.SetStringAsync(id, text); }
        }

        public class Bill { public string Status { get; set; } = "new"; public int Times { get; set; } }
        """).Reference(typeof(Microsoft.Extensions.Caching.Distributed.IDistributedCache));
}
