using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Editing;

/// <summary>Writes <c>async</c>, and the type of a task, into the declaration of a function.</summary>
internal static class AsyncModifier
{
    /// <summary>Adds the modifier and changes the type that is returned.</summary>
    /// <param name="function">The declaration or lambda.</param>
    /// <param name="type">The new type; null where the old one stays, or none is written.</param>
    public static SyntaxNode Add(SyntaxNode function, Func<TypeSyntax, TypeSyntax>? type) => function switch
    {
        MethodDeclarationSyntax method => Add(
            method.WithReturnType(Changed(method.ReturnType, type)), m => m.Modifiers, (m, list) => m.WithModifiers(list), m => m.ReturnType, (m, t) => m.WithReturnType((TypeSyntax)t)),
        LocalFunctionStatementSyntax local => Add(
            local.WithReturnType(Changed(local.ReturnType, type)), m => m.Modifiers, (m, list) => m.WithModifiers(list), m => m.ReturnType, (m, t) => m.WithReturnType((TypeSyntax)t)),
        SimpleLambdaExpressionSyntax lambda => Add(
            lambda, l => l.Modifiers, (l, list) => l.WithModifiers(list), l => l.Parameter, (l, p) => l.WithParameter((ParameterSyntax)p)),
        ParenthesizedLambdaExpressionSyntax { ReturnType: { } returned } lambda => Add(
            lambda.WithReturnType(Changed(returned, type)), l => l.Modifiers, (l, list) => l.WithModifiers(list), l => l.ReturnType!, (l, t) => l.WithReturnType((TypeSyntax)t)),
        ParenthesizedLambdaExpressionSyntax lambda => Add(
            lambda, l => l.Modifiers, (l, list) => l.WithModifiers(list), l => l.ParameterList, (l, p) => l.WithParameterList((ParameterListSyntax)p)),
        AnonymousMethodExpressionSyntax anonymous => AddToDelegate(anonymous),
        _ => function,
    };

    // The modifier goes before 'partial', which has to be last, or else before what follows the modifiers.
    private static T Add<T>(T function, Func<T, SyntaxTokenList> modifiers, Func<T, SyntaxTokenList, T> withModifiers, Func<T, SyntaxNode> next, Func<T, SyntaxNode, T> withNext)
        where T : SyntaxNode
    {
        var list = modifiers(function);
        var index = list.IndexOf(SyntaxKind.PartialKeyword);
        if (index >= 0)
            return withModifiers(function, list.Replace(list[index], list[index].WithLeadingTrivia()).Insert(index, Async(list[index].LeadingTrivia)));
        var leading = next(function).GetLeadingTrivia();
        return withModifiers(withNext(function, next(function).WithLeadingTrivia()), list.Add(Async(leading)));
    }

    private static AnonymousMethodExpressionSyntax AddToDelegate(AnonymousMethodExpressionSyntax anonymous)
    {
        var keyword = anonymous.DelegateKeyword;
        return anonymous.WithDelegateKeyword(keyword.WithLeadingTrivia()).WithModifiers(anonymous.Modifiers.Add(Async(keyword.LeadingTrivia)));
    }

    private static TypeSyntax Changed(TypeSyntax type, Func<TypeSyntax, TypeSyntax>? change) =>
        change == null ? type : change(type.WithoutTrivia()).WithTriviaFrom(type);

    private static SyntaxToken Async(SyntaxTriviaList leading) => SyntaxFactory.Token(leading, SyntaxKind.AsyncKeyword, [SyntaxFactory.Space]);
}
