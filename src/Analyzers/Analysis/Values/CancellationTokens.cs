using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Values;

/// <summary>Small questions about cancellation tokens, their sources, and the objects that carry a token.</summary>
internal static class CancellationTokens
{
    // Types of users seldom derive more deeply; a loop of base types cannot exist in code that compiles.
    private const int MaxBases = 16;

    public static bool IsToken(ITypeSymbol? type) => IsOfThreading(type, "CancellationToken");

    /// <summary>Whether a type is a token, or a token that may be missing (<c>CancellationToken?</c>).</summary>
    public static bool IsTokenOrNullable(ITypeSymbol? type) =>
        IsToken(type) || (type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable && IsToken(nullable.TypeArguments[0]));

    public static bool IsSource(ITypeSymbol? type) => IsOfThreading(type, "CancellationTokenSource");

    /// <summary>Whether a value is the token that is never cancelled: <c>default</c>, <c>CancellationToken.None</c>, <c>new CancellationToken()</c>.</summary>
    public static bool IsNone(IOperation value) => value.Unwrap() switch
    {
        IDefaultValueOperation => true,
        IPropertyReferenceOperation { Property: { IsStatic: true, Name: "None" } property } => IsToken(property.ContainingType),
        IObjectCreationOperation { Arguments.IsEmpty: true, Type: var type } => IsToken(type),
        ILiteralOperation { ConstantValue: { HasValue: true, Value: null } } => true,
        _ => false,
    };

    /// <summary>The public property that gives the token which objects of a type carry (<c>HttpContext.RequestAborted</c>); null where there is none.</summary>
    public static IPropertySymbol? CarriedBy(ITypeSymbol? type)
    {
        if (!MayCarry(type))
            return null;
        foreach (var member in MembersOf(type!))
            if (member is IPropertySymbol { IsStatic: false, IsIndexer: false, DeclaredAccessibility: Accessibility.Public, GetMethod: not null } property && IsToken(property.Type))
                return property;
        return null;
    }

    /// <summary>Whether objects of a type keep a token, or a source of one, so that what is given the object may be given the token.</summary>
    public static bool Carries(ITypeSymbol? type) =>
        MayCarry(type) && MembersOf(type!).Any(member => member is IFieldSymbol { IsStatic: false } field && (IsTokenOrNullable(field.Type) || IsSource(field.Type))
            || (member is IPropertySymbol { IsStatic: false } property && (IsTokenOrNullable(property.Type) || IsSource(property.Type))));

    private static bool MayCarry(ITypeSymbol? type) =>
        type is { TypeKind: TypeKind.Class or TypeKind.Struct or TypeKind.Interface, SpecialType: SpecialType.None }
        && !IsTokenOrNullable(type) && !IsSource(type) && !type.IsTask();

    private static IEnumerable<ISymbol> MembersOf(ITypeSymbol type)
    {
        var steps = 0;
        for (var t = type; t is { SpecialType: SpecialType.None } && steps < MaxBases; t = t.BaseType, steps++)
            foreach (var member in t.GetMembers())
                yield return member;
        if (type.TypeKind == TypeKind.Interface)
            foreach (var inherited in type.AllInterfaces)
                foreach (var member in inherited.GetMembers())
                    yield return member;
    }

    private static bool IsOfThreading(ITypeSymbol? type, string name) =>
        type is INamedTypeSymbol named && named.Name == name
        && named.ContainingNamespace is { Name: "Threading", ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } };
}
