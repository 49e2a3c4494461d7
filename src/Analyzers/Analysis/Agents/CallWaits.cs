using System.Collections.Concurrent;
using AgentLint.Analysis.Flow;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Agents;

/// <summary>What becomes of a call's work, as far as its caller is concerned.</summary>
internal enum Wait
{
    /// <summary>The caller goes on: the task is thrown away, kept for somebody else, or not seen to be waited for.</summary>
    HandsOver,

    /// <summary>The caller needs the answer: request and response.</summary>
    Waits,

    /// <summary>The same, and the caller holds its thread meanwhile.</summary>
    Blocks,
}

/// <summary>Follows the task that a call makes to where it is waited for.</summary>
internal sealed class CallWaits(AgentModel model)
{
    // How many variables a task is followed through, and how deep in a type a task is looked for.
    private const int MaxVariables = 4;
    private const int MaxNesting = 3;

    private readonly ConcurrentDictionary<SyntaxNode, ILookup<ISymbol, IOperation>> readsOfVariables = new();

    public static CallWaits Of(AgentModel model) => model.Shared(m => new CallWaits(m));

    /// <summary>Whether a function waits for a call that stands in it.</summary>
    /// <param name="call">The call.</param>
    /// <param name="function">The syntax of the function: lambdas between it and the call are looked through.</param>
    public Wait Of(IOperation call, SyntaxNode? function) => Follow(call, function, 0);

    private Wait Follow(IOperation value, SyntaxNode? function, int variables)
    {
        // Set once the task is part of something else, whose type may not show it.
        var isCarried = false;
        while (true)
        {
            if (!isCarried && !IsPending(value.Type))
                return Around(value, function, variables);
            isCarried = false;
            switch (value.Parent)
            {
                // Whoever is given the task waits for it.
                case IAwaitOperation or IReturnOperation or IForEachLoopOperation { IsAsynchronous: true }:
                    return Around(value.Parent, function, variables);
                case IForEachLoopOperation loop:
                    return loop.Locals.Select(local => Variable(local, loop, function, variables)).DefaultIfEmpty(Wait.HandsOver).Max();
                case IPropertyReferenceOperation property:
                    return model.Find(property.Property, CatalogueRole.BlockingWait) != null ? Blocked(value) : Wait.HandsOver;
                case IInvocationOperation called when model.Find(called.TargetMethod, CatalogueRole.BlockingWait) != null:
                case IArgumentOperation { Parent: IInvocationOperation waiting } when model.Find(waiting.TargetMethod, CatalogueRole.BlockingWait) != null:
                    return Blocked(value);
                // task.ConfigureAwait(false), Task.WhenAll(task), task.OrTimeout(): what waits for the result waits for the task.
                case IInvocationOperation called when IsPending(called.Type):
                    value = called;
                    break;
                case IArgumentOperation { Parent: IInvocationOperation called } when IsPending(called.Type):
                    value = called;
                    break;
                // tasks.Add(task)
                case IArgumentOperation { Parent: IInvocationOperation { Instance: { } list } added }:
                    return EndedTasks.RootOf(list) is ILocalSymbol collected ? Variable(collected, added, function, variables) : Wait.HandsOver;
                case IVariableInitializerOperation { Parent: IVariableDeclaratorOperation declarator }:
                    return Variable(declarator.Symbol, declarator, function, variables);
                case IAssignmentOperation { Parent: not IObjectOrCollectionInitializerOperation } assignment:
                    return EndedTasks.RootOf(assignment.Target) is ILocalSymbol assigned ? Variable(assigned, assignment, function, variables) : Wait.HandsOver;
                case IConversionOperation or IParenthesizedOperation or IConditionalAccessOperation or IConditionalOperation or ICoalesceOperation or ISwitchExpressionOperation
                    or ISwitchExpressionArmOperation or ICollectionExpressionOperation or ISpreadOperation or IArrayInitializerOperation or IArrayCreationOperation or ITupleOperation
                    or IAssignmentOperation or IObjectOrCollectionInitializerOperation or IObjectCreationOperation or IArgumentOperation { Parent: IObjectCreationOperation }:
                    value = value.Parent;
                    isCarried = true;
                    break;
                // { [key] = task } and { task }: the collection that is being made carries it.
                case IArgumentOperation { Parent: IInvocationOperation { Parent: IObjectOrCollectionInitializerOperation initializer } }:
                    value = initializer;
                    isCarried = true;
                    break;
                default:
                    return Wait.HandsOver;
            }
        }
    }

    // Whoever reads the result of a task that has ended has waited before.
    private Wait Blocked(IOperation task) =>
        task.SemanticModel is { } semantics && EndedTasks.Of(model).HasEnded(task, semantics, CancellationToken.None) ? Wait.Waits : Wait.Blocks;

    // The work is done where this operation is. A lambda is as good as what runs it.
    private Wait Around(IOperation operation, SyntaxNode? function, int variables)
    {
        for (var around = operation.Parent; around != null; around = around.Parent)
        {
            if (around is ILocalFunctionOperation || around.Syntax == function)
                return Wait.Waits;
            if (around is not IAnonymousFunctionOperation lambda)
                continue;
            var use = lambda.Parent;
            while (use is IConversionOperation or IDelegateCreationOperation or IParenthesizedOperation)
                use = use.Parent;
            if (use is not IArgumentOperation { Parent: { } runner })
                return Wait.Waits;
            // Nobody can wait for an async lambda that is no task.
            return lambda.Symbol is { IsAsync: true, ReturnsVoid: true } ? Wait.HandsOver : Follow(runner, function, variables);
        }

        return Wait.Waits;
    }

    // A task in a variable is waited for where the variable is.
    private Wait Variable(ILocalSymbol local, IOperation place, SyntaxNode? function, int variables)
    {
        if (variables >= MaxVariables)
            return Wait.HandsOver;
        var root = place.Top();
        var reads = readsOfVariables.GetOrAdd(root.Syntax, _ => root.Descendants().OfType<ILocalReferenceOperation>()
            .Where(r => r.Parent is not IAssignmentOperation assignment || assignment.Target != r)
            .ToLookup(r => (ISymbol)r.Local, r => (IOperation)r, SymbolEqualityComparer.Default));
        return reads[local].Select(read => Read(read, function, variables + 1)).DefaultIfEmpty(Wait.HandsOver).Max();
    }

    private Wait Read(IOperation variable, SyntaxNode? function, int variables)
    {
        // tasks[0], tasks.Values, run.Task
        while (variable.Parent is { } member && (member is IArrayElementReferenceOperation or IFieldReferenceOperation || member is IPropertyReferenceOperation { Property: var property } && IsPending(property.Type)))
            variable = member;
        return IsPending(variable.Type) ? Follow(variable, function, variables) : Wait.HandsOver;
    }

    /// <summary>Whether a value stands for work that may still go on: a task, a stream, or a collection of them.</summary>
    public static bool IsPending(ITypeSymbol? type, int nesting = 0)
    {
        if (type is IArrayTypeSymbol array)
            return IsPending(array.ElementType, nesting);
        if (type is not INamedTypeSymbol { TypeKind: not TypeKind.Delegate } named)
            return false;
        if (type.IsTask() || named is { ContainingNamespace: { Name: "CompilerServices" or "Tasks" or "Generic" }, Name: "TaskAwaiter" or "ValueTaskAwaiter" or "IAsyncEnumerable" } || IsConfigured(named))
            return true;
        // Of a dictionary's values the dictionary knows the type.
        return nesting < MaxNesting && (named.TypeArguments.Any(argument => IsPending(argument, nesting + 1)) || IsPending(named.ContainingType, nesting + 1));
    }

    // ConfiguredTaskAwaitable, its awaiter, ConfiguredCancelableAsyncEnumerable
    private static bool IsConfigured(INamedTypeSymbol type) =>
        type.ContainingNamespace is { Name: "CompilerServices" }
        && ((type.ContainingType ?? type).Name is "ConfiguredTaskAwaitable" or "ConfiguredValueTaskAwaitable" or "ConfiguredCancelableAsyncEnumerable");
}
