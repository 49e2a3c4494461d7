using System.Collections.Immutable;

namespace AgentLint.Catalogue;

/// <summary>
/// Which references make a project one that the rules look at: a library of agents, tools, workflows, messages, payments or retries by itself; a
/// database, a storage or a client only beside the assembly of a host that its <c>with</c> fact names, where others run its code again or at once.
/// </summary>
/// <param name="Alone">The assemblies that are a reason by themselves.</param>
/// <param name="Together">The assemblies that are one beside another, with those others.</param>
internal sealed record Activation(ImmutableHashSet<string> Alone, ImmutableDictionary<string, ImmutableArray<string>> Together)
{
    public static Activation Of(IEnumerable<CatalogueEntry> entries)
    {
        var alone = ImmutableHashSet.CreateBuilder<string>(StringComparer.Ordinal);
        var together = ImmutableDictionary.CreateBuilder<string, ImmutableArray<string>>(StringComparer.Ordinal);
        foreach (var library in entries)
            if (library.Role == CatalogueRole.Library && !library.Has("passive"))
                foreach (var assembly in library.List("assemblies"))
                    if (library.List("with") is { IsEmpty: false } others)
                        together[assembly] = together.TryGetValue(assembly, out var before) ? before.AddRange(others) : others;
                    else
                        alone.Add(assembly);
        return new Activation(alone.ToImmutable(), together.ToImmutable());
    }

    /// <summary>Whether some assemblies, the project's own and those that it references, are a reason to look.</summary>
    public bool IsGivenBy(IEnumerable<string> assemblies)
    {
        HashSet<string>? all = null;
        foreach (var assembly in assemblies)
        {
            if (Alone.Contains(assembly))
                return true;
            if (Together.ContainsKey(assembly))
                (all ??= new HashSet<string>(assemblies, StringComparer.Ordinal)).Add(assembly);
        }

        return all?.Any(assembly => Together.TryGetValue(assembly, out var others) && others.Any(all.Contains)) == true;
    }
}
