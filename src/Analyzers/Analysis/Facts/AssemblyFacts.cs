using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace AgentLint.Analysis.Facts;

/// <summary>The facts of one type's members.</summary>
/// <param name="Interfaces">The interfaces, by metadata name, that the members of this type implement.</param>
/// <param name="Members">By the member's key.</param>
internal sealed record TypeFacts(ImmutableArray<string> Interfaces, ImmutableSortedDictionary<string, MemberFacts> Members);

/// <summary>What a project publishes about itself: what the members that others can call do. Immutable.</summary>
/// <param name="Types">By metadata name.</param>
internal sealed record AssemblyFacts(ImmutableSortedDictionary<string, TypeFacts> Types)
{
    public static readonly AssemblyFacts None = new(ImmutableSortedDictionary<string, TypeFacts>.Empty.WithComparers(StringComparer.Ordinal));

    public bool IsEmpty => Types.IsEmpty;

    /// <summary>The facts of a method of this assembly; null where it has none.</summary>
    public MemberFacts? Of(IMethodSymbol method)
    {
        if (IsEmpty || method.ContainingType is not { } type || !Types.TryGetValue(MetadataNameOf(type), out var facts))
            return null;
        return facts.Members.TryGetValue(FullKeyOf(method), out var exact) ? exact
            : facts.Members.TryGetValue(NameOf(method), out var only) && IsOnly(method) ? only
            : null;
    }

    /// <summary>What a member is known by within its type: its name where no other has it, else its parameters with it.</summary>
    public static string KeyOf(IMethodSymbol method) => IsOnly(method) ? NameOf(method) : FullKeyOf(method);

    /// <summary>The name by which source calls a method: that of its property where it is an accessor, without the interface where that is spelled out.</summary>
    public static string SimpleNameOf(string key)
    {
        var end = key.IndexOfAny(['(', '`', '~']);
        var name = end < 0 ? key : key.Substring(0, end);
        name = name.Substring(name.LastIndexOfAny(['.', '#']) + 1);
        return name.StartsWith("get_", StringComparison.Ordinal) || name.StartsWith("set_", StringComparison.Ordinal) ? name.Substring(4) : name;
    }

    /// <summary>The metadata name of a type, with its namespace and the types around it.</summary>
    public static string MetadataNameOf(INamedTypeSymbol type)
    {
        var name = type.MetadataName;
        for (var outer = type.ContainingType; outer != null; outer = outer.ContainingType)
            name = outer.MetadataName + "+" + name;
        return type.ContainingNamespace is { IsGlobalNamespace: false } space ? space.ToDisplayString() + "." + name : name;
    }

    private static bool IsOnly(IMethodSymbol method) => method.ContainingType.GetMembers(method.Name).Length == 1;

    private static string NameOf(IMethodSymbol method) => method.MetadataName;

    // M:Namespace.Type.Name(Parameters) without the type.
    private static string FullKeyOf(IMethodSymbol method)
    {
        var id = method.GetDocumentationCommentId() ?? "";
        var type = method.ContainingType.GetDocumentationCommentId() ?? "";
        // A word that begins with # begins a comment.
        return id.Length > type.Length + 1 && type.Length > 2 ? id.Substring(type.Length + 1).Replace("#ctor", ".ctor").Replace("#cctor", ".cctor") : method.MetadataName;
    }
}
