using System.Collections.Immutable;
using AgentLint.Analysis.Flow;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Agents;

/// <summary>
/// Whether something ends a circle of calls: a value that changes from turn to turn and decides whether there is another one, or data that
/// gets smaller. What a model says bounds nothing. Where the code does not show what a condition asks, the circle counts as bounded.
/// </summary>
internal sealed class RecursionBounds
{
    private readonly AgentModel model;
    private readonly CancellationToken cancellation;
    private readonly ILookup<ISymbol, AgentEdge> into;
    private readonly Dictionary<AgentNode, AnswerFlow> flows = [];
    private readonly HashSet<ISymbol> written = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<ISymbol, List<(IObjectCreationOperation Creation, AnswerFlow? Flow)>> made = new(SymbolEqualityComparer.Default);
    private readonly HashSet<ISymbol> madeTypes = new(SymbolEqualityComparer.Default);

    /// <param name="model">The program.</param>
    /// <param name="circle">All calls by which the functions of a circle lead to each other.</param>
    /// <param name="cancellation">Ends the search with an exception.</param>
    public RecursionBounds(AgentModel model, ImmutableArray<AgentEdge> circle, CancellationToken cancellation)
    {
        this.model = model;
        into = circle.ToLookup(edge => edge.To.Symbol, SymbolEqualityComparer.Default);
        this.cancellation = cancellation;
        var members = circle.Select(edge => edge.From).Distinct().ToList();
        var read = new HashSet<ISymbol>(members.Select(node => node.Symbol), SymbolEqualityComparer.Default);
        foreach (var node in members)
        {
            var bodies = BodiesOf(node.Function).ToList();
            flows.Add(node, new AnswerFlow(node, bodies));
            ReadWrites(bodies, flows[node]);
        }

        // A counter may be kept by a helper: context.EnterTurn().
        foreach (var node in members.Where(node => node.Function != null))
            foreach (var call in CallGraph.Of(model).CallsOf(node.Function!, cancellation))
                if (call.Target is { } helper && read.Add(helper))
                    ReadWrites(BodiesOf(helper), null);
    }

    /// <summary>Whether a call of the circle is made only so many times.</summary>
    public bool IsBounded(AgentEdge edge)
    {
        cancellation.ThrowIfCancellationRequested();
        if (edge.From.Function is not { } function || model.SemanticsOf(edge.Site.SyntaxTree).GetOperation(edge.Site, cancellation) is not { } site)
            return false;
        var flow = flows[edge.From];
        return GetsSmaller(site, function, flow) || ControlConditions.Of(site).Any(condition => Ends(condition, edge.From, flow));
    }

    // A node's children, a text's halves: derived from what the function itself was given, and of the same kind or one of many.
    private bool GetsSmaller(IOperation site, IMethodSymbol function, AnswerFlow flow)
    {
        if (site is not IInvocationOperation call)
            return false;
        foreach (var argument in call.Arguments)
            if (SourceOf(argument.Value, flow, out var isElement) is { } whole
                && SymbolEqualityComparer.Default.Equals(whole.ContainingSymbol, function)
                && argument.Value.Unwrap() is not IParameterReferenceOperation
                && (isElement || SymbolEqualityComparer.Default.Equals(whole.Type, argument.Parameter?.Type))
                && !flow.IsAnswer(argument.Value))
                return true;
        return false;
    }

    // The parameter that a value is a part of, through members, calls on it, slices and loops.
    private static IParameterSymbol? SourceOf(IOperation? value, AnswerFlow flow, out bool isElement)
    {
        isElement = false;
        for (var steps = 0; value != null && steps < 32; steps++)
            switch (value.Unwrap())
            {
                case IParameterReferenceOperation { Parameter: { ContainingSymbol: IMethodSymbol { MethodKind: not MethodKind.AnonymousFunction } } parameter }:
                    return parameter;
                case IParameterReferenceOperation { Parameter: var item }:
                    isElement = true;
                    value = flow.DefinitionsOf(item).FirstOrDefault();
                    break;
                case ILocalReferenceOperation { Local: var local } reference:
                    isElement |= reference.SemanticModel != null && local.IsForEach;
                    value = flow.DefinitionsOf(local).FirstOrDefault();
                    break;
                case IInvocationOperation call:
                    value = call.Receiver() ?? call.Arguments.FirstOrDefault()?.Value;
                    break;
                case IMemberReferenceOperation member:
                    value = member.Instance;
                    break;
                case IArrayElementReferenceOperation element:
                    isElement = true;
                    value = element.ArrayReference;
                    break;
                case IImplicitIndexerReferenceOperation slice:
                    value = slice.Instance;
                    break;
                case IAwaitOperation awaited:
                    value = awaited.Operation.UnwrapAwaitable();
                    break;
                default:
                    return null;
            }

        return null;
    }

    // Whether a condition asks for something that another turn changes.
    private bool Ends(IOperation condition, AgentNode node, AnswerFlow flow)
    {
        foreach (var part in condition.DescendantsAndSelf())
            switch (part)
            {
                case IBinaryOperation { OperatorKind: var kind } comparison when IsComparison(kind):
                    if (!IsEmptiness(comparison) && (Advances(comparison.LeftOperand, node, flow) || Advances(comparison.RightOperand, node, flow)))
                        return true;
                    break;
                case IIsPatternOperation { Value: var matched } test when Advances(matched, node, flow) && test.Pattern.DescendantsAndSelf().Any(p => p is IRelationalPatternOperation or IConstantPatternOperation):
                    return true;
                // A predicate of the project's own, or a collection that remembers who was asked: what it decides is not for us to say.
                case IInvocationOperation call when call.Type?.SpecialType == SpecialType.System_Boolean && IsOwnPredicate(call) && !flow.IsAnswer(call):
                    return true;
                case IInvocationOperation { TargetMethod: { ReturnsVoid: true } } thrower when thrower.Arguments.Any(a => Advances(a.Value, node, flow)):
                    return true;
                case IArgumentOperation { Parameter.RefKind: RefKind.Ref } counted when IsCount(counted.Value.Type):
                    return true;
            }

        return condition.Type?.SpecialType == SpecialType.System_Boolean || condition.Type?.TypeKind == TypeKind.Enum || IsCount(condition.Type)
            ? Leaves(condition).Any(leaf => Advances(leaf, node, flow))
            : false;
    }

    // isLast, !mayAsk, and what a switch is on
    private static IEnumerable<IOperation> Leaves(IOperation condition) => condition.Unwrap() switch
    {
        IUnaryOperation not => Leaves(not.Operand),
        IBinaryOperation { OperatorKind: BinaryOperatorKind.ConditionalAnd or BinaryOperatorKind.ConditionalOr } both => Leaves(both.LeftOperand).Concat(Leaves(both.RightOperand)),
        var leaf => [leaf],
    };

    private bool Advances(IOperation tested, AgentNode node, AnswerFlow flow)
    {
        tested = tested.Unwrap();
        if (!IsCount(tested.Type) || flow.IsAnswer(tested))
            return false;
        switch (tested)
        {
            case IParameterReferenceOperation { Parameter: var parameter }:
                return Advances(parameter, []);
            case ILocalReferenceOperation { Local: var local }:
                return flow.DefinitionsOf(local).Any(value => value.Unwrap() is not ILocalReferenceOperation && Advances(value, node, flow));
            case IBinaryOperation sum:
                return Advances(sum.LeftOperand, node, flow) || Advances(sum.RightOperand, node, flow);
            case IIncrementOrDecrementOperation step:
                return EndedTasks.RootOf(step.Target) is IFieldSymbol or IPropertySymbol or IParameterSymbol;
            case IInvocationOperation:
                return true;
            case IMemberReferenceOperation { Member: IFieldSymbol or IPropertySymbol } member:
                return Advances(member);
            default:
                return false;
        }
    }

    private bool Advances(IMemberReferenceOperation reference)
    {
        var member = reference.Member.OriginalDefinition;
        if (member is IFieldSymbol { IsConst: true } or IFieldSymbol { IsStatic: true, IsReadOnly: true })
            return false;
        if (model.Find(member, CatalogueRole.LoopLimit) != null)
            return true;
        // What others declare, or compute, may well change.
        if (!member.Locations.Any(l => l.IsInSource) || member.IsAbstract || member.ContainingType.TypeKind == TypeKind.Interface || member is IPropertySymbol property && IsComputed(property))
            return true;
        return written.Contains(member)
            || madeTypes.Contains(member.ContainingType)
            || (EndedTasks.RootOf(reference.Instance) is IParameterSymbol parameter && Advances(parameter, []));
    }

    // Whether some call of the circle, or the making of the next agent, gives a parameter another value than it had.
    private bool Advances(IParameterSymbol parameter, HashSet<IParameterSymbol> asked)
    {
        if (asked.Count > 16 || !asked.Add(parameter))
            return false;
        foreach (var (value, flow) in GivenTo(parameter))
            switch (value.Unwrap())
            {
                case IParameterReferenceOperation { Parameter: var passed }:
                    if (!SymbolEqualityComparer.Default.Equals(passed, parameter) && Advances(passed, asked))
                        return true;
                    break;
                case IMemberReferenceOperation { Instance: null or IInstanceReferenceOperation, Member: var member } when !written.Contains(member):
                    break;
                case var other when flow?.IsAnswer(other) != true:
                    return true;
            }

        return false;
    }

    private IEnumerable<(IOperation Value, AnswerFlow? Flow)> GivenTo(IParameterSymbol parameter)
    {
        if (parameter.ContainingSymbol is not { } owner)
            yield break;
        foreach (var edge in into[owner])
            if (edge.Kind == AgentEdgeKind.Call && model.SemanticsOf(edge.Site.SyntaxTree).GetOperation(edge.Site, cancellation) is IInvocationOperation call)
                foreach (var argument in call.Arguments)
                    if (argument.Parameter?.Ordinal == parameter.Ordinal && argument.ArgumentKind != ArgumentKind.DefaultValue)
                        yield return (argument.Value, flows[edge.From]);
        foreach (var (creation, flow) in made.TryGetValue(owner, out var creations) ? creations : [])
            foreach (var argument in creation.Arguments)
                if (argument.Parameter?.Ordinal == parameter.Ordinal && argument.ArgumentKind != ArgumentKind.DefaultValue)
                    yield return (argument.Value, flow);
    }

    private void ReadWrites(IEnumerable<IOperation> bodies, AnswerFlow? flow)
    {
        foreach (var operation in bodies.SelectMany(body => body.DescendantsAndSelf()))
        {
            var target = operation switch
            {
                IAssignmentOperation assignment => assignment.Target,
                IIncrementOrDecrementOperation step => step.Target,
                IArgumentOperation { Parameter.RefKind: RefKind.Ref or RefKind.Out } argument => argument.Value,
                _ => null,
            };
            if (target is IMemberReferenceOperation { Member: var member })
                written.Add(member.OriginalDefinition);
            else if (operation is IObjectCreationOperation { Constructor.OriginalDefinition: { } constructor, Arguments.IsEmpty: false } creation)
                Keep(constructor, creation);
        }

        void Keep(IMethodSymbol constructor, IObjectCreationOperation creation)
        {
            madeTypes.Add(constructor.ContainingType);
            if (!made.TryGetValue(constructor, out var creations))
                made.Add(constructor, creations = []);
            creations.Add((creation, flow));
        }
    }

    private IEnumerable<IOperation> BodiesOf(IMethodSymbol? function) => function == null ? [] : MethodBodies.Of(function, model, cancellation);

    private static bool IsComparison(BinaryOperatorKind kind) => kind is
        BinaryOperatorKind.LessThan or BinaryOperatorKind.LessThanOrEqual or BinaryOperatorKind.GreaterThan or BinaryOperatorKind.GreaterThanOrEqual
        or BinaryOperatorKind.Equals or BinaryOperatorKind.NotEquals;

    // list.Count > 0 asks whether there is something, not how often.
    private static bool IsEmptiness(IBinaryOperation comparison) =>
        comparison.LeftOperand.Unwrap() is IPropertyReferenceOperation { Property.Name: "Count" or "Length" } && comparison.RightOperand.ConstantValue is { HasValue: true, Value: 0 or 1 };

    private static bool IsOwnPredicate(IInvocationOperation call) =>
        call.TargetMethod.Locations.Any(l => l.IsInSource)
        || (EndedTasks.RootOf(call.Receiver()) is not (null or ILocalSymbol) && call.Receiver()?.Type is { SpecialType: not SpecialType.System_String } type
            && type.AllInterfaces.Any(i => i.SpecialType == SpecialType.System_Collections_IEnumerable));

    private static bool IsComputed(IPropertySymbol property) =>
        !property.ContainingType.GetMembers().Any(m => m is IFieldSymbol { AssociatedSymbol: { } associated } && SymbolEqualityComparer.Default.Equals(associated, property));

    // Numbers, flags, choices and times can count; texts cannot.
    private static bool IsCount(ITypeSymbol? type) =>
        type is { TypeKind: TypeKind.Enum } or { SpecialType: SpecialType.System_Boolean or (>= SpecialType.System_SByte and <= SpecialType.System_Double) or SpecialType.System_DateTime }
        || type is INamedTypeSymbol { Name: "TimeSpan" or "DateTimeOffset", ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } }
        || (type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable && IsCount(nullable.TypeArguments[0]));
}
