using AgentLint.Analysis.Flow;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Checks.DurableExecution;

/// <summary>A handler in an activity that turns every failure of remote work into an ordinary result.</summary>
/// <param name="Handler">The handler.</param>
/// <param name="Work">The remote work that fails.</param>
/// <param name="Returns">Whether the handler itself returns; otherwise the activity goes on behind it.</param>
internal sealed record SwallowedFailure(CatchClauseSyntax Handler, Effect Work, bool Returns);

/// <summary>
/// Finds handlers of activities that catch everything and end with a value that looks like success. The engine retries an activity that
/// throws; one that returns is done.
/// </summary>
internal sealed class SwallowedActivityFailures(AgentModel model, int depth, CancellationToken cancellation)
{
    private readonly EffectSummaries summaries = EffectSummaries.Of(model);

    public IEnumerable<SwallowedFailure> In(IMethodSymbol activity, SemanticModel semantics)
    {
        foreach (var reference in activity.DeclaringSyntaxReferences)
            if (reference.SyntaxTree == semantics.SyntaxTree)
                foreach (var attempt in Handlers.PartsOf(reference.GetSyntax(cancellation)).OfType<TryStatementSyntax>())
                    foreach (var handler in attempt.Catches)
                        if (CatchesAll(handler, semantics)
                            && !EndsInFailure(handler, attempt, semantics)
                            && semantics.GetOperation(attempt.Block, cancellation) is { } block
                            && summaries.Of(block, depth, cancellation).First(entry => entry.IsRemoteCall()) is { } work)
                            yield return new SwallowedFailure(handler, work, Handlers.PartsOf(handler.Block).Any(part => part is ReturnStatementSyntax));
    }

    private bool CatchesAll(CatchClauseSyntax handler, SemanticModel semantics) =>
        handler.Filter == null
        && ExceptionTypes.IsAny(handler.Declaration is { } declared ? semantics.GetTypeInfo(declared.Type, cancellation).Type : null);

    // It throws; or the result says that it failed, or comes from elsewhere; or what runs after the handler sees to the failure.
    private bool EndsInFailure(CatchClauseSyntax handler, TryStatementSyntax attempt, SemanticModel semantics)
    {
        var flow = semantics.AnalyzeControlFlow(handler.Block);
        if (flow is not { Succeeded: true } || (!flow.EndPointIsReachable && flow.ReturnStatements.IsEmpty))
            return true;
        return flow.ReturnStatements.OfType<ReturnStatementSyntax>().Any(statement =>
                statement.Expression is { } value && (SaysFailure(value, handler, semantics) || AsksElsewhere(value, semantics)))
            || (flow.EndPointIsReachable && (Handlers.Throws(handler.Block) || HandsOn(handler) || Handlers.ThrowsBehind(attempt)));
    }

    private static bool SaysFailure(ExpressionSyntax value, CatchClauseSyntax handler, SemanticModel semantics) =>
        Handlers.MentionsException(value, handler)
        || value.DescendantNodesAndSelf().Any(node =>
            node is BaseObjectCreationExpressionSyntax or InvocationExpressionSyntax && HasFalse(node))
        || (value.IsKind(SyntaxKind.FalseLiteralExpression)
            && semantics.GetTypeInfo(value).Type is { SpecialType: SpecialType.System_Boolean });

    // A mirror that is asked instead: its failure gets through.
    private bool AsksElsewhere(ExpressionSyntax value, SemanticModel semantics) =>
        semantics.GetOperation(value, cancellation) is { } given
        && ((given.Unwrap() as ILocalReferenceOperation)?.Local.InitializerOf(semantics, cancellation) ?? given) is var made
        && summaries.Of(made, depth, cancellation).First(entry => entry.IsRemoteCall()) != null;

    // new Result(false, …), new Result { Success = false }, Result.Fail(…, isSuccess: false)
    private static bool HasFalse(SyntaxNode made) => made.DescendantNodes().Any(node => node.IsKind(SyntaxKind.FalseLiteralExpression));

    // result.Error = exception.Message; and then on to the end.
    private static bool HandsOn(CatchClauseSyntax handler) =>
        handler.Block.DescendantNodes().OfType<AssignmentExpressionSyntax>()
            .Any(assignment => Handlers.MentionsException(assignment.Right, handler) || HasFalse(assignment));
}
