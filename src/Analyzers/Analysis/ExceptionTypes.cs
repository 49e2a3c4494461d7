using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Analysis;

/// <summary>What a handler of an exception type takes.</summary>
internal static class ExceptionTypes
{
    /// <summary>Whether a handler of this type takes every exception; null is a handler without a type.</summary>
    public static bool IsAny(ITypeSymbol? type) => type is null or { SpecialType: SpecialType.System_Object } || IsOfSystem(type, "Exception");

    /// <summary>Whether a handler of this type takes every exception that programs meet: libraries derive theirs from the one or the other.</summary>
    public static bool IsNearlyAny(ITypeSymbol? type) => IsAny(type) || IsOfSystem(type!, "SystemException");

    /// <summary>Whether a handler takes what is thrown when a text cannot be parsed.</summary>
    public static bool TakesParseFailures(CatchClauseSyntax handler, SemanticModel semantics, AgentModel model, CancellationToken cancellation) =>
        handler.Declaration is not { } declaration
        || (semantics.GetTypeInfo(declaration.Type, cancellation).Type is INamedTypeSymbol caught
            && (IsNearlyAny(caught)
                || model.EntriesOf(caught).Any(entry => entry.Role == CatalogueRole.Failure && entry["kind"] == "parse")));

    /// <summary>Whether a type is an exception.</summary>
    public static bool IsException(ITypeSymbol? type)
    {
        for (var t = type; t != null; t = t.BaseType)
            if (IsOfSystem(t, "Exception"))
                return true;
        return false;
    }

    /// <summary>Whether a handler of one type takes what another one is.</summary>
    public static bool IsOrDerives(INamedTypeSymbol thrown, ITypeSymbol caught)
    {
        for (var t = thrown; t != null; t = t.BaseType)
            if (SymbolEqualityComparer.Default.Equals(t, caught))
                return true;
        return false;
    }

    /// <summary>The type of what awaiting a canceled task throws.</summary>
    public static INamedTypeSymbol? Canceled(AgentModel model) => model.Compilation.GetTypesByMetadataName("System.Threading.Tasks.TaskCanceledException").FirstOrDefault();

    /// <summary>Whether a type is that of a cancellation, as the catalogue says.</summary>
    public static bool IsCancellation(ITypeSymbol? type, AgentModel model) =>
        type is INamedTypeSymbol named && model.EntriesOf(named).Any(entry => entry.Role == CatalogueRole.Failure && entry["kind"] == "canceled");

    private static bool IsOfSystem(ITypeSymbol type, string name) => type.Name == name && type.ContainingNamespace is { Name: "System", ContainingNamespace.IsGlobalNamespace: true };
}
