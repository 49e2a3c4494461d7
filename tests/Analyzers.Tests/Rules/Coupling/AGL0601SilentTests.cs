using AgentLint.Rules.Coupling;
using Microsoft.CodeAnalysis;
using Xunit;

namespace AgentLint.Tests.Rules.Coupling;

/// <summary>What looks like AGL0601 and is not.</summary>
public sealed class AGL0601SilentTests
{
    // ---- Result that is no task's -----------------------------------------------------------------------------------

    [Theory]
    [InlineData("public record Job(string Result); public async Task<string> M(Job job) { await Task.Yield(); return job.Result; }")]
    [InlineData("public async Task<object?> M(FunctionResultContent content) { await Task.Yield(); return content.Result; }")]
    [InlineData("public class Turn<T> { public T Result => default!; public void Wait() { } } public async Task M(Turn<string> turn) { await Task.Yield(); turn.Wait(); _ = turn.Result; }")]
    [InlineData("public static class Task { public static string Result => \"\"; } public async ValueTask<string> M() { await System.Threading.Tasks.Task.Yield(); return Task.Result; }")]
    [InlineData("public async Task<string> M() { await Task.Yield(); return nameof(Task<int>.Result); }")]
    public Task Result_of_something_else(string members) => Silent(members);

    // ---- Nothing to wait for ----------------------------------------------------------------------------------------

    [Theory]
    [InlineData("public interface ILook { Task<string> Find(string text); } public class Look : ILook { public Task<string> Find(string text) => Task.FromResult(text); } public async Task<string> M(ILook look) { await Task.Yield(); return look.Find(\"a\").Result; }")]
    [InlineData("Task<int> Count(bool all) { if (all) return Task.FromResult(1); return Task.FromResult(2); } public async Task<int> M() { await Task.Yield(); return Count(true).Result; }")]
    [InlineData("Task Set(bool on) => on ? Task.CompletedTask : Task.FromResult(1); public async Task M() { await Task.Yield(); Set(true).Wait(); }")]
    public Task Method_that_gives_back_ended_tasks(string members) => Silent(members);

    [Fact]
    public Task Command_of_a_command_line() => new RuleTest<AGL0601_BlockingAgentCall>("""
        using Microsoft.Extensions.AI;
        public class Ask(IChatClient client) : Spectre.Console.Cli.Command { public override int Execute(Spectre.Console.Cli.CommandContext context, CancellationToken token) => client.GetResponseAsync(context.Name).Result.Text.Length; }
        """).Reference(Library.SpectreConsole).RunAsync();

    // ---- Work of its own thread, and of a test ----------------------------------------------------------------------

    [Theory]
    [InlineData("public async Task M() => await Task.Run(() => { Thread.Sleep(500); });")]
    [InlineData("public async Task M() => await Task.Factory.StartNew(() => { while (true) Thread.Sleep(500); });")]
    public Task Sleep_on_a_thread_that_the_work_was_given(string members) => Silent(members);

    [Fact]
    public Task Test_that_asks_its_own_database() => new RuleTest<AGL0601_BlockingAgentCall>("""
        using Microsoft.EntityFrameworkCore;
        using Xunit;
        public class Order { public int Id { get; set; } }
        public class Shop(DbContextOptions options) : DbContext(options) { public DbSet<Order> Orders => Set<Order>(); }
        public class ShopTests
        {
            [Fact] public async Task Finds() { var shop = new Shop(new DbContextOptionsBuilder().Options); await Task.Yield(); _ = shop.Orders.Find(1); }
        }
        """).Reference(Library.EntityFramework).Reference(Library.XUnit2).RunAsync();

    // ---- Tasks that have ended --------------------------------------------------------------------------------------

    [Theory]
    [InlineData("await a; return a.Result;")]
    [InlineData("await a.ConfigureAwait(false); return a.Result;")]
    [InlineData("await a.WaitAsync(TimeSpan.FromSeconds(1)); return a.Result;")]
    [InlineData("await Task.WhenAll(a, b); return a.Result + b.Result;")]
    [InlineData("await Task.WhenAll([a, b]); return a.GetAwaiter().GetResult() + b.Result;")]
    [InlineData("await Task.WhenAll(new[] { a, b }).ConfigureAwait(false); return a.Result + b.Result;")]
    [InlineData("var both = Task.WhenAll(a, b); await both; return a.Result + b.Result;")]
    [InlineData("var all = new List<Task<int>> { a, b }; await Task.WhenAll(all); return all.Sum(x => x.Result) + all[0].Result;")]
    [InlineData("var all = new[] { a, b }; await Task.WhenAll(all); var sum = 0; foreach (var x in all) sum += x.Result; return sum;")]
    [InlineData("var all = new[] { a, b }; await Task.WhenAll(all); var sum = 0; for (var i = 0; i < all.Length; i++) sum += all[i].Result; return sum;")]
    [InlineData("var all = new Dictionary<string, Task<int>> { [\"a\"] = a }; await Task.WhenAll(all.Values); return all[\"a\"].Result + all.Sum(x => x.Value.Result);")]
    [InlineData("var all = new[] { (Name: \"a\", Task: a) }; await Task.WhenAll(all.Select(x => x.Task)); return all.Sum(x => x.Task.Result);")]
    [InlineData("var all = new[] { a, b }; await Task.WhenAll(all); return (from x in all select x.Result).Sum();")]
    [InlineData("await Task.WhenAll(a, b); int Sum() => 0; Func<int> sum = () => a.Result; return sum() + Sum();")]
    public Task Awaited(string statements) => Ended(statements);

    [Theory]
    [InlineData("var winner = await Task.WhenAny(a, b); return winner.Result;")]
    [InlineData("Task<int> winner; winner = await Task.WhenAny(a, b).ConfigureAwait(false); return winner.Result;")]
    [InlineData("return (await Task.WhenAny(a, b)).Result;")]
    [InlineData("var winner = await Task.WhenAny(a, b); if (winner == a) return a.Result; return 0;")]
    [InlineData("if (await Task.WhenAny(a, Task.Delay(1000)) == a) return a.Result; return 0;")]
    [InlineData("if (await Task.WhenAny(a, Task.Delay(1000)) != a) return 0; return a.Result;")]
    [InlineData("if (a != await Task.WhenAny(a, Task.Delay(1000))) throw new TimeoutException(); return a.Result;")]
    public Task Winner_of_an_awaited_race(string statements) => Ended(statements);

    [Theory]
    [InlineData("if (a.IsCompleted) return a.Result; return await a;")]
    [InlineData("if (!a.IsCompletedSuccessfully) return await a; return a.Result;")]
    [InlineData("return a.IsCompletedSuccessfully ? a.Result : await a;")]
    [InlineData("if (a.Status == TaskStatus.RanToCompletion) return a.Result; return await a;")]
    [InlineData("if (a is { IsCompletedSuccessfully: true }) return a.Result; return await a;")]
    [InlineData("return a switch { { IsCompletedSuccessfully: true } => 1, _ => a is { IsCompleted: true, IsFaulted: false } ? a.Result : await a };")]
    [InlineData("while (!a.IsCompleted) await Task.Yield(); return a.Result;")]
    [InlineData("System.Diagnostics.Debug.Assert(a.IsCompleted); await Task.Yield(); return a.GetAwaiter().GetResult();")]
    [InlineData("try { await Task.WhenAll(a, b); } catch (Exception) when (a.IsFaulted) { } return a.IsCompletedSuccessfully ? a.Result : 0;")]
    public Task Tested(string statements) => Ended(statements);

    [Theory]
    [InlineData("await a.ContinueWith(x => x.Result); return 0;")]
    [InlineData("return await a.ContinueWith(ended => { var r = ended.Result; return r + 1; });")]
    [InlineData("return await Task.WhenAll(a, b).ContinueWith(all => all.Result.Sum());")]
    [InlineData("await a.ContinueWith((x, state) => Console.Write(x.Result), null); return 0;")]
    public Task Handed_to_a_continuation(string statements) => Ended(statements);

    [Theory]
    [InlineData("await Task.Yield(); return Task.FromResult(1).Result;")]
    [InlineData("await Task.Yield(); Task.CompletedTask.Wait(); return 0;")]
    [InlineData("await Task.Yield(); var one = Task.FromResult(1); return one.Result;")]
    public Task Made_as_ended(string statements) => Ended(statements);

    [Fact]
    public Task Task_that_was_asserted_to_have_ended_in_synchronous_code() => Silent("""
        public ReadOnlyMemory<byte> M(string text)
        {
            var work = Encode(text, async: false);
            System.Diagnostics.Debug.Assert(work.IsCompleted);
            return work.GetAwaiter().GetResult();
        }

        private async Task<ReadOnlyMemory<byte>> Encode(string text, bool async)
        {
            if (async)
                await http.GetStringAsync(text);
            return default;
        }
        """);

    [Fact]
    public Task Output_of_a_process_that_has_exited() => Silent("""
        public string M(System.Diagnostics.Process process)
        {
            var output = process.StandardOutput.ReadToEndAsync();
            var errors = process.StandardError.ReadToEndAsync();
            process.WaitForExit();
            return output.GetAwaiter().GetResult() + errors.GetAwaiter().GetResult();
        }
        """);

    // ---- Where nobody else waits ------------------------------------------------------------------------------------

    [Theory]
    [InlineData("public static class Program { public static void Main() => Console.Write(C.Client.GetResponseAsync(\"q\").Result); }")]
    [InlineData("public static class Program { public static int Main(string[] args) { Thread.Sleep(500); void Run() => C.Client.GetResponseAsync(\"q\").Wait(); Run(); return 0; } }")]
    [InlineData("public static class Program { static void Main(string[] a) => Environment.Exit(Runner.Run(a)); } static class Runner { public static int Run(string[] a) => Ask().Length; static string Ask() => C.Client.GetResponseAsync(\"q\").Result.Text; }")]
    [InlineData("Console.Write(C.Client.GetResponseAsync(\"q\").Result); Thread.Sleep(500);")]
    [InlineData("new List<int>().ForEach(x => Console.Write(C.Client.GetResponseAsync(\"q\").Result));")]
    public Task Synchronous_entry_point(string program)
    {
        var test = new RuleTest<AGL0601_BlockingAgentCall>(
            "using Microsoft.Extensions.AI;\n" + program,
            "public static class C { public static readonly Microsoft.Extensions.AI.IChatClient Client = null!; }");
        test.TestState.OutputKind = OutputKind.ConsoleApplication;
        return test.RunAsync();
    }

    [Theory]
    [InlineData("[Xunit.Fact] public void M() { _ = client.GetResponseAsync(\"q\").Result; Thread.Sleep(500); }")]
    [InlineData("[Xunit.Theory] public Task M() { client.GetResponseAsync(\"q\").Wait(); return Task.CompletedTask; }")]
    public Task Synchronous_test(string member) => In(member).Reference(typeof(FactAttribute)).RunAsync();

    // ---- Synchronous members beside asynchronous ones ---------------------------------------------------------------

    [Fact]
    public Task Stream_that_reads_synchronously_for_those_who_ask_for_it() => new RuleTest<AGL0601_BlockingAgentCall>("""
        public sealed class Download(HttpClient http) : Stream
        {
            public override bool CanRead => true;
            public override bool CanSeek => false;
            public override bool CanWrite => false;
            public override long Length => 0;
            public override long Position { get; set; }
            public override void Flush() => FlushAsync().Wait();
            public override int Read(byte[] buffer, int offset, int count) => ReadAsync(buffer, offset, count).Result;
            public override async Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
                (await http.GetByteArrayAsync("part", cancellationToken)).Length;
            public override long Seek(long offset, SeekOrigin origin) => 0;
            public override void SetLength(long value) { }
            public override void Write(byte[] buffer, int offset, int count) { }
        }
        """).RunAsync();

    [Fact]
    public Task Handler_that_sends_synchronously_for_those_who_ask_for_it() => new RuleTest<AGL0601_BlockingAgentCall>("""
        public sealed class Audit(Microsoft.Extensions.AI.IChatClient client) : DelegatingHandler
        {
            protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
            {
                Thread.Sleep(100);
                return SendAsync(request, cancellationToken).GetAwaiter().GetResult();
            }
        }
        """).RunAsync();

    [Theory]
    [InlineData("public void Dispose() => DisposeAsync().AsTask().Wait(); public async ValueTask DisposeAsync() => await http.DeleteAsync(\"session\");", "IDisposable, IAsyncDisposable")]
    [InlineData("void IDisposable.Dispose() => DisposeAsync().AsTask().Wait(); public async ValueTask DisposeAsync() => await http.DeleteAsync(\"session\");", "IDisposable, IAsyncDisposable")]
    [InlineData("public void Dispose() => Dispose(true); protected virtual void Dispose(bool disposing) => http.DeleteAsync(\"session\").Wait(); public async ValueTask DisposeAsync() => await http.DeleteAsync(\"session\");", "IDisposable, IAsyncDisposable")]
    public Task Dispose_beside_DisposeAsync(string members, string bases) => In(members, " : " + bases).RunAsync();

    // ---- Sleep ------------------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("public void Type(string text) { foreach (var c in text) { Console.Write(c); Thread.Sleep(30); } }")]
    [InlineData("private void Click() => Thread.Sleep(50); public void DoubleClick() { Click(); Click(); }")]
    [InlineData("public C() : this(null!, null!, null!) => Thread.Sleep(50);")]
    public Task Pacing_in_synchronous_code(string members) => Silent(members);

    [Theory]
    [InlineData("Thread.Sleep(0);")]
    [InlineData("Thread.Sleep(millisecondsTimeout: 0);")]
    [InlineData("const int now = 0; Thread.Sleep(now);")]
    [InlineData("Thread.Yield();")]
    [InlineData("Thread.SpinWait(20);")]
    public Task Giving_way_to_other_threads(string statement) => Silent("public async Task M() { " + statement + " await Task.Yield(); }");

    // ---- Code that runs nothing -------------------------------------------------------------------------------------

    [Theory]
    [InlineData("public async Task M() { await Task.Yield(); Action<int> pause = Thread.Sleep; Func<Task<int>, int> read = ResultOf; } static int ResultOf(Task<int> task) => 0;")]
    [InlineData("/// <summary>See <see cref=\"Task{T}.Result\"/> and <see cref=\"Thread.Sleep(int)\"/>.</summary>\npublic async Task M() => await Task.Yield();")]
    public Task Mention(string members) => Silent(members);

    private static Task Ended(string statements) =>
        Silent("public async Task<int> M(string q) { var a = http.GetFromJsonAsync<int>(q); var b = http.GetFromJsonAsync<int>(q); " + statements + " }");

    private static Task Silent(string members) => In(members).RunAsync();

    private static RuleTest<AGL0601_BlockingAgentCall> In(string members, string bases = "") => new($$"""
        using System.Net.Http.Json;
        using Microsoft.Extensions.AI;
        public class C(IChatClient client, HttpClient http, OpenAI.Chat.ChatClient chat){{bases}}
        {
            {{members}}
        }
        """);
}
