using System.Collections.Concurrent;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Flow;

/// <summary>Control-flow graphs of the functions that contain a place in the source.</summary>
internal static class FlowGraphs
{
    /// <summary>The innermost member, local function or lambda that contains a node; null outside of code.</summary>
    public static SyntaxNode? FunctionAround(SyntaxNode node)
    {
        for (var n = node.Parent; n != null; n = n.Parent)
            if (n is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or BaseMethodDeclarationSyntax or AccessorDeclarationSyntax
                || (n is ArrowExpressionClauseSyntax && n.Parent is BasePropertyDeclarationSyntax)
                || (n is EqualsValueClauseSyntax && (n.Parent is PropertyDeclarationSyntax || n.Parent?.Parent?.Parent is BaseFieldDeclarationSyntax))
                || (n is CompilationUnitSyntax && node.FirstAncestorOrSelf<GlobalStatementSyntax>() != null))
                return n;
        return null;
    }

    /// <summary>The graph of a function; null where it has none, as an abstract method or code that does not compile.</summary>
    public static ControlFlowGraph? Of(SyntaxNode function, SemanticModel semantics, CancellationToken cancellation) => Of(function, semantics, [], cancellation);

    /// <summary>The same, with the graphs that were made before: many nested functions need the one around them.</summary>
    public static ControlFlowGraph? Of(SyntaxNode function, SemanticModel semantics, ConcurrentDictionary<SyntaxNode, ControlFlowGraph?> known, CancellationToken cancellation) =>
        known.TryGetValue(function, out var graph) ? graph : known.GetOrAdd(function, Make(function, semantics, known, cancellation));

    private static ControlFlowGraph? Make(SyntaxNode function, SemanticModel semantics, ConcurrentDictionary<SyntaxNode, ControlFlowGraph?> known, CancellationToken cancellation)
    {
        if (function is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax)
        {
            // Nested functions have their graphs within those of the functions around them.
            if (FunctionAround(function) is not { } outer || Of(outer, semantics, known, cancellation) is not { } graph)
                return null;
            foreach (var local in graph.LocalFunctions)
                if (local.DeclaringSyntaxReferences.Any(r => r.Span == function.Span))
                    return graph.GetLocalFunctionControlFlowGraph(local, cancellation);
            foreach (var block in graph.Blocks)
                foreach (var operation in block.BranchValue == null ? block.Operations : block.Operations.Concat([block.BranchValue]))
                    if (operation.Syntax.Span.Contains(function.Span))
                        foreach (var part in operation.DescendantsAndSelf())
                            if (part is IFlowAnonymousFunctionOperation lambda && lambda.Syntax == function)
                                return graph.GetAnonymousFunctionControlFlowGraph(lambda, cancellation);
            return null;
        }

        // Only whole bodies have graphs: an operation with a parent is part of one.
        return semantics.GetOperation(function, cancellation) is { Parent: null } body && HasGraph(body)
            ? ControlFlowGraph.Create(function, semantics, cancellation)
            : null;
    }

    private static bool HasGraph(IOperation body) => body.Kind is
        OperationKind.Block or OperationKind.MethodBody or OperationKind.ConstructorBody
        or OperationKind.FieldInitializer or OperationKind.PropertyInitializer or OperationKind.ParameterInitializer;
}
