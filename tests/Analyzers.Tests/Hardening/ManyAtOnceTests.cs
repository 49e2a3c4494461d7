using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using AgentLint.Tests.Repository;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Xunit;

namespace AgentLint.Tests.Hardening;

/// <summary>
/// All rules on the same program twenty times at once: the same reports each time, in the order in which each rule gives those of each file. Which rule's
/// come first is the compiler's business.
/// </summary>
public sealed class ManyAtOnceTests
{
    private const int Runs = 20;

    [Fact]
    public void Sample_compiled_anew_each_time() => AreTheSame(SupportDesk.Compile, SupportDesk.Compile);

    [Fact]
    public void Sample_compiled_once()
    {
        var shared = SupportDesk.Compile().Clone();

        AreTheSame(SupportDesk.Compile, () => shared);
    }

    [Fact]
    public void Faults_of_all_kinds_compiled_anew_each_time() => AreTheSame(AllRulesTests.Compile, AllRulesTests.Compile);

    [Fact]
    public void Faults_of_all_kinds_compiled_once()
    {
        // A copy has bound nothing as yet: whoever comes first does.
        var shared = AllRulesTests.Compile().Clone();

        AreTheSame(AllRulesTests.Compile, () => shared);
    }

    [Fact]
    public void Another_result_is_seen()
    {
        var number = 0;

        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => AreTheSame(AllRulesTests.Compile, () =>
        {
            var compilation = AllRulesTests.Compile();
            return Interlocked.Increment(ref number) == Runs ? compilation.RemoveAllSyntaxTrees() : compilation;
        }));
    }

    private static void AreTheSame(Func<Compilation> alone, Func<Compilation> atOnce)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var expected = Print(alone(), concurrently: false, cancellation);
        Assert.True(expected.Length > 10, "There is too little to compare");

        var prints = new ImmutableArray<string>[Runs];
        var failures = new Exception?[Runs];
        var compilations = Enumerable.Range(0, Runs).Select(_ => atOnce()).ToList();
        using var start = new Barrier(Runs);
        // A thread each, so that all are under way at the same time; half of them use more.
        var threads = Enumerable.Range(0, Runs).Select(run => new Thread(() =>
        {
            try
            {
                start.SignalAndWait(cancellation);
                prints[run] = Print(compilations[run], concurrently: run % 2 == 0, cancellation);
            }
            catch (Exception e)
            {
                failures[run] = e;
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());

        Assert.All(failures, Assert.Null);
        Assert.All(prints, print => Assert.Equal(expected, print));
    }

    private static ImmutableArray<string> Print(Compilation compilation, bool concurrently, CancellationToken cancellation)
    {
        var failures = new ConcurrentQueue<Exception>();
        var result = compilation
            .WithAnalyzers(AllRules.Analyzers, new CompilationWithAnalyzersOptions(new AnalyzerOptions([]), (e, _, _) => failures.Enqueue(e), concurrently, logAnalyzerExecutionTime: false))
            .GetAnalysisResultAsync(cancellation).GetAwaiter().GetResult();
        Assert.Empty(failures);
        var lines = ImmutableArray.CreateBuilder<string>();
        foreach (var analyzer in AllRules.Analyzers)
        {
            foreach (var tree in compilation.SyntaxTrees)
            {
                foreach (var reports in new[] { result.SyntaxDiagnostics, result.SemanticDiagnostics })
                    if (reports.TryGetValue(tree, out var byAnalyzer) && byAnalyzer.TryGetValue(analyzer, out var found))
                        lines.AddRange(found.Select(Print));
            }

            if (result.CompilationDiagnostics.TryGetValue(analyzer, out var others))
                lines.AddRange(others.Select(Print));
        }

        return lines.ToImmutable();
    }

    private static string Print(Diagnostic report) => string.Join(
        "\n  ",
        report.AdditionalLocations.Select(Print)
            .Concat(report.Properties.OrderBy(property => property.Key, StringComparer.Ordinal).Select(property => $"{property.Key}={property.Value}"))
            .Prepend($"{Print(report.Location)}: {report.Severity} {report.Id}: {report.GetMessage(CultureInfo.InvariantCulture)}"));

    private static string Print(Location location) => $"{location.SourceTree?.FilePath}{location.SourceSpan}";
}
