using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace AgentLint.Tests.Fuzz;

/// <summary>Cuts, duplicates and swaps parts of a text: nodes of one kind, tokens, characters.</summary>
internal static class Variation
{
    private static readonly Func<SyntaxNode, bool>[] Kinds =
    [
        node => node is StatementSyntax,
        node => node is StatementSyntax and not BlockSyntax,
        node => node is MemberDeclarationSyntax,
        node => node is ArgumentSyntax or AttributeArgumentSyntax,
        node => node is ParameterSyntax or TypeParameterSyntax,
        node => node is ExpressionSyntax and not TypeSyntax,
        node => node is ExpressionSyntax and not (TypeSyntax or LiteralExpressionSyntax),
        node => node is InvocationExpressionSyntax or AwaitExpressionSyntax or ObjectCreationExpressionSyntax or AnonymousFunctionExpressionSyntax,
        node => node is TypeSyntax,
        node => node is CatchClauseSyntax or FinallyClauseSyntax or SwitchSectionSyntax or SwitchExpressionArmSyntax or ElseClauseSyntax or CatchFilterClauseSyntax or VariableDeclaratorSyntax or AttributeListSyntax or BaseTypeSyntax,
        _ => true,
    ];

    public static string Of(string text, Chance chance)
    {
        for (var edits = chance.Below(10) switch { < 6 => 1, < 9 => 2, _ => 3 }; edits > 0 && text.Length > 0; edits--)
            text = Edit(text, chance);
        return text;
    }

    private static string Edit(string text, Chance chance)
    {
        var root = CSharpSyntaxTree.ParseText(text, Repository.SupportDesk.ParseOptions).GetRoot();
        var level = chance.Below(16);
        if (level < 1)
            return Apply(text, [.. Enumerable.Range(0, text.Length).Select(i => new TextSpan(i, 1))], chance, _ => "");
        if (level < 3)
            return Apply(text, [.. root.DescendantTokens().Where(token => !token.Span.IsEmpty).Select(token => token.Span)], chance, _ => " ");
        var kind = chance.Of(Kinds);
        var nodes = root.DescendantNodes().Where(node => !node.Span.IsEmpty && kind(node)).ToList();
        if (nodes.Count == 0)
            nodes = [.. root.DescendantNodes().Where(node => !node.Span.IsEmpty)];
        if (nodes.Count == 0)
            return Apply(text, [.. Enumerable.Range(0, text.Length).Select(i => new TextSpan(i, 1))], chance, _ => "");
        // What is cut from a list takes a comma with it, and what is doubled brings one: mostly, so that much still parses.
        var elements = chance.OneIn(8) ? [] : nodes.Where(IsElement).DistinctBy(node => node.Span).ToDictionary(node => node.Span);
        return Apply(text, [.. nodes.Select(node => node.Span)], chance, span => elements.ContainsKey(span) ? ", " : "\n", span => elements.TryGetValue(span, out var node) ? WithComma(node) : span);
    }

    private static string Apply(string text, List<TextSpan> parts, Chance chance, Func<TextSpan, string> between, Func<TextSpan, TextSpan>? whole = null)
    {
        // Comments alone have no tokens.
        if (parts.Count == 0)
            return text;
        var part = chance.Of(parts);
        var other = chance.Of(parts);
        var (first, second) = part.Start <= other.Start ? (part, other) : (other, part);
        return chance.Below(5) switch
        {
            0 or 1 => Cut(text, whole?.Invoke(part) ?? part),
            2 => text.Insert(part.End, between(part) + text.Substring(part.Start, part.Length)),
            // A copy elsewhere, before or instead of what is there.
            3 => chance.OneIn(2)
                ? text.Insert(other.Start, text.Substring(part.Start, part.Length) + between(part))
                : Cut(text, other).Insert(other.Start, text.Substring(part.Start, part.Length)),
            _ => first.End <= second.Start
                ? Cut(Cut(text, second).Insert(second.Start, text.Substring(first.Start, first.Length)), first).Insert(first.Start, text.Substring(second.Start, second.Length))
                : Cut(text, whole?.Invoke(part) ?? part),
        };
    }

    private static string Cut(string text, TextSpan span) => text.Remove(span.Start, span.Length);

    private static bool IsElement(SyntaxNode node) =>
        node.Parent is BaseArgumentListSyntax or BaseParameterListSyntax or TypeParameterListSyntax or AttributeArgumentListSyntax or InitializerExpressionSyntax or CollectionExpressionSyntax or BaseListSyntax or VariableDeclarationSyntax { Variables.Count: > 1 } or SwitchExpressionSyntax
        || (node is TypeSyntax && node.Parent is TypeArgumentListSyntax);

    private static TextSpan WithComma(SyntaxNode node)
    {
        if (node.GetLastToken().GetNextToken() is var next && next.IsKind(SyntaxKind.CommaToken))
            return TextSpan.FromBounds(node.SpanStart, next.Span.End);
        var previous = node.GetFirstToken().GetPreviousToken();
        return previous.IsKind(SyntaxKind.CommaToken) ? TextSpan.FromBounds(previous.SpanStart, node.Span.End) : node.Span;
    }
}
