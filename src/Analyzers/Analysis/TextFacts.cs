using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;

namespace AgentLint.Analysis;

/// <summary>
/// What the text of a file says by itself, whatever program it is part of: no symbol, nothing bound. Kept per tree, weakly, so that an edit
/// reads one file again.
/// </summary>
internal sealed class TextFacts<T>(Func<SyntaxTree, CancellationToken, T> read)
    where T : class
{
    private readonly ConditionalWeakTable<SyntaxTree, T> known = new();

    public T Of(SyntaxTree tree, CancellationToken cancellation) => known.TryGetValue(tree, out var found) ? found : known.GetValue(tree, t => read(t, cancellation));
}
