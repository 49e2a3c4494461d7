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
        var statuses = model.Query(entry => entry.Role == CatalogueRole.StatusCode && entry.Has("success"));
        foreach (var status in statuses.In(semantics.SyntaxTree, cancellation, where: name => name.Parent is MemberAccessExpressionSyntax access && BranchOf(access) != null))
            if (status.Name.Parent is MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax answer } access
                && GivenIn(BranchOf(access)!) is { } statement
                && GivenResults.ValueOf(statement) is { } value
                && semantics.GetOperation(value, cancellation) is { } given
                && semantics.GetEnclosingSymbol(statement.SpanStart, cancellation) is IMethodSymbol function
                && RequestOf(answer) is { } work
                && Disguise(statement, given, function, work) is { } found
                && seen.Add(function))
                yield return found;
    }

    private RefusedAnswer? Disguise(StatementSyntax statement, IOperation value, IMethodSymbol function, Effect work)
    {
        var roles = model.RolesOf(function, cancellation);
        if ((roles & (MethodRoles.Activity | MethodRoles.Workflow | MethodRoles.Test)) != 0)
            return null;
        var given = new GivenValue(value, function, roles, statement is YieldStatementSyntax, work.Entry.Answers());
        // Whether it worked may be what is asked.
        return values.Of(value) is var kind and not (EmptyValue.True or EmptyValue.False) && results.IsTakenForResult(given, kind, out var caller)
            ? new RefusedAnswer(statement, function, work, kind, caller)
            : null;
    }

    // The statements that run where the answer tells of a failure, and only there.
    private static IReadOnlyList<StatementSyntax>? BranchOf(MemberAccessExpressionSyntax status)
    {
        var isNegated = false;
        SyntaxNode node = status;
        for (; node.Parent is { } parent; node = parent)
            switch (parent)
            {
                case ParenthesizedExpressionSyntax:
                    continue;
                case PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalNotExpression }:
                    isNegated = !isNegated;
                    continue;
                case IfStatementSyntax choice when choice.Condition == node:
                    return isNegated ? StatementsOf(choice.Statement)
                        : choice.Else is { Statement: var other } ? StatementsOf(other)
                        : choice.Parent is BlockSyntax block && Choices.Leaves(choice.Statement) ? [.. block.Statements.SkipWhile(statement => statement != choice).Skip(1)]
                        : null;
                default:
                    return null;
            }

        return null;
    }

    private static IReadOnlyList<StatementSyntax> StatementsOf(StatementSyntax statement) => statement is BlockSyntax block ? [.. block.Statements] : new[] { statement };

    // What the branch gives back, where it does nothing else but write the failure down.
    private StatementSyntax? GivenIn(IReadOnlyList<StatementSyntax> branch)
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

    // The remote call whose answer a local is.
    private Effect? RequestOf(IdentifierNameSyntax answer)
    {
        if (semantics.GetSymbolInfo(answer, cancellation).Symbol is not ILocalSymbol local || FlowGraphs.FunctionAround(answer) is not { } function)
            return null;
        var set = function.DescendantNodes().OfType<AssignmentExpressionSyntax>()
            .LastOrDefault(assignment => assignment.SpanStart < answer.SpanStart && assignment.Left is IdentifierNameSyntax left && left.Identifier.ValueText == local.Name);
        var value = set == null ? local.InitializerOf(semantics, cancellation) : semantics.GetOperation(set.Right, cancellation);
        return value == null ? null : EffectSummaries.Of(model).MayOf(value, depth, cancellation).Effects.FirstOrDefault(effect => effect.Entry.IsRemoteCall());
    }
}
