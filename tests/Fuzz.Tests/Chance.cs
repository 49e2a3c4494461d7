namespace AgentLint.Tests.Fuzz;

/// <summary>Numbers that look random and are the same on every machine and runtime (SplitMix64).</summary>
internal sealed class Chance(ulong state)
{
    /// <summary>The numbers of one variant of one run.</summary>
    public static Chance Of(int seed, int variant) => new(((ulong)(uint)seed << 32) | (uint)variant);

    /// <summary>A number from 0, below a limit.</summary>
    public int Below(int limit) => (int)(Next() % (ulong)limit);

    public bool OneIn(int times) => Below(times) == 0;

    public T Of<T>(IReadOnlyList<T> items) => items[Below(items.Count)];

    private ulong Next()
    {
        state += 0x9E3779B97F4A7C15;
        var z = state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
