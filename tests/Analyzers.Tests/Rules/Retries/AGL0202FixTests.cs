using AgentLint.Fixes.Retries;
using AgentLint.Rules.Retries;
using Xunit;

namespace AgentLint.Tests.Rules.Retries;

public sealed class AGL0202FixTests
{
    private const string Title = "Wait before the next attempt, with exponential backoff";

    [Fact]
    public Task Wait_goes_to_the_end_of_the_handler_and_keeps_what_is_there() => Fixed(
        """
        async Task<string> M(string uri)
        {
            // Three times.
            for (var i = 0; i < 3; i++)
            {
                try
                {
                    return await http.GetStringAsync(uri);
                }
                [|catch|] (Exception e)
                {
                    Console.WriteLine(e); // for now
                }
            }

            return "";
        }
        """,
        """
        async Task<string> M(string uri)
        {
            // Three times.
            var backoff = 500;
            for (var i = 0; i < 3; i++)
            {
                try
                {
                    return await http.GetStringAsync(uri);
                }
                catch (Exception e)
                {
                    Console.WriteLine(e); // for now
                    if (i < 2)
                        await Task.Delay(Random.Shared.Next(backoff));
                    backoff = Math.Min(2 * backoff, 30_000);
                }
            }

            return "";
        }
        """);

    [Theory]
    [InlineData("for (var i = 1; i <= 3; i++)", "", "i < 3")]
    [InlineData("for (var i = 0; i < attempts; i++)", "", "i + 1 < attempts")]
    [InlineData("for (var i = 0; i < attempts; i++)", "i++;", null)]
    [InlineData("var i = 0;\n    while (i < attempts)", "i++;", "i < attempts")]
    public Task Nothing_waits_after_the_last_attempt(string head, string step, string? isFollowed)
    {
        var declared = head.LastIndexOf('\n') is var line and > 0 ? head[..line] + "\n    var backoff = 500;" + head[line..] : "var backoff = 500;\n    " + head;
        var counted = step.Length == 0 ? "" : $"            {step}\n";
        var wait = isFollowed == null ? "            await Task.Delay(Random.Shared.Next(backoff));\n" : $"            if ({isFollowed})\n                await Task.Delay(Random.Shared.Next(backoff));\n";
        return Fixed(Loop(head, "[|catch|]", counted), Loop(declared, "catch", counted + wait + "            backoff = Math.Min(2 * backoff, 30_000);\n"));

        static string Loop(string head, string handler, string body) =>
            $$"""
            async Task<string> M(string uri, int attempts)
            {
                {{head}}
                {
                    try
                    {
                        return await http.GetStringAsync(uri);
                    }
                    {{handler}} (HttpRequestException e)
                    {
                        Console.WriteLine(e);
            {{body}}        }
                }

                return "";
            }
            """;
    }

    [Fact]
    public Task All_handlers_that_go_on_wait() => Fixed(
        """
        async Task<string> M(string uri, CancellationToken cancellationToken)
        {
            var left = 3;
            while (true)
            {
                try
                {
                    return await http.GetStringAsync(uri, cancellationToken);
                }
                [|catch|] (HttpRequestException) when (left-- > 0)
                {
                    continue;
                }
                catch (TimeoutException) when (left-- > 0)
                {
                }
                catch (InvalidOperationException)
                {
                    return "";
                }
            }
        }
        """,
        """
        async Task<string> M(string uri, CancellationToken cancellationToken)
        {
            var left = 3;
            var backoff = 500;
            while (true)
            {
                try
                {
                    return await http.GetStringAsync(uri, cancellationToken);
                }
                catch (HttpRequestException) when (left-- > 0)
                {
                    await Task.Delay(Random.Shared.Next(backoff), cancellationToken);
                    backoff = Math.Min(2 * backoff, 30_000);
                    continue;
                }
                catch (TimeoutException) when (left-- > 0)
                {
                    await Task.Delay(Random.Shared.Next(backoff), cancellationToken);
                    backoff = Math.Min(2 * backoff, 30_000);
                }
                catch (InvalidOperationException)
                {
                    return "";
                }
            }
        }
        """);

    [Theory]
    [InlineData("_ = Task.Delay(1000);")]
    [InlineData("Task.Delay(1000);")]
    [InlineData("await Task.Delay(0);")]
    [InlineData("await Task.Delay(TimeSpan.Zero);")]
    public Task Wait_that_is_none_gives_its_place_to_one(string wait) => Fixed(
        $$"""
        async Task<string> M(string uri)
        {
            for (var i = 0; i < 3; i++)
            {
                try
                {
                    return await http.GetStringAsync(uri);
                }
                [|catch|] (Exception e)
                {
                    {{wait}} // a second
                    Console.WriteLine(e);
                }
            }

            return "";
        }
        """,
        """
        async Task<string> M(string uri)
        {
            var backoff = 500;
            for (var i = 0; i < 3; i++)
            {
                try
                {
                    return await http.GetStringAsync(uri);
                }
                catch (Exception e)
                {
                    await Task.Delay(Random.Shared.Next(backoff)); // a second
                    backoff = Math.Min(2 * backoff, 30_000);
                    Console.WriteLine(e);
                }
            }

            return "";
        }
        """,
        compilerWarnings: true);

    [Fact]
    public Task Several_loops_at_once() => Fixed(
        """
        async Task M(string uri)
        {
            for (var i = 0; i < 3; i++)
            {
                try
                {
                    await http.GetStringAsync(uri);
                    break;
                }
                [|catch|] (Exception)
                {
                }
            }

            for (var i = 0; i < 3; i++)
            {
                try
                {
                    await http.GetStringAsync(uri);
                    break;
                }
                [|catch|] (Exception)
                {
                }
            }
        }
        """,
        """
        async Task M(string uri)
        {
            var backoff = 500;
            for (var i = 0; i < 3; i++)
            {
                try
                {
                    await http.GetStringAsync(uri);
                    break;
                }
                catch (Exception)
                {
                    if (i < 2)
                        await Task.Delay(Random.Shared.Next(backoff));
                    backoff = Math.Min(2 * backoff, 30_000);
                }
            }

            var backoffTime = 500;
            for (var i = 0; i < 3; i++)
            {
                try
                {
                    await http.GetStringAsync(uri);
                    break;
                }
                catch (Exception)
                {
                    if (i < 2)
                        await Task.Delay(Random.Shared.Next(backoffTime));
                    backoffTime = Math.Min(2 * backoffTime, 30_000);
                }
            }
        }
        """);

    [Fact]
    public Task Top_level_program()
    {
        const string Code = """
            using System;
            using System.Net.Http;
            using System.Threading.Tasks;

            using var http = new HttpClient();
            // Three times.
            for (var i = 0; i < 3; i++)
            {
                try
                {
                    Console.WriteLine(await http.GetStringAsync("/"));
                    break;
                }
                [|catch|] (Exception)
                {
                }
            }

            """;
        var fixedCode = Code
            .Replace("[|catch|]", "catch", StringComparison.Ordinal)
            .Replace("for (var", "var backoff = 500;\nfor (var", StringComparison.Ordinal)
            .Replace("    {\n    }\n}\n", "    {\n        if (i < 2)\n            await Task.Delay(Random.Shared.Next(backoff));\n        backoff = Math.Min(2 * backoff, 30_000);\n    }\n}\n", StringComparison.Ordinal);
        return new FixTest<AGL0202_RetryWithoutDelay, AGL0202Fix_WaitBetweenAttempts>(Code, fixedCode)
        {
            TestState = { OutputKind = Microsoft.CodeAnalysis.OutputKind.ConsoleApplication },
        }.RunAsync(Title);
    }

    [Fact]
    public Task Habit_of_the_file_is_kept() => Fixed(
        """
        async Task<string> M(string uri)
        {
            for (var i = 0; i < 3; i++)
            {
                try
                {
                    return await http.GetStringAsync(uri).ConfigureAwait(false);
                }
                [|catch|] (Exception)
                {
                }
            }

            return "";
        }
        """,
        """
        async Task<string> M(string uri)
        {
            var backoff = 500;
            for (var i = 0; i < 3; i++)
            {
                try
                {
                    return await http.GetStringAsync(uri).ConfigureAwait(false);
                }
                catch (Exception)
                {
                    if (i < 2)
                        await Task.Delay(Random.Shared.Next(backoff)).ConfigureAwait(false);
                    backoff = Math.Min(2 * backoff, 30_000);
                }
            }

            return "";
        }
        """);

    [Theory]
    [InlineData("do\n    {\n        response = await http.GetAsync(uri);\n    }\n    while (![|response.IsSuccessStatusCode|] && ++attempt < 5);")]
    public Task Not_offered_where_no_handler_decides(string loop) => NotOffered($$"""
        async Task M(string uri)
        {
            HttpResponseMessage response;
            var attempt = 0;
            {{loop}}
        }
        """);

    private static Task NotOffered(string members) => Fixed(members, members);

    private static Task Fixed(string members, string fixedMembers, bool compilerWarnings = false) =>
        new FixTest<AGL0202_RetryWithoutDelay, AGL0202Fix_WaitBetweenAttempts>(In(members), In(fixedMembers))
        {
            // CS4014 tells of a call that nobody awaits.
            CompilerDiagnostics = compilerWarnings ? CompilerDiagnostics.Errors : CompilerDiagnostics.Warnings,
        }.RunAsync(Title);

    private static string In(string members) => $$"""
        using System;
        using System.Net.Http;
        using System.Threading;
        using System.Threading.Tasks;

        class C(HttpClient http)
        {
        {{string.Concat(members.Split('\n').Select(line => line.Length == 0 ? "\n" : "    " + line + "\n"))}}}

        """;
}
