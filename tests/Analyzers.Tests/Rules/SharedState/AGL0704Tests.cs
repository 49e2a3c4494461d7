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
