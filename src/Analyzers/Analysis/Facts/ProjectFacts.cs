using System.Collections.Immutable;
using AgentLint.Analysis.Calls;
using AgentLint.Analysis.Loops;
using AgentLint.Analysis.Summaries;
using AgentLint.Analysis.Values;
using AgentLint.Analysis.Writes;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Analysis.Facts;

/// <summary>
/// What a project publishes about its members: of those that others can call, and of those that stand behind an interface or a base that others can
/// call, what they reach. Which members may reach something is found by name over the text; only these are looked into.
/// </summary>
internal sealed class ProjectFacts(AgentModel model)
{
    // The depth that rules follow calls to where nothing else is set.
    private const int Depth = 8;

    // What a member reaches beyond that adds nothing to a message.
    private const int MaxReached = 24;

    // How many methods are looked into for what one of them registers.
    private const int MaxRegistering = 200;

    private readonly Once<IReadOnlyCollection<string>> registering = new();
    private readonly Once<ILookup<IMethodSymbol, ServiceRegistration>> byFunction = new();
    private readonly Once<string> text = new();
    private readonly Once<AssemblyFacts> facts = new();
    private readonly EffectSummaries summaries = EffectSummaries.Of(model);

    public static ProjectFacts Of(AgentModel model) => model.Shared(m => new ProjectFacts(m));

    /// <summary>The facts as they are published; empty where the project reaches nothing.</summary>
    public string Text(CancellationToken cancellation) => text.Get(() => FactsText.Write(Collect(cancellation)));

    /// <summary>The facts as others read them.</summary>
    public AssemblyFacts Read(CancellationToken cancellation) => facts.Get(() => FactsText.Read(Text(cancellation), model.Catalogue, cancellation));

    private static bool IsOfInterest(CatalogueEntry entry) =>
        entry.IsRemoteCall()
        || entry.Role is CatalogueRole.Effect or CatalogueRole.HumanInput or CatalogueRole.Approval or CatalogueRole.ActivityCall or CatalogueRole.WebhookCheck
            or CatalogueRole.ReplayUnsafe or CatalogueRole.LeavesScheduler
        || (entry.Role == CatalogueRole.ConsoleOutput && ConsoleWriter.Of(entry).WritesNow);

    private AssemblyFacts Collect(CancellationToken cancellation)
    {
        // Nobody calls into a program.
        if (!PublishedFacts.AreOf(model.Compilation))
            return AssemblyFacts.None;
        var query = model.Query(entry => IsOfInterest(entry) || entry.Role == CatalogueRole.ServiceRegistration);
        var foreign = new NameSet(ForeignFacts.Of(model).NamesWhere(_ => true, cancellation));
        var names = LeadingFunctions.From(
            model.Compilation,
            tree => (query.NamesIn(tree, cancellation).Concat(NameIndex.Of(tree, cancellation).Among(foreign)), []),
            cancellation).Names;
        var calling = OpenCalls.Of(model).Names(cancellation);
        var taint = new PublishedSinks(model, cancellation);
        if (names.Count == 0 && calling.Count == 0 && taint.Names.Count == 0)
            return AssemblyFacts.None;
        var types = ImmutableSortedDictionary.CreateBuilder<string, TypeFacts>(StringComparer.Ordinal);
        foreach (var type in Implementations.TypesIn(model.Compilation.Assembly.GlobalNamespace))
        {
            var members = ImmutableSortedDictionary.CreateBuilder<string, MemberFacts>(StringComparer.Ordinal);
            var interfaces = new SortedSet<string>(StringComparer.Ordinal);
            foreach (var method in type.GetMembers().OfType<IMethodSymbol>())
            {
                cancellation.ThrowIfCancellationRequested();
                var (reaches, calls) = (names.Contains(NameOf(method)), calling.Contains(NameOf(method)));
                var takes = taint.Names.Contains(NameOf(method));
                if (method.IsAbstract || (!reaches && !calls && !takes) || !Visibility.IsReachable(method))
                    continue;
                var found = reaches ? FactsOf(method, cancellation) : new MemberFacts([]);
                if (calls)
                    found = found with { Calls = OpenCalls.Of(model).Of(method, cancellation) };
                if (takes)
                    found = found with { Sinks = taint.Of(method) };
                if (found.IsEmpty)
                    continue;
                members[AssemblyFacts.KeyOf(method)] = found;
                if (found.Acts)
                    interfaces.UnionWith(Visibility.InterfacesBehind(method).Select(AssemblyFacts.MetadataNameOf));
            }

            if (members.Count > 0)
                types[AssemblyFacts.MetadataNameOf(type)] = new TypeFacts([.. interfaces], members.ToImmutable());
        }

        return new AssemblyFacts(types.ToImmutable());
    }

    /// <summary>The names by which the text is searched: those of declarations.</summary>
    internal static string NameOf(IMethodSymbol method) => method switch
    {
        { MethodKind: MethodKind.Constructor or MethodKind.StaticConstructor } => FileFunctions.Creation + method.ContainingType.Name,
        { MethodKind: MethodKind.UserDefinedOperator or MethodKind.Conversion } or { AssociatedSymbol: IPropertySymbol { IsIndexer: true } } => FileFunctions.Operator,
        { AssociatedSymbol: { } member } => member.Name.Substring(member.Name.LastIndexOf('.') + 1),
        _ => method.Name.Substring(method.Name.LastIndexOf('.') + 1),
    };

    /// <summary>What a function of this project reaches. Retries are not among it: the search for these asks what functions reach.</summary>
    public ImmutableArray<ReachedFact> ReachedBy(IMethodSymbol method, CancellationToken cancellation) => ReachedBy(method, null, out _, cancellation);

    /// <summary>The search for layers that try again.</summary>
    public static RetryStacks RetriesOf(AgentModel model, CancellationToken cancellation) => new(model, RetryRegions.Of(model, Depth, cancellation), cancellation);

    private MemberFacts FactsOf(IMethodSymbol method, CancellationToken cancellation) => new(ReachedBy(method, RetriesOf(model, cancellation), out var hasEffects, cancellation))
    {
        Registered = [.. RegisteredBy(method, cancellation)],
        Keys = hasEffects ? [.. KeyFlow.Of(model).KeysAmong(method, cancellation)] : [],
    };

    private ImmutableArray<ReachedFact> ReachedBy(IMethodSymbol method, RetryStacks? retries, out bool hasEffects, CancellationToken cancellation)
    {
        var found = new List<ReachedFact>();
        var certain = summaries.Of(method, Depth, cancellation).Effects;
        var possible = summaries.MayOf(method, Depth, cancellation).Effects.Where(effect => effect.Witness.IsPossible);
        var all = certain.Concat(possible).Where(effect => IsOfInterest(effect.Entry)).ToList();
        var unkeyed = all.Any(effect => UnkeyedWrites.MayBe(effect.Entry))
            ? UnkeyedWrites.Of(model).In(method, Depth, cancellation).Concat(UnkeyedWrites.Of(model).MayBeIn(method, Depth, cancellation).Where(write => write.Effect.Witness.IsPossible)).ToList()
            : [];
        var open = unkeyed.Count > 0 || all.Any(effect => effect.Entry["kind"] == "http")
            ? UnkeyedWrites.Of(model).InIfDropped(method, Depth, cancellation).Where(write => IsOpen(write.Effect, cancellation)).ToList()
            : [];
        foreach (var write in open)
            Add(write.Effect, write, ReachedTraits.Unkeyed | ReachedTraits.Open | VariantOf(write.Effect, method, cancellation));
        foreach (var write in unkeyed.Where(write => !open.Any(other => IsSame(other.Effect, write.Effect))))
            Add(write.Effect, write, ReachedTraits.Unkeyed);
        unkeyed.AddRange(open);
        foreach (var effect in all)
            if (effect.Entry.Role is CatalogueRole.ReplayUnsafe or CatalogueRole.LeavesScheduler or CatalogueRole.ConsoleOutput)
            {
                // One of a kind is enough. A seed makes numbers that are the same each time.
                if (!IsSeeded(effect) && !found.Any(other => other.Entry.Role == effect.Entry.Role && other.Entry["kind"] == effect.Entry["kind"] && other.Entry["api"] == effect.Entry["api"] && other.Is(ReachedTraits.Live) == IsLive(effect, cancellation)))
                    Add(effect, null, ReachedTraits.None);
            }
            else if (effect.Entry.Role != CatalogueRole.Effect)
                Add(effect, null, ReachedTraits.None);
            else if (!unkeyed.Any(write => IsSame(write.Effect, effect)))
            {
                var write = Writes.Writes.Of(model).Classify(effect, method, cancellation);
                // Files, processes and texts that the caller does not name are the member's own business.
                if (write != null || effect.Entry["kind"] is not ("file" or "process" or "input" or "sql"))
                    Add(effect, write, ReachedTraits.None);
            }

        hasEffects = all.Any(effect => effect.Entry.Role == CatalogueRole.Effect);
        return [.. found.OrderBy(fact => fact.Way.Length).Take(MaxReached)];

        void Add(Effect effect, Write? write, ReachedTraits traits)
        {
            traits |= (effect.Witness.IsPossible ? ReachedTraits.Possible : ReachedTraits.None) | TraitsOf(write, effect, cancellation);
            var way = effect.Witness.Names.ToImmutableArray();
            if (!found.Any(other => other.Entry == effect.Entry && other.Traits == traits && other.Way.Last() == way.Last()))
                found.Add(new ReachedFact(effect.Entry, ApiOf(effect.Witness), way, traits)
                {
                    Relative = write?.Relative,
                    FreshId = write?.FreshId,
                    Retries = effect.Entry.IsRemoteCall() && retries != null ? RetryFact.Of(retries.LayersOn(effect)) : [],
                });
        }
    }

    // if (!Workflow.InWorkflow) …, or a call that the engine records, somewhere on the way.
    private bool IsLive(Effect effect, CancellationToken cancellation) =>
        effect.Witness.Beyond?.Fact.Is(ReachedTraits.Live) == true
        || effect.Witness.Steps.Any(step => ReplayGuards.Of(model).RunsOnlyLive(step.Site, cancellation))
        || (effect.Entry.IsRemoteCall() && effect.Witness.Steps.Any(step => RecordedCalls.Of(model).Contains(step.Site, cancellation)));

    private static bool IsSeeded(Effect effect) =>
        effect.Entry["kind"] == "random" && effect.Witness is { Beyond: null, Steps: var steps } && steps[steps.Length - 1].Site is BaseObjectCreationExpressionSyntax { ArgumentList.Arguments.Count: > 0 };

    // What the calls in a method, and in the methods that it calls, put into a container that it is given.
    private IEnumerable<RegisteredFact> RegisteredBy(IMethodSymbol method, CancellationToken cancellation)
    {
        if (!registering.Get(() => NamesOfRegistering(cancellation)).Contains(NameOf(method)))
            return [];
        var found = new List<RegisteredFact>();
        var entered = new HashSet<IMethodSymbol>(SymbolEqualityComparer.Default) { method };
        var open = new Queue<IMethodSymbol>(entered);
        while (open.Count > 0 && entered.Count < MaxRegistering)
        {
            var next = open.Dequeue();
            found.AddRange(byFunction.Get(() => ReadRegistrations(cancellation))[next.Implementation()].Select(FactOf).OfType<RegisteredFact>());
            foreach (var call in CallGraph.Of(model).CallsOf(next, cancellation))
                if (call.Target is { } target && MethodBodies.HasSource(target, model) && registering.Get(() => NamesOfRegistering(cancellation)).Contains(NameOf(target)) && entered.Add(target))
                    open.Enqueue(target);
        }

        return found.Distinct();
    }

    // By the function of its own that a registration stands in.
    private ILookup<IMethodSymbol, ServiceRegistration> ReadRegistrations(CancellationToken cancellation) =>
        ContainerServices.Of(model, cancellation).All
            .Select(registration => (Function: (IMethodSymbol?)CallerIndex.Of(model, cancellation).FunctionsAround(registration.Site, cancellation).LastOrDefault(), registration))
            .Where(one => one.Function != null)
            .ToLookup<(IMethodSymbol?, ServiceRegistration), IMethodSymbol, ServiceRegistration>(one => one.Item1!, one => one.Item2, SymbolEqualityComparer.Default);

    private IReadOnlyCollection<string> NamesOfRegistering(CancellationToken cancellation)
    {
        var query = model.Query(entry => entry.Role == CatalogueRole.ServiceRegistration);
        var foreign = new NameSet(ForeignFacts.Of(model).NamesWhere(member => !member.Registered.IsEmpty, cancellation));
        return LeadingFunctions.From(model.Compilation, tree => (query.NamesIn(tree, cancellation).Concat(NameIndex.Of(tree, cancellation).Among(foreign)), []), cancellation).Names;
    }

    private static RegisteredFact? FactOf(ServiceRegistration registration) =>
        registration is { Service: { } service, Implementation: { } made } && IsNamed(service) && IsNamed(made)
            ? new RegisteredFact(AssemblyFacts.MetadataNameOf(service.OriginalDefinition), AssemblyFacts.MetadataNameOf(made.OriginalDefinition), registration.Lifetime, registration.IsInstance || registration.Factory != null)
            : null;

    // What is made of type arguments is not one service.
    private static bool IsNamed(INamedTypeSymbol type) => type.TypeKind != TypeKind.Error && (!type.IsGenericType || type.IsUnboundGenericType);

    // The answer of a request goes to the member's callers.
    private bool IsOpen(Effect effect, CancellationToken cancellation) =>
        effect.Entry["kind"] == "http"
        && effect.Witness.Beyond?.Fact.Is(ReachedTraits.Open) != false
        && Answers.Of(effect.Witness, model, cancellation).IsReturned;

    // What the request is where its answer is used.
    private ReachedTraits VariantOf(Effect effect, IMethodSymbol method, CancellationToken cancellation) =>
        Writes.Writes.Of(model).Classify(effect, method, cancellation) is { } used
            ? When(used.MayAsk, ReachedTraits.MayAsk) | When(used.IsLikely, ReachedTraits.Likely)
            : When(effect.Witness.Beyond?.Fact.Is(ReachedTraits.Unnamed) != false && RequestPurposes.Of(model).VerbAround(effect.Witness, cancellation) == null, ReachedTraits.Unnamed);

    private ReachedTraits TraitsOf(Write? write, Effect effect, CancellationToken cancellation)
    {
        var traits = When(effect.Entry.Role == CatalogueRole.HttpCall && ModelRequests.Of(model).IsSentToModelOrAgent(effect.Witness), ReachedTraits.Prompt)
            | When(effect.Entry.IsRemoteCall() && !effect.Entry.Has("blocking") && new TokenSupply(model, cancellation).IsTokenless(effect.Witness), ReachedTraits.Tokenless)
            | When(IsLive(effect, cancellation), ReachedTraits.Live);
        if (write == null)
            return traits;
        return traits
            | When(write.Changes, ReachedTraits.Changes)
            | When(write.Repeats, ReachedTraits.Repeats)
            | When(write.Destroys, ReachedTraits.Destroys)
            | When(write.Replaces, ReachedTraits.Replaces)
            | When(write.MayAsk, ReachedTraits.MayAsk)
            | When(write.IsLikely, ReachedTraits.Likely)
            | When(write.IsLocal, ReachedTraits.Local)
            | When(OperationKeys.Of(model).TakesKey(effect, cancellation), ReachedTraits.TakesKey);
    }

    private static ReachedTraits When(bool holds, ReachedTraits trait) => holds ? trait : ReachedTraits.None;

    private static string ApiOf(Witness path) => path.Beyond is { Fact.Api: var api } ? api
        : path.Target switch
        {
            { MethodKind: MethodKind.Constructor or MethodKind.StaticConstructor } => ".ctor",
            { AssociatedSymbol: { } member } => member.Name,
            var method => method.Name,
        };

    private static bool IsSame(Effect one, Effect other) =>
        one.Entry == other.Entry
        && (one.Witness.Beyond is { } beyond
            ? other.Witness.Beyond is { } second && beyond.Fact == second.Fact
            : other.Witness.Beyond == null && one.Witness.Steps[one.Witness.Steps.Length - 1].Site == other.Witness.Steps[other.Witness.Steps.Length - 1].Site);
}
