using Xunit;
using static AgentLint.Tests.Rules.Coupling.AwaitInstead;

namespace AgentLint.Tests.Rules.Coupling;

/// <summary>The functions that become asynchronous for the fix of AGL0601.</summary>
public class AGL0601FixConversionTests
{
    private const string MakesM = Title + " and make 'M' asynchronous";

    [Theory]
    [InlineData("void M(string q)", "async Task M(string q)")]
    [InlineData("public static void M(HttpClient http, string q)", "public static async Task M(HttpClient http, string q)")]
    [InlineData("internal virtual void M(string q)", "internal virtual async Task M(string q)")]
    [InlineData("/// <summary>Asks.</summary>\n[Obsolete]\nvoid M(string q)", "/// <summary>Asks.</summary>\n[Obsolete]\nasync Task M(string q)")]
    [InlineData("// Asks.\nvoid M<T>(string q)\n    where T : class", "// Asks.\nasync Task M<T>(string q)\n    where T : class")]
    [InlineData("public\n    void M(string q)", "public\n    async Task M(string q)")]
    public Task Method_without_result(string declaration, string mended) => Fixed(
        declaration + "\n{\n    http.GetAsync(q).[|Wait|]();\n}", mended + "\n{\n    await http.GetAsync(q);\n}", MakesM);

    [Theory]
    [InlineData("string? M(string q)", "async Task<string?> M(string q)")]
    [InlineData("System.String M(string q)", "async Task<System.String> M(string q)")]
    [InlineData("public static (string A, int B)[] M(HttpClient http, string q)", "public static async Task<(string A, int B)[]> M(HttpClient http, string q)")]
    [InlineData("Dictionary<string, List<int>> M(string q)", "async Task<Dictionary<string, List<int>>> M(string q)")]
    [InlineData("T M<T>(string q)", "async Task<T> M<T>(string q)")]
    public Task Method_with_a_result(string declaration, string mended) => Fixed(
        declaration + "\n{\n    http.GetAsync(q).[|Wait|]();\n    return default!;\n}", mended + "\n{\n    await http.GetAsync(q);\n    return default!;\n}", MakesM);

    [Fact]
    public Task Method_that_returns_a_task() => Fixed(
        """
        Task<int> M(string q, int way)
        {
            http.GetAsync(q).[|Wait|]();
            switch (way)
            {
                case 1:
                    return Task.FromResult(1);
                case 2:
                    return Task.FromResult<int>(/* two */ 2 /* of them */); // two
                case 3:
                    return M(q, 1);
            }

            if (way == 4)
                return way > 5 ? M(q, 1) : Task.FromResult(4);
            Func<int, Task<int>> other = x => Task.FromResult(x);
            return Task.FromResult(Count("a" +
                "b"));

            int Count(string text)
            {
                return text.Length;
            }
        }
        """,
        """
        async Task<int> M(string q, int way)
        {
            await http.GetAsync(q);
            switch (way)
            {
                case 1:
                    return 1;
                case 2:
                    /* two */
                    /* of them */
                    return 2; // two
                case 3:
                    return await M(q, 1);
            }

            if (way == 4)
                return await (way > 5 ? M(q, 1) : Task.FromResult(4));
            Func<int, Task<int>> other = x => Task.FromResult(x);
            return Count("a" +
                "b");

            int Count(string text)
            {
                return text.Length;
            }
        }
        """);

    [Fact]
    public Task Method_that_returns_a_task_without_result() => Fixed(
        """
        Task M(string q, int way)
        {
            http.GetAsync(q).[|Wait|]();
            if (way == 1)
                return Task.CompletedTask;
            if (way == 2)
                return M(q, 1); // again
            else if (way == 3) return M(q, 2);
            switch (way)
            {
                case 4:
                    return M(q, 1);
                case 5: return Task.CompletedTask;
            }

            // The usual way.
            return M(q, 3);
        }

        Task N(string q)
        {
            http.GetAsync(q).[|Wait|]();

            return Task.CompletedTask;
        }

        Task O(string q)
        {
            http.GetAsync(q).[|Wait|]();
            // Nothing else.
            return Task.CompletedTask;
        }
        """,
        """
        async Task M(string q, int way)
        {
            await http.GetAsync(q);
            if (way == 1)
                return;
            if (way == 2)
            {
                await M(q, 1);
                return;
            } // again
            else if (way == 3) { await M(q, 2); return; }
            switch (way)
            {
                case 4:
                    await M(q, 1);
                    return;
                case 5: return;
            }

            // The usual way.
            await M(q, 3);
        }

        async Task N(string q)
        {
            await http.GetAsync(q);
        }

        async Task O(string q)
        {
            await http.GetAsync(q);
            // Nothing else.
            return;
        }
        """);

    [Fact]
    public Task Method_that_returns_a_value_task() => Fixed(
        """
        ValueTask<int> M(string q, int way)
        {
            http.GetAsync(q).[|Wait|]();
            if (way == 1)
                return default;
            if (way == 2)
                return new(2);
            if (way == 3)
                return new ValueTask<int>(Task.Run(() => 3));
            return ValueTask.FromResult(4);
        }

        ValueTask N(string q)
        {
            http.GetAsync(q).[|Wait|]();
            if (q == "")
                return ValueTask.CompletedTask;
            return default;
        }
        """,
        """
        async ValueTask<int> M(string q, int way)
        {
            await http.GetAsync(q);
            if (way == 1)
                return default;
            if (way == 2)
                return 2;
            if (way == 3)
                return await new ValueTask<int>(Task.Run(() => 3));
            return 4;
        }

        async ValueTask N(string q)
        {
            await http.GetAsync(q);
            if (q == "")
                return;
        }
        """);

    [Theory]
    [InlineData("void M(string q) => http.GetAsync(q).[|Wait|]();", "async Task M(string q) => await http.GetAsync(q);", MakesM)]
    [InlineData("Task<int> M(string q) => Task.FromResult((int)http.GetAsync(q).[|Result|].StatusCode);", "async Task<int> M(string q) => (int)(await http.GetAsync(q)).StatusCode;", Title)]
    [InlineData("Task M(string q) => http.GetAsync(http.GetStringAsync(q).[|Result|]);", "async Task M(string q) => await http.GetAsync(await http.GetStringAsync(q));", Title)]
    [InlineData("Task<HttpResponseMessage> M(string q) => http.GetAsync(http.GetStringAsync(q).[|Result|]);", "async Task<HttpResponseMessage> M(string q) => await http.GetAsync(await http.GetStringAsync(q));", Title)]
    [InlineData("Task<string> M(Func<Task<Task<string>>> q) => q().[|Result|];", "async Task<string> M(Func<Task<Task<string>>> q) => await await q();", Title)]
    public Task Method_of_one_expression(string method, string mended, string title) => Fixed(method, mended, title);

    [Theory]
    [InlineData("AIFunctionFactory.Create((string q) => http.GetStringAsync(q).[|Result|]);", "AIFunctionFactory.Create(async (string q) => await http.GetStringAsync(q));")]
    [InlineData("AIFunctionFactory.Create(string (string q) => { return http.GetStringAsync(q).[|Result|]; });", "AIFunctionFactory.Create(async Task<string> (string q) => { return await http.GetStringAsync(q); });")]
    [InlineData("AIFunctionFactory.Create([Obsolete] static (HttpClient c) => c.GetAsync(\"\").[|Wait|]());", "AIFunctionFactory.Create([Obsolete] static async (HttpClient c) => await c.GetAsync(\"\"));")]
    [InlineData("Func<string, Task<string>> f = q => Task.FromResult(http.GetStringAsync(q).[|Result|]);", "Func<string, Task<string>> f = async q => await http.GetStringAsync(q);")]
    [InlineData("Func<string, Task> f = q => { http.GetStringAsync(q).[|Wait|](); return Task.CompletedTask; };", "Func<string, Task> f = async q => { await http.GetStringAsync(q); };")]
    [InlineData("Func<string, Task> f = delegate (string q) { http.GetStringAsync(q).[|Wait|](); return Task.CompletedTask; };", "Func<string, Task> f = async delegate (string q) { await http.GetStringAsync(q); };")]
    [InlineData("var t = Task.Run(() => http.GetStringAsync(\"\").[|Result|]);", "var t = Task.Run(async () => await http.GetStringAsync(\"\"));")]
    [InlineData("var t = Task.Run(() => { http.GetStringAsync(\"\").[|Wait|](); });", "var t = Task.Run(async () => { await http.GetStringAsync(\"\"); });")]
    public Task Lambda(string statement, string mended) => Fixed($"void M()\n{{\n    {statement}\n}}", $"void M()\n{{\n    {mended}\n}}");
}
