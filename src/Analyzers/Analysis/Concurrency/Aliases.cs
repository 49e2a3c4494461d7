using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Concurrency;

/// <summary>Which variables hold an object that something else holds as well.</summary>
internal static class Aliases
{
    /// <summary>The path that a local was given its object from; null where it holds one that was made for it.</summary>
    public static AccessPath? SourceOf(ILocalSymbol local, SemanticModel semantics, CancellationToken cancellation)
    {
        if (local.DeclaringSyntaxReferences.FirstOrDefault() is not { } declaration || declaration.SyntaxTree != semantics.SyntaxTree)
            return null;
        switch (declaration.GetSyntax(cancellation))
        {
            case VariableDeclaratorSyntax { Initializer.Value: { } value }:
                return PathOf(semantics.GetOperation(value, cancellation));
            case ForEachStatementSyntax loop:
                return AccessPath.Of(semantics.GetOperation(loop.Expression, cancellation));
            // sessions.TryGetValue(id, out var session), item is Order order
            case SingleVariableDesignationSyntax designation:
                for (var node = designation.Parent; node is not (null or StatementSyntax); node = node.Parent)
                    if (node is ArgumentSyntax && node.Parent?.Parent is InvocationExpressionSyntax call)
                        return PathOf(semantics.GetOperation(call, cancellation), isOut: true);
                    else if (node is IsPatternExpressionSyntax test)
                        return AccessPath.Of(semantics.GetOperation(test.Expression, cancellation));
                return null;
            default:
                return null;
        }
    }

    // An element of a collection is no new object.
    private static AccessPath? PathOf(IOperation? value, bool isOut = false) => value?.Unwrap() switch
    {
        IInvocationOperation call when call.Receiver() is { } receiver && Mutability.IsCollection(receiver.Type) && (isOut || !Mutability.IsCollection(call.Type)) => AccessPath.Of(receiver),
        IInvocationOperation => null,
        ICoalesceOperation choice => AccessPath.Of(choice.Value) ?? AccessPath.Of(choice.WhenNull),
        IConditionalOperation { WhenFalse: { } otherwise } choice => AccessPath.Of(choice.WhenTrue) ?? AccessPath.Of(otherwise),
        var other => AccessPath.Of(other),
    };
}
