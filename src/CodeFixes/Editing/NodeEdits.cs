using Microsoft.CodeAnalysis;

namespace AgentLint.Editing;

/// <summary>Edits of one tree, gathered node by node and made at once, so that they may lie within each other.</summary>
internal sealed class NodeEdits
{
    private readonly Dictionary<SyntaxNode, Func<SyntaxNode, SyntaxNode>> edits = [];

    /// <summary>Plans an edit. It is given the node as the edits within it, and earlier ones of the same node, have left it.</summary>
    public void Add(SyntaxNode node, Func<SyntaxNode, SyntaxNode> edit) =>
        edits[node] = edits.TryGetValue(node, out var first) ? n => edit(first(n)) : edit;

    public void Add<T>(T node, Func<T, SyntaxNode> edit)
        where T : SyntaxNode => Add(node, (SyntaxNode n) => edit((T)n));

    public SyntaxNode Apply(SyntaxNode root) => root.ReplaceNodes(edits.Keys, (original, rewritten) => edits[original](rewritten));
}
