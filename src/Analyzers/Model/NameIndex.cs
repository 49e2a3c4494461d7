using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using AgentLint.Catalogue;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace AgentLint.Model;

/// <summary>
/// Where the words of a file stand: a hash table over one pass of its characters, so that a question for a name costs neither syntax nodes
/// nor binding, nor another pass. A function of the text alone: kept per tree, weakly, so that an edit reads one file again.
/// </summary>
internal sealed class NameIndex
{
    private static readonly ConditionalWeakTable<SyntaxTree, Slot> Cache = new();
    private static readonly bool[] AsciiWordParts = [.. Enumerable.Range(0, 128).Select(c => SyntaxFacts.IsIdentifierPartCharacter((char)c))];

    private readonly SourceText text;

    // Each word's place, length and hash, in the order of the text; the words of one bucket are a chain in that order. -1 ends a chain.
    private readonly int[] starts;
    private readonly int[] lengths;
    private readonly int[] hashes;
    private readonly int[] next;
    private readonly int[] buckets;
    private CatalogueNames? catalogueNames;

    private NameIndex(SourceText text)
    {
        this.text = text;
        (starts, lengths, hashes) = Words(text);
        var size = 16;
        while (size < starts.Length)
            size *= 2;
        buckets = new int[size];
        for (var i = 0; i < size; i++)
            buckets[i] = -1;
        next = new int[starts.Length];
        for (var word = starts.Length - 1; word >= 0; word--)
        {
            ref var bucket = ref buckets[BucketOf(hashes[word])];
            next[word] = bucket;
            bucket = word;
        }
    }

    public static NameIndex Of(SyntaxTree tree, CancellationToken cancellation)
    {
        // All rules come for a file at the same time: one reads it, the others wait.
        var slot = Cache.GetOrCreateValue(tree);
        if (Volatile.Read(ref slot.Index) is { } known)
            return known;
        lock (slot)
        {
            if (slot.Index == null)
                Volatile.Write(ref slot.Index, new NameIndex(tree.GetText(cancellation)));
            return slot.Index!;
        }
    }

    /// <summary>The places where a name is used in code (not in comments, strings or declarations), in order.</summary>
    public IEnumerable<SimpleNameSyntax> Uses(string name, SyntaxNode root)
    {
        for (var word = First(name); word >= 0; word = Next(word, name))
        {
            var position = starts[word];
            var token = root.FindToken(position);
            if (token.SpanStart == position && token.IsKind(SyntaxKind.IdentifierToken) && token.Parent is SimpleNameSyntax use)
                yield return use;
        }
    }

    public bool Mentions(string name) => First(name) >= 0;

    /// <summary>How often a name or keyword stands in a part of the text, comments and strings included; counts no further than asked.</summary>
    public int CountWithin(TextSpan span, string name, int most = 1)
    {
        var hash = NameSet.HashOf(name);
        var word = Array.BinarySearch(starts, span.Start);
        var count = 0;
        // By the words of the part, and not by the places of the name: these may be many, and all before it.
        for (word = word < 0 ? ~word : word; word < starts.Length && starts[word] < span.End && count < most; word++)
            if (hashes[word] == hash && NameSet.IsAt(name, text, starts[word], lengths[word]))
                count++;
        return count;
    }

    /// <summary>Where a name or keyword stands in the text, comments and strings included, in order.</summary>
    public ImmutableArray<int> PositionsOf(string name)
    {
        var word = First(name);
        if (word < 0)
            return [];
        var found = ImmutableArray.CreateBuilder<int>();
        for (; word >= 0; word = Next(word, name))
            found.Add(starts[word]);
        return found.ToImmutable();
    }

    /// <summary>Where any of some names or keywords stands in the text, comments and strings included, in order.</summary>
    public ImmutableArray<int> PositionsOf(NameSet names)
    {
        ImmutableArray<int>.Builder? found = null;
        for (var word = 0; word < hashes.Length; word++)
            if (names.Find(hashes[word], text, starts[word], lengths[word]) != null)
                (found ??= ImmutableArray.CreateBuilder<int>()).Add(starts[word]);
        return found?.ToImmutable() ?? [];
    }

    /// <summary>Which of some names stand in the text, in the order of their first place.</summary>
    public ImmutableArray<string> Among(NameSet names)
    {
        ImmutableArray<string>.Builder? found = null;
        for (var word = 0; word < hashes.Length; word++)
            if (names.Find(hashes[word], text, starts[word], lengths[word]) is { } name && First(name) == word)
                (found ??= ImmutableArray.CreateBuilder<string>()).Add(name);
        return found?.ToImmutable() ?? [];
    }

    /// <summary>Whether any of some names stands in the text.</summary>
    public bool MentionsAny(NameSet names)
    {
        for (var word = 0; word < hashes.Length; word++)
            if (names.Find(hashes[word], text, starts[word], lengths[word]) != null)
                return true;
        return false;
    }

    /// <summary>Which of the catalogue's names stand in the text. Kept, because all rules ask.</summary>
    public ImmutableArray<string> Among(ApiCatalogue catalogue)
    {
        if (Volatile.Read(ref catalogueNames) is { } known && known.Catalogue == catalogue)
            return known.Names;
        var names = Among(catalogue.Names);
        Volatile.Write(ref catalogueNames, new CatalogueNames(catalogue, names));
        return names;
    }

    private int BucketOf(int hash) => (hash ^ (hash >> 15)) & (buckets.Length - 1);

    private int First(string name)
    {
        var hash = NameSet.HashOf(name);
        return Find(buckets[BucketOf(hash)], hash, name);
    }

    private int Next(int word, string name) => Find(next[word], hashes[word], name);

    private int Find(int word, int hash, string name)
    {
        while (word >= 0 && (hashes[word] != hash || !NameSet.IsAt(name, text, starts[word], lengths[word])))
            word = next[word];
        return word;
    }

    private static (int[] Starts, int[] Lengths, int[] Hashes) Words(SourceText text)
    {
        var chars = new char[text.Length];
        text.CopyTo(0, chars, 0, chars.Length);
        var starts = new int[Math.Max(16, chars.Length / 8)];
        var lengths = new int[starts.Length];
        var hashes = new int[starts.Length];
        var count = 0;
        for (var i = 0; i < chars.Length; i++)
        {
            if (!IsWordPart(chars[i]))
                continue;
            if (count == starts.Length)
            {
                Array.Resize(ref starts, count * 2);
                Array.Resize(ref lengths, count * 2);
                Array.Resize(ref hashes, count * 2);
            }

            starts[count] = i;
            var hash = NameSet.Seed;
            for (; i < chars.Length && IsWordPart(chars[i]); i++)
                hash = NameSet.Add(hash, chars[i]);
            lengths[count] = i - starts[count];
            hashes[count++] = hash;
        }

        Array.Resize(ref starts, count);
        Array.Resize(ref lengths, count);
        Array.Resize(ref hashes, count);
        return (starts, lengths, hashes);
    }

    private static bool IsWordPart(char c) => c < AsciiWordParts.Length ? AsciiWordParts[c] : SyntaxFacts.IsIdentifierPartCharacter(c);

    private sealed class Slot
    {
        public NameIndex? Index;
    }

    private sealed class CatalogueNames(ApiCatalogue catalogue, ImmutableArray<string> names)
    {
        public ApiCatalogue Catalogue { get; } = catalogue;

        public ImmutableArray<string> Names { get; } = names;
    }
}
