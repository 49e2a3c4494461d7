using System.Collections.Immutable;
using AgentLint.Analysis.Concurrency;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Loops;

/// <summary>The handlers that the nodes of a function stand in.</summary>
internal sealed class CycleHandlers(PathGraph graph, SyntaxNode function)
{
    private readonly Dictionary<int, SyntaxNode?> handlers = [];

    /// <summary>The handler that a node stands in; null where it stands in none, or in one that cannot be told.</summary>
    public SyntaxNode? Of(int node)
    {
        if (!handlers.TryGetValue(node, out var handler))
            handlers.Add(node, handler = FindHandler(node));
        return handler;
    }

    private SyntaxNode? FindHandler(int node)
    {
        var block = graph.Nodes[node].Block;
        foreach (var operation in graph.Nodes[node].Statements)
            if (operation.Syntax.FirstAncestorOrSelf<CatchClauseSyntax>() is { } clause)
                return clause;
        // A handler that does nothing has no statement to tell it by: the first of its region that has.
        for (var region = block.EnclosingRegion; region != null; region = region.EnclosingRegion)
            if (region.Kind is ControlFlowRegionKind.Catch or ControlFlowRegionKind.FilterAndHandler)
                return HandlerByType(region);
        return null;
    }

    // catch { }: found by what stands beside it.
    private SyntaxNode? HandlerByType(ControlFlowRegion region)
    {
        if (region.EnclosingRegion is not { } whole)
            return null;
        foreach (var part in whole.NestedRegions)
            if (part.Kind == ControlFlowRegionKind.Try)
                for (var i = part.FirstBlockOrdinal; i <= part.LastBlockOrdinal; i++)
                    foreach (var operation in BlockOperations(i))
                        for (var node = operation.Syntax; node != null && node != function; node = node.Parent)
                            if (node is TryStatementSyntax statement)
                            {
                                var index = whole.NestedRegions.Where(r => r.Kind != ControlFlowRegionKind.Try).ToList().IndexOf(region);
                                if (index >= 0 && index < statement.Catches.Count && statement.Catches.Count == whole.NestedRegions.Length - 1)
                                    return statement.Catches[index];
                            }

        return null;
    }

    private IEnumerable<IOperation> BlockOperations(int ordinal) =>
        graph.OfBlock(ordinal)?.Statements ?? [];

    /// <summary>Whether a handler takes a cancellation for a failure like any other.</summary>
    public bool CatchesCancellation(int handler)
    {
        for (var region = graph.Nodes[handler].Block.EnclosingRegion; region != null; region = region.EnclosingRegion)
            if (region.Kind is ControlFlowRegionKind.Catch or ControlFlowRegionKind.FilterAndHandler)
            {
                if (region.ExceptionType is { } type && type.SpecialType != SpecialType.System_Object && type.Name is not ("Exception" or "OperationCanceledException" or "TaskCanceledException" or "SystemException"))
                    return false;
                return region.Kind == ControlFlowRegionKind.Catch || Of(handler) is not CatchClauseSyntax { Filter: { } filter }
                    || !filter.DescendantNodes().Any(node => node is SimpleNameSyntax { Identifier.ValueText: "OperationCanceledException" or "TaskCanceledException" or "IsCancellationRequested" });
            }

        return false;
    }
}
