using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Editing;

/// <summary>Adds using directives where a file keeps them, in their order.</summary>
internal static class UsingDirectives
{
    public static CompilationUnitSyntax Add(CompilationUnitSyntax unit, string name, SyntaxTrivia endOfLine)
    {
        if (!unit.Usings.Any(IsPlain)
            && unit.Members.OfType<BaseNamespaceDeclarationSyntax>().FirstOrDefault(n => n.Usings.Any(IsPlain)) is { } space)
            return unit.ReplaceNode(space, space.WithUsings(Insert(space.Usings, name, endOfLine)));
        return unit.Usings.Count > 0 ? unit.WithUsings(Insert(unit.Usings, name, endOfLine)) : First(unit, name, endOfLine);
    }

    private static SyntaxList<UsingDirectiveSyntax> Insert(SyntaxList<UsingDirectiveSyntax> usings, string name, SyntaxTrivia endOfLine)
    {
        var index = usings.Count(u => u.GlobalKeyword.IsKind(SyntaxKind.GlobalKeyword));
        while (index < usings.Count && IsPlain(usings[index]) && IsBefore(usings[index].Name!.ToString(), name))
            index++;
        if (index < usings.Count)
        {
            // The first directive carries the head of the file.
            var next = usings[index];
            var indentation = FileHabits.IndentationOf(next.GetFirstToken());
            var leading = index == 0 ? next.GetLeadingTrivia() : indentation;
            return (index == 0 ? usings.Replace(next, next.WithLeadingTrivia(indentation)) : usings).Insert(index, Directive(name, leading, endOfLine));
        }

        return usings.Add(Directive(name, FileHabits.IndentationOf(usings.Last().GetFirstToken()), endOfLine));
    }

    // Below the head of the file, which a blank line parts from the first member.
    private static CompilationUnitSyntax First(CompilationUnitSyntax unit, string name, SyntaxTrivia endOfLine)
    {
        var leading = unit.GetFirstToken(includeZeroWidth: true).LeadingTrivia;
        var head = 0;
        for (var i = 1; i < leading.Count; i++)
            if (leading[i].IsKind(SyntaxKind.EndOfLineTrivia) && (leading[i - 1].IsKind(SyntaxKind.EndOfLineTrivia) || leading[i - 1].HasStructure))
                head = i + 1;
        var directive = Directive(name, [.. leading.Take(head)], endOfLine);
        var rest = unit.WithLeadingTrivia(leading.Skip(head).Prepend(endOfLine));
        return rest.WithUsings([directive]);
    }

    private static bool IsPlain(UsingDirectiveSyntax directive) =>
        directive is { Alias: null, Name: not null } && directive.StaticKeyword.IsKind(SyntaxKind.None) && directive.GlobalKeyword.IsKind(SyntaxKind.None);

    private static bool IsBefore(string left, string right)
    {
        var isSystem = IsSystem(left);
        return isSystem == IsSystem(right) ? string.CompareOrdinal(left, right) < 0 : isSystem;
    }

    private static bool IsSystem(string name) => name == "System" || name.StartsWith("System.", StringComparison.Ordinal);

    private static UsingDirectiveSyntax Directive(string name, SyntaxTriviaList leading, SyntaxTrivia endOfLine) =>
        SyntaxFactory.UsingDirective(
            SyntaxFactory.Token([], SyntaxKind.UsingKeyword, [SyntaxFactory.Space]),
            default,
            null,
            SyntaxFactory.ParseName(name),
            SyntaxFactory.Token([], SyntaxKind.SemicolonToken, [endOfLine])).WithLeadingTrivia(leading);
}
