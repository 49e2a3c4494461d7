using System.Diagnostics;
using System.Text;
using AgentLint.Analysis.Loops;
using Microsoft.CodeAnalysis;
using Xunit;

namespace AgentLint.Tests.Analysis;

/// <summary>Huge, deep and odd functions: an answer in time, and no exception.</summary>
[Collection(nameof(AloneCollection))]
public sealed class CycleScaleTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    // Nobody writes these: an answer in bearable time is enough.
    private static readonly TimeSpan Seconds = TimeSpan.FromSeconds(5);

    [Fact]
    public void Method_of_five_thousand_statements() =>
        InTime("while (true) { try {" + Repeat(5000, i => $"if (n > {i}) await http.GetAsync(\"/{i}\"); ") + " return; } catch { } }", 1);

    [Fact]
    public void Method_of_five_thousand_guarded_statements() =>
        InTime("while (true) {" + Repeat(1250, i => $"try {{ n++; await http.GetAsync(\"/\"); }} catch (Exception e) when (n < {i}) {{ n--; continue; }} finally {{ n += 2; }} ") + "}", null, Seconds);

    [Fact]
    public void Two_hundred_nested_loops() =>
        InTime(Repeat(200, i => $"while (n < {i}) {{ n++; ") + "try { await http.GetAsync(\"/\"); return; } catch { }" + new string('}', 200), null);

    [Fact]
    public void Two_hundred_nested_loops_over_sequences() =>
        InTime(Repeat(200, i => $"foreach (var i{i} in new[] {{ {i} }}) {{ ") + "try { await http.GetAsync(\"/\"); return; } catch { }" + new string('}', 200), null);

    [Fact]
    public void Sixty_nested_tries() =>
        InTime("while (true) {" + Repeat(60, _ => "try { ") + "await http.GetAsync(\"/\"); return;" + Repeat(60, i => $" }} catch (HttpRequestException) {{ n += {i}; }} finally {{ n--; }} ") + "}", null);

    [Fact]
    public void Condition_of_two_thousand_operands() =>
        InTime("while (n > 0" + Repeat(2000, i => $" || n == {i}") + ") { try { await http.GetAsync(\"/\"); return; } catch { } }", null);

    [Fact]
    public void Two_thousand_jumps() =>
        InTime(Repeat(2000, i => $"l{i}: try {{ await http.GetAsync(\"/\"); }} catch {{ goto l{i / 2}; }} "), null, Seconds);

    [Fact]
    public void Hundred_counters() =>
        InTime("int " + string.Join(", ", Enumerable.Range(0, 100).Select(i => $"c{i} = 0")) + "; while (true) { try { await http.GetAsync(\"/\"); return; } catch { "
            + Repeat(100, i => $"if (c{i} > {i}) throw; if (n > {i}) c{i}++; ") + "} }", null);

    [Theory]
    [InlineData("switch (n) { case 0: while (true) { try { await http.GetAsync(\"/\"); return; } catch { goto case 1; } } case 1: goto case 0; }")]
    [InlineData("lock (this) { n++; } while (true) using (var s = new MemoryStream()) try { await http.GetAsync(\"/\"); return; } catch { continue; } finally { lock (this) n--; }")]
    [InlineData("a: b: while (true) { c: try { await http.GetAsync(\"/\"); if (n > 3) goto a; if (n > 2) goto c; return; } catch { goto b; } }")]
    [InlineData("while (await http.GetAsync(\"/\") is { IsSuccessStatusCode: false, StatusCode: var s } r && (int)s is > 3 and < 500 or 501) { n += r.Content is null ? 1 : 0; }")]
    [InlineData("while (true) { try { try { await http.GetAsync(\"/\"); return; } catch { throw; } finally { try { n++; } finally { n--; } } } catch (Exception) when (n++ > 3) { } catch { } }")]
    [InlineData("await Local(); async Task Local() { while (true) try { await http.GetAsync(\"/\"); return; } catch { await Local(); } }")]
    [InlineData("Func<Task> f = async () => { for (;;) try { await http.GetAsync(\"/\"); return; } catch { } }; await f();")]
    [InlineData("do try { await http.GetAsync(\"/\"); } catch { } while (n switch { 0 => true, > 3 when n < 9 => false, _ => n++ < 3 });")]
    [InlineData("for (int i = 0, j = 1; ; i++, j *= 2) { await using var s = new MemoryStream(); if (i > j) { await http.GetAsync(\"/\"); } }")]
    [InlineData("foreach (var (a, b) in new Dictionary<int, int>()) { try { await http.GetAsync(\"/\"); break; } catch { } }")]
    [InlineData("while (true) { (n, var m) = (n + 1, 2); try { await http.GetAsync(\"/\"); return; } catch { if (n > m) throw; } }")]
    [InlineData("unsafe { int x = 0; int* p = &x; while (*p < 3) (*p)++; } while (true) { await http.GetAsync(\"/\"); }")]
    [InlineData("while (true) { dynamic d = n; d++; await http.GetAsync(\"/\"); if (d > 3) break; }")]
    [InlineData("while (true) { ref var r = ref n; r++; if (r > 3) break; }")]
    [InlineData("while (true) ;")]
    [InlineData("while (false) { await http.GetAsync(\"/\"); }")]
    [InlineData("do { await http.GetAsync(\"/\"); } while (false);")]
    public void Oddity(string body) => InTime(body, null);

    [Fact]
    public void Top_level_statements_and_expression_bodies()
    {
        var program = Compiled.Program("""
            var http = new HttpClient();
            while (true)
            {
                try { await http.GetAsync("/"); break; } catch { }
            }
            """);
        Assert.Single(Cycles.Of(program.Model).In(program.Compilation.SyntaxTrees.Last(), 8, TestContext.Current.CancellationToken), c => c.Kind == CycleKind.Retry && c.Unguarded != null);
    }

    [Fact]
    public void Asynchronous_iterator()
    {
        var program = Compiled.From("""
            class Desk(HttpClient http)
            {
                public async IAsyncEnumerable<string> Run()
                {
                    while (true)
                    {
                        string? s = null;
                        try { s = await http.GetStringAsync("/"); } catch { }
                        if (s != null) { yield return s; yield break; }
                    }
                }
            }
            """);
        Assert.Single(Cycles.Of(program.Model).In(program.Compilation.SyntaxTrees.Last(), 8, TestContext.Current.CancellationToken), c => c.Kind == CycleKind.Retry && c.Unguarded != null);
    }

    [Fact]
    public void Code_that_does_not_compile()
    {
        const string Source = "class Desk { HttpClient http = new(); async Task Run(int n) { while (true) { try { await http.GetAsync(\"/\"); return; } catch when (n++ < 3) { await Task.Delay(1); goto x; } } x: return; } }";
        for (var length = 0; length < Source.Length; length += 3)
        {
            var program = Compiled.Broken(Source[..length]);
            Assert.NotNull(Cycles.Of(program.Model).In(program.Compilation.SyntaxTrees.Last(), 8, TestContext.Current.CancellationToken).ToString());
        }
    }

    private static string Repeat(int count, Func<int, string> part) => Enumerable.Range(0, count).Aggregate(new StringBuilder(), (text, i) => text.Append(part(i))).ToString();

    // In processor time: it runs on one thread, and other programs may be at work on this machine. What else this one does only adds to it, so that one round
    // of several says enough.
    private static void InTime(string body, int? cycles, TimeSpan? most = null)
    {
        var limit = most ?? Second;
        var took = new List<TimeSpan>();
        while (took.Count < 3 && (took.Count == 0 || took[^1] >= limit))
        {
            var program = Compiled.From($$"""
                using System.IO;

                class Desk(HttpClient http)
                {
                    public async Task Run(int n)
                    {
                        {{body}}
                    }
                }
                """);
            var tree = program.Compilation.SyntaxTrees.Last();
            var model = program.Model;
            // What binding costs is not the analysis's.
            var semantics = model.SemanticsOf(tree);
            foreach (var statement in tree.GetRoot().DescendantNodes().OfType<Microsoft.CodeAnalysis.CSharp.Syntax.MethodDeclarationSyntax>())
                semantics.GetOperation(statement);
            GC.Collect();
            using var process = Process.GetCurrentProcess();
            var before = process.TotalProcessorTime;
            var found = Cycles.Of(model).In(tree, 8, TestContext.Current.CancellationToken);
            process.Refresh();
            took.Add(process.TotalProcessorTime - before);
            if (cycles is { } expected)
                Assert.Equal(expected, found.Length);
        }

        TestContext.Current.TestOutputHelper?.WriteLine(string.Join(", ", took.Select(time => $"{time.TotalMilliseconds:F0} ms")));
        Assert.True(took[^1] < limit, string.Join(", ", took));
    }
}
