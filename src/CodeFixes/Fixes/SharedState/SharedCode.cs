using System.Collections.Immutable;
using AgentLint.Analysis.Sharing;
using AgentLint.Editing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Fixes.SharedState;

/// <summary>What the fixes of shared state ask of the code around a variable.</summary>
internal static class SharedCode
{
    /// <summary>The reported variables that are declared, and used, in this document alone.</summary>
    public static IEnumerable<(SharedVariable Shared, ImmutableArray<IOperation> Uses)> Reported(FixContext context, ImmutableArray<Diagnostic> diagnostics)
    {
        var writes = new StateWrites(context.Model, context.Cancellation);
        foreach (var shared in SharedVariables.Of(context.Model).In(context.Semantics, context.Cancellation))
            if (diagnostics.Any(d => d.Location.SourceSpan == shared.Write.Site.Span) && DeclarationOf(shared.Variable, context) != null)
            {
                var uses = writes.UsesOf(shared.Variable).ToImmutableArray();
                if (uses.All(use => use.Syntax.SyntaxTree == context.Root.SyntaxTree))
                    yield return (shared, uses);
            }
    }

    /// <summary>The declaration of a field that stands alone, or of a property, where it is in this document.</summary>
    public static SyntaxNode? DeclarationOf(ISymbol variable, FixContext context) =>
        variable.DeclaringSyntaxReferences is [var reference] && reference.SyntaxTree == context.Root.SyntaxTree
            ? reference.GetSyntax(context.Cancellation) switch
            {
                VariableDeclaratorSyntax { Parent: VariableDeclarationSyntax { Variables.Count: 1 } } field => field,
                PropertyDeclarationSyntax property => property,
                _ => null,
            }
            : null;

    /// <summary>The type that a field or property is declared with.</summary>
    public static TypeSyntax? TypeOf(SyntaxNode declaration) => declaration switch
    {
        VariableDeclaratorSyntax { Parent: VariableDeclarationSyntax fields } => fields.Type,
        PropertyDeclarationSyntax property => property.Type,
        _ => null,
    };

    /// <summary>The value that it is declared with.</summary>
    public static ExpressionSyntax? InitializerOf(SyntaxNode declaration) => declaration switch
    {
        VariableDeclaratorSyntax field => field.Initializer?.Value,
        PropertyDeclarationSyntax property => property.Initializer?.Value,
        _ => null,
    };

    /// <summary>Whether code runs while its object is made, when nobody else has it.</summary>
    public static bool IsOfConstruction(SyntaxNode node) =>
        node.FirstAncestorOrSelf<SyntaxNode>(n => n is AnonymousFunctionExpressionSyntax or AccessorDeclarationSyntax or MemberDeclarationSyntax and not GlobalStatementSyntax) is ConstructorDeclarationSyntax or FieldDeclarationSyntax or PropertyDeclarationSyntax { ExpressionBody: null };

    /// <summary>The expression that a name is: with <c>this</c> before it, where that is written.</summary>
    public static ExpressionSyntax Whole(SimpleNameSyntax name) =>
        name.Parent is MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax } access && access.Name == name ? access : name;
}
