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
    // Most take some milliseconds. What takes so long may only have waited for a processor: it is tried once more, by itself, and fails when that does not end.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LimitAlone = TimeSpan.FromMinutes(5);

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
        var slow = new ConcurrentQueue<Variant>();
        var (reports, fixes, compiled) = (0, 0, 0);
        var slowest = (Time: TimeSpan.Zero, Name: "");
        var clock = Stopwatch.StartNew();
        await Parallel.ForEachAsync(Enumerable.Range(First, Variants), new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellation }, async (number, stop) =>
        {
            var start = Stopwatch.GetTimestamp();
            var variant = Variant.Of(Seed, number);
            if (!await EndsAsync(variant, Limit, stop))
                slow.Enqueue(variant);
            var took = Stopwatch.GetElapsedTime(start);
            lock (slow)
                slowest = took > slowest.Time ? (took, variant.ToString()) : slowest;
        });
        foreach (var variant in slow)
            if (!await EndsAsync(variant, LimitAlone, cancellation))
                Fails(variant, $"takes more than {LimitAlone}");

        var processor = Process.GetCurrentProcess().TotalProcessorTime;
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Variants} variants of seed {Seed} in {clock.Elapsed.TotalSeconds:F0} s ({processor.TotalSeconds:F0} s of processor time): {reports} reports, {fixes} fixes applied, {compiled} of the mended variants without any error; the slowest took {slowest.Time.TotalMilliseconds:F0} ms: {slowest.Name}"));
        Assert.True(failures.IsEmpty, $"{failures.Count} failures, of which these are the first:\n{string.Join('\n', failures.Order(StringComparer.Ordinal).Take(10))}");

        void Fails(Variant variant, string how) => failures.Enqueue($"{variant}: {how}\nThe variant:\n{variant.Text}\n");

        async Task<bool> EndsAsync(Variant variant, TimeSpan limit, CancellationToken stop)
        {
            using var source = CancellationTokenSource.CreateLinkedTokenSource(stop);
            source.CancelAfter(limit);
            try
            {
                // What does not look at the token is left behind, running.
                var outcome = await Task.Run(() => check.RunAsync(variant, source.Token), CancellationToken.None).WaitAsync(limit + limit, stop);
                Interlocked.Add(ref reports, outcome.Reports);
                Interlocked.Add(ref fixes, outcome.Fixes);
                Interlocked.Add(ref compiled, outcome.Compiles ? 1 : 0);
                foreach (var failure in outcome.Failures)
                    Fails(variant, failure);
                return true;
            }
            catch (Exception e) when (e is OperationCanceledException or TimeoutException && !stop.IsCancellationRequested)
            {
                return false;
            }
            catch (Exception e) when (!stop.IsCancellationRequested)
            {
                Fails(variant, e.ToString());
                return true;
            }
        }
    }

    private static int Setting(string name, int usual) => int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var number) ? number : usual;
}
