using System.Collections.Immutable;
using AgentLint.Catalogue;
using Microsoft.CodeAnalysis;

namespace AgentLint.Model;

/// <summary>
/// Reads a method's roles off its declaration: attributes on it, on its parameters and on its type, what it overrides or implements, what its type
/// derives from, what it takes, and the names by which a framework finds it.
/// </summary>
internal static class MethodRoleReader
{
    public static MethodRoles Read(AgentModel model, IMethodSymbol method)
    {
        var roles = ReadDeclared(model, method);
        // A route of its own: no message reaches it.
        return (roles & MethodRoles.Handler) == 0 && IsVisibleMember(method) && IsFoundByName(model, method) ? roles | MethodRoles.Consumer : roles;
    }

    /// <summary>
    /// Whether a method handles messages by its name alone, of a bus that does not deliver a failed message again unless its host sets up a transport, a
    /// store or retries.
    /// </summary>
    public static bool IsDeliveredOnce(AgentModel model, IMethodSymbol method) =>
        IsFoundByName(model, method) && (ReadDeclared(model, method) & MethodRoles.Consumer) == 0
        && model.Conventions.All(entry => entry.Has("once") || !IsNamedBy(entry, method));

    private static MethodRoles ReadDeclared(AgentModel model, IMethodSymbol method)
    {
        var roles = MethodRoles.None;
        foreach (var entry in model.EntriesOf(method))
            roles |= entry.Role switch
            {
                CatalogueRole.ToolMember => MethodRoles.Tool,
                CatalogueRole.AgentMember => MethodRoles.Agent,
                CatalogueRole.WorkflowMember => MethodRoles.Workflow,
                CatalogueRole.ActivityMember => MethodRoles.Activity,
                CatalogueRole.ConsumerMember => MethodRoles.Consumer,
                CatalogueRole.HandlerMember => MethodRoles.Handler,
                CatalogueRole.JobMember => MethodRoles.Job,
                CatalogueRole.RunMember => MethodRoles.Hook,
                _ => MethodRoles.None,
            };
        for (var m = method; m != null; m = m.OverriddenMethod)
            roles |= OfAttributes(model, m.GetAttributes(), entry => entry["on"] is null or "method");
        for (var type = method.ContainingType; type != null; type = type.BaseType)
            roles |= OfAttributes(model, type.GetAttributes(), entry => entry.List("methods").Contains(method.Name));
        foreach (var parameter in method.Parameters)
        {
            roles |= OfAttributes(model, parameter.GetAttributes(), entry => entry["on"] is null or "parameter");
            if (parameter.Type is INamedTypeSymbol type && model.Is(type, CatalogueRole.ConsumerParameter))
                roles |= MethodRoles.Consumer;
        }

        return IsVisibleMember(method) && model.EntriesOf(method.ContainingType).Any(entry => entry.Role == CatalogueRole.HandlerType && Names(entry, method.Name))
            ? roles | MethodRoles.Handler
            : roles;
    }

    /// <summary>Whether a framework finds a method by its name and that of its type, as a handler of the message that it takes first.</summary>
    public static bool IsFoundByName(AgentModel model, IMethodSymbol method) =>
        method is { MethodKind: MethodKind.Ordinary, DeclaredAccessibility: Accessibility.Public, Parameters.Length: > 0 }
        && method.Parameters[0].Type is INamedTypeSymbol { SpecialType: SpecialType.None }
        && method.ContainingType is { TypeKind: TypeKind.Class, IsAbstract: false, DeclaredAccessibility: Accessibility.Public }
        && model.Conventions.Any(entry => IsNamedBy(entry, method));

    private static bool IsNamedBy(CatalogueEntry entry, IMethodSymbol method) =>
        method.ContainingType.Name.EndsWith(entry.Type, StringComparison.Ordinal) && entry.List("methods").Contains(method.Name);

    /// <summary>Whether a method of the same type runs before it and can stop it: one that only loads what the handler takes cannot.</summary>
    public static bool IsGuardedByName(AgentModel model, IMethodSymbol method) =>
        IsFoundByName(model, method) && model.Conventions.Any(entry => entry.List("guards").Any(guard =>
            method.ContainingType.GetMembers(guard).OfType<IMethodSymbol>().Any(first => MayGive(first.ReturnType, entry.List("stops")))));

    // ProblemDetails, Task<HandlerContinuation>, (HandlerContinuation, Order)
    private static bool MayGive(ITypeSymbol type, ImmutableArray<string> stops) =>
        stops.Contains(type.Name) || (type is INamedTypeSymbol { TypeArguments: var parts } && parts.Any(part => MayGive(part, stops)));

    /// <summary>
    /// The names of the libraries that run a method: by what it overrides or implements, by its attributes, its type, what it takes, its name, or a call
    /// that it is handed to.
    /// </summary>
    public static ImmutableHashSet<string> LibrariesOf(AgentModel model, IMethodSymbol method, CancellationToken cancellation)
    {
        var entries = new List<CatalogueEntry>(model.EntriesOf(method));
        var attributes = method.GetAttributes().Concat(method.Parameters.SelectMany(parameter => parameter.GetAttributes()));
        foreach (var type in attributes.Select(attribute => attribute.AttributeClass).Append(method.ContainingType))
            if (type != null)
                entries.AddRange(model.EntriesOf(type));
        foreach (var parameter in method.Parameters)
            if (parameter.Type is INamedTypeSymbol taken)
                entries.AddRange(model.EntriesOf(taken).Where(entry => entry.Role == CatalogueRole.ConsumerParameter));
        if (IsFoundByName(model, method))
            entries.AddRange(model.Conventions);
        foreach (var registration in model.RoleRegistrations(cancellation))
            if (SymbolEqualityComparer.Default.Equals(registration.Method?.OriginalDefinition, method.OriginalDefinition)
                && model.SemanticsOf(registration.Site.SyntaxTree).GetSymbolInfo(registration.Site, cancellation).Symbol is { } factory)
                entries.AddRange(model.EntriesOf(factory));
        return entries.Select(entry => entry.Library?.Type).OfType<string>().ToImmutableHashSet(StringComparer.Ordinal);
    }

    private static bool IsVisibleMember(IMethodSymbol method) =>
        method is { MethodKind: MethodKind.Ordinary, DeclaredAccessibility: Accessibility.Public, IsAbstract: false, ContainingType.TypeKind: TypeKind.Class };

    // A static method answers no request; a list of names is of prefixes.
    private static bool Names(CatalogueEntry entry, string method) =>
        entry.List("methods") is var prefixes && (prefixes.IsEmpty || prefixes.Any(prefix => method.StartsWith(prefix, StringComparison.Ordinal)));

    private static MethodRoles OfAttributes(AgentModel model, IEnumerable<AttributeData> attributes, Func<CatalogueEntry, bool> applies)
    {
        var roles = MethodRoles.None;
        foreach (var attribute in attributes)
        {
            if (attribute.AttributeClass is not { } type)
                continue;
            // What is said of the attribute itself outweighs what is said of its base: of all triggers, the one for requests is no consumer.
            string? nearest = null;
            foreach (var entry in model.EntriesOf(type))
                if (RoleOf(entry) is var role and not MethodRoles.None && entry.Type == (nearest ??= entry.Type) && applies(entry))
                    roles |= role;
        }

        return roles;
    }

    private static MethodRoles RoleOf(CatalogueEntry entry) => entry.Role switch
    {
        CatalogueRole.ToolAttribute => MethodRoles.Tool,
        CatalogueRole.WorkflowAttribute => MethodRoles.Workflow,
        CatalogueRole.WorkflowParameterAttribute => MethodRoles.Workflow,
        CatalogueRole.ActivityAttribute => MethodRoles.Activity,
        CatalogueRole.ActivityParameterAttribute => MethodRoles.Activity,
        CatalogueRole.ConsumerAttribute => MethodRoles.Consumer,
        CatalogueRole.HandlerAttribute => MethodRoles.Handler,
        CatalogueRole.JobAttribute => MethodRoles.Job,
        CatalogueRole.TestAttribute => MethodRoles.Test,
        _ => MethodRoles.None,
    };
}
