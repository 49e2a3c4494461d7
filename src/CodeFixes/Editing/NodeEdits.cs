using Microsoft.CodeAnalysis;

namespace AgentLint.Editing;

/// <summary>Edits of one tree, gathered node by node and made at once, so that they may lie within each other.</summary>
internal sealed class NodeEdits
{
    private readonly Dictionary<SyntaxNode, (Func<SyntaxNode, SyntaxNode>? First, Func<SyntaxNode, SyntaxNode>? Last)> edits = [];

    public bool IsEmpty => edits.Count == 0;

    /// <summary>Whether an edit of a node is planned.</summary>
    public bool Contains(SyntaxNode node) => edits.ContainsKey(node);

    /// <summary>Plans an edit. It is given the node as the edits within it, and earlier ones of the same node, have left it.</summary>
    public void Add(SyntaxNode node, Func<SyntaxNode, SyntaxNode> edit)
    {
        edits.TryGetValue(node, out var known);
        edits[node] = known with { First = Then(known.First, edit) };
    }

    /// <summary>Plans an edit of a node that keeps its kind until then.</summary>
    public void Add<T>(T node, Func<T, SyntaxNode> edit)
        where T : SyntaxNode => Add(node, (SyntaxNode n) => edit((T)n));

    /// <summary>Plans an edit that is made after all others of the same node, whenever they are planned.</summary>
    public void AddLast(SyntaxNode node, Func<SyntaxNode, SyntaxNode> edit)
    {
        edits.TryGetValue(node, out var known);
        edits[node] = known with { Last = Then(known.Last, edit) };
    }

    public SyntaxNode Apply(SyntaxNode root) => root.ReplaceNodes(edits.Keys, (original, rewritten) =>
    {
        var (first, last) = edits[original];
        rewritten = first == null ? rewritten : first(rewritten);
        return last == null ? rewritten : last(rewritten);
    });

    private static Func<SyntaxNode, SyntaxNode> Then(Func<SyntaxNode, SyntaxNode>? first, Func<SyntaxNode, SyntaxNode> second) =>
        first == null ? second : node => second(first(node));
}
