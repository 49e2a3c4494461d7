using System.Collections.Immutable;
using AgentLint.Analysis.Concurrency;
using AgentLint.Analysis.Flow;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Sharing;

/// <summary>Where a field or property is changed after its object was made, and how.</summary>
internal sealed class StateWrites(AgentModel model, CancellationToken cancellation)
{
    private readonly Mutability types = new(model);
    private readonly Collections collections = new(model, cancellation);

    /// <summary>Whether a type is one conversation's state.</summary>
    public bool IsSession(ITypeSymbol? type) => types.IsSession(type) && !model.Is(type, CatalogueRole.Agent);

    /// <summary>The changes of a variable, in the order of the text.</summary>
    public ImmutableArray<StateWrite> Of(ISymbol variable)
    {
        var writes = ImmutableArray.CreateBuilder<StateWrite>();
        var collection = CollectionOf(variable);
        foreach (var use in UsesOf(variable))
            if (!IsOfConstruction(use.Syntax) && ChangeBy(use, variable, collection) is var (site, change))
                writes.Add(new StateWrite(site, change, LockSets.Of(model).HeldAt(site, cancellation)));
        return writes.ToImmutable();
    }

    /// <summary>
    /// Where the elements of a collection are read, in the order of the text: gone through, asked for, or handed to a query. How many there are is one read, which
    /// nothing tears.
    /// </summary>
    public IEnumerable<SyntaxNode> ReadsOf(ISymbol variable)
    {
        if (CollectionOf(variable) is not { } collection)
            yield break;
        foreach (var use in UsesOf(variable))
            if (!IsOfConstruction(use.Syntax) && Around(use) is (var child, var parent) && parent switch
            {
                IForEachLoopOperation loop => loop.Collection == child,
                ISpreadOperation => true,
                IInvocationOperation call => call.Instance == child && !IsChange(call.TargetMethod, collection),
                IArgumentOperation { Parent: IInvocationOperation { TargetMethod.IsExtensionMethod: true } called } argument => argument.Parameter?.Ordinal == 0 && ChangeBy(use, variable, collection) == null && called.Instance == null,
                IPropertyReferenceOperation { Property.IsIndexer: true } element => element.Instance == child && Around(element) is (var item, var write) && !IsWritten(item, write),
                _ => false,
            })
                yield return use.Syntax;
    }

    /// <summary>
    /// Whether a function empties a collection, or puts a new one in its place, and uses it again after others had their turn: what it holds in between belongs to
    /// one call.
    /// </summary>
    public bool BeginsAnew(ISymbol variable) =>
        CollectionOf(variable) != null
        && UsesOf(variable).Where(use => !IsOfConstruction(use.Syntax)).GroupBy(use => FlowGraphs.FunctionAround(use.Syntax)).Any(function =>
            function.Key is { } code
            && function.FirstOrDefault(use => Empties(use)) is { } start
            && function.OrderBy(use => use.Syntax.SpanStart).First() == start
            && code.DescendantNodes().OfType<AwaitExpressionSyntax>().FirstOrDefault(wait => wait.SpanStart > start.Syntax.Span.End && FlowGraphs.FunctionAround(wait) == code) is { } wait
            && function.Any(use => use.Syntax.SpanStart >= wait.SpanStart));

    private static bool Empties(IOperation use) => Around(use) is var (child, parent) && parent switch
    {
        IInvocationOperation { TargetMethod.Name: "Clear" } call => call.Instance == child,
        ISimpleAssignmentOperation assignment => assignment.Target == child && assignment.Value.Unwrap() is IObjectCreationOperation or ICollectionExpressionOperation,
        _ => false,
    };

    /// <summary>The value that a field or property is declared with.</summary>
    public IOperation? InitializerOf(ISymbol variable)
    {
        foreach (var reference in ((variable as IFieldSymbol)?.AssociatedSymbol ?? variable).DeclaringSyntaxReferences)
            if (model.Compilation.ContainsSyntaxTree(reference.SyntaxTree) && reference.GetSyntax(cancellation) switch
            {
                VariableDeclaratorSyntax field => field.Initializer?.Value,
                PropertyDeclarationSyntax property => property.Initializer?.Value,
                _ => null,
            } is { } value)
                return model.SemanticsOf(reference.SyntaxTree).GetOperation(value, cancellation)?.Unwrap();
        return null;
    }

    /// <summary>The catalogue's line of the collection that a variable holds, where it is for one thread at a time.</summary>
    public CatalogueEntry? CollectionOf(ISymbol variable) =>
        TypeOf(variable) is INamedTypeSymbol type ? collections.Of(type, () => InitializerOf(variable) is { } made ? [made] : []) : null;

    /// <summary>Whether a variable holds what only one call may use, and each changes by using it.</summary>
    public bool IsOneRun(ISymbol variable) => TypeOf(variable) is INamedTypeSymbol type && model.EntriesOf(type).Any(entry => entry.Role == CatalogueRole.Session && entry.Has("one-run"));

    public static ITypeSymbol? TypeOf(ISymbol variable) => variable switch
    {
        IFieldSymbol field => field.Type,
        IPropertySymbol property => property.Type,
        _ => null,
    };

    /// <summary>Where a variable is named. Private ones are so only where they are declared.</summary>
    public IEnumerable<IOperation> UsesOf(ISymbol variable)
    {
        if (variable.DeclaredAccessibility is not (Accessibility.Private or Accessibility.NotApplicable))
            return CallerIndex.Of(model, cancellation).UsesOf(variable, cancellation).OrderBy(use => use.Syntax.SyntaxTree.FilePath, StringComparer.Ordinal).ThenBy(use => use.Syntax.SpanStart);
        return UsesIn(variable);
    }

    private IEnumerable<IOperation> UsesIn(ISymbol variable)
    {
        var outermost = variable.ContainingType;
        while (outermost.ContainingType is { } outer)
            outermost = outer;
        foreach (var reference in outermost.DeclaringSyntaxReferences)
        {
            if (!model.Compilation.ContainsSyntaxTree(reference.SyntaxTree))
                continue;
            var semantics = model.SemanticsOf(reference.SyntaxTree);
            foreach (var name in reference.GetSyntax(cancellation).DescendantNodes().OfType<IdentifierNameSyntax>())
                if (name.Identifier.ValueText == variable.Name
                    && SymbolEqualityComparer.Default.Equals(semantics.GetSymbolInfo(name, cancellation).Symbol?.OriginalDefinition, variable)
                    && semantics.OperationOf(name, cancellation) is { } use)
                    yield return use;
        }
    }

    // Nobody else has the object before its constructor has ended.
    private static bool IsOfConstruction(SyntaxNode use)
    {
        for (SyntaxNode? node = use; node != null; node = node.Parent)
            switch (node)
            {
                case AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or MethodDeclarationSyntax or AccessorDeclarationSyntax or ArrowExpressionClauseSyntax:
                    return false;
                case ConstructorDeclarationSyntax or FieldDeclarationSyntax or PropertyDeclarationSyntax or InitializerExpressionSyntax { Parent: BaseObjectCreationExpressionSyntax }:
                    return true;
            }

        return true;
    }

    private (SyntaxNode Site, StateChange Change)? ChangeBy(IOperation use, ISymbol variable, CatalogueEntry? collection)
    {
        var (child, parent) = Around(use);
        switch (parent)
        {
            case ISimpleAssignmentOperation assignment when assignment.Target == child:
                return Reads(assignment.Value, variable) ? (assignment.Syntax, StateChange.Update)
                    : IsParked(assignment, variable) ? (assignment.Syntax, StateChange.Parked)
                    : null;
            case ICompoundAssignmentOperation compound when compound.Target == child:
                return (compound.Syntax, StateChange.Update);
            case IIncrementOrDecrementOperation step:
                return (step.Syntax, StateChange.Update);
            case IInvocationOperation call when call.Instance == child:
                return IsChange(call.TargetMethod, collection) ? (call.Syntax, StateChange.Content) : null;
            case IConditionalAccessOperation access when access.Operation == child && access.WhenNotNull is IInvocationOperation rest:
                return IsChange(rest.TargetMethod, collection) ? (access.Syntax, StateChange.Content) : null;
            case IArgumentOperation { Parent: IInvocationOperation called } argument:
                // An extension adds to what it is called on; an agent writes into the session that it is given.
                return called.TargetMethod.IsExtensionMethod && argument.Parameter?.Ordinal == 0 && collection != null && Collections.IsChange(called.TargetMethod) ? (called.Syntax, StateChange.Content)
                    : IsOneRun(variable) && model.EntriesOf(called.TargetMethod).Any(entry => entry.AsksModelOrAgent()) ? (called.Syntax, StateChange.Content)
                    : null;
            case IPropertyReferenceOperation { Property.IsIndexer: true } element when element.Instance == child && collection != null && !collection.Has("slots"):
                return Around(element) is (var item, var write) && IsWritten(item, write) ? (element.Syntax, StateChange.Content) : null;
            default:
                return null;
        }
    }

    private static bool IsChange(IMethodSymbol method, CatalogueEntry? collection) => collection?.List("changes").Contains(method.Name) == true;

    private static (IOperation Child, IOperation? Parent) Around(IOperation use)
    {
        var child = use;
        var parent = use.Parent;
        while (parent is IConversionOperation or IParenthesizedOperation)
            (child, parent) = (parent, parent.Parent);
        return (child, parent);
    }

    private static bool IsWritten(IOperation element, IOperation? around) =>
        (around is IAssignmentOperation assignment && assignment.Target == element) || around is IIncrementOrDecrementOperation;

    private static bool Reads(IOperation value, ISymbol variable) =>
        value.DescendantsAndSelf().Any(operation => operation is IMemberReferenceOperation member && SymbolEqualityComparer.Default.Equals(member.Member.OriginalDefinition, variable)
            // x = x ?? Make() makes what is missing.
            && operation.Parent is not ICoalesceOperation);

    // What a parameter gives, read back after others had their turn. A switch is one step.
    private bool IsParked(ISimpleAssignmentOperation assignment, ISymbol variable)
    {
        if (TypeOf(variable) is not { SpecialType: not SpecialType.System_Boolean, TypeKind: not TypeKind.Enum } || FlowGraphs.FunctionAround(assignment.Syntax) is not { } function || assignment.SemanticModel is not { } semantics)
            return false;
        if (!assignment.Value.DescendantsAndSelf().Any(operation => operation is IParameterReferenceOperation { Parameter.Type: var type } && type.SpecialType != SpecialType.System_Boolean && type.Name != "CancellationToken"))
            return false;
        var wait = function.DescendantNodes().OfType<AwaitExpressionSyntax>().FirstOrDefault(node => node.SpanStart > assignment.Syntax.Span.End && FlowGraphs.FunctionAround(node) == function);
        return wait != null && function.DescendantNodes().OfType<IdentifierNameSyntax>().Any(name =>
            name.SpanStart > wait.Span.Start && name.Identifier.ValueText == variable.Name
            && SymbolEqualityComparer.Default.Equals(semantics.GetSymbolInfo(name, cancellation).Symbol?.OriginalDefinition, variable)
            && semantics.OperationOf(name, cancellation) is { } use && Around(use) is (var child, var parent) && !(parent is ISimpleAssignmentOperation again && again.Target == child));
    }
}
