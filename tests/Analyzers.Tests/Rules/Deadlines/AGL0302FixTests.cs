using AgentLint.Fixes.Deadlines;
using AgentLint.Rules.Deadlines;
using Xunit;

namespace AgentLint.Tests.Rules.Deadlines;

/// <summary>A tool is given a parameter for the token, as its last one, and passes it to what it waits for.</summary>
public sealed class AGL0302FixTests
{
    private const string Title = "Take a 'CancellationToken' and pass it on";

    [Theory]
    [InlineData(
        "public async Task<string> [|Run|](string text) => (await model.GetResponseAsync(text)).Text;",
        "public async Task<string> Run(string text, CancellationToken cancellationToken = default) => (await model.GetResponseAsync(text, cancellationToken: cancellationToken)).Text;")]
    [InlineData(
        "public async Task<string> [|Run|]() => (await model.GetResponseAsync(\"a\")).Text;",
        "public async Task<string> Run(CancellationToken cancellationToken = default) => (await model.GetResponseAsync(\"a\", cancellationToken: cancellationToken)).Text;")]
    [InlineData(
        """
        public Task<string> [|Run|](string text) => HelpAsync(text); // for others

            private async Task<string> HelpAsync(string text) => (await model.GetResponseAsync(text)).Text;
        """,
        """
        public Task<string> Run(string text, CancellationToken cancellationToken = default) => HelpAsync(text, cancellationToken); // for others

            private async Task<string> HelpAsync(string text, CancellationToken cancellationToken = default) => (await model.GetResponseAsync(text, cancellationToken: cancellationToken)).Text;
        """)]
    public Task Tool(string code, string mended) => new FixTest<AGL0302_ToolWithoutCancellationToken, AGL0302Fix_TakeToken>(File(code), File(mended)).RunAsync(Title);

    [Fact]
    public Task Lambda() => new FixTest<AGL0302_ToolWithoutCancellationToken, AGL0302Fix_TakeToken>(
        """
        using Microsoft.Extensions.AI;

        public static class Setup
        {
            public static AIFunction Make(IChatClient model) => AIFunctionFactory.Create(async [|(string text)|] => (await model.GetResponseAsync(text)).Text);
        }

        """,
        """
        using System.Threading;
        using Microsoft.Extensions.AI;

        public static class Setup
        {
            public static AIFunction Make(IChatClient model) => AIFunctionFactory.Create(async (string text, CancellationToken cancellationToken) => (await model.GetResponseAsync(text, cancellationToken: cancellationToken)).Text);
        }

        """).RunAsync(Title);

    private static string File(string tool) => $$"""
        using System.Threading;
        using System.Threading.Tasks;
        using Microsoft.Extensions.AI;
        using ModelContextProtocol.Server;

        [McpServerToolType]
        public class Tools(IChatClient model)
        {
            [McpServerTool]
            {{tool}}
        }

        """;
}
