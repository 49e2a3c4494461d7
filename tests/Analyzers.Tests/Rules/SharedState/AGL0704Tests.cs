using AgentLint.Rules.SharedState;
using Xunit;
using static Microsoft.CodeAnalysis.DiagnosticSeverity;

namespace AgentLint.Tests.Rules.SharedState;

/// <summary>Scoped services that singletons hold are reported where they are asked for.</summary>
public sealed class AGL0704Tests
{
    private const string Direct = "'Desk' lives as long as the program and holds the scoped service 'Db': all calls share one instance";

    [Theory]
    [InlineData("services.AddSingleton<Desk>(); services.AddScoped<Db>();")]
    [InlineData("services.AddSingleton<Desk>(); services.AddDbContext<Db>();")]
    [InlineData("services.AddSingleton<IDesk, Desk>(); services.AddScoped<Db>();")]
    [InlineData("services.AddHostedService<Desk>(); services.AddScoped<Db>();")]
    public Task Asked_for_by_a_constructor(string registrations) => In(registrations, "{|#0:Db db|}").Expect(Warning, Direct).RunAsync();

    [Theory]
    [InlineData("services.AddScoped<Desk>(); services.AddScoped<Db>();", "Db db")]
    [InlineData("services.AddTransient<Desk>(); services.AddScoped<Db>();", "Db db")]
    [InlineData("services.AddSingleton<Desk>(); services.AddSingleton<Db>();", "Db db")]
    [InlineData("services.AddSingleton<Desk>(); services.AddTransient<Db>();", "Db db")]
    [InlineData("services.AddSingleton<Desk>(); services.AddScoped<Db>(); services.AddSingleton<Db>();", "Db db")]
    [InlineData("services.AddSingleton<Desk>(); services.AddScoped<Desk>(); services.AddScoped<Db>();", "Db db")]
    [InlineData("services.AddSingleton<Desk>(); services.AddScoped<Db>();", "IServiceScopeFactory scopes")]
    [InlineData("services.AddSingleton<Desk>(); services.AddDbContextFactory<Db>();", "Microsoft.EntityFrameworkCore.IDbContextFactory<Db> factory")]
    // Made by the program, with what it has at hand.
    [InlineData("var desk = new Desk(new Db()); services.AddSingleton(desk); services.AddScoped<Db>();", "Db db")]
    [InlineData("services.AddSingleton(_ => new Desk(new Db())); services.AddScoped<Db>();", "Db db")]
    public Task Not_held(string registrations, string parameter) => In(registrations, parameter).RunAsync();

    [Fact]
    public Task Held_by_what_is_made_each_time() => new RuleTest<AGL0704_CaptiveScopedService>("""
        using Microsoft.Extensions.DependencyInjection;

        public class Db;
        public class Orders(Db db) { public Db Db => db; }
        public class Desk({|#0:Orders orders|}) { public Orders Orders => orders; }

        static class Setup
        {
            static void Add(IServiceCollection services)
            {
                {|#1:services.AddSingleton<Desk>()|};
                services.AddTransient<Orders>();
                {|#2:services.AddScoped<Db>()|};
            }
        }
        """).ExpectPath(Warning, "'Desk' lives as long as the program and holds the scoped service 'Db' through 'Orders': all calls share one instance", 0, 1, 2).RunAsync();

    [Fact]
    public Task Made_by_a_factory_of_plugins() => new RuleTest<AGL0704_CaptiveScopedService>("""
        using Microsoft.Extensions.DependencyInjection;
        using Microsoft.SemanticKernel;
        public class Db;
        public class Orders(Db db) { [KernelFunction] public string Find() => db.ToString()!; }
        static class Setup
        {
            static void Add(IServiceCollection services)
            {
                services.AddScoped<Db>();
                services.AddSingleton<KernelPlugin>(sp => {|#0:KernelPluginFactory.CreateFromType<Orders>("orders", sp)|});
                services.AddScoped<KernelPlugin>(sp => KernelPluginFactory.CreateFromType<Orders>("own", sp));
            }
        }
        """).Expect(Warning, "'KernelPlugin' lives as long as the program and holds the scoped service 'Db' through 'Orders': all calls share one instance").Reference(Library.SemanticKernel).RunAsync();

    [Theory]
    [InlineData("Db db; public Desk(IServiceProvider provider) { db = {|#0:provider.GetRequiredService<Db>()|}; }", true)]
    [InlineData("Db db; public Desk(IServiceScopeFactory scopes) { var scope = scopes.CreateScope(); db = {|#0:scope.ServiceProvider.GetRequiredService<Db>()|}; }", true)]
    [InlineData("int count; public Desk(IServiceScopeFactory scopes) { using var scope = scopes.CreateScope(); count = scope.ServiceProvider.GetRequiredService<Db>().GetHashCode(); }", false)]
    [InlineData("public Desk(IServiceScopeFactory scopes) { using var scope = scopes.CreateScope(); var db = scope.ServiceProvider.GetRequiredService<Db>(); db.ToString(); }", false)]
    public Task Asked_for_in_a_constructor(string members, bool isReported)
    {
        var test = new RuleTest<AGL0704_CaptiveScopedService>($$"""
            using Microsoft.Extensions.DependencyInjection;
            public class Db;
            public class Desk { {{members}} }
            static class Setup { static void Add(IServiceCollection services) { services.AddSingleton<Desk>(); services.AddScoped<Db>(); } }
            """);
        return (isReported ? test.Expect(Warning, Direct) : test).RunAsync();
    }

    [Fact]
    public Task Asked_for_by_a_worker_that_a_host_starts() => new RuleTest<AGL0704_CaptiveScopedService>("""
        using Microsoft.EntityFrameworkCore;
        using Microsoft.Extensions.DependencyInjection;
        using Microsoft.Extensions.Hosting;
        static class Program
        {
            static Task Main(string[] args) => Host.CreateDefaultBuilder(args).ConfigureServices((context, services) =>
            {
                services.AddDbContext<Db>(o => o.EnableDetailedErrors());
                services.AddHostedService<Worker>();
            }).Build().RunAsync();
        }
        public class Db(DbContextOptions<Db> options) : DbContext(options);
        public class Worker : BackgroundService
        {
            private readonly Db _db;
            public Worker(IServiceScopeFactory fac)
            {
                var scope = fac.CreateScope();
                _db = {|#0:scope.ServiceProvider.GetRequiredService<Db>()|};
            }
            protected override Task ExecuteAsync(CancellationToken stoppingToken) => _db.SaveChangesAsync(stoppingToken);
        }
        """).Reference(Library.EntityFramework).Reference(Library.Hosting).Expect(Warning, "'Worker' lives as long as the program and holds the scoped service 'Db': all calls share one instance").RunAsync();

    [Theory]
    [InlineData("services.AddSingleton(provider => {|#0:ActivatorUtilities.CreateInstance<Desk>(provider)|});", true)]
    [InlineData("services.AddSingleton(provider => { var scope = provider.CreateScope(); return {|#0:ActivatorUtilities.CreateInstance<Desk>(scope.ServiceProvider)|}; });", true)]
    [InlineData("services.AddSingleton<object>(provider => new List<Desk> { {|#0:ActivatorUtilities.CreateInstance<Desk>(provider)|} });", true, "'Object' lives as long as the program and holds the scoped service 'Db' through 'Desk': all calls share one instance")]
    [InlineData("services.AddScoped(provider => ActivatorUtilities.CreateInstance<Desk>(provider));", false)]
    [InlineData("services.AddSingleton(provider => ActivatorUtilities.CreateInstance<Plain>(provider));", false)]
    public Task Made_with_what_the_container_has(string registration, bool isReported, string message = Direct)
    {
        var test = new RuleTest<AGL0704_CaptiveScopedService>($$"""
            using Microsoft.Extensions.DependencyInjection;
            public class Db;
            public class Plain;
            public class Desk(Db db) { public Db Db => db; }
            static class Setup { static void Add(IServiceCollection services) { {{registration}} services.AddScoped<Db>(); } }
            """);
        return (isReported ? test.Expect(Warning, message) : test).RunAsync();
    }

    [Theory]
    [InlineData("services.AddSingleton(provider => new Desk({|#0:provider.GetRequiredService<Db>()|}));")]
    [InlineData("services.AddSingleton<Desk>(provider => { var db = {|#0:provider.GetService<Db>()|}!; return new Desk(db); });")]
    [InlineData("services.AddKeyedSingleton<Desk>(\"one\", (provider, _) => new Desk((Db){|#0:provider.GetRequiredService(typeof(Db))|}));")]
    public Task Asked_for_by_a_factory(string registration) => In(registration + " services.AddScoped<Db>();", "Db db").Expect(Warning, Direct).RunAsync();

    [Theory]
    [InlineData("services.AddSingleton<Desk>(provider => { using var scope = provider.CreateScope(); return new Desk(scope.ServiceProvider.GetRequiredService<Db>()); });")]
    [InlineData("services.AddScoped(provider => new Desk(provider.GetRequiredService<Db>()));")]
    public Task Factory_that_may_ask(string registration) => In(registration + " services.AddScoped<Db>();", "Db db").RunAsync();

    private const string Endless =
        "'Desk.ExecuteAsync' uses one 'Db' in all iterations of an endless loop: it keeps everything that it has loaded, and does not see what others have saved since; take one in each iteration";

    [Theory]
    [InlineData("using var scope = scopes.CreateScope(); var db = scope.ServiceProvider.{|#0:GetRequiredService<Db>|}(); while (!stop.IsCancellationRequested) { await db.SaveChangesAsync(stop); }")]
    [InlineData("using var scope = scopes.CreateScope(); var db = scope.ServiceProvider.{|#0:GetService<Db>|}(); if (db == null) return; while (true) { await WorkAsync(db, stop); await Task.Delay(1000, stop); }")]
    [InlineData("await using var db = await contexts.{|#0:CreateDbContextAsync|}(stop); while (!stop.IsCancellationRequested) { try { await db.SaveChangesAsync(stop); } catch (OperationCanceledException) { break; } }")]
    [InlineData("using var db = contexts.{|#0:CreateDbContext|}(); using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1)); while (await timer.WaitForNextTickAsync(stop)) { await db.SaveChangesAsync(stop); }")]
    [InlineData("using var db = contexts.{|#0:CreateDbContext|}(); await foreach (var order in orders.Reader.ReadAllAsync(stop)) { db.Orders.Add(order); await db.SaveChangesAsync(stop); }")]
    [InlineData("using var scope = scopes.CreateScope(); var db = scope.ServiceProvider.{|#0:GetRequiredService<Db>|}(); var store = scope.ServiceProvider.GetRequiredService<IStore>(); while (true) { await db.SaveChangesAsync(stop); await store.SaveAsync(stop); }")]
    [InlineData("using var db = contexts.{|#0:CreateDbContext|}(); while (true) { if (stop.IsCancellationRequested) return; await db.SaveChangesAsync(stop); }")]
    public Task One_context_for_an_endless_loop(string body) => Loop(body).Expect(Warning, Endless).RunAsync();

    [Fact]
    public Task One_service_that_holds_a_context_for_an_endless_loop() =>
        Loop("using var scope = scopes.CreateScope(); var store = scope.ServiceProvider.{|#0:GetRequiredService<IStore>|}(); while (!stop.IsCancellationRequested) { await store.SaveAsync(stop); }")
            .Expect(Warning, Endless.Replace("'Db'", "'IStore'")).RunAsync();

    [Theory]
    // A scope for each iteration.
    [InlineData("while (!stop.IsCancellationRequested) { using var scope = scopes.CreateScope(); var db = scope.ServiceProvider.GetRequiredService<Db>(); await db.SaveChangesAsync(stop); }")]
    [InlineData("var db = contexts.CreateDbContext(); while (!stop.IsCancellationRequested) { db = contexts.CreateDbContext(); await db.SaveChangesAsync(stop); }")]
    // A loop that ends with its work.
    [InlineData("using var db = contexts.CreateDbContext(); while (true) { var page = await db.Orders.Take(10).ToListAsync(stop); if (page.Count == 0) break; db.RemoveRange(page); await db.SaveChangesAsync(stop); }")]
    [InlineData("using var db = contexts.CreateDbContext(); for (var i = 0; i < 10; i++) await db.SaveChangesAsync(stop);")]
    [InlineData("using var db = contexts.CreateDbContext(); while (!stop.IsCancellationRequested && await db.Orders.AnyAsync(stop)) await db.SaveChangesAsync(stop);")]
    [InlineData("using var db = contexts.CreateDbContext(); await foreach (var order in db.Orders.AsAsyncEnumerable()) await db.SaveChangesAsync(stop);")]
    // It forgets what it has loaded, or is not used in the loop.
    [InlineData("using var db = contexts.CreateDbContext(); while (!stop.IsCancellationRequested) { await db.SaveChangesAsync(stop); db.ChangeTracker.Clear(); }")]
    [InlineData("using var db = contexts.CreateDbContext(); while (!stop.IsCancellationRequested) { await Task.Delay(1000, stop); }")]
    // It holds no context.
    [InlineData("using var scope = scopes.CreateScope(); var clock = scope.ServiceProvider.GetRequiredService<Clock>(); while (!stop.IsCancellationRequested) { await clock.TickAsync(stop); }")]
    public Task Context_that_is_taken_anew_or_ends(string body) => Loop(body).RunAsync();

    [Fact]
    public Task Loop_in_another_method_is_not_seen() =>
        Loop("using var db = contexts.CreateDbContext(); await WorkAsync(db, stop);", works: "static async Task WorkAsync(Db db, CancellationToken stop) { while (!stop.IsCancellationRequested) await db.SaveChangesAsync(stop); }").RunAsync();

    [Fact]
    public Task Context_that_only_reads_without_tracking() => Loop("using var db = contexts.CreateDbContext(); while (!stop.IsCancellationRequested) { await db.Orders.AsNoTracking().ToListAsync(stop); }", works: "").RunAsync();

    private static RuleTest<AGL0704_CaptiveScopedService> Loop(string body, string works = "static Task WorkAsync(Db db, CancellationToken stop) => db.SaveChangesAsync(stop);") => new RuleTest<AGL0704_CaptiveScopedService>($$"""
        using Microsoft.EntityFrameworkCore;
        using Microsoft.Extensions.DependencyInjection;
        using Microsoft.Extensions.Hosting;

        public class Order { public int Id { get; set; } }
        public class Db(DbContextOptions<Db> options) : DbContext(options) { public DbSet<Order> Orders => Set<Order>(); }
        public interface IStore { Task SaveAsync(CancellationToken stop); }
        public class Store(Db db) : IStore { public Task SaveAsync(CancellationToken stop) => db.SaveChangesAsync(stop); }
        public class Clock { public Task TickAsync(CancellationToken stop) => Task.Delay(1000, stop); }
        public class Desk(IServiceScopeFactory scopes, IDbContextFactory<Db> contexts, System.Threading.Channels.Channel<Order> orders) : BackgroundService
        {
            public override string ToString() => $"{scopes} {contexts} {orders}";
            {{works}}
            protected override async Task ExecuteAsync(CancellationToken stop)
            {
                await Task.Yield();
                {{body}}
            }
        }

        static class Setup
        {
            static void Add(IServiceCollection services)
            {
                services.AddScoped<IStore, Store>();
                services.AddScoped<Clock>();
                services.AddDbContext<Db>(o => o.EnableDetailedErrors());
                services.AddHostedService<Desk>();
            }
        }
        """).Reference(Library.EntityFramework).Reference(Library.Hosting);

    [Theory]
    [InlineData("services.AddSingleton<Desk>(); services.AddHttpClient<Billing>();", true)]
    [InlineData("services.AddSingleton<Desk>(); services.AddHttpClient<Billing>(http => http.Timeout = TimeSpan.FromSeconds(3));", true)]
    [InlineData("services.AddScoped<Desk>(); services.AddHttpClient<Billing>();", false)]
    [InlineData("services.AddSingleton<Desk>(); services.AddHttpClient<Billing>().SetHandlerLifetime(Timeout.InfiniteTimeSpan);", false)]
    [InlineData("services.AddSingleton<Desk>(); services.AddTransient<Billing>();", false)]
    public Task Typed_client_of_a_singleton(string registrations, bool isReported)
    {
        var test = new RuleTest<AGL0704_CaptiveScopedService>($$"""
            using Microsoft.Extensions.DependencyInjection;
            public class Billing(HttpClient http) { public Task<string> ReadAsync() => http.GetStringAsync("bills"); }
            public class Desk({{(isReported ? "{|#0:Billing billing|}" : "Billing billing")}}) { public Task<string> ReadAsync() => billing.ReadAsync(); }
            static class Setup { static void Add(IServiceCollection services) { {{registrations}} } }
            """).Reference(Library.Hosting);
        return (isReported ? test.Expect(Info, "'Desk' lives as long as the program and holds the typed HTTP client 'Billing': the client factory cannot replace its connections") : test).RunAsync();
    }

    [Fact]
    public Task Longest_constructor_counts() => new RuleTest<AGL0704_CaptiveScopedService>("""
        using Microsoft.Extensions.DependencyInjection;

        public class Db;
        public class Desk
        {
            public Desk(Db db) { }
            public Desk(IServiceScopeFactory scopes, int n) { }
        }

        static class Setup { static void Add(IServiceCollection services) { services.AddSingleton<Desk>(); services.AddScoped<Db>(); } }
        """).RunAsync();

    [Fact]
    public Task Registration_in_another_project_is_not_known()
    {
        var test = new RuleTest<AGL0704_CaptiveScopedService>("""
            public class Db;
            public class Desk(Db db) { public Db Db => db; }
            """);
        var host = test.TestState.AdditionalProjects["Host"];
        host.Sources.Add("using Microsoft.Extensions.DependencyInjection; static class Setup { static void Add(IServiceCollection services) => services.AddSingleton<object>().AddScoped<string>(); }");
        Libraries.AddTo(host);
        return test.RunAsync();
    }

    private static RuleTest<AGL0704_CaptiveScopedService> In(string registrations, string parameter) => new($$"""
        using Microsoft.EntityFrameworkCore;
        using Microsoft.Extensions.DependencyInjection;
        using Microsoft.Extensions.Hosting;

        public class Db : DbContext;
        public interface IDesk;
        public class Desk({{parameter}}) : BackgroundService, IDesk
        {
            protected override Task ExecuteAsync(CancellationToken stop) => Task.CompletedTask;
        }

        static class Setup { static void Add(IServiceCollection services) { {{registrations}} } }
        """);
}
