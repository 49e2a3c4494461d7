using System.Globalization;
using System.Text;
using AgentLint.Tests.Repository;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Engines;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace AgentLint.Benchmarks;

/// <summary>Runs the benchmarks, and writes their figures into docs/performance.md.</summary>
internal static class Report
{
    private const string Begin = "<!-- figures:begin -->";
    private const string End = "<!-- figures:end -->";

    // A run is long and does one thing: a few whole runs say more than many short ones.
    private static ManualConfig Config => ManualConfig.CreateEmpty()
        .AddJob(Job.Default.WithToolchain(InProcessEmitToolchain.DontLogOutput).WithStrategy(RunStrategy.Monitoring).WithWarmupCount(1).WithIterationCount(3).WithInvocationCount(1).WithUnrollFactor(1))
        .AddLogger(ConsoleLogger.Default)
        .AddColumnProvider(BenchmarkDotNet.Columns.DefaultColumnProviders.Instance)
        .AddExporter(MarkdownExporter.GitHub)
        .WithOptions(ConfigOptions.DisableOptimizationsValidator)
        .WithArtifactsPath(Path.Combine(Path.GetTempPath(), "AgentLint.Benchmarks"));

    public static IEnumerable<Summary> Run(string[] args) => BenchmarkSwitcher.FromAssembly(typeof(Report).Assembly).Run(args, Config);

    /// <summary>All benchmarks in one run, so that their figures can be held against each other.</summary>
    public static int Write()
    {
        var summaries = Run(["--filter", "*"]).ToList();
        if (summaries.Count == 0 || summaries.Any(summary => summary.HasCriticalValidationErrors || summary.Reports.Length == 0 || summary.Reports.Any(report => !report.Success)))
            return 1;
        var page = Path.Combine(Checkout.Root, "docs", "performance.md");
        var text = File.ReadAllText(page).ReplaceLineEndings("\n");
        var from = text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        var to = text.IndexOf(End, StringComparison.Ordinal);
        File.WriteAllText(page, text[..from] + "\n\n" + Figures(summaries) + "\n" + text[to..]);
        return 0;
    }

    private static string Figures(IReadOnlyList<Summary> summaries)
    {
        var text = new StringBuilder();
        var host = summaries[0].HostEnvironmentInfo;
        Line($"{DateTime.UtcNow:yyyy-MM-dd}, {Environment.ProcessorCount} logical processors, {host.RuntimeVersion}, Roslyn {typeof(Microsoft.CodeAnalysis.Compilation).Assembly.GetName().Version!.ToString(2)}; medians of three runs after one to warm up.");
        Line($"");
        Line($"### All rules, and compiling");
        Line($"");
        Line($"| Files | Lines | Compile | Empty analyzer | All rules | Rules' share of compiling |");
        Line($"| ---: | ---: | ---: | ---: | ---: | ---: |");
        foreach (var files in Parameters(nameof(Growth), nameof(Growth.Files)))
        {
            double Of(string method) => Median(nameof(Growth), method, files);
            var lines = Programs.LinesOf(Programs.OfAgents(int.Parse(files, CultureInfo.InvariantCulture)));
            Line($"| {int.Parse(files, CultureInfo.InvariantCulture):N0} | {lines:N0} | {Of(nameof(Growth.Compile)):N0} ms | {Of(nameof(Growth.EmptyAnalyzer)):N0} ms | {Of(nameof(Growth.AllRules)):N0} ms | {(Of(nameof(Growth.AllRules)) - Of(nameof(Growth.EmptyAnalyzer))) / Of(nameof(Growth.Compile)):P1} |");
        }

        Line($"");
        foreach (var files in Parameters(nameof(BesideSdk), nameof(BesideSdk.Files)))
        {
            var (without, with) = (Median(nameof(BesideSdk), nameof(BesideSdk.SdkAnalyzers), files), Median(nameof(BesideSdk), nameof(BesideSdk.SdkAnalyzersAndAllRules), files));
            Line($"Beside the analyzers of the SDK, {int.Parse(files, CultureInfo.InvariantCulture):N0} files: {without:N0} ms without AgentLint, {with:N0} ms with it; the difference is {(with - without) / Median(nameof(Growth), nameof(Growth.Compile), files):P1} of compiling.");
        }

        Line($"");
        Line($"### Peers");
        Line($"");
        Line($"{Peers.Files:N0} files, {Programs.LinesOf(Programs.OfAgents(Peers.Files)):N0} lines; what an empty analyzer takes is taken off.");
        Line($"");
        Line($"| Analyzers | Time | Per thousand lines | To AgentLint |");
        Line($"| --- | ---: | ---: | ---: |");
        var empty = Median(nameof(Peers), nameof(Peers.Analyse), "empty");
        var ours = Median(nameof(Peers), nameof(Peers.Analyse), "AgentLint") - empty;
        foreach (var name in Parameters(nameof(Peers), nameof(Peers.Analyzers)).Where(name => name != "empty"))
        {
            var time = Median(nameof(Peers), nameof(Peers.Analyse), name) - empty;
            Line($"| {name} | {time:N0} ms | {time * 1000 / Programs.LinesOf(Programs.OfAgents(Peers.Files)):N2} ms | {time / ours:N2} |");
        }

        Line($"");
        Line($"### Typing in one file");
        Line($"");
        Line($"| Files | Empty analyzer | All rules |");
        Line($"| ---: | ---: | ---: |");
        foreach (var files in Parameters(nameof(Typing), nameof(Typing.Files)))
            Line($"| {int.Parse(files, CultureInfo.InvariantCulture):N0} | {Median(nameof(Typing), nameof(Typing.EmptyAnalyzer), files):N1} ms | {Median(nameof(Typing), nameof(Typing.AllRules), files):N1} ms |");
        Line($"");
        Line($"### A project without agents");
        Line($"");
        foreach (var files in Parameters(nameof(WithoutAgents), nameof(WithoutAgents.Files)))
            Line($"{int.Parse(files, CultureInfo.InvariantCulture):N0} files: {Median(nameof(WithoutAgents), nameof(WithoutAgents.EmptyAnalyzer), files):N0} ms with an empty analyzer, {Median(nameof(WithoutAgents), nameof(WithoutAgents.AllRules), files):N0} ms with AgentLint.");
        Line($"");
        Line($"### Each rule");
        Line($"");
        Line($"{Rules.Copies} copies of the samples of the rule's page, what an empty analyzer takes taken off.");
        Line($"");
        Line($"| Rule | Reporting | Silent |");
        Line($"| --- | ---: | ---: |");
        foreach (var id in Parameters(nameof(Rules), nameof(Rules.Rule)))
        {
            double Of(string code) => Median(nameof(Rules), nameof(Rules.ThisRule), id, code) - Median(nameof(Rules), nameof(Rules.EmptyAnalyzer), id, code);
            Line($"| {id} | {Of("reporting"):N0} ms | {Of("silent"):N0} ms |");
        }

        return text.ToString();

        void Line(FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');

        IEnumerable<BenchmarkReport> ReportsOf(string type) => summaries.SelectMany(summary => summary.Reports).Where(report => report.BenchmarkCase.Descriptor.Type.Name == type);

        IEnumerable<string> Parameters(string type, string name) => ReportsOf(type).Select(report => Convert.ToString(report.BenchmarkCase.Parameters[name], CultureInfo.InvariantCulture)!).Distinct();

        double Median(string type, string method, params string[] parameters) =>
            ReportsOf(type).Single(report => report.BenchmarkCase.Descriptor.WorkloadMethod.Name == method
                && report.BenchmarkCase.Parameters.Items.Select(item => Convert.ToString(item.Value, CultureInfo.InvariantCulture)).ToHashSet().SetEquals(parameters)).ResultStatistics!.Median / 1_000_000;
    }
}
