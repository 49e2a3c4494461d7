using AgentLint.Editing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Fixes.Retries;

/// <summary>Turns the delegate of <c>Execute</c> into what a pipeline's <c>ExecuteAsync</c> takes: asynchronous, and given a token.</summary>
internal sealed class PipelineCallback
{
    private readonly FixContext context;
    private readonly FileHabits habits;
    private readonly TypeNames types;
    private readonly ExecuteUse use;
    private readonly string token;

    private PipelineCallback(FixContext context, FileHabits habits, TypeNames types, ExecuteUse use, string token)
    {
        this.context = context;
        this.habits = habits;
        this.types = types;
        this.use = use;
        this.token = token;
    }

    /// <summary>The rewriting of one call; null where its delegate is written in a way that cannot follow.</summary>
    public static PipelineCallback? Of(FixContext context, FileHabits habits, TypeNames types, ExecuteUse use) =>
        CanFollow(use.Work.Expression) && NewNames.Unused(use.Call, "token", "cancellationToken", "attemptToken") is { } token
            ? new PipelineCallback(context, habits, types, use, token)
            : null;

    /// <summary>The lambda that has to become asynchronous; null where it is, or where there is none.</summary>
    public SyntaxNode? Synchronous => use.Work.Expression is LambdaExpressionSyntax lambda && !Functions.IsAsync(lambda) ? lambda : null;

    private bool NeedsToken => !use.Signature.Parameters.Any(p => TokenInScope.IsToken(p.Type) || p.Type.Name == "ResilienceContext");

    public void Edit(NodeEdits edits)
    {
        if (use.Work.Expression is LambdaExpressionSyntax lambda)
        {
            if (NeedsToken)
            {
                var isUsed = PassOn(lambda, edits);
                edits.Add((ExpressionSyntax)lambda, l => WithToken((LambdaExpressionSyntax)l, isUsed ? token : "_"));
            }
        }
        else
            edits.Add(use.Work.Expression, function => Wrap(use.Work.Expression, function));

        if (NeedsToken && TokenInScope.At(use.Call, context) is { } outer)
            edits.Add(use.Call, call => call.WithArgumentList(call.ArgumentList.With(
                call.ArgumentList.Arguments.Any(a => a.NameColon != null)
                    ? SyntaxFactory.Argument(SyntaxFactory.NameColon(SyntaxFactory.IdentifierName("cancellationToken"), SyntaxFactory.Token([], SyntaxKind.ColonToken, [SyntaxFactory.Space])), default, outer)
                    : SyntaxFactory.Argument(outer))));
        edits.Add(use.Call, call => AwaitSyntax.Rename(call, use.Variant));
    }

    private static bool CanFollow(ExpressionSyntax work) => work switch
    {
        ParenthesizedLambdaExpressionSyntax lambda => lambda.ReturnType == null,
        SimpleLambdaExpressionSyntax => true,
        AnonymousMethodExpressionSyntax => false,
        // Evaluated once per attempt from now on.
        _ => work is IdentifierNameSyntax or MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax or InstanceExpressionSyntax },
    };

    /// <summary>Gives the pipeline's token to what runs under it, so that its timeout can end that.</summary>
    private bool PassOn(LambdaExpressionSyntax lambda, NodeEdits edits)
    {
        var isUsed = false;
        var outer = TokenInScope.Symbol(use.Call, context);
        var name = SyntaxFactory.IdentifierName(token);
        foreach (var node in lambda.Body.DescendantNodesAndSelf())
            if (node is IdentifierNameSyntax reference && IsOuter(reference))
            {
                edits.Add(reference, r => name.WithTriviaFrom(r));
                isUsed = true;
            }
            else if (Started(node) is { } call && TokenArgument.For(call, name, context.Semantics, context.Cancellation) is { } argument)
            {
                edits.Add(call, c => c.WithArgumentList(c.ArgumentList.With(argument)));
                isUsed = true;
            }

        return isUsed;

        bool IsOuter(IdentifierNameSyntax reference) =>
            outer is ILocalSymbol { Type: { } local } && TokenInScope.IsToken(local) && reference.Identifier.ValueText == outer.Name && Binds(reference)
            || outer is IParameterSymbol { Type: { } parameter } && TokenInScope.IsToken(parameter) && reference.Identifier.ValueText == outer.Name && Binds(reference);

        bool Binds(IdentifierNameSyntax reference) => SymbolEqualityComparer.Default.Equals(context.Semantics.GetSymbolInfo(reference, context.Cancellation).Symbol, outer);

        // What the lambda awaits or gives back.
        InvocationExpressionSyntax? Started(SyntaxNode node) => node switch
        {
            AwaitExpressionSyntax awaited => TaskOf(awaited.Expression),
            ReturnStatementSyntax { Expression: { } returned } when !Functions.IsAsync(lambda) => TaskOf(returned),
            ExpressionSyntax body when body == lambda.Body && !Functions.IsAsync(lambda) => TaskOf(body),
            _ => null,
        };
    }

    private static InvocationExpressionSyntax? TaskOf(ExpressionSyntax expression) =>
        expression is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ConfigureAwait" } configured }
            ? configured.Expression as InvocationExpressionSyntax
            : expression as InvocationExpressionSyntax;

    private LambdaExpressionSyntax WithToken(LambdaExpressionSyntax lambda, string name)
    {
        var parameters = lambda is ParenthesizedLambdaExpressionSyntax { ParameterList.Parameters: var list } ? list : [((SimpleLambdaExpressionSyntax)lambda).Parameter];
        var comma = SyntaxFactory.Token([], SyntaxKind.CommaToken, [SyntaxFactory.Space]);
        var added = SyntaxFactory.Parameter(default, default, null, SyntaxFactory.Identifier(name), null);
        if (parameters.FirstOrDefault()?.Type != null && TaskTypes.Find(context.Semantics.Compilation, "System.Threading.CancellationToken") is { } type)
            added = added.WithType(SyntaxFactory.ParseTypeName(types.Spell(type, use.Call.SpanStart)).WithTrailingTrivia(SyntaxFactory.Space));
        if (parameters.Count == 0)
            return SyntaxFactory.SimpleLambdaExpression(
                lambda.AttributeLists, lambda.Modifiers, added.WithTriviaFrom(((ParenthesizedLambdaExpressionSyntax)lambda).ParameterList), lambda.ArrowToken, lambda.Block, lambda.ExpressionBody);
        var all = SyntaxFactory.SeparatedList(parameters.Replace(parameters.Last(), parameters.Last().WithoutTrailingTrivia()).Append(added), parameters.GetSeparators().Append(comma));
        if (lambda is ParenthesizedLambdaExpressionSyntax parenthesized)
            return parenthesized.WithParameterList(parenthesized.ParameterList.WithParameters(all));
        var open = SyntaxFactory.ParameterList(AwaitSyntax.Token(SyntaxKind.OpenParenToken), all, SyntaxFactory.Token([], SyntaxKind.CloseParenToken, [SyntaxFactory.Space]));
        return SyntaxFactory.ParenthesizedLambdaExpression(lambda.AttributeLists, lambda.Modifiers, null, open, lambda.ArrowToken, lambda.Block, lambda.ExpressionBody);
    }

    // F → async _ => await F()
    private ExpressionSyntax Wrap(ExpressionSyntax original, ExpressionSyntax function)
    {
        var names = use.Signature.Parameters.Select(p => TokenInScope.IsToken(p.Type) ? token : p.Type.Name == "ResilienceContext" ? "context" : "state").ToList();
        var call = AwaitSyntax.Call(function.WithoutTrivia(), [.. names.Select(SyntaxFactory.IdentifierName)]);
        if (NeedsToken)
        {
            var argument = names.Count == 0 ? TokenArgument.For(use.Call, SyntaxFactory.IdentifierName(token), context.Semantics, context.Cancellation, AwaitSyntax.Call(original.WithoutTrivia())) : null;
            if (argument != null)
                call = call.WithArgumentList(call.ArgumentList.With(argument));
            names.Add(argument != null ? token : "_");
        }

        var parameters = names.Count == 1 ? names[0] : "(" + string.Join(", ", names) + ")";
        var awaited = AwaitSyntax.Await(call, original, call, habits.ConfiguresAwait).WithoutTrivia();
        return SyntaxFactory.ParseExpression($"async {parameters} => {awaited}").WithTriviaFrom(function);
    }
}
