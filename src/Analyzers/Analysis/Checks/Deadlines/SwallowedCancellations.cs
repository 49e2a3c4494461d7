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

/// <summary>What becomes of a cancellation that a handler takes.</summary>
internal enum SwallowedBy
{
    /// <summary>The loop goes on with its next item.</summary>
    Loop,

    /// <summary>The function goes on with more remote work, which is not given the token.</summary>
    NextWork,

    /// <summary>The caller, who asked for the end, is given a result.</summary>
    Result,
}

/// <summary>A handler that takes the cancellation which its own caller has asked for.</summary>
/// <param name="Handler">The handler.</param>
/// <param name="Call">The call that the cancellation ends.</param>
/// <param name="Entry">The remote call behind it.</param>
/// <param name="Path">From the call to the remote call.</param>
/// <param name="Token">The token.</param>
/// <param name="By">What becomes of the cancellation.</param>
/// <param name="NextName">The remote work that the function goes on with; null where it does not.</param>
internal sealed record SwallowedCancellation(
    CatchClauseSyntax Handler, IInvocationOperation Call, CatalogueEntry Entry, Witness Path, ScopedToken Token, SwallowedBy By, SimpleNameSyntax? NextName = null);

/// <summary>
/// Finds handlers that take the cancellation of a token that their function was given, and that neither end the work nor pass the cancellation on. A
/// token of the function's own is its time limit: that it ends is the function's business.
/// </summary>
internal sealed class SwallowedCancellations(AgentModel model, SemanticModel semantics, int depth, CancellationToken cancellation)
{
    private readonly TokenScopes scopes = new(model, semantics, cancellation);
    private readonly TokenSupply supply = new(model, cancellation);

    public IEnumerable<SwallowedCancellation> In()
    {
        var index = NameIndex.Of(semantics.SyntaxTree, cancellation);
        if (!index.Mentions("CancellationToken") || !index.Mentions("catch"))
            yield break;
        var root = semantics.SyntaxTree.GetRoot(cancellation);
        var remote = RemoteNames.Of(model, cancellation).In(semantics.SyntaxTree, cancellation).ToList();
        HashSet<CatchClauseSyntax>? retries = null;
        foreach (var position in index.PositionsOf("catch"))
            if (root.FindToken(position) is { Parent: CatchClauseSyntax { Parent: TryStatementSyntax attempt } handler } token
                && token.SpanStart == position
                && CanSwallow(handler)
                && Cancellable(attempt, remote) is { } work
                && IsFirstToTake(attempt, handler)
                && Ends(handler, attempt, work.Token, remote) is { } end)
            {
                retries ??= [.. FailedAttempt.In(semantics, model, depth, cancellation).Select(failed => failed.Handler).OfType<CatchClauseSyntax>()];
                // That a retry takes it for a failure is another rule's.
                if (!retries.Contains(handler))
                    yield return new SwallowedCancellation(handler, work.Call, work.Effect.Entry, work.Effect.Witness, work.Token, end.By, end.Next);
            }
    }

    // ---- the handler -------------------------------------------------------------------------------------------------------

    // By the text: it throws nothing, asks nothing about the token and names no cancellation.
    private static bool CanSwallow(CatchClauseSyntax handler)
    {
        foreach (var node in handler.Block.DescendantNodes(n => n is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax)))
            switch (node)
            {
                case ThrowStatementSyntax or ThrowExpressionSyntax:
                case SimpleNameSyntax { Identifier.ValueText: "IsCancellationRequested" or "ThrowIfCancellationRequested" or "OperationCanceledException" or "TaskCanceledException" or "ExceptionDispatchInfo" }:
                    return false;
            }

        return true;
    }

    private bool IsFirstToTake(TryStatementSyntax attempt, CatchClauseSyntax handler)
    {
        if (ExceptionTypes.Canceled(model) is not { } canceled)
            return false;
        var conditions = new Conditions(model, semantics, new Situation(Exception: canceled), cancellation);
        foreach (var clause in attempt.Catches)
        {
            var takes = conditions.Catches(clause);
            if (clause == handler)
                return takes == true;
            if (takes != false)
                return false;
        }

        return false;
    }

    // ---- the work ----------------------------------------------------------------------------------------------------------

    // The first awaited remote call of the block that is given the token of a function around it.
    private (IInvocationOperation Call, Effect Effect, ScopedToken Token)? Cancellable(TryStatementSyntax attempt, List<SimpleNameSyntax> remote)
    {
        foreach (var name in Within(attempt.Block, remote))
            if (FunctionAround(name) == FunctionAround(attempt)
                && InnermostTry(name) == attempt
                && semantics.OperationOf(name, cancellation) is IInvocationOperation call
                && scopes.At(call) is { Origin: TokenOrigin.Parameter } token
                && call.Arguments.Any(argument => argument.ArgumentKind != ArgumentKind.DefaultValue && IsToken(argument.Value, token))
                && RemoteBehind(call) is { } effect)
                return (call, effect, token);
        return null;
    }

    private Effect? RemoteBehind(IInvocationOperation call)
    {
        if (model.EntriesOf(call.TargetMethod) is { IsEmpty: false } entries)
            return entries.FirstOrDefault(entry => entry.IsRemoteCall() && !entry.Has("blocking")) is { } entry
                ? new Effect(entry, new Witness([new Call(call.TargetMethod, null, call.Syntax)]))
                : null;
        return CallGraph.Of(model).Resolve(call.TargetMethod) is { } target && MethodBodies.HasSource(target, model)
            && EffectSummaries.Of(model).Of(target, depth, cancellation).Effects.FirstOrDefault(e =>
                e.Entry.IsRemoteCall() && !e.Entry.Has("blocking") && e.Witness.Steps.All(MayBeGivenToken)) is { } effect
            ? new Effect(effect.Entry, effect.Witness.After(new Call(call.TargetMethod, target, call.Syntax)))
            : null;
    }

    // The helper's token ends only the calls that the helper gives it to.
    private bool MayBeGivenToken(Call step) =>
        model.SemanticsOf(step.Site.SyntaxTree).GetOperation(step.Site, cancellation) is not IInvocationOperation call || supply.IsGiven(call);

    private static bool IsToken(IOperation value, ScopedToken token) =>
        value.DescendantsAndSelf().Any(part => part is IParameterReferenceOperation reference && SymbolEqualityComparer.Default.Equals(reference.Parameter, token.Variable));

    // ---- what comes next ---------------------------------------------------------------------------------------------------

    private (SwallowedBy By, SimpleNameSyntax? Next)? Ends(CatchClauseSyntax handler, TryStatementSyntax attempt, ScopedToken token, List<SimpleNameSyntax> remote)
    {
        // What is awaited with the token in the handler throws once more.
        if (Mentions(handler.Block, token))
            return null;
        var function = FunctionAround(attempt);
        if (function == null)
            return null;
        if (Leaves(handler.Block) is { } exit)
            return exit is ReturnStatementSyntax { Expression: { } result } && NamesCancellation(handler) && IsAnswer(result) ? (SwallowedBy.Result, null) : null;
        for (SyntaxNode node = attempt; node.Parent is { } parent && node != function; node = parent)
            switch (parent)
            {
                case CommonForEachStatementSyntax { AwaitKeyword.RawKind: 0 } loop when function.Span.Contains(loop.Span):
                    return Mentions(loop.Expression, token) || MentionsOutside(loop.Statement, attempt, token) ? null : (SwallowedBy.Loop, null);
                case ForStatementSyntax or WhileStatementSyntax or DoStatementSyntax or CommonForEachStatementSyntax when function.Span.Contains(parent.Span):
                    return null;
                case BlockSyntax block when NextRemote(block, attempt, token, remote) is { } next:
                    return (SwallowedBy.NextWork, next);
                case BlockSyntax block when block.Statements.Any(statement => statement.SpanStart > attempt.Span.End && Mentions(statement, token)):
                    return null;
            }

        return null;
    }

    // More remote work after the block that is not given the token, so that nothing ends it.
    private SimpleNameSyntax? NextRemote(BlockSyntax block, TryStatementSyntax attempt, ScopedToken token, List<SimpleNameSyntax> remote)
    {
        foreach (var statement in block.Statements)
        {
            if (statement.SpanStart < attempt.Span.End)
                continue;
            if (Mentions(statement, token))
                return null;
            foreach (var name in Within(statement, remote))
                if (semantics.OperationOf(name, cancellation) is IInvocationOperation call && !TokenScopes.IsDetached(call) && RemoteBehind(call) is { Entry: var entry } && entry.AsksModelOrAgent())
                    return name;
        }

        return null;
    }

    // The statement by which a handler leaves on its last line; null where it goes on behind the block.
    private static StatementSyntax? Leaves(BlockSyntax block) => block.Statements.LastOrDefault() switch
    {
        (ReturnStatementSyntax or BreakStatementSyntax or GotoStatementSyntax or YieldStatementSyntax) and var last => last,
        BlockSyntax inner => Leaves(inner),
        _ => null,
    };

    // The handler is for cancellations alone, and does not ask whose.
    private static bool NamesCancellation(CatchClauseSyntax handler) =>
        handler is { Filter: null, Declaration.Type: var type }
        && (type is QualifiedNameSyntax qualified ? qualified.Right : type) is SimpleNameSyntax { Identifier.ValueText: "OperationCanceledException" or "TaskCanceledException" };

    // A constant that cannot be told from an answer: a text, a number, an empty list.
    private bool IsAnswer(ExpressionSyntax result) =>
        semantics.GetConstantValue(result, cancellation) is { HasValue: true, Value: string { Length: > 0 } } || result is InterpolatedStringExpressionSyntax;

    // ---- text ------------------------------------------------------------------------------------------------------------------

    private static IEnumerable<SimpleNameSyntax> Within(SyntaxNode node, List<SimpleNameSyntax> names) => names.Where(name => node.Span.Contains(name.Span));

    private static SyntaxNode? FunctionAround(SyntaxNode node) => Flow.FlowGraphs.FunctionAround(node);

    private static TryStatementSyntax? InnermostTry(SyntaxNode node)
    {
        var child = node;
        for (var parent = node.Parent; parent != null; child = parent, parent = parent.Parent)
            if (parent is TryStatementSyntax attempt && attempt.Block == child && attempt.Catches.Count > 0)
                return attempt;
        return null;
    }

    private static bool MentionsOutside(SyntaxNode region, TryStatementSyntax attempt, ScopedToken token) =>
        region.DescendantNodes(node => node != attempt).OfType<IdentifierNameSyntax>().Any(name => name.Identifier.ValueText == token.Variable.Name);

    private static bool Mentions(SyntaxNode code, ScopedToken token) =>
        code.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>().Any(name => name.Identifier.ValueText == token.Variable.Name);
}
