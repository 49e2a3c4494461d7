using AgentLint.Editing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Fixes.SharedState;

/// <summary>Puts the name of a collection's concurrent twin where the collection's own is written.</summary>
internal static class ConcurrentTwin
{
    /// <summary>The name with type arguments that a type is written with; null where it is written in another way.</summary>
    public static GenericNameSyntax? NameIn(TypeSyntax? type) => type switch
    {
        GenericNameSyntax name => name,
        QualifiedNameSyntax { Right: GenericNameSyntax right } => right,
        NullableTypeSyntax { ElementType: var inner } => NameIn(inner),
        _ => null,
    };

    /// <summary>Plans to put a name in another's place; its type arguments stay.</summary>
    public static void Put(NodeEdits edits, GenericNameSyntax place, string twin) =>
        edits.Add(place, node => SyntaxFactory.ParseTypeName(twin + node.TypeArgumentList).WithTriviaFrom(node));
}
