using Microsoft.CodeAnalysis;

namespace AgentLint.Analysis;

/// <summary>What a handler of an exception type takes.</summary>
internal static class ExceptionTypes
{
    /// <summary>Whether a handler of this type takes every exception; null is a handler without a type.</summary>
    public static bool IsAny(ITypeSymbol? type) =>
        type is null or { SpecialType: SpecialType.System_Object } or { Name: "Exception", ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } };
}
