using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;

namespace AgentLint.Analysis.Concurrency;

/// <summary>Which values several calls may hold at once without one seeing what another does.</summary>
internal sealed class Mutability(AgentModel model)
{
    // How deep the fields of a type are looked into.
    private const int MaxDepth = 4;

    /// <summary>Whether values of a type never change, or may be used by several calls at once.</summary>
    public bool IsShareable(ITypeSymbol? type) => IsShareable(type, 0);

    /// <summary>Whether a type is one conversation's state: a history, a session, or an agent that may keep one itself.</summary>
    public bool IsSession(ITypeSymbol? type)
    {
        if (type is IArrayTypeSymbol array)
            return IsMessage(array.ElementType);
        if (type is not INamedTypeSymbol named)
            return false;
        // Whoever holds a sequence of messages may hold the conversation itself.
        if (named is { TypeKind: TypeKind.Interface, TypeArguments.Length: 1 } && IsCollection(named) && IsMessage(named.TypeArguments[0]))
            return true;
        foreach (var entry in model.EntriesOf(named))
            if ((entry.Role == CatalogueRole.Agent && entry.Has("keeps-history"))
                || (entry.Role == CatalogueRole.Session && (entry["of"] is not { } element || Constructed(named, entry.Type).Any(t => t.TypeArguments.Any(a => IsOrDerives(a, element))))))
                return true;
        return false;
    }

    /// <summary>Whether a type holds other objects, and is changed by adding to it.</summary>
    public static bool IsCollection(ITypeSymbol? type) =>
        type is IArrayTypeSymbol or INamedTypeSymbol { Name: "StringBuilder" }
        || (type is { SpecialType: not SpecialType.System_String } && (IsEnumerable(type) || type.AllInterfaces.Any(IsEnumerable)));

    /// <summary>Whether each thread has its own value of a static field.</summary>
    public static bool IsOfThread(ISymbol member) => member.GetAttributes().Any(attribute => attribute.AttributeClass?.Name == "ThreadStaticAttribute");

    private bool IsShareable(ITypeSymbol? type, int depth)
    {
        switch (type)
        {
            case null or IErrorTypeSymbol or IArrayTypeSymbol:
                return false;
            case { TypeKind: TypeKind.Enum or TypeKind.Delegate or TypeKind.Pointer or TypeKind.FunctionPointer }:
            case { SpecialType: SpecialType.System_String or (>= SpecialType.System_Boolean and <= SpecialType.System_Double) or SpecialType.System_DateTime }:
                return true;
            case not INamedTypeSymbol:
                return false;
        }

        var named = (INamedTypeSymbol)type;
        var entries = model.EntriesOf(named);
        if (entries.Any(e => e.Role is CatalogueRole.TurnBased or CatalogueRole.Session or CatalogueRole.Agent) && IsTurnBasedOrSession(named))
            return false;
        if (entries.Any(e => e.Role is CatalogueRole.ThreadSafe or CatalogueRole.ModelClient or CatalogueRole.Agent or CatalogueRole.WorkflowContext))
            return true;
        if (depth >= MaxDepth)
            return false;
        // What is only read through an interface is not changed by those who hold it.
        if (named is { TypeKind: TypeKind.Interface, Name: "IEnumerable" or "IReadOnlyCollection" or "IReadOnlyList" or "IReadOnlyDictionary" or "IReadOnlySet", ContainingNamespace.Name: "Generic" })
            return named.TypeArguments.All(a => IsShareable(a, depth + 1));
        if (named.IsValueType && !named.Locations.Any(l => l.IsInSource))
            return named.TypeArguments.All(a => IsShareable(a, depth + 1)) && named.TupleElements is var elements && (elements.IsDefault || elements.All(e => IsShareable(e.Type, depth + 1)));
        return named is { IsAnonymousType: true } or { TypeKind: TypeKind.Class or TypeKind.Struct } && named.Locations.Any(l => l.IsInSource) && HasOnlyFixedFields(named, depth);
    }

    private bool IsTurnBasedOrSession(INamedTypeSymbol type) => IsSession(type) || model.Is(type, CatalogueRole.TurnBased);

    private bool HasOnlyFixedFields(INamedTypeSymbol type, int depth)
    {
        for (var t = type; t is { SpecialType: not (SpecialType.System_Object or SpecialType.System_ValueType) }; t = t.BaseType)
        {
            if (!t.Locations.Any(l => l.IsInSource))
                return false;
            foreach (var member in t.GetMembers())
                if (member is IFieldSymbol { IsStatic: false } field && !((field.IsReadOnly || t.IsValueType || IsInitOnly(field)) && IsShareable(field.Type, depth + 1)))
                    return false;
        }

        return true;
    }

    // The compiler marks the fields of get-only properties as read-only, those of init-only properties not.
    private static bool IsInitOnly(IFieldSymbol field) => field.AssociatedSymbol is IPropertySymbol { SetMethod: null or { IsInitOnly: true } };

    private bool IsMessage(ITypeSymbol element) =>
        model.Catalogue.Of(CatalogueRole.Session).Any(entry => entry["of"] is { } name && IsOrDerives(element, name));

    private static bool IsOrDerives(ITypeSymbol type, string name)
    {
        for (var t = type as INamedTypeSymbol; t != null; t = t.BaseType)
            if (CatalogueMatcher.IsNamed(t.OriginalDefinition, name))
                return true;
        return type is { TypeKind: TypeKind.Interface } && type.AllInterfaces.Any(i => CatalogueMatcher.IsNamed(i.OriginalDefinition, name));
    }

    private static IEnumerable<INamedTypeSymbol> Constructed(INamedTypeSymbol type, string name)
    {
        for (var t = type; t != null; t = t.BaseType)
            if (CatalogueMatcher.IsNamed(t.OriginalDefinition, name))
                yield return t;
        foreach (var i in type.AllInterfaces)
            if (CatalogueMatcher.IsNamed(i.OriginalDefinition, name))
                yield return i;
    }

    private static bool IsEnumerable(ITypeSymbol type) => type is { TypeKind: TypeKind.Interface, Name: "IEnumerable", ContainingNamespace.Name: "Collections" or "Generic" };
}
