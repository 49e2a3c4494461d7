using Microsoft.CodeAnalysis;

namespace AgentLint.Editing;

/// <summary>Questions about delegate types.</summary>
internal static class Delegates
{
    /// <summary>Whether a type is <c>System.Delegate</c>, which takes functions of any signature.</summary>
    public static bool IsAnyDelegate(ITypeSymbol? type) => type?.SpecialType is SpecialType.System_Delegate or SpecialType.System_MulticastDelegate;

    /// <summary>The signature that a delegate type demands; null where it is none.</summary>
    public static IMethodSymbol? SignatureOf(ITypeSymbol? type) => (type as INamedTypeSymbol)?.DelegateInvokeMethod;
}
