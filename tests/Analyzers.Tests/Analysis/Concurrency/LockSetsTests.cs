using AgentLint.Analysis.Concurrency;
using AgentLint.Tests.Stubs;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Xunit;

namespace AgentLint.Tests.Analysis.Concurrency;

/// <summary>Which locks are held where <c>Mark()</c> is called.</summary>
public sealed class LockSetsTests
{
    [Theory]
    [InlineData("lock (gate) { Mark(); }", "gate")]
    [InlineData("lock (gate) lock (other) Mark();", "gate,other")]
    [InlineData("lock (gate) { if (n > 0) { foreach (var x in list) Mark(); } }", "gate")]
    [InlineData("lock (list) { list.RemoveAll(x => { Mark(); return true; }); }", "list")]
    [InlineData("lock (this) { Mark(); }", "C")]
    [InlineData("lock (typeof(C)) { Mark(); }", "Type")]
    [InlineData("Monitor.Enter(gate); try { Mark(); } finally { Monitor.Exit(gate); }", "gate")]
    [InlineData("Monitor.Enter(gate); Mark(); Monitor.Exit(gate);", "gate")]
    [InlineData("if (Monitor.TryEnter(gate)) { Mark(); }", "gate")]
    [InlineData("if (!Monitor.TryEnter(gate)) return; Mark();", "gate")]
    [InlineData("await one.WaitAsync(); try { await Task.Yield(); Mark(); } finally { one.Release(); }", "one")]
    [InlineData("await one.WaitAsync().ConfigureAwait(false); try { Mark(); } finally { one.Release(); }", "one")]
    [InlineData("one.Wait(); Mark(); one.Release();", "one")]
    [InlineData("if (await one.WaitAsync(100)) { Mark(); one.Release(); }", "one")]
    [InlineData("using (modern.EnterScope()) { Mark(); }", "modern")]
    [InlineData("using var scope = modern.EnterScope(); Mark();", "modern")]
    [InlineData("lock (modern) { Mark(); }", "modern")]
    [InlineData("readers.EnterWriteLock(); try { Mark(); } finally { readers.ExitWriteLock(); }", "readers")]
    [InlineData("var mine = locks.GetOrAdd(n, _ => new SemaphoreSlim(1, 1)); await mine.WaitAsync(); try { Mark(); } finally { mine.Release(); }", "locks")]
    [InlineData("lock (locks.GetOrAdd(n, _ => new SemaphoreSlim(1, 1))) { Mark(); }", "locks")]
    [InlineData("Guarded(() => Mark());", "gate")]
    [InlineData("await GuardedAsync(async () => { await Task.Yield(); Mark(); });", "one")]
    [InlineData("lock (gate) { Inner(); } void Inner() { Mark(); }", "gate")]
    [InlineData("lock (gate) { lock (other) Inner(); } lock (gate) { Inner(); } void Inner() { Mark(); }", "gate")]
    public void Held(string code, string locks) => Check(code, locks);

    [Theory]
    [InlineData("Mark();")]
    [InlineData("lock (gate) { n++; } Mark();")]
    [InlineData("Monitor.Enter(gate); n++; Monitor.Exit(gate); Mark();")]
    [InlineData("Monitor.Enter(gate); try { n++; } finally { Monitor.Exit(gate); } Mark();")]
    [InlineData("await one.WaitAsync(); one.Release(); Mark();")]
    [InlineData("if (n > 0) { Monitor.Enter(gate); } else { Mark(); }")]
    [InlineData("await four.WaitAsync(); try { Mark(); } finally { four.Release(); }")]
    [InlineData("readers.EnterReadLock(); try { Mark(); } finally { readers.ExitReadLock(); }")]
    [InlineData("lock (gate) { _ = Task.Run(() => Mark()); }")]
    [InlineData("lock (gate) { later = () => Mark(); }")]
    [InlineData("lock (gate) { Parallel.For(0, 3, i => Mark()); }")]
    [InlineData("lock (Mark()) n++;")]
    [InlineData("lock (gate) { Inner(); } Inner(); void Inner() { Mark(); }")]
    [InlineData("lock (gate) { later = Inner; } void Inner() { Mark(); }")]
    [InlineData("Unguarded(() => Mark());")]
    public void Not_held(string code) => Check(code, "");

    [Theory]
    [InlineData("new(1)", "gate")]
    [InlineData("new(1L)", "gate")]
    [InlineData("new(4)", "")]
    public void Scope_of_a_semaphore(string made, string locks) => Assert.Equal(locks, HeldIn($$"""
        class C
        {
            readonly Nito.AsyncEx.AsyncSemaphore gate = {{made}};
            public async Task M()
            {
                using (await gate.LockAsync())
                    Mark();
            }
            static object Mark() => "";
        }
        """));

    [Fact]
    public void All_callers_of_a_private_method_hold_it() => Assert.Equal("gate", HeldIn("""
        class C
        {
            readonly object gate = new();
            public void A() { lock (gate) Add(); }
            public void B() { lock (gate) { Add(); } }
            void Add() => Deeper();
            void Deeper() => Mark();
            static object Mark() => "";
        }
        """));

    [Fact]
    public void One_caller_does_not_hold_it() => Assert.Equal("", HeldIn("""
        class C
        {
            readonly object gate = new();
            public void A() { lock (gate) Add(); }
            public void B() => Add();
            void Add() => Mark();
            static object Mark() => "";
        }
        """));

    [Fact]
    public void Anybody_may_call_a_public_method() => Assert.Equal("", HeldIn("""
        class C
        {
            readonly object gate = new();
            public void A() { lock (gate) Add(); }
            public void Add() => Mark();
            static object Mark() => "";
        }
        """));

    [Fact]
    public void Lock_of_a_far_caller_is_not_seen() => Assert.Equal("", HeldIn("""
        class C
        {
            readonly object gate = new();
            public void A() { lock (gate) One(); }
            void One() => Two();
            void Two() => Three();
            void Three() => Four();
            void Four() => Mark();
            static object Mark() => "";
        }
        """));

    [Fact]
    public void Methods_that_call_each_other_end_the_search() => Assert.Equal("", HeldIn("""
        class C
        {
            void A() { B(); Mark(); }
            void B() { A(); }
            static object Mark() => "";
        }
        """));

    private static void Check(string code, string locks) =>
        Assert.Equal(locks, HeldIn($$"""
            using System.Collections.Concurrent;
            class C
            {
                readonly object gate = new(), other = new();
                readonly SemaphoreSlim one = new(1, 1), four = new SemaphoreSlim(4);
                readonly Lock modern = new();
                readonly ReaderWriterLockSlim readers = new();
                readonly ConcurrentDictionary<int, SemaphoreSlim> locks = new();
                readonly List<int> list = [];
                Action later = () => { };
                int n;
                public async Task M()
                {
                    await Task.Yield();
                    {{code}}
                }
                void Guarded(Action work) { lock (gate) { work(); } }
                void Unguarded(Action work) { lock (gate) { n++; } work(); }
                async Task GuardedAsync(Func<Task> work) { await one.WaitAsync(); try { await work(); } finally { one.Release(); } }
                static object Mark() => "";
            }
            """));

    private static string HeldIn(string code)
    {
        var program = Compiled.Referring([NitoAsyncExStub.Library.Reference], code);
        var mark = program.Compilation.SyntaxTrees.Last().GetRoot().DescendantNodes().OfType<InvocationExpressionSyntax>().First(call => call.Expression.ToString() == "Mark");
        return string.Join(",", LockSets.Of(program.Model).HeldAt(mark, default).Select(gate => gate.Name).Order());
    }
}
