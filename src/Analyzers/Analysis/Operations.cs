using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis;

/// <summary>Small questions about operations that several analyses ask.</summary>
internal static class Operations
{
    /// <summary>What a call is made on: the instance, or the first argument of an extension method.</summary>
    public static IOperation? Receiver(this IInvocationOperation call)
    {
        if (call.Instance is { } instance)
            return instance is IConditionalAccessInstanceOperation ? ConditionalOperand(instance) : instance;
        return call.TargetMethod.IsExtensionMethod && call.Arguments.FirstOrDefault(a => a.Parameter?.Ordinal == 0) is { } self ? self.Value : null;
    }

    /// <summary>The operation of the call or member access that a name stands for.</summary>
    public static IOperation? OperationOf(this SemanticModel semantics, SimpleNameSyntax name, CancellationToken cancellation)
    {
        SyntaxNode node = name.Parent is MemberAccessExpressionSyntax access && access.Name == name ? access
            : name.Parent is MemberBindingExpressionSyntax binding ? binding
            : name;
        if (node.Parent is InvocationExpressionSyntax call && call.Expression == node)
            node = call;
        return semantics.GetOperation(node, cancellation);
    }

    /// <summary>The task below the wrappers that end with it: <c>ConfigureAwait</c>, <c>AsTask</c>, <c>GetAwaiter</c>, <c>WaitAsync</c>.</summary>
    public static IOperation UnwrapAwaitable(this IOperation operation)
    {
        while (true)
        {
            operation = operation.Unwrap();
            if (operation is IInvocationOperation { TargetMethod.Name: "ConfigureAwait" or "AsTask" or "GetAwaiter" or "Preserve" or "WaitAsync" } call && call.Receiver() is { } task && IsAwaitable(task.Type))
                operation = task;
            else
                return operation;
        }
    }

    /// <summary>The values that an array or collection is written with; otherwise the operation itself. <c>..tasks</c> stands for <c>tasks</c>.</summary>
    public static IEnumerable<IOperation> Elements(this IOperation operation)
    {
        operation = operation.Unwrap();
        return operation switch
        {
            IArrayCreationOperation { Initializer: { } array } => array.ElementValues,
            ICollectionExpressionOperation collection => collection.Elements.Select(element => element is ISpreadOperation spread ? spread.Operand : element),
            _ => [operation],
        };
    }

    /// <summary>Whether a type is a task or another awaitable of the base library.</summary>
    public static bool IsTask(this ITypeSymbol? type) =>
        type is INamedTypeSymbol { Name: "Task" or "ValueTask" } named && CatalogueMatcher.IsNamed(named.OriginalDefinition, "System.Threading.Tasks." + named.MetadataName);

    /// <summary>Whether a method gives its caller no value: it returns nothing, or a task without a result.</summary>
    public static bool GivesNothing(this IMethodSymbol method) => method.ReturnsVoid || (method.ReturnType is INamedTypeSymbol { Arity: 0 } type && type.IsTask());

    private static bool IsAwaitable(ITypeSymbol? type) =>
        type.IsTask() || type is { Name: "ConfiguredTaskAwaitable" or "ConfiguredValueTaskAwaitable", ContainingNamespace.Name: "CompilerServices" };

    /// <summary>The value that a local was declared with, in the same file; null where it has none.</summary>
    public static IOperation? InitializerOf(this ILocalSymbol local, SemanticModel semantics, CancellationToken cancellation) =>
        local.DeclaringSyntaxReferences.FirstOrDefault() is { } declaration
        && declaration.SyntaxTree == semantics.SyntaxTree
        && declaration.GetSyntax(cancellation) is VariableDeclaratorSyntax { Initializer.Value: { } value }
            ? semantics.GetOperation(Sure(value), cancellation)
            : null;

    // value! has no operation of its own.
    private static ExpressionSyntax Sure(ExpressionSyntax value)
    {
        while (value is PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.SuppressNullableWarningExpression, Operand: var operand })
            value = operand;
        return value;
    }

    /// <summary>The outermost operation around one: the whole body that it stands in.</summary>
    public static IOperation Top(this IOperation operation)
    {
        while (operation.Parent is { } parent)
            operation = parent;
        return operation;
    }

    /// <summary>The argument that a lambda or a method group is given as; null where it is used otherwise.</summary>
    public static IArgumentOperation? ArgumentAround(this IOperation function)
    {
        var parent = function.Parent;
        while (parent is IConversionOperation or IDelegateCreationOperation or IParenthesizedOperation)
            parent = parent.Parent;
        return parent as IArgumentOperation;
    }

    /// <summary>What stands before the <c>?.</c> that an operation follows.</summary>
    public static IOperation? ConditionalOperand(this IOperation instance)
    {
        var child = instance;
        for (var parent = instance.Parent; parent != null; (child, parent) = (parent, parent.Parent))
            // In a?.B?.C the operand of the second access is a part of the first one's rest.
            if (parent is IConditionalAccessOperation access && access.WhenNotNull == child)
                return access.Operation;
        return null;
    }
}
