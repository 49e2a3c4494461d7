using System.Collections.Concurrent;
using System.Text;
using AgentLint.Tests.Analysis;
using AgentLint.Tests.Repository;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Xunit;

namespace AgentLint.Tests.Hardening;

/// <summary>
/// All rules on huge and deep programs: nothing throws, nothing overflows, it ends, what is reported is what should be, and twice the program takes about
/// twice the work. Work is counted in what is allocated, which is nearly the same on every machine.
/// </summary>
[Collection(nameof(AloneCollection))]
public sealed class HugeProgramTests
{
    // What is quadratic takes twice as much for each part of twice the program.
    private const double MostGrowth = 1.6;

    // Each takes a second or less, or a few for the deepest. A machine that does much else takes longer, and what never ends fails too.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>What grows, how large it is at most, and what is reported then: rules, with how often where that follows from the size.</summary>
    public static TheoryData<string, int, string> Programs => new()
    {
        { "statements", 400, "AGL0601:1 AGL0602" },
        { "methods", 100, "AGL0201:100 AGL0601:1" },
        { "lines", 1_000, "AGL0601:1" },
        { "classes", 200, "AGL0601:1" },
        { "retries", 20, "AGL0201:20 AGL0601:1" },
        { "tools", 40, "AGL0101:40 AGL0302:40 AGL0601:1" },
        { "writes", 40, "AGL0101 AGL0302:1 AGL0601:1" },
        { "operands", 1_000, "AGL0601:1 AGL0602" },
        { "initializer", 2_000, "AGL0601:1 AGL0602" },
        { "elements", 2_000, "AGL0601:1 AGL0602" },
        { "chain", 300, "AGL0601:1 AGL0602" },
        { "queries", 60, "AGL0601:1" },
        { "nested calls", 300, "AGL0601:1" },
        { "nested awaits", 40, "AGL0601:1" },
        { "nested lambdas", 30, "AGL0601:2" },
        { "nested ifs", 400, "AGL0601:1" },
        { "else ifs", 200, "AGL0601:1" },
        { "nested loops", 40, "AGL0601:1" },
        { "nested tries", 40, "AGL0201:1 AGL0601:1" },
        { "nested blocks", 400, "AGL0601:1" },
        { "nested conditionals", 200, "AGL0601:1" },
        { "nested initializers", 100, "AGL0601:1" },
        { "nested types", 60, "AGL0601:60" },
        { "nested local functions", 60, "AGL0601:1" },
        { "sections", 300, "AGL0601:1" },
        { "arms", 200, "AGL0601:1" },
        { "patterns", 200, "AGL0601:1" },
        { "coalescing", 200, "AGL0601:1" },
        { "conditional accesses", 150, "AGL0601:1" },
        { "assignments", 200, "AGL0601:1" },
        { "interpolation", 400, "AGL0601:1 AGL0602" },
        { "ring", 100, "AGL0601:1 AGL0604:1" },
        { "everybody calls everybody", 20, "AGL0601:1 AGL0604:1" },
        { "implementations", 100, "AGL0601:1" },
        { "overrides", 60, "AGL0601:1" },
        { "base types", 60, "AGL0601:1" },
        { "interfaces", 60, "AGL0601:1" },
        { "partial parts", 60, "AGL0601:1" },
        { "registrations", 100, "AGL0601:1" },
        { "fields", 60, "AGL0601:1" },
        { "locks", 60, "AGL0601:2" },
        { "directives", 2_000, "AGL0601:1" },
        { "comments", 10_000, "AGL0601:1" },
    };

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task Work_grows_with_the_program(string kind, int size, string expected)
    {
        // What is done once for all is done before.
        await RunAsync(Of(kind, Math.Max(2, size / 8)));
        var half = await RunAsync(Of(kind, size / 2));
        var whole = await RunAsync(Of(kind, size));

        AssertReported(expected, whole.Reports);
        var work = (double)whole.Allocated / half.Allocated;
        var program = (double)(Of(kind, size).Length - Of(kind, 0).Length) / (Of(kind, size / 2).Length - Of(kind, 0).Length);
        Assert.True(work < MostGrowth * program, $"{half.Allocated / 1024} KB for {size / 2}, {whole.Allocated / 1024} KB for {size}: {work:F2} times the work for {program:F2} times the program");
    }

    // Far deeper than anybody writes. The compiler is not asked whether all is well: on the stack of the test its own check of some of these would overflow.
    [Theory]
    [InlineData("operands", 5_000, "AGL0601:1 AGL0602")]
    [InlineData("chain", 2_000, "AGL0601:1 AGL0602")]
    [InlineData("nested calls", 800, "AGL0601:1")]
    [InlineData("nested awaits", 300, "AGL0601:1")]
    [InlineData("nested ifs", 3_000, "AGL0601:1")]
    [InlineData("else ifs", 600, "AGL0601:1")]
    [InlineData("nested blocks", 3_000, "AGL0601:1")]
    [InlineData("nested conditionals", 1_000, "AGL0601:1")]
    [InlineData("nested initializers", 2_000, "AGL0601:1")]
    [InlineData("nested types", 200, "AGL0601:200")]
    [InlineData("coalescing", 3_000, "AGL0601:1")]
    [InlineData("conditional accesses", 2_000, "AGL0601:1")]
    [InlineData("assignments", 3_000, "AGL0601:1")]
    [InlineData("patterns", 1_000, "AGL0601:1")]
    public async Task Deep_programs(string kind, int size, string expected) => AssertReported(expected, (await RunAsync(Of(kind, size), isChecked: false)).Reports);

    private static void AssertReported(string expected, IReadOnlyList<string> reports)
    {
        var counts = reports.CountBy(id => id).ToDictionary();
        var wanted = expected.Split(' ').Select(part => part.Split(':')).ToList();
        Assert.Equal(wanted.Select(part => part[0]), counts.Keys.Order(StringComparer.Ordinal));
        Assert.All(wanted.Where(part => part.Length > 1), part => Assert.Equal($"{part[0]}:{part[1]}", $"{part[0]}:{counts[part[0]]}"));
    }

    /// <summary>Analyses a program.</summary>
    private static async Task<(long Allocated, IReadOnlyList<string> Reports)> RunAsync(string source, bool isChecked = true)
    {
        // A copy has bound nothing as yet.
        var compilation = (isChecked ? Compiled.From(source) : Compiled.Broken(source)).Compilation.Clone();
        var failures = new ConcurrentQueue<string>();
        var options = new CompilationWithAnalyzersOptions(
            new AnalyzerOptions([]),
            (e, analyzer, _) => failures.Enqueue($"{analyzer.GetType().Name}: {e}"),
            concurrentAnalysis: false,
            logAnalyzerExecutionTime: false);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        stop.CancelAfter(Limit);
        var before = GC.GetTotalAllocatedBytes(precise: true);
        // What does not look at the token is left behind, running.
        var reports = await Task.Run(() => compilation.WithAnalyzers(AllRules.Analyzers, options).GetAnalyzerDiagnosticsAsync(stop.Token), CancellationToken.None).WaitAsync(Limit + Limit, TestContext.Current.CancellationToken);
        var allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        Assert.Empty(failures);
        return (allocated, [.. reports.Select(report => report.Id)]);
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
            "tools" => Class(Many(n, i => $"[ModelContextProtocol.Server.McpServerTool] public Task T{i}(string id) => http.PostAsync(\"payments\", new StringContent(id));\n"), "[ModelContextProtocol.Server.McpServerToolType]"),
            "writes" => Class($"[ModelContextProtocol.Server.McpServerTool] public async Task T(string id) {{ {Many(n, i => $"await http.PostAsync(\"payments/{i}\", new StringContent(id));\n")} }}", "[ModelContextProtocol.Server.McpServerToolType]"),
            "operands" => Method("var sum = " + string.Join("\n+ ", Enumerable.Range(0, n).Select(i => i % 100 == 0 ? $"({Ask}).Text" : "text")) + ";"),
            "initializer" => Method($"var all = new Dictionary<string, object> {{ {Many(n, i => $"[\"{i}\"] = {(i % 100 == 0 ? $"({Ask}).Text" : "text")},\n")} }};"),
            "elements" => Method($"string[] all = [{Many(n, i => i % 100 == 0 ? $"({Ask}).Text,\n" : "text,\n")}];"),
            "chain" => Method($"var b = new System.Text.StringBuilder(){Many(n, i => i % 50 == 0 ? $".Append(({Ask}).Text)\n" : ".Append(text)\n")};"),
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
