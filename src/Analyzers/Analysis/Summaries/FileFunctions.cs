using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace AgentLint.Analysis.Summaries;

/// <summary>
/// The functions of a file that others call by a name (methods, properties, events and local functions), those that are called without one, and the
/// names that each of them says. Read from the text alone, once for each version of a file.
/// </summary>
internal sealed class FileFunctions
{
    /// <summary>Stands before the name of the type that a constructor or initializer makes.</summary>
    public const string Creation = "new ";

    /// <summary>The name of operators and indexers.</summary>
    public const string Operator = "operator";

    private static readonly TextFacts<FileFunctions> Facts = new((tree, cancellation) => new FileFunctions(tree.GetRoot(cancellation)));
    private static readonly IReadOnlyList<(FunctionText Function, NameUse Use)> None = [];

    private readonly List<(TextSpan Span, FunctionText Function, List<(TextSpan Span, FunctionText Function)> Local)> members = [];
    private readonly Dictionary<string, List<(FunctionText Function, NameUse Use)>> uses = new(StringComparer.Ordinal);

    private FileFunctions(SyntaxNode root)
    {
        foreach (var node in root.Declarations())
            if (node is MemberDeclarationSyntax and not (BaseTypeDeclarationSyntax or BaseNamespaceDeclarationSyntax or DelegateDeclarationSyntax))
                Read(node, root);
    }

    /// <summary>The names that are said in functions.</summary>
    public IEnumerable<string> Names => uses.Keys;

    public static FileFunctions Of(SyntaxTree tree, CancellationToken cancellation) => Facts.Of(tree, cancellation);

    /// <summary>Where functions say a name: once for each function and number of arguments.</summary>
    public IReadOnlyList<(FunctionText Function, NameUse Use)> UsesOf(string name) => uses.TryGetValue(name, out var found) ? found : None;

    /// <summary>The innermost function around a place.</summary>
    public FunctionText? Around(int position)
    {
        var (first, last) = (0, members.Count - 1);
        while (first <= last)
        {
            var middle = (first + last) / 2;
            var (span, function, local) = members[middle];
            if (position < span.Start)
                last = middle - 1;
            else if (position >= span.End)
                first = middle + 1;
            else
                // Those within others come after them.
                return local.LastOrDefault(inner => inner.Span.Contains(position)).Function ?? function;
        }

        return null;
    }

    private void Read(SyntaxNode member, SyntaxNode root)
    {
        var types = NameUse.TypesAround(member);
        var function = new FunctionText(member is MethodDeclarationSyntax method ? FunctionShape.Of(method) : new FunctionShape(NameOf(member)), null);
        var local = new List<(TextSpan Span, FunctionText Function)>();
        members.Add((member.Span, function, local));
        var known = new HashSet<(FunctionText Function, string Name, int Arguments)>();
        var around = new Stack<(TextSpan Span, FunctionText Function)>();
        around.Push((member.Span, function));
        foreach (var node in member.DescendantNodes())
        {
            while (around.Count > 1 && !around.Peek().Span.Contains(node.SpanStart))
                around.Pop();
            if (node is LocalFunctionStatementSyntax inner)
            {
                // Those of top-level statements can be called in all of these.
                var text = new FunctionText(FunctionShape.Of(inner, member is GlobalStatementSyntax ? root : member), around.Peek().Function);
                local.Add((inner.Span, text));
                around.Push((inner.Span, text));
            }
            else if (node is SimpleNameSyntax name && NameUse.ArgumentsOf(name) is var arguments and not NameUse.IsNothing
                && known.Add((around.Peek().Function, name.Identifier.ValueText, arguments)))
            {
                if (!uses.TryGetValue(name.Identifier.ValueText, out var found))
                    uses.Add(name.Identifier.ValueText, found = []);
                found.Add((around.Peek().Function, new NameUse(member.SyntaxTree, name.SpanStart, types, arguments)));
            }
        }
    }

    private static string? NameOf(SyntaxNode member) => member switch
    {
        PropertyDeclarationSyntax property => property.Identifier.ValueText,
        EventDeclarationSyntax accessors => accessors.Identifier.ValueText,
        ConstructorDeclarationSyntax or BaseFieldDeclarationSyntax => Creation + (member.Parent as TypeDeclarationSyntax)?.Identifier.ValueText,
        OperatorDeclarationSyntax or ConversionOperatorDeclarationSyntax or IndexerDeclarationSyntax => Operator,
        _ => null,
    };
}
