using AgentLint.Rules.Isolation;
using Xunit;
using static Microsoft.CodeAnalysis.DiagnosticSeverity;

namespace AgentLint.Tests.Rules.Isolation;

/// <summary>Clients that every call makes for itself are reported; those that are kept, shared or handed on are not.</summary>
public sealed class AGL0407Tests
{
    [Theory]
    [InlineData("var http = {|#0:new HttpClient()|}; return await http.GetStringAsync(text);")]
    [InlineData("return await {|#0:new HttpClient()|}.GetStringAsync(text);")]
    [InlineData("var http = {|#0:new HttpClient()|}; http.Timeout = TimeSpan.FromSeconds(3); return await http.GetStringAsync(text);")]
    public Task Client_that_nothing_disposes(string code) => Tool(code)
        .Expect(Warning, "'Tools.RunAsync' creates a new 'HttpClient' for each call and never disposes it, which is reached from 'Tools.RunAsync': it holds sockets; reuse one client")
        .RunAsync();

    [Theory]
    [InlineData("using var http = {|#0:new HttpClient()|}; return await http.GetStringAsync(text);")]
    [InlineData("var http = {|#0:new HttpClient()|}; try { return await http.GetStringAsync(text); } finally { http.Dispose(); }")]
    public Task Client_that_is_disposed_is_a_suggestion(string code) => Tool(code)
        .Expect(Info, "'Tools.RunAsync' creates a new 'HttpClient' for each call, which is reached from 'Tools.RunAsync': it holds sockets; reuse one client")
        .RunAsync();

    [Theory]
    [InlineData("kept ??= new HttpClient(); return await kept.GetStringAsync(text);")]
    [InlineData("var http = new HttpClient(Handler, false); return await http.GetStringAsync(text);")]
    [InlineData("var http = Make(); return await http.GetStringAsync(text); static HttpClient Make() => new HttpClient();")]
    [InlineData("var http = all.GetOrAdd(text, _ => new HttpClient()); return await http.GetStringAsync(text);")]
    [InlineData("await Task.Yield(); return text;")]
    // It opens no connection.
    [InlineData("await Task.Yield(); using var http = new HttpClient(); http.BaseAddress = new Uri(text); return http.BaseAddress.Host;")]
    public Task Client_that_is_kept(string code) => Tool(code).RunAsync();

    [Fact]
    public Task Client_of_a_constructor_a_field_and_the_container() => new RuleTest<AGL0407_ClientMadePerCall>("""
        using Microsoft.Extensions.DependencyInjection;

        public class Desk
        {
            private readonly HttpClient one = new HttpClient();
            private readonly HttpClient two;

            public Desk() { two = new HttpClient(); var third = new HttpClient(); third.CancelPendingRequests(); }

            public object[] All => [one, two];

            public static void Add(IServiceCollection services) => services.AddSingleton(_ => new HttpClient());
        }
        """).RunAsync();

    [Theory]
    [InlineData("AddScoped", "", true)]
    [InlineData("AddTransient", "", true)]
    [InlineData("AddSingleton", "", false)]
    [InlineData("AddScoped", ", IDisposable", null)]
    public Task Client_that_an_object_of_one_request_keeps(string register, string disposable, bool? isWarning)
    {
        var test = new RuleTest<AGL0407_ClientMadePerCall>($$"""
            using Microsoft.AspNetCore.Builder;
            using Microsoft.Extensions.DependencyInjection;

            public interface IStore { }

            public sealed class Store : IStore{{disposable}}
            {
                private readonly HttpClient one = {|#0:new HttpClient()|};
                private readonly HttpClient two;
                private readonly HttpClient given;

                public Store(HttpClient given) { two = {|#1:new HttpClient()|}; this.given = given; }

                public void Dispose() { }
            }

            public static class Program
            {
                public static void Main()
                {
                    var builder = WebApplication.CreateBuilder();
                    builder.Services.{{register}}<IStore, Store>();
                    var app = builder.Build();
                    app.MapGet("/", (IStore store) => "");
                    app.Run();
                }
            }
            """).Reference(Library.Hosting, Library.AspNetCore, Library.ExtensionsAI);
        var dropped = isWarning == true ? " and never disposes it" : "";
        for (var marker = 0; isWarning != false && marker < 2; marker++)
            test.Expect(isWarning == true ? Warning : Info, $"'Store' creates a new 'HttpClient' for each of its objects{dropped}, and the objects are made for each request: it holds sockets; reuse one client", marker);
        return test.RunAsync();
    }

    [Theory]
    [InlineData("var redis = await {|#0:StackExchange.Redis.ConnectionMultiplexer.ConnectAsync(\"cache\")|}; return await redis.GetDatabase().StringGetAsync(text);", "a client with 'ConnectionMultiplexer.ConnectAsync'", "connections to the server")]
    [InlineData("var bus = {|#0:new Azure.Messaging.ServiceBus.ServiceBusClient(\"desk\")|}; await bus.CreateSender(text).CloseAsync(); return text;", "a new 'ServiceBusClient'", "a connection to the broker")]
    [InlineData("var rabbit = await {|#0:new RabbitMQ.Client.ConnectionFactory().CreateConnectionAsync()|}; await rabbit.CreateChannelAsync(); return text;", "a client with 'ConnectionFactory.CreateConnectionAsync'", "a connection to the broker")]
    public Task Connection_for_each_call(string code, string client, string holds) => Tool(code)
        .Reference(Library.Redis, Library.ServiceBus, Library.RabbitMQ)
        .Expect(Warning, $"'Tools.RunAsync' creates {client} for each call and never disposes it, which is reached from 'Tools.RunAsync': it holds {holds}; reuse one client")
        .RunAsync();

    [Fact]
    public Task Client_that_a_controller_keeps() => new RuleTest<AGL0407_ClientMadePerCall>("""
        using Microsoft.AspNetCore.Mvc;

        public sealed class DeskController : ControllerBase
        {
            private readonly HttpClient http = {|#0:new HttpClient()|};

            [HttpGet("/")]
            public Task<string> Read() => http.GetStringAsync("https://desk.example");
        }
        """).Reference(Library.Hosting, Library.AspNetCore, Library.ExtensionsAI)
        .Expect(Warning, "'DeskController' creates a new 'HttpClient' for each of its objects and never disposes it, and the objects are made for each request: it holds sockets; reuse one client").RunAsync();

    [Fact]
    public Task Client_that_is_handed_on_is_taken_for_kept() => Tool("var http = new HttpClient(); return await new Reader(http).ReadAsync(text);", "public class Reader(HttpClient http) { public Task<string> ReadAsync(string text) => http.GetStringAsync(text); }").RunAsync();

    private static RuleTest<AGL0407_ClientMadePerCall> Tool(string code, params IEnumerable<string> files) => new([$$"""
        #nullable enable
        using ModelContextProtocol.Server;

        [McpServerToolType]
        public class Tools
        {
            private static readonly SocketsHttpHandler Handler = new();
            private static readonly System.Collections.Concurrent.ConcurrentDictionary<string, HttpClient> all = new();
            private HttpClient? kept;

            public object?[] All => [Handler, all, kept];

            [McpServerTool]
            public async Task<string> RunAsync(string text) { {{code}} }
        }
        """, .. files]);
}
