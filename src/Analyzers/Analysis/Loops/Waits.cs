using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Loops;

/// <summary>Where code waits for time to pass.</summary>
internal sealed class Waits(AgentModel model, ValueOrigins origins, int depth, CancellationToken cancellation)
{
    private readonly Dictionary<(SyntaxNode Call, CycleText Region), CycleDelay?> known = [];

    /// <summary>The wait that a call is; null where it is none.</summary>
    /// <param name="call">The call.</param>
    /// <param name="region">The text of the cycle: a time that is made of what changes there grows.</param>
    public CycleDelay? Of(IInvocationOperation call, CycleText region)
    {
        if (call.IsImplicit)
            return null;
        if (!known.TryGetValue((call.Syntax, region), out var delay))
            known.Add((call.Syntax, region), delay = Find(call, region));
        return delay;
    }

    private CycleDelay? Find(IInvocationOperation call, CycleText region)
    {
        if (IsWait(call.TargetMethod, model))
            return call.Arguments.FirstOrDefault(argument => argument.Parameter?.Ordinal == 0)?.Value is { } time
                ? new CycleDelay(call, time, GrowthOf(time, region), HasJitter(time))
                : new CycleDelay(call, null, DelayGrowth.Unknown, false);
        if (call.TargetMethod.MethodKind == MethodKind.DelegateInvoke || !model.EntriesOf(call.TargetMethod).IsEmpty)
            return null;
        // A helper that waits: await BackOff(attempt).
        if (CallGraph.Of(model).Resolve(call.TargetMethod) is not { } helper || !MethodBodies.HasSource(helper, model))
            return null;
        var effects = EffectSummaries.Of(model).Of(helper, depth, cancellation).Effects;
        return effects.Any(effect => IsWait(effect.Witness.Target, model)) && !effects.Any(effect => effect.Entry.IsRemoteCall())
            ? new CycleDelay(call, null, call.Arguments.Any(argument => GrowthOf(argument.Value, region) == DelayGrowth.Growing) ? DelayGrowth.Growing : DelayGrowth.Unknown, effects.Any(IsRandom))
            : null;
    }

    /// <summary>Whether a method lets time pass.</summary>
    public static bool IsWait(IMethodSymbol method, AgentModel model)
    {
        var entries = model.EntriesOf(method);
        return entries.Any(entry => entry.Role == CatalogueRole.Sleep)
            || entries.Any(entry => entry.Role == CatalogueRole.ActivityCall && entry["waits"] == "time")
            || (entries.Any(entry => entry.Role == CatalogueRole.LocalCall) && entries.Any(entry => entry.Role == CatalogueRole.ReplayUnsafe && entry["kind"] == "delay"));
    }

    private DelayGrowth GrowthOf(IOperation time, CycleText region)
    {
        var seen = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        var open = new Queue<IOperation>();
        open.Enqueue(time);
        var growth = DelayGrowth.Constant;
        if ((origins.Of(time) & (Origin.Exception | Origin.Remote | Origin.Answer)) != 0)
            return DelayGrowth.Directed;
        while (open.Count > 0)
            foreach (var part in origins.Parts(open.Dequeue()))
                switch (part)
                {
                    case ILocalReferenceOperation { Local: var local } when seen.Add(local):
                        // Declared outside and changed inside: another one in each turn.
                        if (!region.Declares(local) ? origins.IsChangedIn(local, region) : local.IsForEach)
                            return DelayGrowth.Growing;
                        foreach (var definition in origins.DefinitionsOf(local))
                            open.Enqueue(definition);
                        break;
                    case IParameterReferenceOperation { Parameter: var parameter } when seen.Add(parameter):
                        if (origins.IsChangedIn(parameter, region))
                            return DelayGrowth.Growing;
                        break;
                    case IInvocationOperation { TargetMethod.MethodKind: MethodKind.DelegateInvoke }:
                        growth = DelayGrowth.Unknown;
                        break;
                }

        return growth;
    }

    private bool HasJitter(IOperation time)
    {
        if ((origins.Of(time) & Origin.Random) != 0)
            return true;
        // var delay = Backoff.For(attempt); … Task.Delay(delay)
        var seen = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        var open = new Queue<IOperation>();
        open.Enqueue(time);
        while (open.Count > 0)
            foreach (var part in origins.Parts(open.Dequeue()))
                switch (part)
                {
                    case IInvocationOperation call when CallGraph.Of(model).Resolve(call.TargetMethod) is { } helper && MethodBodies.HasSource(helper, model)
                        && EffectSummaries.Of(model).Of(helper, depth, cancellation).Effects.Any(IsRandom):
                        return true;
                    case ILocalReferenceOperation { Local: var local } when seen.Add(local):
                        foreach (var definition in origins.DefinitionsOf(local))
                            open.Enqueue(definition);
                        break;
                }

        return false;
    }

    private static bool IsRandom(Effect effect) => effect.Entry.Role == CatalogueRole.ReplayUnsafe && effect.Entry["kind"] is "random" or "guid";
}
