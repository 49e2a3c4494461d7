using System.Collections.Concurrent;
using System.Collections.Immutable;
using AgentLint.Catalogue;
using Microsoft.CodeAnalysis;

namespace AgentLint.Model;

/// <summary>Finds the catalogue's entries for the symbols of one compilation: by name first, then by the types that declare the name.</summary>
internal sealed class CatalogueMatcher(ApiCatalogue catalogue, Func<CatalogueEntry, bool> isPresent)
{
    private const TypeKind ExtensionBlock = (TypeKind)14;
    private static readonly ImmutableArray<CatalogueEntry> None = [];

    // Attributes cost binding: they are looked at where a library is there that gives them a meaning.
    private readonly Lazy<bool> hasDeclaringAttributes = new(() =>
        catalogue.Entries.Any(entry => entry.Members.Contains(".ctor") && entry.SimpleTypeName.EndsWith("Attribute", StringComparison.Ordinal) && isPresent(entry)));

    private readonly ConcurrentDictionary<ISymbol, ImmutableArray<CatalogueEntry>> members = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<INamedTypeSymbol, ImmutableArray<CatalogueEntry>> types = new(SymbolEqualityComparer.Default);

    /// <summary>What the catalogue says of a method, property or constructor: of its original definition, of what it overrides and of what it implements.</summary>
    public ImmutableArray<CatalogueEntry> EntriesOf(ISymbol member)
    {
        if (member is IMethodSymbol { ReducedFrom: { } extension })
            member = extension;
        member = member.OriginalDefinition;
        if (member.ContainingType is not { } type)
            return None;
        return MayMatch(member, type) ? members.GetOrAdd(member, Match) : None;
    }

    /// <summary>What the catalogue says of a type, its base types and its interfaces.</summary>
    public ImmutableArray<CatalogueEntry> EntriesOf(INamedTypeSymbol type) => types.GetOrAdd(type.OriginalDefinition, MatchType);

    public bool Has(INamedTypeSymbol type, CatalogueRole role) => EntriesOf(type).Any(e => e.Role == role);

    public CatalogueEntry? Find(ISymbol member, CatalogueRole role) => EntriesOf(member).FirstOrDefault(e => e.Role == role);

    private static string KeyOf(ISymbol member) =>
        member is IMethodSymbol { MethodKind: MethodKind.Constructor } ? ApiCatalogue.ConstructorKey(member.ContainingType.MetadataName) : SimpleName(member);

    // Most symbols of a program are strangers to the catalogue: they are not worth a place in the cache.
    private bool MayMatch(ISymbol member, INamedTypeSymbol type)
    {
        if (!catalogue.MembersNamed(KeyOf(member)).IsEmpty || DeclaringAttributes(member).Any(attribute => !catalogue.MembersNamed(KeyOf(attribute)).IsEmpty))
            return true;
        for (var t = type; t != null; t = t.BaseType)
            if (!catalogue.PrefixesOf(t.MetadataName).IsEmpty)
                return true;
        foreach (var i in type.AllInterfaces)
            if (!catalogue.PrefixesOf(i.MetadataName).IsEmpty)
                return true;
        return false;
    }

    private ImmutableArray<CatalogueEntry> Match(ISymbol member)
    {
        var found = ImmutableArray.CreateBuilder<CatalogueEntry>();
        var declarers = Declarers(member).ToList();
        foreach (var entry in catalogue.MembersNamed(KeyOf(member)))
            // Generated clients declare members that their common base type has not.
            AddIf(found, entry, entry.Has("derived") ? [.. declarers.SelectMany(BasesOf)] : declarers);
        foreach (var type in declarers.SelectMany(BasesOf))
            foreach (var entry in catalogue.PrefixesOf(type.MetadataName))
                if (entry.NamesMember(SimpleName(member)))
                    AddIf(found, entry, [type]);
        foreach (var attribute in DeclaringAttributes(member))
            foreach (var entry in catalogue.MembersNamed(KeyOf(attribute)))
                AddIf(found, entry, [attribute.ContainingType]);
        if (NativeLibraryOf(member) is { } library)
            foreach (var entry in catalogue.MembersNamed(member.Name))
                if (entry.Type.Equals(library, StringComparison.OrdinalIgnoreCase))
                    found.Add(entry);
        return found.Any(e => e.Role == CatalogueRole.Ignore) ? None : found.ToImmutable();
    }

    // A method of an interface that a library implements does what its attribute says: [Post("/orders")].
    private IEnumerable<IMethodSymbol> DeclaringAttributes(ISymbol member) =>
        member is IMethodSymbol { IsAbstract: true, ContainingType.TypeKind: TypeKind.Interface } && hasDeclaringAttributes.Value
            ? member.GetAttributes().Select(attribute => attribute.AttributeConstructor).OfType<IMethodSymbol>()
            : [];

    // [DllImport("user32.dll")], [LibraryImport("user32.dll")]: the functions of the system, each under its own name.
    private static string? NativeLibraryOf(ISymbol member)
    {
        if (member is not IMethodSymbol { IsStatic: true } method || !(method.IsExtern || method.IsPartialDefinition))
            return null;
        var name = method.GetDllImportData() is { } import
            ? (import.EntryPointName ?? member.Name) == member.Name ? import.ModuleName : null
            : method.GetAttributes().FirstOrDefault(attribute => attribute.AttributeClass?.Name == "LibraryImportAttribute")?.ConstructorArguments.FirstOrDefault().Value as string;
        return name?.EndsWith(".dll", StringComparison.OrdinalIgnoreCase) == true ? name.Substring(0, name.Length - ".dll".Length) : name;
    }

    private static bool IsOfBaseLibrary(INamedTypeSymbol type) =>
        type.ContainingAssembly?.Name is { } name && (name.StartsWith("System", StringComparison.Ordinal) || name == "mscorlib");

    /// <summary>Whether a type belongs to .NET, or to the packages that its hosts are made of.</summary>
    public static bool IsOfPlatform(INamedTypeSymbol type) =>
        IsOfBaseLibrary(type) || type.ContainingAssembly?.Name is { } name && (name == "netstandard" || name.StartsWith("Microsoft.Extensions.", StringComparison.Ordinal));

    private ImmutableArray<CatalogueEntry> MatchType(INamedTypeSymbol type)
    {
        var found = ImmutableArray.CreateBuilder<CatalogueEntry>();
        foreach (var t in BasesOf(type))
            foreach (var entry in catalogue.TypesNamed(t.MetadataName))
                AddIf(found, entry, [t]);
        return found.ToImmutable();
    }

    // What a library's lines say of types of the base library holds where the library is referenced.
    private void AddIf(ImmutableArray<CatalogueEntry>.Builder found, CatalogueEntry entry, List<INamedTypeSymbol> types)
    {
        foreach (var type in types)
            if (IsNamed(type, entry.Type) && entry.HoldsFor(type.ContainingAssembly?.Identity.Version ?? new Version()) && !found.Contains(entry)
                && (entry.IsOfBaseLibrary || entry.Library == null || !IsOfBaseLibrary(type) || isPresent(entry)))
            {
                found.Add(entry);
                return;
            }
    }

    // The types that declare a member: its own, those of what it overrides, and the interfaces that it implements.
    private static IEnumerable<INamedTypeSymbol> Declarers(ISymbol member)
    {
        var chain = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        for (var m = member; m != null; m = Overridden(m))
            if (chain.Add(m.OriginalDefinition))
                yield return DeclaringType(m.OriginalDefinition);
        if (member.IsStatic || member is IMethodSymbol { MethodKind: MethodKind.Constructor })
            yield break;
        foreach (var type in member.ContainingType.AllInterfaces)
            foreach (var candidate in type.GetMembers(SimpleName(member)))
                // What implements an interface stays the implementation when it is overridden.
                if (member.ContainingType.FindImplementationForInterfaceMember(candidate) is { } implementation && chain.Contains(implementation.OriginalDefinition))
                    yield return type.OriginalDefinition;
    }

    // extension(IServiceCollection services) { … }: what stands in such a block belongs to the static class around it. The compiler that this is
    // built against does not know the kind of type that C# 14 has for the block.
    private static INamedTypeSymbol DeclaringType(ISymbol member) =>
        member.ContainingType is { TypeKind: ExtensionBlock, ContainingType: { } around } ? around : member.ContainingType;

    // An explicit implementation carries its interface in its name.
    private static string SimpleName(ISymbol member) => member.Name.Substring(member.Name.LastIndexOf('.') + 1);

    private static ISymbol? Overridden(ISymbol member) => member switch
    {
        IMethodSymbol method => method.OverriddenMethod,
        IPropertySymbol property => property.OverriddenProperty,
        _ => null,
    };

    private static IEnumerable<INamedTypeSymbol> BasesOf(INamedTypeSymbol type)
    {
        for (var t = type; t != null; t = t.BaseType)
            yield return t.OriginalDefinition;
        foreach (var i in type.AllInterfaces)
            yield return i.OriginalDefinition;
    }

    /// <summary>Whether a type has this metadata name (<c>Ns.Outer+Inner`1</c>), compared from the right without building strings.</summary>
    internal static bool IsNamed(INamedTypeSymbol type, string metadataName)
    {
        var end = metadataName.Length;
        for (var t = type; ; t = t.ContainingType)
        {
            if (!EndsWith(metadataName, t.MetadataName, ref end))
                return false;
            if (t.ContainingType == null)
                break;
            if (end == 0 || metadataName[--end] != '+')
                return false;
        }

        for (var ns = type.ContainingNamespace; ns is { IsGlobalNamespace: false }; ns = ns.ContainingNamespace)
            if (end == 0 || metadataName[--end] != '.' || !EndsWith(metadataName, ns.Name, ref end))
                return false;
        return end == 0;
    }

    private static bool EndsWith(string text, string tail, ref int end)
    {
        var start = end - tail.Length;
        if (start < 0 || string.CompareOrdinal(text, start, tail, 0, tail.Length) != 0)
            return false;
        end = start;
        return true;
    }
}
