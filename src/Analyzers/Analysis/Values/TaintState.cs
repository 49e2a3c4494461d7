using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace AgentLint.Analysis.Values;

/// <summary>A condition that a variable holds, with what was checked where it was given to it.</summary>
/// <param name="Condition">The condition; null for a constant.</param>
/// <param name="Constant">The constant.</param>
/// <param name="Checked">What was checked by then.</param>
internal sealed record TaintTest(IOperation? Condition, bool? Constant, TaintChecks Checked);

/// <summary>
/// A condition that came out one way, on what a person, a look-up or a validator said of a label: which way is the right one is not
/// known.
/// </summary>
internal readonly record struct TaintDecision(SyntaxNode Condition, bool Outcome, TaintLabel Label);

/// <summary>
/// Which labels have been checked on every path, and as what they can do no more harm; and what was decided on every path. Where both
/// outcomes of a
/// condition meet again, nothing depends on it. Immutable.
/// </summary>
/// <param name="Labels">The labels that have been checked.</param>
/// <param name="Decisions">What conditions decided.</param>
/// <param name="WasAsked">Whether a person was asked by something that does not come back without a yes.</param>
internal sealed record TaintChecks(ImmutableDictionary<TaintLabel, TaintSinks> Labels, ImmutableHashSet<TaintDecision> Decisions,
    bool WasAsked)
{
    public static TaintChecks None { get; } = new(ImmutableDictionary<TaintLabel, TaintSinks>.Empty, [], false);

    public bool IsApproved => WasAsked || Decisions.Any(decision => decision.Label.Equals(TaintLabel.Approval));

    public TaintChecks With(IEnumerable<TaintLabel> labels, TaintSinks sinks)
    {
        var known = Labels;
        foreach (var label in labels)
            known = known.SetItem(label, (known.TryGetValue(label, out var other) ? other : TaintSinks.None) | sinks);
        return this with { Labels = known };
    }

    public TaintChecks And(TaintChecks other)
    {
        var result = this with { WasAsked = WasAsked || other.WasAsked, Decisions = Decisions.Union(other.Decisions) };
        foreach (var pair in other.Labels)
            result = result.With([pair.Key], pair.Value);
        return result;
    }

    /// <summary>What holds on both of two paths. What is known of a source holds where the other path has not come by it.</summary>
    public TaintChecks Join(TaintChecks other, Func<TaintSource, bool>? isLive = null, Func<TaintSource, bool>? isLiveThere = null)
    {
        if (Equals(other))
            return this;
        var joined = JoinDifferent(other, isLive, isLiveThere);
        // What has not changed stays the same object: that is told at a glance.
        return joined.Equals(this) ? this : joined;
    }

    private TaintChecks JoinDifferent(TaintChecks other, Func<TaintSource, bool>? isLive, Func<TaintSource, bool>? isLiveThere)
    {
        var labels = ImmutableDictionary.CreateBuilder<TaintLabel, TaintSinks>();
        foreach (var pair in Labels)
            if ((other.Labels.TryGetValue(pair.Key, out var sinks) ? sinks & pair.Value : isLiveThere?.Invoke(pair.Key.Source) == false
                ? pair.Value : TaintSinks.None) is not TaintSinks.None and var both)
                labels[pair.Key] = both;
        foreach (var pair in other.Labels)
            if (!Labels.ContainsKey(pair.Key) && isLive?.Invoke(pair.Key.Source) == false)
                labels[pair.Key] = pair.Value;
        var decisions = Decisions.Where(d => other.Decisions.Contains(d)
            || (d.Label.Source.Origin != TaintOrigin.Person && isLiveThere?.Invoke(d.Label.Source) == false))
            .Concat(other.Decisions.Where(d => d.Label.Source.Origin != TaintOrigin.Person && isLive?.Invoke(d.Label.Source) == false));
        return new TaintChecks(labels.ToImmutable(), [.. decisions], WasAsked && other.WasAsked);
    }

    /// <summary>The same without what is known of a source: it gives a new value.</summary>
    public TaintChecks Without(TaintSource source) =>
        new(
            Labels.Keys.Any(label => label.Source.Equals(source))
                ? Labels.RemoveRange(Labels.Keys.Where(label => label.Source.Equals(source)).ToList()) : Labels,
            Decisions.Except(Decisions.Where(decision => decision.Label.Source.Equals(source)).ToList()),
            WasAsked);

    /// <summary>What was decided, as a caller sees it, for which only the end of the function counts.</summary>
    public TaintChecks Settled() =>
        (new TaintChecks(Labels, [], IsApproved))
            .With(Decisions.Where(d => d.Label.Source.Origin != TaintOrigin.Person).Select(d => d.Label), TaintSinks.All);

    /// <summary>As what a label can do no more harm.</summary>
    public TaintSinks Of(TaintLabel label)
    {
        var sinks = TaintSinks.None;
        foreach (var pair in Labels)
            if (pair.Key.Covers(label))
                sinks |= pair.Value;
        return Decisions.Any(decision => decision.Label.Covers(label)) ? TaintSinks.All : sinks;
    }

    /// <summary>Whether any member of a value has been checked, or the value.</summary>
    public bool Touches(TaintLabel label) =>
        Labels.Keys.Any(known => label.Covers(known) || known.Covers(label))
            || Decisions.Any(known => label.Covers(known.Label) || known.Label.Covers(label));

    public bool Equals(TaintChecks? other) =>
        ReferenceEquals(this, other)
        || (other != null && WasAsked == other.WasAsked && TaintSets.AreEqual(Decisions, other.Decisions) && TaintSets.AreEqual(Labels, other.Labels));

    public override int GetHashCode() => Labels.Count;
}

/// <summary>
/// What is known at a place of a function: the values of variables, what has been checked, and which conditions variables hold. A root
/// is a local,
/// a parameter, a member of the object itself or a static one, the type for the object itself, or a temporary of the control-flow graph.
/// </summary>
internal sealed class TaintState : IEquatable<TaintState>
{
    private TaintState(ImmutableDictionary<object, TaintValue> values, TaintChecks checks, ImmutableDictionary<object,
        ImmutableHashSet<TaintTest>> tests)
    {
        Values = values;
        Checks = checks;
        Tests = tests;
    }

    public static TaintState Empty { get; } = new(
        ImmutableDictionary.Create<object, TaintValue>(RootComparer.Instance),
        TaintChecks.None,
        ImmutableDictionary.Create<object, ImmutableHashSet<TaintTest>>(RootComparer.Instance));

    public ImmutableDictionary<object, TaintValue> Values { get; }

    public TaintChecks Checks { get; }

    public ImmutableDictionary<object, ImmutableHashSet<TaintTest>> Tests { get; }

    public TaintValue this[object root] => Values.TryGetValue(root, out var value) ? value : TaintValue.Clean;

    public bool Knows(object root) => Values.ContainsKey(root);

    /// <summary>
    /// A clean value of a member is kept: what has been set here is not what another method has put there. A clean value of anything
    /// else is left out, so that a state is as large as what is tainted and not as large as the function.
    /// </summary>
    public TaintState With(object root, TaintValue value)
    {
        if (value.IsClean && root is not (IFieldSymbol or IPropertySymbol))
            return Values.ContainsKey(root) ? new(Values.Remove(root), Checks, Tests) : this;
        return Values.TryGetValue(root, out var known) && known.Equals(value) ? this : new(Values.SetItem(root, value), Checks, Tests);
    }

    public TaintState With(TaintChecks checks) => Checks.Equals(checks) ? this : new(Values, checks, Tests);

    public TaintState With(object root, TaintTest? test) =>
        test == null && !Tests.ContainsKey(root)
            ? this
            : new(Values, Checks, test == null ? Tests.Remove(root) : Tests.SetItem(root, [test]));

    /// <summary>What may hold where two paths meet; checks count where both have made them.</summary>
    public TaintState Join(TaintState other)
    {
        if (Equals(other))
            return this;
        var values = TaintSets.Join(Values, other.Values, static (one, two) => one.Join(two));
        var tests = TaintSets.Join(Tests, other.Tests, static (one, two) => one.Union(two));
        var checks = Checks.Join(other.Checks, Holds, other.Holds);
        // What has not changed stays the same object: that is told at a glance.
        return ReferenceEquals(values, Values) && ReferenceEquals(tests, Tests) && ReferenceEquals(checks, Checks) ? this : new(values, checks, tests);
    }

    // Whether any variable holds a value of a source.
    private bool Holds(TaintSource source) => source.Origin == TaintOrigin.Parameter || Values.Values.Any(value => Holds(value, source));

    private static bool Holds(TaintValue value, TaintSource source) =>
        value.Labels.Keys.Any(label => label.Source.Equals(source)) || value.Members.Values.Any(member => Holds(member, source));

    public bool Equals(TaintState? other) =>
        other != null
        && (ReferenceEquals(this, other)
            || (Checks.Equals(other.Checks)
                && TaintSets.AreEqual(Values, other.Values)
                && TaintSets.AreEqual(Tests, other.Tests, static (one, two) => TaintSets.AreEqual(one, two))));

    public override bool Equals(object? obj) => Equals(obj as TaintState);

    public override int GetHashCode() => Values.Count;

    private sealed class RootComparer : IEqualityComparer<object>
    {
        public static RootComparer Instance { get; } = new();

        public new bool Equals(object? x, object? y) => x is ISymbol one && y is ISymbol other
            ? SymbolEqualityComparer.Default.Equals(one, other) : object.Equals(x, y);

        public int GetHashCode(object root) => root is ISymbol symbol ? SymbolEqualityComparer.Default.GetHashCode(symbol)
            : root.GetHashCode();
    }
}
