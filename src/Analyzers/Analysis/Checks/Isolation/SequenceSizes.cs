using AgentLint.Analysis.Concurrency;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Checks.Isolation;

/// <summary>Who decides how long a sequence is: followed back through variables, queries and conversions to where it begins.</summary>
internal sealed class SequenceSizes(AgentModel model, SemanticModel semantics, int callDepth, CancellationToken cancellation)
{
    private const int MaxSteps = 48;

    // How many numbers and counts are looked through.
    private const int MaxNumbers = 8;

    /// <summary>The size of a sequence.</summary>
    public SequenceSize Of(IOperation sequence) => Follow(sequence, 0);

    /// <summary>The size of a sequence whose length a number says: a count of another one, or a number of its own.</summary>
    public SequenceSize OfNumber(IOperation number) => OfNumber(number, 0);

    private SequenceSize OfNumber(IOperation number, int depth)
    {
        if (depth >= MaxNumbers)
            return Bounded;
        number = number.Unwrap();
        switch (number)
        {
            case { ConstantValue.HasValue: true }:
                return Bounded;
            // items.Count, items.Length, items.Count()
            case IPropertyReferenceOperation { Property.Name: "Count" or "Length", Instance: { } counted }:
                return Follow(counted, depth + 1);
            case IInvocationOperation { TargetMethod.Name: "Count" } call when call.Receiver() is { } counted:
                return Follow(counted, depth + 1);
            case ILocalReferenceOperation { Local: var local } when local.InitializerOf(number.SemanticModel ?? semantics, cancellation) is { } value:
                return OfNumber(value, depth + 1);
            case IParameterReferenceOperation { Parameter: var parameter } when OfParameter(parameter) is { Kind: SizeKind.Caller or SizeKind.Model } size:
                return size;
            // Math.Min(count, limit), a setting, a number of workers.
            default:
                return Bounded;
        }
    }

    private static SequenceSize Bounded { get; } = new(SizeKind.Bounded, null);

    private SequenceSize Follow(IOperation start, int depth)
    {
        var found = Bounded;
        var seen = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        var open = new Queue<IOperation>();
        open.Enqueue(start);
        for (var steps = 0; open.Count > 0 && steps < MaxSteps; steps++)
        {
            var operation = open.Dequeue().UnwrapAwaitable();
            switch (operation)
            {
                case IArrayCreationOperation { Initializer: not null } or ICollectionExpressionOperation:
                    foreach (var element in ((operation as ICollectionExpressionOperation)?.Elements ?? []).OfType<ISpreadOperation>())
                        open.Enqueue(element.Operand);
                    break;
                case IArrayCreationOperation array:
                    foreach (var size in array.DimensionSizes)
                        Meet(OfNumber(size, depth + 1));
                    break;
                case IAwaitOperation awaited:
                    open.Enqueue(awaited.Operation);
                    break;
                case ICoalesceOperation choice:
                    open.Enqueue(choice.Value);
                    open.Enqueue(choice.WhenNull);
                    break;
                case IConditionalOperation { WhenFalse: { } otherwise } choice:
                    open.Enqueue(choice.WhenTrue);
                    open.Enqueue(otherwise);
                    break;
                case ITranslatedQueryOperation query:
                    open.Enqueue(query.Operation);
                    break;
                // values[..5]
                case IArrayElementReferenceOperation or IImplicitIndexerReferenceOperation:
                    break;
                case ILocalReferenceOperation { Local: var local }:
                    if (seen.Add(local))
                        OfLocal(local, operation, open, Meet);
                    break;
                case IParameterReferenceOperation { Parameter: var parameter }:
                    Meet(OfParameter(parameter));
                    break;
                case IFieldReferenceOperation { Field: var field } when IsWrittenDown(field):
                    break;
                case IPropertyReferenceOperation { Instance: { } owner } property when !IsSettings(property):
                    // request.Items: as long as the request says.
                    if (Root(owner) is IParameterReferenceOperation { Parameter: var given } && OfParameter(given) is { Kind: SizeKind.Caller } caller)
                        Meet(caller);
                    else if (Root(owner) is ILocalReferenceOperation root && seen.Add(root.Local))
                    {
                        Meet(new SequenceSize(SizeKind.Data, property.Property.Name));
                        OfLocal(root.Local, root, open, Meet);
                    }
                    else
                    {
                        Meet(new SequenceSize(SizeKind.Data, property.Property.Name));
                        if (owner.Unwrap() is not IInstanceReferenceOperation)
                            open.Enqueue(owner);
                    }

                    break;
                case IInvocationOperation call:
                    OfCall(call, depth, seen, open, Meet);
                    break;
                case IObjectCreationOperation creation when Mutability.IsCollection(creation.Type as INamedTypeSymbol):
                    foreach (var argument in creation.Arguments)
                        open.Enqueue(argument.Value);
                    break;
                case IMemberReferenceOperation member and not IPropertyReferenceOperation { Property.IsStatic: true }:
                    Meet(new SequenceSize(SizeKind.Data, member.Member.Name));
                    break;
            }
        }

        return found;

        void Meet(SequenceSize size)
        {
            if (size.Kind > found.Kind)
                found = size;
        }
    }

    private void OfCall(IInvocationOperation call, int depth, HashSet<ISymbol> seen, Queue<IOperation> open, Action<SequenceSize> meet)
    {
        var method = call.TargetMethod;
        if (model.Find(method, CatalogueRole.BoundsSequence) != null)
            return;
        // Enumerable.Range(0, count)
        if (method is { Name: "Range" or "Repeat", IsStatic: true } && call.Arguments.FirstOrDefault(argument => argument.Parameter?.Name == "count")?.Value is { } count)
        {
            meet(OfNumber(count, depth + 1));
            return;
        }

        // One result for each of the tasks.
        if (model.Find(method, CatalogueRole.AwaitsAll) != null)
        {
            foreach (var argument in call.Arguments)
                open.Enqueue(argument.Value);
            return;
        }

        // A function of the program that gives back what its own members hold, or what it is given.
        if (CallGraph.Of(model).Resolve(method) is { } own && (!own.IsAsync || own.ReturnType.IsTask()) && MethodBodies.HasSource(own, model) && seen.Add(own)
            && new ValueSources(model, cancellation).ReturnedBy(own).ToList() is { Count: > 0 } returned)
        {
            foreach (var value in returned)
                open.Enqueue(value);
            return;
        }

        // A query is as long as what it is made of, whatever its lambdas do; what a library or a function of the program brings is data.
        if (!IsQuery(method))
        {
            if (EffectSummaries.Of(model).Of(call, callDepth, cancellation).First(entry => entry.Answers()) != null)
            {
                meet(new SequenceSize(SizeKind.Model, method.Name));
                return;
            }

            meet(new SequenceSize(SizeKind.Data, method.Name));
        }

        foreach (var argument in call.Arguments)
            if (argument.Value.Unwrap() is not (IAnonymousFunctionOperation or IMethodReferenceOperation))
                open.Enqueue(argument.Value);
        if (call.Receiver() is { } receiver)
            open.Enqueue(receiver);
    }

    private static bool IsQuery(IMethodSymbol method) =>
        method.ContainingNamespace is { Name: "Linq" or "Generic" or "Immutable" } || method.ContainingType?.SpecialType == SpecialType.System_String;

    private void OfLocal(ILocalSymbol local, IOperation use, Queue<IOperation> open, Action<SequenceSize> meet)
    {
        // The item of a loop over parts of fixed size is such a part.
        if (local.IsForEach && LoopOf(local) is { } loop)
        {
            if (model.SemanticsOf(loop.SyntaxTree).GetOperation(loop.Expression, cancellation) is { } collection && !IsCut(collection))
                meet(new SequenceSize(SizeKind.Data, local.Name));
            return;
        }

        if (local.InitializerOf(use.SemanticModel ?? semantics, cancellation) is { } initializer)
            open.Enqueue(initializer);
        foreach (var operation in use.Top().Descendants())
            switch (operation)
            {
                case ISimpleAssignmentOperation { Target: ILocalReferenceOperation { Local: var target } } assignment when SymbolEqualityComparer.Default.Equals(target, local):
                    open.Enqueue(assignment.Value);
                    break;
                // list.Add(item), list.AddRange(items)
                case IInvocationOperation { Instance: ILocalReferenceOperation { Local: var target }, TargetMethod.Name: var name } add when SymbolEqualityComparer.Default.Equals(target, local):
                    if (name == "AddRange" && add.Arguments.FirstOrDefault()?.Value is { } range)
                        open.Enqueue(range);
                    else if (name == "Add")
                        OfRounds(add, local, open, meet);
                    break;
            }
    }

    // How often an item is added to a list: once for each item of the loop, or of the query, around it. A list that is made in each round begins anew.
    private void OfRounds(IOperation add, ILocalSymbol list, Queue<IOperation> open, Action<SequenceSize> meet)
    {
        var declaration = list.DeclaringSyntaxReferences.FirstOrDefault();
        for (var around = add.Parent; around != null && declaration != null && !around.Syntax.Span.Contains(declaration.Span); around = around.Parent)
            switch (around)
            {
                case IForEachLoopOperation each:
                    open.Enqueue(each.Collection);
                    return;
                case ILoopOperation:
                    meet(new SequenceSize(SizeKind.Data, list.Name));
                    return;
                case IAnonymousFunctionOperation lambda when ItemsOf(lambda) is { } items:
                    open.Enqueue(items);
                    return;
            }
    }

    // items.Select(item => …), Parallel.ForEachAsync(items, …)
    private IOperation? ItemsOf(IAnonymousFunctionOperation lambda) =>
        lambda.ArgumentAround()?.Parent is IInvocationOperation call && model.Find(call.TargetMethod, CatalogueRole.RunsDelegate) != null
        && (call.Receiver() ?? call.Arguments.FirstOrDefault(argument => argument.Parameter?.Ordinal == 0)?.Value) is { } items && Mutability.IsCollection(items.Unwrap().Type)
            ? items
            : null;

    // items.Chunk(20), whose parts are no longer than that
    private bool IsCut(IOperation collection, int depth = 0)
    {
        for (var operation = collection.UnwrapAwaitable(); operation is IInvocationOperation call; operation = call.Receiver()?.UnwrapAwaitable())
            if (model.Find(call.TargetMethod, CatalogueRole.BoundsSequence) != null)
                return true;
        return collection.UnwrapAwaitable() is ILocalReferenceOperation { Local: var local } && depth < MaxNumbers && local.InitializerOf(semantics, cancellation) is { } value && IsCut(value, depth + 1);
    }

    private SequenceSize OfParameter(IParameterSymbol parameter)
    {
        if (parameter.ContainingSymbol is not IMethodSymbol function)
            return Bounded;
        // The item of a query is what is gone through.
        if (function.MethodKind == MethodKind.AnonymousFunction && (model.RolesOf(function, cancellation) & MethodRoles.Root) == 0)
            return new SequenceSize(SizeKind.Data, parameter.Name);
        // A few items that are written where it is called; what the container gives, and settings.
        if (parameter.IsParams || function.MethodKind == MethodKind.Constructor)
            return Bounded;
        return (model.RolesOf(function, cancellation) & (MethodRoles.Tool | MethodRoles.Handler)) != 0
            ? new SequenceSize(SizeKind.Caller, parameter.Name)
            : new SequenceSize(SizeKind.Data, parameter.Name);
    }

    // private static readonly string[] Regions = ["eu", "us"];
    private bool IsWrittenDown(IFieldSymbol field) =>
        field.IsConst || (field is { IsReadOnly: true, Type: IArrayTypeSymbol or INamedTypeSymbol }
            && field.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation) is VariableDeclaratorSyntax { Initializer.Value: { } value }
            && (value is CollectionExpressionSyntax { Elements.Count: > 0 } || value is ArrayCreationExpressionSyntax { Initializer: not null } or ImplicitArrayCreationExpressionSyntax or InitializerExpressionSyntax
                || value is BaseObjectCreationExpressionSyntax { Initializer: not null }));

    // options.Value.Regions.Values: what configuration says.
    private static bool IsSettings(IPropertyReferenceOperation property)
    {
        for (IOperation? part = property; part?.Unwrap() is IPropertyReferenceOperation { Instance: var instance } reference; part = instance)
            if (reference.Property.Name is "Value" or "CurrentValue" && reference.Property.ContainingType.Name.StartsWith("IOptions", StringComparison.Ordinal))
                return true;
        return false;
    }

    private static IOperation? Root(IOperation? operation)
    {
        while (operation?.Unwrap() is IMemberReferenceOperation { Instance: { } instance })
            operation = instance;
        return operation?.Unwrap();
    }

    private CommonForEachStatementSyntax? LoopOf(ILocalSymbol local) =>
        local.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation) as CommonForEachStatementSyntax;
}
