using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace AgentLint.Analysis;

/// <summary>
/// Where the functions of a file stand that others call by a name: methods, properties, events and local functions, and those that
/// are called without one.
/// </summary>
internal sealed class FunctionNames
{
    /// <summary>Stands before the name of the type that a constructor or initializer makes.</summary>
    public const string Creation = "new ";

    /// <summary>The name of operators and indexers.</summary>
    public const string Operator = "operator";

    private static readonly TextFacts<FunctionNames> Facts = new((tree, cancellation) => new FunctionNames(tree.GetRoot(cancellation)));

    // Members do not overlap; local functions stand in members, and in each other.
    private readonly List<(TextSpan Span, string? Name, List<(TextSpan Span, string Name)> Local)> members = [];

    private FunctionNames(SyntaxNode root)
    {
        foreach (var node in root.Declarations())
            if (node is MemberDeclarationSyntax and not (BaseTypeDeclarationSyntax or BaseNamespaceDeclarationSyntax or DelegateDeclarationSyntax))
                members.Add((node.Span, NameOf(node), [.. node.DescendantNodes().OfType<LocalFunctionStatementSyntax>().Select(local => (local.Span, local.Identifier.ValueText))]));
    }

    public static FunctionNames Of(SyntaxTree tree, CancellationToken cancellation) => Facts.Of(tree, cancellation);

    /// <summary>The names of the functions around a place.</summary>
    public IEnumerable<string> Around(int position)
    {
        var (first, last) = (0, members.Count - 1);
        while (first <= last)
        {
            var middle = (first + last) / 2;
            var (span, name, local) = members[middle];
            if (position < span.Start)
                last = middle - 1;
            else if (position >= span.End)
                first = middle + 1;
            else
            {
                if (name != null)
                    yield return name;
                foreach (var function in local)
                    if (function.Span.Contains(position))
                        yield return function.Name;
                yield break;
            }
        }
    }

    private static string? NameOf(SyntaxNode member) => member switch
    {
        MethodDeclarationSyntax method => method.Identifier.ValueText,
        PropertyDeclarationSyntax property => property.Identifier.ValueText,
        EventDeclarationSyntax accessors => accessors.Identifier.ValueText,
        ConstructorDeclarationSyntax or BaseFieldDeclarationSyntax => Creation + (member.Parent as TypeDeclarationSyntax)?.Identifier.ValueText,
        OperatorDeclarationSyntax or ConversionOperatorDeclarationSyntax or IndexerDeclarationSyntax => Operator,
        _ => null,
    };
}
