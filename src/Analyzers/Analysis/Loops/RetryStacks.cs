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
internal sealed class RetryStacks(AgentModel model, RetryRegions scopes, CancellationToken cancellation)
{
    // A scope that reaches more kinds of calls than this says nothing new with the next one.
    private const int MaxEffects = 32;

    /// <summary>The stacks whose outermost layer stands in a file, in the order of the text.</summary>
    public IEnumerable<RetryStack> In(SyntaxTree tree, int depth)
    {
        var reported = new List<RetryRegion>();
        foreach (var scope in scopes.In(tree))
            if (!reported.Any(outer => outer.Body.Span.Contains(scope.Site.SourceSpan)) && StackOf(scope, depth) is { } stack)
            {
                reported.Add(scope);
                yield return stack;
            }

        foreach (var handler in scopes.Handlers.In(tree))
            if (StackOf(handler) is { } stack)
                yield return stack;
    }

    private RetryStack? StackOf(RetryRegion scope, int depth)
    {
        RetryStack? best = null;
        foreach (var effect in EffectSummaries.Of(model).Of(scope.Work, depth, cancellation).Effects.Where(effect => effect.Entry.IsRemoteCall()).Take(MaxEffects))
        {
            var layers = new List<RetryLayer>(scope.Layers);
            for (var i = 0; i < effect.Witness.Steps.Length; i++)
                foreach (var inner in scopes.Around(effect.Witness.Steps[i].Site))
                    // Around the first call only what stands in the scope itself lies between.
                    if (inner != scope && (i > 0 || scope.Body.Span.Contains(inner.Body.Span)) && !IsHandedOver(inner, effect.Witness.Steps, i))
                        layers.AddRange(inner.Layers);
            layers.AddRange(LayersOfClient(effect));
            if (layers.Count < 2)
                continue;
            layers.Reverse();
            var stack = new RetryStack(scope.Site, Witness.NameOf(effect.Witness.Target), [.. layers], effect.Witness);
            if (best == null || (stack.IsProven && !best.IsProven))
                best = stack;
        }

        return best;
    }

    // A delegate that is handed to a helper is reached where it is handed over, and its scope counts there.
    private static bool IsHandedOver(RetryRegion inner, ImmutableArray<Call> steps, int index) =>
        index > 0 && inner.Body.Span.Contains(steps[index].Site.Span) && steps.Take(index).Any(step => step.Site.SyntaxTree == inner.Body.SyntaxTree && inner.Body.Span.Contains(step.Site.Span));

    /// <summary>The layers that the client behind a call brings along, the outermost first.</summary>
    public IEnumerable<RetryLayer> LayersOfClient(Effect effect)
    {
        var step = effect.Witness.Steps[effect.Witness.Steps.Length - 1];
        var call = model.SemanticsOf(step.Site.SyntaxTree).GetOperation(step.Site, cancellation) as IInvocationOperation;
        if (effect.Entry.Role == CatalogueRole.HttpCall && !scopes.Handlers.IsEmpty && call != null && scopes.Handlers.ClientBehind(call) is { } client)
            foreach (var layer in LayersAround(client))
                if (!layer.ReadsOnly || model.Find(step.Named, CatalogueRole.Effect) == null)
                    yield return layer;
        if (scopes.Sdks.Of(step.Named, call?.Receiver()?.Type) is { } sdk)
            yield return sdk;
    }

    private IEnumerable<RetryLayer> LayersAround(object client) => scopes.Handlers.Around(client).SelectMany(LayersOf);

    private IEnumerable<RetryLayer> LayersOf(HttpHandler handler) =>
        handler.Handler is { } own ? scopes.In(own).Where(scope => !scopes.Around(scope.Body).Any(outer => outer != scope)).SelectMany(scope => scope.Layers) : handler.Layers;

    // The handler that makes the second layer around its client is the one to report.
    private RetryStack? StackOf(HttpHandler handler)
    {
        if (handler.Removes || !LayersOf(handler).Any())
            return null;
        var around = handler.Client is { } client ? scopes.Handlers.Around(client) : [.. scopes.Handlers.OfAllClients(handler.Function)];
        // A client with a type and a name is said once; what was removed is not there.
        if (!around.Contains(handler) || scopes.Handlers.All.First(h => h.Name == handler.Name) != handler)
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
