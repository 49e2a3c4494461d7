using System.Collections.Immutable;
using System.Text;
using AgentLint.Rules.Coupling;
using AgentLint.Rules.Retries;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Xunit;

namespace AgentLint.Tests.Analysis;

/// <summary>Huge, deep and broken code: no exception, and an end. What grows with the square of such code, or faster, does not end here.</summary>
public sealed class RobustnessTests
{
    private const string Members = """
        readonly IChatClient chat = null!;
        Task<ChatResponse> Ask(string text) => chat.GetResponseAsync(text);
        """;

    [Fact]
    public async Task Ten_thousand_statements_that_block()
    {
        var body = string.Concat(Enumerable.Range(0, 5_000).Select(i => $"var t{i} = Ask(\"{i}\"); _ = t{i}.Result;\n"));

        Assert.Equal(5_000, (await Reports($"class Desk {{ {Members} void M() {{ {body} }} }}")).Length);
    }

    [Fact]
    public async Task Ten_thousand_statements_in_a_try()
    {
        var body = string.Concat(Enumerable.Range(0, 3_400).Select(i => $"var t{i} = Ask(\"{i}\"); await t{i}; _ = t{i}.Result;\n"));

        Assert.Empty(await Reports($"class Desk {{ {Members} async Task M() {{ try {{ {body} }} catch {{ }} finally {{ }} }} }}"));
    }

    [Theory]
    [InlineData("if (n > 0) { ", "}")]
    [InlineData("while (n > 0) { ", "}")]
    [InlineData("for (; n > 0; n--) { ", "}")]
    [InlineData("foreach (var i in new[] { 1 }) { ", "}")]
    [InlineData("try { ", "} catch { }")]
    [InlineData("try { ", "} finally { n++; }")]
    [InlineData("try { n++; } finally { ", "}")]
    [InlineData("using (Make()) { ", "}")]
    [InlineData("lock (this) { ", "}")]
    [InlineData("switch (n) { case 1: ", "break; }")]
    [InlineData("{ ", "}")]
    public async Task Two_hundred_nested_statements(string open, string close)
    {
        var unique = open.Replace("var i", "var i#", StringComparison.Ordinal);
        var body = string.Concat(Enumerable.Range(0, 200).Select(i => unique.Replace("#", $"{i}", StringComparison.Ordinal)))
            + "_ = Ask(\"\").Result;" + string.Concat(Enumerable.Repeat(close, 200));

        Assert.Single(await Reports($"class Desk {{ {Members} static IDisposable Make() => null!; void M(int n) {{ {body} }} }}"));
    }

    [Fact]
    public async Task Lambdas_in_lambdas()
    {
        var body = string.Concat(Enumerable.Repeat("Run(() => { ", 60)) + "_ = Ask(\"\").Result;" + string.Concat(Enumerable.Repeat("});", 60));

        Assert.Single(await Reports($"class Desk {{ {Members} static void Run(Action f) => f(); void M() {{ {body} }} }}"));
    }

    [Fact]
    public async Task A_thousand_lambdas_in_one_method()
    {
        var body = string.Concat(Enumerable.Range(0, 1_000).Select(i => $"Task.Run(() => {{ var t = Ask(\"{i}\"); _ = t.Result; }});\n"));

        Assert.Equal(1_000, (await Reports($"class Desk {{ {Members} void M() {{ {body} }} }}")).Length);
    }

    [Fact]
    public async Task Five_thousand_operands()
    {
        var sum = string.Join("\n+ ", Enumerable.Range(0, 5_000).Select(i => i % 100 == 0 ? "Ask(\"\").Result.Text" : $"Ask(\"{i}\")"));

        Assert.Equal(50, (await Reports($"class Desk {{ {Members} object M() => {sum}; }}")).Length);
    }

    [Theory]
    [InlineData("new System.Text.StringBuilder()", ".Append(1)", 2_000)]
    [InlineData("true", " ? 1 : true", 500)]
    [InlineData("", "!", 500)]
    [InlineData("", "(", 500)]
    [InlineData("", "new[] {", 300)]
    [InlineData("", "Id(", 500)]
    public async Task Deep_expression(string start, string repeated, int times)
    {
        var (left, right) = repeated switch
        {
            "!" => (string.Concat(Enumerable.Repeat("!", times)) + "true", ""),
            "(" => (string.Concat(Enumerable.Repeat("(", times)) + "1", string.Concat(Enumerable.Repeat(")", times))),
            "new[] {" => (string.Concat(Enumerable.Repeat("new object[] {", times)) + "1", string.Concat(Enumerable.Repeat("}", times))),
            "Id(" => (string.Concat(Enumerable.Repeat("Id(", times)) + "1", string.Concat(Enumerable.Repeat(")", times))),
            " ? 1 : true" => (string.Concat(Enumerable.Repeat("n > 0 ? 1 : ", times)) + "0", ""),
            _ => (start, string.Concat(Enumerable.Repeat(repeated, times))),
        };

        Assert.Single(await Reports($"class Desk {{ {Members} static T Id<T>(T t) => t; void M(int n) {{ object deep = {left}{right}; _ = Ask(\"\").Result; }} }}"));
    }

    [Fact]
    public async Task Chain_of_a_thousand_calls()
    {
        var chain = string.Concat(Enumerable.Range(0, 1_000).Select(i => $"Task M{i}() => M{i + 1}();\n"));
        var source = $"class Desk {{ {Members} async Task Root() {{ M0().Wait();\nM995().Wait(); }} {chain} Task M1000() => Ask(\"\"); }}";

        var reports = await Reports(source);

        Assert.Equal(2, reports.Length);
        Assert.DoesNotContain("model call", reports[0], StringComparison.Ordinal);
        Assert.Contains("(Desk.Root → Desk.M995 → Desk.M996 → Desk.M997 → Desk.M998 → Desk.M999 → Desk.M1000 → Desk.Ask → IChatClient.GetResponseAsync)", reports[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Depth_of_a_chain_is_what_the_option_says()
    {
        var code = Compiled.From($"class Desk {{ {string.Concat(Enumerable.Range(0, 100).Select(i => $"void M{i}() => M{i + 1}();\n"))} void M100() => new HttpClient().GetStringAsync(\"/\"); }}");

        Assert.Empty(code.Paths("M36", depth: 63));
        Assert.Single(code.Paths("M36", depth: 64));
    }

    [Fact]
    public async Task Two_thousand_methods_that_call_each_other()
    {
        var methods = string.Concat(Enumerable.Range(0, 2_000).Select(i => $"Task M{i}() {{ M{(i + 1) % 2000}(); M{(i * 7) % 2000}(); return M{(i * 31) % 2000}(); }}\n"));
        var source = $"class Desk {{ {Members} async Task Root() {{ {string.Concat(Enumerable.Range(0, 200).Select(i => $"M{i * 10}().Wait();\n"))} }} {methods} }}";

        Assert.Equal(200, (await Reports(source)).Length);
    }

    [Fact]
    public async Task Methods_that_all_hand_on_their_delegates()
    {
        var methods = string.Concat(Enumerable.Range(0, 300).Select(i => $"void M{i}(Func<Task> f) {{ {string.Concat(Enumerable.Range(0, 10).Select(k => $"M{((i * 7) + k) % 300}(f);"))} }}\n"));
        var source = $"class Desk {{ {Members} async Task Root() {{ M0(() => {{ _ = Ask(\"\").Result; return Task.CompletedTask; }}); }} {methods} }}";

        Assert.Single(await Reports(source));
    }

    [Fact]
    public async Task A_thousand_sleeps_of_private_helpers()
    {
        var methods = string.Concat(Enumerable.Range(0, 1_000).Select(i => $"void M{i}() => Thread.Sleep({i + 1});\n"));

        Assert.Empty(await Reports($"class Desk {{ {Members} {methods} void Root() {{ {string.Concat(Enumerable.Range(0, 1_000).Select(i => $"M{i}();"))} }} }}"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\0\u0001\ufeff\ud800")]
    [InlineData(".Result .Result.Result().Wait() GetAwaiter().GetResult() await await Task.WhenAll( if (.IsCompleted")]
    [InlineData("class { void () { .Result } } } } namespace ; using ; => => => x.Result")]
    [InlineData("/* not closed .Result")]
    [InlineData("\"not closed .Result")]
    [InlineData("$\"{a.Result")]
    [InlineData("#if X\n.Result")]
    [InlineData("class C { Task t = t.Result; int p => p.Result; C() : this(t.Result) { } ~C( ) { t.Wait() }")]
    [InlineData("class C : C { async C M() { await M().Result; } } interface I : I { void M() => M(); }")]
    [InlineData("class C { void M() { Action a = () => b(); Action b = () => a(); a(); } }")]
    [InlineData("class C { void M(Action f = () => f()) { M(() => M(() => f.Result)); } }")]
    public Task Garbage(string text) => Analyze(Compiled.Broken(text));

    [Fact]
    public async Task Garbage_of_all_characters()
    {
        var random = new Random(20);
        var text = new StringBuilder();
        for (var i = 0; i < 100_000; i++)
            text.Append(random.Next(8) == 0 ? ".Result" : ((char)random.Next(1, 0x3000)).ToString());

        Assert.Empty(await Analyze(Compiled.Broken(text.ToString())));
    }

    [Fact]
    public async Task File_cut_off_anywhere()
    {
        var whole = File.ReadAllText(Path.Combine(Repository.Checkout.Root, "samples/SupportDesk/Agents/ToolLoop.cs"));
        var reads = 0;
        for (var length = 1; length < whole.Length; length += 97)
        {
            await Analyze(Compiled.Broken(whole[..length] + (length % 2 == 0 ? " t.Result" : " M(() => t.Wait(")));
            reads++;
        }

        Assert.True(reads > 10);
    }

    [Fact]
    public async Task File_cut_off_anywhere_and_full_of_what_the_rules_look_for()
    {
        var whole = $$"""
            class Desk(IChatClient chat, Polly.ResiliencePipeline pipeline)
            {
                readonly Task<string> first = Task.Run(() => "");
                public string Text => chat.GetResponseAsync("").Result.Text;
                public async Task<int> Ask(Task<int>[] all, Func<Task<int>> make)
                {
                    try { await Task.WhenAll(all); } catch (Exception e) when (first.Result != null) { return all[0].Result; } finally { first.Wait(); }
                    while (true)
                    {
                        var winner = await Task.WhenAny(all[0], make());
                        if (winner == all[0] && !all[1].IsCompleted) break;
                        pipeline.Execute(async () => { await chat.GetResponseAsync(""); Local(); });
                    }
                    return all.Select(a => a.Result).Sum() + Local() switch { 0 => make().GetAwaiter().GetResult(), _ => 1 };
                    int Local() { Func<int> inner = () => make().Result; return inner(); }
                }
            }
            """;
        for (var length = 1; length < whole.Length; length += 7)
            await Analyze(Compiled.Broken(whole[..length]));

        Assert.NotEmpty(await Analyze(Compiled.From(whole)));
    }

    [Theory]
    [InlineData("// <auto-generated/>\n")]
    [InlineData("// <autogenerated>\n")]
    [InlineData("/* <auto-generated> made by a tool </auto-generated> */\n")]
    public async Task Generated_code_is_silent(string header)
    {
        var code = $"class Desk {{ {Members} async Task M() => Ask(\"\").Wait(); }}";

        Assert.Single(await Reports(code));
        Assert.Empty(await Reports(header + code));
    }

    [Fact]
    public void Generated_code_is_followed() =>
        Assert.Equal(["Made.Get → HttpClient.GetStringAsync"], Compiled.From(
            "class Desk { Task Root() => Made.Get(); }",
            "// <auto-generated/>\nclass Made { public static Task Get() => new HttpClient().GetStringAsync(\"/\"); }").Paths("Root"));

    [Fact]
    public async Task Member_marked_as_generated_is_silent() =>
        Assert.Empty(await Reports($"class Desk {{ {Members} [System.CodeDom.Compiler.GeneratedCode(\"tool\", \"1\")] async Task M() => Ask(\"\").Wait(); }}"));

    /// <summary>What is reported in a program that compiles, in order.</summary>
    private static async Task<string[]> Reports(string source)
    {
        var code = Compiled.From(source);
        var reports = await Analyze(code);
        return [.. reports.OrderBy(d => d.Location.SourceSpan.Start).Select(d => d.GetMessage(System.Globalization.CultureInfo.InvariantCulture))];
    }

    private static async Task<ImmutableArray<Diagnostic>> Analyze(Compiled code)
    {
        var failures = new List<Exception>();
        var analyzers = code.Compilation.WithAnalyzers(
            [new AGL0601_BlockingAgentCall(), new AGL0206_DeadRetry()],
            new CompilationWithAnalyzersOptions(new AnalyzerOptions([]), (e, _, _) => failures.Add(e), concurrentAnalysis: true, logAnalyzerExecutionTime: false));
        var reports = await analyzers.GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken);
        Assert.Empty(failures);
        return reports;
    }
}
