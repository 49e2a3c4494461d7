using AgentLint.Analysis.Flow;
using AgentLint.Analysis.Loops;
using AgentLint.Analysis.Summaries;
using AgentLint.Analysis.Values;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Checks.Deadlines;

/// <summary>A handler that takes the time limit of a remote call for the end of the program, and ends the loop.</summary>
/// <param name="Handler">The handler.</param>
/// <param name="Work">The remote call.</param>
/// <param name="Token">The token that ends the loop.</param>
/// <param name="Function">The function that the loop stands in.</param>
/// <param name="GoesOn">Whether a handler of all other failures follows, which stays in the loop.</param>
internal sealed record TimedOutLoop(CatchClauseSyntax Handler, Effect Work, string Token, IMethodSymbol Function, bool GoesOn);

/// <summary>
/// Finds loops that go on until a token ends them, and that a handler of cancellations leaves without asking the token. HTTP clients, and the clients of
/// models that are built on them, throw the same exception when their own time limit ends.
/// </summary>
internal sealed class TimedOutLoops(AgentModel model, SemanticModel semantics, int depth, CancellationToken cancellation)
{
    public IEnumerable<TimedOutLoop> In()
    {
        var index = NameIndex.Of(semantics.SyntaxTree, cancellation);
        if (!index.Mentions("catch") || (!index.Mentions("OperationCanceledException") && !index.Mentions("TaskCanceledException"))
            || ExceptionTypes.Canceled(model) is not { } timeout)
            yield break;
        var remote = RemoteNames.Of(model, cancellation).In(semantics.SyntaxTree, cancellation).ToList();
        if (remote.Count == 0)
            yield break;
        var root = semantics.SyntaxTree.GetRoot(cancellation);
        foreach (var position in index.PositionsOf("catch"))
            if (root.FindToken(position) is { } token
                && token.Parent is CatchClauseSyntax { Filter: null, Declaration: { } declared, Parent: TryStatementSyntax attempt } handler
                && token.SpanStart == position
                && remote.Any(name => attempt.Block.Span.Contains(name.Span))
                && AsksNothing(handler)
                && LoopLeftBy(handler, attempt) is { } loop
                && ExceptionTypes.IsCancellation(semantics.GetTypeInfo(declared.Type, cancellation).Type, model)
                && IsFirstToTake(attempt, handler, timeout)
                && TokenOf(loop) is { } stop
                && semantics.GetEnclosingSymbol(attempt.SpanStart, cancellation) is IMethodSymbol function && function.GivesNothing()
                && TimedOut(loop, attempt, timeout) is { } work)
            {
                var others = attempt.Catches.SkipWhile(clause => clause != handler).Skip(1);
                yield return new TimedOutLoop(handler, work, stop, function, others.Any(StaysInLoop));
            }
    }

    // By the text: it throws nothing, and does not look at a token.
    private static bool AsksNothing(CatchClauseSyntax handler) => !Handlers.Throws(handler.Block)
        && !handler.Block.DescendantNodes().OfType<SimpleNameSyntax>().Any(name =>
            name.Identifier.ValueText is "IsCancellationRequested" or "ThrowIfCancellationRequested" or "CancellationToken");

    // The loop around a block that its handler breaks or returns from; the loop that is all that the block holds, where nothing follows it.
    private static StatementSyntax? LoopLeftBy(CatchClauseSyntax handler, TryStatementSyntax attempt)
    {
        var around = attempt.Ancestors().TakeWhile(node => !Handlers.IsFunction(node)).OfType<StatementSyntax>().FirstOrDefault(IsLoop);
        if (around != null)
            return handler.Block.Statements.LastOrDefault() is BreakStatementSyntax or ReturnStatementSyntax { Expression: null }
                && !attempt.Ancestors().TakeWhile(node => node != around)
                    .Any(node => node is SwitchStatementSyntax or CatchClauseSyntax or FinallyClauseSyntax)
                && IsOutermost(around) ? around : null;
        return attempt.Block.Statements.LastOrDefault() is { } last && IsLoop(last) && EndsTheFunction(attempt) ? last : null;
    }

    private static bool IsLoop(StatementSyntax statement) =>
        statement is WhileStatementSyntax or DoStatementSyntax or ForStatementSyntax or CommonForEachStatementSyntax;

    private static bool IsOutermost(StatementSyntax loop) =>
        !loop.Ancestors().TakeWhile(node => !Handlers.IsFunction(node)).Any(node => node is StatementSyntax outer && IsLoop(outer));

    // Behind the block the function does nothing that starts the loop anew.
    private static bool EndsTheFunction(TryStatementSyntax attempt) => attempt.Parent is BlockSyntax body && Handlers.IsFunction(body.Parent!);

    // The parameter that ends the loop: by its condition, by what it waits for, or by what it reads from.
    private string? TokenOf(StatementSyntax loop)
    {
        ExpressionSyntax? until = loop switch
        {
            WhileStatementSyntax { Condition: var condition } => condition,
            DoStatementSyntax { Condition: var condition } => condition,
            ForStatementSyntax { Condition: var condition } => condition,
            ForEachStatementSyntax { AwaitKeyword.RawKind: not 0, Expression: var source } => source,
            _ => null,
        };
        var isEndless = until.IsKind(SyntaxKind.TrueLiteralExpression) || loop is ForStatementSyntax { Condition: null };
        if (until == null && !isEndless)
            return null;
        // What is counted, or looked for, ends the loop as well.
        if (until is BinaryExpressionSyntax or PrefixUnaryExpressionSyntax { Operand: not MemberAccessExpressionSyntax } or IdentifierNameSyntax)
            return null;
        return (isEndless ? loop : (SyntaxNode)until!).DescendantNodesAndSelf().OfType<IdentifierNameSyntax>()
            .FirstOrDefault(name => name.Parent is not NameColonSyntax
                && semantics.GetSymbolInfo(name, cancellation).Symbol is IParameterSymbol { Type: var type } && CancellationTokens.IsToken(type))
            ?.Identifier.ValueText;
    }

    private bool IsFirstToTake(TryStatementSyntax attempt, CatchClauseSyntax handler, INamedTypeSymbol timeout)
    {
        var conditions = new Conditions(model, semantics, new Situation(Exception: timeout), cancellation);
        return attempt.Catches.TakeWhile(clause => clause != handler).All(clause => conditions.Catches(clause) == false);
    }

    private bool StaysInLoop(CatchClauseSyntax clause) =>
        ExceptionTypes.IsNearlyAny(clause.Declaration is { } declared ? semantics.GetTypeInfo(declared.Type, cancellation).Type : null)
        && semantics.AnalyzeControlFlow(clause.Block) is { Succeeded: true, EndPointIsReachable: true };

    // An awaited call whose client has a time limit, which no handler nearer to it takes.
    private Effect? TimedOut(StatementSyntax loop, TryStatementSyntax attempt, INamedTypeSymbol timeout)
    {
        var code = attempt.Block.Span.Contains(loop.Span) ? loop : attempt.Block;
        if (semantics.GetOperation(code, cancellation) is not { } work)
            return null;
        return EffectSummaries.Of(model).MayOf(work, depth, cancellation).Effects.FirstOrDefault(effect =>
            (effect.Entry.Role == CatalogueRole.HttpCall || effect.Entry.AsksModelOrAgent()) && !effect.Entry.Has("blocking")
            && effect.Witness.Steps.All(step => IsAwaited(step.Site) && !IsTaken(step.Site, attempt, timeout)));
    }

    private static bool IsAwaited(SyntaxNode site) =>
        site.AncestorsAndSelf().TakeWhile(node => node is not StatementSyntax && !Handlers.IsFunction(node)).Any(node => node is AwaitExpressionSyntax)
        || site.FirstAncestorOrSelf<ReturnStatementSyntax>() != null || site.FirstAncestorOrSelf<ArrowExpressionClauseSyntax>() != null
        || site.FirstAncestorOrSelf<CommonForEachStatementSyntax>() is { AwaitKeyword.RawKind: not 0 };

    private bool IsTaken(SyntaxNode site, TryStatementSyntax attempt, INamedTypeSymbol timeout)
    {
        var child = site;
        for (var node = site.Parent; node != null && node != attempt && !Handlers.IsFunction(node); (child, node) = (node, node.Parent))
            if (node is TryStatementSyntax inner && inner.Block == child)
            {
                if (inner.Catches.FirstOrDefault(clause => TakesTimeout(clause, timeout)) is { } first && !IsRethrown(first))
                    return true;
            }

        return false;
    }

    // when (token.IsCancellationRequested) lets the time limit of a call through; what else asks the token may take it.
    private bool TakesTimeout(CatchClauseSyntax clause, INamedTypeSymbol timeout)
    {
        var around = model.SemanticsOf(clause.SyntaxTree);
        if (clause.Filter is { FilterExpression: var filter }
            && filter.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>().Any(name => name.Identifier.ValueText == "IsCancellationRequested"))
            return filter is not MemberAccessExpressionSyntax
                && (clause.Declaration is not { } declared
                    || around.GetTypeInfo(declared.Type, cancellation).Type is not { } caught
                    || ExceptionTypes.IsOrDerives(timeout, caught));
        return new Conditions(model, around, new Situation(Exception: timeout), cancellation).Catches(clause) != false;
    }

    private static bool IsRethrown(CatchClauseSyntax clause) => clause.Block.Statements.LastOrDefault() is ThrowStatementSyntax { Expression: null };
}
