using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Loops;

/// <summary>
/// What others run again: activities, under the policy that their workflow gives them, and consumers of messages, under the one of the bus.
/// </summary>
internal sealed class HostedRetries(AgentModel model, RetryPolicies policies, CancellationToken cancellation)
{
    /// <summary>The functions that are run again, each with the layer around it.</summary>
    public IEnumerable<(IMethodSymbol Function, RetryLayer Layer)> All()
    {
        var activities = new Dictionary<IMethodSymbol, RetryLayer>(SymbolEqualityComparer.Default);
        foreach (var (call, entry) in CallsOf(entry => entry.Role == CatalogueRole.ActivityCall))
            if (ActivityOf(call) is { } activity && LayerOf(call, entry) is { } layer
                && (!activities.TryGetValue(activity, out var known) || (known.Tries ?? 0) < (layer.Tries ?? 0)))
                activities[activity] = layer;
        foreach (var activity in activities.OrderBy(activity => activity.Key.Locations[0].SourceTree?.FilePath, StringComparer.Ordinal).ThenBy(activity => activity.Key.Locations[0].SourceSpan.Start))
            yield return (activity.Key, activity.Value);

        // Which consumers a policy is meant for is said by its place in the configuration: with a single one there is no question.
        var retries = CallsOf(entry => entry.Role == CatalogueRole.Retry && entry.Has("consumers")).ToList();
        if (retries.Count == 1 && policies.LayerOf(retries[0].Call) is { } messages)
            foreach (var type in Implementations.TypesIn(model.Compilation.Assembly.GlobalNamespace))
                foreach (var method in type.GetMembers().OfType<IMethodSymbol>())
                    if (method.MethodKind == MethodKind.Ordinary && (model.RolesOf(method, cancellation) & MethodRoles.Consumer) != 0)
                        yield return (method, messages);
    }

    private IEnumerable<(IInvocationOperation Call, CatalogueEntry Entry)> CallsOf(Func<CatalogueEntry, bool> wanted)
    {
        var query = model.Query(wanted);
        foreach (var tree in model.Compilation.SyntaxTrees)
            foreach (var use in query.In(tree, cancellation))
                if (model.SemanticsOf(tree).OperationOf(use.Name, cancellation) is IInvocationOperation call)
                    yield return (call, use.Entry);
    }

    // ExecuteActivityAsync((Payments payments) => payments.PayAsync(order), …), CallActivityAsync(nameof(PayActivity), …)
    private IMethodSymbol? ActivityOf(IInvocationOperation call)
    {
        foreach (var argument in call.Arguments)
            // A name is a text that becomes a TaskName.
            switch (argument.Value.Unwrap() is IConversionOperation { OperatorMethod: not null, Operand: var text } ? text : argument.Value.Unwrap())
            {
                case IAnonymousFunctionOperation { Body: var body }:
                    return body.Descendants().OfType<IInvocationOperation>().Select(work => CallGraph.Of(model).Resolve(work.TargetMethod)).OfType<IMethodSymbol>().FirstOrDefault(method => MethodBodies.HasSource(method, model));
                case { ConstantValue: { HasValue: true, Value: string name } }:
                    return ActivitiesNamed(name).ToList() is { Count: 1 } only ? only[0] : null;
            }

        return null;
    }

    private IEnumerable<IMethodSymbol> ActivitiesNamed(string name) =>
        model.Compilation.GetSymbolsWithName(name, SymbolFilter.TypeAndMember, cancellation)
            .SelectMany(symbol => symbol is INamedTypeSymbol type ? type.GetMembers() : [symbol])
            .OfType<IMethodSymbol>()
            .Where(method => method.MethodKind == MethodKind.Ordinary && (model.RolesOf(method, cancellation) & MethodRoles.Activity) != 0);

    private RetryLayer? LayerOf(IInvocationOperation call, CatalogueEntry entry)
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
}
