using System.Collections.Immutable;
using AgentLint.Catalogue;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Model;

/// <summary>What a tool can declare about itself, as the Model Context Protocol has it.</summary>
internal enum ToolHint
{
    /// <summary>It changes nothing.</summary>
    ReadOnly,

    /// <summary>Called again with the same arguments, it changes nothing more.</summary>
    Idempotent,

    /// <summary>It may remove or overwrite what was there.</summary>
    Destructive,
}

/// <summary>A hint as it is written: <c>ReadOnly = true</c>.</summary>
internal readonly record struct DeclaredHint(ToolHint Hint, bool Value, AttributeArgumentSyntax Site);

/// <summary>What an attribute declares about tools.</summary>
/// <param name="Hints">The hints that are written, in the order of the text.</param>
/// <param name="Methods">The tools.</param>
internal sealed record ToolContract(ImmutableArray<DeclaredHint> Hints, ImmutableArray<IMethodSymbol> Methods);

/// <summary>
/// Reads the contracts that tools declare: by attributes that the catalogue knows, and by those of a host's own that have the protocol's hints
/// as properties. On a type, such an attribute speaks for what the type overrides and implements.
/// </summary>
internal sealed class ToolContracts(AgentModel model)
{
    private readonly ImmutableDictionary<string, ToolHint> hints = model.Catalogue.Of(CatalogueRole.ToolHint)
        .GroupBy(entry => entry.Type, StringComparer.Ordinal)
        .ToImmutableDictionary(group => group.Key, group => HintOf(group.First()["kind"]!), StringComparer.Ordinal);

    public static ToolContracts Of(AgentModel model) => model.Shared(m => new ToolContracts(m));

    /// <summary>The contracts in a file, in the order of the text.</summary>
    public IEnumerable<ToolContract> In(SemanticModel semantics, CancellationToken cancellation)
    {
        foreach (var node in semantics.SyntaxTree.GetRoot(cancellation).Declarations())
            if (node is TypeDeclarationSyntax or MethodDeclarationSyntax && node is MemberDeclarationSyntax { AttributeLists.Count: > 0 } member)
                foreach (var attribute in member.AttributeLists.SelectMany(list => list.Attributes))
                    if (Read(attribute, member, semantics, cancellation) is { } contract)
                        yield return contract;
    }

    private ToolContract? Read(AttributeSyntax attribute, MemberDeclarationSyntax member, SemanticModel semantics, CancellationToken cancellation)
    {
        if (attribute.ArgumentList is not { } list
            || !list.Arguments.Any(a => a.NameEquals != null)
            || semantics.GetSymbolInfo(attribute, cancellation).Symbol?.ContainingType is not { } type)
            return null;
        var entry = model.EntriesOf(type).FirstOrDefault(e => e.Role == CatalogueRole.ToolAttribute);
        if (entry == null && !DeclaresHints(type))
            return null;
        var declared = ImmutableArray.CreateBuilder<DeclaredHint>();
        foreach (var argument in list.Arguments)
            if (argument.NameEquals is { Name.Identifier.ValueText: var name } && HintOf(name, entry) is { } hint && semantics.GetConstantValue(argument.Expression, cancellation) is { HasValue: true, Value: bool value })
                declared.Add(new DeclaredHint(hint, value, argument));
        if (declared.Count == 0)
            return null;
        var methods = semantics.GetDeclaredSymbol(member, cancellation) switch
        {
            IMethodSymbol method => [method],
            INamedTypeSymbol tool => MethodsOf(tool, entry),
            _ => ImmutableArray<IMethodSymbol>.Empty,
        };
        return methods.IsEmpty ? null : new ToolContract(declared.ToImmutable(), methods);
    }

    private ToolHint? HintOf(string property, CatalogueEntry? entry) =>
        entry?["read-only"] == property ? ToolHint.ReadOnly
        : entry?["idempotent"] == property ? ToolHint.Idempotent
        : entry?["destructive"] == property ? ToolHint.Destructive
        : hints.TryGetValue(property, out var hint) ? hint
        : null;

    // One such name may be a coincidence; two are the protocol's vocabulary.
    private bool DeclaresHints(INamedTypeSymbol attribute) =>
        attribute.GetMembers().OfType<IPropertySymbol>()
            .Where(property => property.Type.SpecialType == SpecialType.System_Boolean && hints.ContainsKey(property.Name))
            .Select(property => hints[property.Name]).Distinct().Count() > 1;

    private static ImmutableArray<IMethodSymbol> MethodsOf(INamedTypeSymbol tool, CatalogueEntry? entry)
    {
        var methods = tool.GetMembers().OfType<IMethodSymbol>().Where(m => m is { MethodKind: MethodKind.Ordinary or MethodKind.ExplicitInterfaceImplementation, IsAbstract: false });
        if (entry?.List("methods") is { IsEmpty: false } named)
            return [.. methods.Where(m => named.Contains(m.Name))];
        return [.. methods.Where(m => m.IsOverride || !m.ExplicitInterfaceImplementations.IsEmpty || Implements(tool, m))];
    }

    private static bool Implements(INamedTypeSymbol type, IMethodSymbol method) =>
        type.AllInterfaces.Any(i => i.GetMembers(method.Name).Any(member => SymbolEqualityComparer.Default.Equals(type.FindImplementationForInterfaceMember(member), method)));

    private static ToolHint HintOf(string kind) => kind switch
    {
        "read-only" => ToolHint.ReadOnly,
        "idempotent" => ToolHint.Idempotent,
        _ => ToolHint.Destructive,
    };
}
