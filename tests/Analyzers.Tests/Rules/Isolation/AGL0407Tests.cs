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
