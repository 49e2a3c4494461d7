using AgentLint.Rules.SharedState;
using Microsoft.Extensions.Caching.Memory;
using Xunit;
using static Microsoft.CodeAnalysis.DiagnosticSeverity;

namespace AgentLint.Tests.Rules.SharedState;

/// <summary>State that tools, handlers and consumers change at the same time is reported where it is changed.</summary>
public sealed class AGL0703Tests
{
    private const string Singleton = "'Store' is registered by AddSingleton in Test1.cs";
    private const string Root = "from 'Tools.Add'";

    [Theory]
    [InlineData("Dictionary<string, int> counts = [];", "{|#0:counts[item]|} = 1;", "counts")]
    [InlineData("readonly Dictionary<string, int> counts = new();", "{|#0:counts.Add(item, 1)|};", "counts")]
    [InlineData("Dictionary<string, int> counts = [];", "if (!counts.ContainsKey(item)) {|#0:counts[item]|} = 1;", "counts")]
    [InlineData("Dictionary<string, int> counts = [];", "{|#0:counts[item]|}++;", "counts")]
    [InlineData("Dictionary<string, int>? counts = [];", "{|#0:counts?.Remove(item)|};", "counts")]
    [InlineData("IDictionary<string, int> counts = new Dictionary<string, int>();", "{|#0:counts.Remove(item)|};", "counts")]
    [InlineData("IList<string> items = [];", "{|#0:items.Add(item)|};", "items")]
    [InlineData("List<string> items { get; } = [];", "{|#0:items.Add(item)|};", "items")]
    [InlineData("HashSet<string> items = [];", "if ({|#0:items.Add(item)|}) return;", "items")]
    [InlineData("Queue<string> items = [];", "{|#0:items.Enqueue(item)|};", "items")]
    [InlineData("System.Text.StringBuilder log = new();", "{|#0:log.AppendLine(item)|};", "log")]
    [InlineData("int count;", "{|#0:count++|};", "count")]
    [InlineData("int count;", "{|#0:count += item.Length|};", "count")]
    [InlineData("int count;", "{|#0:count = count + 1|};", "count")]
    [InlineData("IEnumerable<string> items = [];", "{|#0:items = items.Append(item)|};", "items")]
    [InlineData("System.Collections.Immutable.ImmutableList<string> items = [];", "{|#0:items = items.Add(item)|};", "items")]
    [InlineData("public int Count { get; set; }", "{|#0:Count++|};", "Count")]
    // A lock that each call makes for itself, and one that lets several in, are none.
    [InlineData("int count;", "var gate = new SemaphoreSlim(4); int n = 0; lock (this) { n++; } {|#0:count++|};", "count")]
    [InlineData("int count; readonly SemaphoreSlim gate = new(4);", "await gate.WaitAsync(); try { {|#0:count++|}; } finally { gate.Release(); }", "count")]
    public Task Changed_by_calls_at_once(string member, string code, string name) =>
        In(member, code).Expect(Warning, $"'Store.{name}' is changed without a lock: {Singleton}, and it is reached {Root}").RunAsync();

    [Theory]
    // One call's text, read back when the next one's may be there.
    [InlineData("string? current;", "{|#0:current = item|}; await Task.Delay(1); Console.WriteLine(current);", "current")]
    [InlineData("readonly Dictionary<string, string> state = [];", "{|#0:state.Clear()|}; state[\"a\"] = item; await Task.Delay(1); Console.WriteLine(state.Count);", "state")]
    [InlineData("List<string> state = [];", "state = []; {|#0:state.Add(item)|}; await Task.Delay(1); Console.WriteLine(state.Count);", "state")]
    public Task Belongs_to_one_call(string member, string code, string name) => In(member, code)
        .Expect(Warning, $"'Store.{name}' holds data of one call, which the next call overwrites: {Singleton}, and it is reached {Root}").RunAsync();

    [Theory]
    // Nothing but looked up.
    [InlineData("static readonly Dictionary<string, int> Table = new() { [\"a\"] = 1 };", "Console.WriteLine(Table[item]);")]
    [InlineData("readonly Dictionary<string, int> table = new() { [\"a\"] = 1 };", "Console.WriteLine(table.TryGetValue(item, out var n) ? n : 0);")]
    [InlineData("readonly Dictionary<string, int> table; public Store() { table = []; table[\"a\"] = 1; }", "Console.WriteLine(table.Count);")]
    [InlineData("static readonly List<string> Names = []; static Store() { Names.Add(\"a\"); }", "Console.WriteLine(Names.Count);")]
    // Under a lock, here or in who calls.
    [InlineData("readonly object gate = new(); Dictionary<string, int> counts = [];", "lock (gate) { counts[item] = 1; }")]
    [InlineData("readonly object gate = new(); Dictionary<string, int> counts = []; void Set(string item) => counts[item] = 1;", "lock (gate) Set(item);")]
    [InlineData("readonly SemaphoreSlim gate = new(1); int count;", "await gate.WaitAsync(); try { count++; } finally { gate.Release(); }")]
    // Made for it.
    [InlineData("readonly System.Collections.Concurrent.ConcurrentDictionary<string, int> counts = new();", "counts[item] = 1;")]
    [InlineData("readonly IDictionary<string, int> counts = new System.Collections.Concurrent.ConcurrentDictionary<string, int>();", "counts[item] = 1;")]
    [InlineData("readonly System.Collections.Concurrent.ConcurrentBag<string> items = new();", "items.Add(item);")]
    [InlineData("int count;", "Interlocked.Increment(ref count);")]
    [InlineData("[ThreadStatic] static int count;", "count++;")]
    [InlineData("readonly AsyncLocal<string> current = new();", "current.Value = item;")]
    // One step, whose result nobody reads back.
    [InlineData("bool isOn;", "isOn = item == \"on\"; await Task.Delay(1); Console.WriteLine(isOn);")]
    [InlineData("string? last;", "last = item;")]
    [InlineData("string? loaded;", "loaded ??= await Task.FromResult(item);")]
    [InlineData("string? loaded;", "loaded = loaded ?? item;")]
    [InlineData("volatile string? last;", "last = item; await Task.Delay(1); Console.WriteLine(last);")]
    // A place of its own for each.
    [InlineData("readonly string[] slots = new string[8];", "slots[item.Length] = item;")]
    public Task Nothing_to_lose(string member, string code) => In(member, code).RunAsync();

    [Theory]
    [InlineData("foreach (var one in {|#0:items|}) Console.WriteLine(one);")]
    [InlineData("Console.WriteLine({|#0:items|}.Contains(item));")]
    [InlineData("Console.WriteLine({|#0:items|}.Select(one => one.Length).Sum());")]
    [InlineData("string[] all = [.. {|#0:items|}];")]
    [InlineData("Console.WriteLine({|#0:items|}[0]);")]
    public Task Reader_without_the_lock(string read) => In("readonly object gate = new(); readonly List<string> items = [];", "lock (gate) items.Add(item); " + read)
        .Expect(Warning, $"'Store.items' is read without the lock that line 20 holds while changing it: {Singleton}, and it is reached {Root}").RunAsync();

    [Theory]
    [InlineData("readonly object gate = new(); readonly List<string> items = []; public int Count => items.Count;", "lock (gate) items.Add(item);")]
    [InlineData("readonly object gate = new(); readonly List<string> items = [];", "lock (gate) items.Add(item); lock (gate) { foreach (var one in items) Console.WriteLine(one); }")]
    // Those who read have the old list, or the new one.
    [InlineData("readonly object gate = new(); List<string> items = [];", "lock (gate) items = [.. items, item]; foreach (var one in items) Console.WriteLine(one);")]
    public Task Reader_that_nothing_is_torn_for(string member, string code) => In(member, code).RunAsync();

    [Fact]
    public Task Two_writers_with_different_locks() =>
        In("readonly object gate = new(), other = new(); readonly List<string> items = []; public void Clear() { lock (other) items.Clear(); }", "lock (gate) {|#0:items.Add(item)|};")
        .Expect(Warning, $"'Store.items' is changed under one lock here and under another in line 15: {Singleton}, and it is reached {Root}").RunAsync();

    [Fact]
    public Task Two_writers_that_share_one_of_their_locks() =>
        In("readonly object gate = new(), other = new(); readonly List<string> items = []; public void Clear() { lock (other) lock (gate) items.Clear(); }", "lock (gate) items.Add(item);").RunAsync();

    [Theory]
    [InlineData("readonly Dictionary<string, List<string>> items = new() { [\"a\"] = [] };", "{|#0:items[\"a\"].Add(item)|};")]
    [InlineData("readonly System.Collections.Concurrent.ConcurrentDictionary<string, List<string>> items = new();", "{|#0:items.GetOrAdd(item, _ => []).Add(item)|};")]
    [InlineData("readonly System.Collections.Concurrent.ConcurrentDictionary<string, List<string>> items = new();", "if (items.TryGetValue(item, out var list)) {|#0:list.Add(item)|};")]
    public Task Collection_in_a_collection(string member, string code) => In(member, code)
        .Expect(Info, $"'Store.items' holds collections that are changed without a lock: {Singleton}, and it is reached {Root}").RunAsync();

    [Theory]
    [InlineData("readonly System.Collections.Concurrent.ConcurrentDictionary<string, List<string>> items = new();", "var list = items.GetOrAdd(item, _ => []); lock (list) list.Add(item);")]
    [InlineData("readonly System.Collections.Concurrent.ConcurrentDictionary<string, System.Collections.Concurrent.ConcurrentBag<string>> items = new();", "items.GetOrAdd(item, _ => []).Add(item);")]
    [InlineData("readonly System.Collections.Concurrent.ConcurrentDictionary<string, List<string>> items = new();", "var own = new List<string>(items.Keys); own.Add(item);")]
    [InlineData("readonly System.Collections.Concurrent.ConcurrentDictionary<string, List<string>> items = new();", "var own = items.Values.Select(one => one.Count).ToList(); own.Add(1);")]
    public Task Collection_in_a_collection_that_is_guarded_or_own(string member, string code) => In(member, code).RunAsync();

    [Theory]
    [InlineData("var list = cache.GetOrCreate(item, _ => new List<string>())!; {|#0:list.Add(item)|};")]
    [InlineData("if (cache.TryGetValue(item, out List<string>? list)) {|#0:list!.Add(item)|};")]
    [InlineData("var list = cache.Get<List<string>>(item) ?? []; {|#0:list.Add(item)|}; cache.Set(item, list);")]
    public Task Collection_in_a_memory_cache(string code) => Cache(code)
        .Expect(Info, $"'Store.cache' holds collections that are changed without a lock: the cache gives the same object to all calls, and it is reached {Root}").RunAsync();

    [Theory]
    [InlineData("var list = cache.GetOrCreate(item, _ => new List<string>())!; lock (list) list.Add(item);")]
    [InlineData("var own = new List<string>(cache.Get<List<string>>(item)!); own.Add(item); cache.Set(item, own);")]
    [InlineData("var own = cache.Get<List<string>>(item)!.Select(one => one.Trim()).ToList(); own.Add(item);")]
    [InlineData("var bag = cache.GetOrCreate(item, _ => new System.Collections.Concurrent.ConcurrentBag<string>())!; bag.Add(item);")]
    public Task Collection_in_a_memory_cache_that_is_guarded_or_copied(string code) => Cache(code).RunAsync();

    // The agent calls the one provider that it was made with in the runs of all sessions.
    [Theory]
    [InlineData("var agent = new ChatClientAgent(client, new ChatClientAgentOptions { AIContextProviders = [new Memory()] }); app.MapPost(\"/ask\", (string text) => agent.RunAsync(text));", true)]
    [InlineData("app.MapPost(\"/ask\", (string text) => new ChatClientAgent(client, new ChatClientAgentOptions { AIContextProviders = [new Memory()] }).RunAsync(text));", false)]
    public Task Provider_of_an_agent(string setup, bool isShared)
    {
        var test = new RuleTest<AGL0703_UnguardedToolState>($$"""
            using Microsoft.Agents.AI;
            using Microsoft.AspNetCore.Builder;
            using Microsoft.Extensions.AI;

            public class Memory : AIContextProvider
            {
                private readonly List<string> said = [];

                protected override ValueTask<AIContext> ProvideAIContextAsync(InvokingContext context, CancellationToken cancellationToken = default)
                {
                    {{(isShared ? "{|#0:said.Add(\"x\")|}" : "said.Add(\"x\")")}};
                    return new(new AIContext());
                }
            }

            public static class Program
            {
                public static void Main(string[] args)
                {
                    var app = WebApplication.CreateBuilder(args).Build();
                    IChatClient client = null!;
                    {{setup}}
                    app.Run();
                }
            }
            """).Reference(Library.AgentFramework, Library.AspNetCore);
        test.TestState.OutputKind = Microsoft.CodeAnalysis.OutputKind.ConsoleApplication;
        return (isShared
            ? test.Expect(Warning, "'Memory.said' is changed without a lock: one 'Memory' serves all sessions of its agent, and it is reached from 'Memory.ProvideAIContextAsync'")
            : test).RunAsync();
    }

    private static RuleTest<AGL0703_UnguardedToolState> Cache(string code) => new RuleTest<AGL0703_UnguardedToolState>($$"""
        using Microsoft.Extensions.Caching.Memory;
        using Microsoft.Extensions.DependencyInjection;
        using ModelContextProtocol.Server;

        [McpServerToolType]
        public class Tools(Store store)
        {
            [McpServerTool] public void Add(string item) => store.Add(item);
        }

        public class Store(IMemoryCache cache)
        {
            public void Add(string item)
            {
                {{code}}
            }
        }

        static class Setup { static void Add(IServiceCollection services) { services.AddScoped<Store>(); } }
        """).Reference(typeof(IMemoryCache));

    [Theory]
    [InlineData("services.AddScoped<Store>();")]
    [InlineData("services.AddTransient<Store>();")]
    [InlineData("services.AddSingleton<Store>(); services.AddScoped<Store>();")]
    [InlineData("")]
    public Task Each_call_has_its_own(string registration) => In("int count;", "count++;", registration).RunAsync();

    [Theory]
    [InlineData("services.AddSingleton(new Store());", "AddSingleton")]
    [InlineData("services.AddSingleton<IDisposable>(_ => new Store());", "AddSingleton")]
    [InlineData("services.AddSingleton<IDisposable, Store>();", "AddSingleton")]
    [InlineData("services.AddKeyedSingleton<Store>(\"one\");", "AddKeyedSingleton")]
    [InlineData("services.TryAddSingleton<Store>();", "TryAddSingleton")]
    [InlineData("services.Add(ServiceDescriptor.Singleton<Store, Store>());", "Singleton")]
    public Task Registered_as_one(string registration, string by) => In("int count;", "{|#0:count++|};", registration)
        .Expect(Warning, $"'Store.count' is changed without a lock: 'Store' is registered by {by} in Test1.cs, and it is reached {Root}").RunAsync();

    [Fact]
    public Task Static_state_is_one() => In("static int count;", "{|#0:count++|};", "services.AddScoped<Store>();")
        .Expect(Warning, $"'Store.count' is changed without a lock: it is static, and it is reached {Root}").RunAsync();

    [Fact]
    public Task Places_are_said() => new RuleTest<AGL0703_UnguardedToolState>("""
        using Microsoft.Extensions.DependencyInjection;
        using ModelContextProtocol.Server;

        [McpServerToolType]
        public class Tools(Store store)
        {
            [McpServerTool] public void {|#3:Add|}() => store.Add();
        }

        public class Store
        {
            int {|#1:count|};
            public void Add() => {|#0:count++|};
        }

        static class Setup { static void Add(IServiceCollection services) => {|#2:services.AddSingleton<Store>()|}; }
        """).ExpectPath(Warning, $"'Store.count' is changed without a lock: 'Store' is registered by AddSingleton in Test0.cs, and it is reached {Root}", 0, 1, 2, 3).RunAsync();

    [Fact]
    public Task Some_hold_the_lock_and_others_forget_it() => In(
        "readonly object gate = new(); int count; public void Other() { lock (gate) count--; }", "{|#0:count++|};")
        .Expect(Warning, $"'Store.count' is changed without the lock that line 15 holds: {Singleton}, and it is reached {Root}").RunAsync();

    [Fact]
    public Task Static_holder_is_one() => new RuleTest<AGL0703_UnguardedToolState>("""
        using ModelContextProtocol.Server;

        [McpServerToolType]
        public static class Tools
        {
            static readonly Store All = new();
            [McpServerTool] public static void Add() => All.Add();
        }

        public class Store
        {
            int count;
            public void Add() => {|#0:count++|};
        }
        """).Expect(Warning, "'Store.count' is changed without a lock: 'Tools.All' is static, and it is reached from 'Tools.Add'").RunAsync();

    [Fact]
    public Task Tool_that_is_made_for_each_call() => new RuleTest<AGL0703_UnguardedToolState>("""
        using Microsoft.Extensions.DependencyInjection;
        using ModelContextProtocol.Server;

        [McpServerToolType]
        public class Tools
        {
            int count;
            [McpServerTool] public int Add() => ++count;
        }

        static class Setup { static void Add(IServiceCollection services) => services.AddMcpServer().WithTools<Tools>(); }
        """).RunAsync();

    [Fact]
    public Task Registration_in_a_test_counts_for_no_program() => new RuleTest<AGL0703_UnguardedToolState>("""
        using Microsoft.Extensions.DependencyInjection;
        using ModelContextProtocol.Server;
        using Xunit;

        [McpServerToolType]
        public class Tools(Store store)
        {
            [McpServerTool] public void Add() => store.Add();
        }

        public class Store
        {
            int count;
            public void Add() => count++;
        }

        public class StoreTests
        {
            [Fact] public void Adds() => new ServiceCollection().AddSingleton<Store>();
        }
        """).Reference(typeof(FactAttribute)).RunAsync();

    [Fact]
    public Task Function_whose_object_is_made_for_each_call() => new RuleTest<AGL0703_UnguardedToolState>("""
        using Microsoft.AspNetCore.Mvc;
        using Microsoft.Extensions.DependencyInjection;

        public class Orders
        {
            int count;
            [HttpPost] public int Post() => ++count;
        }

        static class Setup { static void Add(IServiceCollection services) => services.AddSingleton<Orders>(); }
        """).Reference(typeof(Microsoft.AspNetCore.Mvc.HttpPostAttribute), typeof(Microsoft.AspNetCore.Mvc.ActionContext)).RunAsync();

    [Fact]
    public Task Tools_of_one_object_that_is_handed_over() => new RuleTest<AGL0703_UnguardedToolState>("""
        using Microsoft.Extensions.DependencyInjection;
        using ModelContextProtocol.Server;

        [McpServerToolType]
        public class Tools
        {
            int count;
            [McpServerTool] public int Add() => {|#0:++count|};
        }

        static class Setup { static void Add(IServiceCollection services) => services.AddMcpServer().WithTools(new Tools()); }
        """).Expect(Warning, "'Tools.count' is changed without a lock: one 'Tools' is passed to WithTools in Test0.cs, and it is reached from 'Tools.Add'").RunAsync();

    [Fact]
    public Task Plugin_of_a_library_may_be_shared() => new RuleTest<AGL0703_UnguardedToolState>("""
        using Microsoft.SemanticKernel;

        public class Notes
        {
            readonly List<string> all = [];
            [KernelFunction] public void Add(string note) => {|#0:all.Add(note)|};
        }
        """).Reference(Library.SemanticKernel)
        .Expect(Info, "'Notes.all' is changed without a lock: nothing shows that each call has its own 'Notes', and it is reached from 'Notes.Add'").RunAsync();

    [Fact]
    public Task Static_state_of_a_librarys_plugin_is_shared_whoever_makes_it() => new RuleTest<AGL0703_UnguardedToolState>("""
        using Microsoft.SemanticKernel;

        public class Notes
        {
            static readonly List<string> All = [];
            [KernelFunction] public void Add(string note) => {|#0:All.Add(note)|};
        }
        """).Reference(Library.SemanticKernel)
        .Expect(Warning, "'Notes.All' is changed without a lock: it is static, and it is reached from 'Notes.Add'").RunAsync();

    [Theory]
    [InlineData("var notes = new Notes(); var kernel = new Kernel(); kernel.ImportPluginFromObject(notes);")]
    [InlineData("Notes notes = new(); notes.Add(\"a\");")]
    public Task One_person_at_a_console(string code)
    {
        var test = new RuleTest<AGL0703_UnguardedToolState>($$"""
            using Microsoft.SemanticKernel;

            {{code}}

            public class Notes
            {
                readonly List<string> all = [];
                [KernelFunction] public void Add(string note) => all.Add(note);
            }
            """).Reference(Library.SemanticKernel);
        test.TestState.OutputKind = Microsoft.CodeAnalysis.OutputKind.ConsoleApplication;
        return test.RunAsync();
    }

    [Theory]
    [InlineData("public void Fill(IServiceCollection services)")]
    [InlineData("public Store()")]
    public Task Filled_at_the_start(string start) => In($"static readonly List<string> Names = []; {start} {{ Names.Add(\"a\"); }}", "Console.WriteLine(Names.Count);").RunAsync();

    [Theory]
    [InlineData("Microsoft.Extensions.Hosting.IHostedService", "public Task StartAsync(CancellationToken token) { count++; return Task.CompletedTask; } public Task StopAsync(CancellationToken token) => Task.CompletedTask;")]
    [InlineData("IAsyncDisposable", "public ValueTask DisposeAsync() { count--; return default; }")]
    public Task Run_once(string type, string code) => new RuleTest<AGL0703_UnguardedToolState>($$"""
        using Microsoft.Extensions.DependencyInjection;
        using Microsoft.Extensions.AI;

        public class Worker : {{type}}
        {
            int count;
            {{code}}
        }

        static class Setup { static void Add(IServiceCollection services) => services.AddSingleton<Worker>(); }
        """).RunAsync();

    [Fact]
    public Task Whoever_resolves_a_singleton_of_a_library_calls_it() => new RuleTest<AGL0703_UnguardedToolState>("""
        using Microsoft.Extensions.DependencyInjection;

        public class Store
        {
            readonly Dictionary<string, string> all = [];
            public async Task<string> GetAsync(string key)
            {
                await Task.Yield();
                return {|#0:all[key]|} = key;
            }
            public void Register(string key) => all.Remove(key);
        }

        static class Setup { static void Add(IServiceCollection services) => services.AddSingleton<Store>(); }
        """).Expect(Warning, "'Store.all' is changed without a lock: 'Store' is registered by AddSingleton in Test0.cs, and it is reached by any caller of 'Store.GetAsync'").RunAsync();

    [Fact]
    public Task What_a_library_is_told_may_be_told_at_the_start() => new RuleTest<AGL0703_UnguardedToolState>("""
        using Microsoft.Extensions.DependencyInjection;

        public class Store
        {
            readonly Dictionary<string, string> all = [];
            public void Register(string key) => {|#0:all[key]|} = key;
        }

        static class Setup { static void Add(IServiceCollection services) => services.AddSingleton<Store>(); }
        """).Expect(Info, "'Store.all' is changed without a lock: 'Store' is registered by AddSingleton in Test0.cs, and it is reached by any caller of 'Store.Register'").RunAsync();

    [Theory]
    [InlineData("public static void Register(string key) => all[key] = key;", false)]
    [InlineData("public static async Task LoadAsync(string key) { await Task.Yield(); {|#0:all[key]|} = key; }", true)]
    public Task Static_table_of_a_library(string method, bool isReported)
    {
        var test = new RuleTest<AGL0703_UnguardedToolState>($$"""
            public static class Store
            {
                static readonly Dictionary<string, string> all = [];
                {{method}}
            }
            """);
        return (isReported ? test.Expect(Info, "'Store.all' is changed without a lock: it is static, and it is reached by any caller of 'Store.LoadAsync'") : test).RunAsync();
    }

    [Theory]
    [InlineData("readonly Sources sources = new();")]
    [InlineData("readonly Sources sources; public Desk() { sources = new Sources(); }")]
    [InlineData("Sources Sources { get; } = new();", "Sources")]
    [InlineData("readonly Holder holder = new(); Sources Sources => holder.Sources;", "Sources", "'Holder' keeps one 'Sources', and 'Desk' keeps one 'Holder', and 'Desk' is registered by AddSingleton in Test0.cs")]
    public Task Kept_by_a_shared_object(string member, string name = "sources", string owner = "'Desk' keeps one 'Sources', and 'Desk' is registered by AddSingleton in Test0.cs") =>
        Kept(member, $"{name}.Set(text);", "services.AddSingleton<Desk>();").Expect(Warning, $"'Sources.all' is changed without a lock: {owner}, and it is reached from 'Tools.Ask'").RunAsync();

    [Theory]
    // The object's holder is one request's own.
    [InlineData("readonly Sources sources = new();", "sources.Set(text);", "services.AddScoped<Desk>();")]
    // Made for each call, also where one is kept elsewhere.
    [InlineData("", "new Sources().Set(text);", "services.AddSingleton<Desk>();")]
    [InlineData("readonly Sources sources = new(); Sources Own() => new Sources();", "Own().Set(text);", "services.AddSingleton<Desk>();")]
    [InlineData("readonly Func<Sources> make = () => new Sources();", "make().Set(text);", "services.AddSingleton<Desk>();")]
    public Task Not_kept_by_a_shared_object(string member, string code, string registration) => Kept(member, code, registration).RunAsync();

    private static RuleTest<AGL0703_UnguardedToolState> Kept(string member, string code, string registration) => new($$"""
        using Microsoft.Extensions.DependencyInjection;
        using ModelContextProtocol.Server;

        [McpServerToolType]
        public class Tools(Desk desk)
        {
            [McpServerTool] public void Ask(string text) => desk.Ask(text);
        }

        public class Desk
        {
            {{member}}
            public void Ask(string text) { {{code}} }
        }

        {{(member.Contains("Holder", StringComparison.Ordinal) ? "public class Holder { public Sources Sources { get; } = new(); }" : "")}}

        public class Sources
        {
            readonly List<string> all = [];
            public void Set(string text) { {|#0:all.Add(text)|}; }
        }

        static class Setup { static void Add(IServiceCollection services) { {{registration}} } }
        """);

    [Theory]
    [InlineData("static readonly Lazy<Store> One = new(() => new Store()); public static Store Instance => One.Value;", "One")]
    [InlineData("static Store? one; public static Store Instance => one ??= new Store();", "one")]
    [InlineData("static Store? one; public static Store Instance { get { if (one == null) one = new Store(); return one; } }", "one")]
    public Task Lazy_holder_is_one(string member, string name) => new RuleTest<AGL0703_UnguardedToolState>($$"""
        using ModelContextProtocol.Server;

        [McpServerToolType]
        public static class Tools
        {
            [McpServerTool] public static void Add() => Store.Instance.Add();
        }

        public class Store
        {
            {{member}}
            int count;
            public void Add() => {|#0:count++|};
        }
        """).Expect(Warning, $"'Store.count' is changed without a lock: 'Store.{name}' is static, and it is reached from 'Tools.Add'").RunAsync();

    [Theory]
    [InlineData("static int count; public Task Add() { {|#0:count++|}; return Task.CompletedTask; }", true)]
    [InlineData("int count; public Task Add() { count++; return Task.CompletedTask; }", false)]
    [InlineData("static readonly object gate = new(); static int count; public Task Add() { lock (gate) count++; return Task.CompletedTask; }", false)]
    public Task Objects_that_take_turns_share_what_is_static(string code, bool isReported)
    {
        var test = new RuleTest<AGL0703_UnguardedToolState>($$"""
            public interface IDesk : Orleans.IGrainWithStringKey { Task Add(); }
            public class Desk : Orleans.Grain, IDesk { {{code}} }
            """).Reference(Library.Orleans);
        return (isReported ? test.Expect(Warning, "'Desk.count' is changed without a lock: it is static, and it is reached from 'Desk.Add'") : test).RunAsync();
    }

    [Theory]
    [InlineData("public static IServiceCollection AddStore(this IServiceCollection services, Action<Settings> set) { var s = new Settings(); set(s); return services.AddSingleton(s); }", false)]
    [InlineData("public static IServiceCollection AddStore(this IServiceCollection services) => services.AddSingleton(new Settings());", true)]
    public Task Changed_before_it_is_shared(string registration, bool isReported)
    {
        var test = new RuleTest<AGL0703_UnguardedToolState>($$"""
            using Microsoft.Extensions.DependencyInjection;

            public class Settings
            {
                readonly List<string> names = [];
                public Settings Use(string name) { {|#0:names.Add(name)|}; return this; }
            }

            public static class Setup { {{registration}} }
            """);
        return (isReported ? test.Expect(Warning, "'Settings.names' is changed without a lock: 'Settings' is registered by AddSingleton in Test0.cs, and it is reached by any caller of 'Settings.Use'") : test).RunAsync();
    }

    [Fact]
    public Task Routes_have_names() => new RuleTest<AGL0703_UnguardedToolState>("""
        using Microsoft.AspNetCore.Builder;
        using Microsoft.AspNetCore.Routing;

        public static class Api
        {
            static int count;
            public static void Map(IEndpointRouteBuilder app) => app.MapPost("/deposit", () => {|#0:count++|});
        }
        """).Reference(Library.AspNetCore)
        .Expect(Warning, "'Api.count' is changed without a lock: it is static, and it is reached from 'POST /deposit'").RunAsync();

    [Fact]
    public Task Behind_an_interface_with_two_implementations() => new RuleTest<AGL0703_UnguardedToolState>("""
        using Microsoft.Extensions.DependencyInjection;
        using ModelContextProtocol.Server;

        [McpServerToolType]
        public class Tools(IStore store)
        {
            [McpServerTool] public void Add() => store.Add();
        }

        public interface IStore { void Add(); }
        public class Nothing : IStore { public void Add() { } }
        public class Store : IStore
        {
            int count;
            public void Add() => {|#0:count++|};
        }

        static class Setup { static void Add(IServiceCollection services) => services.AddSingleton<IStore, Store>(); }
        """).Expect(Warning, $"'Store.count' is changed without a lock: 'Store' is registered by AddSingleton in Test0.cs, and it is reached {Root}").RunAsync();

    [Fact]
    public Task Consumers_of_messages_run_at_once() => new RuleTest<AGL0703_UnguardedToolState>("""
        using MassTransit;

        public record Order(string Id);

        public class Orders : IConsumer<Order>
        {
            static readonly List<string> Seen = [];
            public Task Consume(ConsumeContext<Order> context)
            {
                {|#0:Seen.Add(context.Message.Id)|};
                return Task.CompletedTask;
            }
        }
        """).Expect(Warning, "'Orders.Seen' is changed without a lock: it is static, and it is reached from 'Orders.Consume'").RunAsync();

    [Fact]
    public Task File_of_one_name_for_all_calls() => new RuleTest<AGL0703_UnguardedToolState>("""
        using ModelContextProtocol.Server;

        [McpServerToolType]
        public static class Tools
        {
            const string Name = "data.csv";
            [McpServerTool] public static async Task Run(string text) => await {|#0:File.WriteAllTextAsync(Name, text)|};
            [McpServerTool] public static void Own(string text) => File.WriteAllText(Path.GetTempFileName(), text);
            [McpServerTool] public static void Fixed() => File.WriteAllText(Name, "ready");
        }
        """).Expect(Info, "'data.csv' is changed without a lock: all calls use the same file, and it is reached from 'Tools.Run'").RunAsync();

    [Theory]
    [InlineData("foreach (var (id, socket) in sockets.ToArray()) await {|#0:Sender.TrySendAsync(socket, data)|};")]
    [InlineData("foreach (var socket in sockets.Values) await {|#0:socket.SendAsync(data, WebSocketMessageType.Text, true, default)|};")]
    [InlineData("if (sockets.TryGetValue(text, out var socket)) await {|#0:Sender.TrySendAsync(socket, data)|};")]
    [InlineData("await {|#0:sockets[text].SendAsync(data, WebSocketMessageType.Text, true, default)|};")]
    [InlineData("await {|#0:one.SendAsync(data, WebSocketMessageType.Text, true, default)|};", true, "one")]
    [InlineData("await gate.WaitAsync(); try { await one.SendAsync(data, WebSocketMessageType.Text, true, default); } finally { gate.Release(); }", false)]
    [InlineData("var own = new ClientWebSocket(); await own.SendAsync(data, WebSocketMessageType.Text, true, default);", false)]
    [InlineData("await one.ReceiveAsync(new byte[8], default);", false)]
    public Task Socket_that_several_send_through(string code, bool isReported = true, string member = "sockets")
    {
        var test = new RuleTest<AGL0703_UnguardedToolState>($$"""
            using System.Collections.Concurrent;
            using System.Net.WebSockets;
            using ModelContextProtocol.Server;
            [McpServerToolType]
            public static class Tools
            {
                static readonly Hub hub = new();
                [McpServerTool] public static Task Tell(string text) => hub.TellAsync(text);
            }
            public class Hub
            {
                readonly ConcurrentDictionary<string, WebSocket> sockets = new();
                readonly ClientWebSocket one = new();
                readonly SemaphoreSlim gate = new(1);
                public async Task TellAsync(string text) { ArraySegment<byte> data = System.Text.Encoding.UTF8.GetBytes(text); {{code}} }
            }
            static class Sender
            {
                public static async Task<bool> TrySendAsync(WebSocket socket, ArraySegment<byte> data) { await socket.SendAsync(data, WebSocketMessageType.Text, true, default); return true; }
            }
            """);
        return (isReported ? test.Expect(Info, $"'Hub.{member}' sends without a lock, and one send has to end before the next: 'Tools.hub' is static, and it is reached from 'Tools.Tell'") : test).RunAsync();
    }

    [Theory]
    [InlineData("lock (gate) items.Add(item);", "public int Count() { foreach (var item in {|#0:items|}) Console.Write(item); return 0; }", "is read without the lock that line 8 holds while changing it", "Store.Count")]
    [InlineData("lock (gate) items.Add(item);", "public bool Has(string item) => {|#0:items|}.Contains(item);", "is read without the lock that line 8 holds while changing it", "Store.Has")]
    [InlineData("lock (gate) items.Add(item);", "public void Drop(string item) { {|#0:items.Remove(item)|}; }", "is changed without the lock that line 8 holds", "Store.Drop")]
    public Task Lock_that_another_member_forgets(string guarded, string other, string fault, string member) => Locked(guarded, other)
        .Expect(Info, $"'Store.items' {fault}: 'Store' locks it elsewhere, so several threads are expected, and it is reached by any caller of '{member}'").RunAsync();

    [Theory]
    // One number is read as it is, and what every caller locks is locked.
    [InlineData("lock (gate) items.Add(item);", "public int Count() => items.Count;")]
    [InlineData("lock (gate) items.Add(item);", "public void Drop(string item) { lock (gate) Remove(item); } void Remove(string item) => items.Remove(item);")]
    [InlineData("items.Add(item);", "public bool Has(string item) { lock (gate) return items.Contains(item); }")]
    [InlineData("lock (gate) items.Add(item);", "public Store() { items.Add(\"first\"); }")]
    [InlineData("lock (Other.Gate) items.Add(item);", "public bool Has(string item) => items.Contains(item);")]
    public Task Lock_that_all_hold_or_that_is_not_the_objects_own(string guarded, string other) => Locked(guarded, other).RunAsync();

    private static RuleTest<AGL0703_UnguardedToolState> Locked(string guarded, string other) => new RuleTest<AGL0703_UnguardedToolState>($$"""
        #nullable enable
        using Microsoft.Extensions.AI;

        public class Store(IChatClient model)
        {
            readonly object gate = new(); readonly List<string> items = [];
            public object Model => model;
            public void Add(string item) { {{guarded}} }
            {{(other.StartsWith("public Store()", StringComparison.Ordinal) ? other.Replace("public Store()", "public Store(IChatClient model, int size) : this(model)", StringComparison.Ordinal) : other)}}
        }

        public static class Other { public static readonly object Gate = new(); }
        """);

    private static RuleTest<AGL0703_UnguardedToolState> In(string member, string code, string registration = "services.AddSingleton<Store>();") => new(
        "// Imports stand elsewhere.",
        $$"""
        using Microsoft.Extensions.DependencyInjection;
        using Microsoft.Extensions.DependencyInjection.Extensions;
        using ModelContextProtocol.Server;

        [McpServerToolType]
        public class Tools(Store store)
        {
            [McpServerTool] public Task Add(string item) => store.AddAsync(item);
        }

        public sealed class Store : IDisposable
        {
            public void Dispose() { }

            {{member}}

            public async Task AddAsync(string item)
            {
                await Task.Yield();
                {{code}}
            }
        }

        static class Setup { static void Add(IServiceCollection services) { {{registration}} } }
        """);
}
