using AgentLint.Fixes.Loops;
using AgentLint.Rules.Loops;
using Xunit;

namespace AgentLint.Tests.Rules.Loops;

public sealed class AGL0901FixTests
{
    [Fact]
    public Task Rounds_are_counted() => Fixed(
        """
        async Task<string> M(List<ChatMessage> messages)
        {
            // Until it is content.
            [|while (true)|]
            {
                var answer = await client.GetResponseAsync(messages);
                messages.AddRange(answer.Messages);
                if (answer.FinishReason != ChatFinishReason.ToolCalls)
                    return answer.Text;
            }
        }
        """,
        """
        async Task<string> M(List<ChatMessage> messages)
        {
            // Until it is content.
            var rounds = 0;
            while (true)
            {
                if (++rounds > 20)
                    throw new InvalidOperationException("No end after 20 rounds");
                var answer = await client.GetResponseAsync(messages);
                messages.AddRange(answer.Messages);
                if (answer.FinishReason != ChatFinishReason.ToolCalls)
                    return answer.Text;
            }
        }
        """);

    [Fact]
    public Task Time_is_limited_where_there_is_a_token() => Fixed(
        """
        async Task<string> M(string text, CancellationToken token)
        {
            [|do|]
            {
                text = (await client.GetResponseAsync("Longer: " + text, cancellationToken: token)).Text;
                await File.WriteAllTextAsync("draft", text);
            }
            while (!text.Contains("DONE"));
            return text;
        }
        """,
        """
        async Task<string> M(string text, CancellationToken token)
        {
            var rounds = 0;
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(token);
            deadline.CancelAfter(TimeSpan.FromMinutes(10));
            do
            {
                if (++rounds > 20)
                    throw new InvalidOperationException("No end after 20 rounds");
                text = (await client.GetResponseAsync("Longer: " + text, cancellationToken: deadline.Token)).Text;
                await File.WriteAllTextAsync("draft", text, deadline.Token);
            }
            while (!text.Contains("DONE"));
            return text;
        }
        """);

    [Fact]
    public Task Several_loops_at_once() => Fixed(
        """
        async Task M(string text)
        {
            [|while (!text.Contains("DONE"))|]
            {
                text = (await client.GetResponseAsync("Longer: " + text)).Text;
            }

            Console.WriteLine(text);
            [|while (!text.Contains("SHORT"))|]
            {
                text = (await client.GetResponseAsync("Shorter: " + text)).Text;
            }
        }
        """,
        """
        async Task M(string text)
        {
            var rounds = 0;
            while (!text.Contains("DONE"))
            {
                if (++rounds > 20)
                    throw new InvalidOperationException("No end after 20 rounds");
                text = (await client.GetResponseAsync("Longer: " + text)).Text;
            }

            Console.WriteLine(text);
            var turns = 0;
            while (!text.Contains("SHORT"))
            {
                if (++turns > 20)
                    throw new InvalidOperationException("No end after 20 rounds");
                text = (await client.GetResponseAsync("Shorter: " + text)).Text;
            }
        }
        """);

    [Fact]
    public Task Top_level_program()
    {
        const string Code = """
            using System;
            using Microsoft.Extensions.AI;

            IChatClient client = null!;
            var text = "";
            [|while (text != "DONE")|]
            {
                text = (await client.GetResponseAsync(text)).Text;
            }

            """;
        var mended = Code
            .Replace("[|", "", StringComparison.Ordinal)
            .Replace("|]", "", StringComparison.Ordinal)
            .Replace("while (text", "var rounds = 0;\nwhile (text", StringComparison.Ordinal)
            .Replace("{\n", "{\n    if (++rounds > 20)\n        throw new InvalidOperationException(\"No end after 20 rounds\");\n", StringComparison.Ordinal);
        return new FixTest<AGL0901_UnboundedAgentLoop, AGL0901Fix_LimitRounds>(Code, mended)
        {
            TestState = { OutputKind = Microsoft.CodeAnalysis.OutputKind.ConsoleApplication },
        }.RunAsync("Fail after 20 rounds");
    }

    [Theory]
    [InlineData("[|while (!text.Contains(\"DONE\"))|] text = (await client.GetResponseAsync(text)).Text;")]
    [InlineData("again: text = (await client.GetResponseAsync(text)).Text; if (!text.Contains(\"DONE\")) [|goto again;|]")]
    public Task Not_offered_where_no_statement_can_be_added(string body) => Fixed($"async Task M(string text) {{ {body} }}", null);

    // Any other exception stops the workflow's task, and not the workflow.
    [Fact]
    public Task Workflow_of_Temporal_ends_as_failed()
    {
        const string Code = """
            using System;
            using System.Threading.Tasks;
            using Microsoft.Extensions.AI;
            using Temporalio.Activities;
            using Temporalio.Exceptions;
            using Temporalio.Workflows;

            public class Activities(IChatClient model) { [Activity] public async Task<string> JudgeAsync(string text) => (await model.GetResponseAsync(text)).Text; }

            [Workflow]
            public class Drafts
            {
                [WorkflowRun]
                public async Task<string> RunAsync(string draft)
                {
                    var verdict = "";
                    [|while (verdict != "good")|]
                    {
                        verdict = await Workflow.ExecuteActivityAsync((Activities a) => a.JudgeAsync(draft), new() { StartToCloseTimeout = TimeSpan.FromMinutes(1) });
                    }

                    return draft;
                }
            }
            """;
        var mended = Code
            .Replace("        [|while (verdict != \"good\")|]\n        {\n", "        var rounds = 0;\n        while (verdict != \"good\")\n        {\n            if (++rounds > 20)\n                throw new ApplicationFailureException(\"No end after 20 rounds\");\n", StringComparison.Ordinal);
        return new FixTest<AGL0901_UnboundedAgentLoop, AGL0901Fix_LimitRounds>(Code, mended) { AsksAllRules = true }.Reference(Library.Temporal).RunAsync("Fail after 20 rounds");
    }

    private static Task Fixed(string members, string? mended) =>
        new FixTest<AGL0901_UnboundedAgentLoop, AGL0901Fix_LimitRounds>(In(members), In(mended ?? members)) { AsksAllRules = true }.RunAsync("Fail after 20 rounds");

    private static string In(string members) => $$"""
        using System;
        using System.Collections.Generic;
        using System.IO;
        using System.Threading;
        using System.Threading.Tasks;
        using Microsoft.Extensions.AI;

        class C(IChatClient client)
        {
        {{string.Concat(members.Split('\n').Select(line => line.Length == 0 ? "\n" : "    " + line + "\n"))}}}
        """;
}
