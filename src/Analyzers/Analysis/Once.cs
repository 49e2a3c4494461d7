namespace AgentLint.Analysis;

/// <summary>
/// A value that is dear to make. All rules ask for it at the same time: one makes it, the others wait. Whoever is cancelled leaves nothing
/// behind.
/// </summary>
internal sealed class Once<T>
    where T : class
{
    private T? value;

    public T Get(Func<T> make)
    {
        if (Volatile.Read(ref value) is { } known)
            return known;
        lock (this)
        {
            if (value == null)
                Volatile.Write(ref value, make());
            return value!;
        }
    }
}
