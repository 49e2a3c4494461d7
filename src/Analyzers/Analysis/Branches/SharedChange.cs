using System.Collections.Immutable;
using AgentLint.Analysis.Concurrency;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Branches;

/// <summary>A change that takes two steps, so that two at once lose one of them, or break what they change.</summary>
/// <param name="Path">What is changed.</param>
/// <param name="Step">Where.</param>
/// <param name="By">What changes it: <c>List.Add</c>, <c>++</c>.</param>
/// <param name="Collection">The catalogue's line of the collection; null where a variable is read and set.</param>
internal sealed record SharedChange(SharedPath Path, BranchStep Step, string By, CatalogueEntry? Collection)
{
    /// <summary>The place in the branches' own declaration: the change, or the call that leads to it.</summary>
    public SyntaxNode Site => Step.Site;

    /// <summary>What changes it in a message, with the way there.</summary>
    public string Describe() => Step.Describe(By);
}

/// <summary>Reads what steps of branches change.</summary>
internal sealed class SharedChanges(AgentModel model, CancellationToken cancellation)
{
    private readonly Collections collections = new(model, cancellation);

    /// <summary>The change that an operation makes to something that branches share; null where it makes none, or one that cannot be lost.</summary>
    public SharedChange? At(BranchStep step)
    {
        switch (step.Operation)
        {
            case IInvocationOperation { Instance: not null } call when !model.Declares(call.TargetMethod):
                return call.Receiver() is { } receiver && collections.Of(receiver) is { } entry && entry.List("changes").Contains(call.TargetMethod.Name) && step.Frame.ObjectOf(receiver, cancellation) is { } path
                    ? new SharedChange(path, step, receiver.Type!.Name + "." + call.TargetMethod.Name, entry)
                    : null;
            case ISimpleAssignmentOperation { Target: IPropertyReferenceOperation { Property.IsIndexer: true } element }:
                return OfElement(element, step, "=");
            case ISimpleAssignmentOperation assignment when DependsOn(assignment.Value, assignment.Target):
                return OfVariable(assignment.Target, step, "=");
            case ICompoundAssignmentOperation compound:
                return OfTarget(compound.Target, step, compound.Syntax is Microsoft.CodeAnalysis.CSharp.Syntax.AssignmentExpressionSyntax { OperatorToken.Text: var text } ? text : "=");
            case IIncrementOrDecrementOperation increment:
                return OfTarget(increment.Target, step, increment.Kind == OperationKind.Increment ? "++" : "--");
            default:
                return null;
        }
    }

    /// <summary>The elements of a collection that branches share, read by an operation: gone through, asked for, or handed to a query. A count alone is not torn.</summary>
    public SharedChange? ReadAt(BranchStep step)
    {
        var (collection, by) = step.Operation switch
        {
            IInvocationOperation { Instance: not null } call when !model.Declares(call.TargetMethod) => (call.Receiver(), call.TargetMethod.Name),
            IInvocationOperation { TargetMethod.IsExtensionMethod: true } call when !model.Declares(call.TargetMethod) => (call.Receiver()?.Unwrap(), call.TargetMethod.Name),
            IForEachLoopOperation { IsAsynchronous: false } loop => (loop.Collection.Unwrap(), "foreach"),
            _ => (null, ""),
        };
        return collection != null && collections.Of(collection) is { } entry && !entry.List("changes").Contains(by) && step.Frame.ObjectOf(collection, cancellation) is { } path
            ? new SharedChange(path, step, by, entry)
            : null;
    }

    private SharedChange? OfTarget(IOperation target, BranchStep step, string by) =>
        target is IPropertyReferenceOperation { Property.IsIndexer: true } element ? OfElement(element, step, by) : OfVariable(target, step, by);

    // counts[key] = …: each key has a slot of its own in a list, but not in a table.
    private SharedChange? OfElement(IPropertyReferenceOperation element, BranchStep step, string by) =>
        element.Instance is { } receiver && collections.Of(receiver) is { } entry && !entry.Has("slots") && step.Frame.ObjectOf(receiver, cancellation) is { } path
            ? new SharedChange(path, step, $"{receiver.Type!.Name}[] {by}", entry)
            : null;

    private SharedChange? OfVariable(IOperation target, BranchStep step, string by) =>
        target.Type is { TypeKind: not (TypeKind.Delegate or TypeKind.Error or TypeKind.Dynamic) } && step.Frame.VariableOf(target, cancellation) is { } path ? new SharedChange(path, step, by, null) : null;

    // total = total + 1, all = all.Append(one); not: cached = cached ?? Make().
    private static bool DependsOn(IOperation value, IOperation target) =>
        SharedPath.Of(target) is { } path
        && !(value.Unwrap() is ICoalesceOperation)
        && value.DescendantsAndSelf().Any(part => part is ILocalReferenceOperation or IParameterReferenceOperation or IFieldReferenceOperation or IPropertyReferenceOperation && SharedPath.Of(part) is { } read && read.IsSame(path));
}
