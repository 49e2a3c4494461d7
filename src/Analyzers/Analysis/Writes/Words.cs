namespace AgentLint.Analysis.Writes;

/// <summary>The words that a name is made of: <c>PlaceOrderAsync</c>, <c>place_order</c> and <c>place-order</c> have the same.</summary>
internal static class Words
{
    /// <summary>The words of a name in lower case, in order.</summary>
    public static IReadOnlyList<string> Of(string name)
    {
        var words = new List<string>();
        for (var i = 0; i < name.Length;)
        {
            if (!char.IsLetterOrDigit(name[i]))
            {
                i++;
                continue;
            }

            var start = i++;
            // A run of capitals is one word; its last letter begins the next one where a small letter follows: HTTPClient.
            if (char.IsUpper(name[start]))
                while (i < name.Length && char.IsUpper(name[i]) && !(i + 1 < name.Length && char.IsLower(name[i + 1])))
                    i++;
            while (i < name.Length && char.IsLetterOrDigit(name[i]) && !char.IsUpper(name[i]))
                i++;
            words.Add(name.Substring(start, i - start).ToLowerInvariant());
        }

        return words;
    }

    /// <summary>Whether the first word of a name is this one.</summary>
    public static bool Begins(string name, string word) => Of(name) is { Count: > 0 } words && words[0] == word;

    /// <summary>Whether some words stand in a name next to each other, in this order.</summary>
    public static bool Contain(IReadOnlyList<string> name, IReadOnlyList<string> sequence)
    {
        for (var start = 0; start + sequence.Count <= name.Count; start++)
        {
            var i = 0;
            while (i < sequence.Count && name[start + i] == sequence[i])
                i++;
            if (i == sequence.Count)
                return true;
        }

        return false;
    }

    /// <summary>The plain form of a verb in the third person: creates, searches, retries.</summary>
    public static IEnumerable<string> Infinitives(string verb)
    {
        yield return verb;
        if (verb.Length > 4 && verb.EndsWith("ies", StringComparison.Ordinal))
            yield return verb.Substring(0, verb.Length - 3) + "y";
        if (verb.Length > 4 && verb.EndsWith("es", StringComparison.Ordinal))
            yield return verb.Substring(0, verb.Length - 2);
        if (verb.Length > 3 && verb.EndsWith("s", StringComparison.Ordinal))
            yield return verb.Substring(0, verb.Length - 1);
    }
}
