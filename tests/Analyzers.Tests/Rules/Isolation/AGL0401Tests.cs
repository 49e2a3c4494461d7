using AgentLint.Rules.Isolation;
using Xunit;
using static Microsoft.CodeAnalysis.DiagnosticSeverity;

namespace AgentLint.Tests.Rules.Isolation;

/// <summary>Remote calls that are all started at once are reported where nothing bounds their number.</summary>
public sealed class AGL0401Tests
{
    private const string Model = "the model call 'IChatClient.GetResponseAsync'";

    // ---- How many -----------------------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("await {|#0:Task.WhenAll|}(items.Select(item => model.GetResponseAsync(item)));", "the length of 'items' is known only at run time")]
    [InlineData("var tasks = items.Select(async item => await model.GetResponseAsync(item)).ToList(); await {|#0:Task.WhenAll|}(tasks);", "the length of 'items' is known only at run time")]
    [InlineData("var tasks = new List<Task>(); foreach (var item in items) tasks.Add(model.GetResponseAsync(item)); await {|#0:Task.WhenAll|}(tasks);", "the length of 'items' is known only at run time")]
    [InlineData("await {|#0:Task.WhenAll|}(Enumerable.Range(0, items.Length).Select(i => model.GetResponseAsync(items[i])));", "the length of 'items' is known only at run time")]
    [InlineData("await {|#0:Task.WhenAll|}(items.Where(item => item != \"\").Select(item => Task.Run(() => model.GetResponseAsync(item))));", "the length of 'items' is known only at run time")]
    [InlineData("await {|#0:Task.WhenAll|}(System.IO.Directory.GetFiles(\"in\").Select(item => model.GetResponseAsync(item)));", "the length of 'GetFiles' is known only at run time")]
    // What a fan-out before it has brought, as its results or in a list that its branches fill.
    [InlineData("var ready = await Task.WhenAll(items.Select(async item => { await Task.Delay(1); return item; })); await {|#0:Task.WhenAll|}(ready.Select(one => model.GetResponseAsync(one)));", "the length of 'items' is known only at run time")]
    [InlineData("var all = new List<string>(); await Task.WhenAll(items.Select(async item => { await Task.Delay(1); all.Add(item); })); await {|#0:Task.WhenAll|}(all.Select(one => model.GetResponseAsync(one)));", "the length of 'items' is known only at run time")]
    public Task Length_that_the_data_decides(string code, string decider) => Desk(code)
        .Expect(Info, $"'Desk.RunAsync' starts {Model} for every item at once, and {decider}: limit how many run at the same time")
        .RunAsync();

    // A client that sends its calls one behind the other over one connection is made for many.
    [Fact]
    public Task Calls_that_share_one_connection() => new RuleTest<AGL0401_UnboundedFanOut>("""
        using Microsoft.Extensions.AI;
        using StackExchange.Redis;
        public class Desk(IDatabase cache, IChatClient model)
        {
            public object All => model;
            public Task RunAsync(string[] items) => Task.WhenAll(items.Select(item => cache.StringSetAsync(item, "x")));
        }
        """).Reference(Library.Redis).RunAsync();

    [Fact]
    public Task Length_that_a_model_decides_by_the_parameter_of_a_tool() => Tool("await {|#0:Task.WhenAll|}(items.Select(item => model.GetResponseAsync(item)));")
        .Expect(Warning, $"'Tools.RunAsync' starts {Model} for every item at once, and 'items' comes from the caller: limit how many run at the same time")
        .RunAsync();

    [Fact]
    public Task Length_that_a_model_answers() => Desk("var plan = (await model.GetResponseAsync(\"plan\")).Text; await {|#0:Task.WhenAll|}(plan.Split('\\n').Select(item => model.GetResponseAsync(item)));")
        .Expect(Warning, $"'Desk.RunAsync' starts {Model} for every item at once, and a model decides the number through 'GetResponseAsync': limit how many run at the same time")
        .RunAsync();

    [Theory]
    [InlineData("await Task.WhenAll(new[] { \"a\", \"b\" }.Select(item => model.GetResponseAsync(item)));")]
    [InlineData("await Task.WhenAll(model.GetResponseAsync(\"a\"), model.GetResponseAsync(\"b\"));")]
    [InlineData("await Task.WhenAll(Enumerable.Range(0, 4).Select(i => model.GetResponseAsync(\"a\" + i)));")]
    [InlineData("var workers = Environment.ProcessorCount; await Task.WhenAll(Enumerable.Range(0, workers).Select(i => model.GetResponseAsync(\"a\" + i)));")]
    [InlineData("await Task.WhenAll(items.Take(5).Select(item => model.GetResponseAsync(item)));")]
    [InlineData("await Task.WhenAll(items[..5].Select(item => model.GetResponseAsync(item)));")]
    [InlineData("foreach (var part in items.Chunk(8)) await Task.WhenAll(part.Select(item => model.GetResponseAsync(item)));")]
    [InlineData("var tasks = new List<Task>(); foreach (var item in items.Take(3)) tasks.Add(model.GetResponseAsync(item)); await Task.WhenAll(tasks);")]
    [InlineData("await Task.WhenAll(Names.Select(item => model.GetResponseAsync(item)));")]
    // As many results as tasks, whatever the tasks ask.
    [InlineData("var answers = await Task.WhenAll(items.Take(5).Select(item => model.GetResponseAsync(item))); await Task.WhenAll(answers.Select(one => model.GetResponseAsync(one.Text)));")]
    [InlineData("var all = new List<string>(); await Task.WhenAll(items.Take(5).Select(async item => all.Add((await model.GetResponseAsync(item)).Text))); await Task.WhenAll(all.Select(one => model.GetResponseAsync(one)));")]
    // The list is made anew in each round.
    [InlineData("foreach (var item in items) { var parts = new List<string>(); parts.Add(item); parts.Add(\"b\"); await Task.WhenAll(parts.Select(part => model.GetResponseAsync(part))); }")]
    public Task Length_that_the_program_decides(string code) => Desk(code).RunAsync();

    [Fact]
    public Task Numbers_and_sequences_that_are_made_of_themselves()
    {
        var test = Desk("""
            int n = n;
            IEnumerable<int> parts = Enumerable.Range(0, parts.Count());
            await Task.WhenAll(Enumerable.Range(0, n).Select(i => model.GetResponseAsync("a" + i)));
            await Task.WhenAll(parts.Select(i => model.GetResponseAsync("a" + i)));
            """);
        test.CompilerDiagnostics = CompilerDiagnostics.None;
        return test.RunAsync();
    }

    // ---- What limits it -------------------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("await Task.WhenAll(items.Select(async item => { await gate.WaitAsync(); try { await model.GetResponseAsync(item); } finally { gate.Release(); } }));")]
    [InlineData("await Task.WhenAll(items.Select(OneAsync));")]
    [InlineData("var tasks = new List<Task>(); foreach (var item in items) { await gate.WaitAsync(); tasks.Add(model.GetResponseAsync(item)); } await Task.WhenAll(tasks);")]
    [InlineData("var tasks = new List<Task>(); foreach (var item in items) { tasks.Add(model.GetResponseAsync(item)); if (tasks.Count == 8) { await Task.WhenAll(tasks); tasks.Clear(); } } await Task.WhenAll(tasks);")]
    [InlineData("await Task.WhenAll(items.Select(async item => await pipeline.ExecuteAsync(async token => await model.GetResponseAsync(item, cancellationToken: token))));")]
    [InlineData("await Parallel.ForEachAsync(items, async (item, token) => await model.GetResponseAsync(item, cancellationToken: token));")]
    [InlineData("await Task.WhenAll(items.Select(async item => { await Task.Delay(1); return item; }));")]
    [InlineData("await Task.WhenAll(items.Select(item => http.DeleteAsync(item)));")]
    public Task Fan_out_that_is_limited_or_local(string code) => Desk(code).RunAsync();

    [Fact]
    public Task Objects_of_the_program() => Desk("await Task.WhenAll(models.Select(one => one.GetResponseAsync(\"a\")));").RunAsync();

    // ---- Limits -----------------------------------------------------------------------------------------------------------------

    [Fact]
    public Task Tasks_that_are_awaited_one_by_one_are_not_reported() => Desk("var tasks = items.Select(item => model.GetResponseAsync(item)).ToList(); foreach (var task in tasks) await task;").RunAsync();

    [Fact]
    public Task Limiter_that_nobody_knows_is_not_seen() => Desk("await {|#0:Task.WhenAll|}(items.Select(item => Throttle.RunAsync(() => model.GetResponseAsync(item))));", "public static class Throttle { public static Task RunAsync(Func<Task> work) => work(); }")
        .Expect(Info, $"'Desk.RunAsync' starts {Model} for every item at once, and the length of 'items' is known only at run time: limit how many run at the same time")
        .RunAsync();

    private static RuleTest<AGL0401_UnboundedFanOut> Desk(string code, params IEnumerable<string> files) => new([$$"""
        using Microsoft.Extensions.AI;

        public class Desk(IChatClient model, IEnumerable<IChatClient> models, HttpClient http, Polly.ResiliencePipeline pipeline)
        {
            private static readonly string[] Names = ["a", "b"];
            private readonly SemaphoreSlim gate = new(4);

            public object[] All => [model, models, http, pipeline, gate, Names];

            public async Task RunAsync(string[] items)
            {
                {{code}}
            }

            private async Task OneAsync(string item)
            {
                await gate.WaitAsync();
                try { await model.GetResponseAsync(item); } finally { gate.Release(); }
            }
        }
        """, .. files]);

    private static RuleTest<AGL0401_UnboundedFanOut> Tool(string code) => new($$"""
        using Microsoft.Extensions.AI;
        using ModelContextProtocol.Server;

        [McpServerToolType]
        public class Tools(IChatClient model)
        {
            [McpServerTool]
            public async Task RunAsync(string[] items)
            {
                {{code}}
            }
        }
        """);
}
