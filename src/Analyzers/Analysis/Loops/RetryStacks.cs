using System.Collections.Immutable;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Loops;

/// <summary>Layers of retries around one call.</summary>
/// <param name="Site">What a report points at.</param>
/// <param name="Target">What is called.</param>
/// <param name="Layers">The innermost first.</param>
/// <param name="Path">How the outermost layer leads to the call; null where it is wrapped around it.</param>
internal sealed record RetryStack(Location Site, string Target, ImmutableArray<RetryLayer> Layers, Witness? Path)
{
    /// <summary>Whether the program itself asks for two of the layers or more.</summary>
    public bool IsProven => Layers.Count(layer => !layer.IsDefault) > 1;

    /// <summary>Where the other layers are asked for.</summary>
    public IEnumerable<Location> Places =>
        Layers.Select(layer => layer.Site).OfType<SyntaxNode>().Where(site => !site.Span.Contains(Site.SourceSpan) || site.SyntaxTree != Site.SourceTree).Select(site => site.GetLocation())
            .Concat(Path?.Locations ?? []);
}

/// <summary>Finds calls that several layers retry, so that the attempts multiply.</summary>
internal sealed class RetryStacks(AgentModel model, RetryRegions regions, CancellationToken cancellation)
{
    // A scope that reaches more kinds of calls than this says nothing new with the next one.
    private const int MaxEffects = 32;

    /// <summary>The stacks whose outermost layer stands in a file, in the order of the text.</summary>
    public IEnumerable<RetryStack> In(SyntaxTree tree, int depth)
    {
        var reported = new List<RetryRegion>();
        foreach (var scope in regions.In(tree))
            if (!reported.Any(outer => outer.Body.Span.Contains(scope.Site.SourceSpan)) && StackOf(scope, depth) is { } stack)
            {
                reported.Add(scope);
                yield return stack;
            }

        foreach (var handler in regions.Handlers.In(tree))
            if (StackOf(handler) is { } stack)
                yield return stack;
    }

    private RetryStack? StackOf(RetryRegion scope, int depth)
    {
        RetryStack? best = null;
        foreach (var effect in EffectSummaries.Of(model).Of(scope.Work, depth, cancellation).Effects.Where(effect => effect.Entry.IsRemoteCall()).Take(MaxEffects))
        {
            var layers = LayersBelow(scope, effect);
            // That a message comes again after its retries is what redelivery is for.
            if (layers.Count(layer => !layer.Redelivers) < 2)
                continue;
            layers.Reverse();
            var stack = new RetryStack(scope.Site, effect.Witness.TargetName, [.. layers], effect.Witness);
            if (best == null || (stack.IsProven && !best.IsProven))
                best = stack;
        }

        return best;
    }

    // From the outermost layer to the call, as far as a failure comes back up: what a handler keeps to itself is tried by the layers below it only.
    private List<RetryLayer> LayersBelow(RetryRegion scope, Effect effect)
    {
        var layers = new List<RetryLayer>(scope.Layers);
        if (!IsKept(effect.Witness.Steps, scope, layers))
            layers.AddRange(LayersOfClient(effect));
        return layers;
    }

    /// <summary>The layers of a function on the way to what it reaches, those of the client included, the outermost first.</summary>
    public ImmutableArray<RetryLayer> LayersOn(Effect effect)
    {
        var layers = LayersOn(effect.Witness.Steps, out var isKept);
        return isKept ? layers : layers.AddRange(LayersOfClient(effect));
    }

    /// <summary>The layers around some calls that lead to each other.</summary>
    /// <param name="steps">The calls, the outermost first.</param>
    /// <param name="isKept">Whether a failure of the last one does not come back to the first.</param>
    public ImmutableArray<RetryLayer> LayersOn(ImmutableArray<Call> steps, out bool isKept)
    {
        var layers = new List<RetryLayer>();
        isKept = IsKept(steps, null, layers);
        return [.. layers];
    }

    // Whether a handler on the way keeps a failure; the layers up to there are added.
    private bool IsKept(ImmutableArray<Call> steps, RetryRegion? scope, List<RetryLayer> layers)
    {
        var seesResults = scope?.SeesResults == true;
        for (var i = 0; i < steps.Length; i++)
        {
            // Around the first call only what stands in the scope itself lies between.
            var inner = regions.Around(steps[i].Site)
                .Where(region => region != scope && (i > 0 || scope == null || scope.Body.Span.Contains(region.Body.Span)) && !IsHandedOver(region, steps, i))
                .ToList();
            foreach (var node in steps[i].Site.AncestorsAndSelf().TakeWhile(node => i > 0 || scope == null ? node is not MemberDeclarationSyntax : node != scope.Body).Reverse())
            {
                if (node is TryStatementSyntax attempt && attempt.Block.Span.Contains(steps[i].Site.Span) && !seesResults && KeptFailures.IsKept(attempt, model, cancellation))
                    return true;
                foreach (var region in inner.Where(region => region.Body == node))
                {
                    layers.AddRange(region.Layers);
                    seesResults = region.SeesResults;
                }
            }
        }

        return false;
    }

    // A delegate that is handed to a helper is reached where it is handed over, and its scope counts there.
    private static bool IsHandedOver(RetryRegion inner, ImmutableArray<Call> steps, int index) =>
        index > 0 && inner.Body.Span.Contains(steps[index].Site.Span) && steps.Take(index).Any(step => step.Site.SyntaxTree == inner.Body.SyntaxTree && inner.Body.Span.Contains(step.Site.Span));

    /// <summary>The layers that the client behind a call brings along, the outermost first.</summary>
    public IEnumerable<RetryLayer> LayersOfClient(Effect effect)
    {
        if (effect.Witness.Beyond is { Fact: var fact })
        {
            foreach (var retry in fact.Retries)
                yield return new RetryLayer(retry.Name, retry.Tries, null, retry.ReadsOnly) { IsOfOtherProject = true };
            yield break;
        }

        var step = effect.Witness.Steps[effect.Witness.Steps.Length - 1];
        var call = model.SemanticsOf(step.Site.SyntaxTree).GetOperation(step.Site, cancellation) as IInvocationOperation;
        if (effect.Entry.Role == CatalogueRole.HttpCall && !regions.Handlers.IsEmpty && call != null && regions.Handlers.ClientBehind(call) is { } client)
            foreach (var layer in LayersAround(client))
                if (!layer.ReadsOnly || model.Find(step.Named, CatalogueRole.Effect) == null)
                    yield return layer;
        if (regions.Sdks.Of(step.Named, call?.Receiver()?.Type) is { } sdk)
            yield return sdk;
        if (call != null && effect.Entry.Role is CatalogueRole.HttpCall or CatalogueRole.ModelCall)
            foreach (var handler in new HandMadeHandlers(model, cancellation).Below(call.Receiver()))
                foreach (var layer in LayersIn(handler))
                    yield return layer;
    }

    private IEnumerable<RetryLayer> LayersAround(object client) => regions.Handlers.Around(client).SelectMany(LayersOf);

    private IEnumerable<RetryLayer> LayersOf(HttpHandler handler) =>
        handler.Handler is { } own ? LayersIn(own) : handler.Layers;

    private IEnumerable<RetryLayer> LayersIn(INamedTypeSymbol handler) =>
        regions.In(handler).Where(region => !regions.Around(region.Body).Any(outer => outer != region)).SelectMany(region => region.Layers);

    // The handler that makes the second layer around its client is the one to report.
    private RetryStack? StackOf(HttpHandler handler)
    {
        if (handler.Removes || !LayersOf(handler).Any())
            return null;
        var around = handler.Client is { } client ? regions.Handlers.Around(client) : [.. regions.Handlers.OfAllClients(handler.Function)];
        // A client with a type and a name is said once; what was removed is not there.
        if (!around.Contains(handler) || regions.Handlers.All.First(h => h.Name == handler.Name) != handler)
            return null;
        var layers = around.TakeWhile(h => h != handler).SelectMany(LayersOf).Concat(LayersOf(handler)).ToList();
        if (layers.Count == LayersOf(handler).Count() && layers.Count < 2)
            return null;
        layers.Reverse();
        return new RetryStack(handler.Name.GetLocation(), ClientName(handler), [.. layers], null);
    }

    private static string ClientName(HttpHandler handler) => handler.Client switch
    {
        ISymbol type => type.Name,
        string name => name,
        _ => "HttpClient",
    };
}
