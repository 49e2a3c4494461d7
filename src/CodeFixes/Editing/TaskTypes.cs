using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Editing;

/// <summary>The task types of a compilation, and how they are written.</summary>
internal static class TaskTypes
{
    public static INamedTypeSymbol Task(Compilation compilation) => Find(compilation, "System.Threading.Tasks.Task")!;

    public static INamedTypeSymbol TaskOfValue(Compilation compilation) => Find(compilation, "System.Threading.Tasks.Task`1")!;

    /// <summary>A public type of the base library; null where it has none of this name.</summary>
    public static INamedTypeSymbol? Find(Compilation compilation, string metadataName) =>
        compilation.GetTypesByMetadataName(metadataName).FirstOrDefault(t => t.DeclaredAccessibility == Accessibility.Public);

    public static TypeSyntax Plain(string name) => SyntaxFactory.ParseTypeName(name);

    public static TypeSyntax Of(string name, TypeSyntax value)
    {
        var task = SyntaxFactory.ParseTypeName(name);
        var last = task.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>().Last();
        var arguments = SyntaxFactory.TypeArgumentList(
            AwaitSyntax.Token(SyntaxKind.LessThanToken), SyntaxFactory.SingletonSeparatedList(value), AwaitSyntax.Token(SyntaxKind.GreaterThanToken));
        return task.ReplaceNode(last, SyntaxFactory.GenericName(last.Identifier, arguments));
    }
}
