using AgentLint.Fixes.Retries;
using AgentLint.Rules.Retries;
using Xunit;

namespace AgentLint.Tests.Rules.Retries;

public sealed class AGL0207FixTests
{
    [Theory]
    [InlineData(
        "[|history.Add(new ChatMessage(ChatRole.User, uri))|]; return (await client.GetResponseAsync(history)).Text;",
        "var historyCount = history.Count;",
        "history.RemoveRange(historyCount, history.Count - historyCount);")]
    [InlineData(
        "await foreach (var update in client.GetStreamingResponseAsync(uri)) [|text.Append(update.Text)|]; return text.ToString();",
        "var textLength = text.Length;",
        "text.Length = textLength;")]
    [InlineData(
        "for (var i = 0; i < 3; i++) [|sum += (await http.GetStringAsync(uri + i)).Length|]; return sum.ToString();",
        "var sumBefore = sum;",
        "sum = sumBefore;")]
    [InlineData(
        "for (var i = 0; i < 3; i++) [|all += await http.GetStringAsync(uri + i)|]; return all;",
        "var allBefore = all;",
        "all = allBefore;")]
    public Task State_is_noted_and_restored(string attempt, string note, string restore) => Fixed(
        In(attempt, "", ""),
        In(attempt.Replace("[|", "", StringComparison.Ordinal).Replace("|]", "", StringComparison.Ordinal), note + "\n        ", restore + "\n            "));

    [Fact]
    public Task Two_variables_of_one_loop() => Fixed(
        In("[|history.Add(new ChatMessage(ChatRole.User, uri))|]; for (var i = 0; i < 3; i++) [|sum += (await client.GetResponseAsync(history)).Text.Length|]; return \"\";", "", ""),
        In(
            "history.Add(new ChatMessage(ChatRole.User, uri)); for (var i = 0; i < 3; i++) sum += (await client.GetResponseAsync(history)).Text.Length; return \"\";",
            "var historyCount = history.Count;\n        var sumBefore = sum;\n        ",
            "sum = sumBefore;\n            history.RemoveRange(historyCount, history.Count - historyCount);\n            "));

    [Theory]
    [InlineData("var job = [|jobs.Dequeue()|]; return (await client.GetResponseAsync(job)).Text;")]
    [InlineData("[|http.DefaultRequestHeaders.Add(\"X\", uri)|]; return await http.GetStringAsync(uri);")]
    [InlineData("if (!isOpen) { [|isOpen = true|]; await http.GetStringAsync(\"open\"); } return await http.GetStringAsync(uri);")]
    public Task Not_offered_for_what_cannot_be_restored(string attempt) => Fixed(In(attempt, "", ""), In(attempt, "", ""));

    private static Task Fixed(string code, string fixedCode) => new FixTest<AGL0207_StateKeptBetweenAttempts, AGL0207Fix_RestoreState>(code, fixedCode).RunAsync("Restore the state before each attempt");

    private static string In(string attempt, string note, string restore) => $$"""
        using System;
        using System.Collections.Generic;
        using System.Net.Http;
        using System.Text;
        using System.Threading.Tasks;
        using Microsoft.Extensions.AI;

        class C(HttpClient http, IChatClient client, Queue<string> jobs)
        {
            async Task<string> M(string uri, List<ChatMessage> history, StringBuilder text, int sum, string all, bool isOpen)
            {
                // Until it works.
                {{note}}for (var attempt = 0; ; attempt++)
                {
                    {{restore}}try
                    {
                        {{attempt}}
                    }
                    catch (HttpRequestException) when (attempt < 3)
                    {
                        await Task.Delay(1000);
                    }
                }
            }
        }

        """;
}
