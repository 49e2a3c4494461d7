using AgentLint.Fixes.SharedState;
using AgentLint.Rules.SharedState;
using Xunit;

namespace AgentLint.Tests.Rules.SharedState;

/// <summary>What the fixes of AGL0703 make, and where they are not offered.</summary>
public sealed class AGL0703FixTests
{
    [Theory]
    // The table's own steps.
    [InlineData(
        """
        private readonly Dictionary<string, int> counts = new();

        public async Task AddAsync(string item)
        {
            await Task.Yield();
            [|counts[item]|] = 1;
            counts.Add(item, 2);
            counts.Remove(item);
            if (counts.Remove(item, out var old))
                Console.WriteLine(old);
            Console.WriteLine(counts.Count);
        }
        """,
        """
        private readonly ConcurrentDictionary<string, int> counts = new();

        public async Task AddAsync(string item)
        {
            await Task.Yield();
            counts[item] = 1;
            counts.TryAdd(item, 2);
            counts.TryRemove(item, out _);
            if (counts.TryRemove(item, out var old))
                Console.WriteLine(old);
            Console.WriteLine(counts.Count);
        }
        """)]
    // What was looked at is set in the same step.
    [InlineData(
        """
        Dictionary<string, string> made = new Dictionary<string, string>();

        public async Task<string> AddAsync(string item)
        {
            if (!made.TryGetValue(item, out var value))
            {
                value = await Make(item);
                [|made[item]|] = value;
            }

            return value;
        }

        static Task<string> Make(string item) => Task.FromResult(item);
        """,
        """
        ConcurrentDictionary<string, string> made = new ConcurrentDictionary<string, string>();

        public async Task<string> AddAsync(string item)
        {
            if (!made.TryGetValue(item, out var value))
            {
                value = await Make(item);
                value = made.GetOrAdd(item, value);
            }

            return value;
        }

        static Task<string> Make(string item) => Task.FromResult(item);
        """)]
    [InlineData(
        """
        static readonly Dictionary<string, string> Made = [];

        public async Task<string> AddAsync(string item)
        {
            if (!Made.ContainsKey(item))
                [|Made[item]|] = await Make(item);
            return Made[item];
        }

        static Task<string> Make(string item) => Task.FromResult(item);
        """,
        """
        static readonly ConcurrentDictionary<string, string> Made = [];

        public async Task<string> AddAsync(string item)
        {
            if (!Made.ContainsKey(item))
                Made.TryAdd(item, await Make(item));
            return Made[item];
        }

        static Task<string> Make(string item) => Task.FromResult(item);
        """)]
    [InlineData(
        """
        readonly Queue<string> items = new();

        public async Task AddAsync(string item)
        {
            await Task.Yield();
            [|items.Enqueue(item)|];
        }
        """,
        """
        readonly ConcurrentQueue<string> items = new();

        public async Task AddAsync(string item)
        {
            await Task.Yield();
            items.Enqueue(item);
        }
        """)]
    public Task Concurrent_type(string members, string mended) =>
        new FixTest<AGL0703_UnguardedToolState, AGL0703Fix_UseConcurrentType>(SharedProgram.With(Store(members)), SharedProgram.Importing("System.Collections.Concurrent", Store(mended))) { AsksAllRules = true }.RunAsync(null);

    [Theory]
    // A list has places, which a bag has not; two steps stay two.
    [InlineData("readonly List<string> items = new();", "[|items.Add(item)|];")]
    [InlineData("readonly Dictionary<string, int> counts = new();", "[|counts[item]|]++;")]
    [InlineData("readonly HashSet<string> items = new();", "[|items.Add(item)|];")]
    [InlineData("readonly Queue<string> items = new();", "[|items.Enqueue(item)|]; items.Dequeue();")]
    [InlineData("readonly Dictionary<string, int> counts = new(); public Dictionary<string, int> Counts => counts;", "[|counts[item]|] = 1;")]
    public Task Concurrent_type_is_not_offered(string member, string code)
    {
        var store = SharedProgram.With(Store($$"""
            {{member}}

            public async Task AddAsync(string item)
            {
                await Task.Yield();
                {{code}}
            }
            """));
        return new FixTest<AGL0703_UnguardedToolState, AGL0703Fix_UseConcurrentType>(store, store).RunAsync(null);
    }

    [Theory]
    [InlineData("[|count++|];", "Interlocked.Increment(ref count);")]
    [InlineData("[|--count|];", "Interlocked.Decrement(ref count);")]
    [InlineData("[|count += item.Length|];", "Interlocked.Add(ref count, item.Length);")]
    [InlineData("[|count -= item.Length|];", "Interlocked.Add(ref count, -(item.Length));")]
    [InlineData("Console.WriteLine([|++count|]);", "Console.WriteLine(Interlocked.Increment(ref count));")]
    [InlineData("[|this.count++|]; count--;", "Interlocked.Increment(ref this.count); Interlocked.Decrement(ref count);")]
    public Task Count_in_one_step(string code, string mended) =>
        new FixTest<AGL0703_UnguardedToolState, AGL0703Fix_UseLock>(SharedProgram.With(Counter(code)), SharedProgram.With(Counter(mended))) { AsksAllRules = true }.RunAsync("Count with 'Interlocked'");

    [Theory]
    [InlineData(
        """
        private readonly List<string> items = new();

        public async Task AddAsync(string item)
        {
            await Task.Yield();
            // The last one wins.
            [|items.Add(item)|]; // here
        }

        public int Count()
        {
            return items.Count;
        }
        """,
        """
        private readonly List<string> items = new();
        private readonly object gate = new();

        public async Task AddAsync(string item)
        {
            await Task.Yield();
            // The last one wins.
            lock (gate)
            {
                items.Add(item);
            } // here
        }

        public int Count()
        {
            lock (gate)
            {
                return items.Count;
            }
        }
        """)]
    [InlineData(
        """
        static readonly HashSet<string> Seen = new();

        public async Task AddAsync(string item)
        {
            await Task.Yield();
            if (!Seen.Contains(item))
            {
                [|Seen.Add(item)|];
                Console.WriteLine(item);
            }
        }
        """,
        """
        static readonly HashSet<string> Seen = new();
        static readonly object gate = new();

        public async Task AddAsync(string item)
        {
            await Task.Yield();
            lock (gate)
            {
                if (!Seen.Contains(item))
                {
                    Seen.Add(item);
                    Console.WriteLine(item);
                }
            }
        }
        """)]
    // The lock that others hold already.
    [InlineData(
        """
        private readonly object sync = new();
        private readonly List<string> _items = new();

        public async Task AddAsync(string item)
        {
            await Task.Yield();
            [|_items.Add(item)|];
        }

        public void Clear()
        {
            lock (sync)
                _items.Clear();
        }
        """,
        """
        private readonly object sync = new();
        private readonly List<string> _items = new();

        public async Task AddAsync(string item)
        {
            await Task.Yield();
            lock (sync)
            {
                _items.Add(item);
            }
        }

        public void Clear()
        {
            lock (sync)
                _items.Clear();
        }
        """)]
    public Task Lock(string members, string mended) =>
        new FixTest<AGL0703_UnguardedToolState, AGL0703Fix_UseLock>(SharedProgram.With(Store(members)), SharedProgram.With(Store(mended))) { AsksAllRules = true }.RunAsync("Guard it with a lock");

    [Theory]
    // A lock cannot be held across an await, nor around two statements, nor by who gets the list.
    [InlineData("readonly List<string> items = new();", "[|items.Add(await Task.FromResult(item))|];")]
    [InlineData("readonly List<string> items = new();", "var n = items.Count; [|items.Add(item + n)|];")]
    [InlineData("readonly List<string> items = new(); public List<string> Items() { return items; }", "[|items.Add(item)|];")]
    [InlineData("readonly List<string> items = new(); public IEnumerable<string> Items() { return items.Where(i => i != \"\"); }", "[|items.Add(item)|];")]
    [InlineData("string current = \"\";", "[|current = item|]; await Task.Yield(); Console.WriteLine(current);")]
    public Task Lock_is_not_offered(string member, string code)
    {
        var store = SharedProgram.With(Store($$"""
            {{member}}

            public async Task AddAsync(string item)
            {
                await Task.Yield();
                {{code}}
            }
            """));
        return new FixTest<AGL0703_UnguardedToolState, AGL0703Fix_UseLock>(store, store).RunAsync(null);
    }

    private static string Counter(string code) => Store($$"""
        int count;

        public async Task AddAsync(string item)
        {
            await Task.Yield();
            {{code}}
        }
        """);

    private static string Store(string members) => $"public class Store\n{{\n    {members.Replace("\n", "\n    ", StringComparison.Ordinal).Replace("\n    \n", "\n\n", StringComparison.Ordinal)}\n}}";
}
