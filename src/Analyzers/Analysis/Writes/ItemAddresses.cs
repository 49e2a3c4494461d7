using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Analysis.Writes;

/// <summary>
/// How a program addresses the items of collections: <c>$"machines/{vmid}"</c>. What is created with a <c>vmid</c> of the caller's among
/// <c>machines</c> is then known by it: the second creation meets the first.
/// </summary>
internal sealed class ItemAddresses
{
    private static readonly TextFacts<List<(string Collection, string Item)>> Facts = new((tree, cancellation) => [.. ReadIn(tree.GetRoot(cancellation))]);

    private readonly HashSet<(string Collection, string Item)> known;

    private ItemAddresses(AgentModel model, CancellationToken cancellation) =>
        known = [.. model.Compilation.SyntaxTrees.SelectMany(tree => Facts.Of(tree, cancellation))];

    public static ItemAddresses Of(AgentModel model, CancellationToken cancellation) =>
        model.Shared(_ => new Once<ItemAddresses>()).Get(() => new ItemAddresses(model, cancellation));

    /// <summary>Whether what is sent on a path names the item that it makes.</summary>
    public bool NameWhatIsMade(Witness path)
    {
        var collections = path.Steps.Select(step => step.Site).OfType<InvocationExpressionSyntax>()
            .SelectMany(call => call.ArgumentList.Arguments).Select(argument => EndOf(argument.Expression)).OfType<string>().ToList();
        return collections.Count > 0
            && path.Steps.Select(step => step.Site.FirstAncestorOrSelf<MemberDeclarationSyntax>()).OfType<MemberDeclarationSyntax>().Distinct()
                .SelectMany(KeysIn)
                .Any(key => collections.Any(collection => known.Contains((collection, key.ToUpperInvariant()))));
    }

    private static IEnumerable<(string Collection, string Item)> ReadIn(SyntaxNode root)
    {
        foreach (var text in root.DescendantNodes().OfType<InterpolatedStringExpressionSyntax>())
            for (var i = 1; i < text.Contents.Count; i++)
                if (text.Contents[i - 1] is InterpolatedStringTextSyntax before
                    && text.Contents[i] is InterpolationSyntax hole
                    && before.TextToken.ValueText.EndsWith("/", StringComparison.Ordinal)
                    && LastSegment(before.TextToken.ValueText) is { Length: > 0 } collection
                    && hole.Expression.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>().LastOrDefault() is { } name)
                    yield return (collection, name.Identifier.ValueText.ToUpperInvariant());
    }

    // The last segment of an address that ends in one.
    private static string? EndOf(ExpressionSyntax address) => address switch
    {
        InterpolatedStringExpressionSyntax { Contents: var contents } when contents.LastOrDefault() is InterpolatedStringTextSyntax text => LastSegment(text.TextToken.ValueText),
        LiteralExpressionSyntax { RawKind: (int)SyntaxKind.StringLiteralExpression } literal => LastSegment(literal.Token.ValueText),
        _ => null,
    };

    private static string? LastSegment(string text)
    {
        var plain = text.TrimEnd('/');
        var segment = plain.Substring(plain.LastIndexOf('/') + 1);
        return segment.Length > 0 && segment.All(c => char.IsLetterOrDigit(c) || c is '-' or '_') ? segment : null;
    }

    // body["vmid"] = …, ["vmid"] = …, new { vmid }
    private static IEnumerable<string> KeysIn(SyntaxNode member)
    {
        foreach (var node in member.DescendantNodes())
            switch (node)
            {
                case BracketedArgumentListSyntax { Arguments: { Count: 1 } indices } when indices[0].Expression is LiteralExpressionSyntax { Token.Value: string key }:
                    yield return key;
                    break;
                case AnonymousObjectMemberDeclaratorSyntax made when (made.NameEquals?.Name ?? made.Expression as IdentifierNameSyntax)?.Identifier.ValueText is { } name:
                    yield return name;
                    break;
            }
    }
}
