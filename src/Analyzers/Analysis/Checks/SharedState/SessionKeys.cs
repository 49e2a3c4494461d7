using AgentLint.Analysis.Concurrency;
using AgentLint.Analysis.Flow;
using AgentLint.Analysis.Sharing;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Checks.SharedState;

/// <summary>Why several users' conversations have one key.</summary>
internal enum SharedKeyKind
{
    /// <summary>The key is a constant.</summary>
    Constant,

    /// <summary>A constant takes the place of a key that is missing.</summary>
    Fallback,

    /// <summary>A key that is null becomes the same text for every caller.</summary>
    NullText,
}

/// <summary>A conversation that is kept under a key which is equal for several users.</summary>
/// <param name="Key">The expression of the key.</param>
/// <param name="Kind">Why it is equal.</param>
/// <param name="Text">The key that they share; empty for the text of null.</param>
/// <param name="Missing">What is missing where a constant takes its place; empty otherwise.</param>
/// <param name="Keeper">What keeps the conversations, as a message names it.</param>
/// <param name="Entrance">From where it is reached.</param>
internal sealed record SharedSessionKey(SyntaxNode Key, SharedKeyKind Kind, string Text, string Missing, string Keeper, Entrance Entrance);

/// <summary>Finds conversations that are kept under a key which several users share: in a table that calls share, or in a store of the catalogue.</summary>
internal sealed class SessionKeys(AgentModel model)
{
    // How many locals, and parameters of private methods, a key is followed through.
    private const int MaxSteps = 8;

    private readonly Mutability mutability = new(model);
    private readonly NameSet sessions = new(model.Catalogue.Of(CatalogueRole.Session).Where(model.IsPresent)
        .SelectMany(entry => new[] { entry.SimpleTypeName, entry["of"] ?? "" }).Select(name => name.Substring(name.LastIndexOf('.') + 1).Split('`')[0]).Where(name => name.Length > 0));

    public static SessionKeys Of(AgentModel model) => model.Shared(m => new SessionKeys(m));

    /// <summary>The shared keys of the tables of conversations that a file declares and uses, in the order of the text; each table once in each function.</summary>
    public IEnumerable<SharedSessionKey> OfTables(SemanticModel semantics, CancellationToken cancellation)
    {
        if (!NameIndex.Of(semantics.SyntaxTree, cancellation).MentionsAny(sessions))
            yield break;
        var root = semantics.SyntaxTree.GetRoot(cancellation);
        // Told by the text first: a field or property with two type arguments, of which one may be a conversation.
        var tables = new HashSet<string>(root.DescendantNodes().SelectMany(TablesOf), StringComparer.Ordinal);
        if (tables.Count == 0)
            yield break;
        var seen = new HashSet<(ISymbol, SyntaxNode?)>();
        foreach (var name in root.DescendantNodes().OfType<IdentifierNameSyntax>())
            if (tables.Contains(name.Identifier.ValueText) && KeyAfter(name) is { } key
                && semantics.GetSymbolInfo(name, cancellation).Symbol is (IFieldSymbol or IPropertySymbol) and { } table
                && StateWrites.TypeOf(table) is INamedTypeSymbol { TypeArguments: { Length: 2 } arguments } && mutability.IsSession(arguments[1])
                && Lifetimes.Of(model).OwnerOf(table, cancellation) != null
                && Judge(key, Witness.NameOf(table), table.IsStatic, semantics, cancellation) is { } found
                && seen.Add((table, FlowGraphs.FunctionAround(name))))
                yield return found;
    }

    /// <summary>The shared key that a call of the catalogue is given; null where each user has another.</summary>
    public SharedSessionKey? At(CatalogueUse use, SemanticModel semantics, CancellationToken cancellation)
    {
        switch (semantics.OperationOf(use.Name, cancellation))
        {
            case IInvocationOperation call when !use.Entry.Has("typed") || IsOfSession(call):
                var parameter = use.Entry["parameter"];
                return call.Arguments.FirstOrDefault(argument => argument.Parameter?.Name == parameter && !argument.IsImplicit)?.Value.Syntax is ExpressionSyntax key
                    ? Judge(key, Witness.NameOf(call.TargetMethod), false, semantics, cancellation)
                    : null;
            case IPropertyReferenceOperation { Parent: ISimpleAssignmentOperation { Value.Syntax: ExpressionSyntax value } assignment } property when assignment.Target == property:
                return Judge(value, Witness.NameOf(property.Property), false, semantics, cancellation);
            default:
                return null;
        }
    }

    // What is kept is a conversation: by the call's type argument, or by what is put in or taken out.
    private bool IsOfSession(IInvocationOperation call) =>
        call.TargetMethod.TypeArguments.Any(mutability.IsSession) || call.Arguments.Any(argument => mutability.IsSession(argument.Value.Unwrap().Type));

    private static IEnumerable<string> TablesOf(SyntaxNode node) => node switch
    {
        FieldDeclarationSyntax { Declaration: { Type: var type } fields } when IsTable(type) => fields.Variables.Select(variable => variable.Identifier.ValueText),
        PropertyDeclarationSyntax property when IsTable(property.Type) => [property.Identifier.ValueText],
        _ => [],
    };

    private static bool IsTable(TypeSyntax type) =>
        type.DescendantNodesAndSelf().OfType<GenericNameSyntax>().FirstOrDefault() is { TypeArgumentList.Arguments.Count: 2 };

    // table[key], table.TryGetValue(key, …), table.GetOrAdd(key, …): the first argument.
    private static ExpressionSyntax? KeyAfter(IdentifierNameSyntax name)
    {
        ExpressionSyntax chain = name.Parent is MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax } self ? self : name;
        return chain.Parent switch
        {
            ElementAccessExpressionSyntax element when element.Expression == chain => element.ArgumentList.Arguments.FirstOrDefault()?.Expression,
            MemberAccessExpressionSyntax { Parent: InvocationExpressionSyntax call } access when access.Expression == chain => call.ArgumentList.Arguments.FirstOrDefault()?.Expression,
            _ => null,
        };
    }

    private SharedSessionKey? Judge(ExpressionSyntax key, string keeper, bool isStatic, SemanticModel semantics, CancellationToken cancellation)
    {
        if (semantics.GetOperation(key, cancellation) is not { } value || Reason(value, semantics, 0, cancellation) is not var (kind, text, missing))
            return null;
        if (kind == SharedKeyKind.Fallback && IsAlwaysGiven(value, semantics, cancellation))
            return null;
        var entrance = Entrances.Of(model).At(key, cancellation, isStatic);
        return !entrance.Roots.IsEmpty || entrance.IsOpen ? new SharedSessionKey(key, kind, text, missing, keeper, entrance) : null;
    }

    private (SharedKeyKind Kind, string Text, string Missing)? Reason(IOperation value, SemanticModel semantics, int steps, CancellationToken cancellation)
    {
        value = value.Unwrap();
        if (value.ConstantValue is { HasValue: true, Value: string constant })
            return (SharedKeyKind.Constant, constant, "");
        if (steps >= MaxSteps)
            return null;
        switch (value)
        {
            case ICoalesceOperation choice:
                return choice.WhenNull.Unwrap().ConstantValue is { HasValue: true, Value: string fallback }
                    ? (SharedKeyKind.Fallback, fallback, choice.Value.Syntax.ToString())
                    : Reason(choice.WhenNull, semantics, steps + 1, cancellation) is (SharedKeyKind.Constant, var other, _) ? (SharedKeyKind.Fallback, other, choice.Value.Syntax.ToString()) : null;
            // string.IsNullOrEmpty(id) ? "default" : id
            case IConditionalOperation { WhenFalse: { } otherwise } choice:
                return (Constant(choice.WhenTrue), Constant(otherwise)) switch
                {
                    ({ } one, null) => (SharedKeyKind.Fallback, one, otherwise.Syntax.ToString()),
                    (null, { } two) => (SharedKeyKind.Fallback, two, choice.WhenTrue.Syntax.ToString()),
                    _ => null,
                };
            case ILocalReferenceOperation { Local: var local } when IsSetOnce(local, value, cancellation) && local.InitializerOf(semantics, cancellation) is { } initializer:
                return Reason(initializer, semantics, steps + 1, cancellation);
            case IFieldReferenceOperation { Field: { IsReadOnly: true, IsStatic: true } field } when new StateWrites(model, cancellation).InitializerOf(field) is { ConstantValue: { HasValue: true, Value: string kept } }:
                return (SharedKeyKind.Constant, kept, "");
            // string sessionId = "default"
            case IParameterReferenceOperation { Parameter: { HasExplicitDefaultValue: true, ExplicitDefaultValue: string given } parameter } when given.Length > 0:
                return (SharedKeyKind.Fallback, given, parameter.Name);
            case IInterpolatedStringOperation text:
                var parts = text.Parts.OfType<IInterpolationOperation>().Select(part => part.Expression).ToList();
                return parts.Count == 0 ? null : parts.All(MayBeNull) ? (SharedKeyKind.NullText, "", string.Join("' and '", parts.Select(part => part.Syntax.ToString()))) : OfParts(parts);
            case IBinaryOperation { OperatorKind: BinaryOperatorKind.Add, Type.SpecialType: SpecialType.System_String } sum:
                return OfParts([sum.LeftOperand, sum.RightOperand]);
            default:
                return null;
        }

        // "chat:" + (id ?? "default"): what stands beside a constant decides.
        (SharedKeyKind, string, string)? OfParts(IReadOnlyCollection<IOperation> all)
        {
            var open = all.Where(part => Constant(part) == null).ToList();
            return open.Count == 1 && Reason(open[0], semantics, steps + 1, cancellation) is { } reason ? reason : null;
        }
    }

    // Each visible caller gives a key that cannot be missing: $"{session}:{agent}".
    private bool IsAlwaysGiven(IOperation value, SemanticModel semantics, CancellationToken cancellation)
    {
        if (value.Unwrap() is ILocalReferenceOperation { Local: var local } && local.InitializerOf(semantics, cancellation) is { } initializer)
            value = initializer;
        if (value.DescendantsAndSelf().OfType<IParameterReferenceOperation>().Select(part => part.Parameter).FirstOrDefault() is not { ContainingSymbol: IMethodSymbol { MethodKind: MethodKind.Ordinary } function } parameter
            || (model.RolesOf(function, cancellation) & MethodRoles.Root) != 0)
            return false;
        var names = CallerIndex.Of(model, cancellation).NamesOf(function.Implementation(), cancellation);
        return names.Count > 0 && names.All(name =>
            model.SemanticsOf(name.SyntaxTree).OperationOf(name, cancellation) is IInvocationOperation call
            && call.Arguments.FirstOrDefault(argument => argument.Parameter?.Ordinal == parameter.Ordinal) is { ArgumentKind: ArgumentKind.Explicit, Value: var given }
            && HasText(given.Unwrap()));
    }

    private static bool HasText(IOperation value) => value switch
    {
        { ConstantValue: { HasValue: true, Value: string text } } => !string.IsNullOrWhiteSpace(text),
        IInterpolatedStringOperation { Parts: var parts } => parts.OfType<IInterpolatedStringTextOperation>().Any(part => part.Text.ConstantValue is { HasValue: true, Value: string text } && !string.IsNullOrWhiteSpace(text)),
        IBinaryOperation { OperatorKind: BinaryOperatorKind.Add } sum => HasText(sum.LeftOperand.Unwrap()) || HasText(sum.RightOperand.Unwrap()),
        _ => false,
    };

    private static string? Constant(IOperation value) => value.Unwrap().ConstantValue is { HasValue: true, Value: string text } ? text : null;

    // context.User?.Id within a text: nothing is written for null.
    private static bool MayBeNull(IOperation value) => value is IConditionalAccessOperation || (value is IConversionOperation conversion && conversion.Operand is IConditionalAccessOperation);

    // Later assignments may give each caller another key.
    private static bool IsSetOnce(ILocalSymbol local, IOperation use, CancellationToken cancellation) =>
        FlowGraphs.FunctionAround(use.Syntax)?.DescendantNodes().OfType<AssignmentExpressionSyntax>()
            .Any(assignment => assignment.Left is IdentifierNameSyntax name && name.Identifier.ValueText == local.Name && !cancellation.IsCancellationRequested) != true;
}
