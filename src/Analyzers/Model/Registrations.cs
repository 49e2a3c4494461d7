using System.Collections.Immutable;
using AgentLint.Catalogue;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Model;

/// <summary>A method or type that a program hands to a model, a workflow engine or a host by calling a factory.</summary>
/// <param name="Role">What it becomes.</param>
/// <param name="Method">The method or lambda, where the call names one.</param>
/// <param name="Type">The type whose methods are handed over, where the call names one.</param>
/// <param name="SharesInstance">Whether an object is handed over, which all calls then share.</param>
/// <param name="Site">The call.</param>
internal sealed record RoleRegistration(MethodRoles Role, IMethodSymbol? Method, INamedTypeSymbol? Type, bool SharesInstance, ExpressionSyntax Site);

/// <summary>All that is registered by name, and whom it concerns. Lambdas tell by the call that they stand in.</summary>
internal sealed class Registrations
{
    private readonly Dictionary<ISymbol, MethodRoles> methods = new(SymbolEqualityComparer.Default);
    private readonly HashSet<string> interfaceMethods = new(StringComparer.Ordinal);

    public Registrations(ImmutableArray<RoleRegistration> all)
    {
        All = all;
        foreach (var registration in all)
            if (registration.Method?.OriginalDefinition is { MethodKind: not MethodKind.AnonymousFunction } method)
            {
                methods[method] = (methods.TryGetValue(method, out var before) ? before : MethodRoles.None) | registration.Role;
                if (method.ContainingType?.TypeKind == TypeKind.Interface)
                    interfaceMethods.Add(method.Name);
            }
    }

    public ImmutableArray<RoleRegistration> All { get; }

    public MethodRoles RolesOf(IMethodSymbol method)
    {
        var roles = methods.TryGetValue(method, out var own) ? own : MethodRoles.None;
        // What is registered by its interface runs where it is implemented.
        if (interfaceMethods.Contains(method.Name) && method.ContainingType is { TypeKind: TypeKind.Class } type)
            foreach (var member in type.AllInterfaces.SelectMany(i => i.GetMembers(method.Name)).OfType<IMethodSymbol>())
                if (methods.TryGetValue(member.OriginalDefinition, out var more) && SymbolEqualityComparer.Default.Equals(type.FindImplementationForInterfaceMember(member), method))
                    roles |= more;
        return roles;
    }
}

internal enum ServiceLifetime
{
    Transient,
    Scoped,
    Singleton,
}

/// <summary>A service in the dependency injection container.</summary>
/// <param name="Service">What is asked for; null where the call does not say.</param>
/// <param name="Implementation">What is made; the service itself where the call names nothing else.</param>
/// <param name="Lifetime">How long it lives.</param>
/// <param name="Factory">The lambda or method that makes it, where there is one.</param>
/// <param name="IsInstance">Whether an object is handed over that the program has made itself.</param>
/// <param name="Site">The call.</param>
internal sealed record ServiceRegistration(
    INamedTypeSymbol? Service, INamedTypeSymbol? Implementation, ServiceLifetime Lifetime, IMethodSymbol? Factory, bool IsInstance, InvocationExpressionSyntax Site);
