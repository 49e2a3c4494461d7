using System.Net;
using System.Runtime.Loader;
using AgentLint.Fixes.CircuitBreaking;
using AgentLint.Rules.CircuitBreaking;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace AgentLint.Tests.Rules.CircuitBreaking;

/// <summary>
/// Code before and after AgentLint's own fix, compiled and run with a server that is down at first: before, the work is lost; after, it is done at the
/// second delivery. What sends the work again is the test itself, as a broker does: until it is told that it was done.
/// </summary>
public sealed class RedeliveryRunTests
{
    private const string Broker = """
        namespace MassTransit
        {
            public interface ConsumeContext<T> { T Message { get; } }
            public interface IConsumer<T> { System.Threading.Tasks.Task Consume(ConsumeContext<T> context); }
        }

        """;

    private const string Consumer = """
        using System;
        using System.Net.Http;
        using System.Threading.Tasks;

        public sealed class Orders(HttpClient http) : MassTransit.IConsumer<string>
        {
            public async Task Consume(MassTransit.ConsumeContext<string> context)
            {
                try
                {
                    (await http.PostAsync("orders/" + context.Message, null)).EnsureSuccessStatusCode();
                }
                [|catch|] (Exception failure)
                {
                    Console.Error.WriteLine(failure.GetType().Name);
                }
            }
        }

        public sealed class Message(string text) : MassTransit.ConsumeContext<string>
        {
            string MassTransit.ConsumeContext<string>.Message => text;
        }

        public static class Work
        {
            public static Task Run(HttpClient http, string text) => new Orders(http).Consume(new Message(text));
        }

        """;

    private const string Sweep = """
        using System;
        using System.Collections.Generic;
        using System.Net.Http;
        using System.Threading.Tasks;

        public sealed class Item
        {
            public string Text { get; set; }

            public bool Sent { get; set; }
        }

        public static class Work
        {
            private static readonly List<Item> Open = new List<Item> { new Item { Text = "first" } };

            public static async Task Run(HttpClient http, string text)
            {
                foreach (var item in Open)
                {
                    if (item.Sent)
                        continue;
                    try
                    {
                        (await http.PostAsync("orders/" + item.Text, null)).EnsureSuccessStatusCode();
                    }
                    [|catch|] (Exception failure)
                    {
                        Console.Error.WriteLine(failure.GetType().Name);
                    }

                    item.Sent = true;
                }
            }
        }

        """;

    [Fact]
    public async Task Message_is_delivered_again_after_the_fix()
    {
        var mended = Consumer.Replace("[|catch|]", "catch", StringComparison.Ordinal).Replace("Name);\n        }", "Name);\n            throw;\n        }", StringComparison.Ordinal);
        await new FixTest<AGL0505_FailureAcknowledged, AGL0505Fix_CompleteAfterSuccess>(Consumer + Broker, mended + Broker).RunAsync(null);

        Assert.Equal((Deliveries: 1, Done: 0), await DeliverAsync(Consumer + Broker, untilDone: true));
        Assert.Equal((Deliveries: 2, Done: 1), await DeliverAsync(mended + Broker, untilDone: true));
    }

    [Fact]
    public async Task Item_is_sent_by_the_next_sweep_after_the_fix()
    {
        var mended = Sweep.Replace("[|catch|]", "catch", StringComparison.Ordinal).Replace("Name);\n            }", "Name);\n                continue;\n            }", StringComparison.Ordinal);
        await new FixTest<AGL0505_FailureAcknowledged, AGL0505Fix_CompleteAfterSuccess>(Sweep, mended).RunAsync(null);

        Assert.Equal((Deliveries: 3, Done: 0), await DeliverAsync(Sweep, untilDone: false));
        Assert.Equal((Deliveries: 3, Done: 1), await DeliverAsync(mended, untilDone: false));
    }

    /// <summary>How often the work was started, and how often it was done, by a server that is down at the first request.</summary>
    private static async Task<(int Deliveries, int Done)> DeliverAsync(string code, bool untilDone)
    {
        using var server = new ServerThatComesBack();
        using var http = new HttpClient(server) { BaseAddress = new Uri("http://shop.test/") };
        var work = Load(code);
        for (var delivery = 1; ; delivery++)
            try
            {
                await work(http, "first");
                if (untilDone || delivery == 3)
                    return (delivery, server.Done);
            }
            catch (HttpRequestException) when (delivery < 3)
            {
                // It is delivered again.
            }
    }

    private static Func<HttpClient, string, Task> Load(string code)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var compilation = CSharpCompilation.Create(
            "Work",
            [CSharpSyntaxTree.ParseText(code.Replace("[|", "", StringComparison.Ordinal).Replace("|]", "", StringComparison.Ordinal), cancellationToken: cancellation)],
            Libraries.Framework,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        using var image = new MemoryStream();
        Assert.True(compilation.Emit(image, cancellationToken: cancellation).Success);
        image.Position = 0;
        return new AssemblyLoadContext(null).LoadFromStream(image).GetType("Work")!.GetMethod("Run")!.CreateDelegate<Func<HttpClient, string, Task>>();
    }

    /// <summary>Answers the first request with an error, and does what the others ask for.</summary>
    private sealed class ServerThatComesBack : HttpMessageHandler
    {
        private int requests;

        public int Done { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (++requests == 1)
                return Task.FromResult(new HttpResponseMessage(HttpStatusCode.ServiceUnavailable));
            Done++;
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK));
        }
    }
}
