using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Loops;

/// <summary>The loops and jumps that cycles of a graph were written as.</summary>
internal sealed class LoopTexts(PathGraph graph, SyntaxNode function)
{
    private readonly Dictionary<NodeCycle, SyntaxNode?> known = [];
    private readonly Lazy<List<GotoStatementSyntax>> jumps = new(() => [.. function.DescendantNodes().OfType<GotoStatementSyntax>().Where(jump => jump.Expression is IdentifierNameSyntax)]);

    /// <summary>The innermost loop that holds all that is run again; else the jump that makes it so; null where there is neither.</summary>
    public SyntaxNode? Of(NodeCycle cycle)
    {
        if (known.TryGetValue(cycle, out var text))
            return text;
        var outer = cycle.Outer == null ? null : Of(cycle.Outer);
        SyntaxNode? loop = null;
        var isFirst = true;
        foreach (var node in cycle.Nodes)
            foreach (var statement in graph.Nodes[node].Statements)
            {
                if (isFirst)
                    loop = Around(statement.Syntax, statement);
                isFirst = false;
                while (loop != null && !Runs(loop, statement))
                    loop = Around(loop, null);
            }

        if (loop == null || loop == outer)
            loop = Jump(cycle);
        known.Add(cycle, loop);
        return loop;
    }

    private SyntaxNode? Around(SyntaxNode node, IOperation? statement)
    {
        for (var around = statement == null ? node.Parent : node; around != null && around != function; around = around.Parent)
            if (around is WhileStatementSyntax or DoStatementSyntax or ForStatementSyntax or CommonForEachStatementSyntax && (statement == null || Runs(around, statement)))
                return around;
        return null;
    }

    // What a loop begins with is no part of its turns.
    private static bool Runs(SyntaxNode loop, IOperation statement)
    {
        var span = statement.Syntax.Span;
        return loop.Span.Contains(span) && loop switch
        {
            CommonForEachStatementSyntax each => each.Statement.Span.Contains(span) || !each.Expression.Span.Contains(span) || statement.DescendantsAndSelf().Any(IsNext),
            ForStatementSyntax counted => !(counted.Declaration?.Span.Contains(span) == true || counted.Initializers.Any(i => i.Span.Contains(span))),
            _ => true,
        };
    }

    private static bool IsNext(IOperation operation) =>
        operation is IInvocationOperation { IsImplicit: true, TargetMethod.Name: "MoveNext" or "MoveNextAsync" } or IPropertyReferenceOperation { IsImplicit: true, Property.Name: "Current" };

    private SyntaxNode? Jump(NodeCycle cycle)
    {
        var starts = cycle.Nodes.SelectMany(node => graph.Nodes[node].Statements).Select(statement => statement.Syntax.SpanStart).ToList();
        if (starts.Count == 0)
            return null;
        var (first, last) = (starts.Min(), starts.Max());
        return jumps.Value
            .Where(jump => jump.SpanStart >= first)
            .OrderBy(jump => Math.Abs(jump.SpanStart - last))
            .FirstOrDefault();
    }
}
