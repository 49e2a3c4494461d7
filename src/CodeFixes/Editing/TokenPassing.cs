using AgentLint.Analysis;
using AgentLint.Analysis.Values;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Editing;

/// <summary>Hands a cancellation token down chains of calls within a document, and gives the functions on the way a parameter for it.</summary>
internal sealed class TokenPassing(FixContext context)
{
    /// <summary>What a parameter for the token is called.</summary>
    public const string ParameterName = "cancellationToken";

    private readonly FileHabits habits = FileHabits.Of(context.Root);
    private readonly TypeNames types = new(context);
    private readonly NodeEdits edits = new();
    private readonly HashSet<SyntaxNode> done = [];

    /// <summary>How code writes a token: <c>token</c>, <c>token ?? default</c>, <c>context.RequestAborted</c>.</summary>
    public static ExpressionSyntax Expression(ScopedToken token)
    {
        var name = SyntaxFacts.GetKeywordKind(token.Variable.Name) == SyntaxKind.None ? token.Variable.Name : "@" + token.Variable.Name;
        return SyntaxFactory.ParseExpression(
            token.Member != null ? $"{name}.{token.Member.Name}"
            : CancellationTokens.IsToken(token.Type) ? name
            : name + " ?? default");
    }

    /// <summary>The document with all that was passed; null where nothing could be.</summary>
    public Edit? Made() => edits.IsEmpty ? null : new Edit(context.Document.WithSyntaxRoot(types.AddImports(edits.Apply(context.Root), habits.EndOfLine)));

    /// <summary>Passes a token to the first call of a path, and on to the last; as far as that is possible.</summary>
    public void Along(Witness path, ExpressionSyntax token)
    {
        foreach (var step in path.Steps)
        {
            if (step.Site is not InvocationExpressionSyntax call || call.SyntaxTree != context.Root.SyntaxTree)
                return;
            if (Pass(call, token))
                return;
            if (step.Target is not { } helper || !TakeToken(helper))
                return;
            var given = token;
            if (done.Add(call))
                edits.Add(call, (InvocationExpressionSyntax c) => c.WithArgumentList(c.ArgumentList.With(Named(c, given))));
            token = SyntaxFactory.IdentifierName(ParameterName);
        }
    }

    /// <summary>Gives a function a parameter for a token, as its last one.</summary>
    public bool TakeToken(IMethodSymbol function)
    {
        if (function.DeclaringSyntaxReferences is not [var reference] || reference.SyntaxTree != context.Root.SyntaxTree)
            return false;
        var declaration = reference.GetSyntax(context.Cancellation);
        var list = declaration switch
        {
            MethodDeclarationSyntax method => method.ParameterList,
            LocalFunctionStatementSyntax local => local.ParameterList,
            ParenthesizedLambdaExpressionSyntax lambda => lambda.ParameterList,
            _ => null,
        };
        if (list == null || list.Parameters.Any(parameter => parameter.Modifiers.Any(SyntaxKind.ParamsKeyword)) || (declaration is ParenthesizedLambdaExpressionSyntax && list.Parameters.Any(parameter => parameter.Type == null)))
            return false;
        if (done.Contains(list))
            return true;
        if (declaration.DescendantTokens().Any(word => word.ValueText == ParameterName)
            || TaskTypes.Find(context.Semantics.Compilation, "System.Threading.CancellationToken") is not { } type)
            return false;
        done.Add(list);
        var parameter = SyntaxFactory.Parameter(SyntaxFactory.Identifier(ParameterName))
            .WithType(SyntaxFactory.ParseTypeName(types.Spell(type, declaration.SpanStart)).WithTrailingTrivia(SyntaxFactory.Space));
        // What calls a lambda is given a delegate, which has no optional parameters.
        if (declaration is not ParenthesizedLambdaExpressionSyntax)
            parameter = parameter.WithIdentifier(SyntaxFactory.Identifier([], ParameterName, [SyntaxFactory.Space]))
                .WithDefault(SyntaxFactory.EqualsValueClause(SyntaxFactory.Token([], SyntaxKind.EqualsToken, [SyntaxFactory.Space]), SyntaxFactory.LiteralExpression(SyntaxKind.DefaultLiteralExpression)));
        edits.Add(list, (ParameterListSyntax l) => With(l, parameter));
        return true;
    }

    // The call itself takes the token, by a parameter or by another overload.
    private bool Pass(InvocationExpressionSyntax call, ExpressionSyntax token)
    {
        if (done.Contains(call))
            return true;
        if (NoneIn(call) is { } none)
        {
            done.Add(call);
            edits.Add(none, n => token.WithTriviaFrom(n));
            return true;
        }

        if (TokenArgument.For(call, token, context.Semantics, context.Cancellation) is { } argument)
        {
            done.Add(call);
            edits.Add(call, (InvocationExpressionSyntax c) => c.WithArgumentList(c.ArgumentList.With(argument)));
            return true;
        }

        return PassBesideList(call, token);
    }

    // CompleteChatAsync(first, second) → CompleteChatAsync([first, second], cancellationToken: token)
    private bool PassBesideList(InvocationExpressionSyntax call, ExpressionSyntax token)
    {
        if (context.Root.SyntaxTree.Options is not CSharpParseOptions { LanguageVersion: >= LanguageVersion.CSharp12 }
            || context.Semantics.GetSymbolInfo(call, context.Cancellation).Symbol is not IMethodSymbol { Parameters: [{ IsParams: true }] }
            || call.ArgumentList.Arguments.Count == 0
            || TokenArgument.For(call, token, context.Semantics, context.Cancellation, InList(call)) is not { } argument)
            return false;
        done.Add(call);
        edits.Add(call, (InvocationExpressionSyntax c) => InList(c) is var listed ? listed.WithArgumentList(listed.ArgumentList.With(argument)) : c);
        return true;
    }

    private static InvocationExpressionSyntax InList(InvocationExpressionSyntax call) =>
        call.WithArgumentList(call.ArgumentList.WithArguments(SyntaxFactory.SingletonSeparatedList(SyntaxFactory.Argument(
            SyntaxFactory.CollectionExpression(SyntaxFactory.SeparatedList(
                call.ArgumentList.Arguments.Select(argument => (CollectionElementSyntax)SyntaxFactory.ExpressionElement(argument.Expression)),
                call.ArgumentList.Arguments.GetSeparators()))))));

    private ExpressionSyntax? NoneIn(InvocationExpressionSyntax call) =>
        call.ArgumentList.Arguments.Select(argument => argument.Expression).FirstOrDefault(expression =>
            CancellationTokens.IsTokenOrNullable(context.Semantics.GetTypeInfo(expression, context.Cancellation).ConvertedType)
            && context.Semantics.GetOperation(expression, context.Cancellation) is { } value
            && CancellationTokens.IsNone(value));

    // Behind arguments that are named, or that leave out optional ones, only a name will do.
    private static ArgumentSyntax Named(InvocationExpressionSyntax call, ExpressionSyntax token) =>
        call.ArgumentList.Arguments.Any(argument => argument.NameColon != null)
            ? SyntaxFactory.Argument(SyntaxFactory.NameColon(SyntaxFactory.IdentifierName(ParameterName), SyntaxFactory.Token([], SyntaxKind.ColonToken, [SyntaxFactory.Space])), default, token)
            : SyntaxFactory.Argument(token);

    private static ParameterListSyntax With(ParameterListSyntax list, ParameterSyntax parameter) =>
        list.Parameters.Count == 0
            ? list.WithParameters(SyntaxFactory.SingletonSeparatedList(parameter))
            : list.WithParameters(SyntaxFactory.SeparatedList(
                list.Parameters.Append(parameter),
                list.Parameters.GetSeparators().Append(SyntaxFactory.Token([], SyntaxKind.CommaToken, [SyntaxFactory.Space]))));
}
