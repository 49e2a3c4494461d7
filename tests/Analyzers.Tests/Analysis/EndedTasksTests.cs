using AgentLint.Analysis;
using AgentLint.Analysis.Flow;
using Microsoft.CodeAnalysis;
using Xunit;

namespace AgentLint.Tests.Analysis;

/// <summary>Which tasks are proved to have ended where they are read.</summary>
public sealed class EndedTasksTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("await t; Use({|t:t|}.Result);")]
    [InlineData("await t.ConfigureAwait(false); Use({|t:t|}.Result);")]
    [InlineData("await t.WaitAsync(limit); Use({|t:t|}.Result);")]
    [InlineData("await t.WaitAsync(limit).ConfigureAwait(false); Use({|t:t|}.Result);")]
    [InlineData("var x = await t; Use({|t:t|}.Result);")]
    [InlineData("Use((await t) > 0 ? {|t:t|}.Result : 1);")]
    [InlineData("var mine = Start(); await mine; Use({|t:mine|}.Result);")]
    [InlineData("await t; Use({|t:t.ConfigureAwait(false)|}.GetAwaiter().GetResult());")]
    [InlineData("await v; Use({|t:v|}.Result);")]
    [InlineData("await v.AsTask(); Use({|t:v|}.Result);")]
    [InlineData("await field; Use({|t:field|}.Result);")]
    [InlineData("await this.field; Use({|t:field|}.Result);")]
    [InlineData("await Property; Use({|t:Property|}.Result);")]
    [InlineData("await t; var alias = t; Use({|t:alias|}.Result);")]
    [InlineData("var run = new Run(\"\", t); await run.Task; Use({|t:run.Task|}.Result);")]
    [InlineData("t.Wait(); Use({|t:t|}.Result);")]
    [InlineData("Use(t.Result); Use({|t:t|}.Result);")]
    [InlineData("t.GetAwaiter().GetResult(); Use({|t:t|}.Result);")]
    [InlineData("if (!t.Wait(1)) return; Use({|t:t|}.Result);")]
    // To change what a task has given is not to replace the task.
    [InlineData("var box = Task.FromResult(new int[2]); await box; box.Result[0] = 1; Use({|t:box|}.Result[1]);")]
    [InlineData("var text = Task.Run(() => new System.Text.StringBuilder()); await text; text.Result.Length = 1; Use({|t:text|}.Result.Length);")]
    [InlineData("var text = Task.Run(() => new System.Text.StringBuilder()); await text; text.Result.Length = limit.Ticks > 1 ? 1 : 2; Use({|t:text|}.Result.Length);")]
    [InlineData("if (await Task.WhenAny(t, u) == t) { if (limit.Ticks > 1) Use(1); Use({|t:t|}.Result); }")]
    [InlineData("var won = await Task.WhenAny(t, u); if (won == t) { if (limit.Ticks > 1) { Use(1); } Use({|t:t|}.Result); }")]
    [InlineData("var won = await Task.WhenAny(t, u); if (limit.Ticks > 1) { Use(1); } Use({|t:won|}.Result);")]
    // What passes a filter has ended, also where the sequence is lazy.
    [InlineData("foreach (var done in all.Select(a => a).Where(a => a.IsCompleted && a.Id > 1)) Use({|t:done|}.Result);")]
    [InlineData("_ = all.Where(a => a.IsCompleted).Select(a => {|t:a|}.Result);")]
    public void Awaited_or_waited_for(string body) => Assert.True(HasEnded(body));

    [Theory]
    [InlineData("Use({|t:t|}.Result);")]
    [InlineData("Use({|t:t|}.Result); await t;")]
    [InlineData("await u; Use({|t:t|}.Result);")]
    [InlineData("Use({|t:Start()|}.Result);")]
    [InlineData("await Start(); Use({|t:Start()|}.Result);")]
    [InlineData("_ = t; Use({|t:t|}.Result);")]
    [InlineData("t.Wait(1); Use({|t:t|}.Result);")]
    [InlineData("if (t.Wait(1)) return; Use({|t:t|}.Result);")]
    [InlineData("var alias = t; Use({|t:alias|}.Result);")]
    [InlineData("await t; t = Start(); Use({|t:t|}.Result);")]
    [InlineData("_ = all.Where(a => !a.IsCompleted).Select(a => {|t:a|}.Result);")]
    [InlineData("_ = all.Where(a => a.IsCompleted || a.Id > 1).Select(a => {|t:a|}.Result);")]
    public void Not_awaited(string body) => Assert.False(HasEnded(body));

    [Theory]
    [InlineData("await Task.WhenAll(t, u); Use({|t:t|}.Result);")]
    [InlineData("await Task.WhenAll(new[] { t, u }); Use({|t:u|}.Result);")]
    [InlineData("await Task.WhenAll([t, u]); Use({|t:u|}.Result);")]
    [InlineData("await Task.WhenAll([.. all, t]); Use({|t:t|}.Result);")]
    [InlineData("await Task.WhenAll([.. all, t]); Use({|t:all|}[0].Result);")]
    [InlineData("await Task.WhenAll(all); Use({|t:all[0]|}.Result);")]
    [InlineData("await Task.WhenAll(all); Use({|t:all[^1]|}.Result);")]
    [InlineData("await Task.WhenAll(list); Use({|t:list[0]|}.Result);")]
    [InlineData("await Task.WhenAll(list); Use({|t:list.First()|}.Result);")]
    [InlineData("await Task.WhenAll(map.Values); Use({|t:map[\"a\"]|}.Result);")]
    [InlineData("await Task.WhenAll(map.Values); foreach (var (key, run) in map) Use({|t:run|}.Result);")]
    [InlineData("await Task.WhenAll(map.Values); foreach (var pair in map) Use({|t:pair.Value|}.Result);")]
    [InlineData("await Task.WhenAll(runs.Select(r => r.Task)); Use({|t:runs[0].Task|}.Result);")]
    [InlineData("await Task.WhenAll(runs.Select(r => r.Task)); foreach (var run in runs) Use({|t:run.Task|}.Result);")]
    [InlineData("await Task.WhenAll(t, u).ConfigureAwait(false); Use({|t:t|}.Result);")]
    [InlineData("await Task.WhenAll(t, u).WaitAsync(limit); Use({|t:t|}.Result);")]
    [InlineData("var both = Task.WhenAll(t, u); await both; Use({|t:t|}.Result);")]
    [InlineData("var both = Task.WhenAll(t, u); await both.WaitAsync(limit); Use({|t:t|}.Result);")]
    [InlineData("Task both; both = Task.WhenAll(t, u); if (c) return; await both; Use({|t:t|}.Result);")]
    [InlineData("var both = Task.WhenAll(t, u); if (!both.IsCompleted) return; Use({|t:t|}.Result);")]
    [InlineData("var both = Task.WhenAll(t, u); if (await Task.WhenAny(both, Task.Delay(limit)) == both) Use({|t:t|}.Result);")]
    [InlineData("Task.WaitAll(t, u); Use({|t:t|}.Result);")]
    [InlineData("Task.WaitAll(all); Use({|t:all[0]|}.Result);")]
    [InlineData("await Task.WhenAll(all); foreach (var one in all) Use({|t:one|}.Result);")]
    [InlineData("await Task.WhenAll(all); for (var i = 0; i < all.Length; i++) Use({|t:all[i]|}.Result);")]
    [InlineData("await Task.WhenAll(all); _ = all.Select(one => {|t:one|}.Result);")]
    [InlineData("await Task.WhenAll(all); _ = all.Where(one => one.IsCompletedSuccessfully).Select(one => {|t:one|}.Result).ToList();")]
    [InlineData("await Task.WhenAll(all); _ = from one in all select {|t:one|}.Result;")]
    [InlineData("await Task.WhenAll(all); _ = from one in all where one.Id > 0 orderby one.Id select {|t:one|}.Result;")]
    [InlineData("await Task.WhenAll(all); _ = all.Select((one, i) => {|t:one|}.Result + i);")]
    [InlineData("await Task.WhenAll(list); list.ForEach(one => Use({|t:one|}.Result));")]
    [InlineData("await Task.WhenAll(list); _ = list.SelectMany(one => ids.Select(i => {|t:one|}.Result + i));")]
    [InlineData("var started = ids.Select(i => Start()).ToList(); await Task.WhenAll(started); _ = started.Sum(one => {|t:one|}.Result);")]
    [InlineData("var started = ids.Select(i => Start()).ToArray(); await Task.WhenAll(started); Use({|t:started[0]|}.Result);")]
    [InlineData("var started = ids.StartAll(); await Task.WhenAll(started); Use({|t:started[0]|}.Result);")]
    public void Awaited_together(string body) => Assert.True(HasEnded(body));

    [Theory]
    [InlineData("_ = Task.WhenAll(t, u); Use({|t:t|}.Result);")]
    [InlineData("var both = Task.WhenAll(t, u); Use({|t:t|}.Result);")]
    [InlineData("Task both = Task.WhenAll(t, u); both = Task.CompletedTask; await both; Use({|t:t|}.Result);")]
    [InlineData("await Task.WhenAll(u); Use({|t:t|}.Result);")]
    [InlineData("foreach (var one in all) Use({|t:one|}.Result);")]
    [InlineData("_ = all.Select(one => {|t:one|}.Result);")]
    [InlineData("foreach (var one in all) { Use({|t:one|}.Result); await one; }")]
    public void Not_awaited_together(string body) => Assert.False(HasEnded(body));

    [Theory]
    [InlineData("var started = ids.Select(i => Start()); await Task.WhenAll(started); _ = started.Select(one => {|t:one|}.Result);")]
    [InlineData("var started = ids.Select(i => Start()); await Task.WhenAll(started); foreach (var one in started) Use({|t:one|}.Result);")]
    [InlineData("IEnumerable<Task<int>> started = ids.Select(i => Start()); await Task.WhenAll(started); Use({|t:started.First()|}.Result);")]
    [InlineData("var started = ids.Select(i => Start()).OrderBy(s => 1); await Task.WhenAll(started); Use({|t:started.First()|}.Result);")]
    public void Lazy_sequence_never_ends(string body) => Assert.False(HasEnded(body));

    [Theory]
    [InlineData("var winner = await Task.WhenAny(t, u); Use({|t:winner|}.Result);")]
    [InlineData("Use(({|t:await Task.WhenAny(t, u)|}).Result);")]
    [InlineData("Use(({|t:await Task.WhenAny(t, u).ConfigureAwait(false)|}).Result);")]
    [InlineData("var winner = await Task.WhenAny(t, Task.Delay(limit)); if (winner == t) Use({|t:t|}.Result);")]
    [InlineData("var winner = await Task.WhenAny(t, Task.Delay(limit)); if (t == winner) Use({|t:t|}.Result);")]
    [InlineData("var winner = await Task.WhenAny(t, Task.Delay(limit)); if (winner != t) return; Use({|t:t|}.Result);")]
    [InlineData("var winner = await Task.WhenAny(t, Task.Delay(limit)); if (winner != t) throw new TimeoutException(); Use({|t:t|}.Result);")]
    [InlineData("Task winner; winner = await Task.WhenAny(t, u).ConfigureAwait(false); Use(winner == t ? {|t:t|}.Result : 0);")]
    [InlineData("if (await Task.WhenAny(t, Task.Delay(limit)) == t) Use({|t:t|}.Result);")]
    [InlineData("if (t != await Task.WhenAny(t, Task.Delay(limit))) return; Use({|t:t|}.Result);")]
    [InlineData("while (list.Count > 0) { var one = await Task.WhenAny(list); list.Remove(one); Use({|t:one|}.Result); }")]
    public void Winner_of_a_race(string body) => Assert.True(HasEnded(body));

    [Theory]
    [InlineData("var winner = await Task.WhenAny(t, u); Use({|t:t|}.Result);")]
    [InlineData("var winner = await Task.WhenAny(t, u); if (winner != t) Use({|t:t|}.Result);")]
    [InlineData("var winner = await Task.WhenAny(t, u); if (winner == u) Use({|t:t|}.Result);")]
    [InlineData("var winner = await Task.WhenAny(t, u); winner = u; if (winner == t) Use({|t:t|}.Result);")]
    [InlineData("if (await Task.WhenAny(t, u) == u) Use({|t:t|}.Result);")]
    [InlineData("if (t == u) Use({|t:t|}.Result);")]
    public void Loser_of_a_race(string body) => Assert.False(HasEnded(body));

    [Theory]
    [InlineData("if (t.IsCompleted) Use({|t:t|}.Result);")]
    [InlineData("if (t.IsCompletedSuccessfully) Use({|t:t|}.Result);")]
    [InlineData("if (t.IsFaulted || t.IsCanceled) return; else if (t.IsCompleted) Use({|t:t|}.Result);")]
    [InlineData("if (!t.IsCompleted) return; Use({|t:t|}.Result);")]
    [InlineData("if (!!t.IsCompleted) Use({|t:t|}.Result);")]
    [InlineData("if (!t.IsCompleted) await t; Use({|t:t|}.Result);")]
    [InlineData("if (!t.IsCompleted) throw new Exception(); Use({|t:t|}.Result);")]
    [InlineData("if (c && t.IsCompleted) Use({|t:t|}.Result);")]
    [InlineData("if (!c || !t.IsCompleted) return; Use({|t:t|}.Result);")]
    [InlineData("Use(t.IsCompleted ? {|t:t|}.Result : await t);")]
    [InlineData("_ = t.IsCompleted && {|t:t|}.Result > 0;")]
    [InlineData("while (!t.IsCompleted) await Task.Delay(1); Use({|t:t|}.Result);")]
    [InlineData("if (v.IsCompletedSuccessfully) Use({|t:v|}.Result);")]
    [InlineData("if (t.Status == TaskStatus.RanToCompletion) Use({|t:t|}.Result);")]
    [InlineData("if (TaskStatus.RanToCompletion == t.Status) Use({|t:t|}.Result);")]
    [InlineData("if (t.Status != TaskStatus.RanToCompletion) return; Use({|t:t|}.Result);")]
    [InlineData("if (t.Status == TaskStatus.Faulted) Use({|t:t|}.Result);")]
    [InlineData("if (t is { IsCompleted: true }) Use({|t:t|}.Result);")]
    [InlineData("if (t is not { IsCompletedSuccessfully: true }) return; Use({|t:t|}.Result);")]
    [InlineData("System.Diagnostics.Debug.Assert(t.IsCompleted); Use({|t:t|}.Result);")]
    [InlineData("Ensure(t.IsCompleted); Use({|t:t|}.Result);")]
    [InlineData("_ = all.Where(one => one.IsCompleted).Select(one => one.IsCompleted ? {|t:one|}.Result : 0);")]
    public void Tested(string body) => Assert.True(HasEnded(body));

    [Theory]
    [InlineData("if (!t.IsCompleted) Use({|t:t|}.Result);")]
    [InlineData("if (t.IsCompleted) { } Use({|t:t|}.Result);")]
    [InlineData("if (t.IsFaulted) return; Use({|t:t|}.Result);")]
    [InlineData("if (c || t.IsCompleted) Use({|t:t|}.Result);")]
    [InlineData("if (t.Status == TaskStatus.Running) Use({|t:t|}.Result);")]
    [InlineData("if (t.Status != TaskStatus.RanToCompletion) Use({|t:t|}.Result);")]
    [InlineData("Log(t.IsCompleted); Use({|t:t|}.Result);")]
    [InlineData("if (u.IsCompleted) Use({|t:t|}.Result);")]
    [InlineData("if (t is { IsCompleted: false }) Use({|t:t|}.Result);")]
    [InlineData("if (t is not { IsCompleted: true }) Use({|t:t|}.Result);")]
    [InlineData("if (t is { Id: 1 }) Use({|t:t|}.Result);")]
    public void Not_shown_by_a_test(string body) => Assert.False(HasEnded(body));

    [Theory]
    [InlineData("await t.ContinueWith(done => Use({|t:done|}.Result));")]
    [InlineData("await t.ContinueWith(delegate (Task<int> done) { Use({|t:done|}.Result); });")]
    [InlineData("await t.ContinueWith((done, state) => { if (c) Use({|t:done|}.Result); }, null);")]
    [InlineData("Use({|t:Task.FromResult(1)|}.Result);")]
    [InlineData("{|t:Task.CompletedTask|}.Wait();")]
    [InlineData("var made = Task.FromResult(1); Use({|t:made|}.Result);")]
    [InlineData("await t; _ = ids.Select(i => {|t:t|}.Result + i);")]
    [InlineData("await t; Func<Func<int>> f = () => () => {|t:t|}.Result;")]
    [InlineData("Func<Task<int>> f = async () => { await t; return {|t:t|}.Result; };")]
    public void In_a_lambda_or_made_complete(string body) => Assert.True(HasEnded(body));

    [Theory]
    [InlineData("await t; t = Start(); Use({|t:t|}.Result);")]
    [InlineData("await t; t = await Again(t) ? u : t; Use({|t:t|}.Result);")]
    [InlineData("t = Next(await t); Use({|t:t|}.Result);")]
    [InlineData("await t; (t, u) = (u, t); Use({|t:t|}.Result);")]
    [InlineData("await t; Renew(out t); Use({|t:t|}.Result);")]
    [InlineData("await t; Change(ref t); Use({|t:t|}.Result);")]
    [InlineData("await field; field = Start(); Use({|t:field|}.Result);")]
    [InlineData("await t; while (c) { Use({|t:t|}.Result); t = Start(); }")]
    [InlineData("var winner = await Task.WhenAny(t, u); winner = t; Use({|t:winner|}.Result);")]
    [InlineData("try { await t; } finally { t = Start(); } Use({|t:t|}.Result);")]
    public void Reassignment_starts_anew(string body) => Assert.False(HasEnded(body));

    [Theory]
    [InlineData("if (c) await t; else await t; Use({|t:t|}.Result);")]
    [InlineData("if (c) { await t; } else { return; } Use({|t:t|}.Result);")]
    [InlineData("switch (ids.Count) { case 0: await t; break; default: await t; break; } Use({|t:t|}.Result);")]
    [InlineData("do { await t; } while (c); Use({|t:t|}.Result);")]
    [InlineData("while (true) { if (c) { await t; break; } } Use({|t:t|}.Result);")]
    [InlineData("while (c) { t = Start(); await t; Use({|t:t|}.Result); }")]
    [InlineData("foreach (var i in ids) { var one = Start(); await one; Use({|t:one|}.Result); }")]
    [InlineData("Task<int>? maybe = null; maybe ??= Start(); await maybe; Use({|t:maybe|}.Result);")]
    [InlineData("await t; if (c) Use(1); Use({|t:t|}.Result);")]
    [InlineData("await t; foreach (var i in ids) Use({|t:t|}.Result);")]
    public void Every_path_awaits(string body) => Assert.True(HasEnded(body));

    [Theory]
    [InlineData("if (c) await t; Use({|t:t|}.Result);")]
    [InlineData("while (c) await t; Use({|t:t|}.Result);")]
    [InlineData("foreach (var i in ids) await t; Use({|t:t|}.Result);")]
    [InlineData("switch (ids.Count) { case 0: await t; break; } Use({|t:t|}.Result);")]
    [InlineData("_ = c && await t > 0; Use({|t:t|}.Result);")]
    [InlineData("foreach (var i in ids) { Task<int> one = Start(); if (c) await one; Use({|t:one|}.Result); }")]
    public void Some_path_does_not_await(string body) => Assert.False(HasEnded(body));

    [Theory]
    [InlineData("try { await t; } finally { } Use({|t:t|}.Result);")]
    [InlineData("try { Use(1); } finally { await t; } Use({|t:t|}.Result);")]
    [InlineData("try { await t; } catch { throw; } Use({|t:t|}.Result);")]
    [InlineData("try { await t; } catch { return; } Use({|t:t|}.Result);")]
    [InlineData("await t; try { Use(1); } catch { Use({|t:t|}.Result); }")]
    [InlineData("await t; try { Use(1); } finally { Use({|t:t|}.Result); }")]
    [InlineData("try { await t; } catch (Exception e) when (e is TimeoutException) { return; } Use({|t:t|}.Result);")]
    [InlineData("try { await t; Use({|t:t|}.Result); } catch { }")]
    [InlineData("try { await t; } catch { } Use({|t:t|}.Result);")]
    [InlineData("try { await Task.WhenAll(all); } catch { } Use({|t:all[0]|}.Result);")]
    [InlineData("try { await Task.WhenAll(all).ConfigureAwait(false); } catch (Exception) { } _ = all.Where(a => a.IsCompletedSuccessfully).Select(a => {|t:a|}.Result);")]
    [InlineData("var both = Task.WhenAll(t, u); try { await both; } catch { Use({|t:t|}.Result); }")]
    [InlineData("try { var x = await t; } catch { Use({|t:t|}.Result); }")]
    public void Exceptions_keep_what_is_proved(string body) => Assert.True(HasEnded(body));

    [Theory]
    [InlineData("try { Use(1); await t; } catch { } Use({|t:t|}.Result);")]
    [InlineData("try { Use(1); await t; } finally { Use({|t:t|}.Result); }")]
    [InlineData("try { await u; await t; } catch { Use({|t:t|}.Result); }")]
    [InlineData("try { await t.WaitAsync(limit); } catch (TimeoutException) { Use({|t:t|}.Result); }")]
    [InlineData("var both = Task.WhenAll(t, u); try { await both.WaitAsync(limit); } catch { } Use({|t:t|}.Result);")]
    [InlineData("try { await Task.WhenAll(Start(), t); } catch { } Use({|t:t|}.Result);")]
    [InlineData("try { await Fails(t); } catch { } Use({|t:t|}.Result);")]
    [InlineData("await t; try { t = Start(); Use(1); await t; } catch { Use({|t:t|}.Result); }")]
    public void Exceptions_take_what_is_not(string body) => Assert.False(HasEnded(body));

    [Theory]
    [InlineData("async Task M(Task t) { await t; {|t:t|}.Wait(); }")]
    [InlineData("Func<Task<int>, Task<int>> f = async t => { await t; return {|t:t|}.Result; };")]
    [InlineData("async Task<int> M(Task<int> t) => await t > 0 ? {|t:t|}.Result : 0;")]
    public void Every_kind_of_function(string member) => Assert.True(Ended(Compiled.From($"class Desk {{ {member} }}")));

    [Fact]
    public void Top_level_statements() =>
        Assert.True(Ended(Compiled.Program("var t = Task.Run(() => 1); await t; System.Console.WriteLine({|t:t|}.Result);")));

    [Fact]
    public void Task_started_in_a_chain_has_its_origin_there()
    {
        var code = Compiled.From(Desk("var started = ids.Select(i => Start()).ToList(); foreach (var one in started) Use({|t:one|}.Result);"));

        Assert.Equal("ids.Select(i => Start()).ToList()", EndedTasks.Of(code.Model).OriginOf(code.Operation("t"), code.SemanticsOf("t"), Cancellation).Syntax.ToString());
    }

    [Fact]
    public void Cancelled_question_leaves_nothing_behind()
    {
        var code = Compiled.From(Desk("await t; Use({|t:t|}.Result);"));

        Assert.ThrowsAny<OperationCanceledException>(() => EndedTasks.Of(code.Model).HasEnded(code.Operation("t"), code.SemanticsOf("t"), new CancellationToken(canceled: true)));

        Assert.True(Ended(code));
    }

    private static bool HasEnded(string body) => Ended(Compiled.From(Desk(body)));

    private static bool Ended(Compiled code) => EndedTasks.Of(code.Model).HasEnded(code.Operation("t"), code.SemanticsOf("t"), Cancellation);

    private static string Desk(string body) => $$"""
        #pragma warning disable
        record Run(string Name, Task<int> Task);
        class Desk
        {
            Task<int> field = Start();
            Task<int> Property => field;
            static Task<int> Start() => Task.Run(() => 1);
            static Task<int> Next(int n) => Start();
            static Task Fails(Task t) => Start();
            static Task<bool> Again(Task t) => Task.Run(() => true);
            static void Renew(out Task<int> t) => t = Start();
            static void Change(ref Task<int> t) => t = Start();
            static void Use(int n) { }
            static void Log(bool n) { }
            static void Ensure([System.Diagnostics.CodeAnalysis.DoesNotReturnIf(false)] bool holds) { }
            async Task Root(Task<int> t, Task<int> u, ValueTask<int> v, Task<int>[] all, List<Task<int>> list, Dictionary<string, Task<int>> map, List<Run> runs, List<int> ids, bool c, TimeSpan limit)
            {
                {{body}}
            }
        }
        static class Starting
        {
            public static IReadOnlyList<Task<int>> StartAll(this IEnumerable<int> ids) => ids.Select(i => Task.Run(() => i)).ToList();
        }
        """;
}
