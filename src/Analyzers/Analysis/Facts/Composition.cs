using System.Collections.Concurrent;
using System.Collections.Immutable;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;

namespace AgentLint.Analysis.Facts;

/// <summary>
/// Puts the projects of a program together: behind a published call through an interface, what its only implementation reaches, in another assembly or in
/// this project. An answer depends on the member alone, and not on what was asked before.
/// </summary>
internal sealed class Composition(AgentModel model)
{
    // Bounds of one member, which honest programs stay below.
    private const int MaxMembers = 48;
    private const int MaxWay = 32;
    private const int MaxReached = 64;

    // What is behind more functions of this project than this is not looked into.
    private const int MaxFunctions = 500;
    private const int MaxSources = 8;

    private readonly ConcurrentDictionary<MemberFacts, Reach> reaches = new();
    private readonly ConcurrentDictionary<IMethodSymbol, ImmutableArray<ReachedFact>> ofSource = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<IMethodSymbol, bool> comesBack = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<(string Contract, string Member), IMethodSymbol?> members = new();

    public static Composition Of(AgentModel model) => model.Shared(m => new Composition(m));

    /// <summary>What a member of another assembly reaches in this program.</summary>
    public ImmutableArray<ReachedFact> ReachedBy(MemberFacts member, IMethodSymbol method, CancellationToken cancellation)
    {
        if (member.Calls.IsEmpty)
            return member.Reached;
        var behind = Behind(member, method.ContainingType, cancellation);
        var all = member.Reached.Concat(behind.Others.SelectMany(other => other.Facts.Reached.Select(other.Call.Before))).ToList();
        foreach (var source in behind.Sources)
            if (!ComesBack(source.Method, cancellation))
                all.AddRange(ReachedBySource(source.Method, cancellation).Select(source.Call.Before));
        // What is known for certain is no longer only possible. The order is that of one project.
        var certain = all.Where(fact => !fact.Is(ReachedTraits.Possible)).Select(fact => (fact.Entry, fact.Api)).ToImmutableHashSet();
        return [.. all.Where(fact => !fact.Is(ReachedTraits.Possible) || !certain.Contains((fact.Entry, fact.Api)))
            .OrderBy(fact => fact.Way.Length).ThenByDescending(fact => fact.Is(ReachedTraits.Unkeyed)).Take(MaxReached)];
    }

    /// <summary>The ordinals of the parameters of a member of another assembly that become the key of an operation in this program.</summary>
    public ImmutableArray<int> KeysOf(MemberFacts member, IMethodSymbol method, CancellationToken cancellation)
    {
        if (member.Calls.IsEmpty)
            return member.Keys;
        var behind = Behind(member, method.ContainingType, cancellation);
        var keys = new SortedSet<int>(member.Keys);
        foreach (var (call, facts) in behind.Others)
            keys.UnionWith(From(call, facts.Keys));
        foreach (var (call, source) in behind.Sources)
            if (call.Passes.Length > 0 && !ComesBack(source, cancellation))
                keys.UnionWith(From(call, [.. Writes.KeyFlow.Of(model).KeysAmong(source, cancellation)]));
        return [.. keys];

        static IEnumerable<int> From(OpenCallFact call, ImmutableArray<int> keys) => call.Passes.Where(pass => keys.Contains(pass.To)).Select(pass => pass.From);
    }

    /// <summary>The calls of a member of another assembly that are open in this project as well.</summary>
    public ImmutableArray<OpenCallFact> OpenBehind(MemberFacts member, IMethodSymbol method, CancellationToken cancellation) =>
        member.Calls.IsEmpty ? [] : Behind(member, method.ContainingType, cancellation).Open;

    /// <summary>Whether a member of another assembly may reach what is wanted: all that this project implements may.</summary>
    public bool MayReach(MemberFacts member, Func<INamedTypeSymbol?> type, Func<ReachedFact, bool> wanted, CancellationToken cancellation)
    {
        if (member.Reached.Any(wanted))
            return true;
        if (member.Calls.IsEmpty || type() is not { } from)
            return false;
        var behind = Behind(member, from, cancellation);
        return !behind.Sources.IsEmpty || behind.Others.Any(other => other.Facts.Reached.Select(other.Call.Before).Any(wanted));
    }

    // Breadth first: the nearest call leads to a member, and a circle ends by itself.
    private Reach Behind(MemberFacts member, INamedTypeSymbol type, CancellationToken cancellation)
    {
        if (reaches.TryGetValue(member, out var known))
            return known;
        var others = ImmutableArray.CreateBuilder<Other>();
        var sources = ImmutableArray.CreateBuilder<Source>();
        var open = ImmutableArray.CreateBuilder<OpenCallFact>();
        var entered = new HashSet<IMethodSymbol>(SymbolEqualityComparer.Default);
        var queue = new Queue<(MemberFacts Facts, INamedTypeSymbol Type, OpenCallFact? Before)>();
        queue.Enqueue((member, type, null));
        while (queue.Count > 0)
        {
            var (facts, from, before) = queue.Dequeue();
            foreach (var next in facts.Calls)
            {
                cancellation.ThrowIfCancellationRequested();
                var call = before?.Then(next) ?? next;
                if (call.Way.Length > MaxWay)
                    continue;
                if (MemberOf(next) is not { } contract || CallGraph.Of(model).Resolve(contract, from) is not { } target)
                {
                    if (open.Count < MaxMembers)
                        open.Add(call);
                    continue;
                }

                if (entered.Count >= MaxMembers || !entered.Add(target))
                    continue;
                call = call with { Traits = call.Traits | Promised(contract, target) };
                if (model.Declares(target))
                    sources.Add(new Source(call, target));
                else if (ForeignFacts.Of(model).Of(target, cancellation) is { } published)
                {
                    others.Add(new Other(call, published));
                    queue.Enqueue((published, target.ContainingType, call));
                }
            }
        }

        return reaches.GetOrAdd(member, new Reach(others.ToImmutable(), sources.ToImmutable(), open.ToImmutable()));
    }

    // Callers rely on what a member is declared to be.
    private OpenCallTraits Promised(IMethodSymbol contract, IMethodSymbol target)
    {
        return (Makes(CatalogueRole.Idempotent) ? OpenCallTraits.Guarded : OpenCallTraits.None) | (Makes(CatalogueRole.Deterministic) ? OpenCallTraits.Live : OpenCallTraits.None);

        bool Makes(CatalogueRole promise) => model.Find(contract, promise) != null || model.Find(target, promise) != null;
    }

    private IMethodSymbol? MemberOf(OpenCallFact call) => members.GetOrAdd((call.Contract, call.Member), key =>
        model.Compilation.GetTypesByMetadataName(key.Contract) is { Length: 1 } found && found[0] is { TypeKind: TypeKind.Interface } contract
            ? contract.GetMembers(AssemblyFacts.SimpleNameOf(key.Member)).OfType<IMethodSymbol>().FirstOrDefault(method => AssemblyFacts.KeyOf(method) == key.Member)
            : null);

    private ImmutableArray<ReachedFact> ReachedBySource(IMethodSymbol source, CancellationToken cancellation) =>
        ofSource.TryGetValue(source, out var known) ? known : ofSource.GetOrAdd(source, ProjectFacts.Of(model).ReachedBy(source, cancellation));

    // Whether a function of this project leads to itself through other assemblies. All circles lead through such a function, which no other is followed to.
    private bool ComesBack(IMethodSymbol source, CancellationToken cancellation)
    {
        if (comesBack.TryGetValue(source, out var known))
            return known;
        var entered = new HashSet<IMethodSymbol>(SymbolEqualityComparer.Default) { source };
        var queue = new Queue<IMethodSymbol>(entered);
        var sources = 0;
        while (queue.Count > 0)
            foreach (var call in CallGraph.Of(model).CallsOf(queue.Dequeue(), cancellation).SelectMany(call => call.Followed))
            {
                cancellation.ThrowIfCancellationRequested();
                if (call.Target is not { } target || !entered.Add(target))
                    continue;
                if (entered.Count > MaxFunctions)
                    return comesBack.GetOrAdd(source, true);
                if (model.Declares(target))
                    queue.Enqueue(target);
                else if (ForeignFacts.Of(model).Of(target, cancellation) is { Calls.IsEmpty: false } published)
                    foreach (var next in Behind(published, target.ContainingType, cancellation).Sources)
                        if (SymbolEqualityComparer.Default.Equals(next.Method, source) || ++sources > MaxSources)
                            return comesBack.GetOrAdd(source, true);
                        else if (entered.Add(next.Method))
                            queue.Enqueue(next.Method);
            }

        return comesBack.GetOrAdd(source, false);
    }

    /// <summary>A member of another assembly behind a call.</summary>
    private sealed record Other(OpenCallFact Call, MemberFacts Facts);

    /// <summary>A function of this project behind a call.</summary>
    private sealed record Source(OpenCallFact Call, IMethodSymbol Method);

    private sealed record Reach(ImmutableArray<Other> Others, ImmutableArray<Source> Sources, ImmutableArray<OpenCallFact> Open);
}
