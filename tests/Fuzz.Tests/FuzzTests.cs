using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using AgentLint.Tests.Repository;
using Xunit;

namespace AgentLint.Tests.Fuzz;

/// <summary>
/// All analyzers and fixes on variants of the sample's, the pages' and the tests' sources: nothing throws, nothing hangs, and no fix that is
/// offered leaves an error that was not there.
/// </summary>
public sealed class FuzzTests
{
    // Most take some milliseconds. This is for what never ends.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private static int Seed => Setting("AGENTLINT_FUZZ_SEED", 1);

    private static int First => Setting("AGENTLINT_FUZZ_FIRST", 0);

    private static int Variants => Setting("AGENTLINT_FUZZ_VARIANTS", 10_000);

    [Fact]
    public async Task Nothing_throws_or_hangs_and_every_fix_compiles()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var check = new VariantCheck(AllRules.Analyzers, AllRules.Fixes);
        await VariantCheck.PrepareAsync(cancellation);
        var failures = new ConcurrentQueue<string>();
        var (reports, fixes, compiled) = (0, 0, 0);
        var slowest = (Time: TimeSpan.Zero, Name: "");
        var clock = Stopwatch.StartNew();
        await Parallel.ForEachAsync(Enumerable.Range(First, Variants), new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellation }, async (number, stop) =>
        {
            var start = Stopwatch.GetTimestamp();
            var variant = Variant.Of(Seed, number);
            foreach (var failure in await RunAsync(variant, stop))
                failures.Enqueue($"{variant}: {failure}\nThe variant:\n{variant.Text}\n");
            var took = Stopwatch.GetElapsedTime(start);
            lock (failures)
                slowest = took > slowest.Time ? (took, variant.ToString()) : slowest;
        });

        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Variants} variants of seed {Seed} in {clock.Elapsed.TotalSeconds:F0} s: {reports} reports, {fixes} fixes, {compiled} of the variants with fixes compile; the slowest took {slowest.Time.TotalMilliseconds:F0} ms: {slowest.Name}"));
        Assert.True(failures.IsEmpty, $"{failures.Count} failures, of which these are the first:\n{string.Join('\n', failures.Order(StringComparer.Ordinal).Take(10))}");

        async Task<IEnumerable<string>> RunAsync(Variant variant, CancellationToken stop)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
            limit.CancelAfter(Limit);
            // By its own thread: what does not look at the token is left behind, running.
            var run = Task.Run(() => check.RunAsync(variant, limit.Token), CancellationToken.None);
            try
            {
                var outcome = await run.WaitAsync(Limit + Limit, stop);
                Interlocked.Add(ref reports, outcome.Reports);
                Interlocked.Add(ref fixes, outcome.Fixes);
                Interlocked.Add(ref compiled, outcome.Compiles ? 1 : 0);
                return outcome.Failures;
            }
            catch (Exception e) when (!stop.IsCancellationRequested)
            {
                return [e is OperationCanceledException or TimeoutException ? $"takes more than {Limit}" : e.ToString()];
            }
        }
    }

    private static int Setting(string name, int usual) => int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var number) ? number : usual;
}
