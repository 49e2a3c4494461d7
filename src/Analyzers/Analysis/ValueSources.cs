using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis;

/// <summary>
/// Where a value comes from, as far as the source shows it: through locals, fields, properties and the methods of the project that return it.
/// What is left are creations, calls of libraries, parameters and constants.
/// </summary>
internal sealed class ValueSources(AgentModel model, CancellationToken cancellation)
{
    // A pipeline that is handed on more often than this is nobody's to follow.
    private const int MaxSteps = 32;

    private readonly Dictionary<ISymbol, IInvocationOperation?> calls = new(SymbolEqualityComparer.Default);

    /// <summary>What a value may be; cut off silently where it goes too far.</summary>
    public IReadOnlyList<IOperation> Of(IOperation? value) => Of(value, out _);

    /// <summary>What a value may be.</summary>
    /// <param name="value">The value.</param>
    /// <param name="isComplete">Whether it can be nothing else: all that is set is set where the source shows it.</param>
    public IReadOnlyList<IOperation> Of(IOperation? value, out bool isComplete)
    {
        isComplete = value != null;
        var found = new List<IOperation>();
        var seen = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        var open = new Queue<IOperation>();
        Add(value, open);
        for (var steps = 0; open.Count > 0 && steps < MaxSteps; steps++)
        {
            cancellation.ThrowIfCancellationRequested();
            var operation = open.Dequeue().UnwrapAwaitable();
            switch (operation)
            {
                case IAwaitOperation awaited:
                    Add(awaited.Operation, open);
                    break;
                // What an array or a list is written with.
                case IArrayElementReferenceOperation { ArrayReference: var array }:
                    AddAll(ElementsOf(array, out var isKnown), open);
                    isComplete &= isKnown;
                    break;
                case ILocalReferenceOperation { Local: { IsForEach: true } item } use when seen.Add(item):
                    AddAll(ElementsOf(CollectionOf(item, use), out var areKnown), open);
                    isComplete &= areKnown;
                    break;
                case ICoalesceOperation choice:
                    Add(choice.Value, open);
                    Add(choice.WhenNull, open);
                    break;
                case IConditionalOperation choice:
                    Add(choice.WhenTrue, open);
                    Add(choice.WhenFalse, open);
                    break;
                case ISimpleAssignmentOperation assignment:
                    Add(assignment.Value, open);
                    break;
                case ICoalesceAssignmentOperation assignment:
                    Add(assignment.Target, open);
                    Add(assignment.Value, open);
                    break;
                case ILocalReferenceOperation { Local: var local } reference when seen.Add(local):
                    AddAll(OfLocal(local, reference), open);
                    isComplete &= !IsSetOtherwise(local, reference);
                    break;
                case IFieldReferenceOperation { Field: var field } when model.Declares(field) && !field.IsConst && seen.Add(field.OriginalDefinition):
                    isComplete &= field.IsReadOnly || field.DeclaredAccessibility == Accessibility.Private;
                    AddAll(OfMember(field.OriginalDefinition), open);
                    break;
                case IPropertyReferenceOperation { Property: var property } when model.Declares(property) && seen.Add(property.OriginalDefinition):
                    isComplete &= property.SetMethod is null or { DeclaredAccessibility: Accessibility.Private };
                    AddAll(OfMember(property.OriginalDefinition), open);
                    if (property.OriginalDefinition.GetMethod is { } getter)
                        AddAll(ReturnedBy(getter), open);
                    break;
                case IInvocationOperation { TargetMethod: var method } when model.Declares(method) && CallGraph.Of(model).Resolve(method) is { } target && MethodBodies.HasSource(target, model):
                    if (seen.Add(target))
                        AddAll(ReturnedBy(target), open);
                    calls[target] = !calls.TryGetValue(target, out var other) || other?.Syntax == operation.Syntax ? (IInvocationOperation)operation : null;
                    break;
                // What a library calls by a name of its own, as a verb or a zero.
                case IPropertyReferenceOperation { Property: { IsStatic: true } named } when !model.Declares(named):
                    found.Add(operation);
                    break;
                case ILocalReferenceOperation { Local: var local }:
                    isComplete &= seen.Contains(local);
                    break;
                case IFieldReferenceOperation { Field: { IsConst: false } field } when model.Declares(field):
                    isComplete &= seen.Contains(field.OriginalDefinition);
                    break;
                case IPropertyReferenceOperation { Property: var property }:
                    isComplete &= seen.Contains(property.OriginalDefinition);
                    break;
                default:
                    found.Add(operation);
                    break;
            }
        }

        isComplete &= open.Count == 0;
        return found;
    }

    /// <summary>What a function is given for a parameter, where the values asked for went through one call of it.</summary>
    public IOperation? GivenFor(IParameterSymbol parameter) =>
        parameter.ContainingSymbol is { } function && calls.TryGetValue(function.OriginalDefinition, out var call)
            ? call?.Arguments.FirstOrDefault(argument => argument.Parameter?.Ordinal == parameter.Ordinal)?.Value
            : null;

    /// <summary>What a function gives back.</summary>
    public IEnumerable<IOperation> ReturnedBy(IMethodSymbol method)
    {
        foreach (var body in MethodBodies.Of(method, model, cancellation))
            foreach (var returned in ReturnedIn(body))
                yield return returned;
    }

    /// <summary>What a body gives back; not what functions in it do.</summary>
    public static IEnumerable<IOperation> ReturnedIn(IOperation body)
    {
        var open = new Stack<IOperation>();
        open.Push(body);
        while (open.Count > 0)
        {
            var operation = open.Pop();
            if (operation != body && operation is IAnonymousFunctionOperation or ILocalFunctionOperation)
                continue;
            if (operation is IReturnOperation { ReturnedValue: { } value })
                yield return value;
            foreach (var child in operation.ChildOperations.Reverse())
                open.Push(child);
        }
    }

    // The elements of a collection that is written out in one place.
    private IReadOnlyList<IOperation> ElementsOf(IOperation? collection, out bool isKnown)
    {
        var elements = new List<IOperation>();
        isKnown = true;
        foreach (var source in new ValueSources(model, cancellation).Of(collection, out var isComplete))
        {
            isKnown &= isComplete;
            switch (source)
            {
                case IArrayCreationOperation { Initializer: { } written }:
                    elements.AddRange(written.ElementValues);
                    break;
                case ICollectionExpressionOperation list when !list.Elements.Any(element => element is ISpreadOperation):
                    elements.AddRange(list.Elements);
                    break;
                case IObjectCreationOperation { Initializer: { } added, Arguments.IsEmpty: true }:
                    elements.AddRange(added.Initializers.OfType<IInvocationOperation>().SelectMany(add => add.Arguments.Take(1)).Select(argument => argument.Value));
                    break;
                default:
                    isKnown = false;
                    break;
            }
        }

        isKnown &= elements.Count > 0;
        return elements;
    }

    private IOperation? CollectionOf(ILocalSymbol item, IOperation use) =>
        use.SemanticModel is { } semantics
        && item.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation) is ForEachStatementSyntax loop && loop.SyntaxTree == semantics.SyntaxTree
            ? semantics.GetOperation(loop.Expression, cancellation)
            : null;

    private IEnumerable<IOperation> OfLocal(ILocalSymbol local, IOperation reference)
    {
        if (reference.SemanticModel is not { } semantics)
            yield break;
        if (local.InitializerOf(semantics, cancellation) is { } initializer)
            yield return initializer;
        foreach (var operation in reference.Top().Descendants())
            if (operation is ISimpleAssignmentOperation or ICoalesceAssignmentOperation
                && operation is IAssignmentOperation { Target: ILocalReferenceOperation { Local: var target }, Value: var given } && SymbolEqualityComparer.Default.Equals(target, local))
                yield return given;
    }

    // By a call that has it as 'out' or 'ref', by a deconstruction, a pattern or a compound assignment: not by a value that stands in the source.
    private bool IsSetOtherwise(ILocalSymbol local, IOperation reference)
    {
        // out var one, (var one, _) = …, is { } one: declared without a value of its own.
        if (local.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation) is SingleVariableDesignationSyntax)
            return true;
        foreach (var operation in reference.Top().Descendants())
            if (operation is ILocalReferenceOperation { Local: var other, Parent: { } around } use && SymbolEqualityComparer.Default.Equals(other, local)
                && around switch
                {
                    IArgumentOperation argument => argument.Parameter is { RefKind: RefKind.Out or RefKind.Ref },
                    ITupleOperation { Parent: IDeconstructionAssignmentOperation deconstruction } tuple => deconstruction.Target == tuple,
                    ICompoundAssignmentOperation compound => compound.Target == use,
                    IIncrementOrDecrementOperation => true,
                    _ => false,
                })
                return true;
        return false;
    }

    // The initializer, and what is assigned to it in its own type.
    private IEnumerable<IOperation> OfMember(ISymbol member)
    {
        foreach (var reference in member.DeclaringSyntaxReferences)
        {
            if (!model.Compilation.ContainsSyntaxTree(reference.SyntaxTree))
                continue;
            var value = reference.GetSyntax(cancellation) switch
            {
                VariableDeclaratorSyntax { Initializer.Value: { } field } => field,
                PropertyDeclarationSyntax { Initializer.Value: { } property } => property,
                _ => null,
            };
            if (value != null && model.SemanticsOf(reference.SyntaxTree).GetOperation(value, cancellation) is { } initializer)
                yield return initializer;
        }

        foreach (var reference in member.ContainingType.DeclaringSyntaxReferences)
        {
            if (!model.Compilation.ContainsSyntaxTree(reference.SyntaxTree))
                continue;
            foreach (var node in reference.GetSyntax(cancellation).DescendantNodes())
                if (node is AssignmentExpressionSyntax { Left: var left } assignment
                    && NameIn(left)?.Identifier.ValueText == member.Name
                    && model.SemanticsOf(reference.SyntaxTree) is var semantics
                    && SymbolEqualityComparer.Default.Equals(semantics.GetSymbolInfo(left, cancellation).Symbol?.OriginalDefinition, member)
                    && semantics.GetOperation(assignment.Right, cancellation) is { } assigned)
                    yield return assigned;
        }
    }

    private static SimpleNameSyntax? NameIn(ExpressionSyntax expression) =>
        expression as SimpleNameSyntax ?? (expression as MemberAccessExpressionSyntax)?.Name;

    private static void AddAll(IEnumerable<IOperation> values, Queue<IOperation> open)
    {
        foreach (var value in values)
            open.Enqueue(value);
    }

    private static void Add(IOperation? value, Queue<IOperation> open)
    {
        if (value != null)
            open.Enqueue(value);
    }
}
