using System.Collections.Immutable;
using AgentLint.Catalogue;
using Microsoft.CodeAnalysis;

namespace AgentLint.Analysis.Values;

/// <summary>A sink that a parameter of a function reaches, unchecked on some path.</summary>
/// <param name="Entry">The line of the catalogue.</param>
/// <param name="Member">What takes the value.</param>
/// <param name="Site">Where.</param>
/// <param name="Label">The parameter.</param>
/// <param name="Facts">What is known of the value there.</param>
/// <param name="HasPrefix">Whether the value was compared with the start of something on the way.</param>
/// <param name="Calls">The calls from the function to the sink.</param>
internal sealed record TaintHit(CatalogueEntry Entry, ISymbol Member, SyntaxNode Site, TaintLabel Label, TaintFacts Facts, bool HasPrefix,
    ImmutableArray<TaintStep> Calls)
{
    /// <summary>The calls in other assemblies that lead on from there, as messages name them, without the sink.</summary>
    public ImmutableArray<string> Beyond { get; init; } = [];

    public bool Equals(TaintHit? other) => other != null && Site == other.Site && Label.Equals(other.Label) && Entry.Equals(other.Entry)
        && Facts.Equals(other.Facts) && HasPrefix == other.HasPrefix;

    public override int GetHashCode() => Site.SpanStart;
}

/// <summary>A value of a model that reaches a sink, unchecked on some path.</summary>
/// <param name="Function">The function in which the value and the way to the sink meet.</param>
/// <param name="Site">There, the expression that is handed on or used.</param>
/// <param name="Value">The value as the code names it; empty where it has no short name.</param>
/// <param name="Hit">The sink. Its label is the source.</param>
internal sealed record TaintFinding(IMethodSymbol Function, SyntaxNode Site, string Value, TaintHit Hit)
{
    public TaintSource Source => Hit.Label.Source;

    /// <summary>The places on the way: the source, the functions that hand the value back, the calls, the sink.</summary>
    public IEnumerable<Location> Places =>
        new[] { Source.Site }
            .Concat(Hit.Facts.Via.Select(step => step.Site))
            .Concat(Hit.Calls.Select(step => step.Site))
            .Concat([Hit.Site])
            .OfType<SyntaxNode>()
            .Where(node => node != Site)
            .Distinct()
            .Select(node => node.GetLocation());

    /// <summary>The functions on the way; empty where the source and the sink stand in one.</summary>
    public string Way
    {
        get
        {
            var steps = Hit.Facts.Via.Select(step => step.Called).Concat([Function]).Concat(Hit.Calls.Select(step => step.Called)).ToList();
            return steps.Count > 1 ? " (" + string.Join(" → ", steps.Select(Witness.NameOf).Concat(Hit.Beyond)) + ")" : "";
        }
    }
}

/// <summary>What a function does with what it is given, for one choice of parameters that may be tainted.</summary>
/// <param name="Returned">What it gives back.</param>
/// <param name="Hits">The sinks that its parameters reach.</param>
/// <param name="Written">What it puts into its parameters, and into its own object (-1).</param>
/// <param name="After">What has been checked when it ends normally.</param>
/// <param name="WhenTrue">What has been checked when it gives true.</param>
/// <param name="WhenFalse">What has been checked when it gives false.</param>
/// <param name="Tested">What it asks about in any condition.</param>
internal sealed record TaintSummary(
    TaintValue Returned,
    ImmutableArray<TaintHit> Hits,
    ImmutableSortedDictionary<int, TaintValue> Written,
    TaintChecks After,
    TaintChecks WhenTrue,
    TaintChecks WhenFalse,
    ImmutableHashSet<TaintLabel> Tested)
{
    public static TaintSummary Nothing { get; } =
        new(TaintValue.Clean, [], ImmutableSortedDictionary<int, TaintValue>.Empty, TaintChecks.None, TaintChecks.None, TaintChecks.None,
            []);

    public bool Equals(TaintSummary? other) =>
        other != null
        && Returned.Equals(other.Returned)
        && Hits.Length == other.Hits.Length && !Hits.Except(other.Hits).Any()
        && Written.Count == other.Written.Count
            && Written.All(pair => other.Written.TryGetValue(pair.Key, out var value) && value.Equals(pair.Value))
        && After.Equals(other.After) && WhenTrue.Equals(other.WhenTrue) && WhenFalse.Equals(other.WhenFalse)
        && Tested.SetEquals(other.Tested);

    public override int GetHashCode() => Hits.Length;
}
