using AgentLint.Model;
using AgentLint.Tests.Analysis;
using Microsoft.CodeAnalysis;
using Xunit;

namespace AgentLint.Tests.Model;

/// <summary>What goes into the container, for how long, and who makes it.</summary>
public sealed class ServiceRegistrationTests
{
    private const string Types = "interface IDesk; class Desk : IDesk; class Typed(HttpClient http) : IDesk; class Worker : Microsoft.Extensions.Hosting.BackgroundService { protected override Task ExecuteAsync(CancellationToken c) => null!; } class Db : Microsoft.EntityFrameworkCore.DbContext;";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("s.AddSingleton<Desk>()", "Desk", "Desk", "Singleton")]
    [InlineData("s.AddSingleton<IDesk, Desk>()", "IDesk", "Desk", "Singleton")]
    [InlineData("s.AddScoped<IDesk, Desk>()", "IDesk", "Desk", "Scoped")]
    [InlineData("s.AddTransient<IDesk, Desk>()", "IDesk", "Desk", "Transient")]
    [InlineData("s.AddSingleton(typeof(IDesk), typeof(Desk))", "IDesk", "Desk", "Singleton")]
    [InlineData("s.AddScoped(typeof(Desk))", "Desk", "Desk", "Scoped")]
    [InlineData("s.AddSingleton(new Desk())", "Desk", "Desk", "Singleton")]
    [InlineData("s.AddSingleton<IDesk>(new Desk())", "IDesk", "Desk", "Singleton")]
    [InlineData("s.AddSingleton(typeof(IDesk), new Desk())", "IDesk", "Desk", "Singleton")]
    [InlineData("s.AddKeyedSingleton<IDesk, Desk>(\"key\")", "IDesk", "Desk", "Singleton")]
    [InlineData("s.AddKeyedScoped<IDesk>(\"key\", (p, k) => new Desk())", "IDesk", "Desk", "Scoped", "lambda")]
    [InlineData("s.AddSingleton(p => new Desk())", "Desk", "Desk", "Singleton", "lambda")]
    [InlineData("s.AddSingleton<IDesk>(p => new Desk())", "IDesk", "Desk", "Singleton", "lambda")]
    [InlineData("s.AddSingleton<IDesk>(p => { if (p == null) throw new Exception(); return new Desk(); })", "IDesk", "Desk", "Singleton", "lambda")]
    [InlineData("s.AddSingleton<IDesk>(p => p.GetRequiredService<Desk>())", "IDesk", "Desk", "Singleton", "lambda")]
    [InlineData("s.AddScoped(typeof(IDesk), p => new Desk())", "IDesk", "Desk", "Scoped", "lambda")]
    [InlineData("s.AddSingleton<IDesk>(Make)", "IDesk", "Desk", "Singleton", "Make")]
    [InlineData("s.TryAddSingleton<IDesk, Desk>()", "IDesk", "Desk", "Singleton")]
    [InlineData("s.TryAddScoped<Desk>()", "Desk", "Desk", "Scoped")]
    [InlineData("s.TryAddTransient(typeof(Desk))", "Desk", "Desk", "Transient")]
    [InlineData("s.AddHostedService<Worker>()", "Worker", "Worker", "Singleton")]
    [InlineData("s.Add(ServiceDescriptor.Scoped<IDesk, Desk>())", "IDesk", "Desk", "Scoped")]
    [InlineData("s.Add(ServiceDescriptor.Describe(typeof(IDesk), typeof(Desk), ServiceLifetime.Scoped))", "IDesk", "Desk", "Scoped")]
    [InlineData("s.Add(ServiceDescriptor.Describe(typeof(IDesk), p => new Desk(), ServiceLifetime.Transient))", "IDesk", "Desk", "Transient", "lambda")]
    [InlineData("s.AddHttpClient<IDesk, Typed>()", "IDesk", "Typed", "Transient")]
    [InlineData("s.AddHttpClient<Typed>(http => http.Timeout = TimeSpan.FromSeconds(1))", "Typed", "Typed", "Transient")]
    [InlineData("s.AddHttpClient(\"name\")", null, null, "Transient")]
    [InlineData("ServiceCollectionServiceExtensions.AddSingleton<Desk>(s)", "Desk", "Desk", "Singleton")]
    [InlineData("s?.AddSingleton<Desk>()", "Desk", "Desk", "Singleton")]
    [InlineData("s.AddDbContext<Db>()", "Db", "Db", "Scoped")]
    [InlineData("s.AddDbContext<Db>(ServiceLifetime.Singleton)", "Db", "Db", "Singleton")]
    [InlineData("s.AddSingleton(new Desk().GetType(), new Desk())", "Desk", "Desk", "Singleton")]
    public void Registration_is_read(string call, string? service, string? implementation, string lifetime, string? factory = null)
    {
        var code = Compiled.From($$"""
            using Microsoft.Extensions.DependencyInjection.Extensions;
            class Start { void Configure(IServiceCollection s) { {{call}}; } static Desk Make(IServiceProvider p) => new(); }
            {{Types}}
            """);

        var read = Assert.Single(code.Model.ServiceRegistrations(Cancellation));

        Assert.Equal((service, implementation, lifetime), (read.Service?.Name, read.Implementation?.Name, read.Lifetime.ToString()));
        Assert.Equal(factory, read.Factory is { MethodKind: MethodKind.AnonymousFunction } ? "lambda" : read.Factory?.Name);
    }

    [Theory]
    [InlineData("s.AddSingleton(new Desk())", true)]
    [InlineData("s.AddSingleton(typeof(IDesk), new Desk())", true)]
    [InlineData("s.AddSingleton<IDesk, Desk>()", false)]
    [InlineData("s.AddSingleton(p => new Desk())", false)]
    public void Object_that_the_program_has_made_itself_is_known(string call, bool isInstance) =>
        Assert.Equal(isInstance, Assert.Single(Compiled.From($"class Start {{ void Configure(IServiceCollection s) => {call}; }} {Types}").Model.ServiceRegistrations(Cancellation)).IsInstance);

    [Fact]
    public void Chained_registrations_are_read_in_the_order_of_the_text()
    {
        var code = Compiled.From($"class Start {{ void Configure(IServiceCollection s) => s.AddScoped<Desk>().AddSingleton<Worker>(); }} {Types}");

        Assert.Equal(["Desk", "Worker"], code.Model.ServiceRegistrations(Cancellation).Select(r => r.Service!.Name));
    }

    [Theory]
    [InlineData("s.AddSingleton({|f:p => new Desk()|})", true)]
    [InlineData("s.AddSingleton<IDesk>({|f:p => new Desk()|})", true)]
    [InlineData("s.AddSingleton(new Desk[] { new Desk() }.Select({|f:p => p|}))", false)]
    public void Factory_is_known_by_its_call(string call, bool isFactory)
    {
        var code = Compiled.From($"class Start {{ void Configure(IServiceCollection s) => {call}; }} {Types}");

        Assert.Equal(isFactory, code.Model.IsServiceFactory((IMethodSymbol)code.SemanticsOf("f").GetSymbolInfo(code.Node("f"), Cancellation).Symbol!, Cancellation));
    }

    [Fact]
    public void Own_method_of_the_same_name_is_none() =>
        Assert.Empty(Compiled.From("class Start { void Configure() => AddSingleton<Start>(); void AddSingleton<T>() { } }").Model.ServiceRegistrations(Cancellation));
}
