using System.Collections.Immutable;
using System.Diagnostics;
using System.Text;
using AgentLint.Rules.Coupling;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Xunit;

namespace AgentLint.Tests.Analysis;

/// <summary>The time that the agent graph and its rules take grows with the program, whatever the shape of its calls.</summary>
[Collection(nameof(AloneCollection))]
public sealed class AgentGraphScaleTests
{
    private const int Small = 1_000;
    private const int Large = 10_000;
    private const int MaxRounds = 5;

    [Fact]
    public async Task Ten_thousand_methods_in_chains_fans_and_circles_take_less_than_two_seconds()
    {
        await MeasureAsync(Small);
        var rounds = new List<string>();
        // What else the machine does only adds to a time: one round within the limits shows that the rules are, and what grows faster has none.
        while (rounds.Count < MaxRounds)
        {
            var small = await MeasureAsync(Small);
            var large = await MeasureAsync(Large);
            rounds.Add($"{Small} methods took {small}, {Large} methods {large}");
            TestContext.Current.SendDiagnosticMessage(rounds[^1]);
            // Ten times the program: ten times the work, and twice that for a machine that has other things to do. Quadratic would be a hundred times.
            if (large.Wall < TimeSpan.FromSeconds(2) && large.Processor < 20 * small.Processor + TimeSpan.FromMilliseconds(200))
                return;
        }

        Assert.Fail(string.Join("; ", rounds));
    }

    [Fact]
    public async Task What_is_measured_is_found()
    {
        var reports = await AnalyzeAsync(Program(Small), new AGL0603_DeepAgentChain(), new AGL0604_AgentCallCycle());

        // Half of the rings are bounded; the rest of the program is one chain, and a fan of pairs.
        Assert.Equal((Small * 3 / 10 / 10) / 2, reports.Count(report => report.Id == "AGL0604"));
        Assert.Equal($"{Small * 4 / 10 / 20}", Assert.Single(reports, report => report.Id == "AGL0603").GetMessage(System.Globalization.CultureInfo.InvariantCulture).Split(' ')[5]);
    }

    // What the rules add to a run of the compiler with an analyzer that does nothing.
    private static async Task<Cost> MeasureAsync(int methods)
    {
        var program = Program(methods);
        var nothing = await BestAsync(program, new NothingAnalyzer());
        var rules = await BestAsync(program, new AGL0603_DeepAgentChain(), new AGL0604_AgentCallCycle());
        return new Cost(rules.Wall - nothing.Wall, rules.Processor - nothing.Processor);
    }

    // The better of two: others may be at work on this machine.
    private static async Task<Cost> BestAsync(Compilation program, params ImmutableArray<DiagnosticAnalyzer> analyzers)
    {
        var best = new Cost(TimeSpan.MaxValue, TimeSpan.MaxValue);
        for (var run = 0; run < 2; run++)
        {
            var copy = program.Clone();
            GC.Collect();
            using var process = Process.GetCurrentProcess();
            var before = process.TotalProcessorTime;
            var watch = Stopwatch.StartNew();
            await AnalyzeAsync(copy, analyzers);
            var wall = watch.Elapsed;
            process.Refresh();
            var processor = process.TotalProcessorTime - before;
            best = new Cost(wall < best.Wall ? wall : best.Wall, processor < best.Processor ? processor : best.Processor);
        }

        return best;
    }

    // Concurrently, as the compiler runs analyzers.
    private static Task<ImmutableArray<Diagnostic>> AnalyzeAsync(Compilation program, params ImmutableArray<DiagnosticAnalyzer> analyzers)
    {
        var options = new CompilationWithAnalyzersOptions(new AnalyzerOptions([]), onAnalyzerException: null, concurrentAnalysis: true, logAnalyzerExecutionTime: false);
        return program.WithAnalyzers(analyzers, options).GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken);
    }

    private static Compilation Program(int methods) =>
        Compiled.From([.. Chain(methods * 4 / 10), .. Fans(methods * 3 / 10), .. Rings(methods * 3 / 10)]).Compilation;

    // Agents of twenty methods each, of which the first asks the model, and the last the next agent.
    private static IEnumerable<string> Chain(int methods)
    {
        var agents = methods / 20;
        for (var agent = 0; agent < agents; agent++)
        {
            var text = new StringBuilder($"public class Link{agent}(IChatClient chat, Link{Math.Min(agent + 1, agents - 1)} next)\n{{\n");
            text.Append("public async Task<string> RunAsync(string q) => await Step1(q + (await chat.GetResponseAsync(\"Link \" + q)).Text);\n");
            for (var step = 1; step < 19; step++)
                text.Append($"async Task<string> Step{step}(string q) {{ await Task.Yield(); return await Step{step + 1}(q + \"{step}\"); }}\n");
            text.Append(agent + 1 < agents ? "Task<string> Step19(string q) => next.RunAsync(q);\n}\n" : "Task<string> Step19(string q) { _ = next; return Task.FromResult(q); }\n}\n");
            yield return text.ToString();
        }
    }

    // Fifty agents that one asks, over and over.
    private static IEnumerable<string> Fans(int methods)
    {
        for (var fan = 0; fan < methods / 50; fan++)
        {
            var text = new StringBuilder($"public class Fan{fan}(IChatClient chat, Leaf{fan} leaf)\n{{\npublic async Task RunAsync(string q)\n{{\n");
            for (var leaf = 0; leaf < 49; leaf++)
                text.Append($"await leaf.Run{leaf}Async((await chat.GetResponseAsync(\"Fan \" + q)).Text);\n");
            text.Append($"}}\n}}\npublic class Leaf{fan}(IChatClient chat)\n{{\n");
            for (var leaf = 0; leaf < 49; leaf++)
                text.Append($"public async Task<string> Run{leaf}Async(string q) => (await chat.GetResponseAsync(\"Leaf \" + q)).Text;\n");
            yield return text.Append("}\n").ToString();
        }
    }

    // Ten agents in a circle; in every second one they count.
    private static IEnumerable<string> Rings(int methods)
    {
        for (var ring = 0; ring < methods / 10; ring++)
        {
            var text = new StringBuilder();
            for (var member = 0; member < 10; member++)
            {
                var (next, depth) = ((member + 1) % 10, ring % 2 == 0 ? "" : ", int depth");
                text.Append($"public class Ring{ring}x{member}(IChatClient chat, Ring{ring}x{next} next)\n{{\npublic async Task<string> RunAsync(string q{depth})\n{{\n");
                text.Append(ring % 2 == 0 ? "" : "if (depth > 99) return q;\n");
                text.Append($"var answer = (await chat.GetResponseAsync(\"Ring \" + q)).Text;\nreturn await next.RunAsync(answer{(ring % 2 == 0 ? "" : ", depth + 1")});\n}}\n}}\n");
            }

            yield return text.ToString();
        }
    }

    private readonly record struct Cost(TimeSpan Wall, TimeSpan Processor)
    {
        public override string ToString() => $"{Wall.TotalMilliseconds:F0} ms ({Processor.TotalMilliseconds:F0} ms of processor time)";
    }

    // No compiler loads it.
#pragma warning disable RS1001
    private sealed class NothingAnalyzer : DiagnosticAnalyzer
#pragma warning restore RS1001
    {
        public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [new("NOTHING", "Nothing", "Nothing", "Test", DiagnosticSeverity.Warning, isEnabledByDefault: true)];

        public override void Initialize(AnalysisContext context)
        {
            context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
            context.EnableConcurrentExecution();
            context.RegisterSemanticModelAction(_ => { });
        }
    }
}
