using System.Collections;
using Microsoft.CodeAnalysis.Text;

namespace AgentLint.Catalogue;

/// <summary>A set of names that is asked with hashes of words in a text, so that looking costs no string. Almost every question is answered by one bit.</summary>
internal sealed class NameSet
{
    public const int Seed = unchecked((int)2166136261);
    private const int Mask = 0xFFFF;

    private readonly BitArray mayContain = new(Mask + 1);
    private readonly Dictionary<int, string[]> byHash = [];

    public NameSet(IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            var hash = HashOf(name);
            if (!byHash.TryGetValue(hash, out var same))
                byHash.Add(hash, [name]);
            else if (Array.IndexOf(same, name) < 0)
                byHash[hash] = [.. same, name];
            mayContain[Fold(hash)] = true;
        }
    }

    public static int Add(int hash, char c) => unchecked((hash ^ c) * 16777619);

    public static int HashOf(string name)
    {
        var hash = Seed;
        foreach (var c in name)
            hash = Add(hash, c);
        return hash;
    }

    /// <summary>The name that a word of a text is, by the hash of its characters.</summary>
    public string? Find(int hash, SourceText text, int start, int length)
    {
        if (!mayContain[Fold(hash)] || !byHash.TryGetValue(hash, out var candidates))
            return null;
        foreach (var name in candidates)
            if (IsAt(name, text, start, length))
                return name;
        return null;
    }

    /// <summary>Whether a part of a text is a name.</summary>
    public static bool IsAt(string name, SourceText text, int start, int length)
    {
        if (name.Length != length)
            return false;
        for (var i = 0; i < length; i++)
            if (name[i] != text[start + i])
                return false;
        return true;
    }

    private static int Fold(int hash) => (hash ^ (hash >> 16)) & Mask;
}
