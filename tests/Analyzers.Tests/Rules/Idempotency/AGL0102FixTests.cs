using AgentLint.Fixes.Idempotency;
using AgentLint.Rules.Idempotency;
using Xunit;

namespace AgentLint.Tests.Rules.Idempotency;

public class AGL0102FixTests
{
    private static string In(string members) => $$"""
        using System;
        using System.Linq;
        using System.Net.Http;
        using System.Security.Cryptography;
        using System.Text.Json;
        using System.Threading;
        using System.Threading.Tasks;
        using ModelContextProtocol.Server;
        using Polly;

        class Shop(HttpClient http, ResiliencePipeline pipeline)
        {
        {{members}}

            HttpRequestMessage Request(string key)
            {
                var request = new HttpRequestMessage(HttpMethod.Post, "payments");
                request.Headers.Add("Idempotency-Key", key);
                return request;
            }
        }
        """;

    private static Task Fixed(string members, string fixedMembers) =>
        new FixTest<AGL0102_UnstableIdempotencyKey, AGL0102Fix_MakeKeyOutside>(In(members), In(fixedMembers)).RunAsync("Create the key before the first attempt");

    [Fact]
    public Task Key_is_made_before_the_statement() => Fixed(
        """
            public async Task Pay(CancellationToken cancellationToken)
            {
                // Money.
                await pipeline.ExecuteAsync(async token => await http.SendAsync(Request([|Guid.NewGuid()|].ToString("N")), token), cancellationToken);
            }
        """,
        """
            public async Task Pay(CancellationToken cancellationToken)
            {
                // Money.
                var key = Guid.NewGuid().ToString("N");
                await pipeline.ExecuteAsync(async token => await http.SendAsync(Request(key), token), cancellationToken);
            }
        """);

    [Fact]
    public Task Key_is_made_before_the_loop() => Fixed(
        """
            public async Task Pay(CancellationToken cancellationToken)
            {
                for (var attempt = 1; ; attempt++)
                {
                    try
                    {
                        await http.SendAsync(Request([|Guid.NewGuid()|].ToString()), cancellationToken);
                        return;
                    }
                    catch (HttpRequestException) when (attempt < 4)
                    {
                        await Task.Delay(500, cancellationToken);
                    }
                }
            }
        """,
        """
            public async Task Pay(CancellationToken cancellationToken)
            {
                var key = Guid.NewGuid().ToString();
                for (var attempt = 1; ; attempt++)
                {
                    try
                    {
                        await http.SendAsync(Request(key), cancellationToken);
                        return;
                    }
                    catch (HttpRequestException) when (attempt < 4)
                    {
                        await Task.Delay(500, cancellationToken);
                    }
                }
            }
        """);

    [Fact]
    public Task Statements_of_one_block_each_get_a_key() => Fixed(
        """
            public async Task Pay(CancellationToken cancellationToken)
            {
                await pipeline.ExecuteAsync(async token => await http.SendAsync(Request([|Guid.NewGuid()|].ToString()), token), cancellationToken);
                Console.WriteLine();
                await pipeline.ExecuteAsync(async token => await http.SendAsync(Request([|Guid.NewGuid()|].ToString()), token), cancellationToken);
            }
        """,
        """
            public async Task Pay(CancellationToken cancellationToken)
            {
                var key = Guid.NewGuid().ToString();
                await pipeline.ExecuteAsync(async token => await http.SendAsync(Request(key), token), cancellationToken);
                Console.WriteLine();
                var idempotencyKey = Guid.NewGuid().ToString();
                await pipeline.ExecuteAsync(async token => await http.SendAsync(Request(idempotencyKey), token), cancellationToken);
            }
        """);

    [Fact]
    public Task Key_is_made_in_a_method_that_was_an_expression() => Fixed(
        """
            public async Task Pay(CancellationToken cancellationToken) =>
                await pipeline.ExecuteAsync(async token => await http.SendAsync(Request([|Guid.NewGuid()|].ToString()), token), cancellationToken);
        """,
        """
            public async Task Pay(CancellationToken cancellationToken)
            {
                var key = Guid.NewGuid().ToString();
                await pipeline.ExecuteAsync(async token => await http.SendAsync(Request(key), token), cancellationToken);
            }
        """);

    [Fact]
    public Task Name_that_is_taken_is_not_used() => Fixed(
        """
            public async Task<int> Pay(int key)
            {
                return await pipeline.ExecuteAsync(async token =>
                {
                    await http.SendAsync(Request($"{key}-{[|Guid.NewGuid()|]}"), token);
                    return 1;
                });
            }
        """,
        """
            public async Task<int> Pay(int key)
            {
                var idempotencyKey = Guid.NewGuid();
                return await pipeline.ExecuteAsync(async token =>
                {
                    await http.SendAsync(Request($"{key}-{idempotencyKey}"), token);
                    return 1;
                });
            }
        """);

    [Theory]
    [InlineData("await pipeline.ExecuteAsync(async token => { foreach (var order in orders) await http.SendAsync(Request(order + [|Guid.NewGuid()|]), token); });")]
    [InlineData("await pipeline.ExecuteAsync(async token => { for (var i = 0; i < 2; i++) await http.SendAsync(Request([|Guid.NewGuid()|].ToString()), token); });")]
    [InlineData("await pipeline.ExecuteAsync(async token => await Task.WhenAll(orders.Select(order => http.SendAsync(Request([|Guid.NewGuid()|].ToString()), token))));")]
    [InlineData("await Task.WhenAll(orders.Select(order => pipeline.ExecuteAsync(async token => await http.SendAsync(Request([|Guid.NewGuid()|].ToString()), token)).AsTask()));")]
    public Task Operations_of_one_delegate_keep_keys_of_their_own(string statement)
    {
        var several = $"    public async Task Pay(string[] orders)\n    {{\n        {statement}\n    }}";
        return Fixed(several, several);
    }

    [Fact]
    public Task Each_turn_of_a_loop_around_the_retries_has_its_key() => Fixed(
        """
            public async Task Pay(string[] orders)
            {
                foreach (var order in orders)
                {
                    await pipeline.ExecuteAsync(async token => await http.SendAsync(Request(order + [|Guid.NewGuid()|]), token));
                }
            }
        """,
        """
            public async Task Pay(string[] orders)
            {
                foreach (var order in orders)
                {
                    var key = Guid.NewGuid();
                    await pipeline.ExecuteAsync(async token => await http.SendAsync(Request(order + key), token));
                }
            }
        """);

    [Fact]
    public Task Tool_knows_no_other_key()
    {
        const string Tool = """
                [McpServerTool]
                public Task Pay() => http.SendAsync(Request([|Guid.NewGuid()|].ToString()));
            """;
        return Fixed(Tool, Tool);
    }

    private static Task Taken(string members, string fixedMembers, string title) =>
        new FixTest<AGL0102_UnstableIdempotencyKey, AGL0102Fix_MakeKeyOutside>(In(members), In(fixedMembers) + (fixedMembers.Contains("OperationKey", StringComparison.Ordinal) ? "\n" + AGL0101FixTests.Helper : "")).RunAsync(title);

    [Fact]
    public Task Tool_makes_the_key_of_what_it_is_asked() => Taken(
        """
            [McpServerTool]
            public Task Pay(int amount) => http.SendAsync(Request([|Guid.NewGuid()|].ToString()));
        """,
        """
            [McpServerTool]
            public Task Pay(int amount) => http.SendAsync(Request(OperationKey.Of(nameof(Pay), amount)));
        """,
        "Use the key of the operation");

    [Fact]
    public Task Retries_below_a_tool_take_its_key() => Taken(
        """
            [McpServerTool]
            public async Task Pay(int amount)
            {
                await Send(amount);
            }

            private async Task Send(int amount) => await pipeline.ExecuteAsync(async token => await http.SendAsync(Request([|Guid.NewGuid()|].ToString("N")), token));
        """,
        """
            [McpServerTool]
            public async Task Pay(int amount)
            {
                await Send(amount, OperationKey.Of(nameof(Pay), amount));
            }

            private async Task Send(int amount, string idempotencyKey) => await pipeline.ExecuteAsync(async token => await http.SendAsync(Request(idempotencyKey), token));
        """,
        "Use the key of the operation");

    [Fact]
    public Task Forgotten_key_is_sent() => Taken(
        """
            public async Task Pay([|string idempotencyKey|])
            {
                await http.PostAsync("payments", new StringContent("1"));
            }
        """,
        """
            public async Task Pay(string idempotencyKey)
            {
                await http.SendAsync(new HttpRequestMessage(HttpMethod.Post, "payments") { Content = new StringContent("1"), Headers = { { "Idempotency-Key", idempotencyKey } } });
            }
        """,
        "Send the key");
}
