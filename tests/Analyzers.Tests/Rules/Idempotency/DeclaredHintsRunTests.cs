using AgentLint.Fixes.Idempotency;
using AgentLint.Rules.Idempotency;
using ModelContextProtocol.Server;
using Xunit;

namespace AgentLint.Tests.Rules.Idempotency;

/// <summary>A tool before and after AgentLint's own fix, compiled and made a tool by the protocol's own library: what a client is told about it.</summary>
public sealed class DeclaredHintsRunTests
{
    private const string Closing = """
        using System.Net.Http;
        using System.Threading.Tasks;
        using ModelContextProtocol.Server;

        public static class Work
        {
            [McpServerTool(Name = "close", [|ReadOnly = true|])]
            public static Task Run(HttpClient http, int id) => http.PutAsync("tickets/" + id, null);
        }
        """;

    [Fact]
    public async Task Client_is_told_that_the_tool_writes()
    {
        var mended = Closing.Replace("[|ReadOnly = true|]", "ReadOnly = false", StringComparison.Ordinal);
        await new FixTest<AGL0104_MisdeclaredToolContract, AGL0104Fix_CorrectHints>(Closing, mended).RunAsync(null);

        Assert.Equal(true, IsReadOnly(Closing));
        Assert.Equal(false, IsReadOnly(mended));

        static bool? IsReadOnly(string code) =>
            McpServerTool.Create(RunnableProgram.Load(code, []).GetType("Work")!.GetMethod("Run")!).ProtocolTool.Annotations?.ReadOnlyHint;
    }
}
