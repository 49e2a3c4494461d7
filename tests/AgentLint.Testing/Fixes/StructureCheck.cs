using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace AgentLint.Testing;

/// <summary>Demands that a tree is the one that its own text parses to, so that later edits meet the syntax that they expect.</summary>
static class StructureCheck
{
    public static async Task VerifyAsync(Document document, CodeActionValidationMode mode, IVerifier verifier, CancellationToken cancellationToken)
    {
        if (mode == CodeActionValidationMode.None)
        {
            return;
        }

        var built = (await document.GetSyntaxRootAsync(cancellationToken))!;
        var text = built.ToFullString();
        var options = (CSharpParseOptions?)document.Project.ParseOptions;
        var parsed = await CSharpSyntaxTree.ParseText(text, options, cancellationToken: cancellationToken).GetRootAsync(cancellationToken);
        if (FirstDifference(built, parsed, mode == CodeActionValidationMode.Full) is { } difference)
        {
            verifier.Fail($"{DocumentPaths.Of(document)} does not parse to the same tree: {difference}\nThe text is:\n{text}");
        }
    }

    static string? FirstDifference(SyntaxNodeOrToken built, SyntaxNodeOrToken parsed, bool withTrivia)
    {
        if (built.RawKind != parsed.RawKind || built.FullSpan != parsed.FullSpan || built.IsMissing != parsed.IsMissing)
        {
            return $"{Show(built)} was built, {Show(parsed)} is parsed";
        }

        if (built.IsToken)
        {
            return withTrivia ? FirstDifference(built.AsToken(), parsed.AsToken()) : null;
        }

        var (builtChildren, parsedChildren) = (built.ChildNodesAndTokens(), parsed.ChildNodesAndTokens());
        return builtChildren.Count != parsedChildren.Count
            ? $"{Show(built)} was built with {builtChildren.Count} parts, and parses to {parsedChildren.Count}"
            : builtChildren.Zip(parsedChildren, (b, p) => FirstDifference(b, p, withTrivia)).FirstOrDefault(d => d is not null);
    }

    static string? FirstDifference(SyntaxToken built, SyntaxToken parsed)
    {
        var before = built.LeadingTrivia.Concat(built.TrailingTrivia).ToArray();
        var after = parsed.LeadingTrivia.Concat(parsed.TrailingTrivia).ToArray();
        return before.Select(t => (t.RawKind, t.FullSpan)).SequenceEqual(after.Select(t => (t.RawKind, t.FullSpan)))
            ? null
            : $"around '{built}' stand [{Kinds(before)}], which parse to [{Kinds(after)}]";

        static string Kinds(IEnumerable<SyntaxTrivia> trivia) => string.Join(", ", trivia.Select(t => t.Kind()));
    }

    static string Show(SyntaxNodeOrToken part) => $"{(part.IsMissing ? "missing " : "")}{part.Kind()} '{part}'";
}
