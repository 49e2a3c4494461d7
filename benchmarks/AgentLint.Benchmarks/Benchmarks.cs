using System.Globalization;
using BenchmarkDotNet.Attributes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace AgentLint.Benchmarks;

/// <summary>All rules over programs of growing size, beside compiling them and beside an analyzer that does nothing.</summary>
public class Growth
{
    private CSharpCompilation program = null!;

    [ParamsSource(nameof(Sizes))]
    public int Files { get; set; }

    /// <summary>The largest program is left out where the machine's time is short: AGENTLINT_BENCHMARK_FILES says how large they may be.</summary>
    public static IEnumerable<int> Sizes =>
        new[] { 100, 1_000, 5_000 }.Where(files => !int.TryParse(Environment.GetEnvironmentVariable("AGENTLINT_BENCHMARK_FILES"), CultureInfo.InvariantCulture, out var most) || files <= most);

    [GlobalSetup]
    public void Generate() => program = Programs.OfAgents(Files);

    /// <summary>Binds, checks and emits. Files are parsed already.</summary>
    [Benchmark(Baseline = true)]
    public bool Compile() => program.Clone().Emit(Stream.Null).Success;

    [Benchmark]
    public int EmptyAnalyzer() => Analyses.Run(program, Analyses.Empty).Length;

    [Benchmark]
    public int AllRules() => Analyses.Run(program, Analyses.AgentLint).Length;
}

/// <summary>All rules beside those that the SDK brings along: much of what ours bind is bound for those anyway.</summary>
public class BesideSdk
{
    private CSharpCompilation program = null!;

    [Params(1_000)]
    public int Files { get; set; }

    [GlobalSetup]
    public void Generate() => program = Programs.OfAgents(Files);

    [Benchmark(Baseline = true)]
    public int SdkAnalyzers() => Analyses.Run(program, Analyses.Sdk).Length;

    [Benchmark]
    public int SdkAnalyzersAndAllRules() => Analyses.Run(program, [.. Analyses.Sdk, .. Analyses.AgentLint]).Length;
}

/// <summary>Each rule over code that it reports and over code that it does not.</summary>
public class Rules
{
    public const int Copies = 100;
    private Compilation program = null!;

    [ParamsSource(nameof(Ids))]
    public string Rule { get; set; } = "";

    [Params("reporting", "silent")]
    public string Code { get; set; } = "";

    public static IEnumerable<string> Ids =>
        Analyses.AgentLint.Cast<RuleAnalyzer>().Select(analyzer => analyzer.Rules[0].Id).Where(id => PageSamples.Reported(id).Count > 0 && PageSamples.Silent(id).Count > 0).Order(StringComparer.Ordinal);

    [GlobalSetup]
    public void Generate() => program = Programs.Of(Code == "reporting" ? PageSamples.Reported(Rule) : PageSamples.Silent(Rule), Copies);

    [Benchmark(Baseline = true)]
    public int EmptyAnalyzer() => Analyses.Run(program, Analyses.Empty).Length;

    [Benchmark]
    public int ThisRule() => Analyses.Run(program, [Analyses.Rule(Rule)]).Length;
}

/// <summary>AgentLint beside other analyzers, over the same program.</summary>
public class Peers
{
    public const int Files = 1_000;
    private CSharpCompilation program = null!;

    [ParamsSource(nameof(Names))]
    public string Analyzers { get; set; } = "";

    public static IEnumerable<string> Names => Analyses.Peers.Keys;

    [GlobalSetup]
    public void Generate() => program = Programs.OfAgents(Files);

    [Benchmark]
    public int Analyse() => Analyses.Run(program, Analyses.Peers[Analyzers].Value).Length;
}

/// <summary>One file is typed in: how long until its reports are there again.</summary>
public class Typing
{
    private CSharpCompilation program = null!;
    private SyntaxTree file = null!;
    private int keystroke;

    [Params(100, 1_000)]
    public int Files { get; set; }

    [GlobalSetup]
    public void Generate()
    {
        program = Programs.OfAgents(Files);
        file = program.SyntaxTrees[Files / 2];
        Analyses.Run(program, Analyses.AgentLint);
    }

    [Benchmark(Baseline = true)]
    public int EmptyAnalyzer() => Edit(out var edited, out var tree) + Analyses.RunOn(tree, edited, Analyses.Empty).Length;

    [Benchmark]
    public int AllRules() => Edit(out var edited, out var tree) + Analyses.RunOn(tree, edited, Analyses.AgentLint).Length;

    private int Edit(out CSharpCompilation edited, out SyntaxTree tree)
    {
        edited = Programs.Edited(program, file, ++keystroke);
        tree = edited.SyntaxTrees[Files / 2];
        return keystroke;
    }
}

/// <summary>A project that references no library of agents.</summary>
public class WithoutAgents
{
    private CSharpCompilation program = null!;

    [Params(1_000)]
    public int Files { get; set; }

    [GlobalSetup]
    public void Generate() => program = Programs.WithoutAgents(Files);

    [Benchmark(Baseline = true)]
    public int EmptyAnalyzer() => Analyses.Run(program, Analyses.Empty).Length;

    [Benchmark]
    public int AllRules() => Analyses.Run(program, Analyses.AgentLint).Length;
}
