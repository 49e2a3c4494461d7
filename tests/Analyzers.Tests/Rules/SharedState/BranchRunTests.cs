using System.Collections;
using System.Reflection;
using System.Runtime.Loader;
using AgentLint.Fixes.SharedState;
using AgentLint.Rules.SharedState;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.Extensions.AI;
using Xunit;

namespace AgentLint.Tests.Rules.SharedState;

/// <summary>
/// Programs before and after AgentLint's own fixes, compiled and run many times: before, branches lose what others have counted or found, and their
/// conversations get mixed up; after, they do not. The models answer when all have been asked, so that how branches meet is certain and no luck.
/// </summary>
public sealed class BranchRunTests
{
    private const int Times = 50;

    private static readonly string[] Parts = [.. Enumerable.Range(1, 8).Select(i => "part " + i)];

    private const string Counted = """
        using System.Collections.Generic;
        using System.Linq;
        using System.Threading.Tasks;
        using Microsoft.Extensions.AI;

        public static class Work
        {
            public static async Task<int> Run(IChatClient client, IReadOnlyList<string> parts)
            {
                var total = 0;
                await Task.WhenAll(parts.Select(async part =>
                {
                    [|total += await Words(client, part)|];
                }));
                return total;
            }

            private static async Task<int> Words(IChatClient client, string part) => (await client.GetResponseAsync(part)).Text.Split(' ').Length;
        }
        """;

    private const string CountedApart = """
        using System.Collections.Generic;
        using System.Linq;
        using System.Threading.Tasks;
        using Microsoft.Extensions.AI;

        public static class Work
        {
            public static async Task<int> Run(IChatClient client, IReadOnlyList<string> parts)
            {
                var total = 0;
                var gate = new object();
                await Task.WhenAll(parts.Select(async part =>
                {
                    var added = await Words(client, part);
                    lock (gate)
                    {
                        total += added;
                    }
                }));
                return total;
            }

            private static async Task<int> Words(IChatClient client, string part) => (await client.GetResponseAsync(part)).Text.Split(' ').Length;
        }
        """;

    private const string Found = """
        using System;
        using System.Collections.Generic;
        using System.Linq;
        using System.Threading.Tasks;

        public static class Work
        {
            public static async Task<List<string>> Run(Func<string, Task<ICollection<string>>> search, IReadOnlyList<string> parts)
            {
                var found = new List<string>();
                await Task.WhenAll(parts.Select(async part =>
                {
                    var more = await search(part);
                    [|found.AddRange(more)|];
                }));
                return found;
            }
        }
        """;

    private const string FoundAndReturned = """
        using System;
        using System.Collections.Generic;
        using System.Linq;
        using System.Threading.Tasks;

        public static class Work
        {
            public static async Task<List<string>> Run(Func<string, Task<ICollection<string>>> search, IReadOnlyList<string> parts)
            {
                var found = new List<string>();
                found.AddRange((await Task.WhenAll(parts.Select(async part =>
                {
                    var more = await search(part);
                    return more;
                }))).SelectMany(part => part));
                return found;
            }
        }
        """;

    private const string Talked = """
        using System.Collections.Generic;
        using System.Linq;
        using System.Threading.Tasks;
        using Microsoft.Extensions.AI;

        public static class Work
        {
            public static async Task<string[]> Run(IChatClient client, IReadOnlyList<string> parts)
            {
                var history = new List<ChatMessage> { new(ChatRole.System, "Be brief.") };
                return await Task.WhenAll(parts.Select(async part =>
                {
                    [|history|].Add(new(ChatRole.User, part));
                    return (await client.GetResponseAsync(history)).Text;
                }));
            }
        }
        """;

    private const string TalkedApart = """
        using System.Collections.Generic;
        using System.Linq;
        using System.Threading.Tasks;
        using Microsoft.Extensions.AI;

        public static class Work
        {
            public static async Task<string[]> Run(IChatClient client, IReadOnlyList<string> parts)
            {
                var history = new List<ChatMessage> { new(ChatRole.System, "Be brief.") };
                return await Task.WhenAll(parts.Select(async part =>
                {
                    var ownHistory = new List<ChatMessage>(history);
                    ownHistory.Add(new(ChatRole.User, part));
                    return (await client.GetResponseAsync(ownHistory)).Text;
                }));
            }
        }
        """;

    // The agent answers with all that was said in its session, when all that it was asked has been asked.
    private const string Agent = """

        public sealed class Talk : AgentSession
        {
            public List<string> Said { get; } = new();
        }

        public sealed class Echo(int questions) : AIAgent
        {
            private readonly TaskCompletionSource allAsked = new();
            private int asked;

            protected override ValueTask<AgentSession> CreateSessionCoreAsync(CancellationToken cancellationToken = default) => new(new Talk());

            protected override ValueTask<JsonElement> SerializeSessionCoreAsync(AgentSession session, JsonSerializerOptions options = null, CancellationToken cancellationToken = default) =>
                throw new System.NotSupportedException();

            protected override ValueTask<AgentSession> DeserializeSessionCoreAsync(JsonElement state, JsonSerializerOptions options = null, CancellationToken cancellationToken = default) =>
                throw new System.NotSupportedException();

            protected override IAsyncEnumerable<AgentResponseUpdate> RunCoreStreamingAsync(
                IEnumerable<ChatMessage> messages, AgentSession session = null, AgentRunOptions options = null, CancellationToken cancellationToken = default) =>
                throw new System.NotSupportedException();

            protected override async Task<AgentResponse> RunCoreAsync(
                IEnumerable<ChatMessage> messages, AgentSession session = null, AgentRunOptions options = null, CancellationToken cancellationToken = default)
            {
                ((Talk)session).Said.Add(messages.Single().Text);
                if (++asked == questions)
                    allAsked.SetResult();
                await allAsked.Task;
                return new AgentResponse(new ChatMessage(ChatRole.Assistant, string.Join("; ", ((Talk)session).Said)));
            }
        }
        """;

    private const string Asked = """
        using System.Collections.Generic;
        using System.Linq;
        using System.Text.Json;
        using System.Threading;
        using System.Threading.Tasks;
        using Microsoft.Agents.AI;
        using Microsoft.Extensions.AI;

        public static class Work
        {
            public static async Task<string[]> Run(IReadOnlyList<string> parts)
            {
                var agent = new Echo(parts.Count);
                var session = await agent.CreateSessionAsync();
                var answers = await Task.WhenAll(parts.Select(part => agent.RunAsync(part, [|session|])));
                return answers.Select(answer => answer.Text).ToArray();
            }
        }
        """ + Agent;

    private const string AskedApart = """
        using System.Collections.Generic;
        using System.Linq;
        using System.Text.Json;
        using System.Threading;
        using System.Threading.Tasks;
        using Microsoft.Agents.AI;
        using Microsoft.Extensions.AI;

        public static class Work
        {
            public static async Task<string[]> Run(IReadOnlyList<string> parts)
            {
                var agent = new Echo(parts.Count);
                var answers = await Task.WhenAll(parts.Select(async part => await agent.RunAsync(part, await agent.CreateSessionAsync())));
                return answers.Select(answer => answer.Text).ToArray();
            }
        }
        """ + Agent;

    [Fact]
    public async Task Counts_are_lost_until_they_are_added_in_one_step()
    {
        await new FixTest<AGL0706_CapturedStateMutatedConcurrently, AGL0706Fix_KeepApart>(Counted, CountedApart).RunAsync(null);

        // Each has read the total before any has answered: what the last one writes is its own count alone.
        await Repeat<Func<IChatClient, IReadOnlyList<string>, Task<int>>>(Counted, async run => Assert.Equal(2, await run(new Patient(Parts.Length), Parts)));
        await Repeat<Func<IChatClient, IReadOnlyList<string>, Task<int>>>(CountedApart, async run => Assert.Equal(2 * Parts.Length, await run(new Patient(Parts.Length), Parts)));
    }

    [Fact]
    public async Task Findings_are_lost_until_branches_return_them()
    {
        await new FixTest<AGL0706_CapturedStateMutatedConcurrently, AGL0706Fix_CollectResults>(Found, FoundAndReturned).RunAsync(null);

        await Repeat<Func<Func<string, Task<ICollection<string>>>, IReadOnlyList<string>, Task<List<string>>>>(Found, async run => Assert.NotEqual(["one", "two"], (await Search(run)).Order(StringComparer.Ordinal)));
        await Repeat<Func<Func<string, Task<ICollection<string>>>, IReadOnlyList<string>, Task<List<string>>>>(FoundAndReturned, async run => Assert.Equal(["one", "two"], await Search(run)));
    }

    // Both find something when both have asked, on threads of their own; where both add at once, each is in the middle of it when the other is.
    private static Task<List<string>> Search(Func<Func<string, Task<ICollection<string>>>, IReadOnlyList<string>, Task<List<string>>> run) => Task.Run(async () =>
    {
        using var meeting = new Barrier(2);
        var bothAsked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var asked = 0;
        return await run(
            async part =>
            {
                if (++asked == 2)
                    bothAsked.SetResult();
                await bothAsked.Task;
                return new Slow(part, meeting);
            },
            ["one", "two"]);
    });

    [Fact]
    public async Task Histories_are_mixed_up_until_each_branch_has_a_copy()
    {
        await new FixTest<AGL0702_SessionUsedConcurrently, AGL0702Fix_OwnConversation>(Talked, TalkedApart).RunAsync(null);

        await Repeat<Func<IChatClient, IReadOnlyList<string>, Task<string[]>>>(Talked, async run =>
            Assert.All(await run(new Patient(Parts.Length), Parts), heard => Assert.Equal("Be brief.; " + string.Join("; ", Parts), heard)));
        await Repeat<Func<IChatClient, IReadOnlyList<string>, Task<string[]>>>(TalkedApart, async run =>
            Assert.Equal(Parts.Select(part => "Be brief.; " + part), await run(new Patient(Parts.Length), Parts)));
    }

    [Fact]
    public async Task Sessions_are_mixed_up_until_each_branch_has_its_own()
    {
        var test = new FixTest<AGL0702_SessionUsedConcurrently, AGL0702Fix_OwnConversation>(Asked, AskedApart);
        Libraries.AddTo(test.TestState, Library.AgentFramework);
        await test.RunAsync(null);

        await Repeat<Func<IReadOnlyList<string>, Task<string[]>>>(Asked, async run => Assert.All(await run(Parts), said => Assert.Equal(string.Join("; ", Parts), said)));
        await Repeat<Func<IReadOnlyList<string>, Task<string[]>>>(AskedApart, async run => Assert.Equal(Parts, await run(Parts)));
    }

    private static async Task Repeat<TRun>(string code, Func<TRun, Task> check)
        where TRun : Delegate
    {
        var cancellation = TestContext.Current.CancellationToken;
        var compilation = CSharpCompilation.Create(
            "Work",
            [CSharpSyntaxTree.ParseText(code.Replace("[|", "", StringComparison.Ordinal).Replace("|]", "", StringComparison.Ordinal), cancellationToken: cancellation)],
            [.. Libraries.Framework, .. Libraries.With(Library.AgentFramework)],
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        using var image = new MemoryStream();
        Assert.True(compilation.Emit(image, cancellationToken: cancellation).Success);
        image.Position = 0;
        var context = new AssemblyLoadContext(null);
        context.LoadFromAssemblyPath(Library.AgentFramework.References.Single(reference => Path.GetFileName(reference.FilePath) == "Microsoft.Agents.AI.Abstractions.dll").FilePath!);
        var run = context.LoadFromStream(image).GetType("Work")!.GetMethod("Run", BindingFlags.Public | BindingFlags.Static)!.CreateDelegate<TRun>();
        for (var i = 0; i < Times; i++)
            await check(run);
    }

    /// <summary>Answers with all that it was sent, when as many as are expected have asked.</summary>
    private sealed class Patient(int questions) : IChatClient
    {
        private readonly TaskCompletionSource allAsked = new();
        private int asked;

        public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
        {
            if (Interlocked.Increment(ref asked) == questions)
                allAsked.SetResult();
            await allAsked.Task;
            return new ChatResponse(new ChatMessage(ChatRole.Assistant, string.Join("; ", messages.Select(message => message.Text))));
        }

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }

    /// <summary>One value that is copied when another is about to be.</summary>
    private sealed class Slow(string value, Barrier meeting) : ICollection<string>
    {
        public int Count => 1;

        public bool IsReadOnly => true;

        public void CopyTo(string[] array, int arrayIndex)
        {
            meeting.SignalAndWait();
            array[arrayIndex] = value;
        }

        public IEnumerator<string> GetEnumerator()
        {
            yield return value;
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        public bool Contains(string item) => item == value;

        public void Add(string item) => throw new NotSupportedException();

        public void Clear() => throw new NotSupportedException();

        public bool Remove(string item) => throw new NotSupportedException();
    }
}
