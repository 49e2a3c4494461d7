using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace AgentLint.Site;

/// <summary>A piece of a line of code, and what it is: the name of a style, or nothing.</summary>
internal readonly record struct CodePiece(string Text, string? Style);

/// <summary>Colours code when the site is made, so that no script has to do it in the browser.</summary>
internal static partial class CodeHighlighter
{
    private static readonly HashSet<string> ContextualKeywords = new(StringComparer.Ordinal)
    {
        "async", "await", "var", "record", "init", "get", "set", "required", "when", "where", "yield", "not", "and", "or", "nameof", "partial", "file", "scoped", "field", "from", "select", "in",
    };

    /// <summary>The lines of a block in a language, each in coloured pieces.</summary>
    public static IReadOnlyList<IReadOnlyList<CodePiece>> Lines(string code, string? language) =>
        SplitLines(language switch
        {
            "csharp" => CSharp(code),
            "xml" => ByPattern(code, Xml()),
            "ini" => ByPattern(code, Ini()),
            "json" => ByPattern(code, Json()),
            "yaml" or "yml" => ByPattern(code, Yaml()),
            "diff" => Diff(code),
            "" or null or "sh" or "bash" or "shell" => ByPattern(code, Shell()),
            _ => [new CodePiece(code, null)],
        });

    public static string Html(IEnumerable<CodePiece> pieces)
    {
        var html = new StringBuilder();
        foreach (var (text, style) in pieces)
        {
            var encoded = WebUtility.HtmlEncode(text);
            html.Append(style == null ? encoded : $"<span class=\"{style}\">{encoded}</span>");
        }

        return html.ToString();
    }

    private static IEnumerable<CodePiece> CSharp(string code)
    {
        var tokens = SyntaxFactory.ParseTokens(code, options: CSharpParseOptions.Default.WithLanguageVersion(LanguageVersion.Preview)).ToList();
        for (var i = 0; i < tokens.Count; i++)
        {
            var token = tokens[i];
            foreach (var trivia in token.LeadingTrivia)
                yield return Trivia(trivia);
            if (token.ToString() is { Length: > 0 } text)
                yield return new CodePiece(text, StyleOf(token, i > 0 ? tokens[i - 1] : default, i + 1 < tokens.Count ? tokens[i + 1] : default));
            foreach (var trivia in token.TrailingTrivia)
                yield return Trivia(trivia);
        }
    }

    private static string? StyleOf(SyntaxToken token, SyntaxToken before, SyntaxToken after)
    {
        if (SyntaxFacts.IsKeywordKind(token.Kind()) || (token.IsKind(SyntaxKind.IdentifierToken) && ContextualKeywords.Contains(token.ValueText) && !before.IsKind(SyntaxKind.DotToken) && IsNoName(token, after)))
            return "k";
        if (token.IsKind(SyntaxKind.NumericLiteralToken))
            return "n";
        if (token.Kind() is SyntaxKind.StringLiteralToken or SyntaxKind.CharacterLiteralToken or SyntaxKind.InterpolatedStringTextToken or SyntaxKind.InterpolatedStringStartToken
            or SyntaxKind.InterpolatedStringEndToken or SyntaxKind.SingleLineRawStringLiteralToken or SyntaxKind.MultiLineRawStringLiteralToken or SyntaxKind.InterpolatedStringToken)
            return "s";
        if (!token.IsKind(SyntaxKind.IdentifierToken))
            return null;
        if (after.IsKind(SyntaxKind.OpenParenToken) && !before.IsKind(SyntaxKind.NewKeyword) && !before.IsKind(SyntaxKind.OpenBracketToken))
            return "m";
        // The convention of the language: what begins with a capital letter and is no member is a type.
        return char.IsUpper(token.ValueText.FirstOrDefault()) && !before.IsKind(SyntaxKind.DotToken) && !after.IsKind(SyntaxKind.EqualsToken) ? "t" : null;
    }

    // "get" in "get;" is a keyword, in "get(…)" a method.
    private static bool IsNoName(SyntaxToken token, SyntaxToken after) =>
        token.ValueText is "nameof" or "when" or "where" or "not" or "and" or "or" or "await" || !after.IsKind(SyntaxKind.OpenParenToken);

    private static CodePiece Trivia(SyntaxTrivia trivia) =>
        new(trivia.ToFullString(), trivia.Kind() switch
        {
            SyntaxKind.SingleLineCommentTrivia or SyntaxKind.MultiLineCommentTrivia or SyntaxKind.SingleLineDocumentationCommentTrivia => "c",
            SyntaxKind.WhitespaceTrivia or SyntaxKind.EndOfLineTrivia => null,
            _ when trivia.IsDirective => "p",
            _ => null,
        });

    private static IEnumerable<CodePiece> Diff(string code)
    {
        foreach (var line in code.Split('\n'))
        {
            yield return new CodePiece(line, line.StartsWith('+') ? "add" : line.StartsWith('-') ? "del" : null);
            yield return new CodePiece("\n", null);
        }
    }

    // Each alternative of a pattern is a group, named for its style.
    private static IEnumerable<CodePiece> ByPattern(string code, Regex pattern)
    {
        var end = 0;
        foreach (Match match in pattern.Matches(code))
        {
            yield return new CodePiece(code[end..match.Index], null);
            yield return new CodePiece(match.Value, match.Groups.Cast<Group>().First(group => group.Success && group.Name != "0").Name);
            end = match.Index + match.Length;
        }

        yield return new CodePiece(code[end..], null);
    }

    private static IReadOnlyList<IReadOnlyList<CodePiece>> SplitLines(IEnumerable<CodePiece> pieces)
    {
        var lines = new List<List<CodePiece>> { new() };
        foreach (var (text, style) in pieces)
        {
            var parts = text.Split('\n');
            for (var i = 0; i < parts.Length; i++)
            {
                if (i > 0)
                    lines.Add([]);
                if (parts[i].Length > 0)
                    lines[^1].Add(new CodePiece(parts[i], style));
            }
        }

        while (lines.Count > 1 && lines[^1].Count == 0)
            lines.RemoveAt(lines.Count - 1);
        return lines;
    }

    [GeneratedRegex("(?<c><!--.*?-->)|(?<t></?[A-Za-z][\\w.:-]*|/?>)|(?<s>\"[^\"]*\")", RegexOptions.Singleline)]
    private static partial Regex Xml();

    [GeneratedRegex("(?<c>[#;].*)|(?<t>^\\[.*\\])|(?<k>^[\\w.-]+(?= *=))", RegexOptions.Multiline)]
    private static partial Regex Ini();

    [GeneratedRegex("(?<k>\"[^\"]*\"(?= *:))|(?<s>\"[^\"]*\")|(?<n>\\b\\d[\\d.]*\\b|true|false|null)")]
    private static partial Regex Json();

    [GeneratedRegex("(?<c>#.*)|(?<k>^ *-? *[\\w.-]+(?=:))|(?<s>'[^']*'|\"[^\"]*\")", RegexOptions.Multiline)]
    private static partial Regex Yaml();

    [GeneratedRegex("(?<c>(?<=^|  )#.*)|(?<k>^(?:dotnet|git)\\b)|(?<n>(?<= )--?[\\w:-]+)", RegexOptions.Multiline)]
    private static partial Regex Shell();
}
