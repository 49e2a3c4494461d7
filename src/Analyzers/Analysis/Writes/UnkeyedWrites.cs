using System.Collections.Immutable;
using AgentLint.Analysis.Facts;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Writes;

/// <summary>
/// Writes that act again when they are made again, where nothing tells the repetition from a new operation: no key, no look at what is there
/// already, nobody who is asked.
/// </summary>
internal sealed class UnkeyedWrites(AgentModel model)
{
    private readonly Writes writes = Writes.Of(model);
    private readonly OperationKeys keys = OperationKeys.Of(model);
    private readonly CallGraph graph = CallGraph.Of(model);
    private readonly EffectSummaries summaries = EffectSummaries.Of(model);
    private readonly Promises promises = Promises.Of(model);
    private readonly ImmutableHashSet<string> questionMembers = model.Catalogue.Of(CatalogueRole.Question).Where(entry => entry["in"] == "body").Select(entry => entry.Type).ToImmutableHashSet(StringComparer.OrdinalIgnoreCase);

    public static UnkeyedWrites Of(AgentModel model) => model.Shared(m => new UnkeyedWrites(m));

    /// <summary>Whether a write of the catalogue may be one of these.</summary>
    public static bool MayBe(CatalogueEntry entry) =>
        entry.Role == CatalogueRole.Effect
        && ((entry["class"] is "non-idempotent" or "conditional" or "by-verb" or "by-sql"
                && entry["kind"] is not ("file" or "process" or "input" or "upsert" or "delete" or "save"))
            || RelativeChanges.MayBe(entry));

    /// <summary>The unkeyed writes that the calls in a function reach, call by call.</summary>
    public IEnumerable<Write> In(IMethodSymbol function, int depth, CancellationToken cancellation) =>
        In(graph.CallsOf(function, cancellation), function, depth, isMay: false, cancellation);

    /// <summary>Those, and the ones that may be reached through one of a few implementations.</summary>
    public IEnumerable<Write> MayBeIn(IMethodSymbol function, int depth, CancellationToken cancellation) =>
        In(graph.CallsOf(function, cancellation), function, depth, isMay: true, cancellation);

    /// <summary>The unkeyed writes that the calls in some code of a function reach, call by call.</summary>
    public IEnumerable<Write> In(IOperation code, IMethodSymbol function, int depth, CancellationToken cancellation) =>
        In(graph.CallsIn(code, cancellation), function, depth, isMay: false, cancellation);

    /// <summary>The writes that were unkeyed if nothing was done with the answer that a function gives back.</summary>
    public IEnumerable<Write> InIfDropped(IMethodSymbol function, int depth, CancellationToken cancellation) =>
        In(graph.CallsOf(function, cancellation), function, depth, isMay: true, cancellation, isDropped: true);

    // Call by call: the same helper may post for one and read for the other.
    private IEnumerable<Write> In(ImmutableArray<Call> calls, IMethodSymbol root, int depth, bool isMay, CancellationToken cancellation, bool isDropped = false)
    {
        foreach (var call in calls)
        {
            var effects = EffectsOf(call, root, depth, isMay, cancellation);
            foreach (var effect in effects)
                if (MayBe(effect.Entry) && !promises.Cover(effect.Witness, CatalogueRole.Idempotent) && Classify(effect, effects, root, depth, isDropped, cancellation) is { } write && !IsAsked(effect.Witness, depth, cancellation))
                    yield return write;
        }
    }

    /// <summary>
    /// The writes in some code of a function that are refused when they are made again, where nothing takes the refusal for success: what was
    /// done then looks as if it had failed.
    /// </summary>
    public IEnumerable<Write> RefusedIn(IOperation code, IMethodSymbol function, int depth, CancellationToken cancellation)
    {
        foreach (var call in graph.CallsIn(code, cancellation))
            foreach (var effect in EffectsOf(call, function, depth, isMay: false, cancellation))
                if (effect.Entry.Has("refuses")
                    && effect.Witness.Beyond == null
                    && effect.Witness.Steps.All(step => step.Site.Ancestors().OfType<TryStatementSyntax>().All(attempt => !attempt.Block.Span.Contains(step.Site.Span) || attempt.Catches.All(PassesOn)))
                    && !StateChecks.Precede(effect.Witness, model, cancellation))
                    yield return new Write(effect, true, false, false, null);
    }

    // A handler that does nothing else than to throw again.
    private static bool PassesOn(CatchClauseSyntax handler) =>
        handler.Filter == null && handler.Block.Statements.LastOrDefault() is ThrowStatementSyntax && handler.Block.Statements.All(statement => statement is ExpressionStatementSyntax or ThrowStatementSyntax);

    private ImmutableArray<Effect> EffectsOf(Call call, IMethodSymbol root, int depth, bool isMay, CancellationToken cancellation)
    {
        var entries = model.EntriesOf(call.Named);
        var effects = ImmutableArray.CreateBuilder<Effect>();
        foreach (var entry in entries)
            effects.Add(new Effect(entry, new Witness([call])));
        if (depth > 0 && !entries.Any(entry => entry.IsRemoteCall()))
            foreach (var followed in isMay ? call.Followed : call.Target != null ? [call] : [])
                if (followed.Target is { } target && !SymbolEqualityComparer.Default.Equals(target, root))
                    foreach (var effect in (isMay ? summaries.MayOf(target, depth - 1, cancellation) : summaries.Of(target, depth - 1, cancellation)).Effects)
                        effects.Add(effect with { Witness = effect.Witness.After(followed) });
        return effects.ToImmutable();
    }

    private Write? Classify(Effect effect, ImmutableArray<Effect> all, IMethodSymbol root, int depth, bool isDropped, CancellationToken cancellation)
    {
        var entry = effect.Entry;
        if (effect.Witness.Beyond is { Fact: var fact })
            return fact.Is(ReachedTraits.Unkeyed) && What() is { } published && !StateChecks.Precede(effect.Witness, model, cancellation) ? published : null;
        if (entry["class"] == "conditional" && !((entry.Has("default") || entry.Has("key-parameter")) && entry.Has("key")))
            return null;
        if (entry["class"] == "conditional" && model.EntriesOf(effect.Witness.Target).Any(other => other.AsksModelOrAgent() || other.Role == CatalogueRole.ToolCall))
            return null;
        // DbSet.Add: what is saved is written.
        if (IsEntity(entry) && !model.EntriesOf(effect.Witness.Target).Any(RoleQuestions.IsRemoteCall) && !all.Concat(summaries.Of(root, depth, cancellation).Effects).Any(IsSave))
            return null;
        var write = entry["class"] == "conditional" ? new Write(effect, true, true, false, null) : What();
        if (write is not { Changes: true, Repeats: true } || (entry["kind"] == "http" && !IsOrder(effect, cancellation)))
            return null;
        var isIdentified = write.Relative == null && (keys.Identify(effect, cancellation) || UniqueKeys.Of(model, cancellation).Refuse(effect, cancellation));
        if (IsEntity(entry) && ConsumedSelections.Hold(effect.Witness, model, cancellation))
            return null;
        if (isIdentified || StateChecks.Precede(effect.Witness, model, cancellation) || (SavedBehind(effect, cancellation) is { } saved && StateChecks.Precede(saved, model, cancellation)))
            return null;
        return entry["kind"] == "publish" ? write with { FreshId = keys.FreshIdSent(effect.Witness, cancellation) } : write;

        Write? What() => isDropped ? writes.ClassifyIfDropped(effect, root, cancellation) : writes.Classify(effect, root, cancellation);
    }

    // db.Add(row); if (await db.Rows.AnyAsync(…)) return; await db.SaveChangesAsync(): what is added is written where it is saved, in the same function.
    private Witness? SavedBehind(Effect effect, CancellationToken cancellation)
    {
        if (effect.Witness.Steps is not { IsEmpty: false } steps)
            return null;
        var add = steps[steps.Length - 1];
        if (!IsEntity(effect.Entry) || model.EntriesOf(effect.Witness.Target).Any(RoleQuestions.IsRemoteCall)
            || add.Site.FirstAncestorOrSelf<SyntaxNode>(node => node is MemberDeclarationSyntax or LocalFunctionStatementSyntax or AnonymousFunctionExpressionSyntax) is not { } function)
            return null;
        var semantics = model.SemanticsOf(function.SyntaxTree);
        var saves = function.DescendantNodes().OfType<InvocationExpressionSyntax>()
            .Where(call => call.SpanStart > add.Site.Span.End && semantics.GetSymbolInfo(call, cancellation).Symbol is { } called
                && model.EntriesOf(called).Any(entry => entry.Role == CatalogueRole.Effect && entry["kind"] == "save"))
            .Take(2).ToList();
        return saves.Count == 1 ? new Witness(steps.SetItem(steps.Length - 1, add with { Site = saves[0] })) : null;
    }

    // A request with a body that does not say that it asks.
    private bool IsOrder(Effect effect, CancellationToken cancellation)
    {
        var site = effect.Witness.Steps[effect.Witness.Steps.Length - 1].Site;
        return model.SemanticsOf(site.SyntaxTree).GetOperation(site, cancellation) is IInvocationOperation call
            && new HttpRequest(call, effect.Witness, model, cancellation).HasBody(effect.Entry)
            && !keys.PartsSent(effect.Witness, cancellation).Any(part => part switch
            {
                IPropertyReferenceOperation { Property.Name: var name } => questionMembers.Contains(name),
                { ConstantValue: { HasValue: true, Value: string text } } => questionMembers.Contains(text),
                _ => false,
            });
    }

    /// <summary>Whether a look at what is there, a question to a person or a promise on the way keeps a second run of what a path leads to from acting again.</summary>
    public bool IsGuarded(Witness path, int depth, CancellationToken cancellation) =>
        StateChecks.Precede(path, model, cancellation) || IsAsked(path, depth, cancellation) || path.Steps.Any(step => promises.IsMadeBy(step, CatalogueRole.Idempotent));

    // Before one of the calls on the way, in the same function, somebody is asked.
    private bool IsAsked(Witness path, int depth, CancellationToken cancellation)
    {
        foreach (var step in path.Steps)
        {
            if (model.SemanticsOf(step.Site.SyntaxTree).GetEnclosingSymbol(step.Site.SpanStart, cancellation) is not IMethodSymbol function)
                continue;
            while (function.MethodKind is MethodKind.AnonymousFunction && function.ContainingSymbol is IMethodSymbol outer)
                function = outer;
            foreach (var call in graph.CallsOf(function, cancellation))
                if (call.Site.SpanStart < step.Site.SpanStart
                    && (model.EntriesOf(call.Named).Any(Asks) || (call.Target is { } target && summaries.Of(target, depth, cancellation).First(Asks) != null)))
                    return true;
        }

        return false;
    }

    private static bool IsEntity(CatalogueEntry entry) => entry["key"]?.StartsWith("entity:", StringComparison.Ordinal) == true;

    private static bool IsSave(Effect effect) => effect.Entry.Role == CatalogueRole.Effect && effect.Entry["kind"] == "save";

    private static bool Asks(CatalogueEntry entry) => entry.Role is CatalogueRole.HumanInput or CatalogueRole.Approval;
}
