using System.Collections.Immutable;

namespace AgentLint.Analysis.Values;

/// <summary>Joins and compares what is known, so that what has not changed stays the same object, and equal objects are not looked into.</summary>
internal static class TaintSets
{
    /// <summary>What either of two dictionaries has; the first of them where it has all that already.</summary>
    /// <param name="first">The first dictionary.</param>
    /// <param name="second">The second dictionary, with the same comparer.</param>
    /// <param name="join">What becomes of values that both have. Gives the first value where the second adds nothing.</param>
    public static ImmutableDictionary<TKey, TValue> Join<TKey, TValue>(
        ImmutableDictionary<TKey, TValue> first, ImmutableDictionary<TKey, TValue> second, Func<TValue, TValue, TValue> join)
        where TKey : notnull
    {
        if (ReferenceEquals(first, second) || second.IsEmpty)
            return first;
        if (first.IsEmpty)
            return second;
        ImmutableDictionary<TKey, TValue>.Builder? joined = null;
        foreach (var pair in second)
        {
            var isKnown = first.TryGetValue(pair.Key, out var known);
            if (isKnown && AreSame(known!, pair.Value))
                continue;
            var value = isKnown ? join(known!, pair.Value) : pair.Value;
            if (!isKnown || !EqualityComparer<TValue>.Default.Equals(value, known!))
                (joined ??= first.ToBuilder())[pair.Key] = value;
        }

        return joined?.ToImmutable() ?? first;
    }

    public static bool AreEqual<T>(ImmutableHashSet<T> first, ImmutableHashSet<T> second)
    {
        if (ReferenceEquals(first, second))
            return true;
        if (first.Count != second.Count)
            return false;
        foreach (var item in first)
            if (!second.Contains(item))
                return false;
        return true;
    }

    public static bool AreEqual<TKey, TValue>(ImmutableDictionary<TKey, TValue> first, ImmutableDictionary<TKey, TValue> second, Func<TValue, TValue, bool>? areEqual = null)
        where TKey : notnull
    {
        if (ReferenceEquals(first, second))
            return true;
        if (first.Count != second.Count)
            return false;
        foreach (var pair in first)
            if (!second.TryGetValue(pair.Key, out var other)
                || !(AreSame(pair.Value, other) || (areEqual?.Invoke(pair.Value, other) ?? EqualityComparer<TValue>.Default.Equals(pair.Value, other))))
                return false;
        return true;
    }

    private static bool AreSame<T>(T one, T other) => !typeof(T).IsValueType && ReferenceEquals(one, other);
}
