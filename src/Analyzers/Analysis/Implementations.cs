using System.Collections.Concurrent;
using System.Collections.Immutable;
using AgentLint.Analysis.Calls;
using AgentLint.Analysis.Facts;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Analysis;

/// <summary>
/// Where a virtual call goes: to the one implementation that the source has, or to the one that the program puts into its container. Where a few are
/// left, they are what may run.
/// </summary>
internal sealed class Implementations(AgentModel model)
{
    // More than a few implementations tell nothing of a call.
    private const int Few = 4;

    private readonly ConcurrentDictionary<IMethodSymbol, ImmutableArray<IMethodSymbol>> targets = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<INamedTypeSymbol, ImmutableArray<INamedTypeSymbol>> registered = new(SymbolEqualityComparer.Default);
    private readonly Once<ILookup<INamedTypeSymbol, ServiceRegistration>> services = new();
    private readonly ConcurrentDictionary<INamedTypeSymbol, ImmutableArray<INamedTypeSymbol>> derived = new(SymbolEqualityComparer.Default);
    private readonly Lazy<ILookup<string, TypeDeclarationSyntax>> byBase = new(() =>
        model.Compilation.SyntaxTrees.SelectMany(tree => TypeTexts.Of(tree, CancellationToken.None).Derived).ToLookup(found => found.Base, found => found.Type, StringComparer.Ordinal));

    private readonly Lazy<ILookup<string, string>> aliases = new(() =>
        model.Compilation.SyntaxTrees.SelectMany(tree => TypeTexts.Of(tree, CancellationToken.None).Aliases).ToLookup(found => found.Name, found => found.Alias, StringComparer.Ordinal));

    /// <summary>The method that a call runs: itself when it is not virtual, its only implementation, or null when that is not known.</summary>
    /// <param name="method">The method that the source names.</param>
    /// <param name="from">The type that calls: what decorates a service calls another implementation of it than itself.</param>
    public IMethodSymbol? Resolve(IMethodSymbol method, INamedTypeSymbol? from = null) =>
        All(method, from) is { Length: 1 } only ? only[0] : null;

    /// <summary>The methods that a call may run: one where that is known, none where too many are possible.</summary>
    public ImmutableArray<IMethodSymbol> May(IMethodSymbol method, INamedTypeSymbol? from = null) =>
        All(method, from) is { Length: <= Few } few ? few : [];

    private ImmutableArray<IMethodSymbol> All(IMethodSymbol method, INamedTypeSymbol? from)
    {
        var named = method.ContainingType;
        method = (method.ReducedFrom ?? method).OriginalDefinition;
        var isInterface = method.ContainingType?.TypeKind == TypeKind.Interface;
        if (!isInterface && !method.IsAbstract && !method.IsVirtual && !method.IsOverride)
            return [method];
        if (method.IsStatic || method.ContainingType is not { } declaring)
            return method.IsAbstract ? [] : [method];
        // What a referenced assembly declares may be implemented there as well.
        var isForeign = !model.Declares(declaring);
        if (isForeign && (!isInterface || !AreKnown(declaring)))
            return isInterface || method.IsAbstract ? [] : [method];

        var all = targets.TryGetValue(method, out var known) ? known : targets.GetOrAdd(method, Find(method, declaring, isInterface));
        // A decorator of something that only another project knows.
        if (isForeign && from != null && all.All(target => SymbolEqualityComparer.Default.Equals(target.ContainingType, from.OriginalDefinition)))
            return [];
        if (all.Length < 2)
            return all;
        // IHandler<PayOrder>: what implements IHandler<CancelOrder> is not meant.
        if (isInterface && named is { IsGenericType: true } && !named.TypeArguments.Any(argument => argument is ITypeParameterSymbol)
            && all.RemoveAll(target => !Implements(target.ContainingType, named)) is { IsEmpty: false, Length: var left } meant && left < all.Length)
        {
            if (left == 1)
                return meant;
            all = meant;
        }

        // A decorator hands on to what it decorates.
        if (from != null && all.RemoveAll(target => SymbolEqualityComparer.Default.Equals(target.ContainingType, from.OriginalDefinition)) is { Length: > 0 } others && others.Length < all.Length)
            return others;
        return RegisteredFor(declaring) is { Length: 1 } made && all.Where(target => IsOf(made[0], target)).ToImmutableArray() is { Length: 1 } chosen ? chosen : all;
    }

    // The facts of a referenced assembly tell of an implementation, or this project has one of an interface of the program; others without facts count as well.
    private bool AreKnown(INamedTypeSymbol contract) =>
        !ForeignFacts.Of(model).ImplementationsOf(contract, CancellationToken.None).IsEmpty
        || (Contracts.Of(model).Contain(contract.OriginalDefinition) && !DerivedFrom(contract).IsEmpty && ForeignFacts.Of(model).AllImplementationsOf(contract, CancellationToken.None) != null);

    private ImmutableArray<IMethodSymbol> Find(IMethodSymbol method, INamedTypeSymbol declaring, bool isInterface)
    {
        var found = ImmutableArray.CreateBuilder<IMethodSymbol>();
        if (!isInterface && !method.IsAbstract)
            found.Add(method);
        foreach (var type in model.Declares(declaring) ? DerivedFrom(declaring) : DerivedFrom(declaring).AddRange(ForeignFacts.Of(model).AllImplementationsOf(declaring, CancellationToken.None) ?? []))
            if (ImplementationIn(type, method, isInterface) is { } target && !found.Contains(target, SymbolEqualityComparer.Default))
                found.Add(target);
        return found.ToImmutable();
    }

    // The types that the program has the container make for a service; none where a factory does not say what it makes.
    private ImmutableArray<INamedTypeSymbol> RegisteredFor(INamedTypeSymbol service) =>
        registered.TryGetValue(service, out var known) ? known : registered.GetOrAdd(service, s =>
        {
            var made = services.Get(ReadServices)[s].Select(registration => registration.Implementation?.OriginalDefinition).Distinct<INamedTypeSymbol?>(SymbolEqualityComparer.Default).ToList();
            return made.Contains(null) || made.Contains(s, SymbolEqualityComparer.Default) ? [] : [.. made.OfType<INamedTypeSymbol>()];
        });

    // A test puts together what it tests, for itself.
    private ILookup<INamedTypeSymbol, ServiceRegistration> ReadServices()
    {
        var tests = TestPlaces.Of(model, CancellationToken.None);
        return ContainerServices.Of(model, CancellationToken.None).All
            .Where(registration => registration.Service != null && !tests.Contains(registration.Site.SyntaxTree))
            .ToLookup<ServiceRegistration, INamedTypeSymbol>(registration => registration.Service!.OriginalDefinition, SymbolEqualityComparer.Default);
    }

    private static bool Implements(INamedTypeSymbol? type, INamedTypeSymbol contract) =>
        type != null && (type.IsGenericType || type.AllInterfaces.Contains(contract, SymbolEqualityComparer.Default));

    private static bool IsOf(INamedTypeSymbol made, IMethodSymbol target)
    {
        for (var type = made; type != null; type = type.BaseType)
            if (SymbolEqualityComparer.Default.Equals(type.OriginalDefinition, target.ContainingType))
                return true;
        return false;
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
