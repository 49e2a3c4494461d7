using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;

namespace AgentLint.Analysis.Sharing;

/// <summary>Which services are the context of one unit of work, or hold one: what serves one call at a time, and keeps what it has loaded.</summary>
internal sealed class ScopedContexts(AgentModel model, CancellationToken cancellation)
{
    // How many services hold each other.
    private const int MaxDepth = 4;

    /// <summary>Whether the objects of a type are such contexts, whoever creates them.</summary>
    public bool IsKind(INamedTypeSymbol type) =>
        type.TypeKind == TypeKind.Class && model.EntriesOf(type).Any(entry => entry.Role == CatalogueRole.OneAtATime && !entry.IsOfBaseLibrary);

    /// <summary>
    /// Whether the container gives each scope a context of its own. By convention the container creates one for each scope, unless the program registers it otherwise.
    /// </summary>
    public bool Is(INamedTypeSymbol type) =>
        IsKind(type)
        && Lifetimes.Of(model).OfService(type, cancellation).All(registration => registration.Lifetime != ServiceLifetime.Singleton);

    /// <summary>Whether what the container gives for a type is such a context, or asks for one in its constructor.</summary>
    public bool AreBehind(INamedTypeSymbol service) =>
        Is(service)
        || (CaptiveServices.Of(model).ScopedBehind(service, cancellation) is { Implementation: { } made } && IsHeldBy(made, 0));

    private bool IsHeldBy(INamedTypeSymbol type, int depth)
    {
        if (Is(type))
            return true;
        if (depth >= MaxDepth || !model.Declares(type))
            return false;
        foreach (var constructor in type.InstanceConstructors)
            foreach (var parameter in constructor.Parameters)
                if (parameter.Type is INamedTypeSymbol held
                    && (Is(held) || (CaptiveServices.Of(model).ScopedBehind(held, cancellation)?.Implementation is { } made && IsHeldBy(made, depth + 1))))
                    return true;
        return false;
    }
}
