using System.Collections.Concurrent;
using System.Collections.Immutable;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;

namespace AgentLint.Analysis;

/// <summary>Something that the catalogue knows and a method reaches, with the shortest chain of calls that leads there.</summary>
internal sealed record Effect(CatalogueEntry Entry, Witness Witness);

/// <summary>What a method does, through all that it calls.</summary>
/// <param name="Effects">Nearest first; within the same distance in the order of the text.</param>
/// <param name="IsCut">Whether a bound on depth or work ended the search: what is not listed may still be reached.</param>
internal sealed record EffectSummary(ImmutableArray<Effect> Effects, bool IsCut)
{
    public Effect? First(Func<CatalogueEntry, bool> wanted) => Effects.FirstOrDefault(effect => wanted(effect.Entry));
}

/// <summary>
/// Summaries of methods, each made once. A breadth-first search over the call graph: cycles end it by themselves, the witness is the
/// shortest chain, and the answer does not depend on which method was asked about first.
/// </summary>
internal sealed class EffectSummaries(AgentModel model)
{
    /// <summary>How many methods one search looks into.</summary>
    private const int MaxMethods = 4000;

    private readonly CallGraph graph = CallGraph.Of(model);
    private readonly ConcurrentDictionary<(IMethodSymbol Method, int Depth), EffectSummary> summaries = new(new KeyComparer());

    // Methods of which a whole search has shown that they reach nothing: no later search enters them.
    private readonly ConcurrentDictionary<IMethodSymbol, bool> inert = new(SymbolEqualityComparer.Default);

    public static EffectSummaries Of(AgentModel model) => model.Shared(m => new EffectSummaries(m));

    /// <summary>What a method reaches.</summary>
    /// <param name="method">The root; it may be without source, then the summary is empty.</param>
    /// <param name="depth">How many calls are followed from the root.</param>
    /// <param name="cancellation">Ends the search with an exception.</param>
    public EffectSummary Of(IMethodSymbol method, int depth, CancellationToken cancellation)
    {
        method = method.OriginalDefinition;
        if (summaries.TryGetValue((method, depth), out var known))
            return known;
        return summaries.GetOrAdd((method, depth), Search(method, graph.CallsOf(method, cancellation), depth, cancellation));
    }

    /// <summary>What evaluating an operation reaches: the calls that stand in it, and through them.</summary>
    public EffectSummary Of(IOperation operation, int depth, CancellationToken cancellation) =>
        Search(null, graph.CallsIn(operation, cancellation), depth, cancellation);

    private EffectSummary Search(IMethodSymbol? root, ImmutableArray<Call> first, int depth, CancellationToken cancellation)
    {
        var effects = ImmutableArray.CreateBuilder<Effect>();
        var reached = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        var entered = new HashSet<IMethodSymbol>(SymbolEqualityComparer.Default);
        if (root != null)
            entered.Add(root);
        var level = new List<(ImmutableArray<Call> Path, ImmutableArray<Call> Calls)> { ([], first) };
        var isCut = false;
        for (var distance = 0; level.Count > 0; distance++)
        {
            var next = new List<(ImmutableArray<Call> Path, ImmutableArray<Call> Calls)>();
            foreach (var (path, calls) in level)
                foreach (var call in calls)
                {
                    cancellation.ThrowIfCancellationRequested();
                    var entries = model.EntriesOf(Named(call.Named));
                    if (!entries.IsEmpty)
                    {
                        if (reached.Add(Named(call.Named)))
                            effects.AddRange(entries.Select(entry => new Effect(entry, new Witness(path.Add(call)))));
                        // Below a call that crosses the network lies the client's own business.
                        if (entries.Any(entry => entry.IsRemoteCall()))
                            continue;
                    }

                    if (call.Target is not { } target || inert.ContainsKey(target))
                        continue;
                    if (distance >= depth || entered.Count >= MaxMethods)
                        isCut |= MethodBodies.HasSource(target, model);
                    else if (entered.Add(target) && graph.CallsOf(target, cancellation) is { IsEmpty: false } inner)
                        next.Add((path.Add(call), inner));
                }

            level = next;
        }

        if (effects.Count == 0 && !isCut)
            foreach (var method in entered)
                inert.TryAdd(method, true);
        return new EffectSummary(effects.ToImmutable(), isCut);
    }

    // The catalogue knows properties, a call graph their accessors.
    private static ISymbol Named(IMethodSymbol method) => method.AssociatedSymbol as IPropertySymbol ?? (ISymbol)method;

    private sealed class KeyComparer : IEqualityComparer<(IMethodSymbol Method, int Depth)>
    {
        public bool Equals((IMethodSymbol Method, int Depth) x, (IMethodSymbol Method, int Depth) y) =>
            x.Depth == y.Depth && SymbolEqualityComparer.Default.Equals(x.Method, y.Method);

        public int GetHashCode((IMethodSymbol Method, int Depth) key) => SymbolEqualityComparer.Default.GetHashCode(key.Method) * 31 + key.Depth;
    }
}
