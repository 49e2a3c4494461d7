using System.Collections.Immutable;
using AgentLint.Analysis.Facts;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Writes;

/// <summary>Where a value becomes the key of an operation.</summary>
/// <param name="Name">What carries the key: a header, a property, a parameter.</param>
/// <param name="Site">The place.</param>
/// <param name="Calls">The calls that hand the value over, nearest first.</param>
internal sealed record KeyUse(string Name, SyntaxNode Site, ImmutableArray<SyntaxNode> Calls);

/// <summary>A parameter of a method that becomes an argument of a call.</summary>
/// <param name="From">The ordinal of the parameter.</param>
/// <param name="To">The ordinal of what takes the argument.</param>
/// <param name="Site">The call.</param>
internal sealed record HandedOver(int From, int To, SyntaxNode Site);

/// <summary>
/// Follows a value forward until it is used as the key of an operation: through what texts are made of, through locals, and through the
/// parameters of functions whose code is here.
/// </summary>
internal sealed class KeyFlow(AgentModel model)
{
    private const int MaxHandOvers = 6;
    private const int MaxPlaces = 400;

    public static KeyFlow Of(AgentModel model) => model.Shared(m => new KeyFlow(m));

    /// <summary>The first key that a value becomes; null where it becomes none.</summary>
    public KeyUse? From(IOperation value, CancellationToken cancellation) => Follow(value, null, cancellation);

    // Ends at the first key, or collects all arguments that the value becomes.
    private KeyUse? Follow(IOperation value, List<IArgumentOperation>? arguments, CancellationToken cancellation)
    {
        var open = new Queue<(IOperation Value, ImmutableArray<SyntaxNode> Calls)>();
        var seen = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        open.Enqueue((value, []));
        for (var places = 0; open.Count > 0 && places < MaxPlaces; places++)
        {
            cancellation.ThrowIfCancellationRequested();
            var (next, calls) = open.Dequeue();
            switch (Use(next))
            {
                case ISimpleAssignmentOperation { Target: IPropertyReferenceOperation property } when arguments == null && IsKey(property.Property):
                    return new KeyUse(Witness.NameOf(property.Property), property.Syntax, calls);
                case IAssignmentOperation { Target: ILocalReferenceOperation { Local: var local } target } when seen.Add(local):
                    Enqueue(Reads(local, target, cancellation), calls);
                    break;
                case IVariableDeclaratorOperation declarator when seen.Add(declarator.Symbol):
                    Enqueue(Reads(declarator.Symbol, declarator, cancellation), calls);
                    break;
                // What a helper gives back goes on where it was called.
                case IReturnOperation given:
                    foreach (var (caller, rest) in CallersOf(given, calls, cancellation))
                        open.Enqueue((caller, rest));
                    break;
                case IArgumentOperation { Parameter: { } parameter, Parent: { } call } argument:
                    arguments?.Add(argument);
                    if (arguments == null && KeyOf(parameter, call, cancellation) is { } name)
                        return new KeyUse(name, call.Syntax, calls);
                    if (calls.Length < MaxHandOvers && CalledBy(call) is { } target2 && target2.Parameters.Length > parameter.Ordinal && seen.Add(target2.Parameters[parameter.Ordinal]))
                        foreach (var body in MethodBodies.Of(target2, model, cancellation))
                            Enqueue(ReadsIn(body, target2.Parameters[parameter.Ordinal]), calls.Add(call.Syntax));
                    break;
            }

            void Enqueue(IEnumerable<IOperation> values, ImmutableArray<SyntaxNode> path)
            {
                foreach (var read in values)
                    open.Enqueue((read, path));
            }
        }

        return null;
    }

    // The call that the value was handed over by; where it was made here, each call of the function.
    private IEnumerable<(IOperation Call, ImmutableArray<SyntaxNode> Calls)> CallersOf(IOperation returned, ImmutableArray<SyntaxNode> calls, CancellationToken cancellation)
    {
        if (!calls.IsEmpty)
        {
            var site = calls[calls.Length - 1];
            if (model.SemanticsOf(site.SyntaxTree).GetOperation(site, cancellation) is IInvocationOperation call)
                yield return (call, calls);
            yield break;
        }

        if (returned.SemanticModel?.GetEnclosingSymbol(returned.Syntax.SpanStart, cancellation) is not IMethodSymbol { MethodKind: MethodKind.Ordinary } function || !IsText(function.ReturnType))
            yield break;
        foreach (var name in CallerIndex.Of(model, cancellation).NamesOf(function.Implementation(), cancellation))
            if (name.FirstAncestorOrSelf<InvocationExpressionSyntax>() is { } site && model.SemanticsOf(site.SyntaxTree).GetOperation(site, cancellation) is IInvocationOperation call
                && SymbolEqualityComparer.Default.Equals(call.TargetMethod.OriginalDefinition, function.OriginalDefinition))
                yield return (call, []);
    }

    // What is done with a value, behind what only gives it another form: an id as text, a part of a text, a fallback, a hash.
    private static IOperation? Use(IOperation value)
    {
        while (value.Parent is { } parent)
            switch (parent)
            {
                case IConversionOperation or IParenthesizedOperation or IInterpolationOperation or IInterpolatedStringOperation or IVariableInitializerOperation or ICoalesceOperation
                    or IConditionalAccessOperation:
                    value = parent;
                    break;
                case IConditionalOperation choice when choice.Condition != value:
                    value = parent;
                    break;
                case IBinaryOperation { OperatorKind: BinaryOperatorKind.Add, Type.SpecialType: SpecialType.System_String }:
                    value = parent;
                    break;
                // ["at"] = now, new { now }, [a, now]: what is made of several values is made of each.
                case ISimpleAssignmentOperation { Target: IPropertyReferenceOperation { Property.IsIndexer: true }, Parent: IObjectOrCollectionInitializerOperation { Parent: IObjectCreationOperation made } }:
                    value = made;
                    break;
                case ISimpleAssignmentOperation { Parent: IAnonymousObjectCreationOperation anonymous }:
                    value = anonymous;
                    break;
                case IArrayInitializerOperation or IArrayCreationOperation or ICollectionExpressionOperation or ITupleOperation:
                    value = parent;
                    break;
                // Sequences of the base library: parts.OrderBy(…).Select(…)
                case IArgumentOperation { Parameter.Ordinal: 0, Parent: IInvocationOperation { TargetMethod: { IsExtensionMethod: true, ContainingType: { Name: "Enumerable", ContainingNamespace.Name: "Linq" } } } sequence }:
                    value = sequence;
                    break;
                // An addition to an interpolated string.
                case IInvocationOperation call when call.Instance == value && IsText(call.Type):
                    value = parent;
                    break;
                case IArgumentOperation { Parent: IInvocationOperation { TargetMethod: { DeclaringSyntaxReferences.IsEmpty: true, ReturnsVoid: false } made } call } when IsText(made.ReturnType) && IsBaseLibrary(made):
                    value = call;
                    break;
                default:
                    return parent;
            }

        return null;
    }

    private static bool IsText(ITypeSymbol? type) =>
        type is { SpecialType: SpecialType.System_String } or IArrayTypeSymbol { ElementType.SpecialType: SpecialType.System_Byte } or { Name: "Guid", ContainingNamespace.Name: "System" };

    private static bool IsBaseLibrary(IMethodSymbol method) => method.ContainingNamespace?.ToString().StartsWith("System", StringComparison.Ordinal) == true;

    private bool IsKey(IPropertySymbol property) => model.EntriesOf(property).Any(e => e.Role == CatalogueRole.IdempotencyKey && !e.Has("stable") && !e.Has("defaults"));

    private string? KeyOf(IParameterSymbol parameter, IOperation call, CancellationToken cancellation)
    {
        // new Options(id: …): the parameter fills the property of its name.
        if (call is IObjectCreationOperation { Constructor.ContainingType: { } made })
            return made.GetMembers().OfType<IPropertySymbol>().FirstOrDefault(property => property.Name.Equals(parameter.Name, StringComparison.OrdinalIgnoreCase) && IsKey(property)) is { } filled
                ? Witness.NameOf(filled)
                : null;
        if ((call as IInvocationOperation)?.TargetMethod is not { } method)
            return null;
        // The implementation of an interface may call its parameters otherwise.
        if (ForeignFacts.Of(model).KeysOf(CallGraph.Of(model).Resolve(method) ?? method, cancellation).Contains(OrdinalOf(parameter, method)))
            return $"{Witness.NameOf(method)}({parameter.Name})";
        foreach (var entry in model.EntriesOf(method))
            if (entry.Role == CatalogueRole.Effect && entry["key"] == "parameter:" + parameter.Name)
                return $"{Witness.NameOf(method)}({parameter.Name})";
            else if (entry.Role == CatalogueRole.IdempotencyKey && entry.List("parameter").Contains(parameter.Name))
                return $"{Witness.NameOf(method)}({parameter.Name})";
            else if (parameter.Ordinal == 1 && OperationKeys.Of(model).HeaderSetBy((IInvocationOperation)call, cancellation) is { } header)
                return header;
        return null;
    }

    /// <summary>The ordinals of a method's parameters that become a key in what it calls.</summary>
    public IEnumerable<int> KeysAmong(IMethodSymbol method, CancellationToken cancellation)
    {
        foreach (var parameter in method.Parameters)
            if (IsText(parameter.Type) && MethodBodies.Of(method, model, cancellation).SelectMany(body => ReadsIn(body, parameter)).Any(read => From(read, cancellation) != null))
                yield return parameter.Ordinal;
    }

    /// <summary>The calls that the texts among a method's parameters are handed over to, also in functions that it calls.</summary>
    public IReadOnlyList<HandedOver> HandedOverBy(IMethodSymbol method, CancellationToken cancellation)
    {
        var found = new List<HandedOver>();
        foreach (var parameter in method.Parameters)
            if (IsText(parameter.Type))
            {
                var arguments = new List<IArgumentOperation>();
                foreach (var read in MethodBodies.Of(method, model, cancellation).SelectMany(body => ReadsIn(body, parameter)))
                    Follow(read, arguments, cancellation);
                foreach (var argument in arguments)
                    if (argument is { Parameter: { } taking, Parent: IInvocationOperation { TargetMethod: var called } call })
                        found.Add(new HandedOver(parameter.Ordinal, OrdinalOf(taking, called), call.Syntax));
            }

        return found;
    }

    // In the method's declaration.
    private static int OrdinalOf(IParameterSymbol parameter, IMethodSymbol method) => parameter.Ordinal + (method.ReducedFrom == null ? 0 : 1);

    private IMethodSymbol? CalledBy(IOperation call) => call switch
    {
        IInvocationOperation invocation => CallGraph.Of(model).Resolve(invocation.TargetMethod),
        IObjectCreationOperation { Constructor: { } constructor } => constructor,
        _ => null,
    };

    private static IEnumerable<IOperation> Reads(ISymbol variable, IOperation place, CancellationToken cancellation)
    {
        if (place.SemanticModel is not { } semantics || place.Syntax.FirstAncestorOrSelf<MemberDeclarationSyntax>() is not { } body)
            return [];
        return from name in body.DescendantNodes().OfType<IdentifierNameSyntax>()
               where name.Identifier.ValueText == variable.Name && SymbolEqualityComparer.Default.Equals(semantics.GetSymbolInfo(name, cancellation).Symbol, variable)
               let read = semantics.GetOperation(name, cancellation)
               where read != null
               select read;
    }

    private static IEnumerable<IOperation> ReadsIn(IOperation body, IParameterSymbol parameter) =>
        body.DescendantsAndSelf().OfType<IParameterReferenceOperation>().Where(read => SymbolEqualityComparer.Default.Equals(read.Parameter.OriginalDefinition, parameter.OriginalDefinition));
}
