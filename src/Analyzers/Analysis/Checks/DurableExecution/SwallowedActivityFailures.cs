using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Analysis.Checks.DurableExecution;

/// <summary>A handler in an activity that turns every failure of remote work into an ordinary result.</summary>
/// <param name="Handler">The handler.</param>
/// <param name="Work">The remote work that fails.</param>
internal sealed record SwallowedFailure(CatchClauseSyntax Handler, Effect Work);

/// <summary>
/// Finds handlers of activities that catch everything and end with a value that looks like success. The engine retries an activity that throws;
/// one that returns is done.
/// </summary>
internal sealed class SwallowedActivityFailures(AgentModel model, int depth, CancellationToken cancellation)
{
    public IEnumerable<SwallowedFailure> In(IMethodSymbol activity, SemanticModel semantics)
    {
        foreach (var reference in activity.DeclaringSyntaxReferences)
            if (reference.SyntaxTree == semantics.SyntaxTree)
                foreach (var statement in reference.GetSyntax(cancellation).DescendantNodes(IsOfFunction).OfType<TryStatementSyntax>())
                    foreach (var handler in statement.Catches)
                        if (CatchesAll(handler, semantics)
                            && !EndsInFailure(handler, semantics)
                            && semantics.GetOperation(statement.Block, cancellation) is { } block
                            && EffectSummaries.Of(model).Of(block, depth, cancellation).First(entry => entry.IsRemoteCall()) is { } work)
                            yield return new SwallowedFailure(handler, work);
    }

    private static bool IsOfFunction(SyntaxNode node) => node is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax);

    private bool CatchesAll(CatchClauseSyntax handler, SemanticModel semantics) =>
        handler.Filter == null
        && (handler.Declaration == null
            || semantics.GetTypeInfo(handler.Declaration.Type, cancellation).Type is { Name: "Exception", ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } });

    // It throws, or the result says that it failed: the exception, or what is made of it, is part of it.
    private bool EndsInFailure(CatchClauseSyntax handler, SemanticModel semantics)
    {
        var flow = semantics.AnalyzeControlFlow(handler.Block);
        if (flow is not { Succeeded: true } || (!flow.EndPointIsReachable && flow.ReturnStatements.IsEmpty))
            return true;
        return flow.ReturnStatements.OfType<ReturnStatementSyntax>().Any(statement => statement.Expression is { } value && SaysFailure(value, handler, semantics))
            || (flow.EndPointIsReachable && HandsOn(handler));
    }

    private static bool SaysFailure(ExpressionSyntax value, CatchClauseSyntax handler, SemanticModel semantics) =>
        MentionsException(value, handler)
        || value.DescendantNodesAndSelf().Any(node => node is BaseObjectCreationExpressionSyntax or InvocationExpressionSyntax && HasFalse(node))
        || (value.IsKind(SyntaxKind.FalseLiteralExpression) && semantics.GetTypeInfo(value).Type is { SpecialType: SpecialType.System_Boolean });

    // new Result(false, …), new Result { Success = false }, Result.Fail(…, isSuccess: false)
    private static bool HasFalse(SyntaxNode made) => made.DescendantNodes().Any(node => node.IsKind(SyntaxKind.FalseLiteralExpression));

    private static bool MentionsException(SyntaxNode node, CatchClauseSyntax handler) =>
        handler.Declaration?.Identifier.ValueText is { Length: > 0 } name
        && node.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>().Any(use => use.Identifier.ValueText == name);

    // result.Error = exception.Message; and then on to the end.
    private static bool HandsOn(CatchClauseSyntax handler) =>
        handler.Block.DescendantNodes().OfType<AssignmentExpressionSyntax>().Any(assignment => MentionsException(assignment.Right, handler) || HasFalse(assignment));
}
