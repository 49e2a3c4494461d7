namespace AgentLint.Catalogue;

/// <summary>A set of names that is asked with characters, so that looking costs no string.</summary>
internal sealed class NameSet
{
    public const int Seed = unchecked((int)2166136261);

    private readonly Dictionary<int, string[]> byHash;

    public NameSet(IEnumerable<string> names) =>
        byHash = names.Distinct(StringComparer.Ordinal).GroupBy(Hash).ToDictionary(g => g.Key, g => g.ToArray());

    public static int Add(int hash, char c) => unchecked((hash ^ c) * 16777619);

    public string? Find(int hash, char[] chars, int start, int length)
    {
        if (!byHash.TryGetValue(hash, out var candidates))
            return null;
        foreach (var name in candidates)
        {
            var i = 0;
            if (name.Length == length)
                while (i < length && name[i] == chars[start + i])
                    i++;
            if (i == length && name.Length == length)
                return name;
        }

        return null;
    }

    private static int Hash(string name) => name.Aggregate(Seed, Add);
}
