using AgentLint.Fixes.Idempotency;
using AgentLint.Rules.Idempotency;
using Xunit;

namespace AgentLint.Tests.Rules.Idempotency;

public class AGL0103FixTests
{
    private static string In(string members) => $$"""
        using System;
        using System.Net.Http;
        using System.Net.Http.Json;
        using System.Threading;
        using System.Threading.Tasks;
        using Microsoft.Extensions.DependencyInjection;
        using Microsoft.Extensions.Http.Resilience;
        using Polly;
        using Stripe;

        class Shop(HttpClient http, RefundService refunds)
        {
            private readonly ResiliencePipeline retry = new ResiliencePipelineBuilder().AddRetry(new()).Build();

        {{members}}
        }
        """;

    private static Task Fixed(string members, string fixedMembers)
    {
        var test = new FixTest<AGL0103_RetriedSideEffect, AGL0103Fix_KeepKeyOrVerb>(In(members), In(fixedMembers));
        Libraries.AddTo(test.TestState, Library.HttpResilience, Library.Stripe);
        return test.RunAsync(members == fixedMembers ? null : "Make the operation safe to retry");
    }

    [Fact]
    public Task Key_is_made_before_a_pipeline() => Fixed(
        """
            public async Task Pay(int amount, CancellationToken cancellationToken)
            {
                // Money.
                await retry.ExecuteAsync(async token => await [|http.PostAsJsonAsync("payments", amount, token)|], cancellationToken);
            }
        """,
        """
            public async Task Pay(int amount, CancellationToken cancellationToken)
            {
                // Money.
                var idempotencyKey = Guid.NewGuid().ToString();
                await retry.ExecuteAsync(async token => await http.SendAsync(new HttpRequestMessage(HttpMethod.Post, "payments") { Content = JsonContent.Create(amount), Headers = { { "Idempotency-Key", idempotencyKey } } }, token), cancellationToken);
            }
        """);

    [Fact]
    public Task Request_option_is_added() => Fixed(
        """
            public async Task Refund(string charge)
            {
                await retry.ExecuteAsync(async token => await [|refunds.CreateAsync(new RefundCreateOptions { Charge = charge })|]);
            }
        """,
        """
            public async Task Refund(string charge)
            {
                var idempotencyKey = Guid.NewGuid().ToString();
                await retry.ExecuteAsync(async token => await refunds.CreateAsync(new RefundCreateOptions { Charge = charge }, requestOptions: new RequestOptions { IdempotencyKey = idempotencyKey }));
            }
        """);

    [Fact]
    public Task Two_operations_have_two_keys() => Fixed(
        """
            public async Task Pay(int amount)
            {
                await retry.ExecuteAsync(async token => await [|http.PostAsJsonAsync("payments", amount, token)|]);
                await retry.ExecuteAsync(async token => await [|http.PostAsJsonAsync("receipts", amount, token)|]);
            }
        """,
        """
            public async Task Pay(int amount)
            {
                var idempotencyKey = Guid.NewGuid().ToString();
                await retry.ExecuteAsync(async token => await http.SendAsync(new HttpRequestMessage(HttpMethod.Post, "payments") { Content = JsonContent.Create(amount), Headers = { { "Idempotency-Key", idempotencyKey } } }, token));
                var operationKey = Guid.NewGuid().ToString();
                await retry.ExecuteAsync(async token => await http.SendAsync(new HttpRequestMessage(HttpMethod.Post, "receipts") { Content = JsonContent.Create(amount), Headers = { { "Idempotency-Key", operationKey } } }, token));
            }
        """);

    [Fact]
    public Task Standard_handler_leaves_unsafe_verbs_alone() => Fixed(
        """
            public async Task Pay(int amount) => await http.PostAsJsonAsync("payments", amount);
            public static void Add(IServiceCollection services) => services.AddHttpClient<Shop>().[|AddStandardResilienceHandler|]();
        """,
        """
            public async Task Pay(int amount) => await http.PostAsJsonAsync("payments", amount);
            public static void Add(IServiceCollection services) => services.AddHttpClient<Shop>().AddStandardResilienceHandler(options => options.Retry.DisableForUnsafeHttpMethods());
        """);

    [Fact]
    public Task Options_of_a_retry_leave_unsafe_verbs_alone() => Fixed(
        """
            public async Task Pay(int amount) => await http.PostAsJsonAsync("payments", amount);
            public static void Add(IServiceCollection services) => services.AddHttpClient<Shop>().[|AddResilienceHandler|]("pay", pipeline =>
            {
                pipeline.AddTimeout(TimeSpan.FromSeconds(10));
                pipeline.AddRetry(new HttpRetryStrategyOptions { MaxRetryAttempts = 2 });
            });
        """,
        """
            public async Task Pay(int amount) => await http.PostAsJsonAsync("payments", amount);
            public static void Add(IServiceCollection services) => services.AddHttpClient<Shop>().AddResilienceHandler("pay", pipeline =>
            {
                pipeline.AddTimeout(TimeSpan.FromSeconds(10));
                var retry = new HttpRetryStrategyOptions { MaxRetryAttempts = 2 };
                retry.DisableForUnsafeHttpMethods();
                pipeline.AddRetry(retry);
            });
        """);

    // ---- No edit ----------------------------------------------------------------------------------------------------------

    [Fact]
    public Task Several_operations_of_an_attempt() => Left(
        """
            public async Task Pay(int[] amounts)
            {
                await retry.ExecuteAsync(async token => { foreach (var amount in amounts) await [|http.PostAsJsonAsync("payments", amount, token)|]; });
            }
        """);

    private static Task Left(string members) => Fixed(members, members);

    private static string Hosted(string imports, string handler) => $$"""
        using System.Net.Http;
        using System.Net.Http.Json;
        using System.Threading.Tasks;
        using Microsoft.Extensions.AI;
        using Microsoft.Extensions.DependencyInjection;
        {{imports}}

        class PayClient(HttpClient http)
        {
            public async Task Pay(int amount) => (await http.PostAsJsonAsync("payments", amount)).EnsureSuccessStatusCode();
        }

        static class Setup
        {
            public static void Add(IServiceCollection services) => services.AddHttpClient<PayClient>().{{handler}};
        }
        """;

    // The extension that adds the handler and the one that disables verbs are in two namespaces.
    [Theory]
    [InlineData("[|AddStandardResilienceHandler|]()", "AddStandardResilienceHandler(options => options.Retry.DisableForUnsafeHttpMethods())")]
    [InlineData("[|AddStandardResilienceHandler|](options => { options.Retry.MaxRetryAttempts = 5; })", "AddStandardResilienceHandler(options => { options.Retry.MaxRetryAttempts = 5; options.Retry.DisableForUnsafeHttpMethods(); })")]
    public Task Namespace_of_the_extension_is_imported(string handler, string fixedHandler)
    {
        var test = new FixTest<AGL0103_RetriedSideEffect, AGL0103Fix_KeepKeyOrVerb>(Hosted("using Polly;", handler), Hosted("using Microsoft.Extensions.Http.Resilience;\nusing Polly;", fixedHandler));
        Libraries.AddTo(test.TestState, Library.HttpResilience, Library.Hosting);
        return test.RunAsync("Make the operation safe to retry");
    }
}
