using System.Collections.Concurrent;
using Microsoft.CodeAnalysis;

namespace AgentLint.Analysis;

/// <summary>What is found in the files of a program, each looked through once, when somebody asks about it. Whoever is cancelled leaves nothing behind.</summary>
internal sealed class OncePerFile<T>
{
    private readonly ConcurrentDictionary<SyntaxTree, Once<IReadOnlyList<T>>> files = new();

    public IReadOnlyList<T> Get(SyntaxTree tree, Func<IReadOnlyList<T>> find) => files.GetOrAdd(tree, _ => new()).Get(find);
}
