using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Editing.Retries;

/// <summary>Gives a loop a deadline: a token source, linked to the token in scope, which all that the loop awaits listens to.</summary>
internal sealed class LoopDeadline(FixContext context, FileHabits habits, TypeNames types, NodeEdits edits)
{
    private const string Time = "FromMinutes(10)";

    private readonly Statements statements = new(context, habits, edits);
    private readonly FreshNames names = new();

    /// <summary>Plans the change of a loop.</summary>
    /// <returns>Whether there is one.</returns>
    public bool Add(RetryLoopSyntax loop)
    {
        if (names.For(loop.Loop, "deadline", "timeout", "loopDeadline", "timeLimit") is not { } name || Find("System.Threading.CancellationTokenSource") is not { } source)
            return false;
        var place = loop.Loop.SpanStart;
        var time = $"{types.Spell(Find("System.TimeSpan")!, place)}.{Time}";
        var type = types.Spell(source, place);
        var scope = TokenInScope.Symbol(loop.Loop, context);
        if (TokenInScope.InHandler(loop.Loop, context) is { } outer)
        {
            statements.Before(loop.Loop, $"using var {name} = {type}.CreateLinkedTokenSource({outer});");
            statements.Before(loop.Loop, $"{name}.CancelAfter({time});");
        }
        else
            statements.Before(loop.Loop, $"using var {name} = new {type}({time});");

        if (!Pass(loop, scope, SyntaxFactory.ParseExpression(name + ".Token")))
            statements.AtHead(loop.Body, $"{name}.Token.ThrowIfCancellationRequested();");
        return true;
    }

    // Whether anything that is awaited in each round listens.
    private bool Pass(RetryLoopSyntax loop, ISymbol? scope, ExpressionSyntax token)
    {
        var listens = false;
        foreach (var node in loop.Loop.DescendantNodes(n => n == loop.Loop || !Functions.IsFunction(n)))
            if (node is IdentifierNameSyntax reference && scope != null && reference.Identifier.ValueText == scope.Name && reference.Parent is ArgumentSyntax
                && SymbolEqualityComparer.Default.Equals(context.Semantics.GetSymbolInfo(reference, context.Cancellation).Symbol, scope))
            {
                edits.Add(reference, r => token.WithTriviaFrom(r));
                listens = true;
            }
            else if (node is AwaitExpressionSyntax awaited && CallIn(awaited) is { } call && TokenArgument.For(call, token, context.Semantics, context.Cancellation) is { } argument)
            {
                edits.Add(call, (InvocationExpressionSyntax c) => c.WithArgumentList(c.ArgumentList.With(argument)));
                listens |= IsInEachRound(awaited, loop.Body);
            }

        return listens;
    }

    private static InvocationExpressionSyntax? CallIn(AwaitExpressionSyntax awaited) =>
        awaited.Expression is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ConfigureAwait", Expression: InvocationExpressionSyntax task } }
            ? task
            : awaited.Expression as InvocationExpressionSyntax;

    private static bool IsInEachRound(SyntaxNode node, BlockSyntax body) =>
        !node.Ancestors().TakeWhile(n => n != body).Any(n => n is IfStatementSyntax or SwitchSectionSyntax or CatchClauseSyntax or ConditionalExpressionSyntax or SwitchExpressionArmSyntax);

    private INamedTypeSymbol? Find(string name) => TaskTypes.Find(context.Semantics.Compilation, name);
}
