using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;

namespace AgentLint.Analysis.Facts;

/// <summary>
/// The interfaces by which the projects of one program call each other: visible ones of this project, and of assemblies that neither the catalogue
/// describes nor another company has signed.
/// </summary>
internal sealed class Contracts(AgentModel model)
{
    public static Contracts Of(AgentModel model) => model.Shared(m => new Contracts(m));

    /// <summary>Whether other projects of the program may implement a type.</summary>
    public bool Contain(INamedTypeSymbol type) => type.TypeKind == TypeKind.Interface && IsOfProgram(type.ContainingAssembly) && Visibility.IsVisible(type);

    /// <summary>Whether other projects of the program may implement a method, of which the catalogue knows nothing.</summary>
    public bool Contain(IMethodSymbol method) =>
        method.OriginalDefinition is { MethodKind: MethodKind.Ordinary, IsAbstract: true, IsStatic: false } member && Contain(member.ContainingType) && model.EntriesOf(member).IsEmpty;

    /// <summary>The methods of such interfaces that the text of this project may call, where this project does not know what runs.</summary>
    public IEnumerable<IMethodSymbol> OpenMembers(CancellationToken cancellation)
    {
        var graph = CallGraph.Of(model);
        var seen = new HashSet<INamedTypeSymbol>(SymbolEqualityComparer.Default);
        foreach (var named in NamedHere(cancellation))
            foreach (var contract in named.AllInterfaces.Insert(0, named))
                if (seen.Add(contract.OriginalDefinition) && Contain(contract.OriginalDefinition))
                    foreach (var method in contract.OriginalDefinition.GetMembers().OfType<IMethodSymbol>())
                        if (Contain(method) && (graph.Resolve(method) is not { } target || Decorates(target.ContainingType, contract)))
                            yield return method;
    }

    // What implements an interface and is given another implementation of it.
    private static bool Decorates(INamedTypeSymbol type, INamedTypeSymbol contract) =>
        type.GetMembers().OfType<IMethodSymbol>().Any(member =>
            member.MethodKind == MethodKind.Constructor && member.Parameters.Any(parameter => SymbolEqualityComparer.Default.Equals(parameter.Type.OriginalDefinition, contract.OriginalDefinition)));

    private IEnumerable<INamedTypeSymbol> NamedHere(CancellationToken cancellation)
    {
        var candidates = Implementations.TypesIn(model.Compilation.Assembly.GlobalNamespace).Where(type => type.TypeKind == TypeKind.Interface).ToList();
        foreach (var reference in model.Compilation.References)
            if (model.Compilation.GetAssemblyOrModuleSymbol(reference) is IAssemblySymbol assembly && IsOfProgram(assembly))
                candidates.AddRange(OuterTypesIn(assembly.GlobalNamespace).Where(type => type.TypeKind == TypeKind.Interface));
        var names = new NameSet(candidates.Select(type => type.Name));
        var mentioned = new HashSet<string>(model.Compilation.SyntaxTrees.SelectMany(tree => NameIndex.Of(tree, cancellation).Among(names)), StringComparer.Ordinal);
        return candidates.Where(type => mentioned.Contains(type.Name));
    }

    // To look for nested types loads the members of all types.
    private static IEnumerable<INamedTypeSymbol> OuterTypesIn(INamespaceSymbol space) =>
        space.GetTypeMembers().Concat(space.GetNamespaceMembers().SelectMany(OuterTypesIn));

    private bool IsOfProgram(IAssemblySymbol assembly)
    {
        var own = model.Compilation.Assembly;
        return SymbolEqualityComparer.Default.Equals(assembly, own)
            || (!model.Catalogue.Describes(assembly.Name)
                && (!assembly.Identity.IsStrongName || assembly.Identity.PublicKeyToken.SequenceEqual(own.Identity.PublicKeyToken)));
    }
}
