using System.Text;
using AgentLint.Tests.Analysis;
using AgentLint.Tests.Repository;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Xunit;

namespace AgentLint.Tests.Hardening;

/// <summary>
/// All rules on huge and deep programs, on a stack as small as the smallest that a compiler runs on: nothing throws, nothing overflows, and twice the program
/// takes about twice the work. Work is counted in what is allocated, which is the same on every machine.
/// </summary>
public sealed class HugeProgramTests
{
    private const int Stack = 1024 * 1024;

    // What is quadratic takes four times as much for twice the program.
    private const double MostGrowth = 3;

    /// <summary>What grows, how large it is at most, and whether the compiler itself can bind it.</summary>
    public static TheoryData<string, int> Programs => new()
    {
        { "statements", 2_000 },
        { "methods", 300 },
        { "lines", 4_000 },
        { "classes", 3_000 },
        { "retries", 100 },
        { "tools", 100 },
        { "writes", 200 },
        { "operands", 5_000 },
        { "initializer", 10_000 },
        { "elements", 10_000 },
        { "chain", 500 },
        { "queries", 200 },
        { "nested calls", 500 },
        { "nested awaits", 300 },
        { "nested lambdas", 60 },
        { "nested ifs", 400 },
        { "else ifs", 500 },
        { "nested loops", 100 },
        { "nested tries", 100 },
        { "nested blocks", 400 },
        { "nested conditionals", 400 },
        { "nested initializers", 200 },
        { "nested types", 200 },
        { "nested local functions", 60 },
        { "sections", 1_000 },
        { "arms", 500 },
        { "patterns", 1_000 },
        { "coalescing", 400 },
        { "conditional accesses", 300 },
        { "assignments", 400 },
        { "interpolation", 500 },
        { "ring", 500 },
        { "everybody calls everybody", 30 },
        { "implementations", 300 },
        { "overrides", 200 },
        { "base types", 200 },
        { "interfaces", 200 },
        { "partial parts", 200 },
        { "registrations", 500 },
        { "fields", 300 },
        { "locks", 200 },
        { "directives", 5_000 },
        { "comments", 10_000 },
    };

    [Theory]
    [MemberData(nameof(Programs))]
    public void Work_grows_with_the_program(string kind, int size)
    {
        Run(Of(kind, Math.Max(2, size / 8)));
        var half = Run(Of(kind, size / 2));
        var whole = Run(Of(kind, size));

        TestContext.Current.TestOutputHelper?.WriteLine($"{kind}: {half / 1024} KB for {size / 2}, {whole / 1024} KB for {size}: {(double)whole / half:F2}");
        Assert.InRange((double)whole / half, 0, MostGrowth);
    }

    // Deeper than the compiler goes: it says so, in an error or by an exception of its own, before its stack ends. So must we.
    [Theory]
    [InlineData("operands", 20_000)]
    [InlineData("chain", 5_000)]
    [InlineData("nested calls", 3_000)]
    [InlineData("nested awaits", 2_000)]
    [InlineData("nested ifs", 3_000)]
    [InlineData("else ifs", 5_000)]
    [InlineData("nested blocks", 3_000)]
    [InlineData("nested conditionals", 3_000)]
    [InlineData("nested initializers", 2_000)]
    [InlineData("nested types", 1_000)]
    [InlineData("coalescing", 3_000)]
    [InlineData("conditional accesses", 2_000)]
    [InlineData("assignments", 3_000)]
    [InlineData("patterns", 5_000)]
    public void Deeper_than_the_compiler_goes(string kind, int size) => Run(Of(kind, size), mayBeTooDeepForTheCompiler: true);

    /// <summary>Analyses a program on one thread with a small stack.</summary>
    /// <returns>What was allocated.</returns>
    private static long Run(string source, bool mayBeTooDeepForTheCompiler = false)
    {
        var program = mayBeTooDeepForTheCompiler ? Compiled.Broken(source) : Compiled.From(source);
        var failures = new List<string>();
        Exception? failed = null;
        var (reports, allocated) = (0, 0L);
        var thread = new Thread(
            () =>
            {
                try
                {
                    // What the compiler binds is not ours.
                    var compilation = program.Compilation.Clone();
                    var options = new CompilationWithAnalyzersOptions(
                        new AnalyzerOptions([]),
                        (e, analyzer, _) => failures.Add($"{analyzer.GetType().Name}: {e}"),
                        concurrentAnalysis: false,
                        logAnalyzerExecutionTime: false);
                    var before = GC.GetAllocatedBytesForCurrentThread();
                    reports = compilation.WithAnalyzers(AllRules.Analyzers, options).GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken).GetAwaiter().GetResult().Length;
                    allocated = GC.GetAllocatedBytesForCurrentThread() - before;
                }
                catch (Exception e)
                {
                    failed = e;
                }
            },
            Stack);
        thread.Start();
        thread.Join();
        if (mayBeTooDeepForTheCompiler)
            failures.RemoveAll(failure => failure.Contains(nameof(System.InsufficientExecutionStackException), StringComparison.Ordinal));
        Assert.Empty(failures);
        Assert.True(failed is null || (mayBeTooDeepForTheCompiler && failed is InsufficientExecutionStackException), failed?.ToString());
        Assert.True(reports > 0 || mayBeTooDeepForTheCompiler, "Nothing is reported: the rules have not looked");
        return allocated;
    }

    private static string Of(string kind, int n)
    {
        const string Ask = "await chat.GetResponseAsync(text)";
        return kind switch
        {
            "statements" => Method(Many(n, i => $"var t{i} = {(i % 10 == 0 ? $"({Ask}).Text" : $"text + {i}")};\n")),
            "methods" => Class(Many(n, i => $"async Task<string> M{i}()\n{{\nwhile (true)\ntry {{ return ({Ask}).Text; }}\ncatch {{ }}\n}}\n")),
            "lines" => Class(Many(n, i => $"public int L{i}(int n)\n{{\nn++;\nreturn n;\n}}\n")),
            "classes" => Class("") + Many(n, i => $"public class C{i}(IChatClient chat, C{(i + 1) % n} next) {{ public async Task<string> Run(string text) => ({Ask}).Text + next; }}\n"),
            "retries" => Method(Many(n, i => $"for (var i{i} = 0; ; i{i}++) try {{ {Ask}; break; }} catch (Exception) {{ await Task.Delay(i{i}); }}\n")),
            "tools" => Class(Many(n, i => $"[ModelContextProtocol.Server.McpServerTool] public Task T{i}(string id) => http.PostAsync(\"payments/\" + id, null);\n"), "[ModelContextProtocol.Server.McpServerToolType]"),
            "writes" => Class($"[ModelContextProtocol.Server.McpServerTool] public async Task T(string id) {{ {Many(n, i => $"await http.PostAsync(\"payments/{i}/\" + id, null);\n")} }}", "[ModelContextProtocol.Server.McpServerToolType]"),
            "operands" => Method("var sum = " + string.Join("\n+ ", Enumerable.Range(0, n).Select(i => i % 100 == 0 ? $"({Ask}).Text" : $"text"))+ ";"),
            "initializer" => Method($"var all = new Dictionary<string, object> {{ {Many(n, i => $"[\"{i}\"] = {(i % 100 == 0 ? $"({Ask}).Text" : "text")},\n")} }};"),
            "elements" => Method($"string[] all = [{Many(n, i => i % 100 == 0 ? $"({Ask}).Text,\n" : "text,\n")}];"),
            "chain" => Method($"var b = new StringBuilder(){Many(n, i => i % 50 == 0 ? $".Append(({Ask}).Text)\n" : ".Append(text)\n")};"),
            "queries" => Method($"var all = text.Split(){Many(n, _ => ".Select(word => word + 1)\n")}.Select(async text => ({Ask}).Text).ToList();"),
            "nested calls" => Method($"var all = {Nest(n, "Id(", $"({Ask}).Text", ")")};"),
            "nested awaits" => Method($"var all = {Nest(n, "(await chat.GetResponseAsync(", "text", ")).Text")};"),
            "nested lambdas" => Method($"{Nest(n, "Run(() => { ", "chat.GetResponseAsync(text).Wait();", "});")}"),
            "nested ifs" => Method(Nest(n, "if (text.Length > 0) { ", $"{Ask};", "}")),
            "else ifs" => Method(Many(n, i => $"if (text.Length == {i}) {Ask};\nelse ") + ";"),
            "nested loops" => Method(Nest(n, "while (text.Length > 0) { ", $"try {{ {Ask}; }} catch {{ }}", "}")),
            "nested tries" => Method($"while (true) {{ {Nest(n, "try { ", $"{Ask}; return;", "} catch (HttpRequestException) { }")} }}"),
            "nested blocks" => Method(Nest(n, "{ ", $"{Ask};", "}")),
            "nested conditionals" => Method($"var all = {Many(n, i => $"text.Length == {i} ? ({Ask}).Text : ")}text;"),
            "nested initializers" => Method($"var all = {Nest(n, "new Node { Next = ", $"new Node {{ Text = ({Ask}).Text }}", "}")};") + "public class Node { public Node? Next { get; set; } public string? Text { get; set; } }",
            "nested types" => Nest(n, Class("").TrimEnd()[..^1].Replace("Desk", "C#", StringComparison.Ordinal), "", "}", numbered: true),
            "nested local functions" => Method(string.Concat(Enumerable.Range(0, n).Select(i => $"await F{i}(); async Task F{i}() {{ ")) + $"{Ask};" + string.Concat(Enumerable.Repeat("}", n))),
            "sections" => Method($"switch (text.Length) {{ {Many(n, i => $"case {i}: {(i % 100 == 0 ? $"{Ask};" : "text += text;")} break;\n")} }}"),
            "arms" => Method($"var all = text.Length switch {{ {Many(n, i => $"{i} => {(i % 100 == 0 ? $"({Ask}).Text" : "text")},\n")} _ => text }};"),
            "patterns" => Method($"if (text.Length is {string.Join(" or ", Enumerable.Range(0, n))}) {Ask};"),
            "coalescing" => Method($"string? maybe = text; var all = {Many(n, _ => "maybe ?? ")}({Ask}).Text;"),
            "conditional accesses" => Method($"Node? node = new(); var all = node{Many(n, _ => "?.Next")}?.Text ?? ({Ask}).Text;") + "public class Node { public Node? Next { get; set; } public string? Text { get; set; } }",
            "assignments" => Method($"{Many(n, i => $"string a{i};")} {Many(n, i => $"a{i} = ")}({Ask}).Text;"),
            "interpolation" => Method($"var all = $\"{Many(n, i => i % 100 == 0 ? $"{{({Ask}).Text}}" : "{text}")}\";"),
            "ring" => Class(Many(n, i => $"public async Task R{i}(string text) {{ {(i == 0 ? $"{Ask}; " : "")}await R{(i + 1) % n}(text); }}\n")),
            "everybody calls everybody" => Class(Many(n, i => $"public async Task R{i}(string text) {{ {(i == 0 ? $"{Ask}; " : "")}{Many(n, k => $"await R{k}(text); ")} }}\n")),
            "implementations" => Class("public Task<string> Use(IAnswer answer) => answer.Answer(text);") + "public interface IAnswer { Task<string> Answer(string text); }\n"
                + Many(n, i => $"public class A{i}(IChatClient chat) : IAnswer {{ public async Task<string> Answer(string text) => ({Ask}).Text; }}\n"),
            "overrides" => Class("") + "public class O0(IChatClient chat) { protected IChatClient Chat => chat; public virtual Task<string> Answer(string text) => Task.FromResult(text); }\n"
                + Many(n, i => $"public class O{i + 1}(IChatClient chat) : O{i}(chat) {{ public override async Task<string> Answer(string text) => (await Chat.GetResponseAsync(text)).Text + await base.Answer(text); }}\n"),
            "base types" => Class("") + "public class B0;\n" + Many(n, i => $"public class B{i + 1} : B{i} {{ public async Task<string> M{i}(IChatClient chat, string text) => ({Ask}).Text; }}\n"),
            "interfaces" => Class("") + "public interface I0;\n" + Many(n, i => $"public interface I{i + 1} : I{i} {{ async Task<string> M{i}(IChatClient chat, string text) => ({Ask}).Text; }}\n"),
            "partial parts" => Class("") + Many(n, i => $"public partial class P {{ public async Task<string> M{i}(IChatClient chat, string text) => ({Ask}).Text; }}\n"),
            "registrations" => Class($"public static void Add(IServiceCollection services) {{ {Many(n, i => $"services.AddSingleton<S{i}>();\n")} }}") + Many(n, i => $"public class S{i};\n"),
            "fields" => Class(Many(n, i => $"readonly List<string> f{i} = []; public async Task Add{i}() {{ f{i}.Add(({Ask}).Text); }}\n")),
            "locks" => Method(Nest(n, "lock (gate) { ", "chat.GetResponseAsync(text).Wait();", "}")),
            "directives" => Many(n, i => $"#if X{i}\nclass X{i};\n#endif\n") + Class(""),
            "comments" => Class(Many(n, _ => "// GetResponseAsync .Result PostAsync\n")),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
        };
    }

    // Each has a fault of its own, so that rules have something to say whatever the rest is.
    private static string Class(string members, string attribute = "") => $$"""
        using System.Text;
        {{attribute}}
        public class Desk(IChatClient chat, HttpClient http, string text)
        {
            readonly object gate = new();
            static T Id<T>(T t) => t;
            static void Run(Action action) => action();
            public async Task Faulty() { chat.GetResponseAsync(text).Wait(); await http.GetStringAsync(""); Id(gate); Run(() => { }); }
            {{members}}
        }

        """;

    private static string Method(string body) => Class($"public async Task Huge() {{ {body} }}");

    private static string Many(int n, Func<int, string> part)
    {
        var all = new StringBuilder();
        for (var i = 0; i < n; i++)
            all.Append(part(i));
        return all.ToString();
    }

    private static string Nest(int n, string open, string inner, string close, bool numbered = false) =>
        Many(n, i => numbered ? open.Replace("#", $"{i}", StringComparison.Ordinal) : open) + inner + string.Concat(Enumerable.Repeat(close, n));
}
