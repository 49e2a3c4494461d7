using AgentLint.Rules.Idempotency;
using Microsoft.CodeAnalysis;
using Xunit;

namespace AgentLint.Tests.Rules.Idempotency;

public class AGL0102Tests
{
    private const string Head = """
        using System.Net.Http.Json;
        using MassTransit;
        using ModelContextProtocol.Server;
        using Polly;

        public record Order(string Id);

        """;

    private static RuleTest<AGL0102_UnstableIdempotencyKey> In(string members) =>
        new(Head + $$"""
            public class Shop(HttpClient http, ResiliencePipeline pipeline, IPublishEndpoint bus, Shop other)
            {
            {{members}}
                private HttpRequestMessage Request(string key)
                {
                    var request = new HttpRequestMessage(HttpMethod.Post, "payments");
                    request.Headers.Add("Idempotency-Key", key);
                    return request;
                }
            }
            """);

    private static Task Reported(string members, string call, string key = "Idempotency-Key", string runner = "the model or the host that calls the tool") =>
        In(members).Expect(DiagnosticSeverity.Warning, $"'{call}' gives a different '{key}' each time {runner} runs this code again, so the receiver cannot recognize a repeated attempt").RunAsync();

    private static Task Silent(string members) => In(members).RunAsync();

    [Theory]
    [InlineData("{|#0:Guid.NewGuid()|}.ToString()", "Guid.NewGuid")]
    [InlineData("$\"pay-{{|#0:DateTime.UtcNow|}:O}\"", "DateTime.UtcNow")]
    [InlineData("\"pay-\" + {|#0:Guid.NewGuid()|}", "Guid.NewGuid")]
    [InlineData("id ?? {|#0:Guid.NewGuid()|}.ToString(\"N\")", "Guid.NewGuid")]
    [InlineData("id.Length > 3 ? id : {|#0:Guid.NewGuid()|}.ToString()", "Guid.NewGuid")]
    [InlineData("Convert.ToHexString({|#0:Guid.NewGuid()|}.ToByteArray())", "Guid.NewGuid")]
    public Task Key_that_a_tool_makes(string key, string call) =>
        Reported($"[McpServerTool] public Task Pay(string id) {{ var request = new HttpRequestMessage(HttpMethod.Post, \"payments\"); request.Headers.Add(\"Idempotency-Key\", {key}); return http.SendAsync(request); }}", call);

    [Fact]
    public Task Key_is_followed_through_locals_and_calls() =>
        Reported("[McpServerTool] public Task Pay(string id) { var key = {|#0:Guid.NewGuid()|}; var text = key.ToString(); return http.SendAsync(Request(text)); }", "Guid.NewGuid");

    [Fact]
    public Task Path_to_the_key_is_given() =>
        In("[McpServerTool] public Task Pay(string id) => http.SendAsync({|#1:Send({|#0:Guid.NewGuid()|}.ToString())|}); HttpRequestMessage Send(string key) { var r = new HttpRequestMessage(); {|#2:r.Headers.Add(\"Idempotency-Key\", key)|}; return r; }")
            .ExpectPath(DiagnosticSeverity.Warning, "'Guid.NewGuid' gives a different 'Idempotency-Key' each time the model or the host that calls the tool runs this code again, so the receiver cannot recognize a repeated attempt", 0, 1, 2).RunAsync();

    [Fact]
    public Task Key_that_a_helper_of_a_tool_makes() =>
        Reported("[McpServerTool] public Task Pay(string id) => Send(); private Task Send() => http.SendAsync(Request({|#0:Guid.NewGuid()|}.ToString()));", "Guid.NewGuid");

    [Fact]
    public Task Key_that_the_retried_delegate_makes() =>
        Reported("public async Task Pay() => await pipeline.ExecuteAsync(async t => await http.SendAsync(Request({|#0:Guid.NewGuid()|}.ToString()), t));", "Guid.NewGuid", runner: "'ResiliencePipeline.ExecuteAsync'");

    [Fact]
    public Task Key_that_each_turn_of_a_retry_makes() =>
        Reported("public async Task Pay() { for (var n = 0; ; n++) { try { await http.SendAsync(Request({|#0:Guid.NewGuid()|}.ToString())); return; } catch (HttpRequestException) when (n < 3) { await Task.Delay(500); } } }", "Guid.NewGuid", runner: "the loop in line 9");

    [Fact]
    public Task Key_that_a_method_makes_which_a_retry_calls() =>
        Reported("public async Task Pay() { for (var n = 0; ; n++) { try { await Send(); return; } catch (HttpRequestException) when (n < 3) { await Task.Delay(500); } } } private Task Send() => http.SendAsync(Request({|#0:Guid.NewGuid()|}.ToString()));", "Guid.NewGuid", runner: "the loop in line 9");

    [Fact]
    public Task Key_that_a_method_makes_which_the_retried_delegate_calls() =>
        Reported("public async Task Pay() => await pipeline.ExecuteAsync(async t => await Send()); private Task Send() => http.SendAsync(Request({|#0:Guid.NewGuid()|}.ToString()));", "Guid.NewGuid", runner: "'ResiliencePipeline.ExecuteAsync'");

    [Fact]
    public Task Key_of_a_message() =>
        Reported("[McpServerTool] public Task Tell(string id) => bus.Publish(new Order(id), x => x.MessageId = {|#0:NewId.NextGuid()|});", "NewId.NextGuid", "SendContext.MessageId");

    [Fact]
    public Task Key_that_a_consumer_makes() =>
        new RuleTest<AGL0102_UnstableIdempotencyKey>(Head + """
            public class OrderConsumer(IPublishEndpoint bus) : IConsumer<Order>
            {
                public Task Consume(ConsumeContext<Order> context) => bus.Publish(new Order("1"), x => x.MessageId = {|#0:Guid.NewGuid()|});
            }
            """).Expect(DiagnosticSeverity.Warning, "'Guid.NewGuid' gives a different 'SendContext.MessageId' each time the broker that delivers the message runs this code again, so the receiver cannot recognize a repeated attempt").RunAsync();

    [Theory]
    [InlineData("public Task Pay(string id) => http.SendAsync(Request(Guid.NewGuid().ToString()));")]
    [InlineData("public async Task Pay() { var key = Guid.NewGuid().ToString(); for (var n = 0; ; n++) { try { await http.SendAsync(Request(key)); return; } catch (HttpRequestException) when (n < 3) { await Task.Delay(500); } } }")]
    [InlineData("public async Task Pay(string[] ids) { foreach (var id in ids) { try { await http.SendAsync(Request(Guid.NewGuid().ToString())); } catch (HttpRequestException) { Console.WriteLine(id); } } }")]
    [InlineData("public async Task Pay() { var key = Guid.NewGuid().ToString(); await pipeline.ExecuteAsync(async t => await http.SendAsync(Request(key), t)); }")]
    [InlineData("[McpServerTool] public Task Pay(string id) => http.SendAsync(Request(id));")]
    [InlineData("[McpServerTool] public Task Pay(string id) { var r = Request(id); r.Headers.Add(\"X-Correlation-Id\", Guid.NewGuid().ToString()); return http.SendAsync(r); }")]
    [InlineData("[McpServerTool] public Task Pay(string id) { Console.Error.WriteLine(Guid.NewGuid()); return http.SendAsync(Request(id)); }")]
    [InlineData("[McpServerTool] public Task Pay(string id) { var now = DateTime.UtcNow; if (now.Hour > 3) return Task.CompletedTask; return http.SendAsync(Request(id)); }")]
    [InlineData("[McpServerTool] public Task Tell(string id) => bus.Publish(new Order(id), x => x.CorrelationId = Guid.NewGuid());")]
    [InlineData("[McpServerTool] public Task Tell(string id) => bus.Publish(new Order(Guid.NewGuid().ToString()), x => x.MessageId = Guid.Parse(id));")]
    public Task Key_that_stays_or_is_none(string members) => Silent(members);

    [Fact]
    public Task Caller_far_away_is_not_found() =>
        Silent("[McpServerTool] public Task Pay() => A(); Task A() => B(); Task B() => C(); Task C() => D(); Task D() => E(); Task E() => http.SendAsync(Request(Guid.NewGuid().ToString()));");

    [Fact]
    public Task Key_in_a_field_is_not_followed() =>
        Silent("string last = \"\"; [McpServerTool] public Task Pay() { last = Guid.NewGuid().ToString(); return http.SendAsync(Request(last)); }");

    // flexprice/flexprice#2488: the time goes through a table that is joined and hashed.
    [Fact]
    public Task Key_is_made_of_several_values_by_a_helper() => Reported(
        """
            [McpServerTool] public async Task Run(string id) => await http.SendAsync(Request(Make(new Dictionary<string, object> { ["id"] = id, ["at"] = {|#0:DateTime.UtcNow|}.ToString("s") })));
            private static string Make(IReadOnlyDictionary<string, object> parts) => Convert.ToHexString(System.Text.Encoding.UTF8.GetBytes(string.Join("|", parts.OrderBy(p => p.Key).Select(p => p.Key + "=" + p.Value))));
        """,
        "DateTime.UtcNow");

    [Fact]
    public Task Key_is_given_back_by_a_helper() => Reported(
        """
            [McpServerTool] public async Task Run(string id) => await http.SendAsync(Request(NewKey()));
            private static string NewKey() => {|#0:Guid.NewGuid()|}.ToString();
        """,
        "Guid.NewGuid");

    [Fact]
    public Task Table_that_is_made_of_what_is_given_is_stable() => Silent(
        """
            [McpServerTool] public async Task Run(string id) { Console.Error.WriteLine(DateTime.UtcNow); await http.SendAsync(Request(Make(new Dictionary<string, object> { ["id"] = id }))); }
            private static string Make(IReadOnlyDictionary<string, object> parts) => string.Join("|", parts.Select(p => p.Key + "=" + p.Value));
        """);

    // ---- keys that are taken and not given on ------------------------------------------------------------------------

    [Theory]
    [InlineData("public async Task Pay(int amount, {|#0:string idempotencyKey|}) { using var answer = await http.PostAsJsonAsync(\"payments\", amount); answer.EnsureSuccessStatusCode(); }", "'HttpClient.PostAsJsonAsync'", "idempotencyKey")]
    [InlineData("public Task Pay(int amount, {|#0:Guid idempotency_token|}) => Send(amount); async Task Send(int amount) { await http.PostAsJsonAsync(\"payments\", amount); }", "'HttpClient.PostAsJsonAsync' (Shop.Pay → Shop.Send → HttpClient.PostAsJsonAsync)", "idempotency_token")]
    public Task Key_that_is_forgotten(string members, string call, string name) =>
        In(members).Expect(DiagnosticSeverity.Warning, $"'Shop.Pay' takes '{name}' and does not pass it to {call}, so the receiver cannot recognize a repeated attempt").RunAsync();

    [Theory]
    [InlineData("public Task Pay(int amount, string idempotencyKey) => http.SendAsync(Request(idempotencyKey));")]
    [InlineData("public Task<string> Find(string idempotencyKey) => http.GetStringAsync(\"payments\");")]
    [InlineData("public async Task Pay(int amount, string key) { await http.PostAsJsonAsync(\"payments\", amount); }")]
    [InlineData("public async Task Pay(int amount, string idempotencyKey) { await http.PostAsJsonAsync(\"payments\", new { amount, idempotencyKey }); }")]
    [InlineData("public async Task Put(int amount, string idempotencyKey) { await http.PutAsJsonAsync(\"payments/1\", amount); }")]
    public Task Key_that_is_given_on_or_not_needed(string members) => Silent(members);
}
