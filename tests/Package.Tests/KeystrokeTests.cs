using System.Diagnostics;
using System.Globalization;

namespace AgentLint.Package.Tests;

/// <summary>
/// A measurement for docs/performance.md, run on request: how long after a keystroke the diagnostics of the file arrive, with the package and without.
/// <c>AGENTLINT_KEYSTROKES=keystrokes.md dotnet test tests/Package.Tests --filter Keystroke</c> writes the medians to that file.
/// </summary>
public sealed class KeystrokeTests(PackedPackage package)
{
    // Each character is a keystroke, and what stands there in between is as broken as it is while somebody types.
    private const string Typed = "var many = orderId.L";
    private const int WarmUp = 5;

    [Theory]
    [InlineData("SupportDesk", "SupportDesk/Tools/OrderTools.cs", "        _lookups++;")]
    [InlineData("Storefront", "Storefront/Storefront.Api/OrderTools.cs", "        var order = await orders.FindAsync")]
    public async Task KeystrokesAreMeasured(string sample, string path, string before)
    {
        var target = Environment.GetEnvironmentVariable("AGENTLINT_KEYSTROKES");
        Assert.SkipUnless(target is { Length: > 0 }, "Measured where AGENTLINT_KEYSTROKES names a file for the figures");

        using var plainCopy = await SampleCopy.CreateAsync(null, sample);
        using var copy = await SampleCopy.CreateAsync(package, sample);
        await using var plainServer = await LanguageServer.StartAsync(plainCopy.Root);
        await using var server = await LanguageServer.StartAsync(copy.Root);
        await using var plainFile = await plainServer.OpenAsync(plainCopy.At(path));
        await using var file = await server.OpenAsync(copy.At(path));
        List<(double Time, double Processor)> without = [];
        List<(double Time, double Processor)> with = [];
        for (var i = -WarmUp; i < Typed.Length; i++)
        {
            // In turn, so that whatever else the machine does falls on both.
            without.Add(await TypeAsync(plainServer, plainFile, i, before));
            with.Add(await TypeAsync(server, file, i, before));
        }

        Assert.DoesNotContain(await plainFile.DiagnosticsAsync(), diagnostic => diagnostic.Code.StartsWith("AGL", StringComparison.Ordinal));
        Assert.Contains(await file.DiagnosticsAsync(), diagnostic => diagnostic.Code.StartsWith("AGL", StringComparison.Ordinal));
        await File.AppendAllTextAsync(
            Path.GetFullPath(target!, Repository.Root),
            $"| {sample} | {Compared(MedianOf(without, one => one.Time), MedianOf(with, one => one.Time))} | "
            + $"{Compared(MedianOf(without, one => one.Processor), MedianOf(with, one => one.Processor))} |\n",
            TestContext.Current.CancellationToken);
    }

    // The first ones are spaces, which warm up what is compiled on the way.
    private static async Task<(double Time, double Processor)> TypeAsync(LanguageServer server, EditedFile file, int index, string before)
    {
        var place = file.Text.IndexOf(before, StringComparison.Ordinal);
        if (index == -WarmUp)
            await file.ReplaceAsync(place, 0, "\n");
        else
            place--;
        var used = server.ProcessorTime;
        var watch = Stopwatch.StartNew();
        await file.ReplaceAsync(place, 0, index < 0 ? " " : Typed[index].ToString());
        await file.DiagnosticsAsync();
        return (watch.Elapsed.TotalMilliseconds, (server.ProcessorTime - used).TotalMilliseconds);
    }

    private static double MedianOf(List<(double Time, double Processor)> keystrokes, Func<(double Time, double Processor), double> measure)
    {
        var sorted = keystrokes.Skip(WarmUp).Select(measure).Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }

    private static string Compared(double without, double with) =>
        string.Create(CultureInfo.InvariantCulture, $"{without:0} ms | {with:0} ms | {with - without:0} ms");
}
