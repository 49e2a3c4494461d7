using System.Collections.Immutable;
using System.Text;
using AgentLint.Rules.Coupling;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Xunit;

namespace AgentLint.Tests.Analysis;

/// <summary>The work that the agent graph and its rules do grows with the program, whatever the shape of its calls.</summary>
[Collection(nameof(AloneCollection))]
public sealed class AgentGraphScaleTests
{
    private const int Small = 1_000;
    private const int Large = 10_000;

    [Fact]
    public async Task Ten_times_the_methods_in_chains_fans_and_circles_are_ten_times_the_work()
    {
        await WorkAsync(Small);
        var (small, large) = (await WorkAsync(Small), await WorkAsync(Large));

        TestContext.Current.SendDiagnosticMessage($"{Small} methods: {small:N0} bytes allocated, {Large} methods: {large:N0}");
        // Quadratic would be a hundred times.
        Assert.True(large < 15 * small, $"{Small} methods: {small:N0} bytes allocated, {Large} methods: {large:N0}");
    }

    [Fact]
    public async Task What_is_measured_is_found()
    {
        var reports = await AnalyzeAsync(Program(Small), new AGL0603_DeepAgentChain(), new AGL0604_AgentCallCycle());

        // Half of the rings are bounded; the rest of the program is one chain, and a fan of pairs.
        Assert.Equal((Small * 3 / 10 / 10) / 2, reports.Count(report => report.Id == "AGL0604"));
        Assert.Equal($"{Small * 4 / 10 / 20}", Assert.Single(reports, report => report.Id == "AGL0603").GetMessage(System.Globalization.CultureInfo.InvariantCulture).Split(' ')[5]);
    }

    // What the rules add to a run of the compiler with an analyzer that does nothing, counted in bytes that are allocated: no other test runs at the same
    // time, and what else the machine does changes nothing of that.
    private static async Task<long> WorkAsync(int methods)
    {
        var program = Program(methods);
        var nothing = await AllocatedAsync(program, new NothingAnalyzer());
        return await AllocatedAsync(program, new AGL0603_DeepAgentChain(), new AGL0604_AgentCallCycle()) - nothing;
    }

    private static async Task<long> AllocatedAsync(Compilation program, params ImmutableArray<DiagnosticAnalyzer> analyzers)
    {
        var copy = program.Clone();
        var before = GC.GetTotalAllocatedBytes(precise: true);
        await AnalyzeAsync(copy, analyzers);
        return GC.GetTotalAllocatedBytes(precise: true) - before;
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
