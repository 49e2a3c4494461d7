using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using AgentLint.Catalogue;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Model;

/// <summary>
/// What a program is made of: which methods are tools, agents, workflows, activities and consumers, what is registered with which
/// lifetime, and what the catalogue says of its symbols. One per compilation and catalogue, shared by all rules and fixes, held weakly.
/// </summary>
internal sealed class AgentModel
{
    // A compilation that is not concerned is remembered as well, with null.
    private static readonly ConditionalWeakTable<Compilation, ConcurrentDictionary<ApiCatalogue, AgentModel?>> Cache = new();

    // Models of projects that are not concerned themselves, for those that refer to them.
    private static readonly ConditionalWeakTable<Compilation, ConcurrentDictionary<ApiCatalogue, AgentModel>> Unconcerned = new();

    private readonly CatalogueMatcher matcher;
    private readonly ConcurrentDictionary<IMethodSymbol, MethodRoles> roles = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<Type, object> analyses = new();
    private readonly ConcurrentDictionary<string, ImmutableArray<INamedTypeSymbol>> typesByName = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> declaredTypes = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<CatalogueEntry, bool> referencedLibraries = new();
    private readonly Lazy<ImmutableHashSet<string>> globalImports;
    private readonly Lazy<HashSet<string>> references;
    private readonly Lazy<ImmutableArray<CatalogueEntry>> conventions;
    private Registrations? registrations;
    private object? services;
    private readonly ConcurrentDictionary<SimpleNameSyntax, ISymbol?> meanings = new();
    private SemanticModel? lastSemantics;

    private AgentModel(Compilation compilation, ApiCatalogue catalogue)
    {
        Compilation = compilation;
        Catalogue = catalogue;
        matcher = new CatalogueMatcher(catalogue, IsPresent);
        references = new(() => new HashSet<string>(AssembliesOf(compilation), StringComparer.Ordinal));
        globalImports = new(() => GlobalImportsOf(compilation));
        conventions = new(() => [.. catalogue.Of(CatalogueRole.ConsumerConvention).Where(IsPresent)]);
    }

    public Compilation Compilation { get; }

    public ApiCatalogue Catalogue { get; }

    /// <summary>The model of a compilation; null when it references nothing that the catalogue knows, and asks no model by its address.</summary>
    public static AgentModel? TryGet(Compilation compilation, AnalyzerOptions options, CancellationToken cancellation) =>
        ApiCatalogue.BuiltInActivation.IsGivenBy(AssembliesOf(compilation)) || options.AdditionalFiles.Any(UserCatalogues.IsCatalogue) || Annotations.MayBeIn(compilation)
        || PromptAddresses.AreIn(compilation, cancellation)
            ? Cached(compilation, UserCatalogues.Merge(options.AdditionalFiles, cancellation), cancellation)
            : null;

    /// <summary>The same for a catalogue, to which what the program says of its own members is added.</summary>
    public static AgentModel? TryGet(Compilation compilation, ApiCatalogue catalogue) => Cached(compilation, catalogue, CancellationToken.None);

    private static AgentModel? Cached(Compilation compilation, ApiCatalogue catalogue, CancellationToken cancellation) =>
        Cache.GetOrCreateValue(compilation).GetOrAdd(
            catalogue.Unannotated,
            c => Annotations.With(compilation, c, cancellation) is var all && IsConcerned(compilation, all, cancellation) ? new AgentModel(compilation, all) : null);

    /// <summary>The model of a project that others refer to, whatever it refers to itself: what they call there concerns them.</summary>
    public static AgentModel ForFacts(Compilation compilation, ApiCatalogue catalogue, CancellationToken cancellation) =>
        Cached(compilation, catalogue, cancellation)
        ?? Unconcerned.GetOrCreateValue(compilation).GetOrAdd(catalogue.Unannotated, c => new AgentModel(compilation, Annotations.With(compilation, c, cancellation)));

    /// <summary>What the catalogue says of a method, property or constructor.</summary>
    public ImmutableArray<CatalogueEntry> EntriesOf(ISymbol member) => matcher.EntriesOf(member);

    /// <summary>What the catalogue says of a type, its base types and its interfaces.</summary>
    public ImmutableArray<CatalogueEntry> EntriesOf(INamedTypeSymbol type) => matcher.EntriesOf(type);

    public CatalogueEntry? Find(ISymbol? member, CatalogueRole role) => member == null ? null : matcher.Find(member, role);

    public bool Is(ITypeSymbol? type, CatalogueRole role) => type is INamedTypeSymbol named && matcher.Has(named, role);

    /// <summary>The names under which entries of a kind are used in source.</summary>
    public CatalogueQuery Query(Func<CatalogueEntry, bool> wanted) => new(this, wanted);

    /// <summary>The types that an entry names in this compilation: none, one, or several where assemblies declare the same name.</summary>
    public ImmutableArray<INamedTypeSymbol> TypesOf(CatalogueEntry entry) =>
        typesByName.GetOrAdd(entry.Type, name => Compilation.GetTypesByMetadataName(name));

    /// <summary>Whether an entry can mean something here: its library is referenced, or its type is declared in the project itself.</summary>
    public bool IsPresent(CatalogueEntry entry) =>
        entry.Library is not { } library
        || entry.IsOfBaseLibrary
        || IsReferenced(library)
        || declaredTypes.GetOrAdd(entry.Type, name => Compilation.Assembly.GetTypeByMetadataName(name) != null);

    /// <summary>Whether the project references what test runners call, so that some of its code may be tests.</summary>
    public bool MayHaveTests => Catalogue.Of(CatalogueRole.TestAttribute).Any(entry => entry.Library is { } library && IsReferenced(library));

    /// <summary>The names by which frameworks of this project find their handlers.</summary>
    public ImmutableArray<CatalogueEntry> Conventions => conventions.Value;

    /// <summary>Whether a type is imported for all files, so that its static members, or an alias, need not name it.</summary>
    public bool IsImportedGlobally(string typeName) => globalImports.Value.Contains(typeName);

    /// <summary>What a method is to the program, by its attributes, by what it overrides or implements, and by what is registered.</summary>
    public MethodRoles RolesOf(IMethodSymbol method, CancellationToken cancellation)
    {
        if (method.MethodKind is MethodKind.AnonymousFunction)
            return LambdaOf(method, cancellation) is { } lambda ? RegistrationReader.RolesOf(this, lambda) : MethodRoles.None;
        method = method.OriginalDefinition;
        return roles.TryGetValue(method, out var known)
            ? known
            : roles.GetOrAdd(method, MethodRoleReader.Read(this, method) | RegistrationsOf(cancellation).RolesOf(method));
    }

    /// <summary>Whether a lambda makes a service for the container.</summary>
    public bool IsServiceFactory(IMethodSymbol method, CancellationToken cancellation) =>
        LambdaOf(method, cancellation) is { } lambda && RegistrationReader.IsServiceFactory(this, lambda);

    /// <summary>What the program hands to models, workflow engines and hosts by calling a factory.</summary>
    public ImmutableArray<RoleRegistration> RoleRegistrations(CancellationToken cancellation) => RegistrationsOf(cancellation).All;

    /// <summary>What the program puts into the container, with its lifetime.</summary>
    public ImmutableArray<ServiceRegistration> ServiceRegistrations(CancellationToken cancellation) =>
        (ImmutableArray<ServiceRegistration>)(Volatile.Read(ref services) ?? Keep<object>(ref services, RegistrationReader.ReadServices(this, cancellation)));

    /// <summary>
    /// Whether this compilation declares a symbol. That it has a place in source is not enough: in an editor, a project that is referred to
    /// has one too.
    /// </summary>
    public bool Declares(ISymbol symbol) => SymbolEqualityComparer.Default.Equals(symbol.ContainingAssembly, Compilation.Assembly);

    /// <summary>An analysis of this compilation, made once and shared by all that ask.</summary>
    public T Shared<T>(Func<AgentModel, T> make)
        where T : class => (T)analyses.GetOrAdd(typeof(T), _ => make(this));

    /// <summary>The semantic model of any file of the compilation.</summary>
    /// <remarks>
    /// The driver hands out one cached model per tree, so that asking it here binds nothing twice. Elsewhere, as in fixes, every answer is a
    /// new model: the last one is kept, because questions come file by file.
    /// </remarks>
    public SemanticModel SemanticsOf(SyntaxTree tree)
    {
        if (Volatile.Read(ref lastSemantics) is { } last && last.SyntaxTree == tree)
            return last;
#pragma warning disable RS1030
        var semantics = Compilation.GetSemanticModel(tree);
#pragma warning restore RS1030
        Volatile.Write(ref lastSemantics, semantics);
        return semantics;
    }

    /// <summary>
    /// What a name means; null where the compiler does not know. Kept, because many rules ask about the same names, and each answer is a walk of the
    /// compiler to the member around the name.
    /// </summary>
    public ISymbol? MeaningOf(SimpleNameSyntax name, CancellationToken cancellation)
    {
        if (meanings.TryGetValue(name, out var known))
            return known;
        var symbol = SemanticsOf(name.SyntaxTree).GetSymbolInfo(name, cancellation).Symbol;
        meanings.TryAdd(name, symbol);
        return symbol;
    }

    private bool IsReferenced(CatalogueEntry library) =>
        referencedLibraries.GetOrAdd(library, l => l.List("assemblies").Any(references.Value.Contains));

    private Registrations RegistrationsOf(CancellationToken cancellation) =>
        Volatile.Read(ref registrations) ?? Keep(ref registrations, new Registrations(RegistrationReader.ReadRoles(this, cancellation)));

    // Whoever comes first; a cancelled reader leaves nothing behind.
    private static T Keep<T>(ref T? field, T value)
        where T : class => Interlocked.CompareExchange(ref field, value, null) ?? value;

    private IAnonymousFunctionOperation? LambdaOf(IMethodSymbol method, CancellationToken cancellation) =>
        method is { MethodKind: MethodKind.AnonymousFunction } && method.DeclaringSyntaxReferences.FirstOrDefault() is { } reference && Compilation.ContainsSyntaxTree(reference.SyntaxTree)
            ? SemanticsOf(reference.SyntaxTree).GetOperation(reference.GetSyntax(cancellation), cancellation) as IAnonymousFunctionOperation
            : null;

    private static ImmutableHashSet<string> GlobalImportsOf(Compilation compilation)
    {
        var names = ImmutableHashSet.CreateBuilder<string>(StringComparer.Ordinal);
        foreach (var tree in compilation.SyntaxTrees)
            if (tree.GetRoot() is CompilationUnitSyntax unit)
                foreach (var import in unit.Usings)
                    if (!import.GlobalKeyword.IsKind(SyntaxKind.None) && (import.Alias != null || !import.StaticKeyword.IsKind(SyntaxKind.None)) && import.NamespaceOrType.SimpleName() is { } name)
                        names.Add(name);
        return names.ToImmutable();
    }

    private static bool IsConcerned(Compilation compilation, ApiCatalogue catalogue, CancellationToken cancellation) =>
        catalogue.Activation.IsGivenBy(AssembliesOf(compilation))
        || catalogue.UserTypes.Any(type => !compilation.GetTypesByMetadataName(type).IsEmpty)
        || PromptAddresses.AreIn(compilation, cancellation);

    // A library is part of its own program.
    private static IEnumerable<string> AssembliesOf(Compilation compilation) =>
        compilation.ReferencedAssemblyNames.Select(reference => reference.Name).Prepend(compilation.AssemblyName ?? "");
}
