using System.Collections.Concurrent;
using System.Collections.Immutable;
using AgentLint.Analysis.Facts;
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

    /// <summary>How many methods are looked into to show that one of them reaches nothing.</summary>
    private const int MaxInert = 200;

    private readonly CallGraph graph = CallGraph.Of(model);
    private readonly ForeignFacts foreign = ForeignFacts.Of(model);
    private readonly ConcurrentDictionary<(IMethodSymbol Method, int Depth), EffectSummary> summaries = new(new KeyComparer());
    private readonly ConcurrentDictionary<(IMethodSymbol Method, int Depth), EffectSummary> possible = new(new KeyComparer());

    // Whether a method reaches nothing, however deep: no search enters it.
    private readonly ConcurrentDictionary<IMethodSymbol, bool> inert = new(SymbolEqualityComparer.Default);

    public static EffectSummaries Of(AgentModel model) => model.Shared(m => new EffectSummaries(m));

    /// <summary>What a method reaches.</summary>
    /// <param name="method">The root; where it is of another assembly, the summary is what that publishes.</param>
    /// <param name="depth">How many calls are followed from the root.</param>
    /// <param name="cancellation">Ends the search with an exception.</param>
    public EffectSummary Of(IMethodSymbol method, int depth, CancellationToken cancellation)
    {
        method = method.OriginalDefinition;
        if (summaries.TryGetValue((method, depth), out var known))
            return known;
        return summaries.GetOrAdd((method, depth), Search(method, graph.CallsOf(method, cancellation), depth, isMay: false, cancellation));
    }

    /// <summary>
    /// What a method may reach: also through calls of which it is only known that one of a few implementations runs. <see cref="Witness.IsPossible"/>
    /// tells what rests on such a call; a suggestion may be made of it, a warning not.
    /// </summary>
    public EffectSummary MayOf(IMethodSymbol method, int depth, CancellationToken cancellation)
    {
        method = method.OriginalDefinition;
        if (possible.TryGetValue((method, depth), out var known))
            return known;
        return possible.GetOrAdd((method, depth), Search(method, graph.CallsOf(method, cancellation), depth, isMay: true, cancellation));
    }

    /// <summary>What evaluating an operation reaches: the calls that stand in it, and through them.</summary>
    public EffectSummary Of(IOperation operation, int depth, CancellationToken cancellation) =>
        Search(null, graph.CallsIn(operation, cancellation), depth, isMay: false, cancellation);

    /// <summary>What evaluating an operation may reach, also through one of a few implementations.</summary>
    public EffectSummary MayOf(IOperation operation, int depth, CancellationToken cancellation) =>
        Search(null, graph.CallsIn(operation, cancellation), depth, isMay: true, cancellation);

    private EffectSummary Search(IMethodSymbol? root, ImmutableArray<Call> first, int depth, bool isMay, CancellationToken cancellation)
    {
        var effects = ImmutableArray.CreateBuilder<Effect>();
        var reached = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        var entered = new HashSet<IMethodSymbol>(SymbolEqualityComparer.Default);
        if (root != null)
        {
            entered.Add(root);
            AddPublished(root, []);
        }

        var level = new List<(ImmutableArray<Call> Path, ImmutableArray<Call> Calls)> { ([], first) };
        var isCut = false;
        for (var distance = 0; level.Count > 0; distance++)
        {
            var next = new List<(ImmutableArray<Call> Path, ImmutableArray<Call> Calls)>();
            foreach (var (path, calls) in level)
                foreach (var call in calls)
                {
                    cancellation.ThrowIfCancellationRequested();
                    var entries = model.EntriesOf(call.Member);
                    if (!entries.IsEmpty)
                    {
                        // What some writes do depends on what they are given: each counts.
                        if (reached.Add(call.Member) || entries.Any(DependsOnCall))
                            effects.AddRange(entries.Select(entry => new Effect(entry, new Witness(path.Add(call)))));
                        // Below a call that crosses the network lies the client's own business.
                        if (entries.Any(entry => entry.IsRemoteCall()))
                            continue;
                    }

                    foreach (var followed in isMay ? call.Followed : call.Target != null ? [call] : [])
                    {
                        if (followed.Target is not { } target || entered.Contains(target) || IsInert(target, cancellation))
                            continue;
                        if (foreign.Know(target, cancellation))
                        {
                            entered.Add(target);
                            AddPublished(target, path.Add(followed));
                            continue;
                        }

                        if (distance >= depth || entered.Count >= MaxMethods)
                        {
                            isCut = true;
                            continue;
                        }

                        entered.Add(target);
                        next.Add((path.Add(followed), graph.CallsOf(target, cancellation)));
                    }
                }

            level = next;
        }

        return new EffectSummary(effects.ToImmutable(), isCut);

        void AddPublished(IMethodSymbol method, ImmutableArray<Call> path)
        {
            var published = foreign.EffectsOf(method, cancellation).Where(effect => isMay || !effect.Witness.IsPossible).ToList();
            var seen = published.Select(effect => effect.Witness.Target).Where(reached.Contains).ToImmutableHashSet(SymbolEqualityComparer.Default);
            foreach (var effect in published)
                if (reached.Add(effect.Witness.Target) || !seen.Contains(effect.Witness.Target) || DependsOnCall(effect.Entry))
                    effects.Add(effect with { Witness = effect.Witness with { Steps = path } });
        }
    }

    // Said of the method alone, not of a search: what is cut or entered must not depend on who asked before.
    private bool IsInert(IMethodSymbol method, CancellationToken cancellation)
    {
        if (inert.TryGetValue(method, out var known))
            return known;
        if (foreign.Know(method, cancellation))
            return inert.GetOrAdd(method, false);
        var reachable = new HashSet<IMethodSymbol>(SymbolEqualityComparer.Default) { method };
        var open = new Queue<IMethodSymbol>();
        open.Enqueue(method);
        while (open.Count > 0)
            foreach (var call in graph.CallsOf(open.Dequeue(), cancellation))
            {
                cancellation.ThrowIfCancellationRequested();
                if (!model.EntriesOf(call.Member).IsEmpty)
                    return inert.GetOrAdd(method, false);
                foreach (var followed in call.Followed)
                {
                    if (followed.Target is not { } target || !reachable.Add(target))
                        continue;
                    if (foreign.Know(target, cancellation))
                        return inert.GetOrAdd(method, false);
                    // What reaches such a method reaches as much.
                    if (reachable.Count > MaxInert || (inert.TryGetValue(target, out var reachesNothing) && !reachesNothing))
                        return inert.GetOrAdd(method, false);
                    open.Enqueue(target);
                }
            }

        foreach (var one in reachable)
            inert.TryAdd(one, true);
        return true;
    }

    private static bool DependsOnCall(CatalogueEntry entry) =>
        entry.Role is CatalogueRole.Effect && entry["class"] is "by-sql" or "by-verb" or "by-change";

    private sealed class KeyComparer : IEqualityComparer<(IMethodSymbol Method, int Depth)>
    {
        public bool Equals((IMethodSymbol Method, int Depth) x, (IMethodSymbol Method, int Depth) y) =>
            x.Depth == y.Depth && SymbolEqualityComparer.Default.Equals(x.Method, y.Method);

        public int GetHashCode((IMethodSymbol Method, int Depth) key) => SymbolEqualityComparer.Default.GetHashCode(key.Method) * 31 + key.Depth;
    }
}
