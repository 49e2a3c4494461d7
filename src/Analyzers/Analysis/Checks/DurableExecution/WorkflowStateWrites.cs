using System.Collections.Immutable;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Checks.DurableExecution;

/// <summary>A change, by workflow code, of a variable that lives longer than the workflow's run.</summary>
/// <param name="Site">The change, or the call in the workflow that leads to it.</param>
/// <param name="Variable">A static field or property, or a local outside of the workflow's lambda.</param>
/// <param name="Path">The methods between the workflow and the change; empty where the workflow makes it itself.</param>
internal sealed record WorkflowStateWrite(SyntaxNode Site, ISymbol Variable, ImmutableArray<Call> Path);

/// <summary>
/// Finds state that workflow code keeps outside of its history. Each replay changes it again, and all workflows of the process share it.
/// An assignment that fills in what is missing (<c>??=</c>) leaves the same value, and is no such change.
/// </summary>
internal sealed class WorkflowStateWrites(AgentModel model, int depth, CancellationToken cancellation)
{
    private const int MaxMethods = 500;

    private readonly CallGraph graph = CallGraph.Of(model);

    public IEnumerable<WorkflowStateWrite> In(WorkflowFunction workflow)
    {
        var entered = new HashSet<IMethodSymbol>(SymbolEqualityComparer.Default) { workflow.Function };
        var seen = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        var open = new Queue<(IMethodSymbol Method, ImmutableArray<Call> Path)>();
        open.Enqueue((workflow.Function, []));
        while (open.Count > 0)
        {
            var (method, path) = open.Dequeue();
            foreach (var body in MethodBodies.Of(method, model, cancellation))
                foreach (var operation in body.DescendantsAndSelf())
                    if (ChangedBy(operation) is { } variable && IsOutside(variable, workflow.Function) && (path.IsEmpty || seen.Add(variable)))
                        yield return new WorkflowStateWrite(path.IsEmpty ? operation.Syntax : path[0].Site, variable, path);
            if (path.Length >= depth)
                continue;
            foreach (var call in graph.CallsOf(method, cancellation))
                if (call.Target is { MethodKind: not MethodKind.StaticConstructor } target && entered.Count < MaxMethods && entered.Add(target))
                    open.Enqueue((target, path.Add(call)));
        }
    }

    private ISymbol? ChangedBy(IOperation operation) => operation switch
    {
        ICoalesceAssignmentOperation => null,
        IAssignmentOperation { Target: var target } => VariableOf(target),
        IIncrementOrDecrementOperation { Target: var target } => VariableOf(target),
        IInvocationOperation { Instance: { Type: INamedTypeSymbol type } holder, TargetMethod.Name: var name } when IsChange(type, name) => VariableOf(holder),
        _ => null,
    };

    private bool IsChange(INamedTypeSymbol type, string method) =>
        model.EntriesOf(type).Any(entry => entry.Role == CatalogueRole.Collection && entry.List("changes").Contains(method));

    // An element belongs to the variable that holds the collection.
    private static ISymbol? VariableOf(IOperation target) => target.Unwrap() switch
    {
        IFieldReferenceOperation { Field: { IsStatic: true, IsConst: false } field } => field,
        IPropertyReferenceOperation { Property: { IsStatic: true } property } => property,
        IPropertyReferenceOperation { Property.IsIndexer: true, Instance: { } holder } => VariableOf(holder),
        IArrayElementReferenceOperation { ArrayReference: var array } => VariableOf(array),
        ILocalReferenceOperation { Local: var local } => local,
        _ => null,
    };

    private bool IsOutside(ISymbol variable, IMethodSymbol workflow) => variable switch
    {
        // A static member of another assembly is configuration of a library, or its own business.
        IFieldSymbol field => model.Declares(field) && !field.GetAttributes().Any(attribute => attribute.AttributeClass?.Name is "ThreadStaticAttribute"),
        IPropertySymbol property => model.Declares(property),
        ILocalSymbol local => workflow.MethodKind == MethodKind.AnonymousFunction && !IsWithin(local, workflow),
        _ => false,
    };

    private static bool IsWithin(ILocalSymbol local, IMethodSymbol lambda) =>
        lambda.DeclaringSyntaxReferences.FirstOrDefault() is { } code
        && local.DeclaringSyntaxReferences.FirstOrDefault() is { } declaration
        && (declaration.SyntaxTree != code.SyntaxTree || code.Span.Contains(declaration.Span));
}
