using System.Diagnostics;
using AgentLint.Testing.Tests.Subjects;

namespace AgentLint.Testing.Tests;

/// <summary>Rules have hundreds of tests, so that one must be cheap once the process is warm.</summary>
public class PerformanceTests(ITestOutputHelper output)
{
    const string Code = "class [|a|]\n{\n    void M() { }\n}\n";

    [Fact]
    public Task Analyzer_test_is_cheap() =>
        MeasureAsync("analyzer test", TimeSpan.FromMilliseconds(500), () => new CSharpAnalyzerTest<SmallTypeNameAnalyzer, DefaultVerifier> { TestCode = Code });

    [Fact]
    public Task Code_fix_test_is_cheap() =>
        MeasureAsync("code fix test", TimeSpan.FromSeconds(2), () => new CSharpCodeFixTest<SmallTypeNameAnalyzer, CapitalizeFix, DefaultVerifier>
        {
            TestCode = Code,
            FixedCode = "class A\n{\n    void M() { }\n}\n",
        });

    /// <summary>The limit is for a machine that is busy with other things; the number to look at is the one that is printed.</summary>
    async Task MeasureAsync(string what, TimeSpan limit, Func<AnalyzerTest<DefaultVerifier>> create)
    {
        const int Runs = 20;
        var times = new List<TimeSpan>();
        for (var i = 0; i < Runs; i++)
        {
            var watch = Stopwatch.StartNew();
            await create().RunAsync(TestContext.Current.CancellationToken);
            times.Add(watch.Elapsed);
        }

        times.Sort();
        output.WriteLine($"{what}: median {times[Runs / 2].TotalMilliseconds:F1} ms, fastest {times[0].TotalMilliseconds:F1} ms, slowest {times[^1].TotalMilliseconds:F1} ms");
        Assert.True(times[Runs / 2] < limit, $"A {what} takes {times[Runs / 2].TotalMilliseconds} ms.");
    }
}
