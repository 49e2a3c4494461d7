using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Analysis;

/// <summary>The code that runs when a method is called, as far as it is source of this compilation.</summary>
internal static class MethodBodies
{
    /// <summary>The one symbol that stands for a function: without type arguments, and with the body where there are two parts.</summary>
    public static IMethodSymbol Implementation(this IMethodSymbol function) => function.OriginalDefinition.PartialImplementationPart ?? function.OriginalDefinition;

    /// <summary>The operations that make up a method; for a constructor also the initializers that it runs.</summary>
    public static IEnumerable<IOperation> Of(IMethodSymbol method, AgentModel model, CancellationToken cancellation)
    {
        method = method.Implementation();
        if (method.MethodKind is MethodKind.Constructor or MethodKind.StaticConstructor)
            foreach (var initializer in InitializersOf(method, cancellation))
                if (Operation(initializer, model, cancellation) is { } operation)
                    yield return operation;
        foreach (var reference in method.DeclaringSyntaxReferences)
            if (Operation(reference.GetSyntax(cancellation), model, cancellation) is { } operation)
                yield return operation;
    }

    /// <summary>Whether a method has code here: not abstract, not from another compilation.</summary>
    public static bool HasSource(IMethodSymbol method, AgentModel model)
    {
        method = method.Implementation();
        return !method.IsAbstract && method.DeclaringSyntaxReferences.Any(r => model.Compilation.ContainsSyntaxTree(r.SyntaxTree));
    }

    private static IOperation? Operation(SyntaxNode node, AgentModel model, CancellationToken cancellation)
    {
        // A symbol of a referenced project is declared in a tree that this compilation does not have.
        if (!model.Compilation.ContainsSyntaxTree(node.SyntaxTree))
            return null;
        // A primary constructor is declared by its whole type: its code is the call of the base constructor.
        if (node is TypeDeclarationSyntax type)
            return type.BaseList?.Types.OfType<PrimaryConstructorBaseTypeSyntax>().FirstOrDefault() is { } call
                ? model.SemanticsOf(node.SyntaxTree).GetOperation(call, cancellation)
                : null;
        return model.SemanticsOf(node.SyntaxTree).GetOperation(node, cancellation);
    }

    private static IEnumerable<SyntaxNode> InitializersOf(IMethodSymbol constructor, CancellationToken cancellation)
    {
        if (constructor.DeclaringSyntaxReferences.Any(r => r.GetSyntax(cancellation) is ConstructorDeclarationSyntax { Initializer: { } chained } && chained.IsKind(SyntaxKind.ThisConstructorInitializer)))
            yield break;
        foreach (var member in constructor.ContainingType.GetMembers())
        {
            if (member.IsStatic != constructor.IsStatic || member is not (IFieldSymbol { IsImplicitlyDeclared: false, IsConst: false } or IPropertySymbol))
                continue;
            foreach (var reference in member.DeclaringSyntaxReferences)
                if (reference.GetSyntax(cancellation) switch
                {
                    VariableDeclaratorSyntax { Initializer: { } field } => field,
                    PropertyDeclarationSyntax { Initializer: { } property } => property,
                    _ => null,
                } is { } initializer)
                    yield return initializer;
        }
    }
}
