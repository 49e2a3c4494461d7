using System.Collections.Concurrent;
using System.Collections.Immutable;
using AgentLint.Analysis.Summaries;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;

namespace AgentLint.Analysis.Facts;

/// <summary>
/// What the members of referenced assemblies do. A referenced project of an editor is a compilation, whose own model answers; a referenced file carries
/// what its build has published. Both go through the same text, so that they answer alike.
/// </summary>
internal sealed class ForeignFacts(AgentModel model)
{
    private readonly ConcurrentDictionary<IAssemblySymbol, AssemblyFacts> assemblies = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<IMethodSymbol, ImmutableArray<Effect>> effects = new(SymbolEqualityComparer.Default);
    private readonly Once<Published> published = new();

    public static ForeignFacts Of(AgentModel model) => model.Shared(m => new ForeignFacts(m));

    /// <summary>What a method of a referenced assembly reaches, as far as is published. The paths have no steps in this program yet.</summary>
    public ImmutableArray<Effect> EffectsOf(IMethodSymbol method, CancellationToken cancellation)
    {
        method = (method.ReducedFrom ?? method).OriginalDefinition;
        if (method.ContainingAssembly is not { } assembly || model.Declares(method) || FactsOf(assembly, cancellation).IsEmpty)
            return [];
        return effects.TryGetValue(method, out var known)
            ? known
            : effects.GetOrAdd(method, FactsOf(assembly, cancellation).Of(method) is { Acts: true } member
                ? [.. Composition.Of(model).ReachedBy(member, method, cancellation).Select(fact => new Effect(fact.Entry, new Witness([]) { Beyond = new Beyond(MemberOf(fact.Entry, fact.Api) ?? method, fact) }))]
                : []);
    }

    /// <summary>The ordinals of the parameters of a method of another assembly that become the key of an operation.</summary>
    public ImmutableArray<int> KeysOf(IMethodSymbol method, CancellationToken cancellation) =>
        Of(method, cancellation) is { } member ? Composition.Of(model).KeysOf(member, (method.ReducedFrom ?? method).OriginalDefinition, cancellation) : [];

    /// <summary>What is published of a method of another assembly; null where nothing is.</summary>
    public MemberFacts? Of(IMethodSymbol method, CancellationToken cancellation)
    {
        method = (method.ReducedFrom ?? method).OriginalDefinition;
        return method.ContainingAssembly is { } assembly && !model.Declares(method) ? FactsOf(assembly, cancellation).Of(method) : null;
    }

    /// <summary>Whether a method of another assembly is known to reach something.</summary>
    public bool Know(IMethodSymbol method, CancellationToken cancellation) => !EffectsOf(method, cancellation).IsEmpty;

    /// <summary>Whether something is published of what a method of another assembly does, whatever it is in this program. Asks for no calls of this program.</summary>
    public bool Tell(IMethodSymbol method, CancellationToken cancellation) => Of(method, cancellation) is { Acts: true };

    /// <summary>The names of the members of referenced assemblies that reach what is wanted.</summary>
    public IEnumerable<string> NamesThatReach(Func<ReachedFact, bool> wanted, CancellationToken cancellation) =>
        NamesWhere((one, type, member) => MayReach(one, type, member, wanted, cancellation), cancellation);

    /// <summary>The names of the members of referenced assemblies of which something is published.</summary>
    public IEnumerable<string> NamesWhere(Func<MemberFacts, bool> wanted, CancellationToken cancellation) => NamesWhere((_, _, member) => wanted(member), cancellation);

    private IEnumerable<string> NamesWhere(Func<IAssemblySymbol, string, MemberFacts, bool> wanted, CancellationToken cancellation) =>
        (from one in All(cancellation).Assemblies.Values
         from type in one.Facts.Types
         from member in type.Value.Members
         where wanted(one.Assembly, type.Key, member.Value)
         select member.Key.StartsWith(".ctor", StringComparison.Ordinal)
            ? FileFunctions.Creation + type.Key.Substring(type.Key.LastIndexOfAny(['.', '+']) + 1).Split('`')[0]
            : AssemblyFacts.SimpleNameOf(member.Key)).Distinct(StringComparer.Ordinal);

    /// <summary>Whether a member of a referenced assembly reaches what is wanted.</summary>
    public bool AnyReaches(Func<ReachedFact, bool> wanted, CancellationToken cancellation) =>
        All(cancellation).Assemblies.Values.Any(one => one.Facts.Types.Any(type => type.Value.Members.Values.Any(member => MayReach(one.Assembly, type.Key, member, wanted, cancellation))));

    private bool MayReach(IAssemblySymbol assembly, string type, MemberFacts member, Func<ReachedFact, bool> wanted, CancellationToken cancellation) =>
        Composition.Of(model).MayReach(member, () => assembly.GetTypeByMetadataName(type), wanted, cancellation);

    /// <summary>
    /// The types of referenced assemblies that implement an interface of another assembly; none where no member of any of them has facts, or where so
    /// many assemblies know the interface that it is no contract of this program.
    /// </summary>
    public ImmutableArray<INamedTypeSymbol> ImplementationsOf(INamedTypeSymbol contract, CancellationToken cancellation)
    {
        return All(cancellation).Implemented.Contains(AssemblyFacts.MetadataNameOf(contract.OriginalDefinition)) && AllImplementationsOf(contract, cancellation) is { } known ? known : [];
    }

    /// <summary>The types of referenced assemblies that implement an interface of another assembly, with facts or without; null where that is not known.</summary>
    public ImmutableArray<INamedTypeSymbol>? AllImplementationsOf(INamedTypeSymbol contract, CancellationToken cancellation) =>
        All(cancellation).Implementers.GetOrAdd(contract.OriginalDefinition, one => Implementers.In(model.Compilation, one, IsDescribed, cancellation));

    /// <summary>The types of referenced assemblies that implement an interface and have facts of it.</summary>
    public IEnumerable<INamedTypeSymbol> TypesBehind(INamedTypeSymbol contract, CancellationToken cancellation)
    {
        var name = AssemblyFacts.MetadataNameOf(contract.OriginalDefinition);
        if (All(cancellation) is var all && !all.Implemented.Contains(name))
            return [];
        return from facts in all.Assemblies
               from type in facts.Value.Facts.Types
               where type.Value.Interfaces.Contains(name)
               let found = facts.Value.Assembly.GetTypeByMetadataName(type.Key)
               where found != null
               select found;
    }

    private Published All(CancellationToken cancellation) => published.Get(() =>
    {
        var found = new SortedDictionary<string, (IAssemblySymbol Assembly, AssemblyFacts Facts)>(StringComparer.Ordinal);
        foreach (var reference in model.Compilation.References)
            if (model.Compilation.GetAssemblyOrModuleSymbol(reference) is IAssemblySymbol assembly && FactsOf(assembly, cancellation) is { IsEmpty: false } facts)
                found[assembly.Identity.GetDisplayName()] = (assembly, facts);
        return new Published(found, [.. found.Values.SelectMany(one => one.Facts.Types.Values).SelectMany(type => type.Interfaces)]);
    });

    private AssemblyFacts FactsOf(IAssemblySymbol assembly, CancellationToken cancellation) =>
        assemblies.TryGetValue(assembly, out var known) ? known : assemblies.GetOrAdd(assembly, Read(assembly, cancellation));

    private AssemblyFacts Read(IAssemblySymbol assembly, CancellationToken cancellation)
    {
        if (IsDescribed(assembly))
            return AssemblyFacts.None;
        if (model.Compilation.GetMetadataReference(assembly) is CompilationReference { Compilation: { Language: LanguageNames.CSharp } project })
            return ProjectFacts.Of(AgentModel.ForFacts(project, model.Catalogue, cancellation)).Read(cancellation);
        return PublishedFacts.In(assembly) is { } text ? FactsText.Read(text, model.Catalogue, cancellation) : AssemblyFacts.None;
    }

    // What the catalogue describes needs no facts.
    private bool IsDescribed(IAssemblySymbol assembly) => model.Catalogue.Describes(assembly.Name);

    /// <summary>A member of the catalogue; null where this program does not know it. Which of the overloads it is does not matter to any reader.</summary>
    public IMethodSymbol? MemberOf(CatalogueEntry entry, string api)
    {
        foreach (var type in model.TypesOf(entry))
            for (var declaring = type; declaring != null; declaring = declaring.BaseType)
                foreach (var member in declaring.GetMembers(api))
                    if ((member as IMethodSymbol ?? (member as IPropertySymbol)?.GetMethod ?? (member as IPropertySymbol)?.SetMethod) is { } method)
                        return method;
        return null;
    }

    private sealed record Published(SortedDictionary<string, (IAssemblySymbol Assembly, AssemblyFacts Facts)> Assemblies, ImmutableHashSet<string> Implemented)
    {
        public ConcurrentDictionary<INamedTypeSymbol, ImmutableArray<INamedTypeSymbol>?> Implementers { get; } = new(SymbolEqualityComparer.Default);
    }
}
