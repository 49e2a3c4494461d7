namespace AgentLint.Testing;

/// <summary>Turns exceptions out of a code fix, which an editor would show as a crash, into failures of the test.</summary>
static class Guard
{
    public static async Task<T> RunAsync<T>(string doing, Func<Task<T>> run, IVerifier verifier, CancellationToken cancellationToken)
    {
        Exception? thrown;
        try
        {
            return await run();
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            thrown = exception;
        }

        verifier.Fail($"When {doing}, it threw: {thrown}");
        return default;
    }
}
