using System.Collections.Concurrent;
using System.Collections.Immutable;
using AgentLint.Analysis.Concurrency;
using AgentLint.Analysis.Facts;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Analysis.Sharing;

/// <summary>Which objects all calls of a program share: static ones, singletons of the container, and tools whose object is handed over.</summary>
internal sealed class Lifetimes(AgentModel model)
{
    // How many objects keep each other.
    private const int MaxKeepers = 4;

    private readonly ConcurrentDictionary<INamedTypeSymbol, Owner?> owners = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<INamedTypeSymbol, bool> unknown = new(SymbolEqualityComparer.Default);
    private readonly Once<IReadOnlyDictionary<INamedTypeSymbol, ImmutableArray<ServiceRegistration>>> made = new();
    private readonly Once<IReadOnlyDictionary<INamedTypeSymbol, ImmutableArray<ServiceRegistration>>> services = new();
    private readonly ConcurrentDictionary<INamedTypeSymbol, bool> configured = new(SymbolEqualityComparer.Default);
    private readonly Once<HashSet<string>> kept = new();
    private readonly Once<ILookup<string, MemberDeclarationSyntax>> statics = new();
    private readonly Once<List<ServiceRegistration>> ofProgram = new();
    private readonly NameSet toolMarks = new(model.Catalogue.Of(CatalogueRole.ToolAttribute).Where(model.IsPresent).SelectMany(entry => Entrances.NamesOf(entry.SimpleTypeName)));

    public static Lifetimes Of(AgentModel model) => model.Shared(m => new Lifetimes(m));

    /// <summary>Who has calls share a variable; null where each call, request or object has its own.</summary>
    public Owner? OwnerOf(ISymbol variable, CancellationToken cancellation)
    {
        if (!variable.IsStatic)
            return OwnerOf(variable.ContainingType, cancellation);
        return Mutability.IsOfThread(variable) ? null : new Owner(OwnerKind.Static, null, "it is static");
    }

    /// <summary>Who has calls share the objects of a type; null where each has its own.</summary>
    public Owner? OwnerOf(INamedTypeSymbol type, CancellationToken cancellation) => OwnerOf(type, 0, cancellation);

    private Owner? OwnerOf(INamedTypeSymbol type, int depth, CancellationToken cancellation)
    {
        type = type.OriginalDefinition;
        if (owners.TryGetValue(type, out var known))
            return known;
        var owner = Find(type, cancellation) ?? KeeperOf(type, depth, cancellation);
        // What was not looked for to the end is not kept.
        return depth == 0 ? owners.GetOrAdd(type, owner) : owner;
    }

    // Every object of the type is made by the constructor, or the initializer, of an object that all calls share, and kept there.
    private Owner? KeeperOf(INamedTypeSymbol type, int depth, CancellationToken cancellation)
    {
        if (depth >= MaxKeepers || type is not { TypeKind: TypeKind.Class, IsAbstract: false, IsRecord: false } || !model.Declares(type) || !RegistrationsOf(type, cancellation).IsEmpty
            || Entrances.Of(model).IsTurnBased(type, cancellation) || HasOwnObjectPerCall(type) || !NamesOfKept(cancellation).Contains(type.Name))
            return null;
        (INamedTypeSymbol Holder, Owner Owner, SyntaxNode Site)? keeper = null;
        foreach (var tree in model.Compilation.SyntaxTrees)
            foreach (var use in NameIndex.Of(tree, cancellation).Uses(type.Name, tree.GetRoot(cancellation)))
                if (CreationAt(use) is { } creation && SymbolEqualityComparer.Default.Equals(model.SemanticsOf(tree).GetTypeInfo(creation, cancellation).Type?.OriginalDefinition, type))
                {
                    if (HolderOf(creation, cancellation) is not { } holder || SymbolEqualityComparer.Default.Equals(holder, type) || OwnerOf(holder, depth + 1, cancellation) is not { } owner)
                        return null;
                    keeper ??= (holder, owner, creation);
                }

        return keeper is var (by, of, site) ? new Owner(OwnerKind.Kept, site, $"'{by.Name}' keeps one '{type.Name}', and {of.Text}") : null;
    }

    // new T(), or T name = new().
    private static ExpressionSyntax? CreationAt(SimpleNameSyntax use) =>
        use.FirstAncestorOrSelf<SyntaxNode>(node => node is ObjectCreationExpressionSyntax or VariableDeclarationSyntax or PropertyDeclarationSyntax or StatementSyntax or MemberDeclarationSyntax) switch
        {
            ObjectCreationExpressionSyntax creation when creation.Type.Span.Contains(use.Span) => creation,
            VariableDeclarationSyntax declaration when declaration.Type.Span.Contains(use.Span) => declaration.Variables.Select(variable => variable.Initializer?.Value).OfType<ImplicitObjectCreationExpressionSyntax>().FirstOrDefault(),
            PropertyDeclarationSyntax property when property.Type.Span.Contains(use.Span) => property.Initializer?.Value as ImplicitObjectCreationExpressionSyntax,
            _ => null,
        };

    // The class whose constructor or initializer puts a new object into a member of its own; or what a singleton's factory gives it to.
    private INamedTypeSymbol? HolderOf(ExpressionSyntax creation, CancellationToken cancellation)
    {
        var semantics = model.SemanticsOf(creation.SyntaxTree);
        SyntaxNode node = creation;
        while (node.Parent is ParenthesizedExpressionSyntax or CastExpressionSyntax or BinaryExpressionSyntax { OperatorToken.ValueText: "??" })
            node = node.Parent;
        switch (node.Parent)
        {
            case EqualsValueClauseSyntax { Parent: PropertyDeclarationSyntax }:
            case EqualsValueClauseSyntax { Parent.Parent.Parent: FieldDeclarationSyntax }:
            case AssignmentExpressionSyntax { Parent: ExpressionStatementSyntax, Left: IdentifierNameSyntax or MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax } } when node.FirstAncestorOrSelf<ConstructorDeclarationSyntax>() != null:
                return node.FirstAncestorOrSelf<TypeDeclarationSyntax>() is { } type ? semantics.GetDeclaredSymbol(type, cancellation) as INamedTypeSymbol : null;
            case ArgumentSyntax { Parent.Parent: ObjectCreationExpressionSyntax outer } when FunctionOf(creation, cancellation) is { } factory
                && model.ServiceRegistrations(cancellation).Any(service => service.Lifetime == ServiceLifetime.Singleton && SymbolEqualityComparer.Default.Equals(service.Factory, factory)):
                return semantics.GetTypeInfo(outer, cancellation).Type as INamedTypeSymbol;
            default:
                return null;
        }
    }

    private IMethodSymbol? FunctionOf(SyntaxNode place, CancellationToken cancellation) => CallerIndex.Of(model, cancellation).FunctionsAround(place, cancellation).FirstOrDefault();

    private HashSet<string> NamesOfKept(CancellationToken cancellation) => kept.Get(() =>
    {
        var names = new HashSet<string>(model.Compilation.SyntaxTrees.SelectMany(tree => TypeTexts.Of(tree, cancellation).Kept), StringComparer.Ordinal);
        foreach (var service in model.ServiceRegistrations(cancellation))
            if (service is { Lifetime: ServiceLifetime.Singleton, Factory: not null })
                names.UnionWith(service.Site.DescendantNodes().OfType<ObjectCreationExpressionSyntax>().Select(creation => creation.Type.SimpleName()).OfType<string>());
        return names;
    });

    /// <summary>
    /// Whether a type's objects are changed by what a program says while it is put together: an <c>AddX(Action&lt;Options&gt;)</c> runs such code before anything
    /// is shared, so that a member which anybody may call is no evidence of a later change.
    /// </summary>
    public bool IsConfigured(INamedTypeSymbol type, CancellationToken cancellation) =>
        configured.TryGetValue(type, out var known) ? known : configured.GetOrAdd(type, IsGivenToBuilder(type, cancellation));

    private bool IsGivenToBuilder(INamedTypeSymbol type, CancellationToken cancellation)
    {
        foreach (var tree in model.Compilation.SyntaxTrees)
            foreach (var use in NameIndex.Of(tree, cancellation).Uses(type.Name, tree.GetRoot(cancellation)))
                if (use.Parent is TypeArgumentListSyntax { Parent: GenericNameSyntax } && use.FirstAncestorOrSelf<ParameterSyntax>() is { Parent.Parent: MethodDeclarationSyntax declaration }
                    && model.SemanticsOf(tree).GetDeclaredSymbol(declaration, cancellation) is IMethodSymbol method
                    && method.Parameters.Any(parameter => parameter.Type is INamedTypeSymbol { DelegateInvokeMethod: { } invoke } && invoke.Parameters.Any(given => SymbolEqualityComparer.Default.Equals(given.Type, type)))
                    && method.Parameters.Any(parameter => model.Is(parameter.Type, CatalogueRole.Builder)))
                    return true;
        return false;
    }

    /// <summary>Whether a type's objects are tools or agents of which nothing says how many there are.</summary>
    public bool MayBeShared(INamedTypeSymbol type, CancellationToken cancellation) =>
        unknown.TryGetValue(type, out var known) ? known : unknown.GetOrAdd(type, IsToolOrAgent(type, cancellation));

    private bool IsToolOrAgent(INamedTypeSymbol type, CancellationToken cancellation) =>
        type is { IsValueType: false, TypeKind: TypeKind.Class, IsStatic: false }
        && CanBeToolOrAgent(type, cancellation)
        && !HasOwnObjectPerCall(type)
        && !model.Is(type, CatalogueRole.TurnBased)
        && RegistrationsOf(type, cancellation).IsEmpty
        && type.GetMembers().OfType<IMethodSymbol>().Any(method => !method.IsStatic && (MethodRoleReader.Read(model, method) & (MethodRoles.Tool | MethodRoles.Agent | MethodRoles.Hook)) != 0);

    // Told by the text: it derives from something, or its file writes the attribute of a tool.
    private bool CanBeToolOrAgent(INamedTypeSymbol type, CancellationToken cancellation) =>
        type.BaseType is { SpecialType: not SpecialType.System_Object } || !type.AllInterfaces.IsEmpty
        || type.DeclaringSyntaxReferences.Any(reference => NameIndex.Of(reference.SyntaxTree, cancellation).MentionsAny(toolMarks));

    /// <summary>Whether the project itself makes objects of a type: how many, and for whom, is its business.</summary>
    public bool IsMadeInSight(INamedTypeSymbol type, CancellationToken cancellation)
    {
        foreach (var tree in model.Compilation.SyntaxTrees)
            foreach (var use in NameIndex.Of(tree, cancellation).Uses(type.Name, tree.GetRoot(cancellation)))
                if (use.FirstAncestorOrSelf<SyntaxNode>(node => node is ObjectCreationExpressionSyntax or VariableDeclarationSyntax or StatementSyntax or MemberDeclarationSyntax) switch
                    {
                        ObjectCreationExpressionSyntax creation => creation.Type.Span.Contains(use.Span),
                        VariableDeclarationSyntax declaration => declaration.Type.Span.Contains(use.Span) && declaration.Variables.Any(variable => variable.Initializer?.Value is ImplicitObjectCreationExpressionSyntax),
                        _ => false,
                    })
                    return true;
        return false;
    }

    /// <summary>Who has all share what the container gives for a type; null where it gives each its own, or nobody says.</summary>
    public Owner? OwnerOfService(INamedTypeSymbol service, CancellationToken cancellation)
    {
        var registered = OfService(service, cancellation);
        return !registered.IsEmpty && registered.All(r => r.Lifetime == ServiceLifetime.Singleton) ? Singleton(service, registered[0]) : null;
    }

    /// <summary>What is registered under a type.</summary>
    public ImmutableArray<ServiceRegistration> OfService(INamedTypeSymbol service, CancellationToken cancellation) =>
        ByService(cancellation).TryGetValue(service, out var found) ? found : [];

    /// <summary>What the container is told of a type, or of what derives from it.</summary>
    public ImmutableArray<ServiceRegistration> RegistrationsOf(INamedTypeSymbol type, CancellationToken cancellation) =>
        ByImplementation(cancellation).TryGetValue(type.OriginalDefinition, out var found) ? found : [];

    private Owner? Find(INamedTypeSymbol type, CancellationToken cancellation)
    {
        if (type.IsValueType || type.TypeKind != TypeKind.Class || Entrances.Of(model).IsTurnBased(type, cancellation))
            return null;
        // A declared sharing outweighs what the framework does by itself.
        var isShareable = model.EntriesOf(type).Any(entry => entry.Role == CatalogueRole.TurnBased);
        if (isShareable)
            return new Owner(OwnerKind.HandedOver, type.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation), $"'{type.Name}' is declared as shared between runs");
        if (model.Declares(type) && Promises.Of(model).IsThreadSafe(type))
            return new Owner(OwnerKind.HandedOver, type.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation), $"'{type.Name}' is declared thread-safe");
        foreach (var registration in model.RoleRegistrations(cancellation))
            if (registration.SharesInstance && IsOf(registration, type) && IsMadeOnce(registration.Site, cancellation))
                return new Owner(OwnerKind.HandedOver, registration.Site, $"one '{type.Name}' is passed to {NameOf(registration.Site)}");
        if (OfRuns(type, cancellation) is { } ofRuns)
            return ofRuns;
        var registered = RegistrationsOf(type, cancellation);
        var holder = registered.IsEmpty ? StaticOf(type, cancellation) : null;
        if ((holder == null && (registered.IsEmpty || registered.Any(service => service.Lifetime != ServiceLifetime.Singleton))) || HasOwnObjectPerCall(type))
            return null;
        return holder == null
            ? Singleton(type, registered[0])
            : new Owner(OwnerKind.Static, holder.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation), $"'{Witness.NameOf(holder)}' is static");
    }

    // new ChatClientAgentOptions { AIContextProviders = [new Memory()] }, where the program is put together: the agent calls the one object in all of its runs.
    private Owner? OfRuns(INamedTypeSymbol type, CancellationToken cancellation)
    {
        if (type.BaseType is null or { SpecialType: SpecialType.System_Object } || !model.Declares(type) || !RegistrationsOf(type, cancellation).IsEmpty
            || !type.GetMembers().OfType<IMethodSymbol>().Any(method => method.IsOverride && (MethodRoleReader.Read(model, method) & MethodRoles.Hook) != 0))
            return null;
        SyntaxNode? site = null;
        foreach (var tree in model.Compilation.SyntaxTrees)
            foreach (var use in NameIndex.Of(tree, cancellation).Uses(type.Name, tree.GetRoot(cancellation)))
                if (CreationAt(use) is { } creation && SymbolEqualityComparer.Default.Equals(model.SemanticsOf(tree).GetTypeInfo(creation, cancellation).Type?.OriginalDefinition, type))
                {
                    if (!IsMadeOnce(creation, cancellation))
                        return null;
                    site ??= creation;
                }

        return site == null ? null : new Owner(OwnerKind.HandedOver, site, $"one '{type.Name}' serves all sessions of its agent");
    }

    private static Owner Singleton(INamedTypeSymbol type, ServiceRegistration registration) =>
        new(OwnerKind.Singleton, registration.Site, $"'{type.Name}' is registered by {NameOf(registration.Site)}");

    private static bool IsOf(RoleRegistration registration, INamedTypeSymbol type) =>
        SymbolEqualityComparer.Default.Equals(registration.Type?.OriginalDefinition, type)
        || (registration.Method is { MethodKind: MethodKind.Ordinary } method && SymbolEqualityComparer.Default.Equals(method.ContainingType.OriginalDefinition, type));

    // What is handed over while a request is answered belongs to that request; what an object hands over of itself, to whoever made it.
    private bool IsMadeOnce(SyntaxNode site, CancellationToken cancellation) =>
        CallerIndex.Of(model, cancellation).FunctionsAround(site, cancellation).FirstOrDefault() is { MethodKind: not MethodKind.Constructor } function
        && (function.MethodKind == MethodKind.AnonymousFunction
            ? model.ServiceRegistrations(cancellation).Any(service => service.Lifetime == ServiceLifetime.Singleton && SymbolEqualityComparer.Default.Equals(service.Factory, function))
            : Entrances.Of(model).IsOfStart(function, cancellation));

    /// <summary>Whether the container makes an object of a type for each scope, or each time it is asked, or the host for each request.</summary>
    public bool AreMadeAnew(INamedTypeSymbol type, CancellationToken cancellation)
    {
        var registered = RegistrationsOf(type, cancellation);
        return OwnerOf(type, cancellation) == null
            && (registered.IsEmpty ? HasOwnObjectPerCall(type)
                : registered.All(service => service.Lifetime != ServiceLifetime.Singleton && !service.IsInstance));
    }

    /// <summary>Whether the host makes an object of a type for each call, whatever the container is told.</summary>
    public bool HasOwnObjectPerCall(INamedTypeSymbol type) =>
        model.EntriesOf(type).Any(entry => entry.Role == CatalogueRole.HandlerType && entry.Has("own-object"))
        || type.GetMembers().OfType<IMethodSymbol>().Any(method => model.Find(method, CatalogueRole.JobMember)?.Has("own-object") == true)
        || type.GetMembers().OfType<IMethodSymbol>().Any(method => method.GetAttributes().Concat(method.Parameters.SelectMany(parameter => parameter.GetAttributes()))
            .Any(attribute => attribute.AttributeClass is { } c && model.EntriesOf(c).Any(entry => entry.Has("own-object"))));

    private static string NameOf(SyntaxNode site)
    {
        var call = (site as InvocationExpressionSyntax)?.Expression switch
        {
            MemberAccessExpressionSyntax access => access.Name.Identifier.ValueText,
            SimpleNameSyntax name => name.Identifier.ValueText,
            _ => "a call",
        };
        var path = site.SyntaxTree.FilePath;
        var file = path.Substring(path.LastIndexOfAny(['/', '\\']) + 1);
        return file.Length == 0 ? call : $"{call} in {file}";
    }

    private IReadOnlyDictionary<INamedTypeSymbol, ImmutableArray<ServiceRegistration>> ByImplementation(CancellationToken cancellation) => made.Get(() =>
    {
        var found = new Dictionary<INamedTypeSymbol, ImmutableArray<ServiceRegistration>>(SymbolEqualityComparer.Default);
        foreach (var registration in RegistrationsOfProgram(cancellation))
            // What a base class declares belongs to the object that is made.
            for (var type = registration.Implementation?.OriginalDefinition; type is { SpecialType: SpecialType.None } && model.Declares(type); type = type.BaseType?.OriginalDefinition)
                found[type] = found.TryGetValue(type, out var before) ? before.Add(registration) : [registration];
        return found;
    });

    private IReadOnlyDictionary<INamedTypeSymbol, ImmutableArray<ServiceRegistration>> ByService(CancellationToken cancellation) => services.Get(() =>
    {
        var found = new Dictionary<INamedTypeSymbol, ImmutableArray<ServiceRegistration>>(SymbolEqualityComparer.Default);
        foreach (var registration in RegistrationsOfProgram(cancellation))
            if (registration.Service is { } service)
                found[service] = found.TryGetValue(service, out var before) ? before.Add(registration) : [registration];
        return found;
    });

    /// <summary>What the program puts into its container. A test puts together what it tests, for itself.</summary>
    public IReadOnlyList<ServiceRegistration> RegistrationsOfProgram(CancellationToken cancellation) => ofProgram.Get(() =>
    [
        .. ContainerServices.Of(model, cancellation).All.Where(registration =>
            !model.MayHaveTests || CallerIndex.Of(model, cancellation).FunctionsAround(registration.Site, cancellation).LastOrDefault() is not { } around || !Entrances.Of(model).IsOfTests(around, cancellation)),
    ]);

    // static readonly Store Instance = new();
    private IFieldSymbol? StaticOf(INamedTypeSymbol type, CancellationToken cancellation) =>
        model.Declares(type)
            ? statics.Get(() => model.Compilation.SyntaxTrees.SelectMany(tree => TypeTexts.Of(tree, cancellation).Statics).ToLookup(made => made.Type, made => made.Member, StringComparer.Ordinal))[type.Name]
                .SelectMany(member => FieldsOf(member, cancellation)).FirstOrDefault(field => HoldsOne(field.Type, type))
            : null;

    // T, or Lazy<T>.
    private static bool HoldsOne(ITypeSymbol holder, INamedTypeSymbol type) =>
        SymbolEqualityComparer.Default.Equals(holder.OriginalDefinition, type)
        || (holder is INamedTypeSymbol { Name: "Lazy", TypeArguments: { Length: 1 } made } && SymbolEqualityComparer.Default.Equals(made[0].OriginalDefinition, type));

    private IEnumerable<IFieldSymbol> FieldsOf(MemberDeclarationSyntax member, CancellationToken cancellation)
    {
        var semantics = model.SemanticsOf(member.SyntaxTree);
        return member is FieldDeclarationSyntax fields
            ? fields.Declaration.Variables.Select(variable => semantics.GetDeclaredSymbol(variable, cancellation)).OfType<IFieldSymbol>()
            : semantics.GetDeclaredSymbol(member, cancellation) is IPropertySymbol property
                ? property.ContainingType.GetMembers().OfType<IFieldSymbol>().Where(field => SymbolEqualityComparer.Default.Equals(field.AssociatedSymbol, property))
                : [];
    }
}
