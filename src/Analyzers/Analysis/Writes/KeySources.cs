using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;

namespace AgentLint.Analysis.Writes;

/// <summary>What a framework gives its tools, activities and consumers that is the same in each attempt and another for the next operation.</summary>
internal static class KeySources
{
    /// <summary>The C# that makes a key in a function, and the type that it names; null where the framework gives nothing for one.</summary>
    public static (string Expression, INamedTypeSymbol? Type)? Of(IMethodSymbol root, AgentModel model, CancellationToken cancellation)
    {
        foreach (var source in model.Catalogue.Of(CatalogueRole.KeySource))
        {
            if (!model.IsPresent(source) || source.Has("scope") || source["expression"] is not { } expression)
                continue;
            if (!source.Has("ambient"))
            {
                if (root.Parameters.FirstOrDefault(parameter => parameter.Type is INamedTypeSymbol type && model.EntriesOf(type).Contains(source)) is { } carrier)
                    return (expression.Replace("@", carrier.Name), null);
            }
            else if (model.TypesOf(source).FirstOrDefault() is { } type && IsRunBy(source.Library, root, model, cancellation))
                return (expression, type);
        }

        return null;
    }

    /// <summary>The C# that names the run which a function is a step of, where its framework gives that and no name of the step; null where it gives neither.</summary>
    public static string? ScopeOf(IMethodSymbol root, AgentModel model)
    {
        foreach (var source in model.Catalogue.Of(CatalogueRole.KeySource))
            if (source.Has("scope")
                && model.IsPresent(source)
                && source["expression"] is { } expression
                && root.Parameters.FirstOrDefault(parameter => parameter.Type is INamedTypeSymbol type && model.EntriesOf(type).Contains(source)) is { } carrier)
                return expression.Replace("@", carrier.Name);
        return null;
    }

    // The library that made it a tool or an activity is the one that calls it.
    private static bool IsRunBy(CatalogueEntry? library, IMethodSymbol root, AgentModel model, CancellationToken cancellation)
    {
        foreach (var registration in model.RoleRegistrations(cancellation))
            if (SymbolEqualityComparer.Default.Equals(registration.Method?.OriginalDefinition, root.OriginalDefinition)
                && model.SemanticsOf(registration.Site.SyntaxTree).GetSymbolInfo(registration.Site, cancellation).Symbol is { } factory
                && model.EntriesOf(factory).Any(entry => entry.Library == library))
                return true;
        return root.GetAttributes().Any(attribute => attribute.AttributeClass is { } type && model.EntriesOf(type).Any(entry => entry.Role == CatalogueRole.ActivityAttribute && entry.Library == library));
    }
}
