using Microsoft.CodeAnalysis;

namespace AgentLint.Analysis.Facts;

/// <summary>Whom other assemblies can call: by name, or through an interface or a base that they see.</summary>
internal static class Visibility
{
    /// <summary>Whether code of other assemblies can have a method run.</summary>
    public static bool IsReachable(IMethodSymbol method) => IsVisible(method) || StandsBehindBase(method) || InterfacesBehind(method).Any();

    /// <summary>The interfaces that other assemblies see and a method implements a member of.</summary>
    public static IEnumerable<INamedTypeSymbol> InterfacesBehind(IMethodSymbol method)
    {
        if (method is not { IsStatic: false, ContainingType: { TypeKind: TypeKind.Class or TypeKind.Struct } type } || (method.DeclaredAccessibility != Accessibility.Public && method.ExplicitInterfaceImplementations.IsEmpty))
            yield break;
        foreach (var contract in type.AllInterfaces)
            if (IsVisible(contract) && contract.GetMembers().OfType<IMethodSymbol>().Any(member => SymbolEqualityComparer.Default.Equals(type.FindImplementationForInterfaceMember(member), method)))
                yield return contract.OriginalDefinition;
    }

    private static bool StandsBehindBase(IMethodSymbol method)
    {
        for (var overridden = method.OverriddenMethod; overridden != null; overridden = overridden.OverriddenMethod)
            if (IsVisible(overridden))
                return true;
        return false;
    }

    /// <summary>Whether code of other assemblies can name a symbol.</summary>
    public static bool IsVisible(ISymbol symbol)
    {
        for (var one = symbol; one is not (null or INamespaceSymbol); one = one.ContainingSymbol)
            if (one.DeclaredAccessibility is not (Accessibility.Public or Accessibility.Protected or Accessibility.ProtectedOrInternal))
                return false;
        return true;
    }
}
