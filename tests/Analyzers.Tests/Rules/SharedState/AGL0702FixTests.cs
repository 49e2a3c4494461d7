using AgentLint.Fixes.SharedState;
using AgentLint.Rules.SharedState;
using Xunit;

namespace AgentLint.Tests.Rules.SharedState;

/// <summary>What the fix of AGL0702 makes, and where it is not offered.</summary>
public sealed class AGL0702FixTests
{
    private const string Own = "Give each branch its own session";
    private const string Copy = "Give each branch a copy of the conversation, so that none sees what another adds";

    [Theory]
    [InlineData(
        """
        // One for both.
        var session = await agent.CreateSessionAsync();
        var a = agent.RunAsync("a", [|session|]);
        var b = agent.RunAsync("b", session);
        await Task.WhenAll(a, b);
        """,
        """
        // One for both.
        var a = agent.RunAsync("a", await agent.CreateSessionAsync());
        var b = agent.RunAsync("b", await agent.CreateSessionAsync());
        await Task.WhenAll(a, b);
        """)]
    [InlineData(
        """
        var session = Begin();
        await Task.WhenAll(items.Select(item => agent.RunAsync(item, [|session|])));
        """,
        """
        await Task.WhenAll(items.Select(item => agent.RunAsync(item, Begin())));
        """)]
    [InlineData(
        """
        var session = await agent.CreateSessionAsync();
        await Task.WhenAll(items.Select(item => agent.RunAsync(item, [|session|])));
        """,
        """
        await Task.WhenAll(items.Select(async item => await agent.RunAsync(item, await agent.CreateSessionAsync())));
        """)]
    [InlineData(
        """
        var session = await agent.CreateSessionAsync();
        await Parallel.ForEachAsync(items, async (item, token) => await agent.RunAsync(item, [|session|]));
        """,
        """
        await Parallel.ForEachAsync(items, async (item, token) => await agent.RunAsync(item, await agent.CreateSessionAsync()));
        """)]
    [InlineData(
        """
        var first = Begin();
        var second = Begin();
        await Task.WhenAll(items.Select(item => agent.RunAsync(item, [|first|])));
        await Task.WhenAll(items.Select(One));

        async Task One(string item) => await agent.RunAsync(item, [|second|]);
        """,
        """
        await Task.WhenAll(items.Select(item => agent.RunAsync(item, Begin())));
        await Task.WhenAll(items.Select(One));

        async Task One(string item) => await agent.RunAsync(item, Begin());
        """)]
    public Task Session_for_each(string body, string mended) => Run(body, mended, Own);

    [Theory]
    [InlineData(
        """
        var history = new List<ChatMessage> { new(ChatRole.System, "Be brief.") };
        await Task.WhenAll(items.Select(async item =>
        {
            [|history|].Add(new(ChatRole.User, item));
            var answer = await client.GetResponseAsync(history);
            history.AddMessages(answer);
        }));
        """,
        """
        var history = new List<ChatMessage> { new(ChatRole.System, "Be brief.") };
        await Task.WhenAll(items.Select(async item =>
        {
            var ownHistory = new List<ChatMessage>(history);
            ownHistory.Add(new(ChatRole.User, item));
            var answer = await client.GetResponseAsync(ownHistory);
            ownHistory.AddMessages(answer);
        }));
        """)]
    [InlineData(
        """
        IList<ChatMessage> history = [];
        await Task.WhenAll(items.Select(One));

        async Task One(string item)
        {
            [|history|].Add(new(ChatRole.User, item));
            await client.GetResponseAsync(history);
        }
        """,
        """
        IList<ChatMessage> history = [];
        await Task.WhenAll(items.Select(One));

        async Task One(string item)
        {
            var ownHistory = new List<ChatMessage>(history);
            ownHistory.Add(new(ChatRole.User, item));
            await client.GetResponseAsync(ownHistory);
        }
        """)]
    public Task Copy_for_each(string body, string mended) => Run(body, mended, Copy);

    [Theory]
    // What was said before, or is said afterwards, belongs to it.
    [InlineData("var session = Begin(); await agent.RunAsync(\"hello\", session); await Task.WhenAll(items.Select(item => agent.RunAsync(item, [|session|])));")]
    [InlineData("var session = Begin(); await Task.WhenAll(items.Select(item => agent.RunAsync(item, [|session|]))); await agent.RunAsync(\"bye\", session);")]
    [InlineData("var history = new List<ChatMessage>(); await Task.WhenAll(items.Select(async item => { [|history|].Add(new(ChatRole.User, item)); await client.GetResponseAsync(history); })); await client.GetResponseAsync(history);")]
    // Two turns of one branch are one conversation.
    [InlineData("var session = Begin(); await Task.WhenAll(items.Select(async item => { await agent.RunAsync(item, [|session|]); await agent.RunAsync(\"and?\", session); }));")]
    [InlineData("await Task.WhenAll(items.Select(item => agent.RunAsync(item, [|kept|])));")]
    public Task Not_offered(string body) => Run(body, body, null);

    private static Task Run(string body, string mended, string? title)
    {
        var test = new FixTest<AGL0702_SessionUsedConcurrently, AGL0702Fix_OwnConversation>(In(body), In(mended)) { AsksAllRules = true };
        Libraries.AddTo(test.TestState, Library.AgentFramework);
        return test.RunAsync(title);
    }

    private static string In(string body) => $$"""
        #nullable enable
        using System.Collections.Generic;
        using System.Linq;
        using System.Threading.Tasks;
        using Microsoft.Agents.AI;
        using Microsoft.Extensions.AI;

        public class Desk(IChatClient client, AIAgent agent)
        {
            private readonly AgentSession kept = Begin();

            public async Task Run(IReadOnlyList<string> items)
            {
                {{body.Replace("\n", "\n        ", StringComparison.Ordinal)}}
            }

            private static AgentSession Begin() => new Talk();

            private sealed class Talk : AgentSession;
        }
        """;
}
