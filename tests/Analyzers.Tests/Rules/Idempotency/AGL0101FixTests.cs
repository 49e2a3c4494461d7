using AgentLint.Fixes.Idempotency;
using AgentLint.Rules.Idempotency;
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

    private static Task Fixed(string code, string fixedCode, params Library[] libraries)
    {
        var test = new FixTest<AGL0101_SideEffectWithoutIdempotencyKey, AGL0101Fix_PassKey>(Head + code, Head + fixedCode);
        Libraries.AddTo(test.TestState, libraries);
        return test.RunAsync(code == fixedCode ? null : "Pass a stable idempotency key");
    }

    private static Task Left(string code, params Library[] libraries) => Fixed(code, code, libraries);

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

    private const string TemporalKey = "ActivityExecutionContext.Current.Info.WorkflowId + '/' + ActivityExecutionContext.Current.Info.WorkflowRunId + '/' + ActivityExecutionContext.Current.Info.ActivityId";

    [Fact]
    public Task Temporal_activity_posts_with_a_key() => Fixed(
        Activity("int amount", "await [|http.PostAsJsonAsync(\"payments\", amount)|]; // money"),
        Activity("int amount", $"var idempotencyKey = {TemporalKey};\n        await http.SendAsync(new HttpRequestMessage(HttpMethod.Post, \"payments\") {{ Content = JsonContent.Create(amount), Headers = {{ {{ \"Idempotency-Key\", idempotencyKey }} }} }}); // money"),
        Library.Temporal, Library.Stripe);

    [Fact]
    public Task Token_and_options_go_along() => Fixed(
        Activity("int amount, CancellationToken token", "await [|http.PostAsync(\"payments\", JsonContent.Create(amount), token)|];"),
        Activity("int amount, CancellationToken token", $"var idempotencyKey = {TemporalKey};\n        await http.SendAsync(new HttpRequestMessage(HttpMethod.Post, \"payments\") {{ Content = JsonContent.Create(amount), Headers = {{ {{ \"Idempotency-Key\", idempotencyKey }} }} }}, token);"),
        Library.Temporal, Library.Stripe);

    [Fact]
    public Task Request_option_is_added() => Fixed(
        Activity("string charge", "await [|refunds.CreateAsync(new RefundCreateOptions { Charge = charge })|];"),
        Activity("string charge", $"var idempotencyKey = {TemporalKey};\n        await refunds.CreateAsync(new RefundCreateOptions {{ Charge = charge }}, requestOptions: new RequestOptions {{ IdempotencyKey = idempotencyKey }});"),
        Library.Temporal, Library.Stripe);

    [Fact]
    public Task Each_case_of_a_switch_is_an_operation() => Fixed(
        Activity("int kind", "switch (kind) { case 1: { await [|http.PostAsJsonAsync(\"a\", 1)|]; break; } default: { await [|http.PostAsJsonAsync(\"b\", 1)|]; break; } }"),
        Activity("int kind", $"var idempotencyKey = {TemporalKey};\n        switch (kind) {{ case 1: {{ await http.SendAsync(new HttpRequestMessage(HttpMethod.Post, \"a\") {{ Content = JsonContent.Create(1), Headers = {{ {{ \"Idempotency-Key\", idempotencyKey }} }} }}); break; }} default: {{ await http.SendAsync(new HttpRequestMessage(HttpMethod.Post, \"b\") {{ Content = JsonContent.Create(1), Headers = {{ {{ \"Idempotency-Key\", idempotencyKey + \"/2\" }} }} }}); break; }} }}"),
        Library.Temporal, Library.Stripe);

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
        Library.Dapr);

    [Fact]
    public Task Request_that_is_made_before_gets_a_header() => Fixed(
        Dapr("var request = new HttpRequestMessage(HttpMethod.Post, \"payments\") { Content = JsonContent.Create(input) }; await [|http.SendAsync(request)|];"),
        Dapr("var request = new HttpRequestMessage(HttpMethod.Post, \"payments\") { Content = JsonContent.Create(input), Headers = { { \"Idempotency-Key\", context.TaskExecutionKey } } }; await http.SendAsync(request);"),
        Library.Dapr);

    private static string Consumer(string body) => $$"""
        public record Paid(string Order);

        class Receipts(Azure.Messaging.ServiceBus.ServiceBusSender sender) : IConsumer<Paid>
        {
            public async Task Consume(ConsumeContext<Paid> context)
            {
                {{body}}
            }
        }
        """;

    [Fact]
    public Task Message_gets_an_id() => Handed(
        Consumer("await [|sender.SendMessageAsync(new Azure.Messaging.ServiceBus.ServiceBusMessage(context.Message.Order))|];"),
        Consumer("var idempotencyKey = OperationKey.Of(nameof(Receipts), context.MessageId, context.Message);\n        await sender.SendMessageAsync(new Azure.Messaging.ServiceBus.ServiceBusMessage(context.Message.Order) { MessageId = idempotencyKey });") + "\n" + Helper,
        Library.ServiceBus);

    // A message that was sent without an id has none.
    [Fact]
    public Task Receiver_of_a_queue_takes_the_message_too() => Handed(
        """
        using Azure.Messaging.ServiceBus;

        class Worker(ServiceBusClient bus, HttpClient http)
        {
            public async Task StartAsync()
            {
                var processor = bus.CreateProcessor("orders");
                processor.ProcessMessageAsync += OnMessageAsync;
                await processor.StartProcessingAsync();
            }

            private async Task OnMessageAsync(ProcessMessageEventArgs args)
            {
                await [|http.PostAsJsonAsync("payments", args.Message.Body.ToString())|];
            }
        }
        """,
        """
        using Azure.Messaging.ServiceBus;

        class Worker(ServiceBusClient bus, HttpClient http)
        {
            public async Task StartAsync()
            {
                var processor = bus.CreateProcessor("orders");
                processor.ProcessMessageAsync += OnMessageAsync;
                await processor.StartProcessingAsync();
            }

            private async Task OnMessageAsync(ProcessMessageEventArgs args)
            {
                var idempotencyKey = OperationKey.Of(nameof(OnMessageAsync), args.Message.MessageId, args.Message.Body.ToString());
                await http.SendAsync(new HttpRequestMessage(HttpMethod.Post, "payments") { Content = JsonContent.Create(args.Message.Body.ToString()), Headers = { { "Idempotency-Key", idempotencyKey } } });
            }
        }
        """ + "\n" + Helper,
        Library.ServiceBus);

    [Fact]
    public Task Published_message_gets_an_id() => Handed(
        """
        public record Paid(string Order);
        public record Shipped(string Order);

        class Shipping : MassTransit.IConsumer<Paid>
        {
            public async Task Consume(MassTransit.ConsumeContext<Paid> context)
            {
                await [|context.Publish(new Shipped(context.Message.Order), context.CancellationToken)|];
            }
        }
        """,
        """
        public record Paid(string Order);
        public record Shipped(string Order);

        class Shipping : MassTransit.IConsumer<Paid>
        {
            public async Task Consume(MassTransit.ConsumeContext<Paid> context)
            {
                var idempotencyKey = OperationKey.Of(nameof(Shipping), context.MessageId, context.Message);
                await context.Publish(new Shipped(context.Message.Order), sent => sent.MessageId = new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(idempotencyKey))[..16]), context.CancellationToken);
            }
        }
        """ + "\n" + Helper);

    // ---- No edit ----------------------------------------------------------------------------------------------------------

    [Fact]
    public Task One_key_for_each_item_cannot_be_made() => Left(
        Activity("int[] amounts", "foreach (var amount in amounts) await [|http.PostAsJsonAsync(\"payments\", amount)|];"),
        Library.Temporal, Library.Stripe);

    [Fact]
    public Task Model_names_nothing_that_a_key_could_be_made_of() => Left(
        """
        using ModelContextProtocol.Server;
        class Tools(HttpClient http)
        {
            [McpServerTool] public async Task Pay(CancellationToken token) => await [|http.PostAsJsonAsync("payments", 1, token)|];
        }
        """);

    [Fact]
    public Task Functions_of_other_libraries_call_what_stands_between() => Left(
        """
        using ModelContextProtocol.Server;
        class Tools(HttpClient http) : IDisposable
        {
            public void Dispose() => http.PostAsJsonAsync("payments", 1);
            [McpServerTool] public void Pay(int amount) => [|Dispose()|];
        }
        """);

    [Fact]
    public Task Delegate_is_made_of_what_stands_between() => Left(
        """
        using ModelContextProtocol.Server;
        class Tools(HttpClient http)
        {
            public Func<int, Task> Later => Post;
            [McpServerTool] public async Task Pay(int amount) => await [|Post(amount)|];
            private Task Post(int amount) => http.PostAsJsonAsync("payments", amount);
        }
        """);

    // ---- Functions between ------------------------------------------------------------------------------------------------

    private const string Sent = "http.SendAsync(new HttpRequestMessage(HttpMethod.Post, \"payments\") { Content = JsonContent.Create(amount), Headers = { { \"Idempotency-Key\", idempotencyKey } } })";

    private static string Key(string parts) => $"OperationKey.Of({parts})";

    // Written once, below the first file that needs it.
    internal const string Helper = """

        /// <summary>Creates the key of an operation: the same on every attempt, and different for every operation.</summary>
        internal static class OperationKey
        {
            public static string Of(params object[] parts) =>
                Convert.ToHexString(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(parts)));
        }

        """;

    private static Task Handed(string code, string fixedCode, params Library[] libraries)
    {
        var test = new FixTest<AGL0101_SideEffectWithoutIdempotencyKey, AGL0101Fix_PassKey>(Imports + code, Imports + fixedCode);
        Libraries.AddTo(test.TestState, libraries);
        return test.RunAsync("Pass a stable idempotency key");
    }

    private const string Imports = """
        using System;
        using System.Linq;
        using System.Net.Http;
        using System.Net.Http.Json;
        using System.Security.Cryptography;
        using System.Text;
        using System.Text.Json;
        using System.Threading;
        using System.Threading.Tasks;
        using MassTransit;
        using ModelContextProtocol.Server;

        """;

    [Fact]
    public Task Tool_makes_a_key_of_what_it_is_asked() => Handed(
        "class Tools(HttpClient http) { [McpServerTool] public async Task Pay(int amount, CancellationToken token) => await [|http.PostAsJsonAsync(\"payments\", amount)|]; }",
        $"class Tools(HttpClient http) {{ [McpServerTool] public async Task Pay(int amount, CancellationToken token) => await {Sent.Replace("idempotencyKey", Key("nameof(Pay), amount"), StringComparison.Ordinal)}; }}\n" + Helper);

    [Fact]
    public Task Key_goes_through_services_and_their_interfaces() => Handed(
        """
        interface IShop { Task PayAsync(int amount, CancellationToken token = default); }
        class Shop(HttpClient http) : IShop { public async Task PayAsync(int amount, CancellationToken token) { await http.PostAsJsonAsync("payments", amount); } }
        class Tools(IShop shop)
        {
            [McpServerTool]
            public async Task Pay(int amount)
            {
                await [|shop.PayAsync(amount)|];
            }
        }
        class Nightly(IShop shop) { public Task Run(CancellationToken token) => shop.PayAsync(1, token); }
        """,
        $$"""
        interface IShop { Task PayAsync(int amount, string idempotencyKey, CancellationToken token = default); }
        class Shop(HttpClient http) : IShop { public async Task PayAsync(int amount, string idempotencyKey, CancellationToken token) { await {{Sent}}; } }
        class Tools(IShop shop)
        {
            [McpServerTool]
            public async Task Pay(int amount)
            {
                await shop.PayAsync(amount, {{Key("nameof(Pay), amount")}});
            }
        }
        class Nightly(IShop shop) { public Task Run(CancellationToken token) => shop.PayAsync(1, Guid.NewGuid().ToString(), token); }
        """ + "\n" + Helper);

    [Fact]
    public Task Each_of_several_operations_has_its_own() => Handed(
        """
        class Tools(HttpClient http)
        {
            [McpServerTool]
            public async Task Pay(string[] names, int amount)
            {
                await [|Post(amount)|];
                await Post(amount);
                await Task.WhenAll(names.Distinct().Select(name => Post(name.Length)));
            }

            private Task Post(int amount) => http.PostAsJsonAsync("payments", amount);
        }
        """,
        $$"""
        class Tools(HttpClient http)
        {
            [McpServerTool]
            public async Task Pay(string[] names, int amount)
            {
                var idempotencyKey = {{Key("nameof(Pay), names, amount")}};
                await Post(amount, idempotencyKey);
                await Post(amount, idempotencyKey + "/2");
                await Task.WhenAll(names.Distinct().Select(name => Post(name.Length, idempotencyKey + "/3" + "/" + Uri.EscapeDataString(name))));
            }

            private Task Post(int amount, string idempotencyKey) => {{Sent}};
        }
        """ + "\n" + Helper);

    [Fact]
    public Task Framework_gives_a_key_for_a_write_below() => Fixed(
        """
        using Dapr.Workflow;
        class Pay(HttpClient http) : WorkflowActivity<int, string>
        {
            public override async Task<string> RunAsync(WorkflowActivityContext context, int input) { await [|Post(input)|]; return ""; }
            private Task Post(int amount) => http.PostAsJsonAsync("payments", amount);
        }
        """,
        $$"""
        using Dapr.Workflow;
        class Pay(HttpClient http) : WorkflowActivity<int, string>
        {
            public override async Task<string> RunAsync(WorkflowActivityContext context, int input) { await Post(input, context.TaskExecutionKey); return ""; }
            private Task Post(int amount, string idempotencyKey) => {{Sent}};
        }
        """,
        Library.Dapr);

    // Of two equal items the second would be lost.
    [Fact]
    public Task Items_that_may_be_equal_are_not_told_apart() => Left(
        """
        using ModelContextProtocol.Server;
        class Tools(HttpClient http)
        {
            [McpServerTool] public async Task Pay(int[] amounts) { foreach (var amount in amounts) await [|Post(amount)|]; }
            private Task Post(int amount) => http.PostAsJsonAsync("payments", amount);
        }
        """);

    [Fact]
    public Task Step_of_a_durable_workflow_names_its_instance() => Handed(
        """
        class Pay(HttpClient http) : Microsoft.DurableTask.TaskActivity<int, string>
        {
            public override async Task<string> RunAsync(Microsoft.DurableTask.TaskActivityContext context, int input)
            {
                await [|http.PostAsJsonAsync("payments", input)|];
                return "";
            }
        }
        """,
        $$"""
        class Pay(HttpClient http) : Microsoft.DurableTask.TaskActivity<int, string>
        {
            public override async Task<string> RunAsync(Microsoft.DurableTask.TaskActivityContext context, int input)
            {
                await {{Sent.Replace("amount", "input", StringComparison.Ordinal).Replace("idempotencyKey", Key("nameof(Pay), context.InstanceId, input"), StringComparison.Ordinal)}};
                return "";
            }
        }
        """ + "\n" + Helper,
        Library.DurableTask);

    [Fact]
    public Task Key_helper_that_is_there_is_used() => Handed(
        "class Tools(HttpClient http) { [McpServerTool] public async Task Pay(int amount) => await [|http.PostAsJsonAsync(\"payments\", amount)|]; }\n" + Helper,
        $"class Tools(HttpClient http) {{ [McpServerTool] public async Task Pay(int amount) => await {Sent.Replace("idempotencyKey", Key("nameof(Pay), amount"), StringComparison.Ordinal)}; }}\n" + Helper);
}
