using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Concurrency;

/// <summary>Whether code only adds to a variable, so that no run of it needs what another run has put there.</summary>
internal sealed class Accumulation(AgentModel model, ISymbol? index, CancellationToken cancellation)
{
    // How many helpers a collection is followed into.
    private const int MaxHelpers = 3;

    public bool IsOnlyAddedTo(ISymbol variable, IOperation code) => IsOnlyAddedTo(variable, code, 0);

    private bool IsOnlyAddedTo(ISymbol variable, IOperation code, int helpers)
    {
        foreach (var operation in code.DescendantsAndSelf())
            if (SymbolEqualityComparer.Default.Equals(Referenced(operation), variable) && !IsAddition(operation, helpers))
                return false;
        return true;
    }

    private bool IsAddition(IOperation use, int helpers)
    {
        var child = use;
        var parent = use.Parent;
        while (parent is IConversionOperation or IParenthesizedOperation)
            (child, parent) = (parent, parent.Parent);
        switch (parent)
        {
            // results.Add(…)
            case IInvocationOperation call when call.Instance == child:
                return IsStatement(call) && Mutability.IsCollection(use.Type) && IsAdding(call.TargetMethod);
            // results?.Add(…)
            case IConditionalAccessOperation { WhenNotNull: IInvocationOperation { Instance: IConditionalAccessInstanceOperation } call } access when access.Operation == child:
                return IsStatement(call) && Mutability.IsCollection(use.Type) && IsAdding(call.TargetMethod);
            case IArgumentOperation { Parameter: { } parameter, Parent: IInvocationOperation call }:
                return IsStatement(call)
                    && (call.TargetMethod.IsExtensionMethod && parameter.Ordinal == 0
                        ? Mutability.IsCollection(use.Type) && IsAdding(call.TargetMethod)
                        : helpers < MaxHelpers && IsOnlyAddedIn(call.TargetMethod, parameter.Ordinal, helpers + 1));
            // count++, total += …
            case IIncrementOrDecrementOperation step:
                return IsStatement(step);
            case ICompoundAssignmentOperation compound:
                return compound.Target == child && IsStatement(compound);
            // failed = true
            case ISimpleAssignmentOperation assignment when assignment.Target == child:
                return assignment.Value.ConstantValue.HasValue && IsStatement(assignment);
            // results[i] and summaries[key] = …: the iteration's own slot.
            case IArrayElementReferenceOperation element when element.ArrayReference == child:
                return element.Indices.Any(IsIndex) || IsSet(element);
            case IPropertyReferenceOperation { Property.IsIndexer: true } element when element.Instance == child:
                return element.Arguments.Any(a => IsIndex(a.Value)) || IsSet(element);
            default:
                return false;
        }
    }

    private bool IsOnlyAddedIn(IMethodSymbol helper, int ordinal, int helpers)
    {
        var target = helper.MethodKind == MethodKind.LocalFunction ? helper.OriginalDefinition : CallGraph.Of(model).Resolve(helper);
        return target != null
            && MethodBodies.HasSource(target, model)
            && MethodBodies.Of(target, model, cancellation).All(body => IsOnlyAddedTo(target.Parameters[ordinal], body, helpers));
    }

    private bool IsIndex(IOperation argument) => index != null && SymbolEqualityComparer.Default.Equals(Referenced(argument.Unwrap()), index);

    private static bool IsAdding(IMethodSymbol method) =>
        method.Name.StartsWith("Add", StringComparison.Ordinal) || method.Name.StartsWith("Append", StringComparison.Ordinal)
        || method.Name is "TryAdd" or "Enqueue" or "Push" or "Insert" or "UnionWith";

    private static bool IsSet(IOperation element) => element.Parent is ISimpleAssignmentOperation assignment && assignment.Target == element && IsStatement(assignment);

    private static bool IsStatement(IOperation operation) =>
        operation.Parent is IExpressionStatementOperation or ISimpleAssignmentOperation { Target: IDiscardOperation }
        // a?.Add(…)
        || (operation.Parent is IConditionalAccessOperation { Parent: IExpressionStatementOperation });

    private static ISymbol? Referenced(IOperation operation) => operation switch
    {
        ILocalReferenceOperation local => local.Local,
        IParameterReferenceOperation parameter => parameter.Parameter,
        IFieldReferenceOperation field => field.Field,
        IPropertyReferenceOperation property => property.Property,
        _ => null,
    };
}
