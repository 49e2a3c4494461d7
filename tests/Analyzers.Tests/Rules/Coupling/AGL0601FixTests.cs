using Xunit;
using static AgentLint.Tests.Rules.Coupling.AwaitInstead;

namespace AgentLint.Tests.Rules.Coupling;

/// <summary>What the fix of AGL0601 makes of the blocking expressions themselves.</summary>
public class AGL0601FixTests
{
    [Theory]
    [InlineData("var x = client.GetResponseAsync(q).[|Result|];", "var x = await client.GetResponseAsync(q);")]
    [InlineData("var x = client.GetResponseAsync(q).[|Result|].Text;", "var x = (await client.GetResponseAsync(q)).Text;")]
    [InlineData("var x = client.GetResponseAsync(q).[|Result|]!.Text;", "var x = (await client.GetResponseAsync(q))!.Text;")]
    [InlineData("var x = client.GetResponseAsync(q).[|Result|]?.Text;", "var x = (await client.GetResponseAsync(q))?.Text;")]
    [InlineData("var x = client.GetResponseAsync(q).[|Result|].Messages[0];", "var x = (await client.GetResponseAsync(q)).Messages[0];")]
    [InlineData("var x = (client.GetResponseAsync(q).[|Result|]).Text;", "var x = (await client.GetResponseAsync(q)).Text;")]
    [InlineData("var x = client.GetResponseAsync(q).[|Result|] is { } y;", "var x = await client.GetResponseAsync(q) is { } y;")]
    [InlineData("var x = (object)client.GetResponseAsync(q).[|Result|];", "var x = (object)await client.GetResponseAsync(q);")]
    [InlineData("var x = new { client.GetResponseAsync(q).[|Result|] };", "var x = new { Result = await client.GetResponseAsync(q) };")]
    [InlineData("var x = http.GetStringAsync(q).[|Result|] switch { \"\" => 0, _ => 1 };", "var x = await http.GetStringAsync(q) switch { \"\" => 0, _ => 1 };")]
    [InlineData("var x = Task.Run(() => (A: 1, B: 2)).[|Result|] with { A = 2 };", "var x = await Task.Run(() => (A: 1, B: 2)) with { A = 2 };")]
    [InlineData("var x = -Count().[|Result|] + Count().[|Result|] * 2;", "var x = -await Count() + await Count() * 2;")]
    [InlineData("var x = $\"{Count().[|Result|]:N2} {http.GetStringAsync(q).[|Result|].Length}\";", "var x = $\"{await Count():N2} {(await http.GetStringAsync(q)).Length}\";")]
    [InlineData("string[] x = [http.GetStringAsync(q).[|Result|], .. Task.Run(() => new[] { q }).[|Result|]];", "string[] x = [await http.GetStringAsync(q), .. await Task.Run(() => new[] { q })];")]
    [InlineData("for (var i = 0; i < Count().[|Result|]; i += Count().[|Result|]) { }", "for (var i = 0; i < await Count(); i += await Count()) { }")]
    [InlineData("foreach (var x in http.GetStringAsync(q).[|Result|]) { }", "foreach (var x in await http.GetStringAsync(q)) { }")]
    [InlineData("client.GetResponseAsync(q).[|Wait|]();", "await client.GetResponseAsync(q);")]
    [InlineData("client.GetResponseAsync(q).GetAwaiter().[|GetResult|]();", "await client.GetResponseAsync(q);")]
    [InlineData("client.GetResponseAsync(q).ConfigureAwait(false).GetAwaiter().[|GetResult|]();", "await client.GetResponseAsync(q).ConfigureAwait(false);")]
    [InlineData("var x = (Task.FromResult(1) ?? Count()).[|Result|];", "var x = await (Task.FromResult(1) ?? Count());")]
    [InlineData("Task.[|WaitAll|](Count(), Count());", "await Task.WhenAll(Count(), Count());")]
    [InlineData("Task.[|WaitAny|](Count(), Count());", "await Task.WhenAny(Count(), Count());")]
    [InlineData("var x = CountFast().[|Result|];", "var x = await CountFast();")]
    [InlineData("var x = chat.[|CompleteChat|](q).Value;", "var x = (await chat.CompleteChatAsync(q)).Value;")]
    [InlineData("using var x = http.[|Send|](new HttpRequestMessage());", "using var x = await http.SendAsync(new HttpRequestMessage());")]
    [InlineData("Thread.[|Sleep|](100);", "await Task.Delay(100);")]
    [InlineData("Thread.[|Sleep|](millisecondsTimeout: 100);", "await Task.Delay(100);")]
    [InlineData("Thread.[|Sleep|](TimeSpan.FromSeconds(1));", "await Task.Delay(TimeSpan.FromSeconds(1));")]
    [InlineData("foreach (var x in chat.[|CompleteChatStreaming|](q)) { }", "await foreach (var x in chat.CompleteChatStreamingAsync(q)) { }")]
    public Task In_an_asynchronous_method(string statement, string mended) => Fixed(
        $$"""
        async Task M(string q)
        {
            {{statement}}
        }

        Task<int> Count() => Task.Run(() => 1);
        ValueTask<int> CountFast() => new(Task.Run(() => 1));
        """,
        $$"""
        async Task M(string q)
        {
            {{mended}}
        }

        Task<int> Count() => Task.Run(() => 1);
        ValueTask<int> CountFast() => new(Task.Run(() => 1));
        """);

    [Theory]
    [InlineData("M(string q, CancellationToken ct)", "client.GetResponseAsync(q).[|Wait|]()", "client.GetResponseAsync(q, cancellationToken: ct)")]
    [InlineData("M(string q, CancellationToken? ct)", "client.GetResponseAsync(q).[|Wait|]()", "client.GetResponseAsync(q, cancellationToken: ct ?? default)")]
    [InlineData("M(string q, CancellationToken ct)", "client.GetResponseAsync(q, null, ct).[|Wait|]()", "client.GetResponseAsync(q, null, ct)")]
    [InlineData("M(string q, CancellationToken ct)", "client.GetResponseAsync(q, cancellationToken: CancellationToken.None).[|Wait|]()", "client.GetResponseAsync(q, cancellationToken: CancellationToken.None)")]
    [InlineData("M(string q, CancellationToken ct)", "client.GetResponseAsync(q, null).[|Wait|]()", "client.GetResponseAsync(q, null, ct)")]
    [InlineData("M(string q, CancellationToken ct)", "http.GetAsync(q).ConfigureAwait(false).GetAwaiter().[|GetResult|]()", "http.GetAsync(q, ct).ConfigureAwait(false)")]
    [InlineData("M(string q, CancellationToken ct)", "http.[|Send|](new(HttpMethod.Get, q))", "http.SendAsync(new(HttpMethod.Get, q), ct)")]
    [InlineData("M(string q, CancellationToken ct)", "chat.[|CompleteChat|](q)", "chat.CompleteChatAsync(q)")]
    [InlineData("M(OpenAI.Chat.ChatMessage[] q, CancellationToken ct)", "chat.[|CompleteChat|]((IEnumerable<OpenAI.Chat.ChatMessage>)q)", "chat.CompleteChatAsync((IEnumerable<OpenAI.Chat.ChatMessage>)q, cancellationToken: ct)")]
    [InlineData("M(string q, CancellationToken ct)", "Thread.[|Sleep|](1)", "Task.Delay(1, ct)")]
    [InlineData("M(string q, CancellationToken @event)", "Thread.[|Sleep|](1)", "Task.Delay(1, @event)")]
    [InlineData("M(string q, CancellationToken stop, CancellationToken cancellationToken)", "Thread.[|Sleep|](1)", "Task.Delay(1, cancellationToken)")]
    [InlineData("M(string q, CancellationToken one, CancellationToken other)", "Thread.[|Sleep|](1)", "Task.Delay(1)")]
    [InlineData("M(string q, CancellationToken ct)", "client.GetResponseAsync(q).[|Wait|](ct)", "client.GetResponseAsync(q).WaitAsync(ct)")]
    [InlineData("M(Task[] all, CancellationToken ct)", "Task.[|WaitAll|](all, ct)", "Task.WhenAll(all).WaitAsync(ct)")]
    [InlineData("M(Task[] all, CancellationToken ct)", "Task.[|WaitAll|](all)", "Task.WhenAll(all)")]
    public Task Token_in_scope(string signature, string blocking, string mended) =>
        Fixed($"async Task {signature}\n{{\n    {blocking};\n}}", $"async Task {signature}\n{{\n    await {mended};\n}}");

    [Fact]
    public Task Token_of_the_innermost_scope() => Fixed(
        """
        CancellationToken field;

        async Task M(string q, CancellationToken outer)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(outer);
            var token = limit.Token;
            client.GetResponseAsync(q).[|Wait|]();
            try
            {
                Func<CancellationToken, Task> f = async inner => Thread.[|Sleep|](1);
                Func<CancellationToken, Task> g = static async inner => Thread.[|Sleep|](1);
                Func<Task> h = static async () => Thread.[|Sleep|](1);
            }
            finally
            {
                client.GetResponseAsync("bye").[|Wait|]();
            }
        }

        async Task N(string q)
        {
            client.GetResponseAsync(q).[|Wait|]();
            var late = new CancellationToken();
        }
        """,
        """
        CancellationToken field;

        async Task M(string q, CancellationToken outer)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(outer);
            var token = limit.Token;
            await client.GetResponseAsync(q, cancellationToken: token);
            try
            {
                Func<CancellationToken, Task> f = async inner => await Task.Delay(1, inner);
                Func<CancellationToken, Task> g = static async inner => await Task.Delay(1, inner);
                Func<Task> h = static async () => await Task.Delay(1);
            }
            finally
            {
                await client.GetResponseAsync("bye");
            }
        }

        async Task N(string q)
        {
            await client.GetResponseAsync(q);
            var late = new CancellationToken();
        }
        """);

    [Fact]
    public Task All_of_a_line_and_of_a_statement() => Fixed(
        """
        async Task M(string q)
        {
            var x = client.GetResponseAsync(q).[|Result|].Text + client.GetResponseAsync(q).[|Result|].Text;
            var y = http.GetAsync(client.GetResponseAsync(q).[|Result|].Text).[|Result|];
            var z = client.GetResponseAsync(q).[|Result|].Text
                + client.GetResponseAsync(q).[|Result|].Text;
            Thread.[|Sleep|](1); Thread.[|Sleep|](2);
        }
        """,
        """
        async Task M(string q)
        {
            var x = (await client.GetResponseAsync(q)).Text + (await client.GetResponseAsync(q)).Text;
            var y = await http.GetAsync((await client.GetResponseAsync(q)).Text);
            var z = (await client.GetResponseAsync(q)).Text
                + (await client.GetResponseAsync(q)).Text;
            await Task.Delay(1); await Task.Delay(2);
        }
        """);

    [Fact]
    public Task One_fix_mends_the_whole_line()
    {
        var test = File(
            In("async Task<string> M(string q) => client.GetResponseAsync(q).[|Result|].Text + client.GetResponseAsync(q).[|Result|].Text;"),
            In("async Task<string> M(string q) => (await client.GetResponseAsync(q)).Text + (await client.GetResponseAsync(q)).Text;"));
        test.NumberOfIncrementalIterations = 1;
        return test.RunAsync(Title);
    }

    [Fact]
    public Task Comments_and_layout() => Fixed(
        """
        async Task M(string q)
        {
            // Ask.
            var x = client.GetResponseAsync(q) // slowly
                .GetAwaiter() /* here */
                .[|GetResult|]() // now
                .Text; // done
            var y = /* a */ client.GetResponseAsync(/* b */ q).[|Result|] /* c */;
            client
                .GetResponseAsync(
                    q,
                    null
                )
                .[|Wait|]();
        }
        """,
        """
        async Task M(string q)
        {
            // Ask.
            // slowly
            /* here */
            var x = (await client.GetResponseAsync(q)) // now
                .Text; // done
            var y = /* a */ await client.GetResponseAsync(/* b */ q) /* c */;
            await client
                .GetResponseAsync(
                    q,
                    null
                );
        }
        """);

    [Fact]
    public Task Habit_of_the_file() => Fixed(
        """
        async Task M(string q)
        {
            await Task.Delay(1).ConfigureAwait(false);
            client.GetResponseAsync(q).[|Wait|]();
            var y = ((Task<int>)Count()).[|Result|];
            var x = chat.[|CompleteChat|](q).Value;
            Thread.[|Sleep|](1);
        }

        object Count() => Task.Run(() => 1);
        """,
        """
        async Task M(string q)
        {
            await Task.Delay(1).ConfigureAwait(false);
            await client.GetResponseAsync(q).ConfigureAwait(false);
            var y = await ((Task<int>)Count()).ConfigureAwait(false);
            var x = (await chat.CompleteChatAsync(q).ConfigureAwait(false)).Value;
            await Task.Delay(1).ConfigureAwait(false);
        }

        object Count() => Task.Run(() => 1);
        """);

    [Theory]
    [InlineData("var x = task?.[|Result|];")]
    [InlineData("var x = client?.GetResponseAsync(q).[|Result|].Text;")]
    [InlineData("var x = client?.GetResponseAsync(q).GetAwaiter().[|GetResult|]().Text;")]
    [InlineData("var x = task.[|Wait|](100);")]
    [InlineData("task.[|Wait|](100);")]
    [InlineData("task.[|Wait|](TimeSpan.FromSeconds(1), CancellationToken.None);")]
    [InlineData("Task.[|WaitAll|](new Task[] { task }, 100);")]
    [InlineData("var x = Task.[|WaitAny|](task, task);")]
    [InlineData("var awaiter = task.GetAwaiter(); awaiter.[|GetResult|]();")]
    [InlineData("var x = chat.[|CompleteChatStreaming|](q);")]
    public Task Without_an_equivalent(string statement) => NotOffered($"async Task M(string q, Task<string> task)\n{{\n    {statement}\n}}");
}
