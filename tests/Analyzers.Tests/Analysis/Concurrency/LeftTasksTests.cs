using AgentLint.Analysis.Concurrency;
using AgentLint.Analysis.Loops;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using Xunit;

namespace AgentLint.Tests.Analysis.Concurrency;

/// <summary>Which tasks are left alone, which handle their failures, which last as long as the program, and which start whenever they are enumerated.</summary>
public sealed class LeftTasksTests
{
    private static CancellationToken Cancellation => Xunit.TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("_ = AskAsync();", "AskAsync()")]
    [InlineData("AskAsync().ConfigureAwait(false);", "AskAsync().ConfigureAwait(false)")]
    [InlineData("_ = model?.GetResponseAsync(\"\");", "model?.GetResponseAsync(\"\")")]
    [InlineData("Action ask = () => AskAsync(); ask();", "AskAsync()")]
    [InlineData("Func<Task> ask = () => AskAsync(); await ask();", null)]
    [InlineData("var asked = AskAsync(); _ = asked;", "AskAsync()")]
    [InlineData("var asked = AskAsync(); Console.WriteLine(asked.IsCompleted);", null)]
    [InlineData("var all = new List<Task> { AskAsync() }; all.Add(AskAsync());", "AskAsync()")]
    [InlineData("var all = new List<Task>(); all.Add(AskAsync()); await all[0];", null)]
    [InlineData("await AskAsync();", null)]
    public void Task_is_left(string code, string? whole)
    {
        var program = Ask(code);

        var left = LeftTasks.Of(program.Model).In(program.SemanticsOf("body"), Cancellation);

        Assert.Equal(whole == null ? [] : [whole], left.Select(task => task.Whole.ToString()));
    }

    [Theory]
    [InlineData("try { await AskAsync(); } catch (Exception e) { Console.WriteLine(e); }", true)]
    [InlineData("await Task.Delay(1); try { await AskAsync(); } catch (InvalidOperationException) { }", true)]
    [InlineData("try { await AskAsync(); } catch (OperationCanceledException) { }", false)]
    [InlineData("try { await AskAsync(); } finally { Console.WriteLine(); }", false)]
    [InlineData("try { await AskAsync(); } catch (Exception) { await Task.Yield(); }", true)]
    [InlineData("await AskAsync(); try { await AskAsync(); } catch { }", false)]
    [InlineData("await TryAsync(); async Task TryAsync() { try { await AskAsync(); } catch { } }", true)]
    public void Failures_are_handled(string code, bool areHandled)
    {
        var program = Ask(code);

        Assert.Equal(areHandled, OwnFailures.Of(program.Model).AreHandledIn(program.Operation("body"), Cancellation));
    }

    [Theory]
    [InlineData("while (!stop.IsCancellationRequested) await AskAsync();", true)]
    [InlineData("while (true) { await AskAsync(); }", true)]
    [InlineData("while (true) { try { await AskAsync(); return 1; } catch { } }", false)]
    [InlineData("for (; ; ) await AskAsync();", true)]
    [InlineData("for (var i = 0; i < 3; i++) await AskAsync();", false)]
    [InlineData("await foreach (var text in Texts()) Console.WriteLine(text);", true)]
    [InlineData("await foreach (var text in model!.GetStreamingResponseAsync(\"\")) Console.WriteLine(text);", false)]
    [InlineData("using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1)); while (await timer.WaitForNextTickAsync()) await AskAsync();", true)]
    public void Work_lasts_as_long_as_the_program(string code, bool lasts)
    {
        var program = Ask($"_ = {{|run:RunAsync()|}}; async Task<int> RunAsync() {{ {code} return 0; }}");

        Assert.Equal(lasts, ServiceLoops.Of(program.Model).IsRunBy((IInvocationOperation)program.Operation("run"), Cancellation));
    }

    [Theory]
    [InlineData("texts.Select(text => model!.GetResponseAsync(text))", true)]
    [InlineData("texts.Where(text => text != \"\").Select(async text => { await AskAsync(); })", true)]
    [InlineData("texts.Select(Answer)", true)]
    [InlineData("Started(texts)", true)]
    [InlineData("Iterated(texts)", true)]
    [InlineData("texts.Select(text => model!.GetResponseAsync(text)).ToList()", false)]
    [InlineData("texts.Select(text => kept[text])", false)]
    [InlineData("texts.Select(text => Task.FromResult(text))", false)]
    [InlineData("kept.Values.Where(task => !task.IsCompleted)", false)]
    public void Sequence_is_lazy(string sequence, bool isLazy)
    {
        var program = Ask($"var tasks = {{|tasks:{sequence}|}}; await Task.WhenAll(tasks);");

        Assert.Equal(isLazy, LazyTasks.Of(program.Model).At(program.Operation("tasks"), Cancellation) != null);
    }

    [Theory]
    [InlineData("await Task.WhenAll(tasks); Console.WriteLine(tasks.Count());", "'Task.WhenAll' 'IEnumerable.Count'")]
    [InlineData("foreach (var task in tasks) await task;", "foreach")]
    [InlineData("var open = tasks.Where(task => task.IsFaulted); Console.WriteLine(open.Any());", "'IEnumerable.Any'")]
    [InlineData("Show(tasks); static void Show(IEnumerable<Task> all) => Console.WriteLine(all.Count() + all.Count());", "'Show'")]
    [InlineData("Show(tasks); static void Show(IEnumerable<Task> all) => Console.WriteLine(all);", "")]
    [InlineData("tasks.TryGetNonEnumeratedCount(out _);", "")]
    public void Sequence_is_enumerated(string code, string by)
    {
        var program = Ask($"var tasks = {{|tasks:texts.Select(text => model!.GetResponseAsync(text))|}}; {code}");
        var semantics = program.SemanticsOf("tasks");
        var local = (Microsoft.CodeAnalysis.ILocalSymbol)semantics.GetDeclaredSymbol(program.Node("tasks").FirstAncestorOrSelf<VariableDeclaratorSyntax>()!, Cancellation)!;

        var places = new Enumerations(program.Model, semantics, Cancellation).Of(local, program.Operation("tasks"));

        Assert.Equal(by, string.Join(' ', places.Select(place => place.By)));
    }

    private static Compiled Ask(string code) => Compiled.From($$"""
        public class Desk(IChatClient? model)
        {
            private readonly Dictionary<string, Task<string>> kept = [];

            public object?[] All => [kept];

            public async Task<object> Run(CancellationToken stop, string[] texts) {|body:{ await Task.Yield(); {{code}} return 0; }|}

            private async Task AskAsync() => await model!.GetResponseAsync("");

            private Task<ChatResponse> Answer(string text) => model!.GetResponseAsync(text);

            private IEnumerable<Task<ChatResponse>> Started(string[] texts) => texts.Select(text => model!.GetResponseAsync(text));

            private IEnumerable<Task<ChatResponse>> Iterated(string[] texts) { foreach (var text in texts) yield return model!.GetResponseAsync(text); }

            private static async IAsyncEnumerable<string> Texts() { await Task.Yield(); yield return ""; }
        }
        """);
}
