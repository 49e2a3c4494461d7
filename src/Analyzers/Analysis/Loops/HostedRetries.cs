using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Loops;

/// <summary>A function that something else runs again.</summary>
/// <param name="Function">The function.</param>
/// <param name="Layers">Who runs it again, the outermost first.</param>
internal sealed record HostedRetry(IMethodSymbol Function, IReadOnlyList<RetryLayer> Layers);

/// <summary>Where a bus tries a message again.</summary>
internal enum RetryLevel
{
    Redelivery,
    Endpoint,
    Consumer,
}

/// <summary>
/// What others run again: activities, under the policy that their workflow gives them, and consumers of messages, under the one of the bus.
/// </summary>
internal sealed class HostedRetries(AgentModel model, RetryPolicies policies, CancellationToken cancellation)
{
    /// <summary>The functions that are run again, each with the layers around it, the outermost first.</summary>
    public IEnumerable<HostedRetry> All() => Activities().Concat(Consumers());

    private IEnumerable<HostedRetry> Activities()
    {
        var activities = new Dictionary<IMethodSymbol, RetryLayer>(SymbolEqualityComparer.Default);
        foreach (var (call, entry) in CallsOf(entry => entry.Role == CatalogueRole.ActivityCall))
            if (ActivityCalls.Of(model).TargetOf(call, cancellation) is { } activity && LayerOf(call, entry) is { } layer
                && (!activities.TryGetValue(activity, out var known) || (known.Tries ?? 0) < (layer.Tries ?? 0)))
                activities[activity] = layer;
        return activities
            .OrderBy(activity => activity.Key.Locations[0].SourceTree?.FilePath, StringComparer.Ordinal).ThenBy(activity => activity.Key.Locations[0].SourceSpan.Start)
            .Select(activity => new HostedRetry(activity.Key, [activity.Value]));
    }

    private IEnumerable<HostedRetry> Consumers()
    {
        var all = CallsOf(entry => entry.Role == CatalogueRole.Retry && entry.Has("consumers"))
            .Select(found => new BusPolicy(found.Call, found.Entry.Library?.Type, OwnerOf(found.Call))).ToList();
        if (all.Count == 0)
            yield break;
        foreach (var type in Implementations.TypesIn(model.Compilation.Assembly.GlobalNamespace))
            foreach (var method in type.GetMembers().OfType<IMethodSymbol>())
                if (method.MethodKind == MethodKind.Ordinary
                    && (model.RolesOf(method, cancellation) & MethodRoles.Consumer) != 0
                    && LayersAround(method, all) is { Count: > 0 } layers)
                    yield return new HostedRetry(method, layers);
    }

    // Redelivery is around the retries of an endpoint, and those are around the retries of a consumer. Where a level has several policies,
    // the place in the configuration decides which consumers each is meant for, which is not followed: such a level is left out. The policies of a bus
    // are those of its own consumers: what a trigger or a job server runs in the same project is not under them.
    private List<RetryLayer> LayersAround(IMethodSymbol consumer, List<BusPolicy> all)
    {
        var libraries = MethodRoleReader.LibrariesOf(model, consumer, cancellation);
        var own = all.Where(policy => policy.Library == null || libraries.Contains(policy.Library)).ToList();
        var layers = new List<RetryLayer>();
        foreach (var level in new[] { RetryLevel.Redelivery, RetryLevel.Endpoint, RetryLevel.Consumer })
            if (own.Where(policy => policy.IsAt(level, consumer.ContainingType)).ToList() is { Count: 1 } only
                && policies.LayerOf(only[0].Call) is { } layer)
                layers.Add(level == RetryLevel.Redelivery ? layer with { Name = "redelivery", Redelivers = true } : layer);
        return layers;
    }

    // endpoint.UseDelayedRedelivery(r => r.Intervals(…)), consumer.UseMessageRetry(r => r.Immediate(3)): by the call that takes the lambda.
    private PolicyOwner OwnerOf(IInvocationOperation policy)
    {
        for (var around = policy.Parent; around != null; around = around.Parent)
            if (around is IInvocationOperation configured && configured.Syntax != policy.Syntax && configured.Receiver()?.Type is INamedTypeSymbol on && model.Declares(configured.TargetMethod) == false)
            {
                if (model.Find(configured.TargetMethod, CatalogueRole.Retry)?.Has("redelivers") == true)
                    return new(RetryLevel.Redelivery, null);
                return model.Is(on, CatalogueRole.ConsumerSettings) && on.TypeArguments.FirstOrDefault() is INamedTypeSymbol consumer
                    ? new(RetryLevel.Consumer, consumer)
                    : new(RetryLevel.Endpoint, null);
            }

        return new(RetryLevel.Endpoint, null);
    }

    private IEnumerable<(IInvocationOperation Call, CatalogueEntry Entry)> CallsOf(Func<CatalogueEntry, bool> wanted)
    {
        var query = model.Query(wanted);
        foreach (var tree in model.Compilation.SyntaxTrees)
            foreach (var use in query.In(tree, cancellation))
                if (model.SemanticsOf(tree).OperationOf(use.Name, cancellation) is IInvocationOperation call)
                    yield return (call, use.Entry);
    }

    /// <summary>The retries around a scheduled activity; null where it is tried once, or that is not known.</summary>
    public RetryLayer? LayerOf(IInvocationOperation call, CatalogueEntry entry)
    {
        foreach (var argument in call.Arguments)
            foreach (var source in argument.ArgumentKind == ArgumentKind.DefaultValue ? [] : new ValueSources(model, cancellation).Of(argument.Value))
                foreach (var creation in source.DescendantsAndSelf().OfType<IObjectCreationOperation>())
                    if (creation.Constructor is { } constructor && model.Find(constructor, CatalogueRole.Retry) is { } policy && policy.Has("settings"))
                        // These policies count all attempts.
                        return RetrySettings.Of(creation, policy).Retries switch
                        {
                            1 => null,
                            0 => new RetryLayer("activity", RetryLayer.Unlimited, creation.Syntax),
                            var tries => new RetryLayer("activity", tries, creation.Syntax),
                        };
        return entry["retry"] == "unlimited" ? new RetryLayer("activity", RetryLayer.Unlimited, null) : null;
    }

    /// <summary>What a policy of a bus is around.</summary>
    /// <param name="Level">Where the bus tries again.</param>
    /// <param name="Consumer">The one consumer that it is meant for; null where it is meant for all.</param>
    private readonly record struct PolicyOwner(RetryLevel Level, INamedTypeSymbol? Consumer);

    /// <summary>A retry policy in the configuration of a bus.</summary>
    /// <param name="Call">The call that configures it.</param>
    /// <param name="Library">The library of the bus; null where the catalogue names none.</param>
    /// <param name="Owner">What it is around.</param>
    private sealed record BusPolicy(IInvocationOperation Call, string? Library, PolicyOwner Owner)
    {
        public bool IsAt(RetryLevel level, INamedTypeSymbol consumer) =>
            Owner.Level == level && (Owner.Consumer == null || SymbolEqualityComparer.Default.Equals(Owner.Consumer, consumer));
    }
}
