using System.Collections;

namespace AgentLint.Catalogue;

/// <summary>A set of names that is asked with characters, so that looking costs no string. Almost every question is answered by one bit.</summary>
internal sealed class NameSet
{
    public const int Seed = unchecked((int)2166136261);
    private const int Mask = 0xFFFF;

    private readonly BitArray mayContain = new(Mask + 1);
    private readonly Dictionary<int, string[]> byHash;

    public NameSet(IEnumerable<string> names)
    {
        byHash = names.Distinct(StringComparer.Ordinal).GroupBy(Hash).ToDictionary(g => g.Key, g => g.ToArray());
        foreach (var hash in byHash.Keys)
            mayContain[Fold(hash)] = true;
    }

    public static int Add(int hash, char c) => unchecked((hash ^ c) * 16777619);

    public string? Find(int hash, char[] chars, int start, int length)
    {
        if (!mayContain[Fold(hash)] || !byHash.TryGetValue(hash, out var candidates))
            return null;
        foreach (var name in candidates)
            if (IsAt(name, chars, start, length))
                return name;
        return null;
    }

    private static bool IsAt(string name, char[] chars, int start, int length)
    {
        if (name.Length != length)
            return false;
        for (var i = 0; i < length; i++)
            if (name[i] != chars[start + i])
                return false;
        return true;
    }

    private static int Fold(int hash) => (hash ^ (hash >> 16)) & Mask;

    private static int Hash(string name) => name.Aggregate(Seed, Add);
}
