using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace AgentLint.Catalogue;

/// <summary>One line of a catalogue: a role, the symbols that have it, and facts about them.</summary>
/// <param name="Role">What the API means.</param>
/// <param name="Type">Metadata name of the type (<c>Ns.Type`1</c>, nested types with <c>+</c>), or the library's name.</param>
/// <param name="Members">Names of members for roles of members; a name that ends in <c>*</c> is a prefix. Empty for roles of types.</param>
/// <param name="Facts">What else is known, by name; a fact without a value has the value <c>true</c>.</param>
/// <param name="Library">The library that declares the symbols: the nearest library line above; null where the file has none.</param>
/// <param name="Source">The file that the line stands in.</param>
/// <param name="Line">The line's number, from 1.</param>
internal sealed record CatalogueEntry(
    CatalogueRole Role,
    string Type,
    ImmutableArray<string> Members,
    ImmutableDictionary<string, string> Facts,
    CatalogueEntry? Library,
    string Source,
    int Line)
{
    /// <summary>The type's name without its namespace and containing types: what a symbol is compared with first.</summary>
    public string SimpleTypeName { get; } = Type.Substring(Type.LastIndexOfAny(['.', '+']) + 1);

    /// <summary>Whether every compilation has the symbols.</summary>
    public bool IsOfBaseLibrary { get; } = Library is { Type: var name } && name.StartsWith("System", StringComparison.Ordinal);

    /// <summary>Assembly versions from which, and before which, the entry holds; null where it always does.</summary>
    public Version? Since { get; } = VersionOf(Facts, "since");

    public Version? Until { get; } = VersionOf(Facts, "until");

    public string? this[string fact] => Facts.TryGetValue(fact, out var value) ? value : null;

    public bool Has(string fact) => Facts.ContainsKey(fact);

    /// <summary>The values of a fact that is a comma-separated list; empty when the fact is missing.</summary>
    public ImmutableArray<string> List(string fact) =>
        this[fact] is { } value ? [.. value.Split([','], StringSplitOptions.RemoveEmptyEntries)] : [];

    public bool NamesMember(string name)
    {
        foreach (var member in Members)
            if (member == name || (member[member.Length - 1] == '*' && name.StartsWith(member.Substring(0, member.Length - 1), StringComparison.Ordinal)))
                return true;
        return false;
    }

    public bool HoldsFor(Version assembly) => (Since == null || assembly >= Since) && (Until == null || assembly < Until);

    // A line is itself: two lines that say the same are two.
    public bool Equals(CatalogueEntry? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => RuntimeHelpers.GetHashCode(this);

    public override string ToString() =>
        CatalogueGrammar.NameOf(Role) + " " + Type + (Members.IsEmpty ? "" : "." + string.Join(",", Members));

    private static Version? VersionOf(ImmutableDictionary<string, string> facts, string fact) =>
        facts.TryGetValue(fact, out var text) && Version.TryParse(text, out var version) ? version : null;
}
