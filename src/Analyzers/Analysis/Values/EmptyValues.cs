using System.Collections.Immutable;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Values;

/// <summary>What a value is that says nothing of what was asked for.</summary>
internal enum EmptyValue
{
    /// <summary>It says something, or what it is cannot be told.</summary>
    None,
    False,
    True,
    Null,

    /// <summary>A list, an array or another sequence without elements.</summary>
    Collection,

    /// <summary>A text without characters.</summary>
    Text,

    /// <summary>A word that the code spells out, and that is none for a failure. A sentence is for people to read.</summary>
    FixedText,

    /// <summary>A text that tells of a failure: by a word for one, or by the exception's own text.</summary>
    FailureText,

    /// <summary>A number that is not negative, or another value type's default.</summary>
    Number,

    /// <summary>An object whose members are all empty.</summary>
    Object,

    /// <summary>An object whose members are constants that say something: a word, or a number above zero.</summary>
    MadeUp,
}

/// <summary>
/// Tells values that say nothing: constants, defaults, empty collections and objects, also behind a local that is given nothing else. A negative number and a
/// member of an enumeration say something; so does a text that has a word for a failure, where its reader is a person or a model.
/// </summary>
internal sealed class EmptyValues(AgentModel model, SemanticModel semantics, CancellationToken cancellation)
{
    private const int MaxDepth = 6;

    private readonly ImmutableHashSet<string> failures =
        model.Catalogue.Of(CatalogueRole.FailureWord).Select(entry => entry.Type).ToImmutableHashSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>What a value is.</summary>
    /// <param name="value">The value.</param>
    /// <param name="before">
    /// A local is asked about where this code has not given it another value; null where it may have been given one. A <c>try</c> statement may have
    /// begun, and filled a collection; a branch is taken as one that was not chosen.
    /// </param>
    public EmptyValue Of(IOperation? value, SyntaxNode? before = null) => Of(value, before, 0);

    /// <summary>Whether a value is an object of the program that constants alone are given to, of which one says something, and none tells of a failure.</summary>
    public bool IsMadeUp(IObjectCreationOperation creation)
    {
        var given = creation.Arguments.Where(argument => argument.ArgumentKind != ArgumentKind.DefaultValue).Select(argument => argument.Value)
            .Concat(creation.Initializer?.Initializers.OfType<ISimpleAssignmentOperation>().Select(set => set.Value) ?? []).ToList();
        var kinds = given.Select(value => Of(value)).ToList();
        return kinds.Any(kind => kind is EmptyValue.FixedText or EmptyValue.Number)
            && given.Any(value => value.Unwrap().ConstantValue is { HasValue: true, Value: not (0 or 0L or 0d or 0f or 0m) })
            && given.All(value => value.Type?.TypeKind != TypeKind.Enum && value.Unwrap().Type?.TypeKind != TypeKind.Enum)
            && kinds.All(kind => kind is EmptyValue.FixedText or EmptyValue.Number or EmptyValue.Text or EmptyValue.Collection or EmptyValue.Null or EmptyValue.Object);
    }

    /// <summary>Whether a text has a word for a failure.</summary>
    public bool SaysFailure(string text) => WordsOf(text).Any(failures.Contains);

    private EmptyValue Of(IOperation? value, SyntaxNode? before, int depth)
    {
        if (value == null || depth > MaxDepth)
            return EmptyValue.None;
        var type = value.Type;
        value = value.Unwrap();
        if (value.ConstantValue is { HasValue: true, Value: var constant })
            return OfConstant(constant, type?.TypeKind == TypeKind.Enum || value.Type?.TypeKind == TypeKind.Enum);
        switch (value)
        {
            case IDefaultValueOperation or ILiteralOperation { ConstantValue.HasValue: false }:
                return type is { IsValueType: true } and not INamedTypeSymbol { ConstructedFrom.SpecialType: SpecialType.System_Nullable_T } ? EmptyValue.Number : EmptyValue.Null;
            case IInvocationOperation { TargetMethod: { Name: "FromResult", IsStatic: true } made, Arguments: { Length: 1 } given } when made.ContainingType.IsTask():
                return Of(given[0].Value, before, depth + 1);
            case IInvocationOperation { TargetMethod: { Name: "Empty", IsStatic: true, Parameters.IsEmpty: true } } when IsCollection(value.Type):
                return EmptyValue.Collection;
            case IFieldReferenceOperation { Field: { Name: "Empty", IsStatic: true } } or IPropertyReferenceOperation { Property: { Name: "Empty", IsStatic: true } }:
                return value.Type?.SpecialType == SpecialType.System_String ? EmptyValue.Text : IsCollection(value.Type) ? EmptyValue.Collection : EmptyValue.None;
            case ICollectionExpressionOperation { Elements.IsEmpty: true }:
                return EmptyValue.Collection;
            case IArrayCreationOperation array:
                return array.Initializer is { ElementValues.IsEmpty: false } || array.DimensionSizes.Any(size => size.ConstantValue is not { HasValue: true, Value: 0 }) ? EmptyValue.None : EmptyValue.Collection;
            case IObjectCreationOperation creation:
                return OfCreation(creation, before, depth);
            case IInterpolatedStringOperation or IBinaryOperation { Type.SpecialType: SpecialType.System_String }:
                return value.DescendantsAndSelf().Any(TellsFailure) ? EmptyValue.FailureText : EmptyValue.None;
            case IPropertyReferenceOperation { Property.Name: "Message" } message when TellsFailure(message):
                return EmptyValue.FailureText;
            case ILocalReferenceOperation { Local: var local } when GivenTo(local, before) is { } initial:
                return Of(initial, before, depth + 1);
            default:
                return EmptyValue.None;
        }
    }

    private EmptyValue OfConstant(object? constant, bool isEnum) => constant switch
    {
        null => EmptyValue.Null,
        _ when isEnum => EmptyValue.None,
        false => EmptyValue.False,
        true => EmptyValue.True,
        "" => EmptyValue.Text,
        string text => SaysFailure(text) ? EmptyValue.FailureText : text.Trim().Any(char.IsWhiteSpace) ? EmptyValue.None : EmptyValue.FixedText,
        int number => number >= 0 ? EmptyValue.Number : EmptyValue.None,
        long number => number >= 0 ? EmptyValue.Number : EmptyValue.None,
        double number => number >= 0 ? EmptyValue.Number : EmptyValue.None,
        float number => number >= 0 ? EmptyValue.Number : EmptyValue.None,
        decimal number => number >= 0 ? EmptyValue.Number : EmptyValue.None,
        _ => EmptyValue.None,
    };

    private bool TellsFailure(IOperation part) => part switch
    {
        { ConstantValue: { HasValue: true, Value: string text } } => SaysFailure(text),
        _ => part is ILocalReferenceOperation or IPropertyReferenceOperation && ExceptionTypes.IsException(part is IPropertyReferenceOperation { Instance.Type: { } owner } ? owner : part.Type),
    };

    // A truth value, a name or a number among the members may be what tells of the failure.
    private EmptyValue OfCreation(IObjectCreationOperation creation, SyntaxNode? before, int depth)
    {
        if (ExceptionTypes.IsException(creation.Type) || creation.Arguments.Any(argument => argument.ArgumentKind != ArgumentKind.DefaultValue && !IsEmptyMember(argument.Value, before, depth)))
            return EmptyValue.None;
        if (creation.Initializer is not { Initializers: var set } || set.IsEmpty)
            return IsCollection(creation.Type) ? EmptyValue.Collection : EmptyValue.Object;
        return !IsCollection(creation.Type) && set.All(member => member is ISimpleAssignmentOperation { Value: var value } && IsEmptyMember(value, before, depth)) ? EmptyValue.Object : EmptyValue.None;
    }

    private bool IsEmptyMember(IOperation value, SyntaxNode? before, int depth) =>
        Of(value, before, depth + 1) is EmptyValue.Null or EmptyValue.Collection or EmptyValue.Text or EmptyValue.Object
        || (value.Unwrap().ConstantValue is { HasValue: true, Value: 0 or 0L or 0d or 0f } && value.Type?.TypeKind != TypeKind.Enum);

    // What a local is: its initializer, where all that is assigned to it stands in the code that has not run, or in no place.
    private IOperation? GivenTo(ILocalSymbol local, SyntaxNode? before)
    {
        if (local.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation) is not VariableDeclaratorSyntax { Initializer.Value: { } value } declarator
            || declarator.SyntaxTree != semantics.SyntaxTree || declarator.FirstAncestorOrSelf<SyntaxNode>(node => node is BlockSyntax or CompilationUnitSyntax or SwitchSectionSyntax) is not { } scope)
            return null;
        foreach (var use in scope.DescendantNodes().OfType<IdentifierNameSyntax>())
            if (use.Identifier.ValueText == local.Name && use.SpanStart > declarator.SpanStart && Changes(use, before))
                return null;
        return semantics.GetOperation(value, cancellation);
    }

    private static bool Changes(IdentifierNameSyntax use, SyntaxNode? before) =>
        before?.Span.Contains(use.Span) == true ? before is TryStatementSyntax && IsFilled(use) : IsFilled(use) || IsWritten(use);

    private static bool IsWritten(IdentifierNameSyntax use) => use.Parent switch
    {
        AssignmentExpressionSyntax assignment => assignment.Left == use,
        PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.PreIncrementExpression or (int)SyntaxKind.PreDecrementExpression } => true,
        PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.PostIncrementExpression or (int)SyntaxKind.PostDecrementExpression } => true,
        ArgumentSyntax argument => argument.RefKindKeyword.RawKind != 0 || argument.Parent is TupleExpressionSyntax { Parent: AssignmentExpressionSyntax },
        _ => false,
    };

    // Changed by one of its members: what was done before the failure stays in it.
    private static bool IsFilled(IdentifierNameSyntax use) => use.Parent switch
    {
        MemberAccessExpressionSyntax { Parent: AssignmentExpressionSyntax assignment } access => assignment.Left == access,
        MemberAccessExpressionSyntax { Parent: InvocationExpressionSyntax { Parent: ExpressionStatementSyntax or AwaitExpressionSyntax } } => true,
        ElementAccessExpressionSyntax { Parent: AssignmentExpressionSyntax assignment } access => assignment.Left == access,
        _ => false,
    };

    private static bool IsCollection(ITypeSymbol? type) =>
        type is { SpecialType: not SpecialType.System_String } && (type.TypeKind == TypeKind.Array || type.SpecialType == SpecialType.System_Collections_IEnumerable || type.AllInterfaces.Any(i => i.SpecialType == SpecialType.System_Collections_IEnumerable)
            || type is { Name: "IAsyncEnumerable" });

    private static IEnumerable<string> WordsOf(string text)
    {
        for (var start = 0; start < text.Length;)
        {
            var end = start;
            while (end < text.Length && char.IsLetter(text[end]))
                end++;
            if (end > start)
                yield return text.Substring(start, end - start);
            start = end + 1;
        }
    }
}
