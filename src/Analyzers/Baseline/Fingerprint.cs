using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace AgentLint.Baseline;

/// <summary>
/// What tells a finding from others and stays the same while code around it moves: the member that it is in, the code of its line, and which of
/// the member's lines of that code it is. Follows from one file alone, so that editors and builds agree, and from no other finding.
/// </summary>
internal static class Fingerprint
{
    private const string TopLevel = "<top-level>";
    private const string NoMember = "-";

    // A member's lines are read once, however many findings it has.
    private static readonly ConditionalWeakTable<SyntaxTree, ConcurrentDictionary<TextSpan, IReadOnlyDictionary<int, CodeLine>>> Lines = new();

    /// <summary>The line of a baseline for a finding of a rule; null where it is in no source.</summary>
    public static BaselineLine? Of(string rule, Location place, SemanticModel semantics, CancellationToken cancellation)
    {
        if (place.SourceTree is not { } tree || tree != semantics.SyntaxTree)
            return null;
        var text = tree.GetText(cancellation);
        var (member, name) = MemberAt(tree.GetRoot(cancellation), place.SourceSpan.Start, semantics, cancellation);
        var lines = Lines.GetOrCreateValue(tree).GetOrAdd(member.Span, _ => CodeLines.Of(member, text, cancellation));
        return lines.TryGetValue(text.Lines.GetLineFromPosition(place.SourceSpan.Start).LineNumber, out var line) ? new BaselineLine(rule, [], name, line.Ordinal, line.Code) : null;
    }

    /// <summary>The same as a text that a report can carry: what a line says behind its rule.</summary>
    public static string? TextOf(BaselineLine? line) => line == null ? null : line.Key.Substring(line.Rule.Length + 1);

    // Functions inside of a member, and accessors, are parts of it.
    private static (SyntaxNode Node, string Name) MemberAt(SyntaxNode root, int position, SemanticModel semantics, CancellationToken cancellation)
    {
        for (var node = root.FindToken(position).Parent; node != null; node = node.Parent)
        {
            switch (node)
            {
                case GlobalStatementSyntax:
                    return (root, TopLevel);
                case BaseFieldDeclarationSyntax field:
                    var variable = field.Declaration.Variables.FirstOrDefault(v => v.FullSpan.Contains(position)) ?? field.Declaration.Variables[0];
                    return (node, NameOf(variable));
                case MemberDeclarationSyntax and not BaseNamespaceDeclarationSyntax:
                    return (node, NameOf(node));
            }
        }

        return (root, NoMember);

        string NameOf(SyntaxNode declaration) => semantics.GetDeclaredSymbol(declaration, cancellation)?.GetDocumentationCommentId() is { Length: > 0 } id && !id.Contains(' ') ? id : NoMember;
    }
}
