using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace AgentLint.Baseline;

/// <summary>The code of a line, and how many lines of its member have that code up to here.</summary>
internal readonly record struct CodeLine(string Code, int Ordinal);

/// <summary>The code of a member's lines in one spelling: without comments, however it is spaced and indented.</summary>
internal static class CodeLines
{
    /// <summary>Long lines are cut: what tells them apart stands at their start.</summary>
    private const int Longest = 120;

    private static readonly HashSet<string> Spaced = new(StringComparer.Ordinal)
    {
        "=", "==", "!=", "=>", "&&", "||", "??", "??=", "+", "+=", "-=", "*", "*=", "/", "/=", "%", "<=", ">=", "{", "}", "is", "as", "in",
    };

    /// <summary>The lines on which tokens of a member begin, by their numbers.</summary>
    public static IReadOnlyDictionary<int, CodeLine> Of(SyntaxNode member, SourceText text, CancellationToken cancellation)
    {
        var lines = new Dictionary<int, CodeLine>();
        var ordinals = new Dictionary<string, int>(StringComparer.Ordinal);
        var code = new StringBuilder();
        var last = "";
        var number = -1;
        foreach (var token in member.DescendantTokens())
        {
            if (token.Span.IsEmpty)
                continue;
            var line = text.Lines.GetLineFromPosition(token.SpanStart).LineNumber;
            if (line != number)
            {
                End();
                cancellation.ThrowIfCancellationRequested();
                number = line;
                last = "";
            }

            if (code.Length > Longest)
                continue;
            if (last.Length > 0 && NeedsBlank(last, token.Text))
                code.Append(' ');
            Append(code, token.Text);
            last = token.Text;
        }

        End();
        return lines;

        void End()
        {
            if (number >= 0 && Cut(code) is { Length: > 0 } whole)
            {
                ordinals.TryGetValue(whole, out var ordinal);
                ordinals[whole] = ++ordinal;
                lines[number] = new CodeLine(whole, ordinal);
            }

            code.Clear();
        }
    }

    private static string Cut(StringBuilder code) =>
        code.Length <= Longest
            ? code.ToString().TrimEnd()
            : code.ToString(0, char.IsHighSurrogate(code[Longest - 1]) ? Longest - 1 : Longest).TrimEnd() + "…";

    // Literals may span lines.
    private static void Append(StringBuilder code, string token)
    {
        foreach (var c in token)
        {
            var isBlank = char.IsWhiteSpace(c) || char.IsControl(c);
            if (!isBlank)
                code.Append(c);
            else if (code.Length > 0 && code[code.Length - 1] != ' ')
                code.Append(' ');
            if (code.Length > Longest)
                return;
        }
    }

    private static bool NeedsBlank(string last, string next) =>
        Spaced.Contains(last) || Spaced.Contains(next) || last is "," or ";" or ":" || (IsWord(last[last.Length - 1]) && IsWord(next[0]));

    private static bool IsWord(char c) => char.IsLetterOrDigit(c) || c is '_' or '@' or '"' or '\'' or '$';
}
