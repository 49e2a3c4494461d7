using AgentLint.Fixes.Idempotency;
using AgentLint.Rules.Idempotency;
using AgentLint.Tests.Stubs;
using Xunit;

namespace AgentLint.Tests.Rules.Idempotency;

public class AGL0101FixTests
{
    private const string Head = """
        using System;
        using System.Net.Http;
        using System.Net.Http.Json;
        using System.Threading;
        using System.Threading.Tasks;

        """;

    private static Task Fixed(string code, string fixedCode, params Stub[] libraries)
    {
        var test = new FixTest<AGL0101_SideEffectWithoutIdempotencyKey, AGL0101Fix_PassKey>(Head + code, Head + fixedCode);
        foreach (var library in libraries)
            test.TestState.AdditionalReferences.Add(library.Reference);
        return test.RunAsync(code == fixedCode ? null : "Pass a key that is the same in each attempt");
    }

    private static Task Left(string code, params Stub[] libraries) => Fixed(code, code, libraries);

    private static string Activity(string parameters, string body) => $$"""
        using Stripe;
        using Temporalio.Activities;

        class Activities(HttpClient http, RefundService refunds)
        {
            [Activity]
            public async Task Pay({{parameters}})
            {
                {{body}}
            }
        }
        """;

    private const string TemporalKey = "ActivityExecutionContext.Current.Info.WorkflowId+'/'+ActivityExecutionContext.Current.Info.ActivityId";

    [Fact]
    public Task Temporal_activity_posts_with_a_key() => Fixed(
        Activity("int amount", "await [|http.PostAsJsonAsync(\"payments\", amount)|]; // money"),
        Activity("int amount", $"var idempotencyKey = {TemporalKey};\n        await http.SendAsync(new HttpRequestMessage(HttpMethod.Post, \"payments\") {{ Content = JsonContent.Create(amount), Headers = {{ {{ \"Idempotency-Key\", idempotencyKey }} }} }}); // money"),
        TemporalStub.Library, PaymentStub.Stripe);

    [Fact]
    public Task Token_and_options_go_along() => Fixed(
        Activity("int amount, CancellationToken token", "await [|http.PostAsync(\"payments\", JsonContent.Create(amount), token)|];"),
        Activity("int amount, CancellationToken token", $"var idempotencyKey = {TemporalKey};\n        await http.SendAsync(new HttpRequestMessage(HttpMethod.Post, \"payments\") {{ Content = JsonContent.Create(amount), Headers = {{ {{ \"Idempotency-Key\", idempotencyKey }} }} }}, token);"),
        TemporalStub.Library, PaymentStub.Stripe);

    [Fact]
    public Task Request_option_is_added() => Fixed(
        Activity("string charge", "await [|refunds.CreateAsync(new RefundCreateOptions { Charge = charge })|];"),
        Activity("string charge", $"var idempotencyKey = {TemporalKey};\n        await refunds.CreateAsync(new RefundCreateOptions {{ Charge = charge }}, requestOptions: new RequestOptions {{ IdempotencyKey = idempotencyKey }});"),
        TemporalStub.Library, PaymentStub.Stripe);

    [Fact]
    public Task Each_case_of_a_switch_is_an_operation() => Fixed(
        Activity("int kind", "switch (kind) { case 1: { await [|http.PostAsJsonAsync(\"a\", 1)|]; break; } default: { await [|http.PostAsJsonAsync(\"b\", 1)|]; break; } }"),
        Activity("int kind", $"switch (kind) {{ case 1: {{ var idempotencyKey = {TemporalKey};\nawait http.SendAsync(new HttpRequestMessage(HttpMethod.Post, \"a\") {{ Content = JsonContent.Create(1), Headers = {{ {{ \"Idempotency-Key\", idempotencyKey }} }} }}); break; }} default: {{ var operationKey = {TemporalKey} + \"/2\";\nawait http.SendAsync(new HttpRequestMessage(HttpMethod.Post, \"b\") {{ Content = JsonContent.Create(1), Headers = {{ {{ \"Idempotency-Key\", operationKey }} }} }}); break; }} }}"),
        TemporalStub.Library, PaymentStub.Stripe);

    private static string Dapr(string body) => $$"""
        using Dapr.Workflow;

        class Pay(HttpClient http) : WorkflowActivity<int, string>
        {
            public override async Task<string> RunAsync(WorkflowActivityContext context, int input)
            {
                {{body}}
                return "paid";
            }
        }
        """;

    [Fact]
    public Task Dapr_activity_has_a_key() => Fixed(
        Dapr("await [|http.PostAsJsonAsync(\"payments\", input)|];"),
        Dapr("await http.SendAsync(new HttpRequestMessage(HttpMethod.Post, \"payments\") { Content = JsonContent.Create(input), Headers = { { \"Idempotency-Key\", context.TaskExecutionKey } } });"),
        PaymentStub.Dapr);

    [Fact]
    public Task Request_that_is_made_before_gets_a_header() => Fixed(
        Dapr("var request = new HttpRequestMessage(HttpMethod.Post, \"payments\") { Content = JsonContent.Create(input) }; await [|http.SendAsync(request)|];"),
        Dapr("var request = new HttpRequestMessage(HttpMethod.Post, \"payments\") { Content = JsonContent.Create(input), Headers = { { \"Idempotency-Key\", context.TaskExecutionKey } } }; await http.SendAsync(request);"),
        PaymentStub.Dapr);

    private static string Consumer(string body) => $$"""
        using Azure.Messaging.ServiceBus;
        using MassTransit;

        public record Paid(string Order);

        class Receipts(ServiceBusSender sender) : IConsumer<Paid>
        {
            public async Task Consume(ConsumeContext<Paid> context)
            {
                {{body}}
            }
        }
        """;

    [Fact]
    public Task Message_gets_an_id() => Fixed(
        Consumer("await [|sender.SendMessageAsync(new ServiceBusMessage(context.Message.Order))|];"),
        Consumer("await sender.SendMessageAsync(new ServiceBusMessage(context.Message.Order) { MessageId = context.MessageId?.ToString() });"),
        PaymentStub.ServiceBus);

    // ---- No edit ----------------------------------------------------------------------------------------------------------

    [Fact]
    public Task One_key_for_each_item_cannot_be_made() => Left(
        Activity("int[] amounts", "foreach (var amount in amounts) await [|http.PostAsJsonAsync(\"payments\", amount)|];"),
        TemporalStub.Library, PaymentStub.Stripe);

    [Fact]
    public Task Framework_gives_nothing() => Left(
        """
        using ModelContextProtocol.Server;
        class Tools(HttpClient http)
        {
            [McpServerTool] public async Task Pay(int amount) => await [|http.PostAsJsonAsync("payments", amount)|];
        }
        """);

    [Fact]
    public Task Write_stands_elsewhere() => Left(
        """
        using Dapr.Workflow;
        class Pay(HttpClient http) : WorkflowActivity<int, string>
        {
            public override async Task<string> RunAsync(WorkflowActivityContext context, int input) { await [|Post(input)|]; return ""; }
            private Task Post(int input) => http.PostAsJsonAsync("payments", input);
        }
        """,
        PaymentStub.Dapr);
}
