using System.Collections.Immutable;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Sharing;

/// <summary>Finds scoped services that singletons hold: through a constructor, through transient services in between, or through the factory that makes them.</summary>
internal sealed class CaptiveServices(AgentModel model)
{
    // How many transient services stand between the two.
    private const int MaxDepth = 4;

    private readonly Once<ILookup<SyntaxTree, CaptiveService>> all = new();

    public static CaptiveServices Of(AgentModel model) => model.Shared(m => new CaptiveServices(m));

    /// <summary>The scoped services that what a file declares, or registers, holds for good, in the order of the text.</summary>
    public IEnumerable<CaptiveService> In(SemanticModel semantics, CancellationToken cancellation) => all.Get(() => Find(cancellation))[semantics.SyntaxTree];

    /// <summary>The scoped service that the container gives for a type, or gives to the transient service that it gives for it; null where there is none.</summary>
    public ServiceRegistration? ScopedBehind(ITypeSymbol? asked, CancellationToken cancellation) => Behind(asked, [], cancellation)?.Scoped;

    private ILookup<SyntaxTree, CaptiveService> Find(CancellationToken cancellation)
    {
        var found = new List<CaptiveService>();
        if (Lifetimes.Of(model).RegistrationsOfProgram(cancellation).Any(service => service.Lifetime != ServiceLifetime.Singleton))
            foreach (var singleton in Lifetimes.Of(model).RegistrationsOfProgram(cancellation))
                // What the program has made itself is given what the program says.
                if (singleton is { Lifetime: ServiceLifetime.Singleton, IsInstance: false })
                {
                    found.AddRange(singleton.Factory != null ? OfFactory(singleton, cancellation) : OfConstructors(singleton, cancellation));
                    found.AddRange(OfLookups(singleton, cancellation));
                }
        return found.GroupBy(captive => captive.Site).Select(same => same.First()).OrderBy(captive => captive.Site.SpanStart).ToLookup(captive => captive.Site.SyntaxTree);
    }

    private IEnumerable<CaptiveService> OfConstructors(ServiceRegistration singleton, CancellationToken cancellation)
    {
        // Whoever is registered otherwise as well is made otherwise as well.
        if (singleton.Implementation is not { } type || !model.Declares(type) || Lifetimes.Of(model).RegistrationsOf(type, cancellation).Any(other => other.Lifetime != ServiceLifetime.Singleton)
            || ConstructorOf(type) is not { } constructor)
            yield break;
        foreach (var parameter in constructor.Parameters)
            if (parameter.DeclaringSyntaxReferences.FirstOrDefault() is { } declaration && model.Compilation.ContainsSyntaxTree(declaration.SyntaxTree)
                && Behind(parameter.Type, [], cancellation) is var (service, way, scoped))
                yield return new CaptiveService(service, declaration.GetSyntax(cancellation), type.Name, way, singleton, scoped);
            else if (TypedClient(parameter.Type, cancellation) is { } client
                && parameter.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation) is { } site && model.Compilation.ContainsSyntaxTree(site.SyntaxTree))
                yield return new CaptiveService((INamedTypeSymbol)parameter.Type, site, type.Name, [], singleton, client) { IsHttpClient = true };
    }

    // AddHttpClient<T>() makes a client whose connections the factory replaces after two minutes: those of one that is kept stay. What configures its handler has decided.
    private ServiceRegistration? TypedClient(ITypeSymbol asked, CancellationToken cancellation) =>
        asked is INamedTypeSymbol service && Lifetimes.Of(model).OfService(service, cancellation) is { Length: 1 } all
        && all[0] is { Lifetime: ServiceLifetime.Transient, Site: InvocationExpressionSyntax site } registered
        && model.Compilation.ContainsSyntaxTree(site.SyntaxTree)
        && model.Find(model.SemanticsOf(site.SyntaxTree).GetSymbolInfo(site, cancellation).Symbol, CatalogueRole.HttpClient) != null
        && !site.AncestorsAndSelf().TakeWhile(node => node is ExpressionSyntax).OfType<MemberAccessExpressionSyntax>().Any(chained => chained.Name.Identifier.ValueText.Contains("Handler"))
            ? registered
            : null;

    // What a constructor asks the container, or a scope of its own, for and keeps in a member: the scope lives as long as the object.
    private IEnumerable<CaptiveService> OfLookups(ServiceRegistration singleton, CancellationToken cancellation)
    {
        if (singleton.Implementation is not { } type || !model.Declares(type) || Lifetimes.Of(model).RegistrationsOf(type, cancellation).Any(other => other.Lifetime != ServiceLifetime.Singleton))
            yield break;
        foreach (var constructor in type.InstanceConstructors)
            foreach (var body in MethodBodies.Of(constructor, model, cancellation))
                foreach (var call in body.DescendantsAndSelf().OfType<IInvocationOperation>())
                    if (model.Find(call.TargetMethod, CatalogueRole.ServiceLookup) is { } lookup && AskedFor(call) is { } asked && IsKept(call)
                        && BehindLookup(asked, lookup, singleton, cancellation) is var (service, way, scoped))
                        yield return new CaptiveService(service, call.Syntax, type.Name, way, singleton, scoped);
    }

    private static bool IsKept(IOperation value)
    {
        var (child, parent) = (value, value.Parent);
        while (parent is IConversionOperation or IParenthesizedOperation or ICoalesceOperation)
            (child, parent) = (parent, parent.Parent);
        return parent is IFieldInitializerOperation or IPropertyInitializerOperation
            || (parent is ISimpleAssignmentOperation { Target: IMemberReferenceOperation { Instance: IInstanceReferenceOperation } } assignment && assignment.Value == child);
    }

    // What is made for the caller is given what it asks for; what is registered is given as it is registered.
    private (INamedTypeSymbol Service, ImmutableArray<INamedTypeSymbol> Way, ServiceRegistration Scoped)? BehindLookup(
        INamedTypeSymbol asked, CatalogueEntry lookup, ServiceRegistration singleton, CancellationToken cancellation)
    {
        if (!lookup.Has("makes"))
            return Behind(asked, [], cancellation);
        foreach (var parameter in ConstructorOf(asked)?.Parameters ?? [])
            if (Behind(parameter.Type, SymbolEqualityComparer.Default.Equals(asked, singleton.Implementation) ? [] : [asked], cancellation) is { } found)
                return found;
        return null;
    }

    // What the factory asks its own container for, or a scope that it never ends; what it asks a scope for that ends with it, is its own.
    private IEnumerable<CaptiveService> OfFactory(ServiceRegistration singleton, CancellationToken cancellation)
    {
        if (singleton.Factory is not { Parameters: { IsEmpty: false } parameters } factory || factory.DeclaringSyntaxReferences.FirstOrDefault() is not { } declaration || !model.Compilation.ContainsSyntaxTree(declaration.SyntaxTree))
            yield break;
        var semantics = model.SemanticsOf(declaration.SyntaxTree);
        foreach (var syntax in declaration.GetSyntax(cancellation).DescendantNodes().OfType<InvocationExpressionSyntax>())
            if (semantics.GetOperation(syntax, cancellation) is IInvocationOperation call
                && model.Find(call.TargetMethod, CatalogueRole.ServiceLookup) is { } lookup
                && call.Arguments.Select(argument => argument.Value).Prepend(call.Receiver()).Any(value => IsOfContainer(value, parameters, semantics, cancellation))
                && AskedFor(call) is { } asked
                && BehindLookup(asked, lookup, singleton, cancellation) is var (service, way, scoped))
                yield return new CaptiveService(service, syntax, (singleton.Service ?? singleton.Implementation)?.Name ?? "a singleton", way, singleton, scoped);
    }

    // The factory's own provider, or that of a scope that it does not dispose.
    private bool IsOfContainer(IOperation? value, ImmutableArray<IParameterSymbol> parameters, SemanticModel semantics, CancellationToken cancellation) => value?.Unwrap() switch
    {
        IParameterReferenceOperation { Parameter: var parameter } => parameters.Contains(parameter, SymbolEqualityComparer.Default),
        IPropertyReferenceOperation { Instance: { } instance } when instance.Unwrap() is ILocalReferenceOperation { Local: { IsUsing: false } scope } =>
            scope.InitializerOf(semantics, cancellation)?.Unwrap() is IInvocationOperation made && model.Find(made.TargetMethod, CatalogueRole.ServiceScope) != null
            && made.Arguments.Select(argument => argument.Value).Prepend(made.Receiver()).Any(provider => provider?.Unwrap() is IParameterReferenceOperation given && parameters.Contains(given.Parameter, SymbolEqualityComparer.Default)),
        _ => false,
    };

    private static INamedTypeSymbol? AskedFor(IInvocationOperation call) =>
        (call.TargetMethod.TypeArguments.FirstOrDefault()
            ?? call.Arguments.Select(argument => argument.Value.Unwrap()).OfType<ITypeOfOperation>().FirstOrDefault()?.TypeOperand) as INamedTypeSymbol;

    private (INamedTypeSymbol Service, ImmutableArray<INamedTypeSymbol> Way, ServiceRegistration Scoped)? Behind(ITypeSymbol? asked, ImmutableArray<INamedTypeSymbol> way, CancellationToken cancellation)
    {
        if (asked is not INamedTypeSymbol service || way.Length > MaxDepth || way.Contains(service, SymbolEqualityComparer.Default))
            return null;
        var registered = Lifetimes.Of(model).OfService(service, cancellation);
        // Where there are several, which one is given is not known.
        if (registered.IsEmpty || registered.Any(r => r.Lifetime == ServiceLifetime.Singleton))
            return null;
        if (registered.All(r => r.Lifetime == ServiceLifetime.Scoped))
            return (service, way, registered[0]);
        if (registered.Length > 1 || registered[0].Implementation is not { } made || registered[0].Factory != null || registered[0].IsInstance || ConstructorOf(made) is not { } constructor)
            return null;
        foreach (var parameter in constructor.Parameters)
            if (Behind(parameter.Type, way.Add(service), cancellation) is { } found)
                return found;
        return null;
    }

    private static IMethodSymbol? ConstructorOf(INamedTypeSymbol type) =>
        type.InstanceConstructors.Where(constructor => constructor.DeclaredAccessibility == Accessibility.Public).OrderByDescending(constructor => constructor.Parameters.Length).FirstOrDefault();
}
