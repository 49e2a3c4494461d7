using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace AgentLint.Analysis.Facts;

/// <summary>The types of referenced assemblies that implement an interface.</summary>
internal static class Implementers
{
    // What more assemblies know than this is an interface of a framework, which anything may implement.
    private const int MaxAssemblies = 40;

    /// <summary>The types; null where so many assemblies know the interface that it is no contract of this program.</summary>
    public static ImmutableArray<INamedTypeSymbol>? In(Compilation compilation, INamedTypeSymbol contract, Func<IAssemblySymbol, bool> isDescribed, CancellationToken cancellation)
    {
        if (isDescribed(contract.ContainingAssembly))
            return null;
        var assemblies = compilation.References.Select(compilation.GetAssemblyOrModuleSymbol).OfType<IAssemblySymbol>()
            .Where(assembly => !isDescribed(assembly) && Knows(assembly, contract.ContainingAssembly)).ToList();
        if (assemblies.Count > MaxAssemblies)
            return null;
        var found = ImmutableArray.CreateBuilder<INamedTypeSymbol>();
        foreach (var assembly in assemblies)
            foreach (var type in Implementations.TypesIn(assembly.GlobalNamespace))
            {
                cancellation.ThrowIfCancellationRequested();
                if (type.TypeKind is TypeKind.Class or TypeKind.Struct && !type.IsAbstract
                    && type.AllInterfaces.Any(one => SymbolEqualityComparer.Default.Equals(one.OriginalDefinition, contract)))
                    found.Add(type);
            }

        return found.ToImmutable();
    }

    private static bool Knows(IAssemblySymbol assembly, IAssemblySymbol other) =>
        SymbolEqualityComparer.Default.Equals(assembly, other)
        || assembly.Modules.Any(module => module.ReferencedAssemblies.Any(reference => reference.Name == other.Name));
}
