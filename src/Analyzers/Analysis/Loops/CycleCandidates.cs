using System.Collections.Immutable;
using AgentLint.Analysis.Flow;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Analysis.Loops;

/// <summary>Functions that may run awaited work again, as far as the text shows it: nothing is bound.</summary>
internal static class CycleCandidates
{
    private static readonly TextFacts<Found> Facts = new((tree, cancellation) => new Found(Find(tree, cancellation)));

    /// <summary>The functions of a file, in the order of the text, and whether they may call themselves.</summary>
    public static ImmutableArray<(SyntaxNode Function, bool CallsItself)> In(SyntaxTree tree, CancellationToken cancellation) =>
        Facts.Of(tree, cancellation).Functions;

    private static ImmutableArray<(SyntaxNode Function, bool CallsItself)> Find(SyntaxTree tree, CancellationToken cancellation)
    {
        var index = NameIndex.Of(tree, cancellation);
        if (!index.Mentions("await") || !(index.Mentions("while") || index.Mentions("do") || index.Mentions("for") || index.Mentions("goto") || index.Mentions("catch")))
            return [];
        var root = tree.GetRoot(cancellation);
        var found = new Dictionary<SyntaxNode, bool>();
        foreach (var keyword in new[] { "while", "do", "for", "foreach", "goto" })
            foreach (var position in index.PositionsOf(keyword))
                if (root.FindToken(position) is { Parent: { } statement } token && token.SpanStart == position && IsCandidate(statement, token, index) && FlowGraphs.FunctionAround(statement) is { } function && !found.ContainsKey(function))
                    found.Add(function, false);
        var asked = new HashSet<SyntaxNode>();
        foreach (var position in index.PositionsOf("catch"))
            if (root.FindToken(position) is { Parent: CatchClauseSyntax clause } && FlowGraphs.FunctionAround(clause) is { } function && asked.Add(function) && CallsItself(function, index))
                found[function] = true;
        return [.. found.Select(pair => (pair.Key, pair.Value)).OrderBy(pair => pair.Key.SpanStart)];
    }

    private static bool IsCandidate(SyntaxNode statement, SyntaxToken keyword, NameIndex index) => statement switch
    {
        WhileStatementSyntax loop => loop.WhileKeyword == keyword && Awaits(loop, index),
        DoStatementSyntax loop => loop.DoKeyword == keyword && Awaits(loop, index),
        ForStatementSyntax loop => Awaits(loop, index),
        // A sequence ends by itself: it is of interest where a turn may be a second attempt.
        CommonForEachStatementSyntax loop => Awaits(loop, index) && Has("catch", loop.Statement, index),
        GotoStatementSyntax jump => jump.Expression is IdentifierNameSyntax && FlowGraphs.FunctionAround(jump) is { } function && Awaits(function, index),
        _ => false,
    };

    // Nothing else than 'await' may stand where the name of a variable could: that the keyword is meant is found out later.
    private static bool Awaits(SyntaxNode node, NameIndex index) => Has("await", node, index);

    private static bool Has(string word, SyntaxNode node, NameIndex index) => index.CountWithin(node.Span, word) > 0;

    // Itself, or by way of a method beside it that is called where something was caught.
    private static bool CallsItself(SyntaxNode function, NameIndex index)
    {
        if (NameOf(function) is not { } name || !Awaits(function, index))
            return false;
        if (index.CountWithin(function.Span, name, most: 2) > 1 && Uses(function, name).Skip(1).Any())
            return true;
        var called = new HashSet<string>(
            function.DescendantNodes().OfType<CatchClauseSyntax>().SelectMany(clause => clause.DescendantNodes().OfType<InvocationExpressionSyntax>()).Select(CalledName).OfType<string>(),
            StringComparer.Ordinal);
        return called.Count > 0
            && function.Parent is TypeDeclarationSyntax type
            && type.Members.OfType<MethodDeclarationSyntax>().Any(method => method != function && called.Contains(method.Identifier.ValueText) && Has(name, method, index) && Uses(method, name).Any());
    }

    private static IEnumerable<SyntaxToken> Uses(SyntaxNode node, string name) =>
        node.DescendantTokens().Where(token => token.IsKind(SyntaxKind.IdentifierToken) && token.ValueText == name);

    private static string? CalledName(InvocationExpressionSyntax call) => call.Expression switch
    {
        SimpleNameSyntax name => name.Identifier.ValueText,
        MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax, Name.Identifier.ValueText: var name } => name,
        _ => null,
    };

    private static string? NameOf(SyntaxNode function) => function switch
    {
        MethodDeclarationSyntax method => method.Identifier.ValueText,
        LocalFunctionStatementSyntax local => local.Identifier.ValueText,
        _ => null,
    };

    private sealed class Found(ImmutableArray<(SyntaxNode Function, bool CallsItself)> functions)
    {
        public ImmutableArray<(SyntaxNode Function, bool CallsItself)> Functions { get; } = functions;
    }
}
