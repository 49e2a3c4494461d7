using System.Reflection;
using System.Runtime.Loader;
using AgentLint.Fixes.SharedState;
using AgentLint.Rules.SharedState;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
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

    private const string Entry = """
        public class Store(Func<string, Task<object>> open)
        {
            private readonly System.Collections.Concurrent.ConcurrentDictionary<string, object> sessions = new();

            public async Task<object> AddAsync(string item)
            {
                if (!sessions.TryGetValue(item, out var session))
                {
                    session = await open(item);
                    [|sessions[item] = session|];
                }

                return session;
            }
        }
        """;

    private const string Settings = """
        public class Store(IChatClient client)
        {
            private readonly ChatOptions options = new();

            public async Task<string> AddAsync(string item)
            {
                [|options.Instructions = item|];
                return (await client.GetResponseAsync(item, options)).Text;
            }
        }
        """;

    private const string OwnSettings = """
        public class Store(IChatClient client)
        {
            private readonly ChatOptions options = new();

            public async Task<string> AddAsync(string item)
            {
                var ownOptions = options.Clone();
                ownOptions.Instructions = item;
                return (await client.GetResponseAsync(item, ownOptions)).Text;
            }
        }
        """;

    private const string Captive = """
        public class Db
        {
            public Guid Id { get; } = Guid.NewGuid();

            public Task<string> SaveAsync(string item) => Task.FromResult(Id + item);
        }

        public class Store([|Db db|])
        {
            public async Task<string> AddAsync(string item)
            {
                return await db.SaveAsync(item);
            }
        }
        """;

    private const string ScopeForEach = """
        public class Db
        {
            public Guid Id { get; } = Guid.NewGuid();

            public Task<string> SaveAsync(string item) => Task.FromResult(Id + item);
        }

        public class Store(IServiceScopeFactory scopes)
        {
            public async Task<string> AddAsync(string item)
            {
                await using var scope = scopes.CreateAsyncScope();
                var db = scope.ServiceProvider.GetRequiredService<Db>();
                return await db.SaveAsync(item);
            }
        }
        """;

    private const string Each = """
        using System.Collections.Generic;
        using System.Threading.Tasks;
        using Microsoft.Extensions.AI;

        public static class Work
        {
            public static async Task Run(IChatClient client, List<string> items)
            {
                items.ForEach([|async|] item => await client.GetResponseAsync(item));
                await Task.Yield();
            }
        }
        """;

    [Fact]
    public async Task Entry_is_set_twice_and_one_is_lost()
    {
        var mended = Entry.Replace("[|sessions[item] = session|]", "session = sessions.GetOrAdd(item, session)", StringComparison.Ordinal);
        await Fix<AGL0707_CheckThenAct, AGL0707Fix_OneStep>(Entry, mended);

        Assert.Equal(Times, await DifferentAsync(Entry));
        Assert.Equal(0, await DifferentAsync(mended));
    }

    [Fact]
    public async Task One_users_settings_are_used_for_anothers_question()
    {
        await Fix<AGL0705_MutatedSharedOptions, AGL0705Fix_Clone>(Settings, OwnSettings);

        Assert.Equal(Times, await Mixed(Settings));
        Assert.Equal(0, await Mixed(OwnSettings));

        static async Task<int> Mixed(string code)
        {
            var mixed = 0;
            for (var i = 0; i < Times; i++)
            {
                var meeting = new Meeting(2);
                // The provider sends the settings when both have asked.
                using var client = new CountingModel(async (_, options, _) =>
                {
                    await meeting.ArriveAsync();
                    return new ChatResponse(new ChatMessage(ChatRole.Assistant, options!.Instructions));
                });
                dynamic store = Make(code, client);
                string[] answers = await Task.WhenAll((Task<string>)store.AddAsync("mine"), (Task<string>)store.AddAsync("yours"));
                mixed += answers[0] == "mine" && answers[1] == "yours" ? 0 : 1;
            }

            return mixed;
        }
    }

    [Fact]
    public async Task Calls_share_what_was_registered_for_one()
    {
        const string Registrations = "services.AddSingleton<Store>(); services.AddScoped<Db>();";
        await new FixTest<AGL0704_CaptiveScopedService, AGL0704Fix_ScopePerCall>(SharedProgram.With(Captive, Registrations), SharedProgram.With(ScopeForEach, Registrations)).RunAsync(null);

        Assert.Equal(1, await DifferentAsync(Captive));
        Assert.Equal(Times, await DifferentAsync(ScopeForEach));

        // How many objects serve the calls.
        static async Task<int> DifferentAsync(string code)
        {
            var program = RunnableProgram.Load(SharedProgram.With(code, Registrations), []);
            var services = new ServiceCollection();
            program.GetType("Setup")!.GetMethod("Add", BindingFlags.NonPublic | BindingFlags.Static)!.Invoke(null, [services]);
            await using var provider = services.BuildServiceProvider();
            dynamic store = provider.GetRequiredService(program.GetType("Store")!);
            var answers = new List<string>();
            for (var i = 0; i < Times; i++)
                answers.Add(await (Task<string>)store.AddAsync(""));
            return answers.Distinct().Count();
        }
    }

    [Fact]
    public async Task Method_ends_before_its_work()
    {
        var mended = Each.Replace("items.ForEach([|async|] item => await client.GetResponseAsync(item));", "foreach (var item in items)\n            await client.GetResponseAsync(item);", StringComparison.Ordinal);
        await new FixTest<AGL0708_AsyncLambdaAsAction, AGL0708Fix_AwaitEach>(Each, mended).RunAsync(null);

        var answer = new TaskCompletionSource<string>();
        using var model = new CountingModel(_ => answer.Task);
        // It ends, and no answer has come.
        await RunnableProgram.Run<Func<IChatClient, List<string>, Task>>(Each)(model, ["one", "two"]);
        Assert.Equal(2, model.Asked);
        using var other = new CountingModel(_ => answer.Task);
        var work = RunnableProgram.Run<Func<IChatClient, List<string>, Task>>(mended)(other, ["one", "two"]);
        Assert.False(work.IsCompleted);
        answer.SetResult("done");
        await work;
        Assert.Equal(2, other.Asked);
    }

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

        Assert.Equal(Times, await DifferentAsync(Table));
        Assert.Equal(0, await DifferentAsync(ConcurrentTable, "System.Collections.Concurrent"));
    }

    private static async Task<int> DifferentAsync(string code, string? space = null)
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
