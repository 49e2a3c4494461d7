using Microsoft.CodeAnalysis;
using Xunit;
using static AgentLint.Tests.Rules.Coupling.AwaitInstead;

namespace AgentLint.Tests.Rules.Coupling;

/// <summary>Callers that are awaited, and made asynchronous in turn, for the fix of AGL0601.</summary>
public class AGL0601FixCallersTests
{
    [Fact]
    public Task Local_function_and_top_level_statements()
    {
        var test = File(
            """
            using System.Net.Http;
            using System.Threading.Tasks;
            using Microsoft.Extensions.AI;

            var http = new HttpClient();
            System.Console.WriteLine(Agent.Ask(http, "a").Length);

            static class Agent
            {
                public static string Ask(HttpClient http, string q)
                {
                    return Get();

                    string Get() => http.GetStringAsync(q).[|Result|];
                }

                public static int Length(HttpClient http) => Ask(http, "b").Length;
            }
            """,
            """
            using System.Net.Http;
            using System.Threading.Tasks;
            using Microsoft.Extensions.AI;

            var http = new HttpClient();
            System.Console.WriteLine((await Agent.Ask(http, "a")).Length);

            static class Agent
            {
                public static async Task<string> Ask(HttpClient http, string q)
                {
                    return await Get();

                    async Task<string> Get() => await http.GetStringAsync(q);
                }

                public static async Task<int> Length(HttpClient http) => (await Ask(http, "b")).Length;
            }
            """);
        test.TestState.OutputKind = OutputKind.ConsoleApplication;
        return test.RunAsync(Title + " and make 'Get' and its callers asynchronous");
    }

    [Fact]
    public Task Callers_to_a_fixpoint() => Fixed(
        """
        [ModelContextProtocol.Server.McpServerTool]
        public string Plan(string q)
        {
            var text = this.Ask(q).Trim();
            Note([|Ask<int>|](q));
            return text + nameof(Ask) + Count(Ask(q));
        }

        private string Ask(string q) => [|Ask<int>|](q)!;

        /// <summary>See <see cref="Ask(string)"/>.</summary>
        private string Ask<T>(string q) => client.GetResponseAsync(q).[|Result|].Text;

        private void Note(string text) => AIFunctionFactory.Create(Ask);

        private int Count(string text) => text.Length > 3 ? 0 : Plan(text).Length;
        """,
        """
        [ModelContextProtocol.Server.McpServerTool]
        public async Task<string> Plan(string q)
        {
            var text = (await this.Ask(q)).Trim();
            Note(await Ask<int>(q));
            return text + nameof(Ask) + await Count(await Ask(q));
        }

        private async Task<string> Ask(string q) => (await Ask<int>(q))!;

        /// <summary>See <see cref="Ask(string)"/>.</summary>
        private async Task<string> Ask<T>(string q) => (await client.GetResponseAsync(q)).Text;

        private void Note(string text) => AIFunctionFactory.Create(Ask);

        private async Task<int> Count(string text) => text.Length > 3 ? 0 : (await Plan(text)).Length;
        """,
        Title + " and make 'Ask' and its callers asynchronous");

    [Fact]
    public Task Several_faults_in_one_method() => Fixed(
        """
        string Plan(string q)
        {
            var a = client.GetResponseAsync(q).[|Result|].Text;
            var b = Act(a);
            return client.GetResponseAsync(b).[|Result|].Text;
        }

        string Act(string q)
        {
            lock (client)
                client.GetResponseAsync("locked").[|Wait|]();
            return client.GetResponseAsync(q).[|Result|].Text;
        }
        """,
        """
        async Task<string> Plan(string q)
        {
            var a = (await client.GetResponseAsync(q)).Text;
            var b = await Act(a);
            return (await client.GetResponseAsync(b)).Text;
        }

        async Task<string> Act(string q)
        {
            lock (client)
                client.GetResponseAsync("locked").[|Wait|]();
            return (await client.GetResponseAsync(q)).Text;
        }
        """,
        null);

    [Fact]
    public Task Entry_point_as_a_caller()
    {
        const string Code =
            """
            using System.Net.Http;
            using System.Threading.Tasks;

            static class Program
            {
                static int Main(string[] args) => Ask(args[0]).Length;

                static string Ask(string q) => new HttpClient().GetStringAsync(q).[|Result|];

                static int Length() => Ask("b").Length;
            }
            """;
        var test = File(
            Code,
            """
            using System.Net.Http;
            using System.Threading.Tasks;

            static class Program
            {
                static async Task<int> Main(string[] args) => (await Ask(args[0])).Length;

                static async Task<string> Ask(string q) => await new HttpClient().GetStringAsync(q);

                static async Task<int> Length() => (await Ask("b")).Length;
            }
            """);
        test.TestState.OutputKind = OutputKind.ConsoleApplication;
        return test.RunAsync(Title + " and make 'Ask' and its callers asynchronous");
    }

    [Fact]
    public Task Calls_of_helpers_that_block() => Fixed(
        """
        async Task<int> M(string q)
        {
            var text = [|Ask|](q);
            return text.Length;
        }

        string Ask(string q)
        {
            return Get() + Describe(q);

            string Get() => http.GetStringAsync(q).[|Result|];
        }

        string Describe(string q) => http.GetStringAsync(q).[|Result|];
        """,
        """
        async Task<int> M(string q)
        {
            var text = await Ask(q);
            return text.Length;
        }

        async Task<string> Ask(string q)
        {
            return await Get() + await Describe(q);

            async Task<string> Get() => await http.GetStringAsync(q);
        }

        async Task<string> Describe(string q) => await http.GetStringAsync(q);
        """,
        null);

    [Theory]
    [InlineData("async Task<int> M(string q) => [|Ask|](q).Length;\n\nstring Ask(string q) { lock (http) return http.GetStringAsync(q).[|Result|]; }")]
    [InlineData("async Task<int> M() => [|P|].Length;\n\nstring P => http.GetStringAsync(\"\").[|Result|];")]
    public Task Calls_of_helpers_that_cannot_await(string members) => NotOffered(members);

    [Fact]
    public Task Calls_of_helpers_in_another_document()
    {
        const string Code = "using System.Threading.Tasks;\n\nclass A(Helper helper)\n{\n    async Task<int> M(string q) => helper.[|Ask|](q).Length;\n}\n";
        const string Other = "class Helper(System.Net.Http.HttpClient http)\n{\n    public string Ask(string q) => http.GetStringAsync(q).[|Result|];\n}\n";
        var test = File(Code, Code);
        test.TestState.Sources.Add(Other);
        test.FixedState.Sources.Add(Other);
        return test.RunAsync(Title);
    }
}
