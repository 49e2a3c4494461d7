using System.Collections.Immutable;
using System.Globalization;
using AgentLint.Catalogue;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Model;

/// <summary>Reads the calls that register tools, workflows, activities, handlers and services.</summary>
internal static class RegistrationReader
{
    /// <summary>What a program hands to models, workflow engines and hosts.</summary>
    public static ImmutableArray<RoleRegistration> ReadRoles(AgentModel model, CancellationToken cancellation) =>
        [.. Read(model, entry => RoleOf(entry.Role) != MethodRoles.None, cancellation).SelectMany(r => ReadRoles(r.Entry, r.Call, r.Site))];

    /// <summary>What a program puts into the container.</summary>
    public static ImmutableArray<ServiceRegistration> ReadServices(AgentModel model, CancellationToken cancellation) =>
        [.. Read(model, entry => entry.Role == CatalogueRole.ServiceRegistration, cancellation).Select(r => ReadService(r.Entry, r.Call, r.Site))];

    /// <summary>What a lambda becomes by the call that it is an argument of.</summary>
    public static MethodRoles RolesOf(AgentModel model, IAnonymousFunctionOperation lambda) =>
        CallAround(lambda) is { } call ? model.EntriesOf(call.TargetMethod).Aggregate(MethodRoles.None, (roles, entry) => roles | RoleOf(entry.Role)) : MethodRoles.None;

    /// <summary>Whether a lambda makes a service for the container.</summary>
    public static bool IsServiceFactory(AgentModel model, IAnonymousFunctionOperation lambda) =>
        CallAround(lambda) is { } call && model.Find(call.TargetMethod, CatalogueRole.ServiceRegistration) != null;

    private static IInvocationOperation? CallAround(IAnonymousFunctionOperation lambda)
    {
        var parent = lambda.Parent;
        while (parent is IConversionOperation or IDelegateCreationOperation or IParenthesizedOperation)
            parent = parent.Parent;
        return (parent as IArgumentOperation)?.Parent as IInvocationOperation;
    }

    private static IEnumerable<(CatalogueEntry Entry, IInvocationOperation Call, InvocationExpressionSyntax Site)> Read(
        AgentModel model, Func<CatalogueEntry, bool> wanted, CancellationToken cancellation)
    {
        var query = model.Query(wanted);
        foreach (var tree in model.Compilation.SyntaxTrees)
            foreach (var use in query.In(tree, cancellation))
                if (InvocationOf(use.Name) is { } site && model.SemanticsOf(tree).GetOperation(site, cancellation) is IInvocationOperation call)
                    yield return (use.Entry, call, site);
    }

    private static MethodRoles RoleOf(CatalogueRole role) => role switch
    {
        CatalogueRole.ToolFactory or CatalogueRole.ToolRegistration => MethodRoles.Tool,
        CatalogueRole.WorkflowFactory => MethodRoles.Workflow,
        CatalogueRole.ActivityFactory => MethodRoles.Activity,
        CatalogueRole.HandlerFactory => MethodRoles.Handler,
        _ => MethodRoles.None,
    };

    private static InvocationExpressionSyntax? InvocationOf(SimpleNameSyntax name) =>
        (name.Parent is MemberAccessExpressionSyntax or MemberBindingExpressionSyntax ? name.Parent.Parent : name.Parent) as InvocationExpressionSyntax;

    private static IEnumerable<RoleRegistration> ReadRoles(CatalogueEntry entry, IInvocationOperation call, InvocationExpressionSyntax site) =>
        ReadRole(entry, call, site) is { } one
            ? [one]
            : MethodsBehind(call, site).Select(method => new RoleRegistration(RoleOf(entry.Role), method, null, !method.IsStatic, site));

    // foreach (var method in typeof(T).GetMethods()) Create(method, target): the public methods of the one type that the member asks about.
    private static IEnumerable<IMethodSymbol> MethodsBehind(IInvocationOperation call, InvocationExpressionSyntax site)
    {
        if (!call.Arguments.Any(argument => argument.Value.Unwrap().Type is { Name: "MethodInfo", ContainingNamespace.Name: "Reflection" }) || call.SemanticModel is not { } semantics)
            return [];
        var member = site.FirstAncestorOrSelf<SyntaxNode>(node => node is BaseMethodDeclarationSyntax or CompilationUnitSyntax);
        var types = member?.DescendantNodes().OfType<MemberAccessExpressionSyntax>()
            .Where(access => access is { Name.Identifier.ValueText: "GetMethods", Expression: TypeOfExpressionSyntax })
            .Select(access => semantics.GetTypeInfo(((TypeOfExpressionSyntax)access.Expression).Type).Type).OfType<INamedTypeSymbol>()
            .Distinct<INamedTypeSymbol>(SymbolEqualityComparer.Default).ToList();
        return types is { Count: 1 }
            ? types[0].GetMembers().OfType<IMethodSymbol>().Where(method => method is { MethodKind: MethodKind.Ordinary, DeclaredAccessibility: Accessibility.Public, IsImplicitlyDeclared: false, IsOverride: false })
            : [];
    }

    private static RoleRegistration? ReadRole(CatalogueEntry entry, IInvocationOperation call, InvocationExpressionSyntax site)
    {
        var role = RoleOf(entry.Role);
        foreach (var argument in call.Arguments.OrderBy(a => a.Parameter?.Ordinal))
        {
            if (MethodIn(argument.Value) is { } method)
                return new RoleRegistration(role, method, null, !method.IsStatic, site);
            if (entry.Role == CatalogueRole.ToolRegistration && argument.Parameter is { } parameter && IsTarget(parameter, entry))
                return new RoleRegistration(role, null, argument.Value.Unwrap().Type as INamedTypeSymbol, SharesInstance: true, site);
        }

        return call.TargetMethod.TypeArguments.FirstOrDefault() is INamedTypeSymbol type
            ? new RoleRegistration(role, null, type, SharesInstance: false, site)
            : null;
    }

    // Other overloads have options where this one has the object.
    private static bool IsTarget(IParameterSymbol parameter, CatalogueEntry entry) =>
        parameter.Ordinal.ToString(CultureInfo.InvariantCulture) == entry["target"]
        && parameter.OriginalDefinition.Type is { TypeKind: TypeKind.TypeParameter } or { SpecialType: SpecialType.System_Object };

    private static ServiceRegistration ReadService(CatalogueEntry entry, IInvocationOperation call, InvocationExpressionSyntax site)
    {
        // A parameter says more than the default.
        var lifetime = Enum.TryParse<ServiceLifetime>(LifetimeIn(entry, call) ?? entry["lifetime"], ignoreCase: true, out var known) ? known : ServiceLifetime.Singleton;
        var types = call.TargetMethod.TypeArguments.OfType<INamedTypeSymbol>()
            .Concat(call.Arguments.Select(a => a.Value.Unwrap()).OfType<ITypeOfOperation>().Select(t => t.TypeOperand).OfType<INamedTypeSymbol>())
            .ToList();
        IMethodSymbol? factory = null;
        INamedTypeSymbol? instance = null;
        var isInstance = false;
        foreach (var argument in call.Arguments)
        {
            var value = argument.Value.Unwrap();
            // What returns nothing configures.
            if (MethodIn(value) is { ReturnsVoid: false } method)
                factory = method;
            // AddSingleton(instance): the argument after the receiver that is neither a type nor a delegate
            else if (argument.Parameter?.Name == "implementationInstance")
            {
                isInstance = true;
                instance = types.Count <= 1 ? value.Type as INamedTypeSymbol : instance;
            }
        }

        var service = types.FirstOrDefault() ?? instance;
        var made = types.Count > 1 ? types[1] : instance ?? ReturnedBy(factory, call) ?? service;
        return new ServiceRegistration(service, made, lifetime, factory, isInstance, site);
    }

    private static string? LifetimeIn(CatalogueEntry entry, IInvocationOperation call) =>
        entry["lifetime-parameter"] is { } name && call.Arguments.FirstOrDefault(a => a.Parameter?.Name == name) is { Value: var value }
            ? (value.Unwrap() as IFieldReferenceOperation)?.Field.Name
            : null;

    // The type of what a factory lambda gives back is more telling than the type that it is declared to give back.
    private static INamedTypeSymbol? ReturnedBy(IMethodSymbol? factory, IInvocationOperation call)
    {
        if (factory is not { MethodKind: MethodKind.AnonymousFunction })
            return factory?.ReturnType as INamedTypeSymbol;
        var lambda = call.Descendants().OfType<IAnonymousFunctionOperation>().FirstOrDefault(l => SymbolEqualityComparer.Default.Equals(l.Symbol, factory));
        return lambda?.Body.Descendants().OfType<IReturnOperation>().Select(r => r.ReturnedValue).OfType<IOperation>()
            .Select(v => v.Unwrap().Type).OfType<INamedTypeSymbol>().FirstOrDefault();
    }

    /// <summary>The method behind a delegate or reflection expression: lambda, method group, <c>typeof(T).GetMethod("M")</c>, or a local that holds one.</summary>
    private static IMethodSymbol? MethodIn(IOperation value)
    {
        switch (value.Unwrap())
        {
            case IAnonymousFunctionOperation lambda:
                return lambda.Symbol;
            case IMethodReferenceOperation group:
                return group.Method;
            case IInvocationOperation { TargetMethod.Name: "GetMethod", Instance: ITypeOfOperation { TypeOperand: { } type } } reflection
                when reflection.Arguments.FirstOrDefault()?.Value.ConstantValue is { HasValue: true, Value: string name }:
                return type.GetMembers(name).OfType<IMethodSymbol>().FirstOrDefault();
            case ILocalReferenceOperation { Local: var local } reference:
                return InitializerOf(local, reference.SemanticModel) is { } initializer ? MethodIn(initializer) : null;
            default:
                return null;
        }
    }

    private static IOperation? InitializerOf(ILocalSymbol local, SemanticModel? semantics) =>
        local.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is VariableDeclaratorSyntax { Initializer.Value: { } value } && value.SyntaxTree == semantics?.SyntaxTree
            ? semantics.GetOperation(value)
            : null;
}
