using System.Collections.Immutable;

namespace AgentLint.Analysis.Values;

/// <summary>
/// What an expression's value is made of: labels of the whole, and of those of its members that are known apart. Immutable.
/// </summary>
internal sealed class TaintValue : IEquatable<TaintValue>
{
    private static readonly ImmutableDictionary<string, TaintValue> NoMembers = ImmutableDictionary.Create<string,
        TaintValue>(StringComparer.Ordinal);

    private TaintValue(ImmutableDictionary<TaintLabel, TaintFacts> labels, ImmutableDictionary<string, TaintValue> members,
        ImmutableHashSet<TaintLabel> verdict)
    {
        Labels = labels;
        Members = members;
        Verdict = verdict;
    }

    public static TaintValue Clean { get; } = new(ImmutableDictionary<TaintLabel, TaintFacts>.Empty, NoMembers, []);

    /// <summary>The labels of the whole.</summary>
    public ImmutableDictionary<TaintLabel, TaintFacts> Labels { get; }

    /// <summary>The members that are known apart from the whole.</summary>
    public ImmutableDictionary<string, TaintValue> Members { get; }

    /// <summary>
    /// The labels about which this value says whether they are sound: the answer of a validator, of a look-up, of a person.
    /// </summary>
    public ImmutableHashSet<TaintLabel> Verdict { get; }

    public bool IsClean => Labels.IsEmpty && Members.IsEmpty && Verdict.IsEmpty;

    public static TaintValue Of(TaintLabel label) => Clean.With(label, TaintFacts.Fresh);

    public static TaintValue VerdictOn(IEnumerable<TaintLabel> labels) => new(Clean.Labels, NoMembers, [.. labels]);

    public TaintValue With(TaintLabel label, TaintFacts facts) =>
        new(Labels.SetItem(label, Labels.TryGetValue(label, out var known) ? known.Join(facts) : facts), Members, Verdict);

    public TaintValue WithMember(string name, TaintValue value) =>
        value.IsClean ? new(Labels, Members.Remove(name), Verdict) : new(Labels, Members.SetItem(name, value), Verdict);

    public TaintValue WithVerdict(IEnumerable<TaintLabel> labels) => new(Labels, Members, Verdict.Union(labels));

    public TaintValue WithoutLabels() => Labels.IsEmpty && Members.IsEmpty ? this : new(Clean.Labels, NoMembers, Verdict);

    public TaintValue Join(TaintValue other)
    {
        if (other.IsClean || ReferenceEquals(this, other))
            return this;
        if (IsClean)
            return other;
        var labels = TaintSets.Join(Labels, other.Labels, static (one, two) => one.Join(two));
        var members = TaintSets.Join(Members, other.Members, static (one, two) => one.Join(two));
        var verdict = Verdict.Union(other.Verdict);
        return ReferenceEquals(labels, Labels) && ReferenceEquals(members, Members) && ReferenceEquals(verdict, Verdict) ? this : new(labels, members, verdict);
    }

    /// <summary>The labels of the whole with those of all members: what is made of all of it.</summary>
    public TaintValue Whole()
    {
        var whole = new TaintValue(Labels, NoMembers, Verdict);
        foreach (var member in Members.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            whole = whole.Join(member.Value.Whole());
        return whole;
    }

    /// <summary>The value of a member: what is known of it, or a part of the whole.</summary>
    public TaintValue Member(string name)
    {
        if (Members.TryGetValue(name, out var known))
            return known.WithVerdict(Verdict);
        if (Labels.IsEmpty)
            return VerdictOn(Verdict);
        var labels = ImmutableDictionary.CreateBuilder<TaintLabel, TaintFacts>();
        foreach (var pair in Labels)
        {
            var label = pair.Key.Of(name);
            labels[label] = labels.TryGetValue(label, out var other) ? other.Join(pair.Value) : pair.Value;
        }

        return new(labels.ToImmutable(), NoMembers, Verdict);
    }

    /// <summary>The value with other facts; labels that can do no more harm are left out.</summary>
    public TaintValue Change(Func<TaintFacts, TaintFacts> change)
    {
        if (Labels.IsEmpty && Members.IsEmpty)
            return this;
        var labels = ImmutableDictionary.CreateBuilder<TaintLabel, TaintFacts>();
        foreach (var pair in Labels)
            if (change(pair.Value) is { Sinks: not TaintSinks.None } facts)
                labels[pair.Key] = facts;
        var members = ImmutableDictionary.CreateBuilder<string, TaintValue>(StringComparer.Ordinal);
        foreach (var pair in Members)
            if (pair.Value.Change(change) is { IsClean: false } member)
                members[pair.Key] = member;
        return new(labels.ToImmutable(), members.ToImmutable(), Verdict);
    }

    public TaintValue Mark(TaintTraits traits) => Change(facts => facts with { Traits = facts.Traits | traits });

    /// <summary>The value, read out of JSON.</summary>
    public TaintValue Read() => Change(facts => facts.Read());

    public TaintValue Clear(TaintSinks sinks) => Change(facts => facts with { Sinks = facts.Sinks & ~sinks });

    /// <summary>The labels in a fixed order, for reports.</summary>
    public IEnumerable<KeyValuePair<TaintLabel, TaintFacts>> Ordered() =>
        Labels.OrderBy(pair => pair.Key.Source.Origin).ThenBy(pair => pair.Key.Source.Ordinal)
            .ThenBy(pair => pair.Key.Source.Site?.SpanStart ?? 0).ThenBy(pair => pair.Key.Members, StringComparer.Ordinal);

    public bool Equals(TaintValue? other) =>
        other != null
        && (ReferenceEquals(this, other)
            || (TaintSets.AreEqual(Labels, other.Labels) && TaintSets.AreEqual(Members, other.Members) && TaintSets.AreEqual(Verdict, other.Verdict)));

    public override bool Equals(object? obj) => Equals(obj as TaintValue);

    public override int GetHashCode() => Labels.Count * 31 + Members.Count;
}
