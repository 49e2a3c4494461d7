using System.Collections.Immutable;
using AgentLint.Analysis;
using AgentLint.Catalogue;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Editing;

/// <summary>What a function that returns tasks gives back once it is asynchronous: the value of a task that is made on the spot, the awaited value of others.</summary>
internal sealed class TaskReturns(FixContext context, FileHabits habits)
{
    private static readonly SyntaxAnnotation Splice = new();

    private readonly SemanticModel semantics = context.Semantics;
    private readonly CancellationToken cancellation = context.Cancellation;

    /// <summary>Whether every return of a body can be rewritten. A null task cannot be awaited.</summary>
    public bool CanRewrite(SyntaxNode body, ReturnShape shape) => Results(body).All(result =>
        !IsNull(result) || (shape == ReturnShape.TaskOfValue && IsDefaultOfValueTask(result)));

    public void Rewrite(SyntaxNode body, ReturnShape shape, NodeEdits edits)
    {
        foreach (var result in Results(body))
            if (result.Parent is ReturnStatementSyntax statement)
                RewriteStatement(statement, result, shape, edits);
            else if (result is not ThrowExpressionSyntax)
            {
                edits.MoveAbove(body, CommentsLost(result, shape), habits);
                edits.AddLast(result, rewritten => Value(result, (ExpressionSyntax)rewritten, shape) ?? Await(result, (ExpressionSyntax)rewritten));
            }
    }

    private void RewriteStatement(ReturnStatementSyntax statement, ExpressionSyntax result, ReturnShape shape, NodeEdits edits)
    {
        if (shape == ReturnShape.TaskOfValue)
        {
            edits.MoveAbove(statement, CommentsLost(result, shape), habits);
            edits.AddLast(statement, rewritten => ((ReturnStatementSyntax)rewritten).Expression is { } value
                ? ((ReturnStatementSyntax)rewritten).WithExpression(Value(result, value, shape) ?? Await(result, value))
                : rewritten);
            return;
        }

        var isLast = statement.Parent is BlockSyntax block && Functions.IsFunction(block.Parent!) && block.Statements.Last() == statement;
        edits.AddLast(statement, rewritten => IsCompleted(result)
            ? ReturnNothing((ReturnStatementSyntax)rewritten, isLast)
            : AwaitAndReturn(statement, (ReturnStatementSyntax)rewritten, result, isLast));
        if (statement.Parent is BlockSyntax or SwitchSectionSyntax)
            edits.AddLast(statement.Parent, Flatten);
    }

    private ImmutableArray<SyntaxTrivia> CommentsLost(ExpressionSyntax result, ReturnShape shape) =>
        shape == ReturnShape.TaskOfValue && IsMadeOfValue(result) ? AwaitSyntax.CommentsLost(result, ValueIn(result)!) : [];

    private static IEnumerable<ExpressionSyntax> Results(SyntaxNode body) =>
        body is ExpressionSyntax expression
            ? [expression]
            : Functions.OwnNodes(body).OfType<ReturnStatementSyntax>().Select(r => r.Expression).OfType<ExpressionSyntax>();

    private ExpressionSyntax Await(ExpressionSyntax original, ExpressionSyntax rewritten) =>
        AwaitSyntax.Await(rewritten, original, rewritten, habits.ConfiguresAwait && semantics.GetTypeInfo(original, cancellation).Type.IsTask());

    // return Task.FromResult(x) → return x
    private ExpressionSyntax? Value(ExpressionSyntax original, ExpressionSyntax rewritten, ReturnShape shape)
    {
        if (shape != ReturnShape.TaskOfValue)
            return null;
        if (IsDefaultOfValueTask(original))
            return SyntaxFactory.LiteralExpression(SyntaxKind.DefaultLiteralExpression, AwaitSyntax.Token(SyntaxKind.DefaultKeyword)).WithTriviaFrom(rewritten);
        return IsMadeOfValue(original) ? ValueIn(rewritten)!.WithTriviaFrom(rewritten) : null;
    }

    private static ExpressionSyntax? ValueIn(ExpressionSyntax made) => made switch
    {
        InvocationExpressionSyntax { ArgumentList.Arguments: [var value] } => value.Expression,
        BaseObjectCreationExpressionSyntax { ArgumentList.Arguments: [var value] } => value.Expression,
        _ => null,
    };

    private bool IsMadeOfValue(ExpressionSyntax result) =>
        ValueIn(result) is { } value
        && semantics.GetSymbolInfo(result, cancellation).Symbol is IMethodSymbol { Parameters.Length: 1 } maker
        && (maker.MethodKind == MethodKind.Constructor
            ? maker.ContainingType.IsTask() && !semantics.GetTypeInfo(value, cancellation).ConvertedType.IsTask() && maker.Parameters[0].OriginalDefinition.Type is ITypeParameterSymbol
            : maker.Name == "FromResult" && context.Model.Find(maker, CatalogueRole.CompletedTask) != null);

    private bool IsCompleted(ExpressionSyntax result) =>
        IsDefaultOfValueTask(result)
        || (semantics.GetSymbolInfo(result, cancellation).Symbol is IPropertySymbol { Name: "CompletedTask" } property && context.Model.Find(property, CatalogueRole.CompletedTask) != null)
        || (IsMadeOfValue(result) && ValueIn(result) is LiteralExpressionSyntax);

    private bool IsNull(ExpressionSyntax result)
    {
        while (result is ParenthesizedExpressionSyntax or PostfixUnaryExpressionSyntax or CastExpressionSyntax)
            result = result switch
            {
                ParenthesizedExpressionSyntax inner => inner.Expression,
                PostfixUnaryExpressionSyntax inner => inner.Operand,
                _ => ((CastExpressionSyntax)result).Expression,
            };
        return result.Kind() is SyntaxKind.NullLiteralExpression || (IsDefault(result) && semantics.GetTypeInfo(result, cancellation).ConvertedType?.IsValueType != true);
    }

    private bool IsDefaultOfValueTask(ExpressionSyntax result) =>
        (IsDefault(result) || result is BaseObjectCreationExpressionSyntax { ArgumentList.Arguments.Count: 0 })
        && semantics.GetTypeInfo(result, cancellation).ConvertedType is { IsValueType: true } type && type.IsTask();

    private static bool IsDefault(ExpressionSyntax expression) => expression.Kind() is SyntaxKind.DefaultLiteralExpression or SyntaxKind.DefaultExpression;

    // The last statement of a body says nothing, unless a comment stands there.
    private static StatementSyntax ReturnNothing(ReturnStatementSyntax statement, bool isLast) =>
        isLast && !statement.GetLeadingTrivia().Concat(statement.GetTrailingTrivia()).Any(t => t.IsDirective || t.Kind() is SyntaxKind.SingleLineCommentTrivia or SyntaxKind.MultiLineCommentTrivia)
            ? SyntaxFactory.Block().WithAdditionalAnnotations(Splice)
            : statement.WithExpression(null).WithReturnKeyword(statement.ReturnKeyword.WithTrailingTrivia());

    private StatementSyntax AwaitAndReturn(ReturnStatementSyntax original, ReturnStatementSyntax rewritten, ExpressionSyntax result, bool isLast)
    {
        var awaited = SyntaxFactory.ExpressionStatement(Await(result, rewritten.Expression!).WithoutTrivia(), rewritten.SemicolonToken)
            .WithLeadingTrivia(rewritten.GetLeadingTrivia());
        if (isLast)
            return awaited;
        var exit = SyntaxFactory.ReturnStatement(AwaitSyntax.Token(SyntaxKind.ReturnKeyword), null, AwaitSyntax.Token(SyntaxKind.SemicolonToken));
        var indentation = FileHabits.IndentationOf(original.GetFirstToken());
        if (original.Parent is BlockSyntax or SwitchSectionSyntax && FileHabits.IsFirstOnLine(original.GetFirstToken()))
            return Block([], awaited.WithTrailingTrivia(habits.EndOfLine), exit.WithLeadingTrivia(indentation).WithTrailingTrivia(rewritten.GetTrailingTrivia()), [])
                .WithAdditionalAnnotations(Splice);
        if (original.Parent is BlockSyntax or SwitchSectionSyntax)
            return Block([], awaited.WithTrailingTrivia(SyntaxFactory.Space), exit.WithTrailingTrivia(rewritten.GetTrailingTrivia()), []).WithAdditionalAnnotations(Splice);
        if (!FileHabits.IsFirstOnLine(original.GetFirstToken()))
            return Block([SyntaxFactory.Space], awaited.WithTrailingTrivia(SyntaxFactory.Space), exit.WithTrailingTrivia(SyntaxFactory.Space), rewritten.GetTrailingTrivia());
        // The lone statement of an if: braces at the level of the if.
        var outer = FileHabits.IndentationOf(original.Parent!.GetFirstToken());
        return Block([habits.EndOfLine], awaited.WithTrailingTrivia(habits.EndOfLine), exit.WithLeadingTrivia(indentation).WithTrailingTrivia(habits.EndOfLine), rewritten.GetTrailingTrivia(), outer);
    }

    private static BlockSyntax Block(SyntaxTriviaList afterOpening, StatementSyntax first, StatementSyntax second, SyntaxTriviaList trailing, SyntaxTriviaList indentation = default) =>
        SyntaxFactory.Block(
            SyntaxFactory.Token(indentation, SyntaxKind.OpenBraceToken, afterOpening),
            [first, second],
            SyntaxFactory.Token(indentation, SyntaxKind.CloseBraceToken, trailing));

    private static SyntaxNode Flatten(SyntaxNode parent) => parent switch
    {
        BlockSyntax block => block.WithStatements(Flat(block.Statements)),
        SwitchSectionSyntax section => section.WithStatements(Flat(section.Statements)),
        _ => parent,
    };

    private static SyntaxList<StatementSyntax> Flat(SyntaxList<StatementSyntax> statements) =>
        [.. statements.SelectMany(s => s is BlockSyntax block && s.HasAnnotation(Splice) ? block.Statements : [s])];
}
