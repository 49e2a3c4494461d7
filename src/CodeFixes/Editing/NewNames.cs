using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Editing;

/// <summary>Names for new parameters and locals.</summary>
internal static class NewNames
{
    /// <summary>The first of some names that means nothing yet in the member around a node; null where all do.</summary>
    public static string? Unused(SyntaxNode place, params string[] names)
    {
        var scope = MemberAround(place);
        var used = new HashSet<string>(scope.DescendantTokens().Where(t => t.IsKind(SyntaxKind.IdentifierToken)).Select(t => t.ValueText), StringComparer.Ordinal);
        return names.FirstOrDefault(name => !used.Contains(name));
    }

    /// <summary>A field's name as a local has it: <c>_messages</c> is <c>messages</c>.</summary>
    public static string AsLocal(string name) => name.TrimStart('_') is { Length: > 0 } rest ? char.ToLowerInvariant(rest[0]) + rest.Substring(1) : name;

    /// <summary>The name of a copy of one's own: <c>_options</c> gives <c>ownOptions</c>.</summary>
    public static string Own(string name) => name.TrimStart('_') is { Length: > 0 } rest ? "own" + char.ToUpperInvariant(rest[0]) + rest.Substring(1) : name;

    /// <summary>The member around a node, within which names have to differ.</summary>
    public static SyntaxNode MemberAround(SyntaxNode place) =>
        place.FirstAncestorOrSelf<SyntaxNode>(n => Functions.IsFunction(n) && n is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax))!;
}

/// <summary>Names for several new locals of one document, each given once per member.</summary>
internal sealed class FreshNames
{
    private readonly HashSet<(SyntaxNode Member, string Name)> taken = [];

    /// <summary>The first of some names that means nothing yet in the member around a node, and has not been given there; null where all do or have.</summary>
    public string? For(SyntaxNode place, params string[] names)
    {
        var member = NewNames.MemberAround(place);
        var name = NewNames.Unused(place, [.. names.Where(n => !taken.Contains((member, n)))]);
        if (name != null)
            taken.Add((member, name));
        return name;
    }
}
