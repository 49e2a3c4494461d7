using System.Runtime.Loader;
using AgentLint.Fixes.Idempotency;
using AgentLint.Rules.Idempotency;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.Extensions.AI;
using Xunit;

namespace AgentLint.Tests.Rules.Idempotency;

/// <summary>
/// Tools before and after AgentLint's own fixes, compiled and run against a shop that loses its answers after it has done what it was asked:
/// before, each lost answer does it once more; after, none does.
/// </summary>
public sealed class FaultInjectionTests
{
    private const int Orders = 25;

    private const string Retried = """
        using System;
        using System.Net.Http;
        using System.Threading.Tasks;

        public sealed class Shop(HttpClient http)
        {
            public async Task<string> Pay(string invoice)
            {
                for (var attempt = 1; ; attempt++)
                {
                    try
                    {
                        using var answer = await [|http.PostAsync("payments", new StringContent(invoice))|];
                        answer.EnsureSuccessStatusCode();
                        return "paid";
                    }
                    catch (HttpRequestException) when (attempt < 4)
                    {
                        await Task.Delay(attempt);
                    }
                }
            }
        }
        """;

    private const string RetriedWithKey = """
        using System;
        using System.Net.Http;
        using System.Threading.Tasks;

        public sealed class Shop(HttpClient http)
        {
            public async Task<string> Pay(string invoice)
            {
                var idempotencyKey = Guid.NewGuid().ToString();
                for (var attempt = 1; ; attempt++)
                {
                    try
                    {
                        using var answer = await http.SendAsync(new HttpRequestMessage(HttpMethod.Post, "payments") { Content = new StringContent(invoice), Headers = { { "Idempotency-Key", idempotencyKey } } });
                        answer.EnsureSuccessStatusCode();
                        return "paid";
                    }
                    catch (HttpRequestException) when (attempt < 4)
                    {
                        await Task.Delay(attempt);
                    }
                }
            }
        }
        """;

    private const string Asked = """
        using System;
        using System.Net.Http;
        using System.Threading.Tasks;
        using Microsoft.Extensions.AI;

        public sealed class Shop(HttpClient http)
        {
            public AIFunction Tool => AIFunctionFactory.Create(Pay);

            public async Task<string> Pay(string invoice)
            {
                using var answer = await [|http.PostAsync("payments", new StringContent(invoice))|];
                answer.EnsureSuccessStatusCode();
                return "paid";
            }
        }
        """;

    private const string AskedWithKey = """
        using System;
        using System.Net.Http;
        using System.Security.Cryptography;
        using System.Text.Json;
        using System.Threading.Tasks;
        using Microsoft.Extensions.AI;

        public sealed class Shop(HttpClient http)
        {
            public AIFunction Tool => AIFunctionFactory.Create(Pay);

            public async Task<string> Pay(string invoice)
            {
                var idempotencyKey = OperationKey.Of(nameof(Pay), FunctionInvokingChatClient.CurrentContext?.Options?.ConversationId, invoice);
                using var answer = await http.SendAsync(new HttpRequestMessage(HttpMethod.Post, "payments") { Content = new StringContent(invoice), Headers = { { "Idempotency-Key", idempotencyKey } } });
                answer.EnsureSuccessStatusCode();
                return "paid";
            }
        }

        /// <summary>Creates the key of an operation: the same on every attempt, and different for every operation.</summary>
        internal static class OperationKey
        {
            public static string Of(params object[] parts) =>
                Convert.ToHexString(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(parts)));
        }

        """;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Key_of_each_attempt(int faultsPerOrder)
    {
        var code = RetriedWithKey.Replace("        var idempotencyKey = Guid.NewGuid().ToString();\n", "", StringComparison.Ordinal).Replace("idempotencyKey", "[|Guid.NewGuid()|].ToString()", StringComparison.Ordinal);
        await new FixTest<AGL0102_UnstableIdempotencyKey, AGL0102Fix_MakeKeyOutside>(code, RetriedWithKey.Replace("idempotencyKey", "key", StringComparison.Ordinal)).RunAsync(null);

        await Check(code, RetriedWithKey, faultsPerOrder, static async (shop, order) =>
            Assert.Equal("paid", await (Task<string>)shop.GetType().GetMethod("Pay")!.Invoke(shop, ["invoice"])!));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Retry_in_the_tool(int faultsPerOrder)
    {
        await new FixTest<AGL0103_RetriedSideEffect, AGL0103Fix_KeepKeyOrVerb>(Retried, RetriedWithKey).RunAsync(null);

        await Check(Retried, RetriedWithKey, faultsPerOrder, static async (shop, order) =>
            Assert.Equal("paid", await (Task<string>)shop.GetType().GetMethod("Pay")!.Invoke(shop, ["invoice"])!));
    }

    /// <summary>The model is told that the tool failed and calls it again, under a new id each time.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Retry_by_the_model(int faultsPerOrder)
    {
        var test = new FixTest<AGL0101_SideEffectWithoutIdempotencyKey, AGL0101Fix_PassKey>(Asked, AskedWithKey);
        Libraries.AddTo(test.TestState, Library.ExtensionsAI);
        await test.RunAsync(null);

        await Check(Asked, AskedWithKey, faultsPerOrder, static async (shop, order) =>
        {
            var tool = (AIFunction)shop.GetType().GetProperty("Tool")!.GetValue(shop)!;
            // Two invoices in each conversation, the same ones in the next.
            using var model = new StubbornModel(tool.Name, "invoice " + order % 2);
            // The client of the library that the tool asks for its conversation.
            using var client = (IChatClient)Activator.CreateInstance(Invoking(shop), [model, null, null])!;
            var answer = await client.GetResponseAsync([new ChatMessage(ChatRole.User, "Pay.")], new ChatOptions { ConversationId = "run " + order / 2, Tools = [tool] });
            Assert.Equal("Done.", answer.Text);
        });
    }

    private static Type Invoking(object shop) =>
        AssemblyLoadContext.GetLoadContext(shop.GetType().Assembly)!.LoadFromAssemblyName(new("Microsoft.Extensions.AI")).GetType("Microsoft.Extensions.AI.FunctionInvokingChatClient")!;

    private static async Task Check(string code, string fixedCode, int faultsPerOrder, Func<object, int, Task> order)
    {
        var before = await Run(code, faultsPerOrder, order);
        var after = await Run(fixedCode, faultsPerOrder, order);

        Assert.Equal((Orders * faultsPerOrder, Orders * (1 + faultsPerOrder)), (before.Faults, before.Requests));
        Assert.Equal((before.Faults, before.Requests), (after.Faults, after.Requests));
        Assert.Equal(Orders + before.Faults, before.Effects);
        Assert.Equal(Orders, after.Effects);
    }

    private static async Task<FaultyShop> Run(string code, int faultsPerOrder, Func<object, int, Task> order)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var compilation = CSharpCompilation.Create(
            "Shop",
            [CSharpSyntaxTree.ParseText(code.Replace("[|", "", StringComparison.Ordinal).Replace("|]", "", StringComparison.Ordinal), cancellationToken: cancellation)],
            [.. Libraries.Framework, .. Libraries.With(Library.ExtensionsAI)],
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        using var image = new MemoryStream();
        Assert.Empty(compilation.Emit(image, cancellationToken: cancellation).Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error));
        image.Position = 0;
        var server = new FaultyShop(faultsPerOrder);
        using var http = new HttpClient(server) { BaseAddress = new Uri("https://shop.example") };
        var context = new AssemblyLoadContext(null);
        context.LoadFromAssemblyPath(Library.ExtensionsAI.References.Single(reference => Path.GetFileName(reference.FilePath) == "Microsoft.Extensions.AI.dll").FilePath!);
        var shop = Activator.CreateInstance(context.LoadFromStream(image).GetType("Shop")!, http)!;
        for (var i = 0; i < Orders; i++)
        {
            server.Next();
            await order(shop, i);
        }

        return server;
    }

    /// <summary>Calls a tool until it succeeds.</summary>
    private sealed class StubbornModel(string tool, string invoice) : IChatClient
    {
        private int calls;

        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
        {
            var result = messages.SelectMany(message => message.Contents).OfType<FunctionResultContent>().LastOrDefault();
            ChatMessage answer = result?.Result?.ToString() == "paid"
                ? new(ChatRole.Assistant, "Done.")
                : new(ChatRole.Assistant, [new FunctionCallContent($"call {++calls}", tool, new Dictionary<string, object?> { ["invoice"] = invoice })]);
            return Task.FromResult(new ChatResponse(answer) { ConversationId = options?.ConversationId });
        }

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
