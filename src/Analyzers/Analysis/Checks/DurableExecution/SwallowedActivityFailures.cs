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
                foreach (var attempt in PartsOf(reference.GetSyntax(cancellation)).OfType<TryStatementSyntax>())
                    foreach (var handler in attempt.Catches)
                        if (CatchesAll(handler, semantics)
                            && !EndsInFailure(handler, attempt, semantics)
                            && semantics.GetOperation(attempt.Block, cancellation) is { } block
                            && summaries.Of(block, depth, cancellation).First(entry => entry.IsRemoteCall()) is { } work)
                            yield return new SwallowedFailure(handler, work, PartsOf(handler.Block).Any(part => part is ReturnStatementSyntax));
    }

    // The code of a function, without the functions that stand in it.
    private static IEnumerable<SyntaxNode> PartsOf(SyntaxNode code) => code.DescendantNodes(node => node == code || !IsFunction(node));

    private static bool IsFunction(SyntaxNode node) =>
        node is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or MemberDeclarationSyntax;

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
            || (flow.EndPointIsReachable && (Throws(handler.Block) || HandsOn(handler) || FailsAfter(attempt)));
    }

    private static bool SaysFailure(ExpressionSyntax value, CatchClauseSyntax handler, SemanticModel semantics) =>
        MentionsException(value, handler)
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

    private static bool MentionsException(SyntaxNode node, CatchClauseSyntax handler) =>
        handler.Declaration?.Identifier.ValueText is { Length: > 0 } name
        && node.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>().Any(use => use.Identifier.ValueText == name);

    // result.Error = exception.Message; and then on to the end.
    private static bool HandsOn(CatchClauseSyntax handler) =>
        handler.Block.DescendantNodes().OfType<AssignmentExpressionSyntax>()
            .Any(assignment => MentionsException(assignment.Right, handler) || HasFalse(assignment));

    // A loop that tries again and gives up in the end, or a test of what was got: something behind the handler throws.
    private static bool FailsAfter(TryStatementSyntax attempt)
    {
        for (SyntaxNode node = attempt; node.Parent is { } parent && !IsFunction(node); node = parent)
            if (parent is BlockSyntax block && block.Statements.SkipWhile(statement => statement != node).Skip(1).Any(Throws))
                return true;
        return false;
    }

    private static bool Throws(SyntaxNode code) =>
        !IsFunction(code) && PartsOf(code).Append(code).Any(part => part is ThrowStatementSyntax or ThrowExpressionSyntax);
}
