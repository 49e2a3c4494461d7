using AgentLint.Analysis;
using AgentLint.Analysis.Calls;
using AgentLint.Model;
using AgentLint.Tests.Stubs;
using Microsoft.CodeAnalysis;
using Xunit;

namespace AgentLint.Tests.Analysis;

/// <summary>What runs code that the program itself does not call, and which requests are webhooks.</summary>
public sealed class EntryPointTests
{
    private static readonly Lazy<MetadataReference[]> Real = new(() =>
    [
        .. Libraries.With(
            Library.Hosting, Library.Functions, Library.ServiceBus, Library.Hangfire, Library.Quartz, Library.Rebus, Library.OllamaSharp, Library.Stripe,
            Library.AspNetCore),
        AmazonLambdaStub.Library.Reference,
    ]);

    private static CancellationToken Cancellation => Xunit.TestContext.Current.CancellationToken;

    [Theory]
    // triggers, whatever extension brings them
    [InlineData("class PulsarTriggerAttribute : Microsoft.Azure.Functions.Worker.Extensions.Abstractions.TriggerBindingAttribute; class C { void M([PulsarTrigger] string message) { } }", "Consumer")]
    [InlineData("class C { void M([Microsoft.Azure.Functions.Worker.HttpTrigger(\"post\")] string request) { } }", "Handler")]
    [InlineData("class C { void M([Microsoft.Azure.Functions.Worker.TimerTrigger(\"0 * * * *\")] string timer) { } }", "Job")]
    // events of brokers
    [InlineData("using Azure.Messaging.ServiceBus; class C { void R(ServiceBusProcessor p) => p.ProcessMessageAsync += M; Task M(ProcessMessageEventArgs e) => null!; }", "Consumer")]
    [InlineData("using Azure.Messaging.ServiceBus; class C { void R(ServiceBusProcessor p) => p.ProcessMessageAsync -= M; Task M(ProcessMessageEventArgs e) => null!; }", "Consumer")]
    [InlineData("class C { event Func<Task>? ProcessMessageAsync; void R() { ProcessMessageAsync += M; ProcessMessageAsync(); } Task M() => null!; }", "None")]
    // loops that take messages
    [InlineData("using Azure.Messaging.ServiceBus; class C { async Task M(ServiceBusReceiver r) { while (true) await r.ReceiveMessageAsync(); } }", "Consumer")]
    [InlineData("using Azure.Messaging.ServiceBus; class C { async Task M(ServiceBusReceiver r) { await foreach (var m in r.ReceiveMessagesAsync()) { } } }", "Consumer")]
    [InlineData("using Azure.Messaging.ServiceBus; class C { async Task M(ServiceBusReceiver r) { while (true) await Next(r); } async Task<ServiceBusReceivedMessage> Next(ServiceBusReceiver r) => await r.ReceiveMessageAsync(); }", "Consumer")]
    [InlineData("using Azure.Messaging.ServiceBus; class C { async Task N(ServiceBusReceiver r) { while (true) await M(r); } async Task<ServiceBusReceivedMessage> M(ServiceBusReceiver r) => await r.ReceiveMessageAsync(); }", "None")]
    // jobs
    [InlineData("class C { public void M() { } static void R() => Hangfire.BackgroundJob.Enqueue<C>(c => c.M()); }", "Consumer")]
    [InlineData("interface I { void M(); } class C : I { public void M() { } static void R() => Hangfire.BackgroundJob.Enqueue<I>(c => c.M()); }", "Consumer", "C.M")]
    [InlineData("class C { public static void M() { } static void R() => Hangfire.BackgroundJob.Enqueue(() => M()); }", "Consumer")]
    [InlineData("class C : Quartz.IJob { public ValueTask Execute(Quartz.IJobExecutionContext context, CancellationToken token) => default; }", "Job", "C.Execute")]
    // buses, lambdas of a cloud, tools, requests
    [InlineData("class C : Rebus.Handlers.IHandleMessages<string> { public Task Handle(string message) => null!; }", "Consumer", "C.Handle")]
    [InlineData("class C { public void M(Amazon.Lambda.SQSEvents.SQSEvent all) { } }", "Consumer")]
    [InlineData("class C { [OllamaSharp.OllamaTool] public static string M() => \"\"; }", "Tool")]
    [InlineData("class C { object R() => new ModelContextProtocol.Server.McpServerHandlers { CallToolHandler = M }; ValueTask<ModelContextProtocol.Protocol.CallToolResult> M(ModelContextProtocol.Server.RequestContext<ModelContextProtocol.Protocol.CallToolRequestParams> r, CancellationToken c) => default; }", "Tool")]
    [InlineData("class C : Microsoft.AspNetCore.Mvc.ControllerBase { public void M() { } }", "Handler")]
    [InlineData("class C : Microsoft.AspNetCore.Mvc.ControllerBase { internal void M() { } }", "None")]
    [InlineData("class C : Microsoft.AspNetCore.SignalR.Hub { public Task M(string text) => null!; }", "Handler")]
    // by name, only where the framework that goes by names is there
    [InlineData("public record Pay; public class PayHandler { public void Handle(Pay message) { } }", "None", "PayHandler.Handle")]
    public void Function_that_others_run_has_a_role(string source, string role, string method = "M")
    {
        var program = Compiled.On(Real.Value, source);

        Assert.Equal(role, program.Model.RolesOf(program.Method(method), Cancellation).ToString());
    }

    [Theory]
    [InlineData("public class PayHandler { public void M(Pay message) { } public void Handle(Pay message) { } }", "PayHandler.Handle", "Consumer")]
    [InlineData("public class PayConsumer { public Task ConsumeAsync(Pay message) => null!; }", "PayConsumer.ConsumeAsync", "Consumer")]
    [InlineData("public class PayHandler { public void Send(Pay message) { } }", "PayHandler.Send", "None")]
    [InlineData("public class PayHandler { public void Handle(string message) { } }", "PayHandler.Handle", "None")]
    [InlineData("public class PayHandlers { public void Handle(Pay message) { } }", "PayHandlers.Handle", "None")]
    [InlineData("public class PayHandler { void Handle(Pay message) { } }", "PayHandler.Handle", "None")]
    public void Framework_that_finds_handlers_by_names_finds_these(string source, string method, string role)
    {
        var program = Compiled.Using(Library.Wolverine, "public record Pay;", source);

        Assert.Equal(role, program.Model.RolesOf(program.Method(method), Cancellation).ToString());
    }

    [Theory]
    [InlineData("class C : Microsoft.AspNetCore.Mvc.ControllerBase { public void M(string json) => Stripe.EventUtility.ConstructEvent(json, \"\", \"\"); }", true)]
    [InlineData("class C : Microsoft.AspNetCore.Mvc.ControllerBase { public void M(string json) => Read(json); static void Read(string json) => Stripe.EventUtility.ConstructEvent(json, \"\", \"\"); }", true)]
    [InlineData("class C : Microsoft.AspNetCore.Mvc.ControllerBase { public void M(Stripe.Event paid) { } }", true)]
    [InlineData("using System.Security.Cryptography; class C : Microsoft.AspNetCore.Mvc.ControllerBase { public bool M(byte[] body, byte[] sent) => CryptographicOperations.FixedTimeEquals(HMACSHA256.HashData(new byte[1], body), sent); }", true)]
    // a request is signed, a password compared
    [InlineData("using System.Security.Cryptography; class C : Microsoft.AspNetCore.Mvc.ControllerBase { public byte[] M(byte[] body) => HMACSHA256.HashData(new byte[1], body); }", false)]
    [InlineData("using System.Security.Cryptography; class C : Microsoft.AspNetCore.Mvc.ControllerBase { public bool M(byte[] body, byte[] sent) => CryptographicOperations.FixedTimeEquals(body, sent); }", false)]
    // routes: whole words
    [InlineData("using Microsoft.AspNetCore.Mvc; class C : ControllerBase { [HttpPost(\"api/webhooks/mail\")] public void M() { } }", true)]
    [InlineData("using Microsoft.AspNetCore.Mvc; [Route(\"hooks/stripe-webhook\")] class C : ControllerBase { [HttpPost(\"\")] public void M() { } }", true)]
    [InlineData("using Microsoft.AspNetCore.Mvc; [Route(\"api/[controller]\")] class StripeWebhookController : ControllerBase { [HttpPost(\"\")] public void M() { } }", true)]
    [InlineData("using Microsoft.AspNetCore.Mvc; class C : ControllerBase { [HttpGet(\"api/webhooks\")] public void M() { } }", false)]
    [InlineData("using Microsoft.AspNetCore.Mvc; class C : ControllerBase { [HttpPost(\"api/webhookless\")] public void M() { } }", false)]
    [InlineData("using Microsoft.AspNetCore.Mvc; class WebhookStore : ControllerBase { [HttpPost(\"api/orders\")] public void M() { } }", false)]
    // webhooks that users register and remove
    [InlineData("using Microsoft.AspNetCore.Mvc; [Route(\"api/webhooks\")] class C : ControllerBase { [HttpPost(\"\")] public void M() { } [HttpDelete(\"{id}\")] public void N(int id) { } }", false)]
    [InlineData("using Microsoft.AspNetCore.Mvc; class C : ControllerBase { [HttpPost(\"webhooks/mail\")] public void M() { } [HttpDelete(\"orders/{id}\")] public void N(int id) { } }", true)]
    [InlineData("class C { [Microsoft.Azure.Functions.Worker.Function(\"StripeWebhook\")] public void M([Microsoft.Azure.Functions.Worker.HttpTrigger(\"post\")] string body) { } }", true)]
    [InlineData("class C { [Microsoft.Azure.Functions.Worker.Function(\"Orders\")] public void M([Microsoft.Azure.Functions.Worker.HttpTrigger(\"post\", Route = \"webhooks/orders\")] string body) { } }", true)]
    [InlineData("using Microsoft.AspNetCore.Builder; class C { void R(Microsoft.AspNetCore.Routing.IEndpointRouteBuilder all) => all.MapPost(\"/webhooks/mail\", M); static void M() { } }", true)]
    [InlineData("using Microsoft.AspNetCore.Builder; class C { void R(Microsoft.AspNetCore.Routing.IEndpointRouteBuilder all) { var hooks = all.MapGroup(\"/webhooks\"); hooks.MapPost(\"/mail\", M); } static void M() { } }", true)]
    [InlineData("using Microsoft.AspNetCore.Builder; class C { void R(Microsoft.AspNetCore.Routing.IEndpointRouteBuilder all) => all.MapGet(\"/webhooks\", M); static void M() { } }", false)]
    [InlineData("using Microsoft.AspNetCore.Builder; class C { void R(Microsoft.AspNetCore.Routing.IEndpointRouteBuilder all) => all.MapPost(\"/orders\", M); static void M() { } }", false)]
    public void Request_that_a_service_sends_again_is_a_webhook(string source, bool isWebhook)
    {
        var program = Compiled.On(Real.Value, source);

        Assert.Equal(isWebhook, EntryPoints.Of(program.Model).IsWebhook(program.Method("M"), 8, Cancellation));
    }

    [Fact]
    public void Entry_points_of_a_file_come_in_the_order_of_the_text()
    {
        var program = Compiled.On(Real.Value, """
            using Azure.Messaging.ServiceBus;
            using Microsoft.AspNetCore.Builder;
            class C : Quartz.IJob
            {
                void R(ServiceBusProcessor p, Microsoft.AspNetCore.Routing.IEndpointRouteBuilder all)
                {
                    p.ProcessMessageAsync += Local;
                    all.MapPost("/orders", () => 1);
                    Task Local(ProcessMessageEventArgs e) => null!;
                }
                public ValueTask Execute(Quartz.IJobExecutionContext context, CancellationToken token) => default;
                void Other() { }
            }
            """);
        var tree = program.Compilation.SyntaxTrees.Last();

        var found = EntryPoints.Of(program.Model).In(program.Compilation.GetSemanticModel(tree), Cancellation);

        Assert.Equal([("", MethodRoles.Handler), ("Local", MethodRoles.Consumer), ("Execute", MethodRoles.Job)], found.Select(entry => (entry.Function.Name, entry.Roles)));
        Assert.Equal(["'POST /orders'", "'Local'", "'C.Execute'"], found.Select(entry => EntryPointNames.NameOf(entry.Function, program.Model, Cancellation)));
    }
}
