using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Model;

/// <summary>What the text of a file declares, without a look into bodies.</summary>
internal static class DeclarationSyntax
{
    /// <summary>The types of a file, their members and attributes, and its imports, in the order of the text.</summary>
    public static IEnumerable<SyntaxNode> Declarations(this SyntaxNode root) =>
        root.DescendantNodes(static node => node is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax or TypeDeclarationSyntax);

    /// <summary>The name of a type without what it is qualified with; null for what has no name, as an array.</summary>
    public static string? SimpleName(this TypeSyntax type) => type switch
    {
        QualifiedNameSyntax qualified => qualified.Right.Identifier.ValueText,
        AliasQualifiedNameSyntax qualified => qualified.Name.Identifier.ValueText,
        SimpleNameSyntax simple => simple.Identifier.ValueText,
        _ => null,
    };
}
