using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Editing.Retries;

/// <summary>Gives a loop a deadline: a token source, linked to the token in scope, which all that the loop awaits listens to.</summary>
internal sealed class LoopDeadline(FixContext context, TypeNames types, NodeEdits edits, Statements statements)
{
    /// <summary>How long the loop may take, in minutes.</summary>
    public const int Minutes = 10;

    private readonly FreshNames names = new();

    /// <summary>Plans the change of a loop.</summary>
    /// <returns>Whether there is one that ends the loop.</returns>
    public bool Add(StatementSyntax loop)
    {
        // The time of a workflow is its engine's.
        if (RetryLoopSyntax.BodyOf(loop) is not { } body || !RetryLoopSyntax.CanChange(loop) || ReplayedLoop.Is(loop, context))
            return false;
        if (names.For(loop, "deadline", "timeout", "loopDeadline", "timeLimit") is not { } name || Find("System.Threading.CancellationTokenSource") is not { } source)
            return false;
        var place = loop.SpanStart;
        var time = $"{types.Spell(Find("System.TimeSpan")!, place)}.FromMinutes({Minutes})";
        var type = types.Spell(source, place);
        var scope = TokenInScope.Symbol(loop, context);
        if (TokenInScope.InHandler(loop, context) is { } outer)
        {
            statements.Before(loop, $"using var {name} = {type}.CreateLinkedTokenSource({outer});");
            statements.Before(loop, $"{name}.CancelAfter({time});");
        }
        else
            statements.Before(loop, $"using var {name} = new {type}({time});");

        if (Pass(loop, body, scope, SyntaxFactory.ParseExpression(name + ".Token")))
            return true;
        // What is no block holds no further statement.
        if (body is not BlockSyntax block)
            return false;
        statements.AtHead(block, $"{name}.Token.ThrowIfCancellationRequested();");
        return true;
    }

    // Whether anything that is awaited in each round listens.
    private bool Pass(StatementSyntax loop, StatementSyntax body, ISymbol? scope, ExpressionSyntax token)
    {
        var listens = false;
        foreach (var node in loop.DescendantNodes(n => n == loop || !Functions.IsFunction(n)))
            if (node is IdentifierNameSyntax reference && scope != null && reference.Identifier.ValueText == scope.Name && reference.Parent is ArgumentSyntax
                && SymbolEqualityComparer.Default.Equals(context.Semantics.GetSymbolInfo(reference, context.Cancellation).Symbol, scope))
            {
                edits.Add(reference, r => token.WithTriviaFrom(r));
                listens = true;
            }
            else if (node is AwaitExpressionSyntax awaited && CallIn(awaited) is { } call && TokenArgument.For(call, token, context.Semantics, context.Cancellation) is { } argument)
            {
                edits.Add(call, (InvocationExpressionSyntax c) => c.WithArgumentList(c.ArgumentList.With(argument)));
                listens |= IsInEachRound(awaited, body);
            }

        return listens;
    }

    private static InvocationExpressionSyntax? CallIn(AwaitExpressionSyntax awaited) =>
        awaited.Expression is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ConfigureAwait", Expression: InvocationExpressionSyntax task } }
            ? task
            : awaited.Expression as InvocationExpressionSyntax;

    private static bool IsInEachRound(SyntaxNode node, StatementSyntax body) =>
        !node.Ancestors().TakeWhile(n => n != body).Any(n => n is IfStatementSyntax or SwitchSectionSyntax or CatchClauseSyntax or ConditionalExpressionSyntax or SwitchExpressionArmSyntax);

    private INamedTypeSymbol? Find(string name) => TaskTypes.Find(context.Semantics.Compilation, name);
}
