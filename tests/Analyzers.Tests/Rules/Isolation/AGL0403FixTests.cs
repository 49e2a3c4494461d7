using AgentLint.Fixes.Isolation;
using AgentLint.Rules.Isolation;
using Xunit;

namespace AgentLint.Tests.Rules.Isolation;

/// <summary>The function returns a task, and its callers await it; where a caller cannot, or a delegate demands nothing, no fix is offered.</summary>
public sealed class AGL0403FixTests
{
    [Theory]
    [InlineData(
        "[McpServerTool] public async void [|Book|](string text) { await http.PostAsync(text, null); }",
        "[McpServerTool] public async Task Book(string text) { await http.PostAsync(text, null); }")]
    [InlineData(
        "private async void [|Submit|](string text) => await http.PostAsync(text, null); public async Task Run() { await Task.Yield(); Submit(\"\"); }",
        "private async Task Submit(string text) => await http.PostAsync(text, null); public async Task Run() { await Task.Yield(); await Submit(\"\"); }")]
    [InlineData("private async void [|Submit|](string text) => await http.PostAsync(text, null); public Action<string> Run() => Submit;", null)]
    [InlineData("public Tools() : this(new()) => Submit(\"\"); private async void [|Submit|](string text) => await http.PostAsync(text, null);", null)]
    [InlineData("public async void [|Clicked|](object sender, EventArgs e) { await http.PostAsync(\"\", null); }", null)]
    public Task Function(string code, string? mended) => new FixTest<AGL0403_AsyncVoidTool, AGL0403Fix_ReturnTask>(File(code), File(mended ?? code)).RunAsync("Return a task");

    private static string File(string code) => $$"""
        using System;
        using System.Net.Http;
        using System.Threading.Tasks;
        using ModelContextProtocol.Server;

        [McpServerToolType]
        public class Tools(HttpClient http)
        {
            {{code}}
        }

        """;
}
