using System.Collections.Immutable;
using AgentLint.Catalogue;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Model;

/// <summary>Everything that a program registers, and the ways to look it up.</summary>
internal sealed class RegistrationSet
{
    private readonly Dictionary<ISymbol, MethodRoles> methods = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<SyntaxNode, MethodRoles> lambdas = [];
    private readonly Dictionary<SyntaxNode, ServiceRegistration> factories = [];

    public RegistrationSet(ImmutableArray<RoleRegistration> roles, ImmutableArray<ServiceRegistration> services)
    {
        Roles = roles;
        Services = services;
        foreach (var registration in roles)
            if (LambdaOf(registration.Method) is { } lambda)
                lambdas[lambda] = RolesAt(lambda) | registration.Role;
            else if (registration.Method?.OriginalDefinition is { } method)
                methods[method] = (methods.TryGetValue(method, out var known) ? known : MethodRoles.None) | registration.Role;
        foreach (var service in services)
            if (service.Factory?.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is { } factory)
                factories[factory] = service;
    }

    public ImmutableArray<RoleRegistration> Roles { get; }

    public ImmutableArray<ServiceRegistration> Services { get; }

    public MethodRoles RolesOf(IMethodSymbol method) =>
        LambdaOf(method) is { } lambda ? RolesAt(lambda)
        : methods.TryGetValue(method.OriginalDefinition, out var roles) ? roles
        : MethodRoles.None;

    public ServiceRegistration? FactoryOf(IMethodSymbol method) =>
        method.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is { } syntax && factories.TryGetValue(syntax, out var service) ? service : null;

    private MethodRoles RolesAt(SyntaxNode lambda) => lambdas.TryGetValue(lambda, out var roles) ? roles : MethodRoles.None;

    // Two models bind a lambda to two symbols; its syntax is one.
    private static SyntaxNode? LambdaOf(IMethodSymbol? method) =>
        method is { MethodKind: MethodKind.AnonymousFunction } ? method.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() : null;
}

/// <summary>Reads the calls that register tools, workflows, activities, handlers and services.</summary>
internal static class RegistrationReader
{
    public static RegistrationSet Read(AgentModel model, CancellationToken cancellation)
    {
        var roles = ImmutableArray.CreateBuilder<RoleRegistration>();
        var services = ImmutableArray.CreateBuilder<ServiceRegistration>();
        var query = model.Query(entry => RoleOf(entry.Role) != MethodRoles.None || entry.Role == CatalogueRole.ServiceRegistration);
        foreach (var tree in model.Compilation.SyntaxTrees)
            foreach (var use in query.In(tree, cancellation))
                if (InvocationOf(use.Name) is { } site && model.SemanticsOf(tree).GetOperation(site, cancellation) is IInvocationOperation call)
                {
                    if (use.Entry.Role == CatalogueRole.ServiceRegistration)
                        services.Add(ReadService(use.Entry, call, site));
                    else if (ReadRole(use.Entry, call, site) is { } registration)
                        roles.Add(registration);
                }

        return new RegistrationSet(roles.ToImmutable(), services.ToImmutable());
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

    private static RoleRegistration? ReadRole(CatalogueEntry entry, IInvocationOperation call, InvocationExpressionSyntax site)
    {
        var role = RoleOf(entry.Role);
        foreach (var argument in call.Arguments.OrderBy(a => a.Parameter?.Ordinal))
        {
            if (MethodIn(argument.Value) is { } method)
                return new RoleRegistration(role, method, null, !method.IsStatic, site);
            if (entry.Role == CatalogueRole.ToolRegistration && entry["target"] is { } target && argument.Parameter?.Ordinal.ToString(System.Globalization.CultureInfo.InvariantCulture) == target)
                return new RoleRegistration(role, null, Unconverted(argument.Value).Type as INamedTypeSymbol, SharesInstance: true, site);
        }

        return call.TargetMethod.TypeArguments.FirstOrDefault() is INamedTypeSymbol type
            ? new RoleRegistration(role, null, type, SharesInstance: false, site)
            : null;
    }

    private static ServiceRegistration ReadService(CatalogueEntry entry, IInvocationOperation call, InvocationExpressionSyntax site)
    {
        var lifetime = Enum.TryParse<ServiceLifetime>(entry["lifetime"], ignoreCase: true, out var known) ? known : ServiceLifetime.Singleton;
        var types = call.TargetMethod.TypeArguments.OfType<INamedTypeSymbol>()
            .Concat(call.Arguments.Select(a => Unconverted(a.Value)).OfType<ITypeOfOperation>().Select(t => t.TypeOperand).OfType<INamedTypeSymbol>())
            .ToList();
        IMethodSymbol? factory = null;
        INamedTypeSymbol? instance = null;
        foreach (var argument in call.Arguments)
        {
            var value = Unconverted(argument.Value);
            if (MethodIn(value) is { } method)
                factory = method;
            // AddSingleton(instance): the argument after the receiver that is neither a type nor a delegate
            else if (types.Count <= 1 && argument.Parameter?.Name == "implementationInstance")
                instance = value.Type as INamedTypeSymbol;
        }

        var service = types.FirstOrDefault() ?? instance;
        var made = types.Count > 1 ? types[1] : instance ?? ReturnedBy(factory, call) ?? service;
        return new ServiceRegistration(service, made, lifetime, factory, site);
    }

    // The type of what a factory lambda gives back is more telling than the type that it is declared to give back.
    private static INamedTypeSymbol? ReturnedBy(IMethodSymbol? factory, IInvocationOperation call)
    {
        if (factory is not { MethodKind: MethodKind.AnonymousFunction })
            return factory?.ReturnType as INamedTypeSymbol;
        var lambda = call.Descendants().OfType<IAnonymousFunctionOperation>().FirstOrDefault(l => SymbolEqualityComparer.Default.Equals(l.Symbol, factory));
        return lambda?.Body.Descendants().OfType<IReturnOperation>().Select(r => r.ReturnedValue).OfType<IOperation>()
            .Select(v => Unconverted(v).Type).OfType<INamedTypeSymbol>().FirstOrDefault();
    }

    /// <summary>The method behind a delegate or reflection expression: lambda, method group, <c>typeof(T).GetMethod("M")</c>, or a local that holds one.</summary>
    private static IMethodSymbol? MethodIn(IOperation value)
    {
        switch (Unconverted(value))
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

    private static IOperation Unconverted(IOperation value)
    {
        while (true)
            switch (value)
            {
                case IConversionOperation conversion:
                    value = conversion.Operand;
                    break;
                case IDelegateCreationOperation creation:
                    value = creation.Target;
                    break;
                case IParenthesizedOperation parenthesized:
                    value = parenthesized.Operand;
                    break;
                default:
                    return value;
            }
    }
}
