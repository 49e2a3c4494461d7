using AgentLint.Fixes.SharedState;
using AgentLint.Rules.SharedState;
using Xunit;

namespace AgentLint.Tests.Rules.SharedState;

/// <summary>What the fix of AGL0704 makes, and where it is not offered.</summary>
public sealed class AGL0704FixTests
{
    private const string Registrations = "services.AddSingleton<Store>(); services.AddScoped<Db>();";

    [Theory]
    [InlineData(
        """
        public class Store([|Db db|])
        {
            public async Task AddAsync(string item)
            {
                // Kept.
                await db.SaveAsync(item);
            }

            public int Count()
            {
                return db.Count + db.Count;
            }
        }
        """,
        """
        public class Store(IServiceScopeFactory scopes)
        {
            public async Task AddAsync(string item)
            {
                // Kept.
                await using var scope = scopes.CreateAsyncScope();
                var db = scope.ServiceProvider.GetRequiredService<Db>();
                await db.SaveAsync(item);
            }

            public int Count()
            {
                using var scope = scopes.CreateScope();
                var db = scope.ServiceProvider.GetRequiredService<Db>();
                return db.Count + db.Count;
            }
        }
        """)]
    [InlineData(
        """
        public class Store
        {
            private readonly Db _db;

            public Store([|Db db|])
            {
                _db = db;
            }

            public async Task AddAsync(string item)
            {
                await _db.SaveAsync(item);
            }
        }
        """,
        """
        public class Store
        {
            private readonly IServiceScopeFactory _scopes;

            public Store(IServiceScopeFactory scopes)
            {
                _scopes = scopes;
            }

            public async Task AddAsync(string item)
            {
                await using var scope = _scopes.CreateAsyncScope();
                var db = scope.ServiceProvider.GetRequiredService<Db>();
                await db.SaveAsync(item);
            }
        }
        """)]
    // A service's endless loop asks for one in each round.
    [InlineData(
        """
        public class Store([|Db db|])
        {
            public async Task AddAsync(string item)
            {
                await Task.Delay(1);
                while (item.Length > 0)
                {
                    await db.SaveAsync(item);
                }
            }
        }
        """,
        """
        public class Store(IServiceScopeFactory scopes)
        {
            public async Task AddAsync(string item)
            {
                await Task.Delay(1);
                while (item.Length > 0)
                {
                    await using var scope = scopes.CreateAsyncScope();
                    var db = scope.ServiceProvider.GetRequiredService<Db>();
                    await db.SaveAsync(item);
                }
            }
        }
        """)]
    public Task Scope_in_each_call(string store, string mended) =>
        new FixTest<AGL0704_CaptiveScopedService, AGL0704Fix_ScopePerCall>(SharedProgram.With(store, Registrations) + Db, SharedProgram.With(mended, Registrations) + Db) { AsksAllRules = true }.RunAsync("Open a scope in each call");

    [Theory]
    // The task would go on when the scope has ended; a field's users and other constructors are not seen to.
    [InlineData("public class Store([|Db db|]) { public Task AddAsync(string item) { return db.SaveAsync(item); } }")]
    [InlineData("public class Store([|Db db|]) { public async Task AddAsync(string item) => await db.SaveAsync(item); }")]
    [InlineData("public class Store([|Db db|]) { readonly int count = db.Count; public async Task AddAsync(string item) { await db.SaveAsync(item); Console.WriteLine(count); } }")]
    [InlineData("public class Store([|Db db|]) { public async Task AddAsync(string item) { await db.SaveAsync(item); } public static Store Make() => new Store(new Db()); }")]
    [InlineData("public class Store { public readonly Db Db; public Store([|Db db|]) { Db = db; } public async Task AddAsync(string item) { await Db.SaveAsync(item); } }")]
    // Before and in an endless loop: one scope is too long for the one, and none is left for the other.
    [InlineData("public class Store([|Db db|]) { public async Task AddAsync(string item) {\n await db.SaveAsync(item); while (item.Length > 0) {\n await db.SaveAsync(item); } } }")]
    public Task Not_offered(string store)
    {
        var code = SharedProgram.With(store, Registrations) + Db;
        return new FixTest<AGL0704_CaptiveScopedService, AGL0704Fix_ScopePerCall>(code, code).RunAsync(null);
    }

    [Theory]
    [InlineData("public List<string> Lines { get; } = [];")]
    [InlineData("public int Number { get; set; }")]
    [InlineData("int number; public int Next() => ++number;")]
    public Task Not_offered_where_the_service_remembers(string member)
    {
        var code = SharedProgram.With("public class Store([|Db db|]) { public async Task AddAsync(string item) {\n await db.SaveAsync(item); } }", Registrations)
            + Db.Replace("Count => 1;", "Count => 1; " + member, StringComparison.Ordinal);
        return new FixTest<AGL0704_CaptiveScopedService, AGL0704Fix_ScopePerCall>(code, code).RunAsync(null);
    }

    private const string Db = "public class Db { public int Count => 1; public Task SaveAsync(string item) => Task.CompletedTask; }\n";
}
