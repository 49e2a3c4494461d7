using System.Collections.Concurrent;
using System.Collections.Immutable;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Concurrency;

/// <summary>What a call of a method leaves behind, through all that it calls.</summary>
/// <param name="ChangesState">Whether it changes something that it does not own and was not given, or may do so unseen.</param>
/// <param name="Changed">The parameters whose objects it changes; <see cref="Accesses.Self"/> for the object that it is called on.</param>
/// <param name="ReadMembers">The fields and properties that it reads.</param>
internal sealed record Footprint(bool ChangesState, ImmutableHashSet<int> Changed, ImmutableHashSet<ISymbol> ReadMembers)
{
    /// <summary>Whether two calls of such methods can run at once, as far as their own objects and the world go.</summary>
    public bool IsQuiet => !ChangesState && !Changed.Contains(Accesses.Self);
}

/// <summary>Finds what methods leave behind. Each body is read once.</summary>
internal sealed class Footprints(AgentModel model)
{
    /// <summary>How many methods one answer looks into.</summary>
    private const int MaxMethods = 1000;

    private readonly CallGraph graph = CallGraph.Of(model);
    private readonly ModelRequests requests = ModelRequests.Of(model);
    private readonly ConcurrentDictionary<IMethodSymbol, Footprint> footprints = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<IMethodSymbol, Body> bodies = new(SymbolEqualityComparer.Default);

    public static Footprints Of(AgentModel model) => model.Shared(m => new Footprints(m));

    public Mutability Mutability { get; } = new(model);

    /// <summary>What one call of a method leaves behind. A method without source changes nothing, as far as is known.</summary>
    public Footprint Of(IMethodSymbol method, CancellationToken cancellation)
    {
        method = method.OriginalDefinition;
        return footprints.TryGetValue(method, out var known) ? known : footprints.GetOrAdd(method, Read(method, cancellation));
    }

    /// <summary>What some code accesses, the objects that it changes itself or through the methods that it calls, and whether those change more.</summary>
    public (Accesses Own, ImmutableArray<AccessPath> Changes, bool ChangesState) In(IOperation code, Func<IOperation, bool>? except, CancellationToken cancellation)
    {
        var own = Accesses.Of(code, except, Mutability, graph, cancellation);
        var changesState = own.CallsUnknown;
        var changes = own.Changed.ToList();
        foreach (var callee in own.HandOvers.GroupBy(h => h.Callee, SymbolEqualityComparer.Default))
        {
            var footprint = Of((IMethodSymbol)callee.Key!, cancellation);
            changesState |= footprint.ChangesState;
            changes.AddRange(callee.Where(h => footprint.Changed.Contains(h.Ordinal)).Select(h => h.Path));
        }

        return (own, [.. changes], changesState);
    }

    private Footprint Read(IMethodSymbol root, CancellationToken cancellation)
    {
        var reached = new Dictionary<IMethodSymbol, (Body Body, HashSet<int> Changed)>(SymbolEqualityComparer.Default);
        var open = new Queue<IMethodSymbol>();
        open.Enqueue(root);
        while (open.Count > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            var method = open.Dequeue();
            if (reached.ContainsKey(method))
                continue;
            if (reached.Count >= MaxMethods)
                return new Footprint(true, [], ImmutableHashSet.Create<ISymbol>(SymbolEqualityComparer.Default));
            var body = BodyOf(method, cancellation);
            reached.Add(method, (body, [.. body.Changed]));
            foreach (var call in graph.CallsOf(method, cancellation))
                // Below a call that crosses the network lies the client's own business, or the agent's.
                if (call.Target is { } target && !model.EntriesOf(call.Named).Any(e => e.IsRemoteCall()) && !requests.TakesMessage(target))
                    open.Enqueue(target);
        }

        // What a method changes of the objects that it is given, its callers change where those come from.
        var changesState = reached.Values.Any(r => r.Body.ChangesState || (r.Body.Posts && !requests.TakesMessage(root)));
        for (var grows = true; grows;)
        {
            grows = false;
            foreach (var (body, changed) in reached.Values)
                foreach (var (callee, ordinal, origin) in body.HandOvers)
                    if (reached.TryGetValue(callee, out var inner) && inner.Changed.Contains(ordinal))
                        if (origin is { } parameter)
                            grows |= changed.Add(parameter);
                        else
                            changesState = true;
        }

        return new Footprint(
            changesState, [.. reached[root].Changed], reached.Values.SelectMany(r => r.Body.ReadMembers).ToImmutableHashSet(SymbolEqualityComparer.Default));
    }

    private Body BodyOf(IMethodSymbol method, CancellationToken cancellation) =>
        bodies.TryGetValue(method, out var known) ? known : bodies.GetOrAdd(method, ReadBody(method, cancellation));

    private Body ReadBody(IMethodSymbol method, CancellationToken cancellation)
    {
        var changesState = false;
        var posts = false;
        var changed = new HashSet<int>();
        var members = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        var handOvers = new List<(IMethodSymbol Callee, int Ordinal, int? Origin)>();
        foreach (var code in MethodBodies.Of(method, model, cancellation))
        {
            var accesses = Accesses.Of(code, null, Mutability, graph, cancellation);
            var origins = new Origins(method, code, cancellation);
            changesState |= accesses.CallsUnknown;
            foreach (var call in graph.CallsIn(code, cancellation).Where(call => ChangesTheWorld(call.Named)))
                if (model.EntriesOf(call.Named).Where(ChangesTheWorld).All(IsPost))
                    posts |= !requests.IsPrompt(call.Named, call.Site);
                else
                    changesState = true;
            foreach (var path in accesses.Assigned.Where(path => !origins.IsVariable(path)).Concat(accesses.Changed))
                Change(origins.Of(path));
            foreach (var path in accesses.Reads)
            {
                members.UnionWith(new[] { path.Root, path.Member }.Where(m => m is IFieldSymbol or IPropertySymbol)!);
                // Whoever reads a conversation goes on with it.
                if (Mutability.IsSession(TypeOf(path.Member ?? path.Root)))
                    Change(origins.Of(path));
            }

            foreach (var handOver in accesses.HandOvers)
                switch (origins.Of(handOver.Path))
                {
                    case { Kind: OriginKind.Given } given:
                        handOvers.Add((handOver.Callee, handOver.Ordinal, given.Ordinal));
                        break;
                    case { Kind: OriginKind.State }:
                        handOvers.Add((handOver.Callee, handOver.Ordinal, null));
                        break;
                }
        }

        return new Body(changesState, posts, [.. changed], [.. handOvers], [.. members]);

        void Change(Origin origin)
        {
            changesState |= origin.Kind == OriginKind.State;
            if (origin.Kind == OriginKind.Given)
                changed.Add(origin.Ordinal);
        }
    }

    /// <summary>Whether a call does something that others can see, so that it matters when it happens.</summary>
    public bool ChangesTheWorld(Effect effect) =>
        ChangesTheWorld(effect.Entry)
        && ChangesTheWorld(effect.Witness.Target)
        && !(IsPost(effect.Entry) && requests.IsSentToModelOrAgent(effect.Witness));

    // What an agent does with a message is its own business.
    private bool ChangesTheWorld(IMethodSymbol method) => model.EntriesOf(method) is var entries && entries.Any(ChangesTheWorld) && !entries.Any(RoleQuestions.AsksModelOrAgent);

    // A prompt is posted, but changes nothing.
    private static bool IsPost(CatalogueEntry entry) => entry.Role == CatalogueRole.Effect && entry["kind"] == "http";

    private static bool ChangesTheWorld(CatalogueEntry entry) => entry.Role is
        CatalogueRole.Effect or CatalogueRole.ConsoleOutput or CatalogueRole.HumanInput or CatalogueRole.DatabaseCall or CatalogueRole.MessageCall
        or CatalogueRole.ActivityCall or CatalogueRole.ContinueAsNew
        || (entry.Role == CatalogueRole.ToolCall && !entry.Has("asks-model"))
        || (entry.Role == CatalogueRole.Sink && entry["kind"] == "store");

    private static ITypeSymbol? TypeOf(ISymbol symbol) => symbol switch
    {
        ILocalSymbol local => local.Type,
        IParameterSymbol parameter => parameter.Type,
        IFieldSymbol field => field.Type,
        IPropertySymbol property => property.Type,
        _ => null,
    };

    private sealed record Body(
        bool ChangesState,
        bool Posts,
        ImmutableArray<int> Changed,
        ImmutableArray<(IMethodSymbol Callee, int Ordinal, int? Origin)> HandOvers,
        ImmutableArray<ISymbol> ReadMembers);
}
