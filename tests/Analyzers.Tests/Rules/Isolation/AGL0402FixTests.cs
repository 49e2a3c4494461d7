using AgentLint.Fixes.Isolation;
using AgentLint.Rules.Isolation;
using Xunit;

namespace AgentLint.Tests.Rules.Isolation;

/// <summary>Work that is left alone is awaited, where the function around it may wait.</summary>
public sealed class AGL0402FixTests
{
    [Theory]
    [InlineData("await Task.Yield(); _ = [|SendAsync|](text); // to the customer", "await Task.Yield(); await SendAsync(text); // to the customer")]
    [InlineData("await Task.Yield(); [|SendAsync|](text);", "await Task.Yield(); await SendAsync(text);")]
    [InlineData("await Task.Yield(); _ = [|Task.Run|](() => SendAsync(text));", "await Task.Yield(); await Task.Run(() => SendAsync(text));")]
    // Awaiting the continuation waits for the wrong thing; a null has no task.
    [InlineData("await Task.Yield(); _ = [|SendAsync|](text).ContinueWith(_ => { });", null)]
    [InlineData("await Task.Yield(); _ = other?[|.SendAsync|](text);", null)]
    [InlineData("await Task.Yield(); var sent = [|SendAsync|](text);", null)]
    public Task Work(string code, string? mended) =>
        new FixTest<AGL0402_AbandonedAgentCall, AGL0402Fix_AwaitIt>(File("async Task", code), File("async Task", mended ?? code)).RunAsync("Await it");

    [Fact]
    public Task Function_becomes_asynchronous() =>
        new FixTest<AGL0402_AbandonedAgentCall, AGL0402Fix_AwaitIt>(File("void", "_ = [|SendAsync|](text);"), File("async Task", "await SendAsync(text);")).RunAsync("Await it and make 'Close' asynchronous");

    private static string File(string type, string code) => $$"""
        using System.Net.Http;
        using System.Threading.Tasks;
        using Microsoft.Extensions.AI;

        public class Desk(HttpClient http, IChatClient model)
        {
            private readonly Desk other = new(http, model);

            public {{type}} Close(string text)
            {
                {{code}}
            }

            private async Task SendAsync(string text) => await http.PostAsync(text, null);

            public object[] All => [model, other];
        }

        """;
}
