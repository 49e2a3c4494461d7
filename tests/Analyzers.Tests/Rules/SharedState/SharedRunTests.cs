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
/// Singletons before and after AgentLint's own fixes, compiled and run many times by two calls at once: before, one user's question goes along with another's,
/// an object is made twice and a count is lost; after, none of it. Both calls are made to meet in the middle, so that nothing of it is luck.
/// </summary>
public sealed class SharedRunTests
{
    private const int Times = 50;

    private const string Conversation = """
        public class Store(IChatClient client)
        {
            private readonly List<ChatMessage> messages = new List<ChatMessage>();

            public async Task<string> AddAsync(string item)
            {
                [|messages.Clear()|];
                messages.Add(new ChatMessage(ChatRole.User, item));
                return (await client.GetResponseAsync(messages)).Text;
            }
        }
        """;

    private const string OwnConversation = """
        public class Store(IChatClient client)
        {
            public async Task<string> AddAsync(string item)
            {
                var messages = new List<ChatMessage>();
                messages.Clear();
                messages.Add(new ChatMessage(ChatRole.User, item));
                return (await client.GetResponseAsync(messages)).Text;
            }
        }
        """;

    private const string Table = """
        public class Store(Func<string, Task<object>> open)
        {
            private readonly Dictionary<string, object> sessions = new();

            public async Task<object> AddAsync(string item)
            {
                if (!sessions.TryGetValue(item, out var session))
                {
                    session = await open(item);
                    [|sessions[item]|] = session;
                }

                return session;
            }
        }
        """;

    private const string ConcurrentTable = """
        public class Store(Func<string, Task<object>> open)
        {
            private readonly ConcurrentDictionary<string, object> sessions = new();

            public async Task<object> AddAsync(string item)
            {
                if (!sessions.TryGetValue(item, out var session))
                {
                    session = await open(item);
                    session = sessions.GetOrAdd(item, session);
                }

                return session;
            }
        }
        """;

    private const string Count = """
        public class Store(Func<string, int> weigh)
        {
            private int total;

            public int Total
            {
                get
                {
                    return total;
                }
            }

            public async Task AddAsync(string item)
            {
                await Task.Yield();
                [|total = total + weigh(item)|];
            }
        }
        """;

    private const string GuardedCount = """
        public class Store(Func<string, int> weigh)
        {
            private int total;
            private readonly object gate = new();

            public int Total
            {
                get
                {
                    lock (gate)
                    {
                        return total;
                    }
                }
            }

            public async Task AddAsync(string item)
            {
                await Task.Yield();
                lock (gate)
                {
                    total = total + weigh(item);
                }
            }
        }
        """;

    [Fact]
    public async Task One_users_question_goes_along_with_anothers()
    {
        await Fix<AGL0701_SharedConversation, AGL0701Fix_OwnConversation>(Conversation, OwnConversation);

        Assert.Equal(Times, await Mixed(Conversation));
        Assert.Equal(0, await Mixed(OwnConversation));

        static async Task<int> Mixed(string code)
        {
            var mixed = 0;
            for (var i = 0; i < Times; i++)
            {
                using var client = new EchoClient();
                dynamic store = Make(code, client);
                string[] answers = await Task.WhenAll((Task<string>)store.AddAsync("mine"), (Task<string>)store.AddAsync("yours"));
                mixed += answers[0] == "mine" && answers[1] == "yours" ? 0 : 1;
            }

            return mixed;
        }
    }

    [Fact]
    public async Task Object_is_made_twice_and_one_is_lost()
    {
        await Fix<AGL0703_UnguardedToolState, AGL0703Fix_UseConcurrentType>(Table, ConcurrentTable, "System.Collections.Concurrent");

        Assert.Equal(Times, await Different(Table));
        Assert.Equal(0, await Different(ConcurrentTable, "System.Collections.Concurrent"));

        static async Task<int> Different(string code, string? space = null)
        {
            var different = 0;
            for (var i = 0; i < Times; i++)
            {
                var meeting = new Meeting(2);
                dynamic store = Make(code, new Func<string, Task<object>>(async _ => { await meeting.ArriveAsync(); return new object(); }), space);
                object[] sessions = await Task.WhenAll((Task<object>)store.AddAsync("a"), (Task<object>)store.AddAsync("a"));
                different += ReferenceEquals(sessions[0], sessions[1]) && ReferenceEquals(sessions[0], await (Task<object>)store.AddAsync("a")) ? 0 : 1;
            }

            return different;
        }
    }

    [Fact]
    public async Task Count_is_lost()
    {
        const int Rounds = 5;
        await Fix<AGL0703_UnguardedToolState, AGL0703Fix_UseLock>(Count, GuardedCount);

        Assert.Equal(Rounds, await Counted(Count));
        Assert.Equal(2 * Rounds, await Counted(GuardedCount));

        static async Task<int> Counted(string code)
        {
            using var both = new Barrier(2);
            // Two that meet have both read before either writes. Under a lock they cannot meet, and the first gives up after a while.
            dynamic store = Make(code, new Func<string, int>(_ => { both.SignalAndWait(code.Contains("lock", StringComparison.Ordinal) ? 20 : 60_000); return 1; }));
            for (var i = 0; i < Rounds; i++)
                await Task.WhenAll((Task)store.AddAsync("a"), (Task)store.AddAsync("b"));
            return store.Total;
        }
    }

    private static Task Fix<TRule, TFix>(string code, string mended, string? space = null)
        where TRule : AgentAnalyzer, new()
        where TFix : CodeFixProvider, new() =>
        new FixTest<TRule, TFix>(SharedProgram.With(code), space == null ? SharedProgram.With(mended) : SharedProgram.Importing(space, mended)) { AsksAllRules = true }.RunAsync(null);

    private static object Make(string code, object argument, string? space = null)
    {
        var text = (space == null ? SharedProgram.With(code) : SharedProgram.Importing(space, code)).Replace("[|", "", StringComparison.Ordinal).Replace("|]", "", StringComparison.Ordinal);
        var compilation = CSharpCompilation.Create(
            "Work",
            [CSharpSyntaxTree.ParseText(text)],
            [
                .. Libraries.Framework,
                .. Libraries.All,
            ],
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        using var image = new MemoryStream();
        Assert.Empty(compilation.Emit(image).Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error));
        image.Position = 0;
        return Activator.CreateInstance(new AssemblyLoadContext(null).LoadFromStream(image).GetType("Store")!, argument)!;
    }

    /// <summary>Lets nobody go on until all have come; who comes later goes on at once.</summary>
    private sealed class Meeting(int all)
    {
        private readonly TaskCompletionSource everybody = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int arrived;

        public Task ArriveAsync()
        {
            if (Interlocked.Increment(ref arrived) == all)
                everybody.SetResult();
            return everybody.Task;
        }
    }

    /// <summary>Answers with all that it is sent, once two have asked.</summary>
    private sealed class EchoClient : IChatClient
    {
        private readonly Meeting meeting = new(2);

        public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
        {
            await meeting.ArriveAsync();
            return new ChatResponse(new ChatMessage(ChatRole.Assistant, string.Join(' ', messages.Select(message => message.Text))));
        }

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
