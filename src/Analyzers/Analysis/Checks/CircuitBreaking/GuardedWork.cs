using AgentLint.Analysis.Calls;
using AgentLint.Analysis.Flow;
using AgentLint.Analysis.Summaries;
using AgentLint.Analysis.Writes;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Analysis.Checks.CircuitBreaking;

/// <summary>A handler that takes every failure of remote work, and what it does then.</summary>
/// <param name="Ways">What the handler does.</param>
/// <param name="Attempt">The statement that it belongs to.</param>
/// <param name="Function">The function that it stands in.</param>
/// <param name="Work">The remote work: a write where there is one, else the nearest call.</param>
/// <param name="Write">What the work changes; null where it is not shown to change anything.</param>
/// <param name="First">The call in the block that leads to remote work first.</param>
/// <param name="IsOfTimeouts">Whether the handler takes time limits and cancellations alone.</param>
internal sealed record GuardedFailure(HandlerWays Ways, TryStatementSyntax Attempt, IMethodSymbol Function, Effect Work, Write? Write, SyntaxNode First, bool IsOfTimeouts)
{
    /// <summary>Whether the handler takes the failures of the client alone.</summary>
    public bool IsOfClient { get; init; }

    /// <summary>Whether the function gives nothing back, so that its caller takes its end for success.</summary>
    public bool GivesNothingBack => Function.GivesNothing();

    public CatchClauseSyntax Handler => Ways.Handler;

    /// <summary>Whether the work is one of several that the call may run.</summary>
    public bool IsPossible => Work.Witness.IsPossible;
}

/// <summary>
/// Finds the handlers of a file that take every failure of remote work, or every time limit, and do no more with it than to write it down. Tests, clean-up
/// and handlers of handlers are left out.
/// </summary>
internal sealed class GuardedWork(AgentModel model, SemanticModel semantics, int depth, CancellationToken cancellation)
{
    private readonly Handlers handlers = new(model, semantics, cancellation);

    /// <summary>Those handlers, in the order of the text.</summary>
    /// <param name="replacing">Whether handlers count too that give a variable of the function another value.</param>
    /// <param name="ofClients">Whether handlers count too that take the failures of a client alone.</param>
    /// <param name="doing">Whether handlers count too that do more than to write the failure down.</param>
    public IEnumerable<GuardedFailure> In(bool replacing = false, bool ofClients = false, bool doing = false)
    {
        var index = NameIndex.Of(semantics.SyntaxTree, cancellation);
        if (!index.Mentions("catch") || TestPlaces.Of(model, cancellation).Contains(semantics.SyntaxTree))
            yield break;
        var remote = RemoteNames.Of(model, cancellation).In(semantics.SyntaxTree, cancellation).ToList();
        if (remote.Count == 0)
            yield break;
        var root = semantics.SyntaxTree.GetRoot(cancellation);
        foreach (var position in index.PositionsOf("catch"))
            if (root.FindToken(position) is { Parent: CatchClauseSyntax { Parent: TryStatementSyntax attempt } handler } token
                && token.SpanStart == position
                && remote.Any(name => attempt.Block.Span.Contains(name.Span))
                && !Handlers.Throws(handler.Block)
                && !IsCleanUp(attempt)
                && Of(handler, attempt, replacing, ofClients, doing) is { } failure)
                yield return failure;
    }

    /// <summary>Whether a write reaches somebody else: money, a message, an order. A row that is missing is found by the next look at the table.</summary>
    public static bool IsSentOut(CatalogueEntry write) => write.Role == CatalogueRole.Effect && write["kind"] is "payment" or "mail" or "sms" or "call" or "publish" or "http";

    private GuardedFailure? Of(CatchClauseSyntax handler, TryStatementSyntax attempt, bool replacing, bool ofClients, bool doing)
    {
        var isOfTimeouts = handlers.TakesTimeouts(handler);
        var isOfClient = ofClients && handlers.TakesRemoteFailures(handler);
        if ((!isOfTimeouts && !isOfClient && !handlers.TakesAll(handler))
            || handlers.Of(handler) is not { } ways
            || !(ways.OnlyLogs || doing || (replacing && ways.Replacement != null))
            || semantics.GetEnclosingSymbol(attempt.SpanStart, cancellation) is not IMethodSymbol function
            || IsOfEnd(function, model)
            || semantics.GetOperation(attempt.Block, cancellation) is not { } block)
            return null;
        var effects = EffectSummaries.Of(model).MayOf(block, depth, cancellation).Effects.Where(effect => !IsGuardedWithin(effect, attempt) && !EmbeddedDatabases.Serve(effect, model, cancellation)).ToList();
        if (effects.FirstOrDefault(effect => effect.Entry.IsRemoteCall()) is not { } nearest)
            return null;
        // What reaches somebody else counts before what is kept in a table.
        var first = nearest.Witness.Steps[0].Site;
        foreach (var effect in effects.OrderBy(effect => IsSentOut(effect.Entry) ? 0 : 1))
            if (effect.Entry.Role == CatalogueRole.Effect
                && effect.Entry["kind"] is not ("delete" or "file" or "process" or "start" or "input")
                && model.EntriesOf(effect.Witness.Target).Any(RoleQuestions.IsRemoteCall)
                && Writes.Writes.Of(model).Classify(effect, function, cancellation) is { Changes: true, MayAsk: false, Destroys: false } write)
                return new GuardedFailure(ways, attempt, function, effect, write, first, isOfTimeouts) { IsOfClient = isOfClient };
        return new GuardedFailure(ways, attempt, function, nearest, null, first, isOfTimeouts) { IsOfClient = isOfClient };
    }

    // A failure that a handler nearer to the call takes does not come here.
    private bool IsGuardedWithin(Effect effect, TryStatementSyntax attempt) =>
        effect.Witness.Steps.Any(step => SwallowingTries.StandAround(step.Site, model, cancellation, attempt));

    // In a handler or a finally block, or around what only lets go.
    private static bool IsCleanUp(TryStatementSyntax attempt) =>
        attempt.Ancestors().TakeWhile(node => !Handlers.IsFunction(node)).Any(node => node is CatchClauseSyntax or FinallyClauseSyntax);

    /// <summary>Whether a function is run when something ends.</summary>
    public static bool IsOfEnd(IMethodSymbol function, AgentModel model)
    {
        for (ISymbol? symbol = function; symbol is IMethodSymbol method; symbol = method.ContainingSymbol)
            if (method.Name is "Dispose" or "DisposeAsync" or "DisposeAsyncCore" || method.MethodKind == MethodKind.Destructor || (model.Find(method, CatalogueRole.RunsOnce) != null && method.Name.StartsWith("Stop", StringComparison.Ordinal)))
                return true;
        return false;
    }
}
