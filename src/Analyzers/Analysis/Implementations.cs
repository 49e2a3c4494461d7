using System.Collections.Concurrent;
using System.Collections.Immutable;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Analysis;

/// <summary>Where a virtual call goes: followed only where the source has one answer.</summary>
internal sealed class Implementations(AgentModel model)
{
    private readonly ConcurrentDictionary<INamedTypeSymbol, ImmutableArray<INamedTypeSymbol>> derived = new(SymbolEqualityComparer.Default);
    private readonly Lazy<ILookup<string, TypeDeclarationSyntax>> byBase = new(() =>
        model.Compilation.SyntaxTrees.SelectMany(tree => TypeTexts.Of(tree, CancellationToken.None).Derived).ToLookup(found => found.Base, found => found.Type, StringComparer.Ordinal));

    private readonly Lazy<ILookup<string, string>> aliases = new(() =>
        model.Compilation.SyntaxTrees.SelectMany(tree => TypeTexts.Of(tree, CancellationToken.None).Aliases).ToLookup(found => found.Name, found => found.Alias, StringComparer.Ordinal));

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
        if (!model.Declares(declaring))
            return isInterface || method.IsAbstract ? null : method;

        IMethodSymbol? only = isInterface || method.IsAbstract ? null : method;
        foreach (var type in DerivedFrom(declaring))
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

    private ImmutableArray<INamedTypeSymbol> DerivedFrom(INamedTypeSymbol type) =>
        derived.TryGetValue(type.OriginalDefinition, out var known) ? known : derived.GetOrAdd(type.OriginalDefinition, FindDerived(type.OriginalDefinition));

    // By name from type to type; what the names mean is asked of those that are found.
    private ImmutableArray<INamedTypeSymbol> FindDerived(INamedTypeSymbol type)
    {
        var found = new HashSet<INamedTypeSymbol>(SymbolEqualityComparer.Default);
        var names = new HashSet<string>(StringComparer.Ordinal) { type.Name };
        var open = new Queue<string>(names);
        while (open.Count > 0)
        {
            var name = open.Dequeue();
            foreach (var alias in aliases.Value[name].Where(names.Add))
                open.Enqueue(alias);
            foreach (var declaration in byBase.Value[name])
                if (model.SemanticsOf(declaration.SyntaxTree).GetDeclaredSymbol(declaration) is { } candidate && DerivesFrom(candidate, type) && found.Add(candidate) && names.Add(candidate.Name))
                    open.Enqueue(candidate.Name);
        }

        return [.. found];
    }

    private static bool DerivesFrom(INamedTypeSymbol type, INamedTypeSymbol from)
    {
        if (from.TypeKind == TypeKind.Interface)
            return type.AllInterfaces.Any(i => SymbolEqualityComparer.Default.Equals(i.OriginalDefinition, from));
        for (var b = type.BaseType; b != null; b = b.BaseType)
            if (SymbolEqualityComparer.Default.Equals(b.OriginalDefinition, from))
                return true;
        return false;
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
