using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using AgentLint.Catalogue;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace AgentLint.Model;

/// <summary>
/// Addresses that only the interfaces of models have, in the text of a program. A program that asks a model without any SDK references no library that shows
/// it, and most programs ask none: one pass over the characters of each file decides, before anything else is read.
/// </summary>
internal static class PromptAddresses
{
    // As long as the longest word and what stands around it: an address may lie across two pieces.
    private const int Overlap = 64;

    private static readonly ConditionalWeakTable<SyntaxTree, StrongBox<bool>> OfTrees = new();
    private static readonly ConditionalWeakTable<Compilation, StrongBox<bool>> OfPrograms = new();

    private static readonly Lazy<ImmutableArray<string>> Words = new(() =>
        [.. ApiCatalogue.LinesOfBuiltIn("prompt-address ").Select(entry => entry.Type).Where(word => word.Length < Overlap - 1)]);

    /// <summary>Whether a file of a program mentions one. All rules ask at the start: one looks.</summary>
    public static bool AreIn(Compilation compilation, CancellationToken cancellation) =>
        OfPrograms.GetValue(compilation, program => new StrongBox<bool>(program.SyntaxTrees.Any(tree => AreIn(tree, cancellation)))).Value;

    /// <summary>Whether a file mentions one, in a text or a comment.</summary>
    public static bool AreIn(SyntaxTree tree, CancellationToken cancellation) => OfTrees.GetValue(tree, t => new StrongBox<bool>(AreIn(t.GetText(cancellation)))).Value;

    /// <summary>Whether a word stands in a text as a part of an address: behind a slash, colon or dot, and whole.</summary>
    public static bool HasWord(string text, string word)
    {
        var characters = text.ToCharArray();
        for (var at = 0; at < characters.Length; at++)
            if (IsMark(characters[at]) && IsAt(characters, at + 1, characters.Length, word))
                return true;
        return false;
    }

    private static bool AreIn(SourceText text)
    {
        var words = Words.Value;
        var piece = new char[Math.Min(text.Length, 8192)];
        for (var start = 0; start < text.Length; start += piece.Length - Overlap)
        {
            var length = Math.Min(piece.Length, text.Length - start);
            text.CopyTo(start, piece, 0, length);
            for (var at = 0; at < length; at++)
                if (IsMark(piece[at]))
                    foreach (var word in words)
                        if (IsAt(piece, at + 1, length, word))
                            return true;
            if (start + length >= text.Length)
                break;
        }

        return false;
    }

    private static bool IsMark(char c) => c is '/' or ':' or '.';

    private static bool IsAt(char[] text, int at, int length, string word)
    {
        if (at + word.Length > length)
            return false;
        for (var i = 0; i < word.Length; i++)
            if (char.ToLowerInvariant(text[at + i]) != char.ToLowerInvariant(word[i]))
                return false;
        return at + word.Length == length || !char.IsLetterOrDigit(text[at + word.Length]);
    }
}
