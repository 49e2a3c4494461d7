using AgentLint.Fixes.Idempotency;
using AgentLint.Rules.Idempotency;
using Xunit;

namespace AgentLint.Tests.Rules.Idempotency;

public class AGL0104FixTests
{
    private static string In(string tools) => $$"""
        using System.Net.Http;
        using System.Threading.Tasks;
        using ModelContextProtocol.Server;

        class C(HttpClient http)
        {
            const bool Yes = true;

        {{tools}}
        }
        """;

    private static Task Fixed(string tools, string fixedTools) =>
        new FixTest<AGL0104_MisdeclaredToolContract, AGL0104Fix_CorrectHints>(In(tools), In(fixedTools)).RunAsync("Correct the declared hints");

    [Fact]
    public Task Sets_the_hint() => Fixed(
        """
            [McpServerTool(Name = "close", [|ReadOnly = true|] /* safe */)]
            public Task Close(int id) => http.PutAsync("tickets/" + id, null);
        """,
        """
            [McpServerTool(Name = "close", ReadOnly = false /* safe */)]
            public Task Close(int id) => http.PutAsync("tickets/" + id, null);
        """);

    [Fact]
    public Task Sets_all_that_is_broken_and_leaves_the_rest() => Fixed(
        """
            [McpServerTool([|ReadOnly = true|], Idempotent = true, Destructive = false)]
            public Task Remove(int id) => http.DeleteAsync("tickets/" + id);
        """,
        """
            [McpServerTool(ReadOnly = false, Idempotent = true, Destructive = true)]
            public Task Remove(int id) => http.DeleteAsync("tickets/" + id);
        """);

    [Fact]
    public Task Sets_what_a_constant_says() => Fixed(
        """
            [McpServerTool([|ReadOnly = Yes|])]
            public Task Close(int id) => http.PutAsync("tickets/" + id, null);
        """,
        """
            [McpServerTool(ReadOnly = false)]
            public Task Close(int id) => http.PutAsync("tickets/" + id, null);
        """);

    [Fact]
    public Task Sets_the_hints_of_all_tools_at_once() => Fixed(
        """
            [McpServerTool([|ReadOnly = true|])]
            public Task Close(int id) => http.PutAsync("tickets/" + id, null);

            [McpServerTool([|Idempotent = true|])]
            public async Task Tell(string text) => (await http.PostAsync("mails", new StringContent(text))).EnsureSuccessStatusCode();
        """,
        """
            [McpServerTool(ReadOnly = false)]
            public Task Close(int id) => http.PutAsync("tickets/" + id, null);

            [McpServerTool(Idempotent = false)]
            public async Task Tell(string text) => (await http.PostAsync("mails", new StringContent(text))).EnsureSuccessStatusCode();
        """);
}
