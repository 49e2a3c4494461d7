using AgentLint.Model;
using Microsoft.CodeAnalysis;

namespace AgentLint.Analysis;

/// <summary>Where a virtual call goes: followed only where the source has one answer.</summary>
internal sealed class Implementations
{
    private readonly Dictionary<INamedTypeSymbol, List<INamedTypeSymbol>> derived = new(SymbolEqualityComparer.Default);

    public Implementations(AgentModel model)
    {
        foreach (var type in TypesIn(model.Compilation.Assembly.GlobalNamespace))
        {
            foreach (var i in type.AllInterfaces)
                Add(i, type);
            for (var b = type.BaseType; b != null; b = b.BaseType)
                Add(b, type);
        }
    }

    /// <summary>The method that a call runs: itself when it is not virtual, its only implementation, or null when that is not known.</summary>
    public IMethodSymbol? Resolve(IMethodSymbol method)
    {
        method = (method.ReducedFrom ?? method).OriginalDefinition;
        var isInterface = method.ContainingType?.TypeKind == TypeKind.Interface;
        if (!isInterface && !method.IsAbstract && !method.IsVirtual && !method.IsOverride)
            return method;
        if (method.IsStatic || method.ContainingType is not { } declaring)
            return method.IsAbstract ? null : method;
        // What a referenced assembly declares may be implemented there as well.
        if (!declaring.Locations.Any(l => l.IsInSource))
            return isInterface || method.IsAbstract ? null : method;

        IMethodSymbol? only = isInterface || method.IsAbstract ? null : method;
        foreach (var type in derived.TryGetValue(declaring, out var types) ? types : [])
            if (ImplementationIn(type, method, isInterface) is { } found && !SymbolEqualityComparer.Default.Equals(found, only))
            {
                if (only != null)
                    return null;
                only = found;
            }

        return only;
    }

    private static IMethodSymbol? ImplementationIn(INamedTypeSymbol type, IMethodSymbol method, bool isInterface)
    {
        if (type.TypeKind == TypeKind.Interface)
            return null;
        if (!isInterface)
            return type.GetMembers(method.Name).OfType<IMethodSymbol>().FirstOrDefault(m => Overrides(m, method));
        foreach (var implemented in type.AllInterfaces)
            if (SymbolEqualityComparer.Default.Equals(implemented.OriginalDefinition, method.ContainingType))
                foreach (var member in implemented.GetMembers(method.Name).OfType<IMethodSymbol>())
                    if (SymbolEqualityComparer.Default.Equals(member.OriginalDefinition, method)
                        && type.FindImplementationForInterfaceMember(member) is IMethodSymbol found)
                        return LastOverride(type, found.OriginalDefinition) is { IsAbstract: false } last ? last : null;
        return null;
    }

    // What implements an interface may be overridden below.
    private static IMethodSymbol LastOverride(INamedTypeSymbol type, IMethodSymbol method)
    {
        if (method.IsAbstract || method.IsVirtual || method.IsOverride)
            for (var t = type; t != null && !SymbolEqualityComparer.Default.Equals(t.OriginalDefinition, method.ContainingType); t = t.BaseType)
                foreach (var member in t.OriginalDefinition.GetMembers(method.Name).OfType<IMethodSymbol>())
                    for (var m = member.OverriddenMethod; m != null; m = m.OverriddenMethod)
                        if (SymbolEqualityComparer.Default.Equals(m.OriginalDefinition, method))
                            return member;
        return method;
    }

    private static bool Overrides(IMethodSymbol method, IMethodSymbol overridden)
    {
        for (var m = method.OverriddenMethod; m != null; m = m.OverriddenMethod)
            if (SymbolEqualityComparer.Default.Equals(m.OriginalDefinition, overridden))
                return !method.IsAbstract;
        return false;
    }

    private void Add(INamedTypeSymbol from, INamedTypeSymbol type)
    {
        from = from.OriginalDefinition;
        if (!from.Locations.Any(l => l.IsInSource))
            return;
        if (!derived.TryGetValue(from, out var types))
            derived.Add(from, types = []);
        types.Add(type);
    }

    /// <summary>All types that a namespace or type contains, nested ones included.</summary>
    public static IEnumerable<INamedTypeSymbol> TypesIn(INamespaceOrTypeSymbol container)
    {
        var open = new Stack<INamespaceOrTypeSymbol>();
        open.Push(container);
        while (open.Count > 0)
            foreach (var member in open.Pop().GetMembers())
                if (member is INamespaceOrTypeSymbol next)
                {
                    open.Push(next);
                    if (next is INamedTypeSymbol type)
                        yield return type;
                }
    }
}
