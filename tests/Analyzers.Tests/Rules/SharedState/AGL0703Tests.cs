using AgentLint.Rules.SharedState;
using AgentLint.Tests.Stubs;
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
    // One call's text, read back when the next one's may be there.
    [InlineData("string? current;", "{|#0:current = item|}; await Task.Delay(1); Console.WriteLine(current);", "current")]
    // A lock that each call makes for itself, and one that lets several in, are none.
    [InlineData("int count;", "var gate = new SemaphoreSlim(4); int n = 0; lock (this) { n++; } {|#0:count++|};", "count")]
    [InlineData("int count; readonly SemaphoreSlim gate = new(4);", "await gate.WaitAsync(); try { {|#0:count++|}; } finally { gate.Release(); }", "count")]
    public Task Changed_by_calls_at_once(string member, string code, string name) =>
        In(member, code).Expect(Warning, $"'Store.{name}' is changed without a lock: {Singleton}, and it is reached {Root}").RunAsync();

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

    [Fact]
    public Task Reader_without_a_lock_is_not_reported() =>
        In("readonly object gate = new(); readonly List<string> items = []; public int Count => items.Count;", "lock (gate) items.Add(item);").RunAsync();

    [Fact]
    public Task Two_writers_with_different_locks_are_not_seen() =>
        In("readonly object gate = new(), other = new(); readonly List<string> items = []; public void Clear() { lock (other) items.Clear(); }", "lock (gate) items.Add(item);").RunAsync();

    [Fact]
    public Task Change_of_an_element_is_not_followed() =>
        In("readonly Dictionary<string, List<string>> items = new() { [\"a\"] = [] };", "items[\"a\"].Add(item);").RunAsync();

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
        .Expect(Warning, $"'Store.count' is changed without a lock that is held in line 15: {Singleton}, and it is reached {Root}").RunAsync();

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
        """).Expect(Warning, "'Tools.count' is changed without a lock: one 'Tools' is handed over by WithTools in Test0.cs, and it is reached from 'Tools.Add'").RunAsync();

    [Fact]
    public Task Plugin_of_a_library_may_be_shared() => new RuleTest<AGL0703_UnguardedToolState>("""
        using Microsoft.SemanticKernel;

        public class Notes
        {
            readonly List<string> all = [];
            [KernelFunction] public void Add(string note) => {|#0:all.Add(note)|};
        }
        """).Reference(SemanticKernelStub.Library)
        .Expect(Info, "'Notes.all' is changed without a lock: nothing says that each call has a 'Notes' of its own, and it is reached from 'Notes.Add'").RunAsync();

    [Fact]
    public Task Static_state_of_a_librarys_plugin_is_shared_whoever_makes_it() => new RuleTest<AGL0703_UnguardedToolState>("""
        using Microsoft.SemanticKernel;

        public class Notes
        {
            static readonly List<string> All = [];
            [KernelFunction] public void Add(string note) => {|#0:All.Add(note)|};
        }
        """).Reference(SemanticKernelStub.Library)
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
            """).Reference(SemanticKernelStub.Library);
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
        """).Expect(Warning, "'Store.all' is changed without a lock: 'Store' is registered by AddSingleton in Test0.cs, and it is reached by any caller").RunAsync();

    [Fact]
    public Task What_a_library_is_told_may_be_told_at_the_start() => new RuleTest<AGL0703_UnguardedToolState>("""
        using Microsoft.Extensions.DependencyInjection;

        public class Store
        {
            readonly Dictionary<string, string> all = [];
            public void Register(string key) => {|#0:all[key]|} = key;
        }

        static class Setup { static void Add(IServiceCollection services) => services.AddSingleton<Store>(); }
        """).Expect(Info, "'Store.all' is changed without a lock: 'Store' is registered by AddSingleton in Test0.cs, and it is reached by any caller").RunAsync();

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
        return (isReported ? test.Expect(Info, "'Store.all' is changed without a lock: it is static, and it is reached by any caller") : test).RunAsync();
    }

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
            const string Name = "/tmp/data.csv";
            [McpServerTool] public static async Task Run(string text) => await {|#0:File.WriteAllTextAsync(Name, text)|};
            [McpServerTool] public static void Own(string text) => File.WriteAllText(Path.GetTempFileName(), text);
            [McpServerTool] public static void Fixed() => File.WriteAllText(Name, "ready");
        }
        """).Expect(Info, "'/tmp/data.csv' is changed without a lock: it is one file for all calls, and it is reached from 'Tools.Run'").RunAsync();

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
