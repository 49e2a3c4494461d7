using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using AgentLint.Catalogue;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace AgentLint.Model;

/// <summary>
/// Where the names of the catalogue stand in a file. Found by one pass over the characters, so that a file that uses none of them costs
/// neither syntax nodes nor binding. A function of the text alone: kept per tree, weakly, so that an edit reads one file again.
/// </summary>
internal sealed class NameIndex
{
    private static readonly ConditionalWeakTable<SyntaxTree, Slot> Cache = new();
    private static readonly ImmutableArray<int> Nowhere = [];
    private static readonly bool[] AsciiIdentifierParts = [.. Enumerable.Range(0, 128).Select(c => SyntaxFacts.IsIdentifierPartCharacter((char)c))];

    private readonly NameSet names;
    private readonly Dictionary<string, ImmutableArray<int>> positions;

    /// <summary>Looks for names that are no catalogue's. Not kept.</summary>
    public NameIndex(NameSet names, SyntaxTree tree, CancellationToken cancellation)
    {
        this.names = names;
        positions = Scan(tree.GetText(cancellation), names);
    }

    public static NameIndex Of(SyntaxTree tree, NameSet names, CancellationToken cancellation)
    {
        // All rules come for a file at the same time: one reads it, the others wait.
        var slot = Cache.GetOrCreateValue(tree);
        lock (slot)
            return slot.Index is { } known && known.names == names
                ? known
                : slot.Index = new NameIndex(names, tree, cancellation);
    }

    /// <summary>The places where a name is used in code (not in comments, strings or declarations), in order.</summary>
    public IEnumerable<SimpleNameSyntax> Uses(string name, SyntaxNode root)
    {
        foreach (var position in positions.TryGetValue(name, out var found) ? found : Nowhere)
        {
            var token = root.FindToken(position);
            if (token.SpanStart == position && token.IsKind(SyntaxKind.IdentifierToken) && token.Parent is SimpleNameSyntax use)
                yield return use;
        }
    }

    public IEnumerable<string> Names => positions.Keys;

    public bool Mentions(string name) => positions.ContainsKey(name);

    /// <summary>Where a name or keyword stands in the text, comments and strings included, in order.</summary>
    public ImmutableArray<int> PositionsOf(string name) => positions.TryGetValue(name, out var found) ? found : Nowhere;

    private static Dictionary<string, ImmutableArray<int>> Scan(SourceText text, NameSet names)
    {
        var found = new Dictionary<string, ImmutableArray<int>.Builder>(StringComparer.Ordinal);
        var chars = new char[text.Length];
        text.CopyTo(0, chars, 0, chars.Length);
        for (var i = 0; i < chars.Length; i++)
        {
            if (!IsIdentifierPart(chars[i]))
                continue;
            var start = i;
            var hash = NameSet.Seed;
            for (; i < chars.Length && IsIdentifierPart(chars[i]); i++)
                hash = NameSet.Add(hash, chars[i]);
            if (names.Find(hash, chars, start, i - start) is { } name)
            {
                if (!found.TryGetValue(name, out var places))
                    found.Add(name, places = ImmutableArray.CreateBuilder<int>());
                places.Add(start);
            }
        }

        return found.ToDictionary(f => f.Key, f => f.Value.ToImmutable(), StringComparer.Ordinal);
    }

    private static bool IsIdentifierPart(char c) => c < AsciiIdentifierParts.Length ? AsciiIdentifierParts[c] : SyntaxFacts.IsIdentifierPartCharacter(c);

    private sealed class Slot
    {
        public NameIndex? Index { get; set; }
    }
}
