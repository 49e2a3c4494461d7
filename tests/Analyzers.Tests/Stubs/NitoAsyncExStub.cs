namespace AgentLint.Tests.Stubs;

/// <summary>A semaphore that is waited for without a thread.</summary>
internal static class NitoAsyncExStub
{
    public static Stub Library { get; } = new("Nito.AsyncEx.Coordination", """
        namespace Nito.AsyncEx
        {
            public class AsyncSemaphore(long initialCount)
            {
                public long InitialCount => initialCount;
                public System.Threading.Tasks.Task<System.IDisposable> LockAsync() => null;
            }
        }
        """);
}
