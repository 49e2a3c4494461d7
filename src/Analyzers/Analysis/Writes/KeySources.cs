using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;

namespace AgentLint.Analysis.Writes;

/// <summary>What the value that a framework gives names.</summary>
internal enum KeyScope
{
    /// <summary>The step or the message: no other has it.</summary>
    Operation,

    /// <summary>The run that the step belongs to.</summary>
    Run,

    /// <summary>The conversation that the tool is called in.</summary>
    Conversation,
}

/// <summary>What a framework gives its tools, activities and consumers to make a key of.</summary>
/// <param name="Expression">The C# that reads it; <c>@</c> stands for the type.</param>
/// <param name="Type">The type that the expression names; null where it names a parameter.</param>
/// <param name="Names">What it names.</param>
/// <param name="Message">The C# of the message that tells operations apart where the value may be missing; null where it cannot be.</param>
internal sealed record KeySource(string Expression, INamedTypeSymbol? Type, KeyScope Names, string? Message)
{
    /// <summary>Whether the value alone is a key.</summary>
    public bool IsComplete => Names == KeyScope.Operation && Message == null;
}

/// <summary>What a framework gives its tools, activities and consumers that is the same in each attempt.</summary>
internal static class KeySources
{
    /// <summary>The source of a function; null where its framework gives nothing.</summary>
    public static KeySource? Of(IMethodSymbol root, AgentModel model, CancellationToken cancellation)
    {
        foreach (var source in model.Catalogue.Of(CatalogueRole.KeySource))
        {
            if (!model.IsPresent(source) || source["expression"] is not { } expression)
                continue;
            var scope = source["scope"] switch
            {
                "run" => KeyScope.Run,
                "conversation" => KeyScope.Conversation,
                _ => KeyScope.Operation,
            };
            if (source.Has("ambient"))
            {
                if (model.TypesOf(source).FirstOrDefault() is { } type && IsRunBy(source.Library, root, model, cancellation))
                    return new KeySource(expression, type, scope, null);
            }
            else if (root.Parameters.FirstOrDefault(parameter => parameter.Type is INamedTypeSymbol type && model.EntriesOf(type).Contains(source)) is { } carrier)
                return new KeySource(expression.Replace("@", carrier.Name), null, scope, MessageOf(source, carrier));
        }

        return null;
    }

    private static string? MessageOf(CatalogueEntry source, IParameterSymbol carrier) =>
        source["message"] is { } path && carrier.Type is INamedTypeSymbol type && type.AllInterfaces.Prepend(type).Any(t => !t.GetMembers(path.Split('.')[0]).IsEmpty)
            ? $"{carrier.Name}.{path}"
            : null;

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
