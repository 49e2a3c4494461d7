namespace AgentLint.Testing.Tests;

/// <summary>Shorthands for what most tests in here do.</summary>
static class Rejection
{
    /// <summary>Demands that the harness fails a test, and says why in these words.</summary>
    public static async Task IsRejectedAsync(this AnalyzerTest<DefaultVerifier> test, params string[] because)
    {
        var failure = await Assert.ThrowsAsync<AnalyzerTestFailedException>(() => test.RunAsync(TestContext.Current.CancellationToken));
        Assert.All(because, reason => Assert.Contains(reason, failure.Message, StringComparison.Ordinal));
    }

    /// <summary>Demands that the harness passes a test.</summary>
    public static async Task IsAcceptedAsync(this AnalyzerTest<DefaultVerifier> test) =>
        Assert.Null(await Record.ExceptionAsync(() => test.RunAsync(TestContext.Current.CancellationToken)));
}
