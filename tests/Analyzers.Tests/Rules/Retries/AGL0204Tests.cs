using AgentLint.Rules.Retries;
using Microsoft.CodeAnalysis;
using Xunit;
using static Microsoft.CodeAnalysis.DiagnosticSeverity;

namespace AgentLint.Tests.Rules.Retries;

/// <summary>Retries over retries are reported at the outermost layer, with what they multiply to.</summary>
public sealed class AGL0204Tests
{
    private const string OpenAI = "ChatClient.CompleteChatAsync";

    // ---- A policy over an SDK that retries by itself -------------------------------------------------------------------

    [Theory]
    [InlineData("new ResiliencePipelineBuilder().AddRetry(new RetryStrategyOptions()).Build()", "4 (OpenAI SDK) × 4 (Polly retry) = 16 attempts")]
    [InlineData("new ResiliencePipelineBuilder().AddRetry(new RetryStrategyOptions { MaxRetryAttempts = 2 }).Build()", "4 (OpenAI SDK) × 3 (Polly retry) = 12 attempts")]
    [InlineData("new ResiliencePipelineBuilder().AddRetry(new() { MaxRetryAttempts = 2 }).AddTimeout(TimeSpan.FromSeconds(9)).Build()", "4 (OpenAI SDK) × 3 (Polly retry) = 12 attempts")]
    [InlineData("new ResiliencePipelineBuilder().AddRetry(new RetryStrategyOptions { MaxRetryAttempts = limit }).Build()", "4 (OpenAI SDK) × n (Polly retry): 4 attempts for each of n")]
    [InlineData("new ResiliencePipelineBuilder().AddRetry(new RetryStrategyOptions { MaxRetryAttempts = int.MaxValue }).Build()", "4 (OpenAI SDK) × ∞ (Polly retry): unlimited attempts")]
    [InlineData("Policy.Handle<Exception>().RetryAsync()", "4 (OpenAI SDK) × 2 (Polly retry) = 8 attempts")]
    [InlineData("Policy.Handle<Exception>().RetryAsync(2)", "4 (OpenAI SDK) × 3 (Polly retry) = 12 attempts")]
    [InlineData("Policy.Handle<Exception>().RetryForeverAsync()", "4 (OpenAI SDK) × ∞ (Polly retry): unlimited attempts")]
    [InlineData("Policy.Handle<Exception>().WaitAndRetryAsync(5, n => TimeSpan.FromSeconds(n))", "4 (OpenAI SDK) × 6 (Polly retry) = 24 attempts")]
    [InlineData("Policy.Handle<Exception>().WaitAndRetryAsync([TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5)])", "4 (OpenAI SDK) × 3 (Polly retry) = 12 attempts")]
    [InlineData("Policy.Handle<Exception>().WaitAndRetryAsync(new[] { TimeSpan.FromSeconds(1) })", "4 (OpenAI SDK) × 2 (Polly retry) = 8 attempts")]
    [InlineData("Policy.Handle<Exception>().CircuitBreakerAsync(2, TimeSpan.FromMinutes(1)).WrapAsync(Policy.Handle<Exception>().RetryAsync(2))", "4 (OpenAI SDK) × 3 (Polly retry) = 12 attempts")]
    public Task Policy_over_an_sdk(string policy, string product) => Method(
        $$"""
        public async Task<string> Ask(int limit)
        {
            var retry = {{policy}};
            var answer = await retry.{|#0:ExecuteAsync|}(async () => await client.CompleteChatAsync("Hi"));
            return answer.Value.Content[0].Text;
        }
        """.Replace("async () =>", policy.StartsWith("new") ? "async token =>" : "async () =>"))
        .Expect(Info, Stacked(OpenAI, product)).RunAsync();

    [Theory]
    [InlineData("private static readonly ResiliencePipeline Retry = new ResiliencePipelineBuilder().AddRetry(new RetryStrategyOptions()).Build();")]
    [InlineData("private static ResiliencePipeline Retry { get; } = new ResiliencePipelineBuilder().AddRetry(new RetryStrategyOptions()).Build();")]
    [InlineData("private static ResiliencePipeline Retry => Make(); private static ResiliencePipeline Make() => new ResiliencePipelineBuilder().AddRetry(new RetryStrategyOptions()).Build();")]
    [InlineData("private static ResiliencePipeline Retry => Make(); private static ResiliencePipeline Make() { var builder = new ResiliencePipelineBuilder(); builder.AddRetry(new RetryStrategyOptions()); return builder.Build(); }")]
    [InlineData("private static ResiliencePipeline Retry; static Agent() { Retry = new ResiliencePipelineBuilder().AddRetry(new RetryStrategyOptions()).Build(); }")]
    [InlineData("private ResiliencePipeline retry; private ResiliencePipeline Retry => retry ??= new ResiliencePipelineBuilder().AddRetry(new RetryStrategyOptions()).Build();")]
    public Task Policy_is_followed_to_where_it_is_built(string member) => Method(
        $$"""
        {{member}}
        public async Task Ask() => await Retry.{|#0:ExecuteAsync|}(async token => await client.CompleteChatAsync("Hi"));
        """).Expect(Info, Stacked(OpenAI, "4 (OpenAI SDK) × 4 (Polly retry) = 16 attempts")).RunAsync();

    [Fact]
    public Task Policy_of_the_container() => new RuleTest<AGL0204_StackedRetries>(
        """
        using Microsoft.Extensions.DependencyInjection;
        using OpenAI.Chat;
        using Polly;
        using Polly.Retry;

        public class Agent(ChatClient client, ResiliencePipeline retry)
        {
            public async Task Ask() => await retry.{|#0:ExecuteAsync|}(async token => await client.CompleteChatAsync("Hi"));
        }

        public static class Setup
        {
            public static void Add(IServiceCollection services) =>
                services.AddSingleton<ResiliencePipeline>(_ => new ResiliencePipelineBuilder().AddRetry(new RetryStrategyOptions { MaxRetryAttempts = 1 }).Build());
        }
        """).Expect(Info, Stacked(OpenAI, "4 (OpenAI SDK) × 2 (Polly retry) = 8 attempts")).RunAsync();

    [Fact]
    public Task Policy_of_the_container_under_a_key() => new RuleTest<AGL0204_StackedRetries>(
        """
        using Microsoft.Extensions.DependencyInjection;
        using OpenAI.Chat;
        using Polly;
        using Polly.Registry;
        using Polly.Retry;

        public class Agent(ChatClient client, ResiliencePipelineProvider<string> pipelines)
        {
            public async Task Ask() => await pipelines.GetPipeline("models").{|#0:ExecuteAsync|}(async token => await client.CompleteChatAsync("Hi"));
            public async Task Other() => await pipelines.GetPipeline("timeouts").ExecuteAsync(async token => await client.CompleteChatAsync("Hi"));
        }

        public static class Setup
        {
            public static void Add(IServiceCollection services)
            {
                services.AddResiliencePipeline("models", builder => builder.AddRetry(new RetryStrategyOptions()));
                services.AddResiliencePipeline("timeouts", builder => builder.AddTimeout(TimeSpan.FromSeconds(1)));
            }
        }
        """).Reference(Library.PollyExtensions).Expect(Info, Stacked(OpenAI, "4 (OpenAI SDK) × 4 (Polly retry) = 16 attempts")).RunAsync();

    [Fact]
    public Task Helper_that_runs_its_delegate_under_a_policy() => Method(
        """
        private static readonly ResiliencePipeline Retry = new ResiliencePipelineBuilder().AddRetry(new RetryStrategyOptions()).Build();
        private static async Task<T> Resilient<T>(Func<Task<T>> work) => await Retry.ExecuteAsync(async token => await work());
        private static Task<T> Logged<T>(Func<Task<T>> work) => Resilient(() => work());
        public Task Ask() => {|#0:Logged|}(async () => (await client.CompleteChatAsync("Hi")).Value);
        """).Expect(Info, Stacked(OpenAI, "4 (OpenAI SDK) × 4 (Polly retry) = 16 attempts")).RunAsync();

    [Theory]
    [InlineData("Work work", "Retry.ExecuteAsync(async token => await work())")]
    [InlineData("Work work", "Retry.ExecuteAsync(async token => await work.Invoke())")]
    [InlineData("Work? work", "Retry.ExecuteAsync(async token => await Twice(work!))")]
    [InlineData("Func<Task> work", "Retry.ExecuteAsync(token => { _ = work.Target; return new ValueTask(work()); })")]
    [InlineData("Work work, CancellationToken stop", "Retry.ExecuteAsync(async token => await work(), stop)")]
    public Task Helper_of_another_type(string parameters, string body) => Method(
        $$"""
        public async Task Ask() => await Policies.{|#0:Resilient|}(async () => await client.CompleteChatAsync("Hi"){{(parameters.Contains("stop") ? ", default" : "")}});
        }
        public delegate Task Work();
        public static class Policies
        {
        private static readonly ResiliencePipeline Retry = new ResiliencePipelineBuilder().AddRetry(new RetryStrategyOptions()).Build();
        public static async Task Resilient({{parameters}}) => await {{body}};
        private static async Task Twice(Work work) { await work(); await work(); }
        """).Expect(Info, Stacked(OpenAI, "4 (OpenAI SDK) × 4 (Polly retry) = 16 attempts")).RunAsync();

    // ---- A failure that does not come back up ---------------------------------------------------------------------------------

    [Theory]
    // A handler between the layers keeps it.
    [InlineData("private async Task<string> Write() { try { return await Again(); } catch (Exception e) { Console.WriteLine(e); return \"\"; } }", "private async Task<string> Again() { for (var n = 0; ; n++) { try { return await http.GetStringAsync(\"/\"); } catch (HttpRequestException) when (n < 2) { await Task.Delay(Random.Shared.Next(99)); } } }")]
    // The inner loop keeps it, after its own last attempt.
    [InlineData("private Task<string> Write() => Again();", "private async Task<string> Again() { for (var n = 0; n < 3; n++) { try { return await http.GetStringAsync(\"/\"); } catch (Exception) { await Task.Delay(Random.Shared.Next(99)); } } return \"\"; }")]
    public Task Failure_that_is_kept_reaches_no_outer_layer(string write, string again) => OverHttp(write, again).RunAsync();

    [Theory]
    [InlineData("private async Task<string> Write() { try { return await Again(); } catch (Exception e) { Console.WriteLine(e); throw; } }", "private async Task<string> Again() { for (var n = 0; ; n++) { try { return await http.GetStringAsync(\"/\"); } catch (HttpRequestException) when (n < 2) { await Task.Delay(Random.Shared.Next(99)); } } }")]
    [InlineData("private async Task<string> Write() { try { return await Again(); } catch (FormatException) { return \"\"; } }", "private async Task<string> Again() { for (var n = 0; ; n++) { try { return await http.GetStringAsync(\"/\"); } catch (HttpRequestException) when (n < 2) { await Task.Delay(Random.Shared.Next(99)); } } }")]
    [InlineData("private Task<string> Write() => Again();", "private async Task<string> Again() { for (var n = 0; n < 3; n++) { try { return await http.GetStringAsync(\"/\"); } catch (Exception) { await Task.Delay(Random.Shared.Next(99)); } } throw new InvalidOperationException(); }")]
    public Task Failure_that_goes_on_is_tried_again_above(string write, string again) => OverHttp(write, again)
        .Expect(Warning, "'HttpClient.GetStringAsync' is retried by 2 nested layers, which multiply: 3 (loop) × 4 (Polly retry) = 12 attempts (Desk.Write → Desk.Again → HttpClient.GetStringAsync)").RunAsync();

    private static RuleTest<AGL0204_StackedRetries> OverHttp(string write, string again) => new(
        $$"""
        using Polly;
        using Polly.Retry;

        public class Desk(HttpClient http)
        {
            private static readonly ResiliencePipeline Retry = new ResiliencePipelineBuilder().AddRetry(new RetryStrategyOptions()).Build();
            public async Task<string> Ask() => await Retry.{{(again.Contains("return \"\"") || write.Contains("e); return") ? "ExecuteAsync" : "{|#0:ExecuteAsync|}")}}(async token => await Write());
            {{write}}
            {{again}}
        }
        """);

    [Fact]
    public Task Method_that_is_given_the_options_sets_them() => new RuleTest<AGL0204_StackedRetries>(
        """
        using Microsoft.Extensions.DependencyInjection;
        using Microsoft.Extensions.Http.Resilience;

        public class Shop(HttpClient http)
        {
            public async Task<string> Ask()
            {
                for (var n = 0; ; n++)
                {
                    try { return await http.GetStringAsync("/"); }
                    catch (HttpRequestException) when (n < 2) { await Task.Delay(Random.Shared.Next(99)); }
                }
            }
        }

        public static class Setup
        {
            public static void Add(IServiceCollection services) => services.AddHttpClient<Shop>().AddStandardResilienceHandler(o => Configure(o));
            private static void Configure(HttpStandardResilienceOptions options) => options.Retry.MaxRetryAttempts = 1;
        }
        """.Replace("for (var n = 0; ; n++)", "{|#0:for (var n = 0; ; n++)|}"))
        .Reference(Library.HttpResilience, Library.Hosting)
        .Expect(Warning, "'HttpClient.GetStringAsync' is retried by 2 nested layers, which multiply: 2 (standard handler) × 3 (loop) = 6 attempts").RunAsync();

    // ---- Layers below ---------------------------------------------------------------------------------------------------------

    [Fact]
    public Task Agent_asks_through_a_client_that_retries() => new RuleTest<AGL0204_StackedRetries>(
        """
        using Microsoft.Agents.AI;
        using Microsoft.Extensions.AI;
        using OpenAI;

        public class Wiki
        {
            private readonly AIAgent agent = new ChatClientAgent(new OpenAIClient("k").GetChatClient("m").AsIChatClient(), "Write.");
            public async Task<string> Write(string q)
            {
                {|#0:for (var n = 0; ; n++)|}
                {
                    try { return (await agent.RunAsync(q)).Text; }
                    catch (HttpRequestException) when (n < 2) { await Task.Delay(Random.Shared.Next(99)); }
                }
            }
        }
        """).Reference(Library.AgentFramework, Library.ExtensionsAI)
        .Expect(Info, "'AIAgent.RunAsync' is retried by 2 nested layers, which multiply: 4 (OpenAI SDK) × 3 (loop) = 12 attempts").RunAsync();

    [Fact]
    public Task Handler_that_is_put_around_a_client_by_hand() => new RuleTest<AGL0204_StackedRetries>(
        """
        public class Again(HttpMessageHandler inner) : DelegatingHandler(inner)
        {
            protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken token)
            {
                for (var n = 1; ; n++)
                {
                    var response = await base.SendAsync(request, token);
                    if ((int)response.StatusCode < 500 || n == 3) return response;
                    await Task.Delay(Random.Shared.Next(99), token);
                }
            }
        }

        public class Desk
        {
            private readonly HttpClient http = new(new Again(new HttpClientHandler()));
            private readonly HttpClient plain = new(new HttpClientHandler());
            public async Task<string> Ask(string q)
            {
                {|#0:for (var n = 1; ; n++)|}
                {
                    try { return await http.GetStringAsync(q); }
                    catch (HttpRequestException) when (n < 4) { await Task.Delay(Random.Shared.Next(99)); }
                }
            }

            public async Task<string> Once(string q)
            {
                for (var n = 1; ; n++)
                {
                    try { return await plain.GetStringAsync(q); }
                    catch (HttpRequestException) when (n < 4) { await Task.Delay(Random.Shared.Next(99)); }
                }
            }
        }
        """).Expect(Warning, "'HttpClient.GetStringAsync' is retried by 2 nested layers, which multiply: 3 (loop) × 4 (loop) = 12 attempts").RunAsync();

    [Fact]
    public Task Services_of_an_SDK_retry_as_its_client_does() => new RuleTest<AGL0204_StackedRetries>(
        """
        using Stripe;

        public class Billing(PaymentIntentService intents)
        {
            public async Task<string> Charge(PaymentIntentCreateOptions options)
            {
                {|#0:for (var n = 1; ; n++)|}
                {
                    try { return (await intents.CreateAsync(options)).Id; }
                    catch (StripeException) when (n < 5) { await Task.Delay(Random.Shared.Next(99)); }
                }
            }
        }
        """).Reference(Library.Stripe)
        .Expect(Info, "'PaymentIntentService.CreateAsync' is retried by 2 nested layers, which multiply: 3 (Stripe SDK) × 5 (loop) = 15 attempts").RunAsync();

    [Theory]
    [InlineData("e.UseMessageRetry(r => r.Immediate(4)); e.Consumer(() => new Orders(null!), c => c.UseMessageRetry(r => r.Immediate(2)));", "3 (message retry) × 5 (message retry) = 15 attempts")]
    [InlineData("e.UseDelayedRedelivery(r => r.Interval(2, 9)); e.UseMessageRetry(r => r.Immediate(4)); e.Consumer(() => new Orders(null!), c => c.UseMessageRetry(r => r.Immediate(2)));", "3 (message retry) × 5 (message retry) × 3 (redelivery) = 45 attempts")]
    // Redelivery around the retries of one level is what it is for.
    [InlineData("e.UseDelayedRedelivery(r => r.Interval(2, 9)); e.UseMessageRetry(r => r.Immediate(4));", null)]
    [InlineData("e.Consumer(() => new Others(), c => c.UseMessageRetry(r => r.Immediate(2))); e.UseMessageRetry(r => r.Immediate(4));", null)]
    public Task Levels_of_a_bus(string configuration, string? product)
    {
        var test = new RuleTest<AGL0204_StackedRetries>(
            $$"""
            using MassTransit;

            public record Order(string Id);
            public record Other(string Id);
            public class Orders(HttpClient http) : IConsumer<Order> { public Task {{(product == null ? "Consume" : "{|#0:Consume|}")}}(ConsumeContext<Order> context) => http.GetStringAsync("orders"); }
            public class Others : IConsumer<Other> { public Task Consume(ConsumeContext<Other> context) => Task.CompletedTask; }
            public static class Bus { public static void Configure(IReceiveEndpointConfigurator e) { {{configuration}} } }
            """).Reference(Library.MassTransit);
        return product == null ? test.RunAsync() : test.Expect(Warning, $"'HttpClient.GetStringAsync' is retried by {product.Split('×').Length} nested layers, which multiply: {product}").RunAsync();
    }

    [Fact]
    public Task Policy_of_a_bus_is_not_around_what_a_trigger_or_another_bus_runs() => new RuleTest<AGL0204_StackedRetries>(
        """
        using MassTransit;
        using OpenAI.Chat;

        public record Question(string Text);
        public class Questions : IConsumer<Question> { public Task Consume(ConsumeContext<Question> context) => Task.CompletedTask; }
        public class Triggered(ChatClient client)
        {
            public async Task Run([Microsoft.Azure.Functions.Worker.QueueTrigger("questions")] string text) => await client.CompleteChatAsync(text);
        }
        public class Handled(ChatClient client) : Rebus.Handlers.IHandleMessages<string>
        {
            public async Task Handle(string text) => await client.CompleteChatAsync(text);
        }
        public static class Setup { public static void Add(IRetryConfigurator r) => r.Immediate(3); }
        """).Reference(Library.MassTransit, Library.Functions, Library.Rebus).RunAsync();

    [Theory]
    [InlineData("catch (HttpRequestException) { return await Again(id); }", true)]
    [InlineData("catch (HttpRequestException) { return await Other(id); }", false)]
    public Task Second_call_in_a_handler(string handler, bool isReported)
    {
        var test = new RuleTest<AGL0204_StackedRetries>(
            $$"""
            public class Desk(HttpClient http)
            {
                public async Task<string> Ask(string id)
                {
                    try { return await Again(id); }
                    {{(isReported ? handler.Replace("catch", "{|#0:catch|}") : handler)}}
                }

                private async Task<string> Again(string id)
                {
                    for (var n = 0; ; n++)
                    {
                        try { return await http.GetStringAsync(id); }
                        catch (HttpRequestException) when (n < 2) { await Task.Delay(Random.Shared.Next(99)); }
                    }
                }

                private Task<string> Other(string id) => http.GetStringAsync(id);
            }
            """);
        return isReported
            ? test.Expect(Warning, "'HttpClient.GetStringAsync' is retried by 2 nested layers, which multiply: 3 (loop) × 2 (second call in the 'catch') = 6 attempts (Desk.Again → HttpClient.GetStringAsync)").RunAsync()
            : test.RunAsync();
    }

    [Fact]
    public Task Call_is_followed_through_methods() => Method(
        """
        private static readonly ResiliencePipeline Retry = new ResiliencePipelineBuilder().AddRetry(new RetryStrategyOptions()).Build();
        public async Task Ask() => await Retry.{|#0:ExecuteAsync|}(async token => await Write());
        private async Task Write() => await {|#1:client.CompleteChatAsync("Hi")|};
        """).Expect(Info, Stacked(OpenAI, "4 (OpenAI SDK) × 4 (Polly retry) = 16 attempts") + " (Agent.Write → ChatClient.CompleteChatAsync)").RunAsync();

    [Theory]
    [InlineData("new ChatClient(\"gpt\", new System.ClientModel.ApiKeyCredential(\"key\"))", "4 (OpenAI SDK) × 4 (Polly retry) = 16 attempts")]
    [InlineData("new ChatClient(\"gpt\", \"key\")", "4 (OpenAI SDK) × 4 (Polly retry) = 16 attempts")]
    public Task Model_behind_an_interface_is_the_one_that_the_program_makes(string creation, string product) => new RuleTest<AGL0204_StackedRetries>(
        $$"""
        using Microsoft.Extensions.AI;
        using OpenAI.Chat;
        using Polly;
        using Polly.Retry;

        public class Agent(IChatClient client)
        {
            private static readonly ResiliencePipeline Retry = new ResiliencePipelineBuilder().AddRetry(new RetryStrategyOptions()).Build();
            public async Task Ask() => await Retry.{|#0:ExecuteAsync|}(async token => await client.GetResponseAsync("Hi"));
            public static ChatClient Make() => {{creation}};
        }
        """).Expect(Info, Stacked("IChatClient.GetResponseAsync", product)).RunAsync();

    [Fact]
    public Task Another_sdk() => new RuleTest<AGL0204_StackedRetries>(
        """
        using Anthropic;
        using Anthropic.Models.Messages;
        using Polly;
        using Polly.Retry;

        public class Agent(AnthropicClient client)
        {
            private static readonly ResiliencePipeline Retry = new ResiliencePipelineBuilder().AddRetry(new RetryStrategyOptions()).Build();
            public async Task Ask(MessageCreateParams question) => await Retry.{|#0:ExecuteAsync|}(async token => await client.Messages.Create(question));
        }
        """).Expect(Info, Stacked("IMessageService.Create", "3 (Anthropic SDK) × 4 (Polly retry) = 12 attempts")).RunAsync();

    // ---- Layers that the program asks for ---------------------------------------------------------------------------

    [Fact]
    public Task Policy_within_a_policy() => Method(
        """
        private static readonly ResiliencePipeline Outer = new ResiliencePipelineBuilder().AddRetry(new RetryStrategyOptions { MaxRetryAttempts = 2 }).Build();
        private static readonly ResiliencePipeline Inner = new ResiliencePipelineBuilder().AddRetry(new RetryStrategyOptions { MaxRetryAttempts = 4 }).Build();
        public async Task<string> Read(HttpClient http) =>
            await Outer.{|#0:ExecuteAsync|}(async token => await Inner.ExecuteAsync(async t => await http.GetStringAsync("orders", t), token));
        """).Expect(Warning, Stacked("HttpClient.GetStringAsync", "5 (Polly retry) × 3 (Polly retry) = 15 attempts")).RunAsync();

    [Fact]
    public Task Policy_over_a_method_with_a_policy() => Method(
        """
        private static readonly ResiliencePipeline Outer = new ResiliencePipelineBuilder().AddRetry(new RetryStrategyOptions { MaxRetryAttempts = 2 }).Build();
        private static readonly ResiliencePipeline Inner = new ResiliencePipelineBuilder().AddRetry(new RetryStrategyOptions { MaxRetryAttempts = 4 }).Build();
        public async Task Plan() => await Outer.{|#0:ExecuteAsync|}(async token => await Ask());
        private async Task Ask() => await Inner.{|#1:ExecuteAsync|}(async token => await client.CompleteChatAsync("Hi"));
        """)
        .Expect(Warning, "'ChatClient.CompleteChatAsync' is retried by 3 nested layers, which multiply: 4 (OpenAI SDK) × 5 (Polly retry) × 3 (Polly retry) = 60 attempts (Agent.Ask → ChatClient.CompleteChatAsync)")
        .Expect(Info, Stacked(OpenAI, "4 (OpenAI SDK) × 5 (Polly retry) = 20 attempts"), 1)
        .RunAsync();

    [Fact]
    public Task Two_retries_in_one_pipeline() => Method(
        """
        private static readonly ResiliencePipeline Both = new ResiliencePipelineBuilder().AddRetry(new RetryStrategyOptions { MaxRetryAttempts = 2 }).AddRetry(new RetryStrategyOptions { MaxRetryAttempts = 1 }).Build();
        public async Task<string> Read(HttpClient http) => await Both.{|#0:ExecuteAsync|}(async token => await http.GetStringAsync("orders", token));
        """).Expect(Warning, Stacked("HttpClient.GetStringAsync", "2 (Polly retry) × 3 (Polly retry) = 6 attempts")).RunAsync();

    [Fact]
    public Task Policies_wrapped_in_each_other() => Method(
        """
        public async Task<string> Read(HttpClient http) =>
            await Policy.WrapAsync(Policy.Handle<Exception>().RetryAsync(1), Policy.Handle<HttpRequestException>().RetryAsync(2)).{|#0:ExecuteAsync|}(() => http.GetStringAsync("orders"));
        """).Expect(Warning, Stacked("HttpClient.GetStringAsync", "3 (Polly retry) × 2 (Polly retry) = 6 attempts")).RunAsync();

    [Fact]
    public Task Sdk_that_is_told_how_often() => Method(
        """
        private static readonly ResiliencePipeline Retry = new ResiliencePipelineBuilder().AddRetry(new RetryStrategyOptions()).Build();
        public async Task Ask() => await Retry.{|#0:ExecuteAsync|}(async token => await client.CompleteChatAsync("Hi"));
        public static OpenAI.OpenAIClientOptions Options() => new() { RetryPolicy = new System.ClientModel.Primitives.ClientRetryPolicy(5) };
        """).Expect(Warning, Stacked(OpenAI, "6 (OpenAI SDK) × 4 (Polly retry) = 24 attempts")).RunAsync();

    // ---- Loops -----------------------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("for (var i = 0; i < 3; i++)", "", "3")]
    [InlineData("for (var i = 1; i <= 3; i++)", "", "3")]
    [InlineData("for (var i = 1; ; i++)", "when (i < 5)", "5")]
    [InlineData("for (var i = 0; ; i++)", "when (i < 5)", "6")]
    [InlineData("for (var i = 0; i < 9; i++)", "when (i < 2)", "3")]
    [InlineData("for (var i = 0; i < limit; i++)", "", "n")]
    public Task Loop_over_an_sdk(string loop, string filter, string tries) => Method(
        $$"""
        public async Task<string> Ask(int limit)
        {
            {|#0:{{loop}}|}
            {
                try
                {
                    return (await client.CompleteChatAsync("Hi")).Value.Content[0].Text;
                }
                catch (System.ClientModel.ClientResultException) {{filter}}
                {
                    await Task.Delay(1000);
                }
            }
            return "";
        }
        """).Expect(Info, Stacked(OpenAI, tries == "n" ? "4 (OpenAI SDK) × n (loop): 4 attempts for each of n" : $"4 (OpenAI SDK) × {tries} (loop) = {4 * int.Parse(tries)} attempts")).RunAsync();

    [Theory]
    [InlineData("tries++; if (tries >= 3) throw;", "3")]
    [InlineData("if (tries >= 3) throw; tries++;", "4")]
    [InlineData("if (++tries == 3) throw;", "3")]
    public Task Loop_with_a_counter_of_its_own(string counts, string tries) => Method(
        $$"""
        public async Task<string> Ask()
        {
            var tries = 0;
            {|#0:while (true)|}
            {
                try
                {
                    return (await client.CompleteChatAsync("Hi")).Value.Content[0].Text;
                }
                catch (System.ClientModel.ClientResultException)
                {
                    {{counts}}
                    await Task.Delay(1000);
                }
            }
        }
        """).Expect(Info, Stacked(OpenAI, $"4 (OpenAI SDK) × {tries} (loop) = {4 * int.Parse(tries)} attempts")).RunAsync();

    // ---- What others run again -----------------------------------------------------------------------------------------

    [Theory]
    [InlineData("new ActivityOptions { RetryPolicy = new RetryPolicy { MaximumAttempts = 5 } }", "4 (OpenAI SDK) × 5 (activity) = 20 attempts")]
    [InlineData("new() { RetryPolicy = new() { MaximumAttempts = 2 } }", "4 (OpenAI SDK) × 2 (activity) = 8 attempts")]
    [InlineData("Options", "4 (OpenAI SDK) × 3 (activity) = 12 attempts")]
    // Without a policy, and with one that names no maximum, an activity is tried for ever.
    [InlineData("new ActivityOptions { StartToCloseTimeout = TimeSpan.FromMinutes(1) }", "4 (OpenAI SDK) × ∞ (activity): unlimited attempts")]
    [InlineData("new ActivityOptions { RetryPolicy = new RetryPolicy() }", "4 (OpenAI SDK) × ∞ (activity): unlimited attempts")]
    public Task Activity_of_Temporal(string options, string product) =>
        Temporal(options, "{|#0:AskAsync|}").Expect(Info, Stacked(OpenAI, product)).RunAsync();

    [Fact]
    public Task Activity_of_Temporal_that_is_tried_once() => Temporal("new ActivityOptions { RetryPolicy = new RetryPolicy { MaximumAttempts = 1 } }", "AskAsync").RunAsync();

    [Theory]
    [InlineData("nameof(AskActivity), question, new TaskOptions(new RetryPolicy(3, TimeSpan.FromSeconds(5)))", "4 (OpenAI SDK) × 3 (activity) = 12 attempts")]
    [InlineData("\"AskActivity\", question, new TaskOptions(new RetryPolicy(2, TimeSpan.FromSeconds(5)))", "4 (OpenAI SDK) × 2 (activity) = 8 attempts")]
    public Task Activity_of_Durable_Task(string call, string product) => Durable(call, "{|#0:RunAsync|}").Expect(Info, Stacked(OpenAI, product)).RunAsync();

    [Theory]
    [InlineData("nameof(AskActivity), question")]
    [InlineData("nameof(AskActivity), question, new TaskOptions(new RetryPolicy(1, TimeSpan.FromSeconds(5)))")]
    [InlineData("question, question, new TaskOptions(new RetryPolicy(3, TimeSpan.FromSeconds(5)))")]
    public Task Activity_of_Durable_Task_that_is_tried_once_or_not_known(string call) => Durable(call, "RunAsync").RunAsync();

    [Fact]
    public Task Consumer_of_messages() => Consumer("=> r.Interval(3, TimeSpan.FromSeconds(5));", "{|#0:Consume|}").Expect(Info, Stacked(OpenAI, "4 (OpenAI SDK) × 4 (message retry) = 16 attempts")).RunAsync();

    // Which consumers each of several is meant for is not read.
    [Fact]
    public Task Consumer_of_messages_under_several_policies() => Consumer("{ r.Immediate(1); r.Interval(3, TimeSpan.FromSeconds(5)); }", "Consume").RunAsync();

    [Fact]
    public Task Loop_over_a_policy_over_an_sdk() => Method(
        """
        private static readonly ResiliencePipeline Retry = new ResiliencePipelineBuilder().AddRetry(new RetryStrategyOptions()).Build();
        public async Task<string> Plan()
        {
            {|#0:for (var i = 0; i < 3; i++)|}
            {
                try
                {
                    return await Ask();
                }
                catch (System.ClientModel.ClientResultException)
                {
                    await Task.Delay(1000);
                }
            }
            return "";
        }
        private async Task<string> Ask() => await Retry.{|#1:ExecuteAsync|}(async token => (await client.CompleteChatAsync("Hi")).Value.Content[0].Text);
        """)
        .Expect(Warning, "'ChatClient.CompleteChatAsync' is retried by 3 nested layers, which multiply: 4 (OpenAI SDK) × 4 (Polly retry) × 3 (loop) = 48 attempts (Agent.Ask → ChatClient.CompleteChatAsync)")
        .Expect(Info, Stacked(OpenAI, "4 (OpenAI SDK) × 4 (Polly retry) = 16 attempts"), 1)
        .RunAsync();

    [Theory]
    [InlineData("while (text.Length < 10) text += (await client.CompleteChatAsync(\"Hi\")).Value.Content[0].Text;")]
    [InlineData("for (var i = 0; i < clients.Count; i++) { var next = clients[i]; try { await next.CompleteChatAsync(\"Hi\"); return; } catch (System.ClientModel.ClientResultException) { } }")]
    [InlineData("foreach (var next in clients) { try { await next.CompleteChatAsync(\"Hi\"); return; } catch (System.ClientModel.ClientResultException) { } }")]
    [InlineData("foreach (var line in text.Split('\\n')) { try { await client.CompleteChatAsync(line); } catch (System.ClientModel.ClientResultException) { } }")]
    public Task Loop_that_is_no_retry(string statement) => Method(
        $$"""
        public async Task Ask(string text, IReadOnlyList<ChatClient> clients)
        {
            {{statement}}
        }
        """).RunAsync();

    [Fact]
    public Task Handler_of_the_program_s_own_that_retries_reads() => Setup(
        """
        services.AddHttpClient<Orders>().AddHttpMessageHandler<Again>();
        """,
        """
        public class Again : DelegatingHandler
        {
            protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
            {
                for (var attempt = 1; ; attempt++)
                {
                    try
                    {
                        return await base.SendAsync(request, cancellationToken);
                    }
                    catch (HttpRequestException) when (request.Method == HttpMethod.Get && attempt < 3)
                    {
                        await Task.Delay(100 * attempt, cancellationToken);
                    }
                }
            }
        }

        public class Desk(Orders orders)
        {
            private static readonly ResiliencePipeline Retry = new ResiliencePipelineBuilder().AddRetry(new Polly.Retry.RetryStrategyOptions { MaxRetryAttempts = 1 }).Build();
            public async Task Read() => await Retry.{|#0:ExecuteAsync|}(async token => await orders.Find());
            public async Task Write() => await Retry.ExecuteAsync(async token => await orders.Add());
        }
        """)
        .Expect(Warning, Stacked("HttpClient.GetStringAsync", "3 (loop) × 2 (Polly retry) = 6 attempts") + " (Orders.Find → HttpClient.GetStringAsync)").RunAsync();

    // ---- Handlers around HTTP clients ---------------------------------------------------------------------------------

    [Theory]
    [InlineData("services.AddHttpClient<Orders>().{|#0:AddStandardResilienceHandler|}();", "4 (standard handler) × 4 (standard handler) = 16 attempts")]
    [InlineData("services.AddHttpClient<Orders>().{|#0:AddStandardResilienceHandler|}(o => o.Retry.MaxRetryAttempts = 1);", "2 (standard handler) × 4 (standard handler) = 8 attempts")]
    [InlineData("services.AddHttpClient<Orders>().{|#0:AddStandardResilienceHandler|}().Configure(o => o.Retry.MaxRetryAttempts = 1);", "2 (standard handler) × 4 (standard handler) = 8 attempts")]
    [InlineData("services.AddHttpClient<Orders>(http => { }).{|#0:AddResilienceHandler|}(\"mine\", pipeline => pipeline.AddRetry(new HttpRetryStrategyOptions { MaxRetryAttempts = 2 }));", "3 (HTTP retry) × 4 (standard handler) = 12 attempts")]
    [InlineData("var builder = services.AddHttpClient<IOrders, Orders>(); builder.{|#0:AddStandardResilienceHandler|}();", "4 (standard handler) × 4 (standard handler) = 16 attempts")]
    public Task Handler_of_a_client_over_that_of_all_clients(string statement, string product) =>
        Setup("services.ConfigureHttpClientDefaults(http => http.AddStandardResilienceHandler());\n" + statement).Expect(Warning, Stacked("Orders", product)).RunAsync();

    [Fact]
    public Task Handlers_of_one_client() => Setup(
        """
        var orders = services.AddHttpClient("orders");
        orders.AddStandardResilienceHandler();
        orders.{|#0:AddResilienceHandler|}("mine", pipeline => pipeline.AddRetry(new HttpRetryStrategyOptions()));
        """).Expect(Warning, Stacked("orders", "4 (HTTP retry) × 4 (standard handler) = 16 attempts")).RunAsync();

    [Fact]
    public Task Policy_over_a_client_with_a_handler() => Setup("services.AddHttpClient<Orders>().AddStandardResilienceHandler();",
        """
        public class Desk(Orders orders)
        {
            private static readonly ResiliencePipeline Retry = new ResiliencePipelineBuilder().AddRetry(new Polly.Retry.RetryStrategyOptions { MaxRetryAttempts = 1 }).Build();
            public async Task Read() => await Retry.{|#0:ExecuteAsync|}(async token => await orders.Find());
        }
        """)
        .Expect(Warning, Stacked("HttpClient.GetStringAsync", "4 (standard handler) × 2 (Polly retry) = 8 attempts") + " (Orders.Find → HttpClient.GetStringAsync)").RunAsync();

    // ---- What stays silent ----------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("services.AddHttpClient<Orders>().RemoveAllResilienceHandlers().AddStandardResilienceHandler();")]
    [InlineData("services.AddHttpClient<Orders>().RemoveAllResilienceHandlers().AddResilienceHandler(\"mine\", pipeline => pipeline.AddRetry(new HttpRetryStrategyOptions()));")]
    [InlineData("services.AddHttpClient<Orders>().AddResilienceHandler(\"mine\", pipeline => pipeline.AddTimeout(TimeSpan.FromSeconds(9)));")]
    [InlineData("services.AddHttpClient<Orders>();")]
    public Task Client_with_one_retrying_handler(string statement) =>
        Setup("services.ConfigureHttpClientDefaults(http => http.AddStandardResilienceHandler());\n" + statement).RunAsync();

    [Fact]
    public Task Handlers_of_different_clients() => Setup(
        """
        services.AddHttpClient<Orders>().AddStandardResilienceHandler();
        services.AddHttpClient("other").AddStandardResilienceHandler();
        """).RunAsync();

    [Fact]
    public Task Handlers_of_different_containers() => Setup(
        "services.ConfigureHttpClientDefaults(http => http.AddStandardResilienceHandler());",
        """
        public static class Other
        {
            public static void Add(IServiceCollection services)
            {
                services.ConfigureHttpClientDefaults(http => http.AddStandardResilienceHandler());
                services.AddHttpClient("mine");
            }
            public static void AddMore(IServiceCollection services) => services.AddHttpClient<Orders>().AddStandardResilienceHandler();
        }
        """).RunAsync();

    [Theory]
    [InlineData("new OpenAI.OpenAIClientOptions { RetryPolicy = new System.ClientModel.Primitives.ClientRetryPolicy(0) }")]
    [InlineData("new OpenAI.OpenAIClientOptions { RetryPolicy = new System.ClientModel.Primitives.ClientRetryPolicy(maxRetries: 0) }")]
    [InlineData("new OpenAI.OpenAIClientOptions { RetryPolicy = new Quiet() }")]
    [InlineData("new OpenAI.OpenAIClientOptions { RetryPolicy = policy }")]
    public Task Sdk_whose_retry_is_off_or_not_known(string options) => Method(
        $$"""
        private static readonly ResiliencePipeline Retry = new ResiliencePipelineBuilder().AddRetry(new RetryStrategyOptions()).Build();
        public async Task Ask() => await Retry.ExecuteAsync(async token => await client.CompleteChatAsync("Hi"));
        public static OpenAI.OpenAIClientOptions Options(System.ClientModel.Primitives.PipelinePolicy policy) => {{options}};
        private class Quiet : System.ClientModel.Primitives.ClientRetryPolicy { }
        """).RunAsync();

    [Theory]
    [InlineData("await timeout.ExecuteAsync(async token => await client.CompleteChatAsync(\"Hi\"))")]
    [InlineData("await given.ExecuteAsync(async token => await client.CompleteChatAsync(\"Hi\"))")]
    [InlineData("await retry.ExecuteAsync(async token => await Task.Delay(1, token))")]
    [InlineData("await retry.ExecuteAsync(async token => await http.GetStringAsync(\"orders\", token))")]
    [InlineData("await retry.ExecuteAsync(token => { Func<Task> later = () => client.CompleteChatAsync(\"Hi\"); Keep(later); return default; })")]
    [InlineData("await client.CompleteChatAsync(\"Hi\")")]
    [InlineData("await retry.Execute(() => client.CompleteChatAsync(\"Hi\"))")]
    public Task One_layer(string statement) => Method(
        $$"""
        public async Task Ask(ResiliencePipeline given, HttpClient http)
        {
            var retry = new ResiliencePipelineBuilder().AddRetry(new RetryStrategyOptions()).Build();
            var timeout = new ResiliencePipelineBuilder().AddTimeout(TimeSpan.FromSeconds(1)).Build();
            {{statement}};
        }
        private static void Keep(Func<Task> later) { }
        """).RunAsync();

    [Fact]
    public Task Model_behind_an_interface_that_nobody_makes_here() => new RuleTest<AGL0204_StackedRetries>(
        """
        using Microsoft.Extensions.AI;
        using Polly;
        using Polly.Retry;

        public class Agent(IChatClient client)
        {
            private static readonly ResiliencePipeline Retry = new ResiliencePipelineBuilder().AddRetry(new RetryStrategyOptions()).Build();
            public async Task Ask() => await Retry.ExecuteAsync(async token => await client.GetResponseAsync("Hi"));
        }
        """).RunAsync();

    [Fact]
    public Task One_client_that_is_told_not_to_retry_speaks_for_all() => Method(
        """
        private static readonly ResiliencePipeline Retry = new ResiliencePipelineBuilder().AddRetry(new RetryStrategyOptions()).Build();
        public async Task Ask() => await Retry.ExecuteAsync(async token => await client.CompleteChatAsync("Hi"));
        public static ChatClient Quiet() => new("a", new System.ClientModel.ApiKeyCredential("k"), new OpenAI.OpenAIClientOptions { RetryPolicy = new System.ClientModel.Primitives.ClientRetryPolicy(0) });
        public static ChatClient Other() => new("b", "k");
        """).RunAsync();

    [Fact]
    public Task Failures_that_layers_retry_are_not_compared() => Method(
        """
        private static readonly ResiliencePipeline Retry = new ResiliencePipelineBuilder().AddRetry(new RetryStrategyOptions { ShouldHandle = new PredicateBuilder().Handle<FormatException>(), MaxRetryAttempts = 1 }).Build();
        public async Task<int> Ask() => await Retry.{|#0:ExecuteAsync|}(async token => int.Parse((await client.CompleteChatAsync("Hi")).Value.Content[0].Text));
        """).Expect(Info, Stacked(OpenAI, "4 (OpenAI SDK) × 2 (Polly retry) = 8 attempts")).RunAsync();

    [Fact]
    public async Task Layer_in_another_project_is_not_seen()
    {
        var test = new RuleTest<AGL0204_StackedRetries>(
            """
            public class Agent(OpenAI.Chat.ChatClient client)
            {
                public async Task Ask() => await Shared.Again.Run(() => client.CompleteChatAsync("Hi"));
            }
            """);
        test.TestState.AdditionalProjects["Shared"].Sources.Add(
            """
            namespace Shared
            {
                public static class Again
                {
                    public static async System.Threading.Tasks.Task Run(System.Func<System.Threading.Tasks.Task> work)
                    {
                        for (var i = 0; i < 3; i++)
                        {
                            try
                            {
                                await work();
                                return;
                            }
                            catch (System.Exception)
                            {
                            }
                        }
                    }
                }
            }
            """);
        test.TestState.AdditionalProjectReferences.Add("Shared");
        await test.RunAsync();
    }

    [Fact]
    public Task Defaults_can_be_left_out() => Method(
        """
        private static readonly ResiliencePipeline Retry = new ResiliencePipelineBuilder().AddRetry(new RetryStrategyOptions()).Build();
        public async Task Ask() => await Retry.ExecuteAsync(async token => await client.CompleteChatAsync("Hi"));
        """).Configure("agentlint.AGL0204.report_defaults = false").RunAsync();

    private static string Stacked(string target, string product) => $"'{target}' is retried by 2 nested layers, which multiply: {product}";

    private static RuleTest<AGL0204_StackedRetries> Method(string members) => new(
        $$"""
        using OpenAI.Chat;
        using Polly;
        using Polly.Retry;

        public class Agent(ChatClient client)
        {
        {{members}}
        }
        """);

    private static RuleTest<AGL0204_StackedRetries> Setup(string statements, string types = "") => new RuleTest<AGL0204_StackedRetries>(
        $$"""
        #pragma warning disable EXTEXP0001 // taking handlers away is an experiment
        using Microsoft.Extensions.DependencyInjection;
        using Microsoft.Extensions.Http.Resilience;
        using Polly;

        public interface IOrders { }
        public class Orders(HttpClient http) : IOrders
        {
            public Task<string> Find() => http.GetStringAsync("orders");
            public Task Add() => http.PostAsync("orders", null);
        }

        public static class Setup
        {
            public static void Add(IServiceCollection services)
            {
                {{statements}}
            }
        }
        {{types}}
        """).Reference(Library.HttpResilience);

    private static RuleTest<AGL0204_StackedRetries> Temporal(string options, string name) => new RuleTest<AGL0204_StackedRetries>(
        $$"""
        using OpenAI.Chat;
        using Temporalio.Activities;
        using Temporalio.Common;
        using Temporalio.Workflows;

        public class Questions(ChatClient client)
        {
            [Activity]
            public async Task<string> {{name}}(string question) => (await client.CompleteChatAsync(question)).Value.Content[0].Text;
        }

        [Workflow]
        public class Answers
        {
            private static readonly ActivityOptions Options = new() { RetryPolicy = new() { MaximumAttempts = 3 } };

            [WorkflowRun]
            public Task<string> RunAsync(string question) => Workflow.ExecuteActivityAsync((Questions questions) => questions.AskAsync(question), {{options}});
        }
        """).Reference(Library.Temporal);

    private static RuleTest<AGL0204_StackedRetries> Durable(string call, string name) => new RuleTest<AGL0204_StackedRetries>(
        $$"""
        using Microsoft.DurableTask;
        using OpenAI.Chat;

        public class AskActivity(ChatClient client) : TaskActivity<string, string>
        {
            public override async Task<string> {{name}}(TaskActivityContext context, string question) => (await client.CompleteChatAsync(question)).Value.Content[0].Text;
        }

        public class Answers : TaskOrchestrator<string, string>
        {
            public override Task<string> RunAsync(TaskOrchestrationContext context, string question) => context.CallActivityAsync<string>({{call}});
        }
        """).Reference(Library.DurableTask);

    private static RuleTest<AGL0204_StackedRetries> Consumer(string retry, string name) => new RuleTest<AGL0204_StackedRetries>(
        $$"""
        using MassTransit;
        using OpenAI.Chat;

        public record Question(string Text);

        public class Questions(ChatClient client) : IConsumer<Question>
        {
            public async Task {{name}}(ConsumeContext<Question> context) => await client.CompleteChatAsync(context.Message.Text);
        }

        public static class Setup
        {
            public static void Add(IRetryConfigurator r) {{retry}}
        }
        """).Reference(Library.MassTransit);
}
