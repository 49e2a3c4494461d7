using AgentLint.Analysis.Flow;
using AgentLint.Analysis.Writes;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Checks.DurableExecution;

/// <summary>What a handler in an activity makes of the failure.</summary>
internal enum SwallowedAs
{
    /// <summary>It returns a result that looks like success.</summary>
    Success,

    /// <summary>The activity goes on behind it.</summary>
    Continuation,

    /// <summary>It returns that the write was not done, which is not known.</summary>
    NotDone,
}

/// <summary>A handler in an activity that turns a failure of remote work into an ordinary result.</summary>
/// <param name="Handler">The handler.</param>
/// <param name="Work">The remote work that fails.</param>
/// <param name="As">What it makes of the failure.</param>
internal sealed record SwallowedFailure(CatchClauseSyntax Handler, Effect Work, SwallowedAs As);

/// <summary>
/// Finds handlers of activities that catch everything and end with a value that looks like success, and those that report a write as not done of which
/// only the answer may have been lost. The engine retries an activity that throws; one that returns is done.
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
                        if (semantics.GetOperation(attempt.Block, cancellation) is { } block)
                            if (CatchesAll(handler, semantics) && !EndsInFailure(handler, attempt, semantics))
                            {
                                if (summaries.Of(block, depth, cancellation).First(entry => entry.IsRemoteCall()) is { } work)
                                    yield return new SwallowedFailure(handler, work,
                                        Handlers.PartsOf(handler.Block).Any(part => part is ReturnStatementSyntax) ? SwallowedAs.Success : SwallowedAs.Continuation);
                            }
                            else if (TakesLostAnswers(handler, attempt, semantics) && ReturnsFailure(handler, semantics)
                                && SentIn(block, activity) is { } sent)
                                yield return new SwallowedFailure(handler, sent, SwallowedAs.NotDone);
    }

    // ---- a write whose outcome is unknown --------------------------------------------------------------------------------------

    // What the client throws where its answer was lost ends here, and nothing tells that from a refusal.
    private bool TakesLostAnswers(CatchClauseSyntax handler, TryStatementSyntax attempt, SemanticModel semantics)
    {
        var handlers = new Handlers(model, semantics, cancellation);
        return (CatchesAll(handler, semantics) || handlers.TakesRemoteFailures(handler))
            && !attempt.Catches.TakeWhile(other => other != handler).Any(handlers.TakesRemoteFailures)
            && !handler.Block.DescendantNodes().OfType<IdentifierNameSyntax>().Any(use => IsExamined(use, handler));
    }

    // error.Status, error is Declined, switch (error): its text and its type's name are for people.
    private static bool IsExamined(IdentifierNameSyntax use, CatchClauseSyntax handler) =>
        use.Identifier.ValueText == handler.Declaration?.Identifier.ValueText
        && use.Parent switch
        {
            MemberAccessExpressionSyntax access => access.Expression == use
                && access.Name.Identifier.ValueText is not ("Message" or "StackTrace" or "ToString" or "GetType" or "InnerException" or "GetBaseException"),
            ArgumentSyntax or InterpolationSyntax => false,
            _ => true,
        };

    private bool ReturnsFailure(CatchClauseSyntax handler, SemanticModel semantics) =>
        semantics.AnalyzeControlFlow(handler.Block) is { Succeeded: true, EndPointIsReachable: false } flow
        && !flow.ReturnStatements.IsEmpty
        && !Handlers.Throws(handler.Block)
        && flow.ReturnStatements.OfType<ReturnStatementSyntax>().All(statement =>
            statement.Expression is { } value && SaysFailure(value, handler, semantics) && !AsksElsewhere(value, semantics));

    // What leaves the process to act elsewhere: a payment, a message, a request that orders something.
    private Effect? SentIn(IOperation block, IMethodSymbol activity) =>
        summaries.Of(block, depth, cancellation).Effects.FirstOrDefault(effect =>
            effect.Entry.Role == CatalogueRole.Effect
            && effect.Entry["kind"] is "http" or "payment" or "mail" or "sms" or "call" or "publish"
            && Writes.Writes.Of(model).MayChange(effect, activity, cancellation));

    // ---- what looks like success -------------------------------------------------------------------------------------------------

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
