using System.Collections.Immutable;
using AgentLint.Analysis.Calls;
using AgentLint.Analysis.Summaries;
using AgentLint.Analysis.Values;
using AgentLint.Analysis.Writes;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Facts;

/// <summary>
/// The calls of a project's members that end at an interface of the program which no assembly that the project sees implements. Which members may make
/// one is found by name over the text; only these are looked into.
/// </summary>
internal sealed class OpenCalls(AgentModel model)
{
    // As deep as other facts are looked for.
    private const int Depth = 8;

    // How many methods one search looks into.
    private const int MaxMethods = 400;

    // What a member calls beyond that is not published.
    private const int MaxCalls = 16;

    private readonly Once<IReadOnlyCollection<string>> names = new();
    private readonly CallGraph graph = CallGraph.Of(model);
    private readonly Contracts contracts = Contracts.Of(model);

    public static OpenCalls Of(AgentModel model) => model.Shared(m => new OpenCalls(m));

    /// <summary>The names of the functions that may make such a call, also through others.</summary>
    public IReadOnlyCollection<string> Names(CancellationToken cancellation) => names.Get(() =>
    {
        var callable = new NameSet(contracts.OpenMembers(cancellation).Select(method => method.Name)
            .Concat(ForeignFacts.Of(model).NamesWhere(member => !member.Calls.IsEmpty, cancellation)));
        return LeadingFunctions.From(model.Compilation, tree => (NameIndex.Of(tree, cancellation).Among(callable), []), cancellation).Names;
    });

    /// <summary>The calls of a method, nearest first.</summary>
    public ImmutableArray<OpenCallFact> Of(IMethodSymbol method, CancellationToken cancellation)
    {
        if (!Names(cancellation).Contains(ProjectFacts.NameOf(method)))
            return [];
        var found = new List<OpenCallFact>();
        IReadOnlyList<HandedOver>? handed = null;
        var entered = new HashSet<IMethodSymbol>(SymbolEqualityComparer.Default) { method };
        var level = new List<(ImmutableArray<Call> Path, ImmutableArray<Call> Calls)> { ([], graph.CallsOf(method, cancellation)) };
        for (var distance = 0; level.Count > 0; distance++)
        {
            var next = new List<(ImmutableArray<Call> Path, ImmutableArray<Call> Calls)>();
            foreach (var (path, calls) in level)
                foreach (var call in calls)
                {
                    cancellation.ThrowIfCancellationRequested();
                    if (model.EntriesOf(call.Member).Any(entry => entry.IsRemoteCall()))
                        continue;
                    if (call.Target == null && contracts.Contain(call.Named))
                        Add(path.Add(call), null);
                    foreach (var followed in call.Followed)
                        if (followed.Target is { } target && !entered.Contains(target))
                            if (ForeignFacts.Of(model).Of(target, cancellation) is { } published)
                            {
                                entered.Add(target);
                                foreach (var open in Composition.Of(model).OpenBehind(published, target, cancellation))
                                    Add(path.Add(followed), open);
                            }
                            else if (distance < Depth && entered.Count < MaxMethods && Names(cancellation).Contains(ProjectFacts.NameOf(target)) && entered.Add(target))
                                next.Add((path.Add(followed), graph.CallsOf(target, cancellation)));
                }

            level = next;
        }

        return [.. found.OrderBy(call => call.Way.Length).Take(MaxCalls)];

        void Add(ImmutableArray<Call> path, OpenCallFact? beyond)
        {
            handed ??= KeyFlow.Of(model).HandedOverBy(method, cancellation);
            var last = path[path.Length - 1];
            var passes = handed.Where(one => one.Site == last.Site).Select(one => new Handover(one.From, one.To)).Distinct().OrderBy(one => one.From).ThenBy(one => one.To);
            var retries = ProjectFacts.RetriesOf(model, cancellation).LayersOn(path, out var isKept);
            var own = new OpenCallFact(
                AssemblyFacts.MetadataNameOf(last.Named.OriginalDefinition.ContainingType),
                AssemblyFacts.KeyOf(last.Named.OriginalDefinition),
                [.. path.Select(step => Witness.NameOf(step.Named))],
                TraitsOf(path, cancellation) | When(isKept, OpenCallTraits.Kept))
            {
                Passes = [.. passes],
                Retries = RetryFact.Of(retries),
            };
            var call = beyond == null ? own : own.Then(beyond);
            if (!found.Any(other => other.Contract == call.Contract && other.Member == call.Member && other.Traits == call.Traits))
                found.Add(call);
        }
    }

    private OpenCallTraits TraitsOf(ImmutableArray<Call> path, CancellationToken cancellation)
    {
        var witness = new Witness(path);
        var answer = Answers.Of(witness, model, cancellation);
        return When(witness.IsPossible, OpenCallTraits.Possible)
            | When(UnkeyedWrites.Of(model).IsGuarded(witness, Depth, cancellation), OpenCallTraits.Guarded)
            | (new TokenSupply(model, cancellation).IsTokenlessOn(path) switch
            {
                true => OpenCallTraits.Tokenless,
                false => OpenCallTraits.Tokened,
                null => OpenCallTraits.None,
            })
            | When(path.Any(step => ReplayGuards.Of(model).RunsOnlyLive(step.Site, cancellation)), OpenCallTraits.Live)
            | When(path.Any(step => RecordedCalls.Of(model).Contains(step.Site, cancellation)), OpenCallTraits.Recorded)
            | When(path.Any(step => ModelRequests.Of(model).TakesMessage(step.Named)), OpenCallTraits.Prompt)
            | When(answer.IsReturned, OpenCallTraits.Returned)
            | When(answer is { IsReturned: false, IsUsed: true }, OpenCallTraits.Used)
            | (RequestPurposes.Of(model).VerbAround(path, cancellation) switch
            {
                true => OpenCallTraits.Acts,
                false => OpenCallTraits.Asks,
                null => OpenCallTraits.None,
            });
    }

    private static OpenCallTraits When(bool holds, OpenCallTraits trait) => holds ? trait : OpenCallTraits.None;
}
