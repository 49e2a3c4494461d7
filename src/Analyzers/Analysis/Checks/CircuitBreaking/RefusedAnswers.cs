using AgentLint.Analysis.Calls;
using AgentLint.Analysis.Flow;
using AgentLint.Analysis.Values;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Checks.CircuitBreaking;

/// <summary>An answer that tells of a failure, for which a function gives back what looks like a result.</summary>
/// <param name="Statement">The statement that gives it.</param>
/// <param name="Function">The function.</param>
/// <param name="Work">The remote call.</param>
/// <param name="As">What the value looks like.</param>
/// <param name="Caller">A caller that takes it for a result; null where that follows from the value alone.</param>
internal sealed record RefusedAnswer(StatementSyntax Statement, IMethodSymbol Function, Effect Work, EmptyValue As, SimpleNameSyntax? Caller);

/// <summary>
/// Finds tests of the status of an answer whose branch for failures at most writes the failure down, and gives back an empty value, or a text where data is
/// expected. A branch that does more, or asks further, is assumed to handle the failure.
/// </summary>
internal sealed class RefusedAnswers(AgentModel model, SemanticModel semantics, int depth, CancellationToken cancellation)
{
    private readonly EmptyValues values = new(model, semantics, cancellation);
    private readonly Handlers handlers = new(model, semantics, cancellation);
    private readonly GivenResults results = new(model, semantics, cancellation);

    public IEnumerable<RefusedAnswer> In()
    {
        if (TestPlaces.Of(model, cancellation).Contains(semantics.SyntaxTree))
            yield break;
        var seen = new HashSet<IMethodSymbol>(SymbolEqualityComparer.Default);
        var statuses = model.Query(entry => entry.Role == CatalogueRole.StatusCode && !entry.Has("throws"));
        foreach (var status in statuses.In(semantics.SyntaxTree, cancellation, where: name => name.Parent is MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax }))
            if (status.Name.Parent is MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax answer } access
                && AnsweredRequests.TestOf(access, status.Entry.Has("success"), semantics, cancellation) is var (test, isOfSuccess)
                && BranchOf(test, isOfSuccess) is { } branch
                && GivenIn(branch.Statements) is { } statement
                && (branch.Skipped == null || GivenResults.ValueOf(statement) is IdentifierNameSyntax)
                && GivenResults.ValueOf(statement) is { } value
                && semantics.GetOperation(value, cancellation) is { } given
                && semantics.GetEnclosingSymbol(statement.SpanStart, cancellation) is IMethodSymbol function
                && AnsweredRequests.RequestOf(answer, model, semantics, depth, cancellation) is { } work
                && Disguise(statement, given, function, work, branch.Skipped) is { } found
                && seen.Add(function))
                yield return found;
    }

    private RefusedAnswer? Disguise(StatementSyntax statement, IOperation value, IMethodSymbol function, Effect work, StatementSyntax? skipped)
    {
        var roles = model.RolesOf(function, cancellation);
        if ((roles & (MethodRoles.Activity | MethodRoles.Workflow | MethodRoles.Test)) != 0)
            return null;
        var given = new GivenValue(value, function, roles, statement is YieldStatementSyntax, work.Entry.Answers());
        // Whether it worked may be what is asked.
        return values.Of(value, skipped) is var kind and not (EmptyValue.True or EmptyValue.False) && results.IsTakenForResult(given, kind, out var caller)
            ? new RefusedAnswer(statement, function, work, kind, caller)
            : null;
    }

    // The statements that run where the answer tells of a failure: there alone, or also behind what runs for success, which is skipped.
    private static (IEnumerable<StatementSyntax> Statements, StatementSyntax? Skipped)? BranchOf(ExpressionSyntax test, bool isOfSuccess)
    {
        var isNegated = !isOfSuccess;
        SyntaxNode node = test;
        for (; node.Parent is { } parent; node = parent)
            switch (parent)
            {
                case ParenthesizedExpressionSyntax:
                    continue;
                case PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalNotExpression }:
                    isNegated = !isNegated;
                    continue;
                case IfStatementSyntax choice when choice.Condition == node:
                    return isNegated ? (StatementsOf(choice.Statement), null)
                        : choice.Else is { Statement: var other } ? (StatementsOf(other), null)
                        : choice.Parent is not BlockSyntax block ? null
                        : Choices.Leaves(choice.Statement) ? (block.Statements.SkipWhile(statement => statement != choice).Skip(1), null)
                        : (Behind(choice), choice.Statement);
                default:
                    return null;
            }

        return null;
    }

    // What runs behind a statement, up to the end of the function or of the loop around it.
    private static IEnumerable<StatementSyntax> Behind(StatementSyntax choice)
    {
        for (SyntaxNode node = choice; node.Parent is BlockSyntax or UsingStatementSyntax or TryStatementSyntax; node = node.Parent)
            if (node.Parent is BlockSyntax block)
                foreach (var statement in block.Statements.SkipWhile(statement => statement != node).Skip(1))
                    yield return statement;
    }

    private static IReadOnlyList<StatementSyntax> StatementsOf(StatementSyntax statement) => statement is BlockSyntax block ? [.. block.Statements] : new[] { statement };

    // What the branch gives back, where it does nothing else but write the failure down.
    private StatementSyntax? GivenIn(IEnumerable<StatementSyntax> branch)
    {
        foreach (var statement in branch)
            switch (statement)
            {
                case ReturnStatementSyntax or YieldStatementSyntax { RawKind: (int)SyntaxKind.YieldReturnStatement }:
                    return statement;
                case LocalDeclarationStatementSyntax:
                case ExpressionStatementSyntax { Expression: InvocationExpressionSyntax } when IsLog(statement):
                    continue;
                default:
                    return null;
            }

        return null;
    }

    private bool IsLog(StatementSyntax statement) =>
        semantics.GetOperation(statement, cancellation) is IExpressionStatementOperation { Operation: IInvocationOperation call } && handlers.IsLog(call);
}
