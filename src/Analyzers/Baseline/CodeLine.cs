using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace AgentLint.Baseline;

/// <summary>The code of a line in one spelling: without comments, however it is spaced and indented.</summary>
internal static class CodeLine
{
    /// <summary>Long lines are cut: what tells them apart stands at their start.</summary>
    private const int Longest = 120;

    private static readonly HashSet<string> Spaced = new(StringComparer.Ordinal)
    {
        "=", "==", "!=", "=>", "&&", "||", "??", "??=", "+", "+=", "-=", "*", "*=", "/", "/=", "%", "<=", ">=", "{", "}", "is", "as", "in",
    };

    /// <summary>The tokens that begin within a line; empty where none does.</summary>
    public static string Of(SyntaxNode root, TextSpan line)
    {
        var code = new StringBuilder();
        var last = "";
        foreach (var token in root.DescendantTokens(line))
        {
            if (token.Span.IsEmpty || token.SpanStart < line.Start || token.SpanStart > line.End)
                continue;
            var text = token.Text;
            if (code.Length > 0 && NeedsBlank(last, text))
                code.Append(' ');
            Append(code, text);
            last = text;
            if (code.Length > Longest)
                return code.ToString(0, char.IsHighSurrogate(code[Longest - 1]) ? Longest - 1 : Longest).TrimEnd() + "…";
        }

        return code.ToString().TrimEnd();
    }

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
